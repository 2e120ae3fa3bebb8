"""What a test of one state machine costs on an emulator: made, started, looked at until it ends, deleted."""

import json
import socket
import statistics
import sys
import time

import boto3

DEFINITION = {
    "StartAt": "Wait",
    "States": {
        "Wait": {"Type": "Wait", "Seconds": 86400, "Next": "Done"},
        "Done": {"Type": "Pass", "Result": {"sent": True}, "End": True},
    },
}


def case(client, name):
    machine = client.create_state_machine(
        name=name, definition=json.dumps(DEFINITION), roleArn="arn:aws:iam::000000000000:role/test"
    )["stateMachineArn"]
    execution = client.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
    while client.describe_execution(executionArn=execution)["status"] == "RUNNING":
        time.sleep(0.005)
    client.delete_state_machine(stateMachineArn=machine)


def wait_for(endpoint):
    host, port = endpoint.removeprefix("http://").split(":")
    for _ in range(600):
        with socket.socket() as connection:
            if connection.connect_ex((host, int(port))) == 0:
                return
        time.sleep(0.1)
    sys.exit("ministack does not listen; its log is in target/bench-ministack")


def main():
    wait_for(sys.argv[1])
    client = boto3.client(
        "stepfunctions",
        endpoint_url=sys.argv[1],
        region_name="us-east-1",
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    times = []
    for number in range(int(sys.argv[2])):
        began = time.perf_counter()
        case(client, f"bench-{number}")
        times.append((time.perf_counter() - began) * 1000)
    print(statistics.median(times))


main()
