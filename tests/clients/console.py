"""The embedded cloud's page in a real browser: Debian's Chromium, driven by Playwright.

usage: console.py SCENARIO ADDRESS PICTURES PROGRAM. The address is what `workshop open --local --print` prints; pictures of what was
seen go into that folder; the program is `workshop`. What the browser complains of in its console fails the scenario, and so does a refusal of the
page's security policy.
"""

import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

# What steers a display, what turns the direction of writing, and what would run if it was markup.
HOSTILE = "<img src=x onerror=\"window.harmed=1\"></script><script>window.harmed=1</script>"


def chromium():
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for path in map(shutil.which, names) if path), None)
    if not found:
        sys.exit("There is no Chromium on this machine; on Debian: apt-get install chromium")
    return found


@contextmanager
def browser():
    # Chromium's own sandbox does not run as root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=arguments)
        try:
            yield running
        finally:
            running.close()


@contextmanager
def page(running, address, complains=True):
    """A page that was opened with the address; it fails when the browser has complained."""
    context = running.new_context(reduced_motion="reduce")
    opened = context.new_page()
    complaints = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.goto(address)
    expect(opened.locator("#connection")).to_have_text("● live")
    assert "token" not in opened.url, opened.url
    yield opened
    # A browser complains of a cloud that is away.
    assert not complains or not complaints, complaints
    context.close()


def picture(opened, folder, name):
    """What is seen in both themes, and that it fits into a narrow window."""
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        opened.emulate_media(color_scheme=theme)
        opened.screenshot(path=folder / f"{name}-{theme}.png", full_page=True)
    size = opened.viewport_size
    opened.set_viewport_size({"width": 360, "height": 740})
    width = opened.evaluate("document.documentElement.scrollWidth")
    assert width <= 360, f"{name} is {width} pixels wide in a window of 360"
    opened.screenshot(path=folder / f"{name}-narrow.png", full_page=True)
    opened.set_viewport_size(size)


def lesson(running, address, folder, _):
    """From the form to the e-mail's line, by the keyboard where that is another way."""
    with page(running, address) as opened:
        expect(opened.get_by_role("heading", name="State machines")).to_be_visible()
        picture(opened, folder, "home")
        opened.get_by_role("link", name="step-functions-example-dev-myStateMachine").first.click()
        opened.get_by_label("Task").fill("browser")
        opened.get_by_role("button", name="In an hour").click()
        expect(opened.get_by_label("Milliseconds since 1970")).not_to_have_value("")
        opened.get_by_role("button", name="Schedule", exact=True).focus()
        opened.keyboard.press("Enter")
        expect(opened.get_by_text("Started the step function.")).to_be_visible()
        picture(opened, folder, "machine")
        opened.get_by_text("Watch it:").get_by_role("link", name="browser").click()
        wait = opened.get_by_role("button", name="WaitForTimestamp, waiting")
        expect(wait).to_have_attribute("class", "state wait waiting chosen")
        picture(opened, folder, "waiting")
        opened.get_by_role("button", name="End the wait").click()
        expect(opened.locator("h1 .badge")).to_contain_text("SUCCEEDED")
        opened.get_by_role("button", name="SendEmail, succeeded").focus()
        opened.keyboard.press("Enter")
        log = opened.get_by_label("Log", exact=True)
        expect(log).to_contain_text("send email triggered")
        picture(opened, folder, "succeeded")
        opened.reload()
        expect(opened.locator("h1 .badge")).to_contain_text("SUCCEEDED")


def failing(running, address, folder, workshop):
    """From the input to the cause, which is still shown when the cloud was started again under the page."""
    with page(running, address) as opened:
        opened.get_by_role("link", name="check").first.click()
        opened.get_by_text("New execution").click()
        opened.get_by_label("Input (JSON)").fill("no JSON")
        opened.get_by_role("button", name="Start", exact=True).click()
        expect(opened.get_by_role("alert")).to_contain_text("The input is no JSON")
        opened.get_by_label("Input (JSON)").fill('{"count": 0}')
        opened.get_by_label("Name (may stay empty)").fill("fails")
        opened.get_by_role("button", name="Start", exact=True).click()
        expect(opened.locator("h1 .badge")).to_contain_text("FAILED")
        why = opened.get_by_role("region", name="Why it failed")
        expect(why).to_contain_text("TooFew")
        expect(opened.get_by_role("button", name="Fail · TooFew TooFew, failed")).to_have_attribute("aria-pressed", "true")
        picture(opened, folder, "failed")
        opened.get_by_role("button", name="Redrive").click()
        expect(opened.get_by_text("ExecutionRedriven").first).to_be_visible()
        expect(opened.locator("h1 .badge")).to_contain_text("FAILED")
    with page(running, address, complains=False) as opened:
        workshop("local", "stop")
        expect(opened.locator("#connection")).to_contain_text("does not answer")
        workshop("local", "start")
        expect(opened.locator("#connection")).to_have_text("● live", timeout=20_000)
        workshop("start", "check", "-d", '{"count": 1}', "--name", "afterwards", "--local")
        expect(opened.get_by_role("link", name="afterwards")).to_be_visible()


def asking(running, address, folder, workshop):
    """A task that waits for somebody is answered with its token."""
    with page(running, address) as opened:
        opened.get_by_role("link", name="asks").first.click()
        opened.get_by_text("New execution").click()
        opened.get_by_role("button", name="Start", exact=True).click()
        form = opened.get_by_role("region", name="Answer the task")
        form.get_by_label("Output (JSON)").fill("no JSON")
        form.get_by_role("button", name="Succeed").click()
        expect(form.get_by_role("alert")).to_be_visible()
        form.get_by_label("Output (JSON)").fill('{"approved": true}')
        picture(opened, folder, "asking")
        form.get_by_role("button", name="Succeed").click()
        expect(opened.locator("h1 .badge")).to_contain_text("SUCCEEDED")
        expect(opened.get_by_label("Output", exact=True).first).to_contain_text('"approved": true')


def hostile(running, address, folder, _):
    """Texts that would do harm if they were anything but text."""
    with page(running, address) as opened:
        opened.get_by_role("link", name="hostile").first.click()
        opened.get_by_text("New execution").click()
        opened.get_by_label("Input (JSON)").fill('{"text": "' + HOSTILE.replace('"', '\\"') + '\\u202e\\u0007"}')
        opened.get_by_role("button", name="Start", exact=True).click()
        expect(opened.locator("h1 .badge")).to_contain_text("FAILED")
        expect(opened.get_by_role("region", name="Why it failed")).to_contain_text("<img src=x onerror=")
        for details in opened.get_by_text("Details").all():
            details.click()
        picture(opened, folder, "hostile")
        assert opened.evaluate("window.harmed") is None
        assert opened.locator("main img, main script, main iframe").count() == 0
        assert not set(opened.locator("main").inner_text()) & set("\u202e\u0007")
        cookies = opened.evaluate("document.cookie")
        assert cookies == "", cookies
    strangers = running.new_context().new_page()
    plain = address.split("?")[0]
    for path in (plain, plain + "main.js", plain + "api/home", plain + "?token=0123"):
        answer = strangers.request.get(path)
        assert answer.status == 403, f"{path} answers {answer.status} without the cookie"


if __name__ == "__main__":
    _, scenario, address, pictures, program = sys.argv

    def workshop(*arguments):
        subprocess.run([program, *arguments], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    with browser() as running:
        scenarios = {"lesson": lesson, "failing": failing, "asking": asking, "hostile": hostile}
        scenarios[scenario](running, address, Path(pictures), workshop)
