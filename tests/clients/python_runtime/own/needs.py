"""Imports modules that Lambda provides, at once or when it is called."""

import os
import sys


def handler(event, context):
    if event.get("import"):
        return [__import__(name).WHERE for name in event["import"]]
    return {name: name in sys.modules for name in event["loaded"]}


def variables(event, context):
    return sorted(name for name in os.environ if name.startswith("WORKSHOP"))


def path(event, context):
    return sys.path
