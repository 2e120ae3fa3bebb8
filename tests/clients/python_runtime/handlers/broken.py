"""Does not parse."""


def handler(event, context):
    return (

def other():
    pass
