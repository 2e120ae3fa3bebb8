"""Replaying one case: its calls in order, and the waits between them."""

import time

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError

from references import SECOND_ACCOUNT, References, at
from waiting import TERMINAL, Late, Waits, eventually

#: How long to wait for the end of an execution that will be stopped.
STOPPED_AFTER_S = 5
UNREACHED = (KeyError, IndexError, TypeError)


class Failed:
    """A call's error in place of its answer."""

    def __init__(self, error):
        self.error = error
        self.answer = error.response if isinstance(error, ClientError) else {"client": type(error).__name__}


class Replay:
    """A case and the answers of its steps so far."""

    def __init__(self, place, case, patience_s, printed=None):
        self.place, self.case, self.patience_s, self.printed = place, case, patience_s, printed
        self.answers = {}
        self.references = References(place, self.answers)
        #: What went unlike a plain replay, in sentences.
        self.notes = []

    def run(self):
        for step in self.case["steps"]:
            try:
                self.answers[step["n"]] = self._wait(step) if "wait" in step else self._call(step)
            except Late as late:
                self.notes.append(f"step {step['n']}: waited in vain for {late}")
            except UNREACHED as error:
                self.notes.append(f"step {step['n']}: an earlier step gave nothing for it ({error!r})")

    def collect(self, recipe):
        """The value that a recorded one is compared with."""
        if "list" in recipe:
            return [self.collect(item) for item in recipe["list"]]
        if "dict" in recipe:
            return {name: self.collect(item) for name, item in recipe["dict"].items()}
        if "lit" in recipe:
            return self.references.fill(recipe["lit"])
        answer, path = self.answers[recipe["from"]], recipe.get("path", "")
        if path.startswith("!"):
            return self._error(answer, path, recipe.get("typename"))
        if isinstance(answer, Failed):
            return {"<error>": answer.answer}
        return at(answer, path)

    def clean_up(self):
        """Ends what the case left running and deletes what it made; an error here says nothing about the case."""
        for step in reversed(self.case["steps"]):
            answer, undo = self.answers.get(step["n"]), UNDO.get(step.get("op"))
            if undo is None or not isinstance(answer, dict):
                continue
            operation, parameter, member = undo
            try:
                getattr(self._client(step), operation)(**{parameter: answer[member]})
            except (ClientError, BotoCoreError, KeyError):
                continue

    @staticmethod
    def _error(answer, path, typename):
        if not isinstance(answer, Failed):
            return "<no error>" if typename else {"<no error>": answer}
        if not path.startswith("!exc"):
            return at(answer.answer, path[1:])
        return type(answer.error).__name__ if typename else str(answer.error)

    def _client(self, step, service=None):
        region = self.references.fill(step["region"]) if "region" in step else None
        return self.place.client(service or step["op"].split(".")[0], step.get("account"), region)

    def _wait(self, step):
        named = {name: self.references.fill(value) for name, value in step.items()}
        # Accounts see nothing of each other: who waits for a thing asks as the account that has it.
        patience_s = min(self.patience_s, STOPPED_AFTER_S) if is_stopped_later(self.case, step) else self.patience_s
        step = {"account": owner(named), **step}
        waits = Waits(lambda service: self._client(step, service), named, patience_s, left_running(self.case))
        return getattr(waits, step["wait"])()

    def _call(self, step):
        service, operation = step["op"].split(".")
        call = getattr(self._client(step), xform_name(operation))
        parameters = self.references.fill(step["params"])
        if self.printed and operation in ("CreateStateMachine", "UpdateStateMachine"):
            self._attach_printed(step, parameters)
        if "until" in step:
            return eventually(f"{operation}'s {step['until']}", 40, lambda: filled(once(call, parameters), step["until"]))
        if "until_not" in step:
            return eventually(f"another {operation}", 40, lambda: moved(once(call, parameters), step["until_not"]))
        answer = once(call, parameters)
        if isinstance(answer, Failed):
            if step.get("retry"):
                answer = again(call, parameters, answer)
            if not self._is_compared(step) and isinstance(answer, Failed):
                self.notes.append(f"step {step['n']}: {answer.error}")
        return answer

    def _attach_printed(self, step, parameters):
        definition, role = parameters.get("definition"), parameters.get("roleArn")
        if definition and role is None:
            role = self._client(step).describe_state_machine(stateMachineArn=parameters["stateMachineArn"])["roleArn"]
        if definition and isinstance(role, str):
            client = self._client(step)
            logging = parameters.get("loggingConfiguration")
            self.printed.attach(self._client(step, "iam"), client.meta.region_name, role, definition, logging)

    def _is_compared(self, step):
        def compared(recipe):
            inside = recipe.get("list", []) + list(recipe.get("dict", {}).values())
            return recipe.get("from") == step["n"] or any(compared(item) for item in inside)
        return any(compared(recipe) for recipe in self.case["collect"].values())


def owner(named):
    """The account of the ARN that a step names, where it is not the first one."""
    arns = [value for value in named.values() if isinstance(value, str) and value.startswith("arn:")]
    accounts = [arn.split(":")[4] for arn in arns]
    return "second" if SECOND_ACCOUNT in accounts else None


def is_stopped_later(case, wait):
    """Whether a wait is for the end of an execution that a later step stops: the test gave up waiting for it."""
    return wait["wait"] == "execution_ended" and any(
        step.get("op") == "stepfunctions.StopExecution" and step["n"] > wait["n"]
        and step["params"].get("executionArn") == wait["executionArn"]
        for step in case["steps"])


#: What undoes a call: an operation of the same service, its parameter, and the answer's member to give it.
UNDO = {
    "stepfunctions.CreateStateMachine": ("delete_state_machine", "stateMachineArn", "stateMachineArn"),
    "stepfunctions.StartExecution": ("stop_execution", "executionArn", "executionArn"),
    "stepfunctions.CreateActivity": ("delete_activity", "activityArn", "activityArn"),
    "lambda.CreateFunction": ("delete_function", "FunctionName", "FunctionName"),
}


def left_running(case):
    """How many events the recorded histories have at most, when none of them has an end; otherwise none."""
    histories = [value["events"] for value in case["expected"].values() if isinstance(value, dict) and "events" in value]
    ended = any(event.get("type") in TERMINAL for events in histories for event in events if isinstance(event, dict))
    return None if ended else max(map(len, histories), default=None)


def once(call, parameters):
    try:
        answer = call(**parameters)
    except (ClientError, BotoCoreError) as error:
        return Failed(error)
    return {name: value.read() if hasattr(value, "read") else value for name, value in answer.items()}


def again(call, parameters, first):
    def succeeded():
        answer = once(call, parameters)
        return None if isinstance(answer, Failed) else answer
    try:
        return eventually("a success", 15, succeeded)
    except Late:
        return first


def filled(answer, path):
    """The answer, once there is something at the path."""
    try:
        return None if isinstance(answer, Failed) or at(answer, path) in (None, [], "") else answer
    except UNREACHED:
        return None


def moved(answer, values):
    """The answer, once none of these paths has its value any more."""
    try:
        same = not isinstance(answer, Failed) and any(at(answer, path) == value for path, value in values.items())
        return None if same else answer
    except UNREACHED:
        return answer


def settle(place, cases):
    """Makes the roles of functions that were there before the recording began: no step of a case makes them."""
    trust = ('{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"},'
             ' "Action": "sts:AssumeRole"}]}')
    plain = {
        (step.get("account"), step["params"]["Role"].rpartition("/")[2])
        for case in cases for step in case["steps"]
        if step.get("op") == "lambda.CreateFunction" and step["params"]["Role"].startswith("arn:")
    }
    for account, name in plain:
        try:
            place.client("iam", account).create_role(RoleName=name, AssumeRolePolicyDocument=trust)
        except ClientError as error:
            if error.response["Error"]["Code"] != "EntityAlreadyExists":
                raise


def empty(place):
    """Deletes all state machines and activities: for a case that lists everything there is."""
    client = place.client("stepfunctions")
    for machine in client.list_state_machines()["stateMachines"]:
        client.delete_state_machine(stateMachineArn=machine["stateMachineArn"])
    try:
        for activity in client.list_activities()["activities"]:
            client.delete_activity(activityArn=activity["activityArn"])
    except ClientError:
        pass
    try:
        eventually("an empty account", 10, lambda: not client.list_state_machines()["stateMachines"])
    except Late:
        pass


def timed(place, case, patience_s, printed=None):
    """Replays a case; gives the replay and how many seconds it took."""
    begun = time.monotonic()
    replay = Replay(place, case, patience_s, printed)
    replay.run()
    return replay, time.monotonic() - begun
