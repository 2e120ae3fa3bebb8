"""A module in a package."""

NAME = __name__


def handler(event, context):
    return [NAME, event]
