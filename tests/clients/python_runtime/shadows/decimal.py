"""Called like a module of the standard library."""

OWN = True


def handler(event, context):
    return "own"
