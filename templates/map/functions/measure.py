"""Says how long a word is."""


def handler(event, context):
    word = str(event.get("word", ""))
    print(f"measuring {word}")
    return {"word": word, "length": len(word)}
