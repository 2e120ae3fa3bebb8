"""The browser of console.py: Debian's Chromium, driven by Playwright; what it complains of, how a view looks, and what axe-core finds."""

import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path

import axe_playwright_python
from playwright.sync_api import expect, sync_playwright

# A folder of the page's files that are tried in place of those in the program, without a build: cloud/console/assets.
ASSETS = os.environ.get("WORKSHOP_CONSOLE_ASSETS")
# The program has one script of all modules and the style sheet in the page: a folder has the files that these are made of.
FIRST = "main.js"
STYLES = "".join(f'<link rel="stylesheet" href="{name}.css">' for name in ("console", "graph"))
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'"
KINDS = {".js": "text/javascript", ".css": "text/css", ".html": "text/html", ".svg": "image/svg+xml"}

AXE = Path(axe_playwright_python.__file__).with_name("axe.min.js").read_text()

# Widths of windows, from a small telephone to a large screen.
NARROW = {"width": 360, "height": 740}
WIDE = {"width": 3840, "height": 2160}


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


def from_folder(route):
    path, _, query = route.request.url.split("/_workshop/console/", 1)[-1].split("#")[0].partition("?")
    file = Path(ASSETS, path or "index.html")
    body = f'import "./{FIRST}";' if path == "console.js" else file.read_text() if file.is_file() else None
    if query or body is None:
        return route.continue_()
    headers = {"content-security-policy": POLICY, "cache-control": "no-store"}
    body = body.replace("<style></style>", STYLES)
    return route.fulfill(status=200, headers=headers, content_type=KINDS[file.suffix], body=body)


@contextmanager
def page(running, address, complains=True, zone="Europe/Berlin"):
    """A page that was opened with the address; it fails when the browser has complained, of the security policy too."""
    context = running.new_context(reduced_motion="reduce", timezone_id=zone, locale="en-GB", accept_downloads=True)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    if ASSETS:
        context.route("**/_workshop/console/**", from_folder)
    opened = context.new_page()
    complaints = []
    opened.on("console", lambda said: complaints.append(said.text) if said.type in ("error", "warning") else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: dialog.accept())
    opened.goto(address)
    if ASSETS:
        # The page that an exchange of the token leads to is not asked for by way of the folder.
        opened.reload()
    expect(opened.locator("#connection")).to_have_text("● live")
    assert "token" not in opened.url, opened.url
    yield opened
    # A browser complains of a cloud that is away, and of a refusal.
    assert not complains or not complaints, complaints
    context.close()


def at_size(opened, name, size, picture=None):
    """Whether a view fits into a window of this size."""
    before = opened.viewport_size
    opened.set_viewport_size(size)
    width = opened.evaluate("document.documentElement.scrollWidth")
    assert width <= size["width"], f"{name} is {width} pixels wide in a window of {size['width']}"
    if picture:
        opened.screenshot(path=picture, full_page=True)
    opened.set_viewport_size(before)


def view(opened, folder, name):
    """What is seen in both themes, with nothing that axe-core finds, and that it fits into narrow and wide windows."""
    folder.mkdir(parents=True, exist_ok=True)
    for theme in ("light", "dark"):
        opened.emulate_media(color_scheme=theme)
        opened.screenshot(path=folder / f"{name}-{theme}.png", full_page=True)
        check(opened, f"{name}, {theme}")
    at_size(opened, name, NARROW, folder / f"{name}-narrow.png")
    at_size(opened, name, WIDE)
    opened.emulate_media(color_scheme="light")


def check(opened, name):
    """Has axe-core look at the page as it is."""
    opened.evaluate(AXE)
    found = opened.evaluate("axe.run(document, {resultTypes: ['violations']}).then(({violations}) => violations)")
    told = [f"{each['id']}: {each['help']}: {[node['html'][:160] for node in each['nodes'][:3]]}" for each in found]
    assert not told, f"{name}: {told}"


def status(opened, text):
    expect(opened.locator("h1 .badge")).to_contain_text(text)


def start(opened, machine, data=None, name=None):
    """Starts an execution from the form."""
    opened.get_by_role("link", name=machine).first.click()
    if data is not None:
        opened.get_by_label("Input (JSON)").fill(data)
    if name:
        opened.get_by_label("Name (may stay empty)").fill(name)
    opened.get_by_role("button", name="Start", exact=True).click()


def copied(opened, button):
    """What a button copies."""
    opened.evaluate("navigator.clipboard.writeText('')")
    opened.get_by_role("button", name=button, exact=True).click()
    for _ in range(250):
        if text := opened.evaluate("navigator.clipboard.readText()"):
            return text
        opened.wait_for_timeout(20)
    raise AssertionError(f"{button} copies nothing")
