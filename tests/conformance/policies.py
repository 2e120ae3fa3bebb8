"""The policies that `workshop print --policies` makes of definitions, in the place of those that allow everything.

With them a case has to end as it does with all rights: what the embedded cloud asks of a state machine's role, the printed policy
allows."""

import collections
import json
import re
import subprocess
import tempfile
import threading
from pathlib import Path

from botocore.exceptions import ClientError

SERVICE = 'service = "printed"\n[state_machines.m]\ndefinition = "flow.asl.json"\n'
#: What a note says that has to be added by hand, because only an execution knows on what.
BY_HAND = re.compile(r" with ([A-Za-z0-9:, -]+)$")


class Printed:
    """The statements of each role so far, and how many definitions were judged."""

    def __init__(self, program, endpoint):
        self.program, self.endpoint = program, endpoint
        self.count = collections.Counter()
        self._statements = collections.defaultdict(list)
        self._lock = threading.Lock()

    def attach(self, iam, region, role_arn, definition, logging):
        """Gives a role what the definition needs, with what it needs for others, and nothing else."""
        printed = self._print(SERVICE + logged(logging), definition, region)
        if printed is None:
            self.count["not printed"] += 1
            return
        statements = [
            {"Effect": one["effect"], "Action": one["actions"], "Resource": one["resources"],
             **({"Condition": one["condition"]} if one["condition"] else {})}
            for one in printed["statements"]
        ]
        by_hand = [found for note in printed["notes"] for found in BY_HAND.findall(note["why"])]
        statements += [{"Effect": "Allow", "Action": actions.split(", "), "Resource": "*"} for actions in by_hand]
        self.count["completed by hand" if by_hand else "whole"] += 1
        self.count["with statements"] += bool(printed["statements"])
        with self._lock:
            all_of_role = self._statements[role_arn]
            all_of_role.extend(statement for statement in statements if statement not in all_of_role)
            self._put(iam, role_arn.rpartition("/")[2], all_of_role)

    def _put(self, iam, role, statements):
        try:
            for policy in iam.list_attached_role_policies(RoleName=role)["AttachedPolicies"]:
                iam.detach_role_policy(RoleName=role, PolicyArn=policy["PolicyArn"])
            for name in iam.list_role_policies(RoleName=role)["PolicyNames"]:
                iam.delete_role_policy(RoleName=role, PolicyName=name)
            if statements:
                document = json.dumps({"Version": "2012-10-17", "Statement": statements})
                iam.put_role_policy(RoleName=role, PolicyName="printed", PolicyDocument=document)
        except ClientError as error:
            # A case that names a role which is not there is about that; such a role is not judged.
            if error.response["Error"]["Code"] != "NoSuchEntity":
                raise

    def _print(self, service, definition, region):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "service.toml").write_text(service)
            Path(folder, "flow.asl.json").write_text(definition)
            command = [self.program, "print", "--policies", "--local", "--json", "--region", region]
            ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
            return json.loads(ended.stdout)["roles"][0] if ended.returncode == 0 else None


def logged(configuration):
    """A logging configuration as a service file has it."""
    level = (configuration or {}).get("level", "OFF")
    if level == "OFF":
        return ""
    groups = [one["cloudWatchLogsLogGroup"]["logGroupArn"] for one in configuration["destinations"]]
    return f"[state_machines.m.logging]\nlevel = {json.dumps(level)}\ndestinations = {json.dumps(groups)}\n"
