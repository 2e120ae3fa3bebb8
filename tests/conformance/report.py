"""What a run found, for people and for machines."""

import collections
import json

WIDTH = 240


class Result:
    """How one case ended."""

    def __init__(self, case, seconds, differences, notes):
        self.id, self.category, self.steps = case["id"], case["category"], case["steps"]
        self.collect = case["collect"]
        self.seconds, self.differences, self.notes = seconds, differences, notes

    @property
    def passed(self):
        return not self.differences

    def step(self):
        """The call whose answer is the first that differs."""
        key = self.differences[0][0].split("/")[0]
        origin = self.collect.get(key, {}).get("from")
        call = next((step for step in self.steps if step["n"] == origin), None)
        if call is None:
            return "several steps"
        return f"step {call['n']}, {call.get('op', call.get('wait')).split('.')[-1]}"

    def lines(self):
        path, expected, got = self.differences[0]
        more = len(self.differences) - 1
        yield f"{self.id}  ({self.seconds:.1f} s)"
        yield from (f"    note: {shortened(note)}" for note in self.notes[:3])
        yield f"    {self.step()}: {path}"
        yield f"      expected  {shortened(expected)}"
        yield f"      got       {shortened(got)}" + (f"  (and {more} more)" if more else "")

    def data(self, reason):
        first = None
        if self.differences:
            path, expected, got = self.differences[0]
            first = {"step": self.step(), "path": path, "expected": expected, "got": got}
        return {"id": self.id, "category": self.category, "passed": self.passed, "explained": reason,
                "seconds": round(self.seconds, 2), "notes": self.notes, "differences": len(self.differences),
                "firstDifference": first}


def shortened(value):
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return text if len(text) <= WIDTH else f"{text[:WIDTH]}... ({len(text)} characters)"


def sums(results):
    """Passed and all, by category."""
    count = collections.defaultdict(lambda: [0, 0])
    for result in results:
        count[result.category][0] += result.passed
        count[result.category][1] += 1
    return dict(sorted(count.items()))


def verdict(results, reasons, whole):
    """What is wrong with the run: failures that nobody explained, explanations of what passes or is not there."""
    ran = {result.id for result in results}
    failed = sum(not one.passed and one.id not in reasons for one in results)
    wrong = [f"{failed} cases fail that are not explained"] if failed else []
    wrong += [f"{one.id} passes and is still listed as failing" for one in results if one.passed and one.id in reasons]
    if whole:
        wrong += [f"{name} is listed as failing, but there is no such case" for name in reasons if name not in ran]
    return wrong


def for_people(results, reasons, wrong, seconds, distrusted, missing):
    for result in (one for one in results if not one.passed):
        mark = "explained: " + reasons[result.id] if result.id in reasons else "NOT EXPLAINED"
        yield "\n".join(result.lines()) + f"\n      {mark}\n"
    counted = sums(results)
    width = max((len(category) for category in counted), default=0)
    yield from (f"{category:{width}} {passed:4}/{total}" for category, (passed, total) in counted.items())
    passed = sum(result.passed for result in results)
    explained = sum(not result.passed and result.id in reasons for result in results)
    for reason, count in sorted(collections.Counter(distrusted.values()).items()):
        yield f"not run, {count} distrusted: {reason}"
    for reason, count in sorted(missing.items()):
        yield f"not run, {count}: {reason}"
    yield (f"{passed} of {len(results)} recorded cases pass, {explained} of the others are explained, "
           f"{len(distrusted)} are distrusted; {seconds:.0f} s")
    yield from wrong


def for_machines(results, reasons, wrong, seconds, distrusted, missing):
    counted = {category: {"passed": passed, "total": total} for category, (passed, total) in sums(results).items()}
    return json.dumps({
        "passed": sum(result.passed for result in results), "total": len(results), "seconds": round(seconds, 1),
        "categories": counted, "wrong": wrong, "distrusted": distrusted, "notServed": missing,
        "cases": [result.data(reasons.get(result.id)) for result in results],
    }, indent=2, default=str)
