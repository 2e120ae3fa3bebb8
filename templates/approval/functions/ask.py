"""Asks a person. Here the question goes to the log; send an e-mail or a message with the token instead."""


def handler(event, context):
    print(f"Is this approved? {event['request']}")
    print(f"token: {event['token']}")
    return {"asked": True}
