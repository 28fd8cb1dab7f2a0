#!/usr/bin/env python3
"""Drives the shell of Millrace's page: rail, palette, keys, theme, signing in, what happens when the server is lost.

    python3 Tests/Browser/check_shell.py http://127.0.0.1:8080 --key mr_…

The server is one that lets anybody ask (`auth.anonymous_scopes` as it is by itself), with
`auth.principals_header` on for “view as”; the key has every scope. Needs what check_page.py needs. Prints one line
per check and `N passed, N failed`; exits 1 on a failure.
"""
import argparse
import gzip
import pathlib
import re
import shutil
import sys
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright

from check_page import Reader, Report, WIDTHS

FIRST_PAGE_GZIP = 24_000
FIRST_PAGE_RAW = 57_000
WIDTHS = WIDTHS | {"tablet": (768, 1024)}
EMPLOYEE = ["Ask", "Search", "Flows"]
ENGINEER = ["Ask", "Search", "Flows", "Sources", "Index", "Evaluate", "Keys and access"]


class Person(Reader):
    """A reader, signed in with a key where one is given; axe finds nothing of any weight."""

    def __init__(self, browser, base, size="desk", theme="light", key=None, **more):
        width, height = WIDTHS[size]
        more = {"viewport": {"width": width, "height": height}, **more}
        viewport = more.pop("viewport")
        self.context = browser.new_context(
            viewport=viewport, color_scheme=theme, reduced_motion="reduce", **more)
        self.base, self.name = base, f"{size}-{theme}"
        self.page = self.context.new_page()
        self.messages, self.hosts = [], set()
        self.page.on("console", lambda message: self.messages.append(message.text))
        self.page.on("pageerror", lambda error: self.messages.append(str(error)))
        if key:
            self.page.add_init_script(f"sessionStorage.setItem('millrace.key', '{key}')")

    def axe(self):
        found = Axe().run(self.page).response["violations"]
        return [f"{v['id']}, {v['impact']} ({v['nodes'][0]['target']})" for v in found]

    def tabs(self):
        return [text.strip() for text in self.page.eval_on_selector_all(
            "#page-list a", "links => links.filter(a => a.closest('details')?.open ?? true).map(a => a.innerText)")]

    def is_soon(self, expression, timeout=6000):
        """Looked at again and again from outside: the page's policy forbids what Playwright would wait with."""
        for _ in range(timeout // 100):
            if self.page.evaluate(expression):
                return True
            self.page.wait_for_timeout(100)
        return bool(self.page.evaluate(expression))

    def close(self):
        self.context.close()


def look(person, report, out, state):
    findings = person.axe()
    report.check(f"{state} ({person.name}): axe finds nothing", not findings, "; ".join(findings))
    report.check(f"{state} ({person.name}): nothing sticks out sideways", not person.overflows())
    person.page.screenshot(path=out / f"shell-{state}-{person.name}.png")


def check_first_page(browser, options, report):
    """Bytes, requests and movement of what comes before anybody has done anything."""
    person = Person(browser, options.base)
    sizes = {}

    def note(response):
        if response.ok and response.request.resource_type in ("document", "script", "stylesheet", "image", "other"):
            try:
                sizes[response.url] = (len(response.body()), len(gzip.compress(response.body(), 9)))
            except Error:
                pass
    person.page.on("response", note)
    # What is fetched ahead afterwards is no part of the first page.
    person.page.add_init_script("window.requestIdleCallback = () => 0")
    person.page.add_init_script("""window.shifted = 0; new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) window.shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true })""")
    person.open()
    person.page.wait_for_load_state("networkidle")
    raw, packed = (sum(size[i] for size in sizes.values()) for i in (0, 1))
    report.check(f"the first page is at most {FIRST_PAGE_GZIP} bytes compressed", packed <= FIRST_PAGE_GZIP, f"{packed}")
    report.check(f"the first page is under {FIRST_PAGE_RAW} bytes as it is", raw < FIRST_PAGE_RAW, f"{raw}")
    shifted = person.page.evaluate("window.shifted")
    report.check("nothing moves while the first page loads", shifted < 0.01, f"{shifted:.4f}")
    report.check("the cursor is in the question box", person.focused() == "question", person.focused())
    print(f"      first page: {len(sizes)} files, {raw} bytes, {packed} compressed, moved by {shifted:.4f}")
    person.close()


def check_rail(browser, options, report):
    for size in ("phone", "tablet", "desk", "wall"):
        for theme in ("light", "dark"):
            person = Person(browser, options.base, size, theme, options.key)
            person.open()
            person.page.wait_for_load_state("networkidle")
            look(person, report, options.out, "engineer")
            if size in ("phone", "tablet"):
                bar = person.tabs()
                report.check(f"the bar has whole words, four and “More” ({person.name})",
                             bar == ENGINEER[:4] and person.shows(".rail-more"), str(bar))
                person.page.click(".rail-more > summary")
                report.check(f"“More” has the other pages ({person.name})", person.tabs() == ENGINEER,
                             str(person.tabs()))
                look(person, report, options.out, "more")
                person.page.keyboard.press("Escape")
                heights = person.page.eval_on_selector_all(
                    "#page-list > li > a span", "spans => spans.map(span => span.offsetHeight)")
                report.check(f"no word in the bar is broken ({person.name})", max(heights) < 24, str(heights))
            else:
                report.check(f"the rail has every page ({person.name})", person.tabs() == ENGINEER, str(person.tabs()))
            small = person.page.eval_on_selector_all(
                "header :is(a, button, select, summary)", """all => all.filter(one => one.checkVisibility())
                .map(one => [one.innerText, one.getBoundingClientRect()])
                .filter(([, box]) => box.height < 24 || box.width < 24).map(([text]) => text)""")
            report.check(f"everything in the rail is large enough for a finger ({person.name})", not small, str(small))
            person.page.click("#access > summary")
            look(person, report, options.out, "menu")
            person.close()
    person = Person(browser, options.base)
    person.open()
    person.page.wait_for_load_state("networkidle")
    report.check("who may not use a page is not offered it", person.tabs() == EMPLOYEE, str(person.tabs()))
    person.open("#sources")
    report.check("whoever goes there by its address is told which right is missing",
                 person.is_soon("document.querySelector('#page-sources').innerText.includes('“ingest”')"))
    look(person, report, options.out, "refused")
    person.close()


def check_phone_bar(browser, options, report):
    """On a phone the bar and the box leave room to read, and nothing of them is out of reach."""
    person = Person(browser, options.base, "phone", key=options.key, has_touch=True, is_mobile=True)
    page = person.page
    person.open("#ask?q=Hotel%20limit%20per%20night%20in%20Europe%3F")
    person.wait_for_answer()
    page.wait_for_load_state("networkidle")
    bar_goes = "getComputedStyle(document.querySelector('.rail nav')).clipPath !== 'none'"
    bar_stands = "getComputedStyle(document.querySelector('.rail nav')).clipPath === 'none'"
    taken = page.evaluate("""document.querySelector('header.rail').offsetHeight - scrollY
        + innerHeight - document.querySelector('#composer').getBoundingClientRect().top""")
    report.check("header, box and bar together take less than a third of a phone’s screen at the top of a thread",
                 taken < 640 / 3, f"{taken:.0f}")
    fixed = page.evaluate("innerHeight - document.querySelector('#composer').getBoundingClientRect().top")
    report.check("and of what stays while one reads less than a fifth", fixed < 640 / 5, f"{fixed:.0f}")
    heights = page.eval_on_selector_all("#page-list > li > :is(a, details)", "all => all.map(one => one.offsetHeight)")
    report.check("what is in the bar is 44 pixels high and more", min(heights) >= 44, str(heights))
    look(person, report, options.out, "phone-thread")
    page.tap("#question")
    report.check("the bar goes while somebody types", person.is_soon(bar_goes))
    report.check("the box is as wide as the screen then, with what it asks of", person.shows("#scope > summary")
                 and page.evaluate("document.querySelector('#question').offsetWidth > 220"))
    look(person, report, options.out, "phone-typing")
    page.evaluate("document.activeElement.blur()")
    report.check("and comes back when they have typed", person.is_soon(bar_stands))
    page.evaluate("scrollTo(0, 0)")
    person.close()

    person = Person(browser, options.base, "phone", key=options.key, has_touch=True, is_mobile=True)
    page = person.page
    person.open("#search?query=certificate")
    report.check("the results are there", person.shows(".hits > li"))
    page.wait_for_load_state("networkidle")
    first = page.evaluate("document.querySelector('.hits > li').getBoundingClientRect().top")
    report.check("the first result is in the upper half of a phone’s screen", first < 320, f"{first:.0f}")
    finger = page.context.new_cdp_session(page)

    def drag(begin, end):
        finger.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": 150, "y": begin}]})
        for step in range(1, 21):
            finger.send("Input.dispatchTouchEvent", {
                "type": "touchMove", "touchPoints": [{"x": 150, "y": begin + (end - begin) * step / 20}]})
            page.wait_for_timeout(20)
        finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    drag(500, 200)
    report.check("the bar goes while a finger reads on", person.is_soon(bar_goes))
    drag(250, 400)
    report.check("and comes back when it goes back", person.is_soon(bar_stands))
    drag(500, 200)
    person.is_soon(bar_goes)
    page.evaluate("document.querySelector('#query').focus()")
    page.keyboard.press("Shift+Tab")
    for _ in range(12):
        if page.evaluate("document.activeElement.matches('.rail nav a')"):
            break
        page.keyboard.press("Shift+Tab")
    report.check("and for whoever tabs to it", page.evaluate("document.activeElement.matches('.rail nav *')")
                 and person.is_soon(bar_stands), person.focused())
    page.keyboard.press("Enter")
    report.check("and on every page that is gone to", person.is_soon(
        "!document.documentElement.hasAttribute('data-reading')"))
    person.close()

    person = Person(browser, options.base, key=options.key, viewport={"width": 640, "height": 320},
                    has_touch=True, is_mobile=True)
    person.open()
    person.page.wait_for_load_state("networkidle")
    report.check("on a phone that lies on its side the bar stays at the top of the page", person.page.evaluate(
        "getComputedStyle(document.querySelector('.rail nav')).position") == "relative")
    look(person, report, options.out, "phone-lying")
    person.close()


def check_cut(browser, options, report):
    """Each file of the page, and who asks, does not come the first time: the question is answered or kept, never lost."""
    question = "Hotel limit per night in Europe?"
    person = Person(browser, options.base, key=options.key)
    asked = []
    person.page.on("request", lambda request: asked.append(request.url))
    person.open()
    person.page.wait_for_load_state("networkidle")
    name = re.compile(r"/assets/([\w-]+)\.[0-9a-f]{16}(\.\w+)$|/(v1/me|v1/status)$")
    parts = sorted({url.removeprefix(options.base) for url in asked if name.search(url)})
    person.close()
    # Without these the page does not begin; check_before_script looks at that.
    parts = [part for part in parts if not re.search(r"/(app|theme|favicon)\.", part)]
    report.check("there are parts to do without", len(parts) > 8, str(parts))
    for part in parts:
        words = name.search(part)
        words = (words[1] or "") + (words[2] or "") or words[3]
        person = Person(browser, options.base, key=options.key)
        page = person.page
        cut = []

        def once(route):
            if cut:
                return route.continue_()
            cut.append(True)
            route.abort()
        page.route("**" + part, once)
        person.open()
        person.shows("#send:not([disabled])")
        page.fill("#question", question)
        page.keyboard.press("Enter")
        stands = ".turn .cite"
        person.shows(f"{stands}, #thread .problem button", 60_000)
        if page.locator("#thread .problem button").count():
            kept = page.input_value("#question") == question
            report.check(f"without {words} the question stays in the box", kept, page.input_value("#question"))
            page.locator("#thread .problem button").first.click()
        report.check(f"without {words} the first time, it is answered in the end", person.shows(stands, 60_000),
                     page.inner_text("#main")[:200])
        errors = [text for text in person.messages if "Failed to load" not in text and "ERR_FAILED" not in text]
        report.check(f"without {words} nothing breaks", not errors, "; ".join(errors))
        person.close()


def check_large_text(browser, options, report):
    for size in ("phone", "desk"):
        person = Person(browser, options.base, size, key=options.key)
        person.open()
        person.page.wait_for_load_state("networkidle")
        person.page.evaluate("document.documentElement.style.fontSize = '200%'")
        report.check(f"at 200 % text nothing sticks out sideways ({size})", not person.overflows())
        person.page.screenshot(path=options.out / f"shell-large-{size}.png")
        person.close()


def check_going(browser, options, report):
    person = Person(browser, options.base, key=options.key)
    page, keys = person.page, person.page.keyboard
    person.open()
    page.wait_for_load_state("networkidle")
    for tab, words in (("search", "Search"), ("access", "Keys and access"), ("sources", "Sources"), ("flows", "Flows")):
        page.click(f"#tab-{tab}")
        inside = person.is_soon(f"document.querySelector('#page-{tab}:not([hidden])')?.contains(document.activeElement)")
        report.check(f"going to {words} takes the focus there", inside, person.focused())
        report.check(f"the title says {words}", words in page.title() or words.split()[0] in page.title(), page.title())
        report.check(f"the rail says that {words} is shown",
                     page.get_attribute(f"#tab-{tab}", "aria-current") == "page")
    page.go_back()
    report.check("“back” shows the page before", person.is_soon("location.hash.startsWith('#sources')")
                 and person.shows("#page-sources:not([hidden])"))
    page.evaluate("document.querySelector('#skip').focus()")
    keys.press("Enter")
    report.check("the skip link leads into the page",
                 person.is_soon("document.querySelector('#page-sources').contains(document.activeElement)"))
    person.open("#nowhere/at/all?x=%zz")
    report.check("an address that is none shows Ask", person.shows("#page-ask:not([hidden])"))
    person.close()


def check_palette(browser, options, report):
    for size, theme in (("desk", "light"), ("phone", "dark")):
        person = Person(browser, options.base, size, theme, options.key)
        page, keys = person.page, person.page.keyboard
        person.open()
        page.wait_for_load_state("networkidle")
        keys.press("Control+k")
        report.check(f"Ctrl K opens the palette with the cursor in its box ({person.name})",
                     person.shows("#palette-box:focus"))
        look(person, report, options.out, "palette")
        keys.type("kya")
        first = page.locator("#palette-list [aria-selected=true]").inner_text()
        report.check(f"letters of a name find it ({person.name})", "Keys and access" in first, first)
        named = page.evaluate("document.getElementById(document.querySelector('#palette-box')"
                              ".getAttribute('aria-activedescendant'))?.getAttribute('aria-selected')")
        report.check(f"the box names the line that Enter takes ({person.name})", named == "true")
        keys.press("Enter")
        report.check(f"Enter goes there ({person.name})", person.is_soon("location.hash === '#access'"))
        keys.press("Control+k")
        page.fill("#palette-box", "how do I <b>change</b> a page?")
        look(person, report, options.out, "palette-question")
        keys.press("ArrowDown")
        keys.press("Enter")
        report.check(f"words can be searched from there ({person.name})",
                     person.is_soon("location.hash.startsWith('#search?query=how')"), page.url)
        keys.press("Control+k")
        keys.type("theme: dark")
        keys.press("Enter")
        report.check(f"the palette changes the theme ({person.name})",
                     page.evaluate("document.documentElement.dataset.theme") == "dark")
        page.evaluate("document.activeElement.blur()")
        keys.press("?")
        report.check(f"? lists the keys ({person.name})", person.shows(".keys-list[open]"))
        look(person, report, options.out, "keys")
        keys.press("Escape")
        report.check(f"Escape closes the list ({person.name})", not page.locator(".keys-list").is_visible())
        report.check(f"the console stays empty ({person.name})", not person.messages, "; ".join(person.messages))
        person.close()


def check_theme(browser, options, report):
    person = Person(browser, options.base)
    background = "getComputedStyle(document.body).backgroundColor"
    person.open()
    before = person.page.evaluate(background)
    button = person.page.get_by_role("button", name="Theme")
    shown = []
    for _ in range(3):
        shown.append(person.page.inner_text("#theme-name"))
        button.click()
    report.check("the theme is called Theme, and goes round by its button", shown == ["System", "Light", "Dark"], str(shown))
    button.focus()
    person.page.keyboard.press("Enter")
    person.page.keyboard.press("Enter")
    report.check("Dark changes the page, and is told", person.page.evaluate(background) != before
                 and person.page.text_content("#live") == "Theme: Dark", person.page.text_content("#live"))
    person.page.reload()
    report.check("the theme is remembered", person.page.evaluate(background) != before
                 and person.page.inner_text("#theme-name") == "Dark")
    person.close()


def check_view_as(browser, options, report):
    person = Person(browser, options.base)
    page = person.page
    person.open()
    page.wait_for_load_state("networkidle")
    page.click("#access > summary")
    if not page.locator("#principals").is_visible():
        print("      “view as” is not allowed by this server: not looked at")
        return person.close()
    page.fill("#principals", "user:nobody.else")
    page.keyboard.press("Enter")
    report.check("viewing as somebody is said above the page",
                 person.is_soon("document.querySelector('#notices').innerText.includes('user:nobody.else')"))
    look(person, report, options.out, "viewing")
    page.reload()
    report.check("it is still said after a reload", person.shows("#view-as-end"))
    page.click("#view-as-end")
    report.check("one click leads back", person.is_soon("document.querySelector('#notices').childElementCount === 0")
                 and page.evaluate("sessionStorage.getItem('millrace.principals')") == "")
    person.close()


def check_expired(browser, options, report):
    person = Person(browser, options.base, key=options.key)
    page = person.page
    person.open("#search")
    page.wait_for_load_state("networkidle")
    page.route("**/v1/search", lambda route: route.fulfill(
        status=401, content_type="application/problem+json",
        body='{"type":"urn:millrace:problem:unauthenticated","title":"Sign in","status":401}'))
    page.fill("#page-search input[type=search]", "what I typed")
    page.keyboard.press("Enter")
    report.check("a sign-in that expires in the middle is told in one sentence with a button",
                 person.shows("#sign-in-again"))
    page.unroute("**/v1/search")
    look(person, report, options.out, "expired")
    page.click("#tab-ask")
    page.fill("#question", "A question that nobody has sent?")
    page.click("#sign-in-again")
    report.check("the button leads to where one signs in", person.is_soon("document.activeElement.id === 'api-key'"))
    page.fill("#api-key", options.key)
    page.keyboard.press("Enter")
    report.check("once signed in, the line is gone", person.is_soon("!document.querySelector('#sign-in-again')"))
    report.check("what was typed is still there",
                 person.is_soon("document.querySelector('#question').value.startsWith('A question that')"))
    report.check("nothing was asked by itself", page.locator(".turn").count() == 0)
    person.close()
    # The same by way of a sign-in service: the browser leaves, and comes back to this address.
    person = Person(browser, options.base)
    page = person.page
    left = []

    def sign_in(route):
        left.append(route.request.url)
        route.fulfill(status=303, headers={"Location": options.base + "/#search"})
    page.route("**/auth/sign-in?*", sign_in)
    person.open("#search")
    page.wait_for_load_state("networkidle")
    page.route("**/v1/search", lambda route: route.fulfill(
        status=401, content_type="application/problem+json",
        body='{"type":"urn:millrace:problem:unauthenticated","title":"Sign in","status":401,"sign_in":"/auth/sign-in"}'))
    page.fill("#page-search input[type=search]", "first")
    page.keyboard.press("Enter")
    person.shows("#sign-in-again")
    page.fill("#page-search input[type=search]", "typed after that")
    page.click("#sign-in-again")
    page.wait_for_timeout(1500)
    report.check("signing in leads to the sign-in service and names this place",
                 bool(left) and "return=%2F%23search" in left[0], str(left))
    report.check("what was typed is there when the browser comes back",
                 person.is_soon("document.querySelector('#page-search input[type=search]')?.value === 'typed after that'"))
    person.close()


def check_before_script(browser, options, report):
    """A slow connection: the page is there before its script."""
    person = Person(browser, options.base)
    page = person.page
    held = []
    script = re.compile(r"/(shell/app|assets/app\.[0-9a-f]+)\.js$")
    page.route(script, lambda route: held.append(route))
    page.goto(options.base + "/", wait_until="commit")
    report.check("the question box is there before the script has come", person.shows("#question"))
    page.fill("#question", "Typed before")
    page.keyboard.press("Enter")
    report.check("a question cannot be sent into nothing", page.locator("#send").is_disabled() and "?" not in page.url, page.url)
    moved = page.evaluate("document.querySelector('.box').getBoundingClientRect().top")
    for route in held:
        route.continue_()
    report.check("it can be sent once the script is there", person.is_soon("!document.querySelector('#send').disabled"))
    person.is_soon("document.querySelector('.example')")
    report.check("what was typed stays", page.input_value("#question").strip() == "Typed before", page.input_value("#question"))
    now = page.evaluate("document.querySelector('.box').getBoundingClientRect().top")
    report.check("the box stays where it was", now == moved, f"{moved} → {now}")
    person.close()
    person = Person(browser, options.base)
    person.page.route(script, lambda route: route.abort())
    person.page.goto(options.base + "/#search?query=rotation", wait_until="commit")
    person.page.wait_for_selector("#commands", state="attached")
    # Nothing is painted before the looks have come.
    person.page.wait_for_function("document.styleSheets.length >= document.querySelectorAll('link[rel=stylesheet]').length")
    report.check("of an address of another page nothing of Ask is shown", not person.page.locator("#question").is_visible())
    person.close()
    person = Person(browser, options.base, "phone")
    page = person.page
    page.route(script, lambda route: route.abort())
    page.goto(options.base + "/", wait_until="commit")
    report.check("a page whose script does not come says so after a while",
                 person.shows("#late", 12_000) and page.locator("#late").evaluate("one => one.getBoundingClientRect().height") > 20)
    look(person, report, options.out, "late")
    page.unroute(script)
    page.reload()
    report.check("and not once it has come", person.is_soon("document.querySelector('.example')") and page.locator("#late").count() == 0)
    person.close()


def check_lost(browser, options, report):
    person = Person(browser, options.base)
    page = person.page
    person.open()
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(1500)
    # From here on nobody answers.
    page.route("**/*", lambda route: route.abort())
    question = "Will this question be lost?"
    page.fill("#question", question)
    page.keyboard.press("Enter")
    report.check("a server that dies before the first key press loses no question",
                 person.is_soon(f"document.querySelector('#question').value === '{question}'"),
                 page.input_value("#question"))
    report.check("an error and a retry are shown", person.shows(".problem button"))
    report.check("a calm line says that the server cannot be reached",
                 person.is_soon("document.querySelector('#notices').innerText.includes('cannot be reached')"))
    look(person, report, options.out, "lost")
    page.click("#tab-search")
    report.check("other pages are there all the same", person.shows("#page-search input[type=search]"))
    page.unroute("**/*")
    report.check("the line goes when the server is back",
                 person.is_soon("document.querySelector('#notices').childElementCount === 0", 20_000))
    person.context.set_offline(True)
    report.check("being offline is said", person.is_soon(
        "document.querySelector('#notices').innerText.includes('You are offline')"))
    look(person, report, options.out, "offline")
    person.context.set_offline(False)
    report.check("and no longer once the browser is online",
                 person.is_soon("document.querySelector('#notices').childElementCount === 0", 20_000))
    person.close()
    person = Person(browser, options.base, key=options.key)
    person.page.add_init_script("window.requestIdleCallback = () => 0")
    person.open()
    person.page.wait_for_load_state("networkidle")
    person.page.route("**/*", lambda route: route.abort())
    person.page.click("#tab-sources")
    report.check("a page whose files do not come says so, with a retry",
                 person.shows("#page-sources-note button"))
    look(person, report, options.out, "missing")
    person.page.unroute("**/*")
    person.page.click("#page-sources-note button")
    report.check("Retry brings it once the server is back", person.shows("#page-sources h1"))
    person.close()


def check_missing(browser, options, report):
    """A part of a page that does not come, and of which the browser says so again without asking."""
    person = Person(browser, options.base, key=options.key)
    page = person.page
    page.add_init_script("window.requestIdleCallback = () => 0")
    refused = []

    def refuse(route):
        # As a browser that keeps the failure: until the page is loaded anew.
        if loads[0] == 0:
            refused.append(route.request.url)
            return route.abort()
        return route.continue_()
    loads = [-1]
    page.on("request", lambda request: request.is_navigation_request() and loads.__setitem__(0, loads[0] + 1))
    page.route(re.compile(r"/index-page[^/]*\.js"), refuse)
    person.open()
    page.wait_for_load_state("networkidle")
    page.fill("#question", "Typed and not sent")
    page.click("#tab-index")
    report.check("a module that does not come is told in its page's place", person.shows("#page-index-note button"))
    page.click("#page-index-note button")
    report.check("Retry loads the page anew where the module still does not come",
                 person.shows("#page-index a:has-text('Overview')") and loads[0] == 1, f"{loads[0]} loads, {len(refused)} refused")
    page.click("#tab-ask")
    report.check("what was typed elsewhere is kept, and not sent",
                 person.is_soon("document.querySelector('#question').value === 'Typed and not sent'")
                 and page.locator(".turn").count() == 0, page.input_value("#question"))
    person.close()
    person = Person(browser, options.base, key=options.key)
    page = person.page
    page.add_init_script("window.requestIdleCallback = () => 0")
    part = re.compile(r"/palette[^/]*\.js")
    page.route(part, lambda route: route.abort())
    person.open()
    page.wait_for_load_state("networkidle")
    page.fill("#question", "Typed and not sent")
    page.click("#commands")
    report.check("a part that does not come is told above the page",
                 person.is_soon("document.querySelector('#notices .unloaded button') !== null"))
    look(person, report, options.out, "unloaded")
    page.unroute(part)
    # It loads the page anew: nothing of the old one can be asked meanwhile.
    with page.expect_navigation():
        page.click("#notices .unloaded button")
    report.check("the page that is loaded anew keeps what was typed",
                 person.is_soon("document.querySelector('#question')?.value === 'Typed and not sent'"))
    page.click("#commands")
    report.check("and has the part", person.shows(".palette[open]"))
    person.close()


def check_keyboard(browser, options, report):
    """From the top of the page to every page and the menu, without a mouse."""
    person = Person(browser, options.base, key=options.key)
    page, keys = person.page, person.page.keyboard
    person.open()
    page.wait_for_load_state("networkidle")
    page.evaluate("document.activeElement.blur()")
    seen = []
    for _ in range(24):
        keys.press("Tab")
        if person.focused() in ("", "question"):
            continue
        seen.append(person.focused())
        ring = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        report.check(f"the focus on “{seen[-1]}” can be seen", ring != "none", ring)
    wanted = ["skip", "brand", "commands", "tab-ask", "tab-access", "theme"]
    report.check("Tab goes through skip link, palette, pages and theme",
                 [one for one in wanted if one in seen] == wanted, str(seen))
    page.focus("#access > summary")
    keys.press("Enter")
    report.check("Enter opens the menu", page.locator("#who").is_visible())
    keys.press("Escape")
    report.check("Escape closes it, and the focus stays on it", not page.locator("#who").is_visible()
                 and page.evaluate("document.activeElement.tagName") == "SUMMARY")
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
    urllib.request.urlopen(options.base + "/healthz", timeout=10).close()
    report = Report()
    checks = [check_first_page, check_before_script, check_rail, check_phone_bar, check_large_text, check_going, check_palette, check_theme, check_view_as,
              check_expired, check_lost, check_missing, check_cut, check_keyboard]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        for check in checks:
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
