"""Runs when the wait is over, and says what it was for."""


def handler(event, context):
    text = event.get("text", "The time has come.")
    print(f"reminder: {text}")
    return {"reminded": text}
