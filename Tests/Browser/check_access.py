#!/usr/bin/env python3
"""Drives “Keys and access” of a running Millrace: keys made, rotated and ended, the log, members, usage, settings.

    python3 Tests/Browser/check_access.py http://127.0.0.1:8080 --key mr_…

The key has every scope; keys that this makes are ended again. Needs what check_page.py needs. Prints one line
per check and `N passed, N failed`; exits 1 on a failure.
"""
import argparse
import json
import pathlib
import shutil
import sys

from playwright.sync_api import Error, sync_playwright

from check_page import Report
from check_shell import Person, look

EVIL = "<b>bold</b> 🚀 \u202egnp.exe " + "שלום " + "long " * 30
VIEWS = {"keys": "Keys", "new-key": "Make a key", "members": "Members", "member/user%3Alena.fischer": "user:lena.fischer",
         "sessions": "Sessions", "usage": "Usage", "audit": "Log", "settings": "Settings", "me": "Me"}


def answer(route, body, status=200):
    route.fulfill(status=status, content_type="application/json" if status < 400 else "application/problem+json",
                  body=json.dumps(body))


def check_known_late(browser, options, report):
    """The page stands before it is known who asks."""
    person = Person(browser, options.base, key=options.key)
    held = []
    person.page.route("**/v1/me", lambda route: held.append(route))
    person.open("#access/keys")
    report.check("a page that stands before it is known who asks shows what everybody may see",
                 person.is_soon("document.querySelector('#page-access h1')?.textContent === 'Me'"))
    for route in held:
        route.continue_()
    report.check("and what its address names as soon as that is known",
                 person.is_soon("document.querySelector('#page-access h1')?.textContent === 'Keys'"))
    person.close()


def check_typed_early(browser, options, report):
    """What is typed before it is known who asks stays: it is the same caller all along."""
    person = Person(browser, options.base, key=options.key)
    page = person.page
    # An administrator who was here before: the page is made at once.
    person.open("#access/keys")
    person.is_soon("document.querySelector('#page-access h1')?.textContent === 'Keys'")
    held = []
    page.route("**/v1/me", lambda route: held.append(route))
    person.open("#access/new-key")
    page.reload()
    person.shows("#key-name")
    page.fill("#key-name", "typed early")
    page.evaluate("form = document.querySelector('#key-name').form; 0")
    for route in held:
        route.continue_()
    page.unroute("**/v1/me")
    person.is_soon("document.querySelector('#access-label').textContent !== 'Sign in'")
    report.check("what was typed before it was known who asks stays",
                 page.input_value("#key-name") == "typed early"
                 and page.evaluate("form === document.querySelector('#key-name').form"))
    person.close()


def check_views(browser, options, report):
    for size in ("phone", "tablet", "desk"):
        for theme in ("light", "dark"):
            person = Person(browser, options.base, size, theme, options.key)
            for path, heading in VIEWS.items():
                person.open("#access/" + path)
                there = person.is_soon(f"document.querySelector('#page-access h1')?.textContent === {json.dumps(heading)}"
                                       " && !document.querySelector('#page-access [aria-busy]')")
                report.check(f"{path} has its heading ({person.name})", there)
                look(person, report, options.out, "access-" + path.split("/")[0])
            report.check(f"the console stays empty ({person.name})", not person.messages, "; ".join(person.messages))
            person.close()


def check_large_text(browser, options, report):
    for size in ("phone", "desk"):
        person = Person(browser, options.base, size, key=options.key)
        person.page.add_init_script("document.addEventListener('DOMContentLoaded',"
                                    " () => { document.documentElement.style.fontSize = '200%'; })")
        for path, heading in VIEWS.items():
            person.page.goto("about:blank")
            person.open("#access/" + path)
            person.is_soon("document.querySelector('#page-access h1') && !document.querySelector('#page-access [aria-busy]')")
            report.check(f"at 200 % text nothing of {heading} sticks out sideways ({size})", not person.overflows())
            person.page.screenshot(path=options.out / f"shell-access-large-{path.split('/')[0]}-{size}.png")
        person.close()


def check_life_of_a_key(browser, options, report):
    """Made, rotated and ended, by keyboard alone."""
    person = Person(browser, options.base, key=options.key)
    page, keys = person.page, person.page.keyboard
    person.open("#access/keys")
    person.shows("#make-key")
    page.focus("#make-key")
    keys.press("Enter")
    person.shows("#key-name")
    page.focus("#key-make")
    keys.press("Enter")
    report.check("a key without a name is refused at the name",
                 person.focused() == "key-name" and page.locator("#key-name-fault").inner_text() != "")
    keys.type(EVIL[:190])
    page.focus("#key-principals")
    keys.type("engineering")
    keys.press("Enter")
    report.check("a principal that is none is refused where it stands",
                 person.is_soon("document.activeElement.id === 'key-principals'")
                 and "“engineering”" in page.locator("#key-principals-fault").inner_text())
    look(person, report, options.out, "access-faults")
    page.fill("#key-principals", "group:engineering, group:engineering")
    page.focus("#key-may-admin")
    keys.press("Space")
    report.check("a key that may do everything is warned of", "everything" in page.locator(".warning").inner_text())
    keys.press("Space")
    page.focus("#key-name")
    keys.press("Enter")
    report.check("the secret is shown, and has the focus", person.is_soon("document.activeElement.id === 'secret'"))
    secret = page.input_value("#secret")
    report.check("it looks like a key", secret.startswith("mr_") and len(secret) > 30, secret[:6])
    look(person, report, options.out, "access-secret")
    keys.press("Escape")
    page.go_back()
    report.check("neither Escape nor “back” takes the secret away", page.locator("#secret").is_visible())
    page.go_forward()
    page.focus("#secret-stored")
    keys.press("Enter")
    report.check("“I have stored it” does, for good", person.is_soon("!document.querySelector('#secret')")
                 and secret not in page.content())
    report.check("the list has the key", person.is_soon("document.querySelector('.key-name')?.textContent.startsWith('<b>bold')"))
    look(person, report, options.out, "access-made")
    row = page.locator("tr", has_text="<b>bold</b>").first
    row.get_by_role("button", name="Rotate").focus()
    keys.press("Enter")
    person.shows("dialog[open] #overlap")
    look(person, report, options.out, "access-rotate")
    page.select_option("#overlap", "0")
    page.get_by_role("button", name="Make it").focus()
    keys.press("Enter")
    person.shows("#secret")
    report.check("rotating shows another secret", page.input_value("#secret") != secret)
    page.focus("#secret-stored")
    keys.press("Enter")
    person.shows(".said")
    row = page.locator("tr", has_text="<b>bold</b>").first
    row.get_by_role("button", name="End").focus()
    keys.press("Enter")
    person.shows("dialog[open]")
    report.check("ending names what stops working", "is refused from now on" in page.locator("dialog[open]").inner_text())
    look(person, report, options.out, "access-end")
    page.get_by_role("button", name="Cancel").click()
    report.check("cancelling ends nothing", row.get_by_role("button", name="End").is_visible())
    for _ in range(page.locator("tr", has_text="<b>bold</b>").count()):
        page.locator("tr", has_text="<b>bold</b>").first.get_by_role("button", name="End").click()
        page.get_by_role("button", name="End the key").click()
        person.shows(".said")
        page.wait_for_timeout(500)
    report.check("ended keys leave the list", page.locator("tr", has_text="<b>bold</b>").count() == 0)
    page.check("#show-ended")
    report.check("and can be looked at", page.locator("tr", has_text="<b>bold</b>").count() > 0)
    person.close()


def check_log(browser, options, report):
    person = Person(browser, options.base, key=options.key)
    page = person.page
    person.open("#access/audit")
    person.shows("tbody tr")
    page.click("#audit-verify")
    report.check("the log is verified, and says so", person.shows(".verdict"))
    report.check("every line fits", "fit" in page.locator(".verdict").inner_text(), page.locator(".verdict").inner_text())
    page.select_option("#audit-act", "key.created")
    person.is_soon("location.hash.includes('act=key.created')")
    acts = page.locator("tbody tr td:nth-child(3)").all_inner_texts()
    report.check("the filter leaves what it names", bool(acts) and all("key.created" in act for act in acts), str(acts[:3]))
    page.fill("#audit-actor", "nobody at all")
    page.keyboard.press("Enter")
    report.check("a filter that finds nothing says how far it looked",
                 person.is_soon("/0 of .* looked through/.test(document.querySelector('#audit-count')?.textContent)"))
    page.go_back()
    report.check("“back” undoes a filter", person.is_soon("document.querySelectorAll('tbody tr').length > 0"))
    page.route("**/v1/audit/verify", lambda route: answer(route, {"broken_at": 3, "count": 9, "head": "0" * 64}))
    page.click("#audit-verify")
    report.check("a log that was changed is told by its line", person.shows(".verdict.broken"))
    look(person, report, options.out, "access-broken")
    person.close()


def check_trouble(browser, options, report):
    person = Person(browser, options.base, key=options.key)
    page = person.page
    person.open("#access/new-key")
    person.shows("#key-name")
    page.wait_for_load_state("networkidle")
    page.fill("#key-name", "typed before the line broke")
    page.route("**/v1/keys", lambda route: route.abort())
    page.keyboard.press("Enter")
    report.check("a connection lost while a key is made is told as it is: it may have been made",
                 person.is_soon("document.querySelector('[role=alert]')?.textContent.includes('may have been made')"))
    report.check("what was typed stays", page.input_value("#key-name") == "typed before the line broke")
    look(person, report, options.out, "access-lost")
    page.unroute("**/v1/keys")
    page.route("**/v1/keys", lambda route: answer(route, {
        "type": "urn:millrace:problem:invalid-field", "title": "That is no name", "status": 422, "field": "name",
        "detail": "Another key has it."}, 422))
    page.focus("#key-name")
    page.keyboard.press("Enter")
    report.check("what the server refuses stands at its field",
                 person.is_soon("document.querySelector('#key-name-fault').textContent === 'Another key has it.'"))
    page.unroute("**/v1/keys")
    page.route("**/v1/keys", lambda route: route.abort())
    person.open("#access/keys")
    report.check("a list that does not come offers a retry", person.shows(".problem button"))
    page.unroute("**/v1/keys")
    page.click(".problem button")
    report.check("and comes with it", person.shows(".cards-table"))
    page.route("**/v1/keys", lambda route: answer(route, {"keys": []}))
    person.open("#access/members")
    person.open("#access/keys")
    report.check("no keys at all is said", person.shows(".nothing"))
    look(person, report, options.out, "access-empty")
    person.close()
    person = Person(browser, options.base)
    person.open("#access/keys")
    report.check("who is no administrator sees themselves alone",
                 person.is_soon("document.querySelector('#page-access h1')?.textContent === 'Me'")
                 and "Keys" not in person.page.locator(".sub-nav").inner_text())
    look(person, report, options.out, "access-nobody")
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
        for check in (check_known_late, check_typed_early, check_views, check_large_text, check_life_of_a_key, check_log, check_trouble):
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
