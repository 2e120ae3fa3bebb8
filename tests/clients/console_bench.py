"""Measures the embedded cloud's page in a real browser.

usage: console_bench.py measure ADDRESS MACHINE INPUT EVENTS    prints figures as JSON; the machine's executions have so many events
       console_bench.py hold ADDRESS EXECUTION                  says that it shows an execution, and goes on until its input ends
"""

import gzip
import json
import select
import statistics
import sys
import time

from console_browser import browser

ROUNDS = 5
STARTS = 20
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


# From the request to the text on the page.
SHOWN = """stateMachineArn => new Promise((done, failed) => {
    const name = `shown-${crypto.randomUUID()}`;
    const begun = performance.now();
    const watched = new MutationObserver(() => {
        if (!document.body.textContent.includes(name)) return;
        watched.disconnect();
        done(performance.now() - begun);
    });
    watched.observe(document.body, {childList: true, characterData: true, subtree: true});
    fetch("api/start", {method: "POST", headers: {"x-workshop": "1"}, body: JSON.stringify({stateMachineArn, name, input: "{}"})}).catch(failed);
})"""


def milliseconds(begun):
    return (time.monotonic() - begun) * 1000


def shows(opened, events):
    opened.get_by_role("heading", name=f"Events ({events})").wait_for()


def measure(running, address, machine, text, events):
    context = running.new_context()
    opened = context.new_page()
    files = {}
    opened.on("response", lambda answer: files.setdefault(answer.url, answer) if "/api/" not in answer.url else None)
    opened.goto(address)
    opened.get_by_role("heading", name="State machines").wait_for()
    bodies = [answer.body() for answer in files.values() if answer.status == 200]
    home = opened.url.split("#")[0]
    paints = []
    for _ in range(ROUNDS):
        opened.goto(home)
        opened.get_by_role("heading", name="State machines").wait_for()
        paints.append(opened.evaluate(PAINT))

    small = machine.rsplit(":", 1)[0] + ":ten"
    shown = [opened.evaluate(SHOWN, small) for _ in range(STARTS)]

    start = """async ([stateMachineArn, input]) => (await (await fetch("api/start", {
        method: "POST", headers: {"x-workshop": "1"}, body: JSON.stringify({stateMachineArn, input})})).json()).executionArn"""
    followed, first, again = [], [], []
    execution = None
    for _ in range(ROUNDS):
        opened.goto(home)
        opened.get_by_role("heading", name="State machines").wait_for()
        begun = time.monotonic()
        execution = opened.evaluate(start, [machine, text])
        opened.evaluate("arn => { location.hash = `#/execution/${encodeURIComponent(arn)}`; }", execution)
        shows(opened, events)
        followed.append(milliseconds(begun))
    # The cloud keeps the last four histories that were shown: the fifth before is read anew.
    for each in range(ROUNDS):
        arns = opened.evaluate("""async machine => (await (await fetch(`api/executions?arn=${encodeURIComponent(machine)}`)).json())
            .executions.map(each => each.executionArn)""", machine)
        for kept, into in ((arns[-1 - each % len(arns)], first), (arns[-1 - each % len(arns)], again)):
            opened.goto(home)
            opened.get_by_role("heading", name="State machines").wait_for()
            begun = time.monotonic()
            opened.evaluate("arn => { location.hash = `#/execution/${encodeURIComponent(arn)}`; }", kept)
            shows(opened, events)
            into.append(milliseconds(begun))
    print(json.dumps({
        "bytes": sum(map(len, bodies)),
        "compressedBytes": sum(len(gzip.compress(body)) for body in bodies),
        "firstPaintMs": statistics.median(paints),
        "shownMs": statistics.median(shown),
        "shownWorstMs": max(shown),
        "openMs": statistics.median(first),
        "openAgainMs": statistics.median(again),
        "followedPerSecond": events / (statistics.median(followed) / 1000),
    }))


def hold(running, address, execution):
    opened = running.new_context().new_page()
    opened.goto(address)
    opened.get_by_role("heading", name="State machines").wait_for()
    if execution:
        opened.evaluate("arn => { location.hash = `#/execution/${encodeURIComponent(arn)}`; }", execution)
        opened.get_by_role("heading", name="Events").wait_for()
    print("ready", flush=True)
    # Playwright's events are handled while it waits.
    while not select.select([sys.stdin], [], [], 0)[0]:
        opened.wait_for_timeout(100)


if __name__ == "__main__":
    _, what, *rest = sys.argv
    with browser() as started:
        if what == "measure":
            address, machine, text, events = rest
            measure(started, address, machine, text, int(events))
        else:
            hold(started, *rest)
