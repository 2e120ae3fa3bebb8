"""Scenarios of console.py: texts and moments as they are shown, and a page that goes on after a break."""

import json
import re
from pathlib import Path

from console_browser import copied, page, start, status, view
from playwright.sync_api import expect

# Numbers that no program with 64-bit floating point can tell from others, and members in an order that is not the browser's.
EXACT = '{"count": 1.0, "big": 12345678901234567890, "last": 1e3, "1": "\\u00e4"}'


def exact(running, address, folder, workshop):
    """JSON is shown and copied as it is written; a test case that is copied holds."""
    with page(running, address) as opened:
        start(opened, "check", EXACT)
        status(opened, "succeeded")
        given = opened.get_by_role("region", name="Input of the execution")
        expect(given).to_have_text('{\n  "count": 1.0,\n  "big": 12345678901234567890,\n  "last": 1e3,\n  "1": "\\u00e4"\n}')
        assert copied(opened, "Copy: Input of the execution") == EXACT
        opened.locator("svg").get_by_role("button", name="Enough").focus()
        opened.keyboard.press("Enter")
        expect(opened.get_by_role("region", name="The chosen state")).to_contain_text("InputPath: nothing changes")
        opened.get_by_text("Copy, save").click()
        kept(opened, workshop, "check")
        opened.get_by_role("link", name="Workshop console").click()
        # A task that failed, which no test calls, and a Map state.
        start(opened, "retries", "{}")
        opened.get_by_role("button", name="End the wait").click()
        status(opened, "failed")
        opened.get_by_text("Copy, save").click()
        kept(opened, workshop, "retries")


def kept(opened, workshop, name):
    """Copies an execution as a test case, which holds then."""
    tests = Path("tests")
    tests.mkdir(exist_ok=True)
    text = copied(opened, "Copy as test case")
    case = json.loads(text)
    (tests / f"{name}.test.json").write_text(text)
    assert case["machine"] == f"shop-dev-{name}", case
    assert name != "check" or '"big": 12345678901234567890' in text
    workshop("test")


def moments(running, address, folder, _):
    """Moments are in the browser's zone with UTC beside them, with the other day where that is one; in UTC they say so once."""
    zoned = re.compile(r"\d \w+ \d{4}, \d\d:\d\d:\d\d(\.\d{3})? (\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d UTC")
    for zone, wanted in (("Pacific/Kiritimati", zoned), ("UTC", re.compile(r"\d \w+ \d{4}, \d\d:\d\d:\d\d(\.\d{3})? UTC$"))):
        with page(running, address, zone=zone) as opened:
            start(opened, "check", '{"count": 1}')
            status(opened, "succeeded")
            opened.get_by_text("Details", exact=True).click()
            shown = opened.locator("main time").all_inner_texts()
            assert len(shown) > 8, shown
            assert all(wanted.search(text) for text in shown), shown
            clock = opened.locator("#clock").inner_text()
            assert clock.count(":") == (2 if zone == "UTC" else 4), clock
            view(opened, folder, f"zone-{zone.split('/')[0].lower()}")


def restarting(running, address, folder, workshop):
    """An execution that waits is answered on a page under which the cloud was started again; the form is still as it was filled in."""
    with page(running, address, complains=False) as opened:
        start(opened, "asks", "{}")
        form = opened.get_by_role("region", name="Answer the task")
        form.get_by_label("Output (JSON)").fill('{"approved": true}')
        workshop("local", "stop")
        expect(opened.locator("#connection")).to_contain_text("does not answer")
        view(opened, folder, "away")
        workshop("local", "start")
        expect(opened.locator("#connection")).to_have_text("● live", timeout=20_000)
        expect(form.get_by_label("Output (JSON)")).to_have_value('{"approved": true}')
        form.get_by_role("button", name="Succeed").click()
        status(opened, "succeeded")


def streaming(running, address, folder, workshop):
    """Changes come over one stream: an open page asks for nothing while nothing happens, and for what has changed alone when something does."""
    with page(running, address) as opened:
        # Until a stream has told something, what it tells first may be a change, and all is asked for again.
        expect(opened.locator("#connection")).to_have_text("● live")
        asked = []
        opened.on("request", lambda request: asked.append(request.url.split("/api/")[-1].split("?")[0]) if "/api/" in request.url else None)
        opened.get_by_role("link", name="check").first.click()
        expect(opened.get_by_role("heading", name="Executions")).to_be_visible()
        expect(opened.locator("#connection")).to_have_text("● live")
        for count in range(3):
            workshop("start", "check", "-d", '{"count": 1}', "--name", f"one-{count}", "--local")
            expect(opened.get_by_role("link", name=f"one-{count}")).to_be_visible()
        # Each view begins a stream with its topics, whose changes come without another request.
        assert asked.count("changes") <= 2, asked
        assert asked.count("executions") >= 4, asked
        assert asked.count("machine") == 1, asked


SCENARIOS = (exact, moments, restarting, streaming)
