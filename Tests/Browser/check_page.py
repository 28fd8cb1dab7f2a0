#!/usr/bin/env python3
"""Drives the page of a running Millrace in headless Chromium, and fails where a reader would.

    python3 Tests/Browser/check_page.py http://127.0.0.1:8080 \\
        --question "In what time must a SEV1 page be acknowledged?"

Needs `pip install playwright axe-playwright-python` and a Chromium. Asks the question at three widths in both
themes, waits for a numbered citation, opens its passage, searches, shares the address, and asks once more by
keyboard alone; axe-core looks at every state. Screenshots go to --out. Prints one line per check and
`N passed, N failed`; exits 1 on a failure, 2 if it could not start.
"""
import argparse
import pathlib
import shutil
import sys
import urllib.error
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright

WIDTHS = {"phone": (320, 640), "desk": (1280, 800), "wall": (2560, 1300)}
POLICY = ("default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'")


class Report:
    """Counts what held and what did not; every check is a sentence that is false when it fails."""

    def __init__(self):
        self.passed, self.failures = 0, []

    def check(self, sentence, holds, detail=""):
        if holds:
            self.passed += 1
            print("ok    " + sentence)
        else:
            self.failures.append("FAIL  " + sentence + (f": {detail}" if detail else ""))
            print(self.failures[-1])

    def end(self):
        """Says the sum, after what failed once more, which may stand far above; gives the exit status."""
        for failure in self.failures:
            print(failure)
        print(f"{self.passed} passed, {len(self.failures)} failed")
        return 1 if self.failures else 0


class Reader:
    """A browser window of one size and theme, with every console message it caused."""

    def __init__(self, browser, base, size="desk", theme="light", **more):
        width, height = WIDTHS[size]
        self.context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce", **more)
        self.base, self.name = base, f"{size}-{theme}"
        self.page = self.context.new_page()
        self.messages, self.hosts = [], set()
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        self.page.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))

    def open(self, place=""):
        self.page.goto(self.base + "/" + place)

    def wait_for_answer(self):
        self.page.wait_for_selector(".turn", timeout=10_000)
        self.page.wait_for_selector(".answer[aria-busy]", state="detached", timeout=120_000)

    def shows(self, selector, timeout=10_000):
        try:
            self.page.wait_for_selector(selector, timeout=timeout)
            return True
        except Error:
            return False

    def axe(self):
        """Serious and critical findings, as `rule (where)`."""
        found = Axe().run(self.page).response["violations"]
        serious = [v for v in found if v["impact"] in ("serious", "critical")]
        return [f"{v['id']} ({v['nodes'][0]['target']})" for v in serious]

    def overflows(self):
        return self.page.evaluate("document.documentElement.scrollWidth > innerWidth")

    def focused(self):
        return self.page.evaluate("document.activeElement.id || document.activeElement.className")


def look(reader, report, out, state):
    """What must hold in every state: axe is content, nothing sticks out; and a picture of it."""
    findings = reader.axe()
    report.check(f"{state} ({reader.name}): axe has no serious finding", not findings, "; ".join(findings))
    report.check(f"{state} ({reader.name}): nothing sticks out sideways", not reader.overflows())
    reader.page.screenshot(path=out / f"{state}-{reader.name}.png")


def check_policy(base, report):
    with urllib.request.urlopen(base + "/", timeout=10) as response:
        policy = response.headers.get("Content-Security-Policy", "")
    report.check("the page is served under the strict policy", all(part in policy for part in POLICY), policy)


def check_ask(reader, report, out, question):
    page = reader.page
    reader.open()
    report.check(f"the status line tells what is searched ({reader.name})",
                 reader.shows("#status:has-text('63 pages, 4 blog posts, 21 comments, 9 attachments in')"), page.text_content("#status"))
    report.check(f"the cursor is in the question box ({reader.name})", reader.focused() == "question")
    look(reader, report, out, "empty")
    page.fill("#question", question)
    page.keyboard.press("Enter")
    reader.wait_for_answer()
    report.check(f"the answer has a numbered citation ({reader.name})",
                 page.locator(".answer .cite").count() > 0, page.locator(".turn").inner_text()[:200])
    look(reader, report, out, "answer")


def check_citation(reader, report, out):
    page = reader.page
    cite = page.locator(".answer .cite").first
    if not cite.count():
        return
    cite.hover()
    report.check(f"hovering a citation previews its passage ({reader.name})",
                 reader.shows("#tip:not([hidden])"))
    page.screenshot(path=out / f"preview-{reader.name}.png")
    cite.click()
    report.check(f"a citation opens its passage ({reader.name})", reader.shows("#panel[open] .here"))
    page.wait_for_load_state("networkidle")
    report.check(f"the words that support the answer are marked ({reader.name})",
                 page.locator(".here mark").count() > 0)
    look(reader, report, out, "panel")
    page.keyboard.press("Escape")
    report.check(f"Escape closes the panel ({reader.name})", not page.locator("#panel").is_visible())
    page.locator(".trace summary").click()
    report.check(f"“how this was answered” names the stages ({reader.name})", reader.shows(".trace table"))
    look(reader, report, out, "trace")


def check_search(reader, report, out, query):
    page = reader.page
    page.click("#tab-search")
    reader.shows("#query")
    page.fill("#query", query)
    page.keyboard.press("Enter")
    report.check(f"searching finds something ({reader.name})", reader.shows(".hits > li"))
    if not page.locator(".hits > li").count():
        return
    page.locator(".why summary").first.click()
    look(reader, report, out, "search")
    for mode, word in (("vector", "meaning"), ("keyword", "words")):
        page.locator("#modes label", has_text=word).click()
        report.check(f"searching by {word} answers ({reader.name})",
                     reader.shows("#results:not([aria-busy]) :is(.hits, .nothing)")
                     and f"mode={mode}" in page.url, page.url)
    page.go_back()
    page.go_back()
    report.check(f"“back” undoes the changes of mode ({reader.name})",
                 page.locator("[value=hybrid]").is_checked())


def check_sharing(reader, report, question):
    page = reader.page
    page.click("#tab-ask")
    shared = page.url
    report.check("the address holds the question, where no server sees it", "#ask?q=" in shared, shared)
    other = Reader(page.context.browser, reader.base)
    other.page.goto(shared)
    other.wait_for_answer()
    report.check("a shared address asks the same question",
                 other.page.locator("h2.question").first.inner_text().strip() == question.strip())
    other.context.close()


def check_keyboard(browser, base, report, question):
    reader = Reader(browser, base)
    reader.open()
    reader.shows(".example, #status:not(:empty)")
    keys = reader.page.keyboard
    keys.type(question)
    keys.press("Enter")
    reader.wait_for_answer()
    reader.page.evaluate("document.querySelector('.brand').focus()")
    for _ in range(60):
        if "cite" in reader.focused().split():
            break
        keys.press("Tab")
    report.check("Tab reaches a citation", "cite" in reader.focused().split(), reader.focused())
    report.check("a focused citation previews its passage", reader.shows("#tip:not([hidden])"))
    # The browser scrolls what takes the focus into view, sooner or later than the preview stands.
    reader.page.evaluate("dispatchEvent(new Event('scroll'))")
    report.check("the preview stays with its citation when the page scrolls",
                 reader.page.locator("#tip").is_visible())
    keys.press("Enter")
    report.check("Enter opens its passage and takes the focus there",
                 reader.shows("#panel[open]") and reader.shows("#panel-title:focus"))
    keys.press("Escape")
    report.check("Escape gives the focus back to the citation",
                 "cite" in reader.focused().split(), reader.focused())
    keys.press("/")
    keys.press("ArrowUp")
    report.check("slash goes to the box and ↑ brings the question back",
                 reader.page.input_value("#question") == question, reader.page.input_value("#question"))
    reader.context.close()


def check_large_text(browser, base, report, question, out):
    reader = Reader(browser, base)
    reader.open()
    # What a reader's own text size does: every size on the page is relative to it.
    reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
    reader.page.fill("#question", question)
    reader.page.keyboard.press("Enter")
    reader.wait_for_answer()
    report.check("at 200 % text nothing sticks out sideways", not reader.overflows())
    reader.page.screenshot(path=out / "large-text.png")
    reader.context.close()


def check_abstention(browser, base, report, question, out):
    reader = Reader(browser, base)
    reader.open()
    reader.page.fill("#question", question)
    reader.page.keyboard.press("Enter")
    reader.wait_for_answer()
    report.check("what nothing answers gets “I don’t know” and ways on",
                 reader.shows(".nothing button"), reader.page.locator(".turn").inner_text()[:200])
    look(reader, report, out, "abstention")
    reader.context.close()


def check_all(browser, options, report):
    check_policy(options.base, report)
    for size in WIDTHS:
        for theme in ("light", "dark"):
            reader = Reader(browser, options.base, size, theme)
            check_ask(reader, report, options.out, options.question)
            check_citation(reader, report, options.out)
            check_search(reader, report, options.out, options.query or options.question)
            if (size, theme) == ("desk", "light"):
                check_sharing(reader, report, options.question)
            report.check(f"the console stays empty ({reader.name})",
                         not reader.messages, "; ".join(reader.messages))
            report.check(f"nothing is asked of another host ({reader.name})",
                         len(reader.hosts) == 1, str(reader.hosts))
            reader.context.close()
    check_keyboard(browser, options.base, report, options.question)
    check_large_text(browser, options.base, report, options.question, options.out)
    if options.unanswerable:
        check_abstention(browser, options.base, report, options.unanswerable, options.out)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--question", required=True, help="a question that the corpus answers")
    parser.add_argument("--unanswerable", help="a question that nothing in the corpus answers")
    parser.add_argument("--query", help="what to search for (default: the question)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("screenshots"),
                        help="folder for screenshots (default: screenshots)")
    parser.add_argument("--browser", default=shutil.which("chromium"),
                        help="Chromium to use (default: the system's, else playwright's own)")
    options = parser.parse_args()
    options.base = options.base.rstrip("/")
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report()
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
            try:
                check_all(browser, options, report)
            finally:
                browser.close()
    except urllib.error.URLError as error:
        print(f"{options.base} does not answer ({error.reason}); start it with scripts/run", file=sys.stderr)
        return 2
    except Error as error:
        report.check("the page can be driven to the end", False, error.message.splitlines()[0])
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
