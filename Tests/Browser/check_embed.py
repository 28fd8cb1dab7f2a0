#!/usr/bin/env python3
"""Drives <millrace-ask> in a page of another origin with a strict policy: asking, citing, feedback, errors, looks.

    python3 Tests/Browser/check_embed.py http://127.0.0.1:8080 --key mr_…

The server allows the page's origin (`server.cors_origins: http://127.0.0.1:18973`, or another with --port); the key has
the scope `ask` and stands for the reader's token. Needs what check_page.py needs. Prints one line per check and
`N passed, N failed`; exits 1 on a failure.
"""
import argparse
import http.server
import json
import pathlib
import shutil
import sys
import threading

from playwright.sync_api import Error, sync_playwright

from check_page import Report
from check_shell import Person, look

EVIL = "<img src=x onerror=alert(1)> 🚀 \u202egnp.exe " + "long " * 50
HEBREW = "דף קריאה מסוג SEV1 מאושר תוך 5 דקות."
SHADOW = "document.querySelector('millrace-ask').shadowRoot"


class Host(http.server.BaseHTTPRequestHandler):
    """The other site: a page with the element, its script, and the reader's token."""

    base, key, tokens = "", "", []

    def log_message(self, *arguments):
        pass

    def do_GET(self):
        path = self.path.split("?")[0]
        kind, text = {
            "/": ("text/html", f"""<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>Another site</title>
                <link rel="stylesheet" href="looks.css"><link rel="icon" href="data:,">
                <script type="module" src="{self.base}/embed/millrace-ask.js"></script>
                <main><h1>Another site</h1><millrace-ask server="{self.base}" token-from="/token"></millrace-ask></main>"""),
            "/looks.css": ("text/css", ":root { color-scheme: light dark; } body { background: light-dark(white, black); color: light-dark(black, white);"
                           " margin: 8px; } .own { --millrace-accent: rgb(138, 51, 36); } .own::part(question) { font-style: italic; }"),
            "/token": ("application/json", json.dumps({"token": self.tokens.pop(0) if self.tokens else self.key})),
        }.get(path, ("text/plain", ""))
        body = text.encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", kind + "; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", f"default-src 'none'; script-src {self.base}; style-src 'self'; img-src data:;"
                         f" connect-src 'self' {self.base}; require-trusted-types-for 'script'")
        self.end_headers()
        self.wfile.write(body)


def events(*some):
    return "".join(f"event: {name}\ndata: {json.dumps(data)}\n\n" for name, data in some)


def source(marker, **more):
    return {"marker": marker, "chunk_id": marker, "document_id": "1", "title": "Runbooks", "space_key": "ENG", "space_name": "Engineering",
            "kind": "page", "labels": [], "heading_path": [], "ancestors": [], "url": "https://confluence.example/1", "anchor": "Paging",
            "author": "lena", "updated_at": "2026-10-05T18:22:00Z", "text": "A SEV1 page is acknowledged within 5 minutes. More.",
            "quote_ranges": [[0, 45]], "score": 0.1, **more}


def answer(text, citations, **more):
    markers = [{"citation": one["marker"], "range": [len(text[:text.index(f"[{one['marker']}]")].encode("utf-16-le")) // 2,
                                                     len(text[:text.index(f"[{one['marker']}]")].encode("utf-16-le")) // 2 + 3]} for one in citations]
    return {"id": "a1", "question": "q", "answer": text, "abstained": False, "confidence": 0.9, "sentences": [], "markers": markers,
            "unanswered": [], "citations": citations, "related": [], "trace": None, **more}


def told(person, options, body, status=200, **headers):
    """What the server says to the next questions."""
    person.page.unroute("**/v1/ask")

    def take(route):
        if route.request.method == "OPTIONS":
            return route.fallback()
        kind = "text/event-stream" if status == 200 else "application/problem+json"
        return route.fulfill(status=status, content_type=kind, body=body, headers={
            "Access-Control-Allow-Origin": options.host, "Access-Control-Expose-Headers": "Retry-After", **headers})
    person.page.route("**/v1/ask", take)


def stranger(browser, options, size="desk", theme="light"):
    person = Person(browser, options.host, size, theme)
    person.open()
    person.shows("millrace-ask textarea")
    return person


def ask(person, question):
    person.page.focus("millrace-ask textarea")
    person.page.keyboard.type(question)
    person.page.keyboard.press("Enter")


def soon(person, expression):
    return person.is_soon(expression.replace("SHADOW", SHADOW), 20_000)


FULL = [("stage", {"name": "embed", "state": "begin"}), ("passages", {"passages": [source(1)]}), ("token", {"text": "Within 5 minutes. "}),
        ("token", {"text": "[1]", "citation": 1, "passage": 1})]


def check_states(browser, options, report):
    rich = f"**Within** `5` minutes. [1]\n\n| SEV | Minutes |\n|---|---|\n| 1 | 5 |\n| half a row\n\n- first [2]\n- {EVIL}\n\n```\nrm -rf <b>\n```\n{HEBREW}"
    states = {
        "answer": events(*FULL, ("answer", answer(rich, [source(1), source(2, title=EVIL, url="javascript:alert(1)")],
                                                  sentences=[{"text": HEBREW, "citations": [], "supported": False}])), ("done", {})),
        "unknown": events(("answer", answer("", [], abstained=True, related=[{**source(1), "marker": None}])), ("done", {})),
        "cut": events(*FULL),
    }
    for size in ("phone", "tablet", "desk"):
        for theme in ("light", "dark"):
            person = stranger(browser, options, size, theme)
            look(person, report, options.out, "embed-empty")
            for state, body in states.items():
                told(person, options, body)
                ask(person, "In what time must a SEV1 page be acknowledged?")
                there = {"answer": "SHADOW.querySelectorAll('.sources li').length === 2", "unknown": "SHADOW.querySelector('.lead')",
                         "cut": "SHADOW.querySelector('.problem')"}[state]
                report.check(f"{state} is shown ({person.name})", soon(person, f"!!({there})"))
                look(person, report, options.out, f"embed-{state}")
                if state == "answer":
                    cites = person.page.eval_on_selector_all("millrace-ask .cite", "links => links.map(a => a.getAttribute('href'))")
                    report.check(f"citations are links, and a script's address is none ({person.name})",
                                 cites == ["https://confluence.example/1#Paging", "#"], str(cites))
                    report.check(f"markup in a title stays text ({person.name})", person.page.locator("millrace-ask img").count() == 0)
                    report.check(f"nothing in a title turns it round ({person.name})",
                                 "\u202e" not in person.page.evaluate(f"{SHADOW}.textContent"))
                    report.check(f"a table is a table ({person.name})", person.page.locator("millrace-ask table td").count() == 2)
                    report.check(f"what no source bears out is marked ({person.name})",
                                 person.page.locator("millrace-ask .unsupported").inner_text() == HEBREW)
                person.page.evaluate("document.querySelector('millrace-ask').clear()")
            report.check(f"the console stays empty ({person.name})", not person.messages, "; ".join(person.messages))
            person.close()


def check_formulas(browser, options, report):
    """Formulas are drawn, and what draws them is loaded with the first one."""
    person = stranger(browser, options)
    loaded = []
    person.page.on("request", lambda request: loaded.append(request.url) if "formulas" in request.url else None)
    told(person, options, events(("answer", answer("Within 5 minutes. [1]", [source(1)])), ("done", {})))
    ask(person, "How long?")
    report.check("an answer stands", soon(person, "!!SHADOW.querySelector('.sources li')"))
    report.check("without a formula nothing is loaded for one", not loaded, str(loaded))
    text = "The load is $\\frac{a}{b}$ at most. [1]\n\n$$\\sum_{i=1}^{n} x_i$$\n\nThe fee is $5 and $7 a day, see `$x`."
    told(person, options, events(
        ("answer", answer(text, [source(1, text="It is \\frac{a}{b} there.", quote_ranges=[[0, 5]])])), ("done", {})))
    ask(person, "How much?")
    report.check("formulas of an answer and of its source are drawn", soon(
        person, "SHADOW.querySelectorAll('.answer math').length === 2 && SHADOW.querySelectorAll('.quote math').length === 1"),
        person.page.evaluate(f"[...{SHADOW}.querySelectorAll('article')].at(-1).innerHTML")[:600])
    report.check("prices and code stay text", person.page.evaluate(
        f"[...{SHADOW}.querySelectorAll('.answer')].at(-1).textContent.includes('$5 and $7')"
        f" && [...{SHADOW}.querySelectorAll('.answer code')].at(-1).textContent === '$x'"))
    report.check("what draws them is loaded once", len(loaded) == 1, str(loaded))
    look(person, report, options.out, "embed-formulas")
    report.check("the console stays empty with formulas", not person.messages, "; ".join(person.messages))
    person.close()


def check_real(browser, options, report):
    """The server itself, by keyboard alone."""
    person = stranger(browser, options)
    page, keys = person.page, person.page.keyboard
    ask(person, options.question)
    report.check("an answer of the server comes with its citation", soon(person, "!!SHADOW.querySelector('.answer .cite') && !!SHADOW.querySelector('.sources li')"))
    look(person, report, options.out, "embed-real")
    page.locator("millrace-ask button", has_text="Not helpful").focus()
    keys.press("Enter")
    report.check("“Not helpful” asks why", soon(person, "SHADOW.activeElement?.type === 'radio'"))
    keys.press("Space")
    keys.press("Enter")
    report.check("and thanks", soon(person, "SHADOW.textContent.includes('Thank you.')"))
    ask(person, "And who is told?")
    report.check("a follow-up is answered under it", soon(person, "SHADOW.querySelectorAll('article').length === 2 && !SHADOW.querySelector('[aria-busy]')"))
    report.check("the console stays empty with the server", not person.messages, "; ".join(person.messages))
    person.close()


def check_trouble(browser, options, report):
    Host.tokens = ["expired"]
    person = stranger(browser, options)
    page = person.page
    ask(person, options.question)
    report.check("a token that was refused is asked for anew, and the question answered", soon(person, "!!SHADOW.querySelector('.sources li')"))
    problem = json.dumps({"type": "urn:millrace:problem:x", "title": "No", "status": 0})
    for status, words in ((401, "Sign in to this site"), (403, "may not ask"), (429, "in 7 seconds"), (422, "No")):
        told(person, options, problem, status, **{"Retry-After": "7"})
        page.evaluate("document.querySelector('millrace-ask').clear()")
        ask(person, "kept?")
        report.check(f"{status} says what to do", soon(person, f"SHADOW.querySelector('.problem')?.textContent.includes({json.dumps(words)})"),
                     page.locator("millrace-ask .thread").inner_text())
    report.check("the question is back in the box", page.locator("millrace-ask textarea").input_value() == "kept?")
    page.unroute("**/v1/ask")
    page.route("**/v1/ask", lambda route: route.abort())
    page.locator("millrace-ask .problem button").click()
    report.check("a server that is gone is told, once", soon(person, "SHADOW.querySelectorAll('.problem').length === 1 && SHADOW.textContent.includes('cannot be reached')"))
    look(person, report, options.out, "embed-lost")
    page.unroute("**/v1/ask")
    page.route("**/v1/ask", lambda route: None)
    page.locator("millrace-ask .problem button").click()
    soon(person, "SHADOW.querySelector('.main').textContent === 'Stop'")
    look(person, report, options.out, "embed-asking")
    page.focus("millrace-ask textarea")
    page.keyboard.press("Escape")
    report.check("Escape stops", soon(person, "SHADOW.querySelector('.problem')?.textContent.includes('Stopped')"))
    person.close()


def check_looks(browser, options, report):
    person = stranger(browser, options)
    page = person.page
    told(person, options, events(*FULL, ("answer", answer("Within 5 minutes. [1]", [source(1)])), ("done", {})))
    page.evaluate("""() => { const ask = document.querySelector('millrace-ask'); ask.className = 'own';
        ask.setAttribute('heading', 'שאלות'); ask.words = { ask: 'שאל', label: 'שאלה' }; document.documentElement.dir = 'rtl'; }""")
    report.check("a colour of the host's is taken", page.evaluate(f"getComputedStyle({SHADOW}.querySelector('.main')).backgroundColor") == "rgb(138, 51, 36)")
    report.check("so are its words", page.locator("millrace-ask .main").inner_text() == "שאל")
    heard = page.evaluate("""() => { window.heard = []; for (const type of ['asked', 'answered', 'problem'])
        document.addEventListener('millrace-' + type, (event) => window.heard.push(event.type)); return true; }""")
    ask(person, HEBREW)
    soon(person, "!!SHADOW.querySelector('.sources li')")
    report.check("the host hears of it", heard and page.evaluate("window.heard") == ["millrace-asked", "millrace-answered"], str(page.evaluate("window.heard")))
    report.check("a part takes the host's looks", page.evaluate(f"getComputedStyle({SHADOW}.querySelector('h3')).fontStyle") == "italic")
    look(person, report, options.out, "embed-rtl")
    person.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--key", required=True, help="an API key with the scope ask")
    parser.add_argument("--question", default="In what time must a SEV1 page be acknowledged?")
    parser.add_argument("--port", type=int, default=18973, help="of the other site")
    parser.add_argument("--only", help="only the checks with this word in their names")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("screenshots"))
    parser.add_argument("--browser", default=shutil.which("chromium"))
    options = parser.parse_args()
    options.base = options.base.rstrip("/")
    options.out.mkdir(parents=True, exist_ok=True)
    Host.base, Host.key = options.base, options.key
    site = http.server.ThreadingHTTPServer(("127.0.0.1", options.port), Host)
    threading.Thread(target=site.serve_forever, daemon=True).start()
    options.host = f"http://127.0.0.1:{options.port}"
    report = Report()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        for check in (check_states, check_formulas, check_real, check_trouble, check_looks):
            if options.only and options.only not in check.__name__:
                continue
            try:
                check(browser, options, report)
            except Error as error:
                report.check(f"{check.__name__} comes to its end", False, error.message.splitlines()[0])
        browser.close()
    site.shutdown()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
