"""The recorded cases: reading them, choosing among them, and the list of those whose failure is explained."""

import collections
import json
import re
from pathlib import Path

SERVED = {"stepfunctions", "iam", "sts", "lambda", "logs"}


def chosen(folder, category=None, only=None, kind=None):
    """The cases that the embedded cloud has every service for, narrowed as asked, in the order of their ids."""
    return [
        case for case in every(folder)
        if needed(case) <= SERVED
        and (kind is None or case["kind"] == kind)
        and case["kind"] != "reference_only"
        and (category is None or case["category"] == category)
        and (only is None or only in case["id"])
    ]


def not_served(folder):
    """How many cases need something that the embedded cloud does not have, by what it is."""
    counted = collections.Counter()
    for case in every(folder):
        missing = sorted(needed(case) - SERVED)
        if case["kind"] == "reference_only":
            counted["they have no steps, only answers to read"] += 1
        elif missing:
            counted["the embedded cloud has no " + ", ".join(missing)] += 1
    return counted


def needed(case):
    """The services that must answer. The test of a state calls nothing that a mock stands for."""
    if case["kind"] != "test_state":
        return set(case["needs"])
    return {step["op"].split(".")[0] for step in case["steps"] if "op" in step}


def distrusted(folder):
    """Reason by case id, of recordings that AWS itself has outdated or never made; the corpus may have a list of them."""
    path = Path(folder, "distrusted.txt")
    if not path.is_file():
        return {}
    lines = (line.split("\t", 1) for line in path.read_text().splitlines() if "\t" in line and not line.startswith("#"))
    return {name.strip(): reason.strip() for name, reason in lines}


def every(folder):
    cases = [json.loads(path.read_text()) for path in Path(folder, "cases").glob("*/*.json")]
    return sorted(cases, key=lambda case: case["id"])


def longest_first(cases):
    """The cases with long waits in them start first, so that they wait while the others run."""
    def seconds(case):
        found = re.findall(r'Seconds[^0-9]{1,6}(\d+)|sleep\((\d+)\)', json.dumps(case["steps"]))
        return max((int(one or other) for one, other in found), default=0)
    return sorted(cases, key=seconds, reverse=True)


def explanations(path):
    """Reason by case id. A line that starts with `#` is the reason of the ids below it, up to the next blank line."""
    reasons, reason = {}, []
    after_ids = True
    for line in Path(path).read_text().splitlines():
        line = line.strip()
        if line.startswith("#"):
            reason = ([] if after_ids else reason) + [line.lstrip("# ")]
            after_ids = False
        elif line:
            if not reason:
                raise SystemExit(f"{path}: {line} has no reason above it")
            reasons[line] = " ".join(reason)
            after_ids = True
        else:
            reason, after_ids = [], True
    return reasons
