"""The waits between a case's calls. Most give nothing; two give a value."""

import json
import time

from botocore.exceptions import ClientError

TERMINAL = {"ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut"}


class Late(Exception):
    """What was waited for did not come."""


def eventually(what, patience_s, ask):
    """Asks until the answer counts: at first quickly, then twice a second."""
    end, pause_s = time.monotonic() + patience_s, 0.02
    while not (answer := ask()):
        if time.monotonic() > end:
            raise Late(what)
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.5)
    return answer


class Waits:
    """One wait, by its name in the corpus.

    `client` gives a client of a service, `named` the step's own members. `left_running` is the number of events that an
    execution has in the recording which it was still running in."""

    def __init__(self, client, named, patience_s, left_running=None):
        self._client, self._named, self._patience_s = client, named, patience_s
        self._left_running = left_running
        self._states = client("stepfunctions")

    def execution_ended(self):
        eventually("the execution's end", self._patience_s, lambda: self._is_over(self._last_event()))

    def execution_started(self):
        eventually("the execution's start", self._patience_s, self._last_event)

    def execution_aborted(self):
        def aborted():
            return self._states.describe_execution(executionArn=self._named["executionArn"])["status"] == "ABORTED"
        eventually("the abort", self._patience_s, aborted)

    def execution_listed_with_status(self):
        self._softly(15, lambda: self._listed_status(self._named["status"]) is not None)

    def execution_listed_not_running(self):
        self._softly(30, lambda: self._listed_status() not in (None, "RUNNING"))

    def state_machine_listed(self, there=True):
        pages = self._pages("list_state_machines")
        self._lists(pages, "stateMachines", "stateMachineArn", there)

    def state_machine_not_listed(self):
        self.state_machine_listed(there=False)

    def version_listed(self, there=True):
        pages = self._pages("list_state_machine_versions", stateMachineArn=self._named["stateMachineArn"])
        self._lists(pages, "stateMachineVersions", "stateMachineVersionArn", there)

    def version_not_listed(self):
        self.version_listed(there=False)

    def alias_listed(self, there=True):
        pages = self._pages("list_state_machine_aliases", stateMachineArn=self._named["stateMachineArn"])
        self._lists(pages, "stateMachineAliases", "stateMachineAliasArn", there)

    def alias_not_listed(self):
        self.alias_listed(there=False)

    def no_state_machines_listed(self):
        """Nothing to wait for: the account is emptied before such a case."""

    def function_active(self):
        def active():
            found = self._client("lambda").get_function(FunctionName=self._named["FunctionName"])
            return found["Configuration"].get("State", "Active") in ("Active", "Failed")
        eventually("the function", 30, active)

    def log_events(self):
        """All messages of the log group's streams."""
        count, until_the_end = self._named.get("count", 1), self._named.get("until") == "terminal"
        def logged():
            events = self._logged()
            over = events and events[-1].get("type") in TERMINAL if until_the_end else len(events) >= count
            return events if over else None
        return eventually("log events", 30, logged)

    def sqs_messages(self):
        """The bodies of as many messages as were recorded."""
        queue, client, bodies = self._named["QueueUrl"], self._client("sqs"), []
        def received():
            for message in client.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
                bodies.append(json.loads(message["Body"]))
                client.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
            return len(bodies) >= self._named["count"]
        eventually("messages", 40, received)
        order = self._named.get("sort")
        if order == "detail":
            bodies.sort(key=lambda body: json.dumps(body.get("detail", {})))
        elif order != "none":
            bodies.sort(key=lambda body: body["time"])
        return bodies

    def _last_event(self):
        try:
            events = self._states.get_execution_history(
                executionArn=self._named["executionArn"], reverseOrder=True, maxResults=1)["events"]
        except ClientError as error:
            if "DoesNotExist" in error.response["Error"]["Code"]:
                return None
            raise
        return events[0] if events else None

    def _is_over(self, event):
        reached = self._left_running is not None and event and event["id"] >= self._left_running
        return reached or event and event["type"] in TERMINAL

    def _listed_status(self, wanted=None):
        asked = {"statusFilter": wanted} if wanted else {}
        executions = self._states.list_executions(stateMachineArn=self._named["stateMachineArn"], **asked)["executions"]
        return next((one["status"] for one in executions if one["executionArn"] == self._named["executionArn"]), None)

    def _pages(self, operation, **parameters):
        def pages():
            if self._states.can_paginate(operation):
                return list(self._states.get_paginator(operation).paginate(**parameters))
            return [getattr(self._states, operation)(**parameters)]
        return pages

    def _lists(self, pages, member, key, there):
        wanted = self._named[key]
        self._softly(10, lambda: any(item[key] == wanted for page in pages() for item in page[member]) == there)

    @staticmethod
    def _softly(patience_s, ask):
        """A list that does not show what it should is found by what is compared next."""
        try:
            eventually("a list", patience_s, ask)
        except Late:
            pass

    def _logged(self):
        client, group = self._client("logs"), self._named["logGroupName"]
        try:
            streams = client.describe_log_streams(logGroupName=group)["logStreams"]
        except ClientError:
            return []
        names = [stream["logStreamName"] for stream in streams if "validate_log_delivery" not in stream["logStreamName"]]
        read = [client.get_log_events(logGroupName=group, logStreamName=name, startFromHead=True) for name in names]
        return [json.loads(event["message"]) for page in read for event in page["events"]]
