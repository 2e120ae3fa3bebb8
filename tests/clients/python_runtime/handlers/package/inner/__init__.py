"""A package in a package."""

from ..module import NAME


def handler(event, context):
    return [NAME, __name__, event]
