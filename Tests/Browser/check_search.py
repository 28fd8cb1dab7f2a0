#!/usr/bin/env python3
"""Drives the Search page of a running Millrace in headless Chromium, and fails where a reader would.

    python3 Tests/Browser/check_search.py http://127.0.0.1:8080 --query "on-call rotation"

Needs what check_page.py needs, and a corpus in which the query finds more than six results. Searches, narrows, turns
pages, shares the address, goes through the results by keyboard alone, and looks at the states that no small corpus
has (10,000 results, long and right-to-left titles, a server that is slow or gone), which the check answers itself.
axe-core looks at every state at three widths in both themes.
"""
import argparse
import json
import pathlib
import shutil
import sys
import urllib.parse

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright

from check_page import WIDTHS, Reader, Report

WIDTHS["tablet"] = (768, 1024)
LONG = "Handbook of the hydroelectric works " * 9
TITLES = [LONG, "דף הבית של הצוות (ארכיון)", "<script>alert(1)</script> & 🚢 \u202eevil", "", "x" * 300, "Tides"]


def made_results(count, offset=0, limit=20, sort=None):
    """A response as of a server that found `count` results."""
    results = [{
        "document_id": str(n), "chunk_id": n + 1, "title": TITLES[n % 6] or f"Page {n}", "space_key": "OPS", "space_name": "Operations",
        "ancestors": [{"id": "1", "title": "operations"}, {"id": "2", "title": "Harbour"}, {"id": "3", "title": LONG if n % 5 == 4 else "Tides"}],
        "heading_path": ["High water"], "kind": ["page", "comment", "attachment"][n % 3], "author": "Ann Lee", "labels": [f"label-{m}" for m in range(7)],
        "text": "Before it. The tide tables are rotated by hand. Tides turn twice a day.", "snippet": "The tide tables are rotated by hand.",
        "highlights": [[4, 8]], "score": 0.5, "updated_at": "2024-02-01T08:00:00Z", "url": f"https://wiki.example.org/pages/{n}", "anchor": None,
        "why": {"vector_rank": 1, "vector_score": 0.4, "keyword_rank": None, "keyword_score": None, "fused_score": 0.5},
        "copies": [{"chunk_id": 9, "document_id": "9", "title": "Tides", "space_key": "OLD", "space_name": "Old", "url": None}] if n == 2 else [],
    } for n in range(offset, min(offset + limit, count))]
    facet = lambda name, many: [{"value": f"{name}{n}", "name": f"{name} {n}", "count": many - n} for n in range(many)]
    return {"query": "tides", "mode": "hybrid", "count": count, "took_ms": 12, "results": results, **({"sort": sort} if sort else {}),
            "facets": {"spaces": facet("Space", 200), "labels": facet("label-", 40), "authors": facet("Author", 12),
                       "kinds": [{"value": "page", "name": "page", "count": max(0, count - 21)}, {"value": "comment", "name": "comment", "count": min(21, count)}]}}


class MadeSearch:
    """Answers searches in the server's place. `sort`: whether it orders by date, which not every version does."""

    def __init__(self, page, count=10_000, sort=False):
        self.asked, self.count, self.sort, self.how = [], count, sort, "answer"
        page.route("**/v1/search", self.answer)

    def answer(self, route):
        body = json.loads(route.request.post_data)
        self.asked.append(body)
        if self.how == "gone":
            return route.abort()
        if self.how == "hangs":
            return None
        if self.how in ("busy", "signed-out"):
            status = 503 if self.how == "busy" else 401
            return route.fulfill(status=status, content_type="application/problem+json", headers={"Retry-After": "3"},
                                 body=json.dumps({"title": "Too much to do just now", "status": status, "detail": "", "type": "x"}))
        order = body.get("sort", "relevance") if self.sort else None
        return route.fulfill(status=200, content_type="application/json",
                             body=json.dumps(made_results(self.count, body.get("offset", 0), body.get("limit", 20), order)))


def look(reader, report, out, state):
    found = [f"{v['id']} ({v['nodes'][0]['target']})" for v in Axe().run(reader.page).response["violations"]]
    report.check(f"{state} ({reader.name}): axe finds nothing", not found, "; ".join(found))
    report.check(f"{state} ({reader.name}): nothing sticks out sideways", not reader.overflows())
    reader.page.screenshot(path=out / f"{state}-{reader.name}.png")


def search_address(query, **more):
    return "#search?" + urllib.parse.urlencode({"query": query, **more})


def check_states(browser, base, report, out, query):
    for size in ("phone", "tablet", "desk", "wall"):
        for theme in ("light", "dark"):
            reader = Reader(browser, base, size, theme)
            page = reader.page
            reader.open("#search")
            report.check(f"before a search the page says what is searched ({reader.name})", reader.shows("#results .nothing"))
            look(reader, report, out, "search-empty")
            reader.page.goto("about:blank")
            reader.open(search_address(query))
            report.check(f"the address alone brings results ({reader.name})", reader.shows(".hit"))
            page.locator(".why summary").first.click()
            look(reader, report, out, "search-results")
            page.locator(".hit .title").first.click()
            report.check(f"a title opens the panel ({reader.name})", reader.shows("#panel[open] .here"))
            look(reader, report, out, "search-panel")
            page.keyboard.press("Escape")
            if size in ("phone", "tablet"):
                page.click(".facets-open")
                report.check(f"filters come as a sheet ({reader.name})", reader.shows(".facets-sheet[open]"))
                look(reader, report, out, "search-sheet")
                page.locator(".facets-sheet input[type=checkbox]").first.check()
                report.check(f"a tick in the sheet searches and leaves it open ({reader.name})",
                             reader.shows(".chosen") and page.locator(".facets-sheet[open]").count() == 1)
                page.keyboard.press("Escape")
            reader.page.goto("about:blank")
            reader.open(search_address("zzqq xyzzy", mode="keyword"))
            report.check(f"nothing found leads on ({reader.name})", reader.shows("#results .nothing .lead"))
            look(reader, report, out, "search-nothing")
            made = MadeSearch(page)
            reader.page.goto("about:blank")
            reader.open(search_address("tides"))
            report.check(f"10,000 results are counted ({reader.name})", reader.shows("#result-count:has-text('10,000 results')"))
            look(reader, report, out, "search-many")
            made.how = "busy"
            reader.page.goto("about:blank")
            reader.open(search_address("tides"))
            report.check(f"a busy server is told, with a retry ({reader.name})", reader.shows(".problem button"))
            look(reader, report, out, "search-error")
            report.check(f"the console stays empty ({reader.name})",
                         not [one for one in reader.messages if "503" not in one], "; ".join(reader.messages))
            reader.context.close()


def check_density(browser, base, report, out, query):
    reader = Reader(browser, base)
    reader.open(search_address(query))
    reader.shows(".hit")
    seen = reader.page.evaluate("[...document.querySelectorAll('.hit')].filter((hit) => hit.getBoundingClientRect().bottom <= innerHeight).length")
    report.check("at 1280 × 800 six results stand in the window", seen >= 6, f"{seen} do")
    ways = reader.page.locator(".hit .way").all_inner_texts()
    report.check("no way to a page names anything twice",
                 all(len(set(parts)) == len(parts) for parts in ([name.lower() for name in way.split(" › ")] for way in ways)), str(ways))
    phone = Reader(browser, base, "phone")
    words = "Unbrokenwordthatneverends" * 10
    made = made_results(9)
    for result in made["results"]:
        result["author"], result["ancestors"] = words, [{"id": "1", "title": words}, {"id": "2", "title": words}]
    phone.page.route("**/v1/search", lambda route: route.fulfill(status=200, content_type="application/json", body=json.dumps(made)))
    phone.open(search_address(query))
    phone.shows(".hit")
    high = phone.page.evaluate("Math.max(...[...document.querySelectorAll('.hit .facts > span')].slice(0, 9).map((fact) => fact.offsetHeight))")
    report.check("on a phone no name in a result takes more than two lines", high <= 48, f"{high}")
    look(phone, report, out, "long-names")
    phone.context.close()
    report.check("the count is told by kind", "pages" in reader.page.inner_text("#result-count"), reader.page.inner_text("#result-count"))
    marks = [text.lower() for text in reader.page.locator(".hit .snippet mark").all_inner_texts()]
    reader.page.locator(".hit", has=reader.page.locator(".snippet mark")).first.locator(".title").click()
    reader.shows("#panel[open] .here mark")
    panel = [text.lower() for text in reader.page.locator("#panel .here mark").all_inner_texts()]
    report.check("what is marked in the snippet is marked in the panel", bool(marks) and bool(set(panel) & set(marks)), f"{marks} {panel}")
    reader.context.close()


def check_filters(browser, base, report, out, query):
    reader = Reader(browser, base)
    page = reader.page
    reader.open(search_address(query))
    reader.shows(".hit")
    labels = page.locator("fieldset:has(legend:text-is('Label')) .check")
    before = labels.all_inner_texts()
    name, number = labels.first.inner_text().split("\n")
    labels.first.locator("input").check()
    reader.shows(".chosen")
    page.wait_for_load_state("networkidle")
    # Within a label the search looks further than without: it may find more, and never less.
    report.check("a label leaves as many results as was said, or more", int(page.inner_text("#result-count").split()[0]) >= int(number),
                 f"{name} {number}: {page.inner_text('#result-count')}")
    after = page.locator("fieldset:has(legend:text-is('Label')) .check").all_inner_texts()
    report.check("the other labels stay to choose from, with their counts", set(before[:5]) <= set(after), f"{before[:5]} {after[:9]}")
    report.check("the keyboard stays on the box", page.evaluate("document.activeElement.id").startswith("facet-labels-"))
    shared = page.url
    other = Reader(browser, base)
    other.page.goto(shared)
    other.shows(".hit")
    report.check("the address shares the filter", other.page.locator(".chosen li").count() == 1
                 and other.page.inner_text("#result-count") == page.inner_text("#result-count"))
    other.context.close()
    page.locator(".chosen button").click()
    report.check("a chosen filter is taken away by a press", reader.shows("#results:not(:has(.chosen))"))
    page.go_back()
    report.check("“back” brings it again", reader.shows(".chosen"))
    page.locator("#modes label", has_text="words").click()
    report.check("another mode keeps the filter, in the address as well", reader.shows("#results:not([aria-busy])")
                 and "mode=keyword" in page.url and "label=" in page.url, page.url)
    reader.context.close()


def check_keyboard(browser, base, report, out, query):
    reader = Reader(browser, base)
    page, keys = reader.page, reader.page.keyboard
    reader.open("#search")
    reader.shows("#query:focus")
    keys.type(query)
    keys.press("Enter")
    reader.shows(".hit")
    at = "[...document.querySelectorAll('.hit .title')].indexOf(document.activeElement)"
    keys.press("ArrowDown")
    report.check("↓ goes from the box to the first result", page.evaluate(at) == 0)
    keys.press("j")
    keys.press("ArrowDown")
    report.check("j and ↓ go on", page.evaluate(at) == 2)
    keys.press("k")
    report.check("k goes back", page.evaluate(at) == 1)
    with page.context.expect_page() as opened:
        keys.press("o")
    report.check("o opens the page in Confluence, in a tab of its own", opened.value is not None)
    opened.value.close()
    keys.press("Enter")
    report.check("Enter opens the panel", reader.shows("#panel[open]"))
    keys.press("Escape")
    report.check("Escape gives the keyboard back to the result", page.evaluate(at) == 1)
    keys.press("ArrowUp")
    keys.press("ArrowUp")
    report.check("↑ above the first goes to the box", reader.focused() == "query")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("ArrowRight")
    report.check("the mode is changed by arrow", reader.shows("[value=vector]:checked") and "mode=vector" in page.url)
    reader.context.close()


def check_many(browser, base, report, out, query):
    reader = Reader(browser, base)
    page = reader.page
    made = MadeSearch(page, sort=True)
    reader.open(search_address("tides", page=251))
    report.check("the address holds the page", reader.shows("#result-count:has-text('5,001–5,020')"))
    page.locator(".pages button", has_text="Next").click()
    report.check("pages are turned", reader.shows("#result-count:has-text('5,021–5,040')") and "page=252" in page.url)
    report.check("a turned page begins with its first result", page.evaluate("document.activeElement.matches('.hit:first-child .title')"))
    page.locator(".pages button", has_text="500").click()
    report.check("the last page is one press away", reader.shows("#result-count:has-text('9,981–10,000')"))
    report.check("the window holds one page of results", page.locator(".hit").count() == 20)
    report.check("no title became markup", page.locator(".hit script").count() == 0)
    # The order by date: offered where a response says its order.
    page.select_option("#search-sort", "updated")
    report.check("the order is asked of the server and stands in the address",
                 reader.shows("#results:not([aria-busy])") and made.asked[-1].get("sort") == "updated" and "sort=updated" in page.url)
    page.click("fieldset:has(legend:text-is('Space')) .more-values summary")
    page.fill("fieldset:has(legend:text-is('Space')) .facet-find", "space 199")
    report.check("one of 200 spaces is found by name",
                 page.locator("fieldset:has(legend:text-is('Space')) .facet-others .check:visible").count() == 1)
    reader.context.close()


def check_trouble(browser, base, report, out, query):
    reader = Reader(browser, base)
    page = reader.page
    made = MadeSearch(page, count=30)
    made.how = "gone"
    reader.open(search_address("tides"))
    report.check("a lost connection is told", reader.shows(".problem button"))
    report.check("and the words are kept", page.input_value("#query") == "tides")
    made.how = "answer"
    page.click(".problem button:has-text('Retry')")
    report.check("the retry brings results", reader.shows(".hit"))
    made.how = "signed-out"
    page.fill("#query", "other tides")
    page.keyboard.press("Enter")
    report.check("a sign-in that ended is told, and the words are kept",
                 reader.shows("#results .problem:has-text('signed in')") and page.input_value("#query") == "other tides")
    page.keyboard.press("Escape")
    made.how = "hangs"
    page.fill("#query", "slow tides")
    page.press("#query", "Enter")
    report.check("a slow search says so and can be stopped", reader.shows(".slow:has-text('Searching')"))
    report.check("a very slow one says that, too", reader.shows(".slow:has-text('Still searching')"))
    look(reader, report, out, "search-slow")
    page.click(".slow button")
    report.check("stopping keeps the words", page.input_value("#query") == "slow tides" and not page.locator("[aria-busy]").count())
    made.how, made.count = "answer", 0
    page.press("#query", "Enter")
    report.check("the same words can be searched again", reader.shows("#results .nothing"))
    page.goto("about:blank")
    reader.open("#search?query=%E0%A4%A&mode=nonsense&page=-7&after=yesterday")
    report.check("an address of nonsense is shown all the same", reader.shows("#query"))
    reader.context.close()


def check_found(browser, base, report, out, query):
    """What a service found in the passages: narrowed by, and told beside a passage."""
    for size, theme in (("desk", "light"), ("phone", "dark")):
        reader = Reader(browser, base, size, theme)
        page, asked = reader.page, []

        def answer(route):
            asked.append(json.loads(route.request.post_data))
            made = made_results(3)
            for n, result in enumerate(made["results"]):
                result["insights"] = {
                    "language": "de" if n else "en", "sentiment": ["neutral", "negative", "neutral"][n],
                    "entities": [{"text": "Rotterdam" if n else "ROTTERDAM", "type": "LOCATION"}, {"text": f"<b>Ann {n}</b>", "type": "PERSON"}],
                    "key_phrases": [f"the tide table {m}" for m in range(20)] if n == 0 else []}
            route.fulfill(status=200, content_type="application/json", body=json.dumps(made))
        page.route("**/v1/search", answer)
        page.route("**/v1/chunks/*/context", lambda route: route.fulfill(status=404, body="{}"))
        reader.open(search_address("tides"))
        reader.shows(".hit")
        if size == "phone":
            page.click(".facets-open")
        group = page.locator("fieldset:has(legend:text-matches('^Named'))")
        report.check(f"names are counted whatever their case ({reader.name})",
                     group.locator(".check").first.inner_text().split() == ["ROTTERDAM", "3"], group.inner_text())
        report.check(f"language and tone are named in words ({reader.name})",
                     page.locator("fieldset:has(legend:text-matches('^Language')):has-text('German')").count() == 1
                     and page.locator("fieldset:has(legend:text-matches('^Tone')):has-text('negative')").count() == 1)
        look(reader, report, out, "search-found")
        group.locator("input").first.check()
        report.check(f"a tick narrows by a name, and the address says so ({reader.name})",
                     reader.shows(".chosen:has-text('ROTTERDAM')") and asked[-1]["filters"] == {"entities": ["rotterdam"]}
                     and "entity=rotterdam" in page.url, f"{asked[-1]} {page.url}")
        page.keyboard.press("Escape")
        page.locator(".hit .title").first.click()
        reader.shows("#panel[open]")
        page.locator(".found-in summary").click()
        told = page.locator(".found-in dl").inner_text()
        report.check(f"a passage tells its names, phrases, tone and language ({reader.name})",
                     all(one in told for one in ("ROTTERDAM (place)", "<b>Ann 0</b> (person)", "and 8 more", "neutral", "English")), told)
        look(reader, report, out, "search-found-panel")
        reader.context.close()


def check_large_text(browser, base, report, out, query):
    reader = Reader(browser, base)
    MadeSearch(reader.page)
    reader.open(search_address("tides"))
    reader.shows(".hit")
    reader.page.evaluate("document.documentElement.style.fontSize = '200%'")
    report.check("at 200 % text nothing sticks out sideways", not reader.overflows())
    reader.page.screenshot(path=out / "search-large-text.png")
    reader.context.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--query", default="on-call rotation", help="words that find more than six results")
    parser.add_argument("--only", default="", help="run only the checks whose name contains this")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("screenshots"), help="folder for screenshots")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="Chromium to use")
    options = parser.parse_args()
    base = options.base.rstrip("/")
    options.out.mkdir(parents=True, exist_ok=True)
    report = Report()
    checks = [check_states, check_density, check_filters, check_keyboard, check_many, check_found, check_trouble, check_large_text]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        try:
            for check in checks:
                if options.only not in check.__name__:
                    continue
                try:
                    check(browser, base, report, options.out, options.query)
                except Error as error:
                    report.check(f"{check.__name__} can be driven to the end", False, error.message.splitlines()[0])
        finally:
            browser.close()
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
