#!/usr/bin/env python3
"""Drives the Ask page of a running Millrace in headless Chromium, and fails where a reader would.

    python3 Tests/Browser/check_ask.py http://127.0.0.1:8080 \\
        --question "In what time must a SEV1 page be acknowledged?"

Needs what check_page.py needs. Answers that no small corpus gives (tables, formulas, code, right-to-left text, titles
with markup, a stream that is cut at any moment, a sign-in that expires) are written by the check itself, piece by
piece, in the server's place; all else is the server's. axe-core looks at every state at three widths in both themes.
"""
import argparse
import json
import pathlib
import re
import shutil
import sys
import urllib.parse

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright

from check_page import WIDTHS, Reader, Report

WIDTHS["tablet"] = (768, 1024)
SIZES = ("phone", "tablet", "desk")
QUESTION = "How long are backups kept?"
TRICKY = "\u202eevil <script>alert(1)</script> & 🚢 " + "x" * 260

# Questions are answered by the check: `asks[n].push(event, data)`, `.cut()`, `.close()`. Everything else is fetched.
STAND_IN = """(() => {
  const fetched = window.fetch;
  window.asks = [];
  window.asksFail = null;
  window.fetch = (url, options = {}) => {
    if (!String(url).endsWith("v1/ask")) return fetched(url, options);
    if (window.asksFail === "gone") return Promise.reject(new TypeError("Failed to fetch"));
    if (window.asksFail) return Promise.resolve(new Response(JSON.stringify(window.asksFail),
      { status: window.asksFail.status, headers: { "Content-Type": "application/problem+json" } }));
    let to;
    const body = new ReadableStream({ start(controller) { to = controller; } });
    const encoder = new TextEncoder();
    options.signal?.addEventListener("abort", () => { try { to.error(new DOMException("", "AbortError")); } catch {} });
    window.asks.push({
      body: JSON.parse(options.body), cut: () => to.error(new TypeError("network error")), close: () => to.close(),
      push: (event, data) => to.enqueue(encoder.encode(`event: ${event}\\ndata: ${JSON.stringify(data)}\\n\\n`)),
    });
    return Promise.resolve(new Response(body, { headers: { "Content-Type": "text/event-stream" } }));
  };
})()"""

ANSWER = r"""Backups are kept for **35 days**. [1] They lie in `s3://tide` and are encrypted. Nobody supports this.

| Class | Kept | Where |
|---|---|---|
| hourly | 2 days | Rotterdam [1] |
| yearly | 7 years | Halifax [2] |

The waiting time is $W = \frac{\rho}{\mu (1 - \rho)}$, and over all queues

$$\sum_{i=1}^{n} \sqrt{x_i^2 + \alpha_i} \le \left( \frac{a}{b} \right)^{2}$$

while \(\unknown{x}\) stays, and it costs $5 or $10. See [the page](https://wiki.example.org/pages/1) or [another](https://evil.example.org/).

1. Open the console
2. Run it
   - twice

```sh
aws s3 ls s3://tide --recursive | grep 2026
```

שלום עולם, התשובה היא 35 ימים. <script>alert(1)</script>"""


def passage(number, title, text, quoted=None):
    start = text.find(quoted) if quoted else 0
    return {
        "marker": number, "chunk_id": 900_000 + number, "document_id": str(number), "title": title, "space_key": "OPS",
        "space_name": "Operations", "kind": "page", "labels": [], "heading_path": [title, "Keeping"],
        "ancestors": [{"id": "1", "title": "Operations"}, {"id": "2", "title": "Harbour"}], "anchor": None,
        "url": f"https://wiki.example.org/pages/{number}", "author": "Ann Lee", "updated_at": "2024-02-01T08:00:00Z",
        "text": text, "quote_ranges": [[start, start + len(quoted)]] if quoted else [], "score": 1,
    }


PASSAGES = [
    passage(1, "Backups", "Backups are kept for 35 days. They are tried every month.", "Backups are kept for 35 days."),
    passage(2, TRICKY, "Kept where\nClass | Kept | Where\nhourly | 2 days | Rotterdam\nyearly | 7 years | Halifax", "yearly | 7 years | Halifax"),
    passage(3, "דף הגיבויים", "W = \\frac{1}{2}"),
]
SENTENCES = [
    {"text": "Backups are kept for **35 days**.", "citations": [1], "supported": True},
    {"text": "They lie in `s3://tide` and are encrypted.", "citations": [1], "supported": True},
    {"text": "Nobody supports this.", "citations": [], "supported": False},
]


def whole(answer=ANSWER, **more):
    markers = [{"citation": int(found[1]), "range": list(found.span())} for found in re.finditer(r"\[([12])\]", answer)]
    return {
        "id": "made", "question": QUESTION, "answer": answer, "abstained": False, "confidence": 0.9, "sentences": SENTENCES,
        "markers": markers, "unanswered": [], "citations": PASSAGES[:2], "related": [],
        "trace": {"flow": "question-answering", "generator": "extractive", "total_ms": 21.4,
                  "stages": [{"name": "embed", "type": "EmbedQuestion", "ms": 4.1, "detail": {}}], "retrieved": []}, **more,
    }


def until(page, expression):
    """Waits until this holds in the page, whose policy keeps the driver from asking again inside of it."""
    for _ in range(400):
        if page.evaluate(expression):
            return
        page.wait_for_timeout(25)
    raise Error(f"{expression} does not come to hold")


class Asker(Reader):
    """A reader whose questions the check answers."""

    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.page.add_init_script(STAND_IN)
        self.page.route(re.compile(r"/v1/chunks/90000\d/context$"), self.context_of)

    def context_of(self, route):
        made = PASSAGES[int(route.request.url.split("/")[-2]) - 900_001]
        route.fulfill(content_type="application/json", body=json.dumps({**made, "before": "Before it.\n\n", "after": "\n\nBehind it."}))

    def ask(self, question=QUESTION):
        self.open()
        self.page.fill("#question", question)
        self.page.keyboard.press("Enter")
        until(self.page, "asks.length > 0")

    def push(self, event, data, ask=-1):
        self.page.evaluate("([ask, event, data]) => asks.at(ask).push(event, data)", [ask, event, data])
        # One turn of the stream and one frame, after which all of it is shown.
        self.page.evaluate("() => new Promise((done) => setTimeout(() => requestAnimationFrame(done), 20))")

    def answer(self, answer=None):
        self.push("passages", {"passages": PASSAGES})
        self.push("answer", answer or whole())
        self.push("done", {})
        self.wait_for_answer()


def look(reader, report, out, state):
    found = [f"{v['id']} ({v['nodes'][0]['target']})" for v in Axe().run(reader.page).response["violations"]]
    report.check(f"{state} ({reader.name}): axe finds nothing", not found, "; ".join(found))
    report.check(f"{state} ({reader.name}): nothing sticks out sideways", not reader.overflows())
    reader.page.screenshot(path=out / f"ask-{state}-{reader.name}.png")


def check_states(reader, report, out):
    page = reader.page
    reader.ask()
    reader.push("stage", {"name": "vector", "state": "begin"})
    look(reader, report, out, "searching")
    reader.push("passages", {"passages": PASSAGES})
    report.check(f"passages are in sight at once ({reader.name})", page.locator(".found[open] .card").count() == 3)
    reader.push("token", {"text": "Backups are kept for 35 days. "})
    reader.push("token", {"text": "[1]", "citation": 1, "passage": 1})
    report.check(f"a marker can be pressed while the answer is written ({reader.name})", page.locator(".answer .cite").count() == 1)
    look(reader, report, out, "writing")
    reader.push("answer", whole())
    reader.push("done", {})
    reader.wait_for_answer()
    reader.shows("math")
    report.check(f"passages fold into one line ({reader.name})", page.locator(".found:not([open]) summary").inner_text() == "3 passages from 3 pages",
                 page.locator(".found").inner_text())
    look(reader, report, out, "answer")
    page.locator(".answer .cite").nth(2).focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    report.check(f"the preview of a row of a table has its header ({reader.name})",
                 reader.shows("#tip th:has-text('Class')") and page.locator("#tip td mark").count() == 3)
    page.keyboard.press("Escape")
    page.locator(".answer .cite").first.click()
    reader.shows("#panel[open] mark")
    look(reader, report, out, "panel")
    if reader.name.startswith("tablet"):
        edges = page.evaluate("[document.querySelector('#pages').getBoundingClientRect().right, document.querySelector('#panel').getBoundingClientRect().left]")
        report.check(f"the bar ends where the panel begins ({reader.name})", edges[0] <= edges[1] + 1, str(edges))
    page.locator("#panel button", has_text="Close").click()
    page.locator(".thumb", has_text="Not helpful").click()
    reader.shows(".feedback-form:not([hidden])")
    look(reader, report, out, "feedback")
    page.click("#earlier")
    reader.shows(".threads li")
    look(reader, report, out, "earlier")
    page.keyboard.press("Escape")


def check_other_states(reader, report, out, options):
    page = reader.page
    reader.ask()
    reader.answer(whole("I don't know.", abstained=True, citations=[], related=PASSAGES, sentences=[], markers=[]))
    report.check(f"“I don't know” says what was searched and shows three passages ({reader.name})",
                 page.locator(".nothing:has-text('Searched')").count() == 1 and page.locator(".sources li").count() == 3)
    look(reader, report, out, "unknown")
    page.locator(".trace summary").click()
    reader.shows(".trace table")
    look(reader, report, out, "how")
    page.get_by_role("button", name="Change filters").click()
    page.locator("#scope label", has_text="comments").click()
    page.get_by_role("button", name="Ask again").click()
    until(page, "asks.length === 2")
    report.check(f"after other filters it is asked again, with them ({reader.name})", page.evaluate("asks[1].body.filters?.kinds?.[0]") == "comment")
    reader.answer(whole("I don't know.", abstained=True, citations=[], related=[], sentences=[], markers=[]))
    page.get_by_role("button", name="Ask of everything").click()
    until(page, "asks.length === 3")
    report.check(f"and of everything, without ({reader.name})", page.evaluate("asks[2].body.filters === undefined"))
    reader.ask()
    reader.push("token", {"text": "Backups are kept"})
    page.evaluate("asks.at(-1).cut()")
    reader.shows(".problem")
    look(reader, report, out, "cut-off")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    report.check(f"at 200 % text nothing sticks out sideways ({reader.name})", not reader.overflows())


def check_answer(browser, base, report):
    reader = Asker(browser, base)
    reader.ask()
    reader.answer()
    page = reader.page
    reader.shows("math[display=block]")
    report.check("nothing in a title turns it, or what is around it, the other way round", page.evaluate(
        "!/[\\u202a-\\u202e]/.test(document.body.textContent + document.title + [...document.querySelectorAll('[title], [aria-label]')]"
        ".map((one) => one.title + one.getAttribute('aria-label')).join())"))
    report.check("the fact comes first, with its marker", page.locator(".answer .fact").inner_text().split("\n")[0].startswith("Backups are kept for 35 days.")
                 and page.locator(".answer .fact .cite").count() == 1, page.locator(".answer").inner_text()[:100])
    report.check("the fact is set larger than what follows", page.evaluate("""() => { const size = (node) => parseFloat(getComputedStyle(node).fontSize);
        return size(document.querySelector(".fact")) > size(document.querySelector(".answer-lines > p:last-child")); }"""))
    report.check("a table is one, with its header", page.locator(".answer table th[scope=col]").all_inner_texts() == ["Class", "Kept", "Where"]
                 and page.locator(".answer tbody tr").count() == 2 and page.locator(".answer td .cite").count() == 2)
    report.check("formulas are drawn: fraction, sum, root, powers, Greek", page.locator(".answer math").count() == 2
                 and page.locator("math mfrac").count() == 2 and page.locator("math[display=block] munderover").count() == 1
                 and page.locator("math msqrt msubsup").count() == 1 and "ρ" in page.locator("math").first.text_content())
    report.check("a formula nobody knows stays readable", page.locator("code.tex").all_inner_texts() == [r"\unknown{x}"])
    report.check("prices are no formula", "it costs $5 or $10" in page.locator(".answer").inner_text())
    report.check("only a cited page is linked", page.locator(".answer a").evaluate_all("links => links.map((link) => link.href)")
                 == ["https://wiki.example.org/pages/1"])
    report.check("a sentence without support is marked as such", page.locator(".unsupported").inner_text() == "Nobody supports this."
                 and page.locator(".flag").count() == 1)
    report.check("markup of an answer is text", page.locator("main script").count() == 0 and "<script>" in page.locator(".answer").inner_text())
    report.check("right-to-left text runs from the right", page.evaluate("getComputedStyle(document.querySelector('.answer > p:last-child')).direction") == "rtl")
    report.check("sources stand there once, in order", page.locator(".sources li .number").all_inner_texts() == ["1", "2"])
    report.check("a source out of a table shows its row under its header", page.locator(".sources th").all_inner_texts() == ["Class", "Kept", "Where"]
                 and page.locator(".sources tbody tr").count() == 1)
    report.check("its way names nothing twice", page.locator(".sources .facts").first.inner_text().startswith("Operations › Harbour › Keeping"),
                 page.locator(".sources .facts").first.inner_text())
    report.check("its age is told", "2 years ago" in page.locator(".sources .facts").first.inner_text()
                 or "years ago" in page.locator(".sources .facts").first.inner_text())
    words = page.locator("#page-ask").inner_text().lower()
    report.check("no engineer's word stands on the page", not re.search(r"\b(chunk|embed|vector|score|token|rank|ingest|prompt|ms)\b", words))
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for button, wanted in ((".code button", "aws s3 ls s3://tide --recursive | grep 2026"),
                           (".actions button", "[\\[1\\]](https://wiki.example.org/pages/1)")):
        page.locator(button).first.click()
        for _ in range(50):
            copied = page.evaluate("navigator.clipboard.readText()")
            if wanted in copied:
                break
            page.wait_for_timeout(100)
        report.check(f"“{page.locator(button).first.inner_text()}” by {button} has {wanted[:12]}…", wanted in copied, copied[:120])
    report.check("the console stays empty", not reader.messages, "; ".join(reader.messages))
    reader.context.close()


def check_stream(browser, base, report):
    reader = Asker(browser, base)
    reader.ask()
    reader.push("passages", {"passages": PASSAGES})
    # Counted in frames, which a busy machine makes longer and not more: the word is there before the second is drawn.
    frames = reader.page.evaluate("""async () => {
      const answer = document.querySelector(".answer");
      let frames = 0;
      asks.at(-1).push("token", { text: "Backups" });
      while (!answer.textContent) {
        await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
        frames += 1;
      }
      return frames; }""")
    report.check("the first word is shown with the next frame", frames <= 1, f"{frames} frames")
    drawn = reader.page.evaluate("""async () => {
      let added = 0;
      new MutationObserver((changes) => { for (const change of changes) added += change.addedNodes.length; })
        .observe(document.querySelector(".answer"), { childList: true, subtree: true });
      for (let i = 0; i < 3000; i += 1) asks.at(-1).push("token", { text: i % 30 ? "word " : "\\n\\n" });
      await new Promise((done) => setTimeout(done, 500));
      const first = document.querySelector(".answer p");
      const before = added;
      asks.at(-1).push("token", { text: "last" });
      await new Promise((done) => setTimeout(done, 100));
      return { after: added - before, stays: first.isConnected, blocks: document.querySelectorAll(".answer p").length }; }""")
    report.check("a long answer is not drawn anew with every word", drawn["blocks"] > 90 and drawn["stays"] and drawn["after"] <= 4, str(drawn))
    reader.context.close()


def check_kills(browser, base, report):
    reader = Asker(browser, base)
    page = reader.page
    retry = page.get_by_role("button", name="Retry")
    reader.open()
    reader.shows(".example, #status strong")
    page.evaluate("asksFail = 'gone'")
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    report.check("a server that is gone before the first key: one sentence and a retry", reader.shows(".problem") and retry.count() == 1)
    report.check("and the question is kept", page.input_value("#question") == QUESTION)
    page.evaluate("asksFail = null")
    page.focus("#question")
    page.keyboard.press("Enter")
    until(page, "asks.length === 1")
    report.check("asking it again is the same question, not a follow-up", page.locator(".turn").count() == 1
                 and page.evaluate("asks[0].body.conversation === undefined"))
    moments = [
        ("before anything came", []), ("after the passages", [("passages", {"passages": PASSAGES})]),
        ("in the middle of the text", [("passages", {"passages": PASSAGES}), ("token", {"text": "Backups are kept"})]),
    ]
    for n, (moment, pieces) in enumerate(moments):
        for event, data in pieces:
            reader.push(event, data)
        page.evaluate(f"asks.at(-1).{'close' if n == 1 else 'cut'}()")
        report.check(f"a connection lost {moment}: told, question kept", reader.shows(".problem") and page.input_value("#question") == QUESTION
                     and "lost" in page.locator(".problem").inner_text(), page.locator(".turn").inner_text()[:200])
        if pieces[1:]:
            report.check("what came stays", page.locator(".answer").inner_text().strip() == "Backups are kept")
        retry.click()
        until(page, f"asks.length === {n + 2}")
    report.check("and stays while it is tried again", page.locator(".answer").inner_text().strip() == "Backups are kept")
    reader.push("error", {"status": 401, "title": "Sign in", "type": "urn:millrace:problem:unauthenticated"})
    report.check("an expired sign-in keeps question and text", "signed in" in page.locator(".problem").inner_text()
                 and page.input_value("#question") == QUESTION and page.locator(".answer").inner_text().strip() == "Backups are kept")
    retry.click()
    until(page, "asks.length === 5")
    reader.push("token", {"text": "Secret words"})
    reader.push("error", {"status": 403, "title": "Access was withdrawn", "type": "urn:millrace:problem:access-withdrawn"})
    report.check("a right that is taken away takes the text with it", "Secret" not in page.locator(".turn").inner_text())
    retry.click()
    until(page, "asks.length === 6")
    reader.push("token", {"text": "Backups"})
    page.keyboard.press("Escape")
    report.check("Escape stops, and what came stays", reader.shows(".problem:has-text('Stopped')") and page.locator(".answer").inner_text().strip() == "Backups")
    page.get_by_role("button", name="Ask again").click()
    reader.answer()
    report.check("once there is an answer the box is empty again", page.input_value("#question") == "")
    page.evaluate("asksFail = 'gone'")
    page.focus("#question")
    page.keyboard.press("ArrowUp")
    report.check("↑ brings the last question back", page.input_value("#question") == QUESTION)
    reader.context.close()


def is_asked(page):
    """Whether a question is asked in the end, also in a page that is loaded anew meanwhile."""
    for _ in range(400):
        try:
            if page.evaluate("window.asks?.length > 0"):
                return True
        except Error:
            pass
        page.wait_for_timeout(25)
    return False


def check_late_module(browser, base, report):
    """What shows an answer did not come with the page, and a browser keeps a module that failed."""
    reader = Asker(browser, base)
    page = reader.page
    page.route(re.compile(r"/turn[^/]*\.js"), lambda route: route.abort())
    reader.open()
    page.fill("#question", QUESTION)
    page.keyboard.press("Enter")
    report.check("an answer's module that does not come is told, with a retry", reader.shows(".problem"))
    page.focus("#question")
    page.unroute(re.compile(r"/turn[^/]*\.js"))
    page.keyboard.press("Enter")
    report.check("Enter on the question that was put back asks it", is_asked(page))
    report.check("once, though the page was loaded anew", page.url.count("q=") == 1
                 and page.evaluate("asks.length") == 1 and page.locator(".turn").count() == 1, page.url)
    reader.context.close()


def check_resting(browser, base, report):
    """A pointer that rests while the page moves below it points at nothing."""
    reader = Asker(browser, base)
    page = reader.page
    page.set_viewport_size({"width": 1280, "height": 480})
    reader.ask()
    reader.answer()
    page.evaluate("scrollTo(0, 80)")
    page.wait_for_timeout(200)
    cite = page.locator(".answer .cite").first.bounding_box()
    x, y = cite["x"] + cite["width"] / 2, cite["y"] + cite["height"] / 2
    page.mouse.move(x, y + 60)
    page.keyboard.press("Escape")
    page.evaluate("scrollBy(0, -60)")
    page.wait_for_timeout(600)
    below = page.evaluate("([x, y]) => document.elementFromPoint(x, y).className", [x, y + 60])
    report.check("a marker that comes below a resting pointer shows no preview", "cite" in below and page.locator("#tip").is_hidden(), below)
    page.mouse.move(x + 2, y + 61)
    report.check("and does once the pointer moves", reader.shows("#tip:not([hidden])"))
    reader.context.close()


def check_feedback(browser, base, report):
    reader = Asker(browser, base)
    page = reader.page
    sent = []
    page.route("**/v1/feedback", lambda route: (sent.append(json.loads(route.request.post_data)), route.abort() if len(sent) == 1 else route.fulfill(
        status=201, content_type="application/json", body=json.dumps({"id": f"f{len(sent)}"})))[1])
    page.route("**/v1/feedback/*", lambda route: (sent.append(route.request.url.split("/")[-1]), route.fulfill(status=204))[1])
    reader.ask()
    reader.answer()
    page.locator(".thumb", has_text="Not helpful").click()
    report.check("feedback that cannot be sent is kept and says so", reader.shows(".feedback .note:has-text('Not sent')")
                 and page.locator(".thumb[aria-pressed=true]").count() == 1)
    page.get_by_text("Something is missing").click()
    page.locator(".feedback-form textarea").fill("the yearly ones")
    page.locator(".feedback-form button[type=submit]").click()
    report.check("a reason and words go along", reader.shows(".feedback .note:has-text('Thank you')") and any(
        one == {"answer_id": "made", "question": QUESTION, "rating": "down", "reason": "incomplete", "comment": "the yearly ones"}
        for one in sent if isinstance(one, dict)), str(sent))
    page.locator(".thumb", has_text="Not helpful").click()
    report.check("pressed once more it is taken back", reader.shows(".feedback .note:has-text('Taken back')") and isinstance(sent[-1], str), str(sent))
    reader.context.close()


def check_threads(browser, base, report):
    reader = Asker(browser, base)
    page = reader.page
    for question in (TRICKY[:60], QUESTION):
        reader.ask(question)
        reader.answer()
    page.click("#earlier")
    reader.shows(".threads li a")
    page.wait_for_load_state("networkidle")
    rows = page.locator(".threads li", has=page.locator("a"))
    before = rows.count()
    report.check("what was asked stands in the list", rows.first.locator("a").inner_text() == QUESTION, rows.first.inner_text())
    rows.first.get_by_role("button", name="Rename").click()
    page.keyboard.type("Backups, how long")
    page.keyboard.press("Enter")
    report.check("it can be called otherwise", reader.shows(".threads a:has-text('Backups, how long')"))
    rows.first.get_by_role("button", name="Delete").click()
    report.check("a deletion can be undone, and the focus is there", page.evaluate("document.activeElement.textContent") == "Undo" and rows.count() == before - 1)
    page.keyboard.press("Enter")
    report.check("undone it is back", rows.count() == before)
    rows.first.get_by_role("button", name="Delete").click()
    page.keyboard.press("Escape")
    page.click("#earlier")
    page.wait_for_timeout(300)
    report.check("deleted it is gone", page.locator(".threads a:has-text('Backups, how long')").count() == 0)
    rows.first.locator("a").click()
    report.check("a thread of the list is gone back to", page.url.split("?q=")[-1] == urllib.parse.quote_plus(TRICKY[:60]), page.url)
    reader.context.close()
    other = Asker(browser, base)
    other.open("#ask/question-answering/no-such-session?q=" + urllib.parse.quote(QUESTION))
    report.check("somebody else's conversation is not there, and nothing is asked in its place",
                 other.shows(".problem:has-text('no such conversation')") and other.page.evaluate("asks.length") == 0)
    report.check("the question behind it is kept", other.page.input_value("#question") == QUESTION)
    other.context.close()


def check_real(browser, base, report, out, options):
    """With the server's own answers."""
    reader = Reader(browser, base)
    page = reader.page
    reader.open()
    reader.shows(".example")
    report.check("examples are offered", page.locator(".example").count() > 0)
    for n in range(page.locator(".example").count()):
        page.locator(".example").nth(n).click()
        reader.wait_for_answer()
        report.check(f"example {n + 1} is answered", page.locator(".answer .cite").count() > 0, page.locator(".turn").inner_text()[:120])
        page.click("#new-thread")
        reader.shows(".example")
    page.fill("#question", options.question)
    page.keyboard.press("Enter")
    reader.wait_for_answer()
    page.locator(".answer .cite").first.click()
    reader.shows("#panel .around")
    report.check("the panel tells space, date, age and author", bool(re.search(r"updated .+ ago.*by ", page.locator(".sheet-head").inner_text(), re.S)),
                 page.locator(".sheet-head").inner_text())
    page.locator(".why-seen summary").click()
    report.check("why this may be seen is told in a sentence", reader.shows(".why-access li:has-text('open to')"))
    title = page.locator("#panel-title").inner_text()
    page.get_by_role("button", name="Ask about this page").click()
    report.check("the next question is about this page", reader.shows(f"#about:has-text({json.dumps(title)})"))
    page.fill("#question", options.question)
    page.keyboard.press("Enter")
    reader.wait_for_answer()
    report.check("and is answered from it", title in page.locator(".sources").first.inner_text(), page.locator(".turn").inner_text()[:200])
    page.reload()
    report.check("which the address holds", reader.shows("#about") and reader.shows(".answer .cite"))
    report.check("the console stays empty with real answers", not reader.messages, "; ".join(reader.messages))
    reader.context.close()


def check_keyboard(browser, base, report, options):
    """Asked, checked, rated, gone on with, and a former thread opened, without a pointer."""
    reader = Reader(browser, base)
    page, keys = reader.page, reader.page.keyboard
    reader.open()
    reader.shows(".example, #status strong")

    def tab_to(selector, most=60, key="Tab"):
        for _ in range(most):
            if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
                return True
            keys.press(key)
        return False

    keys.type(options.question)
    keys.press("Enter")
    reader.wait_for_answer()
    reader.shows(".thumb")
    report.check("the passages are opened by keyboard", tab_to(".found summary", key="Shift+Tab"))
    keys.press("Enter")
    report.check("and stay open", page.locator(".found[open]").count() == 1)
    report.check("Tab reaches a citation", tab_to(".answer .cite"))
    keys.press("Enter")
    report.check("it opens the panel", reader.shows("#panel[open] .around"))
    report.check("Tab reaches “Why may I see this?”", tab_to(".why-seen summary"))
    keys.press("Escape")
    report.check("Escape gives the focus back", page.evaluate("document.activeElement.className") == "cite")
    report.check("Tab reaches “Not helpful”", tab_to(".thumb:last-of-type"))
    keys.press("Space")
    report.check("which goes to the reasons", page.evaluate("document.activeElement.type") == "radio")
    keys.press("ArrowDown")
    tab_to(".feedback-form [type=submit]")
    keys.press("Enter")
    report.check("and takes one", reader.shows(".feedback .note:has-text('Thank you')"), page.locator(".feedback").inner_text())
    keys.press("/")
    keys.type("And of a SEV2?")
    keys.press("Enter")
    until(page, "document.querySelectorAll('.turn').length === 2")
    reader.wait_for_answer()
    report.check("a follow-up goes into the same thread", page.url.count("q=") == 2, page.url)
    tab_to("#earlier", key="Shift+Tab")
    keys.press("Enter")
    reader.shows(".threads a")
    tab_to(".threads a")
    keys.press("Enter")
    report.check("an earlier thread is opened", page.locator("dialog[open]").count() == 0 and page.url.count("q=") == 2)
    reader.context.close()


def check_nobody(browser, base, report, out):
    """A reader who may read nothing; only where the server believes whom one views as."""
    reader = Reader(browser, base)
    reader.page.add_init_script("sessionStorage.setItem('millrace.principals', 'user:reads-nothing')")
    reader.open()
    if not reader.shows("#status:has-text('nothing here that you may read')"):
        print("left   nobody can be viewed as here")
        return reader.context.close()
    report.check("whoever may read nothing is told so, and not to ingest", "ingest" not in reader.page.locator("main").inner_text())
    look(reader, report, out, "nobody")
    reader.page.fill("#question", QUESTION)
    reader.page.keyboard.press("Enter")
    reader.wait_for_answer()
    report.check("also when they ask", reader.shows(".nothing:has-text('nothing here that you may read')"))
    reader.context.close()


def check_all(browser, options, report):
    for size in SIZES:
        for theme in ("light", "dark"):
            reader = Asker(browser, options.base, size, theme)
            check_states(reader, report, options.out)
            check_other_states(reader, report, options.out, options)
            report.check(f"the console stays empty ({reader.name})", not reader.messages, "; ".join(reader.messages))
            reader.context.close()
    check_answer(browser, options.base, report)
    check_stream(browser, options.base, report)
    check_kills(browser, options.base, report)
    check_late_module(browser, options.base, report)
    check_resting(browser, options.base, report)
    check_feedback(browser, options.base, report)
    check_threads(browser, options.base, report)
    check_real(browser, options.base, report, options.out, options)
    check_keyboard(browser, options.base, report, options)
    check_nobody(browser, options.base, report, options.out)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--question", required=True, help="a question that the corpus answers")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("screenshots"), help="folder for screenshots (default: screenshots)")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="Chromium to use (default: the system's, else playwright's own)")
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
    except Error as error:
        report.check("the page can be driven to the end", False, error.message.splitlines()[0])
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
