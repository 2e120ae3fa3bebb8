"""The embedded cloud's page in a real browser.

usage: console.py SCENARIO ADDRESS PICTURES PROGRAM. The address is what `workshop open --local --print` prints; pictures of what was
seen go into that folder; the program is `workshop`. What the browser complains of in its console fails the scenario, and so do a refusal of
the page's security policy and whatever axe-core finds.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import console_execution
import console_texts
from console_browser import browser, copied, page, start, status, view
from playwright.sync_api import expect

# What steers a display, what turns the direction of writing, and what would run if it was markup.
HOSTILE = "<img src=x onerror=\"window.harmed=1\"></script><script>window.harmed=1</script>"


def lesson(running, address, folder, _):
    """Both jobs of the lesson without leaving the page: schedule, and see; by the keyboard where that is another way."""
    with page(running, address) as opened:
        expect(opened.get_by_role("heading", name="State machines")).to_be_visible()
        view(opened, folder, "home")
        opened.get_by_role("link", name="step-functions-example-dev-myStateMachine").first.click()
        opened.get_by_label("Task", exact=True).fill("reminder")

        opened.get_by_label("From now, such as").first.fill("1 h")
        ms = opened.get_by_label("Milliseconds since 1970").first
        expect(ms).not_to_have_value("")
        assert f'"startAt":{ms.input_value()}' in copied(opened, "Copy as curl command")
        opened.get_by_role("button", name="Schedule", exact=True).focus()
        opened.keyboard.press("Enter")
        expect(opened.get_by_text("Started the step function.")).to_be_visible()
        opened.get_by_text("The same by curl and aws").click()
        expect(opened.get_by_role("region", name="As curl command")).to_contain_text(f'"startAt":{ms.input_value()}')
        aws = opened.get_by_role("region", name="As aws command")
        expect(aws).to_contain_text("--name 'reminder' --input '{\"trigger_date\":")
        view(opened, folder, "machine")
        opened.get_by_text("Watch it:").get_by_role("link", name="reminder").click()
        wait = opened.locator("svg").get_by_role("button", name="WaitForTimestamp")
        expect(wait).to_have_attribute("class", "state wait waiting chosen")
        first = opened.get_by_role("timer").first.inner_text()
        assert first.startswith(("59:", "01:00:")), first
        expect(opened.get_by_role("timer").first).not_to_have_text(first)
        opened.screenshot(path=folder / "console-execution.png")
        view(opened, folder, "waiting")
        opened.get_by_role("button", name="End the wait").click()
        status(opened, "succeeded")
        opened.locator("svg").get_by_role("button", name="SendEmail").focus()
        opened.keyboard.press("Enter")
        log = opened.get_by_label("Log", exact=True)
        expect(log).to_contain_text("send email triggered")
        expect(opened.get_by_role("group").filter(has_text="Data flow").first).to_contain_text("InputPath")
        view(opened, folder, "succeeded")
        opened.reload()
        status(opened, "succeeded")
        # The function that it called, and its log.
        opened.get_by_role("link", name="All lines of").click()
        expect(opened.get_by_role("log")).to_contain_text("send email triggered")
        opened.get_by_label("Filter pattern").fill('"send email"')
        expect(opened.locator(".log-line")).to_have_count(1)
        view(opened, folder, "log")
        opened.get_by_role("link", name="Workshop console").click()
        opened.get_by_role("link", name="step-functions-example-dev-sendEmail", exact=True).click()
        opened.get_by_label("Event (JSON)").fill(json.dumps({"taskName": HOSTILE}))
        opened.get_by_role("button", name="Invoke", exact=True).click()
        expect(opened.get_by_role("region", name="End of its log")).to_contain_text("send email triggered")
        expect(opened.get_by_role("log")).to_contain_text("<img src=x onerror=")
        assert opened.evaluate("window.harmed") is None
        view(opened, folder, "function")
        # What a function's environment says is there once it is asked for.
        opened.get_by_role("link", name="Workshop console").click()
        opened.get_by_role("link", name="step-functions-example-dev-startStateMachine", exact=True).first.click()
        environment = opened.get_by_role("region", name="Environment")
        expect(environment).to_contain_text("STATE_MACHINE_ARN")
        told = opened.evaluate("async () => (await fetch(`api/function?name=${location.hash.split('/')[2]}`)).text()")
        assert ":stateMachine:" not in told and ":stateMachine:" not in environment.inner_html()
        opened.get_by_role("button", name="Show the values").click()
        expect(environment).to_contain_text(":stateMachine:step-functions-example-dev-myStateMachine")
        opened.get_by_role("button", name="Hide the values").click()
        expect(environment).not_to_contain_text(":stateMachine:")
        # The lines of the next day stand below its date.
        opened.get_by_role("link", name="Workshop console").click()
        opened.get_by_role("button", name="A day on").click()
        expect(opened.locator("#clock")).to_contain_text("moved ahead")
        opened.get_by_role("link", name="step-functions-example-dev-sendEmail", exact=True).first.click()
        expect(opened.locator(".log .day")).to_have_count(1)
        opened.get_by_role("button", name="Invoke", exact=True).click()
        expect(opened.get_by_role("region", name="End of its log")).to_be_visible(timeout=20_000)
        expect(opened.locator(".log .day")).to_have_count(2)


def failing(running, address, folder, workshop):
    """From the input to the cause, which is still shown when the cloud was started again under the page."""
    with page(running, address) as opened:
        start(opened, "check", "no JSON")
        expect(opened.get_by_role("alert")).to_contain_text("The input is no JSON")
        opened.get_by_label("Begin with").select_option("example")
        expect(opened.get_by_label("Input (JSON)")).to_have_value('{\n  "count": 0\n}')
        opened.get_by_label("Name (may stay empty)").fill("fails")
        opened.get_by_role("button", name="Start", exact=True).click()
        status(opened, "failed")
        why = opened.get_by_role("region", name="Why it failed")
        expect(why).to_contain_text("TooFew")
        expect(why).to_contain_text('"wanted": 1')
        expect(why).to_contain_text("a Fail state can have neither Retry nor Catch")
        expect(opened.locator("svg").get_by_role("button", name="TooFew, failed")).to_have_attribute("aria-pressed", "true")
        opened.screenshot(path=folder / "console-failure.png")
        view(opened, folder, "failed")
        opened.get_by_text("Copy, save").click()
        assert copied(opened, "Copy the ARN").endswith(":fails")
        assert json.loads(copied(opened, "Copy as test case"))["cases"][0]["expect"]["error"] == "TooFew"
        for button, ending in (("history", ".json"), ("graph as SVG", ".svg"), ("graph as PNG", ".png")):
            with opened.expect_download() as saved:
                opened.get_by_role("button", name=f"Save the {button}").click()
            assert saved.value.suggested_filename == f"fails{ending}", saved.value.suggested_filename
            content = Path(saved.value.path()).read_bytes()
            assert {".json": b"ExecutionFailed", ".svg": b"TooFew", ".png": b"PNG"}[ending] in content
        opened.get_by_role("button", name="Redrive").click()
        expect(opened.get_by_text("ExecutionRedriven").first).to_be_visible()
        status(opened, "failed")
        opened.get_by_role("link", name="Start like this one").click()
        expect(opened.get_by_label("Input (JSON)")).to_have_value('{\n  "count": 0\n}')
    with page(running, address, complains=False) as opened:
        workshop("local", "stop")
        expect(opened.locator("#connection")).to_contain_text("does not answer")
        workshop("local", "start")
        expect(opened.locator("#connection")).to_have_text("● live", timeout=20_000)
        workshop("start", "check", "-d", '{"count": 1}', "--name", "afterwards", "--local")
        expect(opened.get_by_role("link", name="afterwards")).to_be_visible()


def counts(opened, machine):
    """What home counts of a machine: what runs, waits, and failed."""
    row = opened.get_by_role("region", name="State machines").get_by_role("row").filter(has=opened.get_by_role("link", name=machine))
    return row.locator("td:nth-child(n+3)")


def asking(running, address, folder, _):
    """A task that waits for somebody is answered with its token, which nobody has to know: from the inbox too."""
    with page(running, address) as opened:
        start(opened, "asks", "{}")
        form = opened.get_by_role("region", name="Answer the task")
        form.get_by_label("Output (JSON)").fill("no JSON")
        form.get_by_role("button", name="Succeed").click()
        expect(form.get_by_role("alert")).to_be_visible()
        form.get_by_label("Output (JSON)").fill('{"approved": true}')
        view(opened, folder, "asking")
        form.get_by_role("button", name="Succeed").click()
        status(opened, "succeeded")
        expect(opened.get_by_label("Output", exact=True).first).to_contain_text('"approved": true')
        opened.get_by_role("link", name="Workshop console").click()
        start(opened, "asks", "{}", "second")
        status(opened, "running")
        opened.get_by_role("link", name="Workshop console").click()
        expect(counts(opened, "asks")).to_have_text(["1", "1", "–"])
        opened.get_by_role("button", name="Answer").click()
        view(opened, folder, "inbox")
        opened.get_by_text("Have it fail").click()
        opened.get_by_label("Cause").fill("not now")
        opened.get_by_role("button", name="Fail", exact=True).click()
        expect(opened.get_by_role("heading", name="Waits for somebody")).to_have_count(0)
        expect(counts(opened, "asks")).to_have_text(["–", "–", "1 of the last 2"])
        opened.get_by_role("row", name="shop-dev-asks").get_by_role("link", name="1", exact=True).click()
        expect(opened.get_by_label("Status")).to_have_value("FAILED")
        expect(opened.get_by_role("region", name="Executions").locator("tbody tr")).to_have_count(1)
        opened.get_by_role("link", name="second").first.click()
        status(opened, "failed")
        expect(opened.get_by_role("region", name="Why it failed")).to_contain_text("not now")


def retrying(running, address, folder, _):
    """A countdown with the attempt, moved clock, and what could have caught the error."""
    with page(running, address) as opened:
        start(opened, "retries", "{}")
        expect(opened.get_by_text("is tried again (attempt 2) in")).to_be_visible()
        expect(opened.get_by_text("Attempt 2 begins in")).to_be_visible()
        view(opened, folder, "retrying")
        here = opened.url
        opened.get_by_role("link", name="Workshop console").click()
        opened.get_by_role("button", name="A day on").click()
        opened.goto(here)
        status(opened, "failed")
        why = opened.get_by_role("region", name="Why it failed")
        expect(why).to_contain_text("takes it, but all attempts are used (it was tried 2 times)")
        expect(why).to_contain_text("Catch of Other, then Never: does not name it")
        expect(opened.get_by_text("Attempts (2)")).to_be_visible()
        expect(opened.locator(".lane rect.backoff").first).to_be_attached()
        opened.get_by_label("Shorten waits").check()
        view(opened, folder, "retried")


def many(running, address, folder, _):
    """A thousand iterations, of which one fails: it is found, and the page stays quick."""
    with page(running, address) as opened:
        start(opened, "many", "{}")
        status(opened, "failed")
        expect(opened.get_by_text("iteration 776").first).to_be_visible()
        events = opened.get_by_role("heading", name="Events (")
        assert int(events.inner_text().split("(")[1].rstrip(")")) > 3_000
        assert opened.locator(".rows tbody tr").count() < 60
        opened.locator(".rows").evaluate("box => box.scrollTop = box.scrollHeight")
        expect(opened.get_by_text("ExecutionStarted")).to_be_visible()
        opened.locator("svg").get_by_role("button", name="Each item").focus()
        opened.keyboard.press("Enter")
        expect(opened.get_by_label("Which time it was entered")).to_contain_text("of 777")
        opened.get_by_label("The time before").click()
        expect(opened.get_by_label("Which time it was entered")).to_contain_text("iteration 775")
        view(opened, folder, "many")


def spreading(running, address, folder, _):
    """From a Map state to its Map Run, and to the child execution that failed."""
    with page(running, address) as opened:
        start(opened, "spread", "{}")
        status(opened, "succeeded")
        opened.locator("svg").get_by_role("button", name="Spread,").focus()
        opened.keyboard.press("Enter")
        opened.get_by_role("link", name="Its Map Run").click()
        expect(opened.get_by_role("row", name="Items 3")).to_be_visible()
        expect(opened.locator("svg text").filter(has_text="Is it two").first).to_be_visible()
        expect(opened.get_by_role("region", name="Input of the state")).to_contain_text('"items"')
        expect(opened.get_by_role("region", name="Output of the state")).to_contain_text("[")
        opened.get_by_text("Details", exact=True).click()
        expect(opened.locator(".facts div").filter(has_text="Failures that it bears")).to_contain_text("1")
        opened.get_by_text("Definition of each execution").click()
        expect(opened.get_by_role("region", name="Definition", exact=True)).to_contain_text('"StartAt": "Is it two"')
        view(opened, folder, "map-run")
        opened.get_by_label("Status").select_option("FAILED")
        expect(opened.locator("tbody").last.get_by_role("row")).to_have_count(1)
        opened.locator("tbody").last.get_by_role("link").click()
        status(opened, "failed")
        expect(opened.get_by_role("region", name="Why it failed")).to_contain_text("Two")
        # Each level above is a link away; the machine takes no input of an iteration.
        expect(opened.get_by_role("link", name="Start like this one")).to_have_count(0)
        opened.get_by_role("link", name="its Map Run").click()
        expect(opened.get_by_role("heading", name="Map Run")).to_be_visible()
        opened.get_by_role("navigation").get_by_role("link", name="shop-dev-spread", exact=True).click()
        expect(opened.get_by_role("heading", name="shop-dev-spread")).to_be_visible()
        expect(opened.get_by_role("heading", name="Executions")).to_be_visible()


def finding(running, address, folder, _):
    """Hundreds of executions: more are read as they are scrolled to, and they are found by name and status."""
    with page(running, address) as opened:
        opened.get_by_role("link", name="check").first.click()
        expect(opened.get_by_role("heading", name="Executions")).to_be_visible()
        opened.evaluate("""async () => {
            const stateMachineArn = decodeURIComponent(location.hash.split("/")[2]);
            for (let at = 0; at < 250; at += 1) await fetch("api/start", {method: "POST", headers: {"x-workshop": "1"},
                body: JSON.stringify({stateMachineArn, name: `each-${at}`, input: JSON.stringify({count: at % 2})})});
        }""")
        rows = opened.get_by_role("region", name="Executions").locator("tbody tr")
        expect(rows.filter(has_text="each-249")).to_be_visible()
        end = opened.get_by_role("button", name="Show older ones").or_(rows.last).last
        for _ in range(100):
            # One that is drawn anew at this moment is scrolled to the next time.
            end.evaluate("end => end.scrollIntoView()")
            opened.wait_for_timeout(50)
            if rows.count() == 250:
                break
        expect(rows).to_have_count(250)
        opened.get_by_label("Name has").fill("EACH-12")
        expect(rows).to_have_count(11)
        opened.get_by_label("Status").select_option("FAILED")
        expect(rows).to_have_count(6)
        opened.get_by_label("Started from").fill("2099-01-01T00:00:00")
        expect(opened.get_by_text("There is none.").first).to_be_visible()
        opened.get_by_role("link", name="Workshop console").click()
        opened.get_by_role("link", name="spread").first.click()
        found = opened.get_by_role("region", name="Definition")
        expect(found).to_contain_text('"Static"')
        expect(opened.locator(".remark").first).to_contain_text("looks like a path")
        expect(opened.locator(".line.warning")).to_contain_text('"Cause": "$.cause"')
        opened.get_by_label("Format").select_option("yaml")
        expect(found).to_contain_text("Static:")
        expect(opened.locator(".line.warning")).to_contain_text('Cause: "$.cause"')
        expect(opened.get_by_role("region", name="Statements of its role")).to_contain_text("Spread")
        view(opened, folder, "machine-long")


def keyboard(running, address, folder, _):
    """Everything without a mouse: the palette, the form, the events."""
    with page(running, address) as opened:
        def press_until(found, key="Tab"):
            for _ in range(80):
                opened.keyboard.press(key)
                if opened.evaluate("document.activeElement.innerText?.trim() || document.activeElement.getAttribute('aria-label') || ''").startswith(found):
                    return
            raise AssertionError(f"{found} is not reached")

        opened.keyboard.press("Tab")
        assert opened.evaluate("document.activeElement.className") == "skip"
        opened.keyboard.press("Enter")
        assert opened.evaluate("document.activeElement.id") == "main"
        opened.keyboard.press("Control+k")
        opened.keyboard.type("check")
        expect(opened.get_by_role("option").first).to_contain_text("shop-dev-check")
        view(opened, folder, "palette")
        opened.keyboard.press("Enter")
        expect(opened.get_by_role("heading", name="shop-dev-check")).to_be_visible()
        press_until("Start")
        opened.keyboard.press("Enter")
        status(opened, "failed")
        press_until("Events, the newest first")
        opened.keyboard.press("ArrowDown")
        expect(opened.get_by_role("heading", name="ExecutionFailed")).to_be_visible()
        opened.keyboard.press("ArrowDown")
        expect(opened.get_by_role("heading", name="FailStateEntered")).to_be_visible()


def hostile(running, address, folder, _):
    """Texts that would do harm if they were anything but text."""
    with page(running, address) as opened:
        start(opened, "hostile", '{"text": "' + HOSTILE.replace('"', '\\"') + '\\u202e\\u0007"}')
        status(opened, "failed")
        expect(opened.get_by_role("region", name="Why it failed")).to_contain_text("<img src=x onerror=")
        for details in opened.locator(".rows tbody button").all():
            details.click()
        view(opened, folder, "hostile")
        assert opened.evaluate("window.harmed") is None
        assert opened.locator("main img, main script, main iframe").count() == 0
        assert not set(opened.locator("main").inner_text()) & set("\u202e\u0007")
        opened.get_by_role("link", name="hostile").first.click()
        expect(opened.get_by_role("heading", name="Definition")).to_be_visible()
        opened.get_by_label("Format").select_option("yaml")
        assert not set(opened.locator("main").inner_text()) & set("\u202e\u0007")
        view(opened, folder, "hostile-machine")
        assert opened.evaluate("window.harmed") is None
        cookies = opened.evaluate("document.cookie")
        assert cookies == "", cookies
    strangers = running.new_context().new_page()
    plain = address.split("?")[0]
    for path in (plain, plain + "console.js", plain + "api/home", plain + "?token=0123"):
        answer = strangers.request.get(path)
        assert answer.status == 403, f"{path} answers {answer.status} without the cookie"


HERE = (lesson, failing, asking, retrying, many, spreading, finding, keyboard, hostile)
SCENARIOS = {each.__name__: each for each in (*HERE, *console_execution.SCENARIOS, *console_texts.SCENARIOS)}

if __name__ == "__main__":
    _, scenario, address, pictures, program = sys.argv

    def workshop(*arguments):
        # A cloud that is started keeps what it was given open, so no pipe.
        with tempfile.TemporaryFile("w+") as told:
            ended = subprocess.run([program, *arguments], stdout=told, stderr=told)
            told.seek(0)
            assert ended.returncode == 0, f"workshop {' '.join(arguments)}: {told.read()}"

    with browser() as running:
        SCENARIOS[scenario](running, address, Path(pictures), workshop)
