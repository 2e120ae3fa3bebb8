"""Comparing what a cloud answered with what AWS answered, by the corpus's rules (its FORMAT.md, "Comparing")."""

import datetime
import json
import re

DATE_TIME = re.compile(
    r"[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])"
    r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,9})?(?:Z|[+-][01]\d:?[0-5]\d)")
PLACEHOLDER = re.compile(r"<<[^<>]+>:\d+>|<[A-Za-z_][\w.\- ]*(?::\d+)?>")
REMEMBERED = re.compile(r":\d+>$")
ABSENT = "<absent>"


def compare(replay):
    """The differences of a case that was replayed: each where, what was expected and what came."""
    case, differences = replay.case, []
    normalise = case.get("normalise", {})
    matcher = Matcher(normalise, replay)
    for key, recipe in compared(case).items():
        try:
            answer = replay.collect(recipe)
        except (KeyError, IndexError, TypeError, ValueError) as error:
            differences.append((key, case["expected"][key], f"<nothing: {error!r}>"))
            continue
        expected, answer = prepared(normalise, case["expected"][key], answer)
        matcher.differences = []
        matcher.match(expected, answer, ())
        differences += [("/".join((key, *path)), want, got) for path, want, got in matcher.differences]
    return differences


def compared(case):
    """How to collect each recorded value that is compared."""
    edited = case.get("edited_by_test", [])
    return {key: case["collect"][key] for key in case["expected"] if key in case["collect"] and key not in edited}


def prepared(normalise, expected, answer):
    answer = parsed(plain(answer))
    for name in normalise.get("parse_json", []):
        expected, answer = parsed_member(expected, name), parsed_member(answer, name)
    for name in ["x-localstack", *normalise.get("remove_keys", [])]:
        answer = without(answer, name)
    return expected, as_recorded_in_parallel(answer) if normalise.get("parallel") else answer


def plain(value):
    """The answer as data: no dates, no bytes, of the metadata only the status."""
    if isinstance(value, dict):
        return {name: metadata(item) if name == "ResponseMetadata" and isinstance(item, dict) else plain(item)
                for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value


def metadata(value):
    status = {"HTTPStatusCode": value["HTTPStatusCode"]} if "HTTPStatusCode" in value else {}
    return {"HTTPHeaders": {}, **status}


def parsed(value):
    """Texts that hold a JSON object become that object: not inside it, and not texts that stand in an array."""
    if isinstance(value, str) and value.startswith("{"):
        return json_or_text(value)
    if isinstance(value, dict):
        return {name: parsed(item) for name, item in value.items()}
    if isinstance(value, list):
        return [parsed(item) if isinstance(item, dict) else item for item in value]
    return value


def json_or_text(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def parsed_member(value, name):
    if isinstance(value, dict):
        return {key: json_or_text(item) if key == name and isinstance(item, str) else parsed_member(item, name)
                for key, item in value.items()}
    return [parsed_member(item, name) for item in value] if isinstance(value, list) else value


def without(value, name):
    if isinstance(value, dict):
        return {key: without(item, name) for key, item in value.items() if key != name}
    return [without(item, name) for item in value] if isinstance(value, list) else value


def as_recorded_in_parallel(value):
    """What the recorder did to histories: events inside a Parallel state lost their ids and the order among them, and
    the event that ends the branches was written over by one of them."""
    if isinstance(value, list):
        return [as_recorded_in_parallel(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: branches_sorted(item) if name == "events" and isinstance(item, list) else as_recorded_in_parallel(item)
            for name, item in value.items()}


ENDS_OF_PARALLEL = {f"ParallelState{end}" for end in ("Succeeded", "Aborted", "Exited", "Failed")}


def branches_sorted(events):
    events, first, inside, open_ = list(events), 0, [], False
    for place, event in enumerate(events):
        kind = event.get("type") if isinstance(event, dict) else None
        if kind in ENDS_OF_PARALLEL:
            events[first:place] = sorted(inside, key=lambda one: json.dumps(one, default=str))
            open_ = False
        elif kind == "ParallelStateStarted":
            first, inside, open_ = place + 1, [], True
        elif open_ and kind is not None:
            events[place] = {**event, "id": [0], "previousEventId": 0}
            inside.append(events[place])
        else:
            open_ = open_ and kind is not None
    return events


class Matcher:
    """Matches recorded values with answers; remembers what `<name:1>` stood for throughout a case."""

    def __init__(self, normalise, replay):
        self.masks = set(normalise.get("masks", []))
        self.unordered = set(normalise.get("unordered", []))
        self.unordered_under = set(normalise.get("unordered_under", []))
        self.differences, self.bound = [], {}
        self.literals = known(normalise.get("binds", []), replay)
        self.regexes = [(re.compile(pattern), name) for pattern, name in normalise.get("regexes", [])]
        place = replay.place
        self.fixed = [(place.account, "111111111111"), (place.region, "<region>"), ("arn:aws:", "arn:<partition>:")]
        self.firm = {"<region>", "<partition>"} | {name for _, name in self.literals + self.fixed}

    def match(self, expected, answer, path):
        if path[-1:] == ("billedDurationInMilliseconds",):
            # How long it took, in steps of 100 ms: no two runs need agree.
            return isinstance(answer, int) and answer > 0 and answer % 100 == 0 or self._differ(path, expected, answer)
        if isinstance(expected, str) and expected in self.masks:
            return True
        if isinstance(expected, str) and isinstance(answer, str):
            text = self._text(answer)
            return self._fits(expected, text) or self._differ(path, expected, text)
        if isinstance(expected, dict) and isinstance(answer, dict):
            return self._match_members(expected, answer, path)
        if isinstance(expected, list) and isinstance(answer, list):
            return self._match_items(expected, answer, path)
        # 1 is neither 1.0 nor true.
        return type(expected) is type(answer) and expected == answer or self._differ(path, expected, answer)

    def _differ(self, path, expected, answer):
        self.differences.append((path, expected, answer))
        return False

    def _text(self, text):
        for value, name in self.literals:
            text = text.replace(value, name)
        for pattern, name in self.regexes:
            text = pattern.sub(name, text)
        for value, name in self.fixed:
            text = text.replace(value, name)
        return DATE_TIME.sub("date", text)

    def _fits(self, expected, text):
        if expected == text:
            return True
        pattern, fresh = self._pattern(expected)
        found = pattern and pattern.fullmatch(text)
        if not found:
            return False
        self.bound.update({name: found[group] for name, group in fresh.items() if REMEMBERED.search(name)})
        return True

    def _pattern(self, expected):
        """What a text with placeholders allows, and which group holds which of those not known yet."""
        pieces, fresh, end = [], {}, 0
        for found in PLACEHOLDER.finditer(expected):
            name = found[0]
            pieces.append(re.escape(expected[end:found.start()]))
            end = found.end()
            if name in self.firm:
                pieces.append(re.escape(name))
            elif name in self.bound:
                pieces.append(f"(?:{re.escape(self.bound[name])}|{re.escape(name)})")
            elif name in fresh:
                pieces.append(f"(?:(?P={fresh[name]})|{re.escape(name)})")
            else:
                fresh[name] = f"p{len(fresh)}"
                pieces.append(f"(?P<{fresh[name]}>.+?)")
        pieces.append(re.escape(expected[end:]))
        return (re.compile("".join(pieces), re.DOTALL) if len(pieces) > 1 else None), fresh

    def _match_members(self, expected, answer, path):
        names = {self._text(name): name for name in answer}
        left, missing, same = set(names), [], True
        for name in expected:
            if name in left:
                left.remove(name)
                same &= self.match(expected[name], answer[names[name]], (*path, name))
            else:
                missing.append(name)
        for name in missing:
            fitting = next((one for one in sorted(left) if PLACEHOLDER.search(name) and self._fits(name, one)), None)
            if fitting is None:
                same = self._differ((*path, name), expected[name], ABSENT)
            else:
                left.remove(fitting)
                same &= self.match(expected[name], answer[names[fitting]], (*path, name))
        for name in sorted(left):
            same = self._differ((*path, name), ABSENT, answer[names[name]])
        return same

    def _match_items(self, expected, answer, path):
        if len(expected) == len(answer) and self._is_unordered(path):
            return self._match_any_order(expected, answer, path)
        same, place = True, 0
        while place < len(expected):
            end = place
            while end < len(expected) and in_parallel(expected[end]):
                end += 1
            if end > place:
                branches = [[without_ids(event) for event in events[place:end]] for events in (expected, answer)]
                same &= self._match_any_order(*branches, (*path, f"{place}..{end}"))
                place = end
                continue
            there = place < len(answer)
            inside = (*path, str(place))
            same &= self.match(expected[place], answer[place], inside) if there \
                else self._differ(inside, expected[place], ABSENT)
            place += 1
        for extra in range(len(expected), len(answer)):
            same = self._differ((*path, str(extra)), ABSENT, answer[extra])
        return same

    def _is_unordered(self, path):
        return bool(path) and path[-1] in self.unordered or len(path) > 1 and path[-2] in self.unordered_under

    def _match_any_order(self, expected, answer, path):
        if len(expected) != len(answer):
            return self._differ(path, f"{len(expected)} items", f"{len(answer)} items")
        left, same = list(answer), True
        for place, item in enumerate(expected):
            if not any(self._takes(item, left, index, path) for index in range(len(left))):
                same = self._differ((*path, str(place)), item, "<no such item>")
        return same

    def _takes(self, item, left, index, path):
        """Whether this item fits; then it is gone. What a vain try noted and remembered is forgotten."""
        bound, noted = dict(self.bound), len(self.differences)
        if self.match(item, left[index], path):
            del left[index]
            return True
        self.bound = bound
        del self.differences[noted:]
        return False


def in_parallel(event):
    return isinstance(event, dict) and event.get("id") == [0]


def without_ids(event):
    if not isinstance(event, dict):
        return event
    return {name: value for name, value in event.items() if name not in ("id", "previousEventId")}


def known(binds, replay):
    """Values that this run gave, each with the placeholder it has in the recording."""
    pairs = []
    for value, name in binds:
        try:
            value = replay.references.fill(value)
        except (KeyError, IndexError, TypeError):
            continue
        if isinstance(value, str) and value:
            pairs.append((value, name))
    return pairs
