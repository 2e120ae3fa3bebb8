"""Scenarios of console.py: what an execution's page shows and does beside its graph."""

import re
from pathlib import Path

import yaml
from console_browser import page, start, status, view
from playwright.sync_api import expect


def choose(opened, state):
    """Chooses a state in the graph."""
    opened.locator("svg").get_by_role("button", name=state).focus()
    opened.keyboard.press("Enter")


def table(running, address, folder, _):
    """The states as a table: iterations are opened and closed, what failed comes first; events by type, state and time."""
    with page(running, address) as opened:
        start(opened, "many", "{}")
        status(opened, "failed")
        opened.get_by_role("button", name="Table", exact=True).click()
        states = opened.get_by_role("region", name="States, in the order")
        # What has failed is chosen, and so it is open.
        expect(states.get_by_role("row", name="Bad")).to_have_attribute("aria-level", "3")
        expect(states.get_by_role("row", name="Iteration").first).to_contain_text("Iteration 776")
        states.focus()
        opened.keyboard.press("ArrowUp")
        opened.keyboard.press("ArrowUp")
        expect(states.get_by_role("row", selected=True)).to_contain_text("Iteration 776")
        opened.keyboard.press("ArrowLeft")
        expect(states.get_by_role("row", name="Bad")).to_have_count(0)
        opened.keyboard.press("ArrowDown")
        opened.keyboard.press("ArrowRight")
        expect(states.get_by_role("row", name="Good").first).to_have_attribute("aria-level", "3")
        view(opened, folder, "table")
        opened.get_by_label("Which states").select_option("failed")
        expect(states.locator("tbody tr:not([aria-hidden])")).to_have_count(2)
        expect(states.get_by_role("row", name="Bad")).to_contain_text("iteration 776")
        expect(states.get_by_role("row", name="Bad")).to_contain_text("Fail · TheOne")
        opened.get_by_label("Which states").select_option("")
        opened.get_by_label("Name has").fill("EACH item")
        expect(opened.get_by_text("777 found")).to_be_visible()
        opened.get_by_label("Name has").fill("no such state")
        expect(opened.get_by_text("0 found")).to_be_visible()
        opened.get_by_label("Name has").fill("")
        events = opened.get_by_role("region", name="Events", exact=True)
        events.get_by_text("Filter", exact=True).click()
        events.get_by_role("combobox", name="Type").select_option("FailStateEntered")
        expect(opened.get_by_role("heading", name=re.compile("Events .1 of 4666."))).to_be_visible()
        events.get_by_role("combobox", name="Type").select_option("")
        events.get_by_role("combobox", name="State").select_option("Bad")
        expect(events.locator("tbody button")).to_have_text(["MapIterationFailed", "FailStateEntered"])
        events.get_by_label("From", exact=True).fill("2099-01-01T00:00:00")
        expect(opened.get_by_role("heading", name="Events (0 of")).to_be_visible()
        opened.get_by_role("button", name="Show all", exact=True).click()
        expect(opened.get_by_role("heading", name="Events (4666)")).to_be_visible()


def zooming(running, address, folder, _):
    """The graph is zoomed and moved by keyboard and mouse; what was taken is told from what was not."""
    with page(running, address) as opened:
        start(opened, "check", '{"count": 1}')
        status(opened, "succeeded")
        graph = opened.get_by_role("region", name="Graph: arrow keys")
        drawn = graph.locator("svg")
        width = drawn.bounding_box()["width"]
        graph.focus()
        for _ in range(6):
            opened.keyboard.press("+")
        expect(opened.get_by_role("button", name="In its own size")).to_have_text("381 %")
        assert drawn.bounding_box()["width"] > 3 * width
        before = graph.evaluate("box => [box.scrollLeft, box.scrollTop]")
        opened.keyboard.press("ArrowDown")
        place = graph.bounding_box()
        middle = (place["x"] + place["width"] / 2, place["y"] + place["height"] / 2)
        opened.mouse.move(*middle)
        opened.mouse.down()
        opened.mouse.move(middle[0] - 90, middle[1] - 60, steps=5)
        opened.mouse.up()
        after = graph.evaluate("box => [box.scrollLeft, box.scrollTop]")
        assert after[0] == before[0] + 90 and after[1] > before[1] + 50, (before, after)
        view(opened, folder, "zoomed")
        # All of it is in the overview, a press in which moves it.
        overview = opened.locator(".overview")
        small = overview.bounding_box()
        overview.click(position={"x": small["width"] - 4, "y": small["height"] - 4})
        assert graph.evaluate("box => box.scrollTop + box.clientHeight >= box.scrollHeight - 2")
        opened.keyboard.down("Control")
        opened.mouse.wheel(0, 2000)
        opened.keyboard.up("Control")
        expect(opened.get_by_role("button", name="In its own size")).to_have_text(re.compile("^[0-9]{1,2} %$"))
        graph.focus()
        opened.keyboard.press("0")
        expect(opened.get_by_role("button", name="In its own size")).to_have_text("100 %")
        opened.get_by_role("button", name="Fit into its frame").click()
        expect(overview).to_have_count(0)
        assert drawn.bounding_box()["height"] <= graph.bounding_box()["height"]
        # Over "Fine", and not over "TooFew", which is in the way of the default alone.
        assert graph.locator("path.line.ordinary.taken").count() == 1
        assert graph.locator("path.line.default.taken").count() == 0


def forking(running, address, folder, _):
    """A new execution begins in a state of another one, with another input."""
    with page(running, address) as opened:
        start(opened, "check", '{"count": 0}')
        status(opened, "failed")
        choose(opened, "Enough")
        opened.get_by_text("Fork from here").click()
        given = opened.get_by_label("Input of the state (JSON)")
        expect(given).to_have_value('{\n  "count": 0\n}')
        opened.keyboard.press("Escape")
        expect(given).to_have_count(0)
        opened.get_by_text("Fork from here").click()
        given.fill("no JSON")
        opened.get_by_role("button", name="Fork", exact=True).click()
        expect(opened.get_by_role("alert")).to_contain_text("The input is no JSON")
        given.fill('{"count": 5}')
        opened.get_by_label("Name of the new execution").fill("forked")
        view(opened, folder, "fork")
        opened.get_by_role("button", name="Fork", exact=True).click()
        expect(opened.get_by_role("heading", name="forked")).to_be_visible()
        status(opened, "succeeded")
        expect(opened.get_by_role("region", name="Output of the execution")).to_contain_text('"fine": true')
        opened.get_by_text("Details", exact=True).click()
        facts = opened.locator(".facts")
        expect(facts).to_contain_text("State transitions2")
        expect(facts).to_contain_text("Log groupnone")
        expect(facts).to_contain_text(":role/")
        opened.get_by_text("Definition that it runs").click()
        expect(opened.get_by_role("region", name="Definition", exact=True)).to_contain_text('"Default": "TooFew"')
        for saved, beginning in (("JSON", '{"StartAt": "Enough"'), ("YAML", "StartAt: Enough\n")):
            opened.get_by_label("Format").select_option(saved.lower())
            with opened.expect_download() as kept:
                opened.get_by_role("button", name=f"Save as {saved}").click()
            assert kept.value.suggested_filename == f"shop-dev-check.asl.{saved.lower()}"
            assert Path(kept.value.path()).read_text().startswith(beginning)
            assert yaml.safe_load(Path(kept.value.path()).read_text())["States"]["Fine"] == {"Type": "Pass", "Result": {"fine": True}, "End": True}
        view(opened, folder, "details")


def versioned(running, address, folder, _):
    """An execution of a version says which."""
    with page(running, address) as opened:
        opened.get_by_role("link", name="check").first.click()
        expect(opened.get_by_role("region", name="Versions")).to_contain_text("1")
        started = """async () => (await (await fetch("api/start", {method: "POST", headers: {"x-workshop": "1"}, body: JSON.stringify({
            stateMachineArn: decodeURIComponent(location.hash.split("/")[2]) + ":1",
            input: JSON.stringify({count: 1, AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: "arn:aws:states:us-east-1:000000000000:execution:shop-dev-asks:parent"})})})).json()).executionArn"""
        opened.evaluate("arn => { location.hash = `#/execution/${encodeURIComponent(arn)}`; }", opened.evaluate(started))
        status(opened, "succeeded")
        opened.get_by_text("Details", exact=True).click()
        expect(opened.locator(".facts div").filter(has_text="Version")).to_have_text("Version1")
        expect(opened.locator(".facts div").filter(has_text="Started by").get_by_role("link", name="parent")).to_be_visible()
        view(opened, folder, "versioned")


def gathering(running, address, folder, _):
    """The data flow of a Map and of a Parallel state, and what went into each iteration and each branch."""
    with page(running, address) as opened:
        start(opened, "gather", '{"items": [1, 2, 3], "factor": 10}')
        status(opened, "succeeded")
        choose(opened, "Each,")
        pane = opened.get_by_role("region", name="The chosen state")
        expect(pane.get_by_role("region", name="After ItemSelector")).to_contain_text('"factor": 10')
        expect(pane.get_by_role("region", name="After ResultSelector")).to_contain_text('"sums"')
        expect(pane).not_to_contain_text("differs from what was recorded")
        pane.get_by_text("Iterations (3)").click()
        pane.get_by_label("The iteration after").click()
        expect(pane.get_by_role("region", name="What it was given")).to_contain_text('"value": 2')
        expect(pane.get_by_role("region", name="What it gave")).to_contain_text('"sum": 12')
        view(opened, folder, "map-flow")
        choose(opened, "Both,")
        expect(pane.get_by_role("region", name="After ResultSelector")).to_contain_text('"right": "to the right"')
        expect(pane.get_by_role("region", name="Result", exact=True)).to_contain_text("to the left")
        pane.get_by_text("Branches (2)").click()
        pane.get_by_label("The branch after").click()
        expect(pane.get_by_role("region", name="What it gave")).to_contain_text("to the right")
        view(opened, folder, "parallel-flow")


def limiting(running, address, folder, _):
    """The limits of a Map Run that is on are changed on its page."""
    with page(running, address, complains=False) as opened:
        start(opened, "slow", "{}")
        opened.get_by_role("link", name="Its Map Run").click()
        expect(opened.get_by_text("at most 1 at once")).to_be_visible()
        opened.get_by_text("Change its limits").click()
        opened.get_by_label("At most so many at once").fill("2")
        opened.get_by_label("Items that may fail, in percent").fill("101")
        opened.get_by_role("button", name="Change", exact=True).click()
        expect(opened.get_by_role("alert")).to_be_visible()
        opened.get_by_label("Items that may fail, in percent").fill("50")
        view(opened, folder, "limits")
        opened.get_by_role("button", name="Change", exact=True).click()
        expect(opened.get_by_text("at most 2 at once")).to_be_visible()
        expect(opened.get_by_text("more than 50 %")).to_be_visible()


def elsewhere(running, address, folder, workshop):
    """What another region has is a choice away."""
    workshop("deploy", "--local", "--region", "eu-west-1")
    with page(running, address) as opened:
        place = opened.get_by_label("Region and account")
        expect(place).to_have_value("us-east-1 · account 000000000000")
        place.select_option("eu-west-1 · account 000000000000")
        expect(opened.locator("header nav")).to_contain_text("eu-west-1")
        view(opened, folder, "elsewhere")
        start(opened, "check", '{"count": 1}', "there")
        status(opened, "succeeded")
        opened.get_by_text("Details", exact=True).click()
        expect(opened.locator(".facts")).to_contain_text("arn:aws:states:eu-west-1:000000000000:execution:")
        opened.get_by_role("link", name="Workshop console").click()
        expect(opened.get_by_role("link", name="there")).to_be_visible()
        place.select_option("us-east-1 · account 000000000000")
        expect(opened.get_by_role("link", name="there")).to_have_count(0)


def lengthy(running, address, folder, _):
    """Texts that are too long to be sent whole say so, and are there when they are asked for."""
    with page(running, address) as opened:
        start(opened, "check", '{"count": 1, "text": "' + 60_000 * "x" + 'the end"}')
        status(opened, "succeeded")
        whole = opened.get_by_role("region", name="Input of the execution")
        expect(whole).not_to_contain_text("the end")
        opened.get_by_role("button", name=re.compile("Show all 600.. bytes")).first.click()
        expect(whole).to_contain_text("the end")
        choose(opened, "Enough")
        pane = opened.get_by_role("region", name="The chosen state")
        expect(pane).to_contain_text("InputPath: nothing changes")
        pane.get_by_role("button", name=re.compile("Show all")).first.click()
        expect(pane.get_by_role("region", name="Input", exact=True)).to_contain_text("the end")


SCENARIOS = (table, zooming, forking, versioned, gathering, limiting, elsewhere, lengthy)
