#!/usr/bin/env python3
"""Drives the Sources page of a running Millrace in headless Chromium, and fails where an engineer would.

    python3 Tests/Browser/check_sources.py http://127.0.0.1:8080

Needs what check_page.py needs, and a server whose reader has the scopes `ingest` and `admin` (such as
`MILLRACE_AUTH_ANONYMOUS_SCOPES=search,ask,ingest,admin`) and a Confluence among its settings (`confluence.url`;
fixtures/confluence-server will do). Reads it, watches the job, uploads a document, asks who may read a page, and
adds a source by keyboard alone; axe-core looks at every state at three widths in both themes. What no small test
server has (200 spaces, failures, a source in every state, a connection that goes) is answered by the check itself.
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
LONG = "Handbuch der Wasserkraftwerke " * 10
RTL = "דף הבית של הצוות ‏(ארכיון)‏"
MARKUP = "<script>alert(1)</script> & 🚢 \u202eevil"


class MadeSources:
    """Answers the operations on sources as a server with many would."""

    def __init__(self, spaces=200):
        self.calls, self.down, self.refuse = [], False, {}
        self.spaces = [{"key": f"SP{n:03}", "name": f"Space number {n}", "type": "global", "chosen": n % 3 == 0}
                       for n in range(spaces - 2)]
        self.spaces += [{"key": "RTL", "name": RTL, "type": "global", "chosen": True},
                        {"key": "~ANN", "name": LONG, "type": "personal", "chosen": False}]
        self.sources = {one["id"]: one for one in [
            self.source("wiki", "Engineering wiki", current_job="run"),
            self.source("handbook", "People & policies", failures=214, failed_syncs=3, failure_reasons=[
                {"reason": "Confluence answered 403 to “…”: the account may not see it.", "count": 180,
                 "example": {"id": "77", "title": "Salaries"}},
                {"reason": "The file is larger than … bytes.", "count": 34, "example": {"id": "78", "title": LONG}}]),
            self.source("draft", LONG[:100], state="draft", last_sync=None, documents={}),
            self.source("old", RTL, state="disabled", dialect="data-center", base_url="https://wiki.example.org"),
            self.source("odd", MARKUP, last_sync={
                "job": "broken", "state": "failed", "created_at": "2026-11-28T08:00:00Z", "started_at": "2026-11-28T08:00:00Z",
                "ended_at": "2026-11-28T08:00:04Z", "stored": 0, "failed": 0,
                "reason": "The host odd.example.org refuses connections."}),
            self.source("confluence", "wiki.example.net", origin="settings", read_only=True),
        ]}
        self.jobs = {one["id"]: one for one in [
            self.job("run", "wiki", state="running", stage="documents", ended_at=None, expected=4000,
                     current_title=LONG, counts={"seen": 1312, "stored": 41, "unchanged": 1269, "failed": 2}),
            self.job("held", "handbook", state="paused", stage="documents", ended_at=None),
            self.job("broken", "odd", state="failed", reason="The host odd.example.org refuses connections."),
            self.job("done", "handbook", counts={"seen": 63, "stored": 4, "unchanged": 59, "failed": 3, "chunks": 400},
                     notes=["The listing of the space OPS came twice."], failures=[
                         {"id": str(n), "title": [LONG, RTL, MARKUP][n % 3], "failed_at": "2026-11-29T08:00:00Z",
                          "reason": f"Confluence answered 403 to /rest/api/content/{n}0{n}7 (not permitted)."} for n in range(3)]),
        ]}

    @staticmethod
    def source(identity, name, **more):
        return {
            "id": identity, "name": name, "kind": "confluence", "dialect": "cloud", "base_url": f"https://{identity}.atlassian.net/wiki",
            "origin": "api", "read_only": False, "state": "enabled", "permissions": "sync", "sync_minutes": 60, "sync_seconds": 3600,
            "auth": {"type": "basic", "email": "bot@example.org", "secret_set": True}, "spaces": {"included": [], "excluded": []},
            "documents": {"page": 1063, "comment": 21, "attachment": 9}, "failures": 0, "failure_reasons": [], "failed_syncs": 0,
            "documents_by_space": [{"key": f"S{n}", "name": f"Space {n}", "documents": 400 - n} for n in range(9)],
            "options": {"kinds": ["pages", "blogposts"], "archived": False, "labels": [], "exclude_labels": ["draft"],
                        "pages": [], "exclude_pages": [], "cql": None, "updated_since": None},
            "next_sync": "2030-01-01T00:00:00Z", "current_job": None, "synced_at": "2026-11-29T08:00:00Z",
            "last_sync": {"job": "done", "state": "finished", "created_at": "2026-11-29T08:00:00Z",
                          "started_at": "2026-11-29T08:00:00Z", "ended_at": "2026-11-29T08:02:00Z", "stored": 4, "failed": 0,
                          "reason": None}, **more}

    @staticmethod
    def job(identity, source, counts=None, **more):
        names = ("seen", "stored", "unchanged", "readers_changed", "removed", "failed", "left_out", "chunks", "embedded")
        return {"id": identity, "source": source, "scope": {"site": True}, "dry_run": False, "state": "finished",
                "stage": "finished", "counts": {**dict.fromkeys(names, 0), **(counts or {"seen": 12, "unchanged": 12})},
                "expected": 12, "current_title": "", "attempts": 1, "created_by": "user:ann",
                "created_at": "2026-11-29T08:00:00Z", "started_at": "2026-11-29T08:00:01Z", "ended_at": "2026-11-29T08:02:00Z",
                "reason": None, "failures": [], "notes": [], "planned": None, **more}

    def install(self, page):
        page.route(re.compile(r"/v1/(sources|ingest)(/|\?|$)"), self.answer)

    def answer(self, route):
        request, url = route.request, urllib.parse.urlsplit(route.request.url)
        parts = [urllib.parse.unquote(part) for part in url.path.split("/")[2:]]
        query = dict(urllib.parse.parse_qsl(url.query))
        self.calls.append(f"{request.method} {'/'.join(parts)}")
        if self.down:
            return route.abort()
        for pattern, (status, body) in self.refuse.items():
            if re.fullmatch(pattern, self.calls[-1]):
                return self.say(route, {"title": "Refused", "detail": "", "status": status, **body}, status)
        body = json.loads(request.post_data) if request.post_data else {}
        answer = (self.on_sources if parts[0] == "sources" else self.on_jobs)(request.method, parts[1:], query, body, request)
        if answer is None:
            return self.say(route, {"title": "There is no such thing", "status": 404, "detail": "It may be gone."}, 404)
        return route.fulfill(**answer) if "content_type" in answer else self.say(route, *answer["json"])

    @staticmethod
    def say(route, body, status=200, tag=None):
        route.fulfill(status=status, body=json.dumps(body) if body is not None else "", content_type="application/json",
                      headers={"ETag": tag} if tag else {})

    def on_sources(self, method, parts, query, body, request):
        if not parts and method == "GET":
            return {"json": ({"sources": list(self.sources.values())},)}
        if not parts:
            made = self.source("made", body["name"], state="draft", base_url=body["base_url"], last_sync=None, documents={},
                               dialect="cloud" if body["kind"] == "cloud" else "data-center",
                               auth={"type": body["auth"]["type"], "email": body["auth"].get("email"), "secret_set": True})
            self.sources["made"] = made
            return {"json": (made, 201, '"1"')}
        source = self.sources.get(parts[0])
        if source is None:
            return None
        if parts[1:] == ["test"]:
            return {"json": ({"ok": True, "account": "Bot", "version": None, "visible_spaces": len(self.spaces), "steps": [
                {"name": "connection", "ok": True, "message": f"{source['base_url']} answers as Confluence Cloud."},
                {"name": "account", "ok": True, "message": "Requests are made by Bot (bot@example.org)."},
                {"name": "version", "ok": None, "message": "The site does not tell its version."},
                {"name": "spaces", "ok": True, "message": f"The account sees {len(self.spaces)} spaces."}]},)}
        if parts[1:] == ["spaces"]:
            return {"json": ({"spaces": self.spaces},)}
        if parts[1:] == ["failures"]:
            return {"json": ({"failures": [
                {"id": str(n), "title": [LONG, RTL, MARKUP, f"Page {n}"][n % 4], "failed_at": "2026-11-29T08:00:00Z",
                 "reason": query.get("reason", "Confluence answered 403.")} for n in range(int(query.get("limit", 100)))], "next": "more"},)}
        if method == "PATCH":
            source.update({key: value for key, value in body.items() if key not in ("enabled", "auth", "options")})
            if "enabled" in body:
                source["state"] = "enabled" if body["enabled"] else "disabled"
                source["current_job"] = "run" if body["enabled"] else None
            return {"json": (source, 200, '"2"')}
        if method == "DELETE":
            del self.sources[parts[0]]
            return {"json": (self.jobs["held"], 202)} if query["documents"] == "remove" else {"json": (None, 204)}
        return {"json": (source, 200, '"1"')}

    def on_jobs(self, method, parts, query, body, request):
        if parts == ["jobs"] and method == "GET":
            return {"json": ({"jobs": list(self.jobs.values()), "next": "older"},)}
        if parts == ["jobs"]:
            planned = [{"id": str(n), "title": [LONG, RTL, MARKUP, f"Page {n}"][n % 4], "change": ["added", "updated", "removed"][n % 3],
                        "space": "SP001"} for n in range(1000)]
            plan = {"requests": 311, "spaces": [
                {"key": space["key"], "name": space["name"], "read": 120, "added": 100 - n, "updated": n, "moved": 0, "readers_changed": 0,
                 "unchanged": 0, "removed": n % 2, "left_out": 3, "failed": 0} for n, space in enumerate(self.spaces[-12:])]}
            counts = {"seen": 1440, "stored": 1200, "removed": 6}
            made = self.job("tried", body["source"], counts, dry_run=body.get("dry_run", False), planned=planned, plan=plan)
            self.jobs["tried"] = made
            return {"json": ({**made, "state": "queued", "ended_at": None, "stage": None}, 202)}
        job = self.jobs.get(parts[1]) if parts[0] == "jobs" else None
        if job is None:
            return None
        if parts[2:] == ["events"]:
            event = f"id: 5\nevent: progress\ndata: {json.dumps({'event': 'progress', 'job': job})}\n\n"
            return {"content_type": "text/event-stream", "body": event, "status": 200}
        if parts[2:]:
            job["state"] = {"pause": "paused", "resume": "running", "cancel": "cancelling"}[parts[2]]
        return {"json": (job,)}


def findings(page):
    """Whatever axe finds, of any weight."""
    return [f"{v['id']} ({v['nodes'][0]['target']})" for v in Axe().run(page).response["violations"]]


def look(reader, report, out, state):
    found = findings(reader.page)
    report.check(f"{state} ({reader.name}): axe finds nothing", not found, "; ".join(found))
    report.check(f"{state} ({reader.name}): nothing sticks out sideways", not reader.overflows())
    reader.page.screenshot(path=out / f"{state}-{reader.name}.png", full_page=True)


STATES = [
    ("sources", "#sources", ".source-card"), ("source", "#sources/of/handbook", ".failures"),
    ("source-paused", "#sources/of/old", ".part"), ("job-running", "#sources/job/run", ".job progress"),
    ("job-done", "#sources/job/done", ".failures"), ("job-failed", "#sources/job/broken", ".job .problem"),
    ("job-gone", "#sources/job/nope", ".problem"), ("jobs", "#sources/jobs", ".rows > li"),
    ("add-where", "#sources/add", "#connect-address"), ("add-test", "#sources/add/draft?step=test", ".conditions"),
    ("add-spaces", "#sources/add/draft?step=spaces", ".choices"), ("upload", "#sources/upload", "#upload-files"),
]


def check_states(browser, base, report, out):
    for size in ("phone", "tablet", "desk"):
        for theme in ("light", "dark"):
            reader = Reader(browser, base, size, theme)
            MadeSources().install(reader.page)
            for state, place, sign in STATES:
                reader.page.goto("about:blank")
                reader.open(place)
                report.check(f"{state} is shown ({reader.name})", reader.shows(sign))
                if state == "add-spaces":
                    reader.page.check("input[value=some]")
                look(reader, report, out, state)
            report.check(f"the console stays empty ({reader.name})",
                         not [one for one in reader.messages if "404" not in one], "; ".join(reader.messages))
            reader.context.close()


def check_empty_and_lost(browser, base, report, out):
    reader = Reader(browser, base)
    made = MadeSources()
    made.sources = {}
    made.install(reader.page)
    reader.open("#sources")
    report.check("without any source the page says what to do", reader.shows(".nothing a[href='#sources/add']"))
    look(reader, report, out, "sources-empty")
    made.down = True
    reader.page.goto("about:blank")
    reader.open("#sources")
    report.check("a server that cannot be reached is told, with a retry", reader.shows(".problem button"))
    look(reader, report, out, "sources-lost")
    made.down, made.sources = False, MadeSources().sources
    reader.page.click(".problem button")
    report.check("the retry brings the sources", reader.shows(".source-card"))
    reader.page.focus('[data-key="go-on-old"]')
    reader.page.keyboard.press("Enter")
    reader.page.wait_for_selector('[data-key="go-on-old"]', state="detached", timeout=10_000)
    report.check("a paused source goes on from its card", made.sources["old"]["state"] == "enabled"
                 and reader.shows("#card-old"), made.sources["old"]["state"])
    made.refuse = {"GET sources": (403, {"title": "Not allowed", "detail": "This needs the scope “ingest”."})}
    reader.page.goto("about:blank")
    reader.open("#sources")
    report.check("who may not see sources is told the scope",
                 reader.shows(".problem:has-text('ingest')"))
    made.refuse = {}
    reader.page.goto("about:blank")
    reader.open("#sources/job/run")
    reader.shows(".job progress")
    made.down = True
    report.check("a job whose connection goes says so and keeps what it showed",
                 reader.shows("text=The connection is lost", 20_000) and reader.page.locator(".job progress").count() == 1)
    made.jobs["run"].update(state="finished", stage="finished", ended_at="2026-11-29T08:03:00Z")
    made.down = False
    report.check("and is taken up again by itself", reader.shows("text=Done:", 30_000))
    reader.context.close()


def tab_to(reader, selector, limit=80):
    for _ in range(limit):
        if reader.page.evaluate("(wanted) => document.activeElement?.matches(wanted)", selector):
            return True
        reader.page.keyboard.press("Tab")
    return False


def check_adding_by_keyboard(browser, base, report, out):
    reader = Reader(browser, base)
    made = MadeSources()
    made.install(reader.page)
    keys = reader.page.keyboard
    reader.open("#sources")
    reader.shows(".source-card")
    report.check("Tab reaches “Add a source”", tab_to(reader, "a[href='#sources/add']"))
    keys.press("Enter")
    reader.shows("#connect-address")
    tab_to(reader, "button[type=submit].primary")
    keys.press("Enter")
    report.check("an empty form is refused at its first field",
                 reader.page.evaluate("document.activeElement.id") == "connect-address" and reader.shows(".field-error"))
    look(reader, report, out, "add-refused")
    keys.type("https://acme.atlassian.net/wiki")
    keys.press("Tab")
    report.check("the name is offered from the address", reader.page.input_value("#connect-name") == "acme.atlassian.net")
    tab_to(reader, "#connect-email")
    keys.type("bot@acme.org")
    keys.press("Tab")
    keys.type("a-token")
    made.refuse = {"POST sources": (409, {"type": "urn:millrace:problem:name-taken"})}
    keys.press("Enter")
    report.check("a name that is taken is told at the name, and what was typed stays",
                 reader.shows("#connect-name[aria-invalid]") and reader.page.input_value("#connect-secret") == "a-token")
    made.refuse = {"POST sources": (401, {"title": "Nothing proves who asks"})}
    keys.press("Enter")
    report.check("a sign-in that ended meanwhile loses nothing",
                 reader.shows(".problem:has-text('no longer signed in')") and reader.page.input_value("#connect-secret") == "a-token")
    made.refuse = {}
    tab_to(reader, "button[type=submit].primary")
    keys.press("Enter")
    report.check("the test tells its steps and leads on", reader.shows(".conditions li") and reader.shows("button.primary:focus"))
    keys.press("Enter")
    reader.shows(".choices")
    report.check("Tab reaches the choice of spaces", tab_to(reader, "input[name=space-choice]"))
    keys.press("ArrowDown")
    tab_to(reader, "#space-find")
    keys.type("number 10")
    shown = reader.page.locator(".space-list li:visible").count()
    report.check("the spaces are found by name", 0 < shown < 20, f"{shown} of 200")
    tab_to(reader, ".row button:not([disabled])")
    keys.press("Space")
    report.check("all that are shown are chosen at once", f"{shown} of 200 spaces chosen" in reader.page.inner_text(".stack form"))
    tab_to(reader, "button[type=submit].primary")
    keys.press("Enter")
    report.check("the dry run tells what would change, by space",
                 reader.shows(".grid.numbers tbody tr") and reader.shows("text=would be added"))
    report.check("nothing was enabled by it", made.sources["made"]["state"] == "draft")
    look(reader, report, out, "add-plan")
    report.check("the address holds the draft, the step and the job",
                 "#sources/add/made?step=try&job=tried" in reader.page.url, reader.page.url)
    reader.page.reload()
    report.check("loading the page anew loses none of it", reader.shows(".grid.numbers tbody tr"))
    tab_to(reader, "button.primary:not([hidden])", 200)
    keys.press("Enter")
    reader.shows("button.primary:has-text('Start reading')")
    look(reader, report, out, "add-go")
    tab_to(reader, "button[type=submit].primary")
    keys.press("Enter")
    report.check("going on begins to read and shows the job",
                 reader.shows(".job progress") and made.sources["made"]["state"] == "enabled")
    reader.context.close()


def check_changing(browser, base, report, out):
    reader = Reader(browser, base)
    made = MadeSources()
    made.install(reader.page)
    page = reader.page
    reader.open("#sources/of/handbook")
    reader.shows(".failures summary")
    page.locator(".failures summary").first.focus()
    page.keyboard.press("Enter")
    report.check("a reason opens to its pages, with links", reader.shows(".failures .rows a[href*='pageId=']"))
    report.check("and says what to do", "What to do:" in page.inner_text(".failures details[open]"))
    look(reader, report, out, "source-failures")
    page.click("button:has-text('Edit')")
    reader.shows("#edit-name")
    page.fill("#edit-name", "Another name")
    made.refuse = {"PATCH sources/handbook": (412, {"title": "It was changed meanwhile"})}
    page.click("button:has-text('Save')")
    report.check("another’s change meanwhile is told and nothing is written over",
                 reader.shows("text=Somebody else changed this source") and page.input_value("#edit-name") == "Another name")
    look(reader, report, out, "source-conflict")
    made.refuse = {}
    page.click("button:has-text('Save mine')")
    report.check("it can be saved over theirs", reader.shows("text=It counts from the next sync on")
                 and made.sources["handbook"]["name"] == "Another name")
    page.click("button:has-text('Delete')")
    report.check("deleting asks first and names what goes", reader.shows("dialog[open] :text('1,063 pages')"))
    look(reader, report, out, "source-delete")
    report.check("the safe answer has the keyboard", page.evaluate("document.activeElement.value") == "no")
    page.keyboard.press("Escape")
    report.check("Escape keeps it", "handbook" in made.sources and not page.locator("dialog[open]").count())
    page.click("button:has-text('Delete')")
    page.check("input[value=remove]")
    page.click("button:has-text('Delete it')")
    report.check("with its documents, the removal is watched as a job", reader.shows(".job") and "handbook" not in made.sources)
    reader.context.close()


def check_real_job(browser, base, report, out):
    """Against the server itself: reading its Confluence, live."""
    reader = Reader(browser, base)
    page = reader.page
    reader.open("#sources")
    if not reader.shows("button:has-text('Sync now')"):
        report.check("the server has a source to read", False, "set confluence.url")
        return
    page.click("button:has-text('Sync now')")
    report.check("a sync is watched as it happens", reader.shows(".job .state-tag"))
    report.check("and comes to its end", reader.shows(".job .state-finished", 120_000), page.inner_text(".job"))
    look(reader, report, out, "real-job")
    page.click(".sub-nav a:has-text('Sources')")
    report.check("its card tells documents by kind", reader.shows(".source-card .big-fact:has-text('page')"))
    report.check("and when it was read", reader.shows(".pairs time"))
    page.click(".source-card h2 a")
    page.click("button:has-text('Test the connection')")
    report.check("the connection is tested step by step", reader.shows(".conditions li:has-text('Address')"))
    reader.context.close()


def check_real_upload(browser, base, report, out):
    reader = Reader(browser, base)
    page = reader.page
    reader.open("#sources/upload")
    reader.shows("#upload-files")
    page.click("button:has-text('Send')")
    report.check("sending nothing is refused", reader.shows("#upload-error:not(:empty)"))
    page.set_input_files("#upload-files", {"name": "virus.exe", "mimeType": "application/x", "buffer": b"x"})
    page.click("button:has-text('Send')")
    report.check("a kind that is not read is refused before it is sent", "of a kind" in page.inner_text("#upload-error"))
    page.set_input_files("#upload-files", {"name": f"{RTL}.md", "mimeType": "text/markdown", "buffer": b"# Tides\n\nHigh water at noon."})
    page.click("button:has-text('Send')")
    report.check("a document needs readers", "who may read" in page.inner_text("#upload-error")
                 and page.evaluate("document.activeElement.id") == "upload-readers")
    page.fill("#upload-readers", "group:engineering")
    page.keyboard.press("Enter")
    report.check("a document is sent and its job comes to its end", reader.shows(".cards .state-finished", 60_000))
    look(reader, report, out, "uploaded")
    page.set_input_files("#upload-files", {"name": "broken.zip", "mimeType": "application/zip", "buffer": b"not a zip"})
    page.click("button:has-text('Send')")
    report.check("a broken export says why", reader.shows(".cards .problem", 60_000))
    look(reader, report, out, "upload-failed")
    page.click("a:has-text('Jobs')")
    reader.shows(".rows > li")
    page.click("a:has-text('Upload')")
    report.check("a look elsewhere keeps what was sent", page.locator(".cards > li").count() == 2)
    reader.context.close()


def check_real_access(browser, base, report, out, query):
    reader = Reader(browser, base)
    page, keys = reader.page, reader.page.keyboard
    reader.open("#sources/access")
    reader.shows("#access-query")
    tab_to(reader, "#access-query")
    keys.type(query)
    keys.press("Enter")
    reader.shows(".rows .title")
    tab_to(reader, ".rows .title")
    keys.press("Enter")
    report.check("choosing a page tells why the caller may read it", reader.shows(".verdict.yes"))
    tab_to(reader, "#access-as")
    keys.type("user:nobody.at.all")
    keys.press("Enter")
    report.check("a stranger may not, condition by condition", reader.shows(".verdict.no") and reader.shows(".conditions .fails"))
    report.check("the address holds the question", "as=user%3Anobody" in page.url, page.url)
    look(reader, report, out, "access")
    page.fill("#access-as", "lena")
    page.click("button:has-text('Explain')")
    report.check("a malformed principal is told", reader.shows(".problem"))
    reader.open("#sources/access?page=99999999")
    report.check("a page that is not there is told", reader.shows(".problem:has-text('no such page')"))
    reader.context.close()


def check_large_text(browser, base, report, out):
    reader = Reader(browser, base)
    MadeSources().install(reader.page)
    for state, place, sign in STATES:
        reader.page.goto("about:blank")
        reader.open(place)
        reader.shows(sign)
        reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
        report.check(f"at 200 % text nothing of {state} sticks out sideways", not reader.overflows())
        reader.page.screenshot(path=out / f"large-{state}.png", full_page=True)
    reader.context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--query", default="on-call", help="words that find a page with readers")
    parser.add_argument("--only", default="", help="run only the checks whose name contains this")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("screenshots"), help="folder for screenshots")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="Chromium to use")
    options = parser.parse_args()
    base = options.base.rstrip("/")
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report()
    checks = [check_states, check_empty_and_lost, check_adding_by_keyboard, check_changing, check_real_job, check_real_upload,
              check_real_access, check_large_text]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        try:
            for check in checks:
                if options.only not in check.__name__:
                    continue
                try:
                    more = [options.query] if check is check_real_access else []
                    check(browser, base, report, options.out, *more)
                except Error as error:
                    report.check(f"{check.__name__} can be driven to the end", False, error.message.splitlines()[0])
        finally:
            browser.close()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
