#!/usr/bin/env python3
"""Drives the Evaluate page of a running Millrace: sets added and deleted, runs started, followed, cancelled and compared.

    python3 Tests/Browser/check_evaluate.py http://127.0.0.1:8080 --key mr_…

The key has every scope. What the server says of evaluations is answered here, so that every state is seen at once; the
pages around it are the server's. Needs what check_page.py needs. Prints one line per check and `N passed, N failed`;
exits 1 on a failure.
"""
import argparse
import json
import pathlib
import shutil
import sys

from playwright.sync_api import Error, sync_playwright

from check_index import EVIL, TRACE, answer, trace
from check_page import Report
from check_shell import Person, look

KINDS = {"direct": 60, "comparison": 20, "unanswerable": 20}
SETS = [{"id": "handbook", "name": "Handbook", "is_built_in": True, "questions": 100, "answerable": 80, "kinds": KINDS,
         "created_at": None, "created_by": None},
        {"id": "own", "name": EVIL[:300], "is_built_in": False, "questions": 40, "answerable": 32, "kinds": {"direct": 32, "unanswerable": 8},
         "created_at": "2026-11-28T09:00:00Z", "created_by": "user:lena.fischer"}]
FIGURES = {"answers.right": 0.86, "answers.right_when_given": 0.93, "abstention.precision": 0.81, "abstention.recall": 0.9,
           "citations.precision": 0.97, "citations.recall": 0.88, "retrieval.ask.recall10": 0.94, "retrieval.hybrid.mrr": 0.78,
           "calibration.ece": 0.06, "answers.token_f1": 0.71}


def run_of(one, state="finished", **more):
    better = {"a": 0, "b": 0.03, "c": -0.12}.get(one, 0)
    done = {"queued": 0, "running": 37, "cancelled": 12, "failed": 3}.get(state, 100)
    run = {"id": one, "name": {"a": "as served", "b": "wider search", "c": EVIL[:300]}.get(one, one), "set": "handbook",
           "set_name": "Handbook", "flow": "question-answering", "settings": {} if one == "a" else {"ef_search": 200}, "half": None,
           "concurrency": 1, "state": state, "done": done, "total": 100, "created_at": "2026-11-29T15:00:00Z",
           "created_by": "user:lena.fischer", "started_at": "2026-11-29T15:00:01Z",
           "ended_at": None if state in ("queued", "running") else "2026-11-29T15:01:12Z",
           "failure": "The model cannot be reached" if state == "failed" else None,
           "answers_right": {"value": 0.86 + better, "low": 0.78 + better, "high": 0.92 + better} if state == "finished" else None}
    report = {"figures": [{"name": name, "value": value + better, "low": value + better - 0.07, "high": min(1, value + better + 0.05),
                           "questions": 80, "is_better_when_larger": "ece" not in name, "wilson": {"low": 0.7, "high": 0.93}}
                          for name, value in FIGURES.items()],
              "by_kind": [{"kind": kind, "value": 0.8, "low": 0.7, "high": 0.9, "questions": count} for kind, count in KINDS.items()],
              "abstention": {"abstained_rightly": 18, "abstained_wrongly": 4, "answered_wrongly": 2, "answered_rightly": 76},
              "latency_ms": {"p50": 210, "p95": 540, "p99": 910}, "leaks": 1 if one == "c" else 0, "forged_citations": 0, "failures": 0}
    return run | more | {"report": report if state == "finished" else None}


def outcomes():
    return {"outcomes": [
        {"id": f"q{i}", "question": EVIL if i == 2 else f"In what time must a SEV{i} page be acknowledged?", "kind": "direct", "is_answerable": i != 3,
         "withheld": i == 1, "is_right": False, "expected_pages": ["Runbooks", EVIL[:200]], "expected_answer": "5 minutes",
         "said": "" if i == 1 else "Within 15 minutes. [1]", "confidence": 0.61, "first_pages": ["On-call", "Runbooks"], "cited_pages": ["On-call"],
         "problems": ["cites On-call, which is not expected"], "milliseconds": 212.4, "trace": None if i == 4 else TRACE,
         "stages": [{"component": "EmbedQuestion", "milliseconds": 12}, {"component": "Retrieve", "milliseconds": 40}]} for i in range(6)],
        "next": None}


def difference():
    def side(right, said):
        return {"is_right": right, "withheld": False, "said": said, "trace": TRACE}
    return {"before": run_of("a"), "after": run_of("b"), "questions": 98, "unpaired": 2,
            "differences": [{"figure": name, "before": value, "after": value + 0.03, "value": 0.03, "low": -0.01 if i % 2 else 0.01, "high": 0.07,
                             "is_better_when_larger": True, "verdict": "unclear" if i % 2 else "better"} for i, (name, value) in enumerate(FIGURES.items())],
            "changed": [{"id": "q1", "question": EVIL, "kind": "direct", "before": side(False, "15 minutes"), "after": side(True, "5 minutes"), "change": "won"},
                        {"id": "q2", "question": "Who leads the rota?", "kind": "direct", "before": side(True, "Lena"), "after": side(False, EVIL), "change": "lost"}]}


class Server:
    """What evaluations a server has, and what was asked of it."""

    def __init__(self, page):
        self.sets, self.started, self.runs = list(SETS), [], [run_of("r", "running"), run_of("a"), run_of("b"), run_of("c"),
                                                              run_of("f", "failed"), run_of("x", "cancelled")]
        page.route("**/v1/evaluations/**", self.take)
        page.route("**/v1/traces/*", lambda route: answer(route, trace()))

    def take(self, route):
        request = route.request
        path = request.url.split("/v1/evaluations/")[1].split("?")[0].split("/")
        if path[0] == "sets":
            self.take_set(route, request.method, path[1:])
        elif path[0] == "compare":
            answer(route, difference())
        elif len(path) == 1 and request.method == "POST":
            self.started.append(request.post_data_json)
            answer(route, {"runs": [run_of("r", "queued")]}, 202)
        elif len(path) == 1:
            answer(route, {"runs": [{key: value for key, value in run.items() if key != "report"} for run in self.runs], "next": None})
        elif path[-1] == "outcomes":
            answer(route, outcomes())
        elif path[-1] == "cancel":
            self.runs = [run_of("r", "cancelled") if run["id"] == path[1] else run for run in self.runs]
            answer(route, run_of("r", "cancelled"))
        elif request.method == "DELETE":
            self.runs = [run for run in self.runs if run["id"] != path[1]]
            route.fulfill(status=204)
        else:
            answer(route, next(run for run in self.runs if run["id"] == path[1]))

    def take_set(self, route, method, path):
        if method == "POST":
            body = route.request.post_data_json
            one = SETS[1] | {"id": "new", "name": body["name"], "questions": len(body["questions"]), "answerable": len(body["questions"])}
            self.sets.append(one)
            answer(route, one, 201)
        elif method == "DELETE":
            self.sets = [one for one in self.sets if one["id"] != path[0]]
            route.fulfill(status=204)
        elif not path:
            answer(route, {"sets": self.sets})
        else:
            one = next(one for one in self.sets if one["id"] == path[0])
            answer(route, one | {"items": [{"id": f"q{i}", "question": EVIL if i == 1 else f"Question {i}?", "kind": "direct", "pages": ["Runbooks"],
                                            "answer": None, "half": None, "language": None} for i in range(one["questions"])]})


VIEWS = {"evaluate": (".cards-table tbody tr", "runs"), "evaluate/start": ("#run-go", "start"), "evaluate/run/a": (".outcomes li", "run"),
         "evaluate/run/r": ("#cancel-run", "running"), "evaluate/run/f": (".lead", "failed"),
         "evaluate/compare?run=a&run=b&run=c": (".figure-plot", "compare"), "evaluate/sets": (".cards-table tbody tr", "sets"),
         "evaluate/set/own": (".cards-table tbody tr", "set"), "evaluate/new-set": ("#set-add", "new-set")}


def check_views(browser, options, report):
    for size in ("phone", "tablet", "desk"):
        for theme in ("light", "dark"):
            person = Person(browser, options.base, size, theme, options.key)
            Server(person.page)
            for path, (sign, state) in VIEWS.items():
                person.open("#" + path)
                there = person.shows("#page-evaluate " + sign)
                report.check(f"{state} is there ({person.name})", there)
                person.page.wait_for_timeout(200)
                look(person, report, options.out, "evaluate-" + state)
            report.check(f"the console stays empty ({person.name})", not person.messages, "; ".join(person.messages))
            person.close()


def check_sets(browser, options, report):
    """Added and deleted by keyboard alone."""
    person = Person(browser, options.base, key=options.key)
    page, keys = person.page, person.page.keyboard
    Server(page)
    person.open("#evaluate/sets")
    person.shows("#add-set")
    page.focus("#add-set")
    keys.press("Enter")
    person.shows("#set-name")
    page.focus("#set-add")
    keys.press("Enter")
    report.check("a set without a name is refused at the name", person.focused() == "set-name" and page.inner_text("#set-name-fault") != "")
    keys.type("Our questions")
    page.focus("#set-lines")
    page.fill("#set-lines", '{"question": "Who?", "answer": "Lena"}\nno JSON')
    page.focus("#set-add")
    keys.press("Enter")
    report.check("a line that is no JSON is told by its number", "Line 2" in page.inner_text("#set-lines-fault"))
    look(person, report, options.out, "evaluate-faults")
    page.fill("#set-lines", '{"question": "Who?"}')
    page.focus("#set-add")
    keys.press("Enter")
    report.check("so is a question without what is right", "say what is right" in page.inner_text("#set-lines-fault"))
    page.route("**/v1/evaluations/sets", lambda route: route.abort())
    page.set_input_files("#set-file", {"name": "ours.jsonl", "mimeType": "application/x-ndjson",
                                       "buffer": b'{"question": "Who?", "answer": "Lena"}\r\n\n{"question": "Mars?", "unanswerable": true}\n'})
    report.check("a file's questions are counted", person.is_soon("document.querySelector('.slim-form [role=status]').textContent.startsWith('2 questions, 1')"))
    page.focus("#set-add")
    keys.press("Enter")
    report.check("a lost connection is said", person.shows("#page-evaluate .problem button"))
    report.check("and what was typed stays", "Mars" in page.input_value("#set-lines") and page.input_value("#set-name") == "Our questions")
    look(person, report, options.out, "evaluate-lost")
    page.unroute("**/v1/evaluations/sets")
    page.focus("#page-evaluate .problem button")
    keys.press("Enter")
    report.check("the retry adds it and shows it", person.is_soon("document.querySelector('#page-evaluate h1')?.textContent === 'Our questions'"))
    page.focus("#delete-set")
    keys.press("Enter")
    person.shows("dialog[open]")
    look(person, report, options.out, "evaluate-delete")
    page.locator("dialog[open] button", has_text="Delete it").focus()
    keys.press("Enter")
    report.check("deleting goes back to the sets, without it", person.is_soon(
        "location.hash === '#evaluate/sets' && document.querySelectorAll('#page-evaluate tbody tr').length === 2"))
    person.open("#evaluate/set/handbook")
    person.shows("#page-evaluate tbody tr")
    report.check("one that comes with Millrace cannot be deleted", page.locator("#delete-set").count() == 0)
    person.close()


def check_runs(browser, options, report):
    """Started, followed, cancelled, compared: by keyboard alone."""
    person = Person(browser, options.base, key=options.key)
    page, keys = person.page, person.page.keyboard
    server = Server(page)
    person.open("#evaluate/start?set=own")
    person.shows("#run-go")
    report.check("the set of the address is chosen", page.input_value("#run-set") == "own")
    page.focus("#add-variant")
    keys.press("Enter")
    report.check("another way of answering has the focus", person.focused() == "variant-2-name", person.focused())
    keys.type("wider")
    page.locator(".variant details summary").nth(1).focus()
    keys.press("Enter")
    page.focus("#variant-2-ef_search")
    keys.type("200")
    look(person, report, options.out, "evaluate-variants")
    page.focus("#run-go")
    keys.press("Enter")
    person.shows("#cancel-run")
    sent = server.started[-1] if server.started else {}
    report.check("what was chosen is sent", sent.get("set") == "own" and [way.get("settings") for way in sent["variants"]] == [None, {"ef_search": 200}],
                 json.dumps(sent))
    report.check("the run is shown with its progress", person.is_soon("document.querySelector('.run-progress')?.textContent === '37 of 100'"))
    page.focus("#cancel-run")
    keys.press("Enter")
    report.check("cancelling says so", person.is_soon("document.querySelector('#page-evaluate .lead')?.textContent.includes('cancelled')"))
    person.open("#evaluate")
    person.shows("#compare-a")
    for one in "ab":
        page.focus(f"#compare-{one}")
        keys.press("Space")
    report.check("two ticked runs can be compared", page.is_enabled("#compare-runs"))
    page.focus("#compare-runs")
    keys.press("Enter")
    report.check("each figure has a row for each run", person.shows(".figure-plot") and page.locator(".figure-plot").first.locator("li").count() == 2)
    report.check("what was lost comes first", person.is_soon("document.querySelector('#page-evaluate h3')?.textContent === '1 question lost, 1 won'")
                 and "Who leads" in page.locator("table:has(.clamp) tbody tr").first.inner_text())
    page.locator(".in-numbers summary").first.click()
    look(person, report, options.out, "evaluate-compared")
    person.open("#evaluate/run/a")
    person.shows(".outcomes a")
    look(person, report, options.out, "evaluate-outcomes")
    page.focus(".outcomes a")
    keys.press("Enter")
    report.check("a wrong answer is one press from its trace", person.shows(".waterfall li"))
    page.go_back()
    person.shows(".outcomes summary")
    page.locator(".outcomes summary").nth(2).click()
    report.check("markup in a question stays text", "<script>" in page.locator(".outcomes summary").nth(2).inner_text())
    person.open("#evaluate/run/c")
    report.check("a leak is warned of", person.shows("#page-evaluate .warning"))
    person.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--key", required=True, help="an API key with every scope")
    parser.add_argument("--only", help="only the checks with this word in their names")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("screenshots"))
    parser.add_argument("--browser", default=shutil.which("chromium"))
    options = parser.parse_args()
    options.base = options.base.rstrip("/")
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report()
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        for check in (check_views, check_sets, check_runs):
            if options.only and options.only not in check.__name__:
                continue
            try:
                check(browser, options, report)
            except Error as error:
                report.check(f"{check.__name__} comes to its end", False, error.message.splitlines()[0])
        browser.close()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
