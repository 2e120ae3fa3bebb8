"""What stands in a case's parameters for values that are known only while it runs: `{{...}}`, `$zip`, `$bytes`..."""

import base64
import datetime
import io
import json
import re
import secrets
import string
import zipfile

REFERENCE = re.compile(r"\{\{([^{}]*)\}\}")
SECOND_ACCOUNT = "000000000002"
SECOND_REGION = "ap-southeast-1"


def at(answer, path):
    """The value at a JSON Pointer; a `|` goes on inside a text that holds JSON, and the index -1 is the last one."""
    value = answer
    for number, pointer in enumerate(path.split("|")):
        if number > 0 and isinstance(value, str):
            value = json.loads(value)
        for token in pointer.split("/")[1:]:
            token = token.replace("~1", "/").replace("~0", "~")
            value = value[int(token)] if isinstance(value, list) else value[token]
    return value


class References:
    """One case's references: its fresh ids, its steps' answers, and where it runs."""

    def __init__(self, place, answers):
        self.place = place
        self.answers = answers
        self.ids = {}

    def fill(self, value):
        if isinstance(value, str):
            whole = REFERENCE.fullmatch(value)
            return self.resolve(whole[1]) if whole else REFERENCE.sub(lambda found: str(self.resolve(found[1])), value)
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            (name, content), = value.items()
            if name in MARKERS:
                return MARKERS[name](self.fill(content))
        return {self.fill(name): self.fill(content) for name, content in value.items()}

    def resolve(self, reference):
        fixed = {
            "account": self.place.account,
            "account2": SECOND_ACCOUNT,
            "region": self.place.region,
            "region2": SECOND_REGION,
            "endpoint": self.place.endpoint.replace("127.0.0.1", "localhost"),
        }
        if reference in fixed:
            return fixed[reference]
        kind, _, rest = reference.partition(":")
        if kind == "uid":
            return self.ids.setdefault(rest, fresh_id())
        if kind == "repeat":
            letter, _, count = rest.partition(":")
            return letter * int(count)
        path, _, part = rest.partition("#")
        value = at(self.answers[int(kind)], path)
        return re.split("[:/]", value)[int(part)] if part else value


def fresh_id():
    return secrets.choice(string.ascii_lowercase[:6]) + secrets.token_hex(4)[1:]


def packed(files):
    """A zip with these files, the same bytes for the same texts."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, 1, 0, 0, 0)), text if isinstance(text, str) else "")
    return zipped.getvalue()


MARKERS = {
    "$zip": packed,
    "$bytes": str.encode,
    "$b64": base64.b64decode,
    "$dt": datetime.datetime.fromisoformat,
}
