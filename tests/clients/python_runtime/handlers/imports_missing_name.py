"""Imports a name that is not there."""

from package import no_such_name


def handler(event, context):
    return no_such_name
