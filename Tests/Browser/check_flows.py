#!/usr/bin/env python3
"""Drives the Flows page of a running Millrace in headless Chromium, and fails where somebody who draws flows would.

    python3 Tests/Browser/check_flows.py http://127.0.0.1:8080 [--starters FOLDER]

Needs `pip install playwright axe-playwright-python` and a Chromium; the server may keep flows of its caller. Makes
flows by mouse, by keyboard alone and in the table; refuses an edge; undoes; runs; compares, restores, publishes;
changes one flow in two windows; loses the connection; measures frames with 500 components; opens every starter flow
of FOLDER (Langflow exports). Everything it makes is deleted again. Screenshots go to --out. Prints one line per check
and `N passed, N failed`; exits 1 on a failure, 2 if it could not start.
"""
import argparse
import json
import pathlib
import shutil
import sys
import urllib.error
import urllib.request

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, sync_playwright

from check_page import WIDTHS, Reader, Report

WIDTHS.setdefault("tablet", (768, 1024))

NAMES = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(2)>",
    "long": "A name of three hundred signs " * 6 + "that ends",
    "override": "Rechnung \u202egnp.exe end",
    "arabic": "سير العمل للأسئلة والأجوبة",
}
FRAMES = 55
MOVES, MOVE_MS = 120, 5


class Flows:
    """Flows of the server, by its API; all of them are deleted in the end."""

    def __init__(self, base):
        self.base, self.made = base, []

    def ask(self, method, path, body=None):
        data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, method=method, data=data, headers={"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=30) as response:
            text = response.read()
        return json.loads(text) if text else None

    def make(self, flow):
        made = self.ask("POST", "/v1/flows", {"flow": flow})
        self.made.append(made["id"])
        return made["id"]

    def take(self, export):
        made = self.ask("POST", "/v1/flows/import?keep=true", export)["flows"][0]
        self.made.append(made["id"])
        return made

    def read(self, flow):
        return self.ask("GET", f"/v1/flows/{flow}")

    def save(self, flow, change, **more):
        now = self.read(flow)
        keys = ("name", "description", "inputs", "components", "edges", "output", "outputs")
        body = {key: now[key] for key in keys if key in now}
        change(body)
        return self.ask("PUT", f"/v1/flows/{flow}", {"flow": body, **more})

    def clean(self):
        listed = {flow["id"] for flow in self.ask("GET", "/v1/flows?limit=500")["flows"] if flow.get("id")}
        for flow in self.made:
            if flow in listed:
                self.ask("DELETE", f"/v1/flows/{flow}")


def echo(name="Echo", **more):
    return {
        "name": name,
        "components": [
            {"id": "in", "type": "ChatInput", "position": {"x": 0, "y": 0}},
            {"id": "out", "type": "ChatOutput", "position": {"x": 400, "y": 0}},
        ],
        "edges": [{"from": "in.message", "to": "out.message"}], "output": "out.message", **more,
    }


def open_flow(reader, flow, view="canvas"):
    reader.open(f"#flows/{flow}/{view}")
    reader.page.wait_for_selector(".fl-editor", timeout=15_000)
    reader.page.wait_for_timeout(700)


def node(reader, name):
    return reader.page.locator(f'.fl-node[data-id="{name}"]')


def port(reader, name, side, which):
    """The middle of a port on the screen."""
    box = node(reader, name).locator(f'[data-port="{side}:{which}"] .fl-mark').bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def pull(reader, start, end, steps=8):
    reader.page.mouse.move(*start)
    reader.page.mouse.down()
    reader.page.mouse.move(*end, steps=steps)
    reader.page.wait_for_timeout(60)


def place(reader, name):
    """Where a component lies on the canvas."""
    return node(reader, name).locator(".fl-box").evaluate("box => [+box.getAttribute('x'), +box.getAttribute('y')]")


def edges(reader):
    return reader.page.locator(".fl-edge").evaluate_all("all => all.map((edge) => edge.dataset.edge).sort()")


def nodes(reader):
    return reader.page.locator(".fl-node").evaluate_all("all => all.map((one) => one.dataset.id)")


def look(reader, report, out, state):
    """What must hold in every state: axe finds nothing at all, nothing sticks out; and a picture of it."""
    reader.page.wait_for_timeout(250)
    found = [(v["id"], v["impact"], n["target"]) for v in Axe().run(reader.page).response["violations"]
             for n in v["nodes"]]
    text = "; ".join(f"{rule} {impact} ({target})" for rule, impact, target in found[:4])
    report.check(f"{state} ({reader.name}): axe finds nothing", not found, text)
    report.check(f"{state} ({reader.name}): nothing sticks out sideways", not reader.overflows())
    reader.page.screenshot(path=out / f"flows-{state}-{reader.name}.png")


def check_list(reader, report, out, flows):
    for name in NAMES.values():
        flows.make(echo(name))
    reader.open("#flows")
    report.check(f"the list shows flows ({reader.name})", reader.shows(".fl-flow"))
    page = reader.page
    report.check(f"markup in a name stays text ({reader.name})",
                 page.locator(".fl-flow h2", has_text="<script>").count() > 0
                 and page.locator(".fl-flow img, .fl-flow script").count() == 0)
    look(reader, report, out, "list")
    page.fill("#fl-list-search", "Rechnung")
    report.check(f"searching narrows the list ({reader.name})",
                 page.locator(".fl-flow").count() == page.locator(".fl-flow", has_text="Rechnung").count() > 0)


def check_bodies(browser, options, report, flows):
    """The body of a loop is opened, changed, left and undone."""
    inner = {"components": [{"id": "made", "type": "DataOutput"}], "edges": [{"from": "input.item", "to": "made.value"}],
             "inputs": [{"name": "item", "type": "data"}], "outputs": {"result": "made.value"}}
    flow = flows.make(echo("With a body", components=[
        {"id": "in", "type": "ChatInput"}, {"id": "loop", "type": "Loop", "bodies": {"each": inner}}, {"id": "out", "type": "ChatOutput"}]))
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, flow)
    node(reader, "loop").click()
    page.click('button:has-text("Open the body")')
    page.wait_for_timeout(600)
    report.check("a body opens with what it is given", nodes(reader) == ["input", "made"] and len(edges(reader)) == 1, str(nodes(reader)))
    page.locator(".fl-view").focus()
    page.keyboard.press("a")
    page.keyboard.type("Pass")
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    report.check("a component is added to it", "pass" in nodes(reader))
    page.locator(".fl-crumbs button").first.click()
    page.wait_for_timeout(200)
    report.check("and the flow stands as it was", nodes(reader) == ["in", "loop", "out"], str(nodes(reader)))
    page.locator(".fl-view").focus()
    page.keyboard.press("Control+z")
    page.wait_for_timeout(200)
    report.check("undo leads back into the body", nodes(reader) == ["input", "made"], str(nodes(reader)))
    page.locator(".fl-crumbs button").first.click()
    page.click(".fl-add-button")
    box = page.locator('.fl-item:has-text("TextOutput")').bounding_box()
    frame = page.locator(".fl-view").bounding_box()
    pull(reader, (box["x"] + 20, box["y"] + 10), (frame["x"] + 400, frame["y"] + 500))
    page.mouse.up()
    page.wait_for_timeout(200)
    report.check("a component is dragged from the list", "text-output" in nodes(reader), str(nodes(reader)))
    page.locator(".fl-view").focus()
    for keys in ("Control+a", "Control+c", "Control+v"):
        page.keyboard.press(keys)
    page.wait_for_timeout(200)
    report.check("everything is copied and pasted", len(nodes(reader)) == 8, str(len(nodes(reader))))
    reader.context.close()


def check_states(reader, report, out, flows):
    flow = flows.make(echo(NAMES["long"], components=[
        {"id": "in", "type": "ChatInput", "title": NAMES["override"]}, {"id": "odd", "type": "NoSuchThing"},
        {"id": "prompt", "type": "PromptTemplate", "title": NAMES["arabic"],
         "parameters": {"template": "Hello {name} of {place}"}},
        {"id": "model", "type": "LanguageModel", "title": NAMES["markup"], "parameters": {"temperature": 9}},
        {"id": "out", "type": "ChatOutput"}]))
    page = reader.page
    for view in ("canvas", "table"):
        open_flow(reader, flow, view)
        report.check(f"an unknown component is told in the {view} ({reader.name})",
                     page.locator(".fl-banner", has_text="NoSuchThing").count() == 1)
        look(reader, report, out, f"faults-{view}")
    if reader.name.startswith("phone"):
        return
    open_flow(reader, flow)
    report.check(f"each faulty component is marked ({reader.name})",
                 page.locator(".fl-node.faulty").count() >= 2)
    report.check(f"a template's variables are ports ({reader.name})",
                 node(reader, "prompt").locator('[data-port="in:place"]').count() == 1)
    node(reader, "model").click()
    page.keyboard.press("Enter")
    report.check(f"the fault stands at its field ({reader.name})",
                 reader.shows('.fl-field:has(label:has-text("temperature")) .fl-error:not([hidden])'))
    look(reader, report, out, "fields")


def check_mouse(reader, report, flows):
    page = reader.page
    flow = flows.make({"name": "By mouse", "outputs": {}, "edges": [], "components": [
        {"id": "in", "type": "ChatInput", "position": {"x": 0, "y": 0}},
        {"id": "table", "type": "SQLQuery", "position": {"x": 0, "y": 240}},
        {"id": "ask", "type": "Ask", "position": {"x": 400, "y": 0}},
        {"id": "cite", "type": "Cite", "position": {"x": 400, "y": 240}}]})
    open_flow(reader, flow)
    question = node(reader, "ask").locator('[data-port^="in:"]').first.get_attribute("data-port").split(":")[1]
    pull(reader, port(reader, "in", "out", "message"), port(reader, "ask", "in", question))
    report.check("ports that fit light up while an edge is drawn", page.locator(".fl-port.fits").count() > 0)
    report.check("ports that do not fit are told apart", page.locator(".fl-port.unfit").count() > 0)
    page.mouse.up()
    report.check("an edge that fits is drawn", edges(reader) == [f"in.message → ask.{question}"], str(edges(reader)))
    pull(reader, port(reader, "table", "out", "table"), port(reader, "cite", "in", "draft"))
    page.mouse.up()
    words = page.locator(".fl-notice").inner_text()
    report.check("an edge that does not fit is refused with the reason in words",
                 len(edges(reader)) == 1 and "table" in words and "draft" in words, words)
    report.check("the reason is announced", "draft" in page.locator("#live").inner_text())
    pull(reader, port(reader, "ask", "out", node(reader, "ask").locator('[data-port^="out:"]').first.get_attribute("data-port")[4:]),
         port(reader, "in", "in", "message"))
    page.mouse.up()
    report.check("a circle is refused", len(edges(reader)) == 1 and ("circle" in page.locator(".fl-notice").inner_text()
                 or "nothing makes" in page.locator(".fl-notice").inner_text()), page.locator(".fl-notice").inner_text())
    before = place(reader, "table")
    box = node(reader, "table").locator(".fl-title").bounding_box()
    pull(reader, (box["x"] + 5, box["y"] + 5), (box["x"] + 85, box["y"] + 65))
    page.mouse.up()
    moved = place(reader, "table")
    x, y = moved
    report.check("a component is dragged, onto the grid", moved != before and x % 16 == 0 and y % 16 == 0, str(moved))
    page.keyboard.press("Control+z")
    report.check("undo puts it back", place(reader, "table") == before)
    page.keyboard.press("Control+Shift+z")
    report.check("redo moves it again", place(reader, "table") == moved)
    check_boxes(reader, report)


def check_boxes(reader, report):
    page = reader.page
    page.locator(".fl-controls button", has_text="Fit").click()
    page.wait_for_timeout(200)
    frame = page.locator(".fl-view").bounding_box()
    page.keyboard.down("Shift")
    pull(reader, (frame["x"] + 8, frame["y"] + 8), (frame["x"] + frame["width"] - 8, frame["y"] + frame["height"] - 70))
    page.mouse.up()
    page.keyboard.up("Shift")
    report.check("a box chooses what it touches", page.locator(".fl-node.chosen").count() == 4)
    page.locator(".fl-view").focus()
    page.keyboard.press("Control+d")
    page.wait_for_timeout(100)
    report.check("what is chosen is duplicated with its edges", len(nodes(reader)) == 8 and len(edges(reader)) == 2)
    page.keyboard.press("Delete")
    page.wait_for_timeout(100)
    report.check("Delete removes the copies", len(nodes(reader)) == 4)
    scene = ".fl-scene"
    before = page.locator(scene).evaluate("scene => scene.style.transform")
    page.mouse.move(frame["x"] + 300, frame["y"] + 60)
    page.mouse.wheel(40, 60)
    page.wait_for_timeout(150)
    report.check("the wheel pans", page.locator(scene).evaluate("scene => scene.style.transform") != before)
    point = "([x, y]) => { const m = new DOMMatrix(document.querySelector('.fl-scene').style.transform); return [(x - m.e) / m.a, (y - m.f) / m.a]; }"
    at = [300, 60]
    was = page.evaluate(point, at)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -120)
    page.keyboard.up("Control")
    page.wait_for_timeout(150)
    now = page.evaluate(point, at)
    report.check("zooming keeps what lies under the pointer", max(abs(was[0] - now[0]), abs(was[1] - now[1])) < 1, f"{was} {now}")


def check_map(browser, options, report, out, flows):
    """The small map: what it shows, where it leads, that it can be put away."""
    kinds = ["ChatInput", "PromptTemplate", "LanguageModel", "SQLQuery", "Ask", "ChatOutput"]
    flow = flows.make({"name": "With a map", "outputs": {}, "edges": [], "components": [
        {"id": f"n{i}", "type": kind, "position": {"x": 900 * i, "y": 400 * (i % 2)}} for i, kind in enumerate(kinds)]})
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, flow)
    report.check("the map shows every component", page.locator(".fl-map rect").count() == len(kinds))
    colours = page.locator(".fl-map rect").evaluate_all("all => new Set(all.map((one) => getComputedStyle(one).fill)).size")
    report.check("those of different kinds in different colours", colours >= 4, str(colours))
    sight = "document.querySelector('.fl-map-sight').getBoundingClientRect().left"
    before = page.evaluate(sight)
    frame, box = page.locator(".fl-view").bounding_box(), page.locator(".fl-map").bounding_box()
    page.mouse.move(frame["x"] + 300, frame["y"] + 60)
    page.mouse.wheel(400, 0)
    page.wait_for_timeout(400)
    report.check("what is in sight is shown on it, and moves along", page.evaluate(sight) > before + 2)

    def in_sight(name):
        at = node(reader, name).locator(".fl-box").bounding_box()
        return frame["x"] <= at["x"] and at["x"] + at["width"] <= frame["x"] + frame["width"]
    page.mouse.move(box["x"] + box["width"] - 10, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.wait_for_timeout(100)
    report.check("pointing at its end leads there", in_sight("n5") and not in_sight("n0"))
    page.mouse.move(box["x"] + 10, box["y"] + box["height"] / 2, steps=6)
    page.wait_for_timeout(100)
    report.check("dragging on it takes the window along", in_sight("n0") and not in_sight("n5"))
    page.mouse.up()
    report.check("nothing is chosen or moved by it", page.locator(".fl-node.chosen").count() == 0
                 and place(reader, "n5") == [4500, 400])
    look(reader, report, out, "map")
    page.click(".fl-map-button")
    report.check("it can be put away", not page.locator(".fl-map").is_visible())
    page.reload()
    open_flow(reader, flow)
    report.check("and stays so", not page.locator(".fl-map").is_visible())
    page.click(".fl-map-button")
    page.set_viewport_size({"width": 690, "height": 800})
    page.wait_for_timeout(100)
    report.check("a narrow screen has no room for it", not page.locator(".fl-map").is_visible()
                 and not page.locator(".fl-map-button").is_visible())
    report.check("the console stays empty (map)", not quiet(reader), "; ".join(quiet(reader)))
    reader.context.close()


def check_keyboard(browser, options, report, out, flows):
    """A small flow made without the mouse: new, add, fields, connect, save, run."""
    reader = Reader(browser, options.base)
    page, keys = reader.page, reader.page.keyboard
    reader.open("#flows")
    reader.shows("#fl-new")
    page.locator("#fl-new").focus()
    keys.press("Enter")
    page.wait_for_selector(".fl-dialog")
    keys.type("Made by keyboard")
    keys.press("Enter")
    page.wait_for_selector(".fl-view", timeout=10_000)
    flows.made.append(page.url.split("#flows/")[1].split("/")[0])
    page.locator(".fl-view").focus()
    for word in ("ChatInput", "PromptTemplate", "ChatOutput"):
        keys.press("a")
        page.wait_for_timeout(80)
        keys.press("Control+a")
        keys.type(word)
        keys.press("Enter")
        page.wait_for_timeout(150)
    report.check("components are added by keyboard", nodes(reader) == ["chat-input", "prompt-template", "chat-output"], str(nodes(reader)))
    report.check("what was added has the focus", page.evaluate("document.activeElement.dataset.id") == "chat-output")
    keys.press("Shift+Tab")
    report.check("Shift Tab goes to the component before", page.evaluate("document.activeElement.dataset.id") == "prompt-template")
    keys.press("Enter")
    page.wait_for_timeout(80)
    for _ in range(8):
        if page.evaluate("document.activeElement.tagName") == "TEXTAREA":
            break
        keys.press("Tab")
    keys.type("You said: {said}")
    page.wait_for_timeout(900)
    report.check("a variable that is typed becomes a port", node(reader, "prompt-template").locator('[data-port="in:said"]').count() == 1)
    keys.press("Escape")
    report.check("Escape goes back to the component", page.evaluate("document.activeElement.dataset.id") == "prompt-template")
    keys.press("c")
    page.wait_for_selector(".fl-ends")
    words = page.evaluate("document.activeElement.textContent")
    report.check("C offers what fits first", "message" in words, words)
    keys.press("Enter")
    page.wait_for_timeout(150)
    keys.press("Shift+Tab")
    keys.press("c")
    page.wait_for_selector(".fl-ends")
    page.keyboard.press("Shift+Tab")
    keys.type("said")
    page.wait_for_timeout(60)
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_timeout(500)
    wanted = ["chat-input.message → prompt-template.said", "prompt-template.prompt → chat-output.message"]
    report.check("ports are connected by keyboard", edges(reader) == wanted, str(edges(reader)))
    was = place(reader, "chat-input")
    keys.press("ArrowDown")
    report.check("an arrow key moves the component", place(reader, "chat-input") != was)
    for _ in range(2):
        keys.press("Control+z")
    page.wait_for_timeout(100)
    report.check("undo takes back move and connection", len(edges(reader)) == 1)
    for _ in range(2):
        keys.press("Control+Shift+z")
    page.wait_for_timeout(100)
    report.check("redo brings both again", len(edges(reader)) == 2)
    keys.press("Control+s")
    report.check("Control S saves", reader.shows('.fl-state:has-text("Saved, version 2")'), page.locator(".fl-state").inner_text())
    keys.press("Control+Enter")
    page.wait_for_timeout(100)
    keys.type("good morning")
    keys.press("Control+Enter")
    report.check("a run lights up the graph", reader.shows(".fl-node.finished"))
    report.check("its answer is shown", reader.shows('.fl-output:has-text("You said: good morning")', 15_000), page.locator(".fl-run").inner_text()[:300])
    report.check("each component shows its time", page.locator(".fl-figures").count() == 3)
    look(reader, report, out, "run")
    keys.press("Escape")
    keys.press("Escape")
    keys.press("Tab")
    report.check("Escape, then Tab leaves the canvas", page.evaluate("!document.activeElement.closest('.fl-node')"))
    report.check("the console stays empty (keyboard)", not quiet(reader), "; ".join(quiet(reader)))
    reader.context.close()


def quiet(reader):
    """What the console said that nobody caused on purpose."""
    return [message for message in reader.messages if "Failed to load resource" not in message]


def check_table(reader, report, out, flows):
    page = reader.page
    flow = flows.make({"name": "In the table", "components": [], "edges": [], "outputs": {}})
    open_flow(reader, flow, "table")
    for name in ("ChatInput", "ChatOutput"):
        page.select_option("#fl-add-type", name)
        page.locator('.fl-add button:has-text("Add")').press("Enter")
        page.wait_for_timeout(120)
    page.select_option("#fl-new-from", "chat-input.message")
    page.select_option("#fl-new-to", "chat-output.message")
    page.locator('.fl-add button:has-text("Connect")').press("Enter")
    page.wait_for_timeout(120)
    rows = page.locator(".fl-tables table").nth(1).locator("tbody tr").count()
    report.check(f"the table makes components and connections ({reader.name})", rows == 1)
    page.select_option("#fl-new-from", "chat-output.message")
    page.select_option("#fl-new-to", "chat-input.message")
    page.locator('.fl-add button:has-text("Connect")').press("Enter")
    report.check(f"the table refuses a circle in words ({reader.name})",
                 "circle" in page.locator(".fl-tables > .fl-error").inner_text())
    page.locator('.fl-tables button:has-text("Fields")').first.press("Enter")
    report.check(f"fields open from the table ({reader.name})", reader.shows(".fl-side .fl-title-field"))
    page.keyboard.press("Escape")
    look(reader, report, out, "table")


def check_conflict(browser, options, report, out, flows):
    flow = flows.make(echo("Two editors"))
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, flow)
    node(reader, "out").click()
    page.fill(".fl-title-field", "My title")
    flows.save(flow, lambda body: body.update(description="Theirs"), note="by the other editor")
    page.keyboard.press("Control+s")
    report.check("a save over another's version is not made silently", reader.shows('.fl-dialog:has-text("changed elsewhere")'))
    report.check("the other version still stands", flows.read(flow)["description"] == "Theirs")
    look(reader, report, out, "conflict")
    page.click('.fl-dialog button:has-text("See the difference")')
    report.check("the difference is shown on a canvas and in words",
                 reader.shows(".fl-compare .fl-node.changed") and page.locator(".fl-changes > li").count() >= 2)
    look(reader, report, out, "difference")
    page.click('.fl-dialog button:has-text("Save mine as the newest")')
    reader.shows('.fl-state:has-text("version 3")')
    now = flows.read(flow)
    titles = [component.get("title") for component in now["components"]]
    report.check("mine is saved as a version of its own", now["version"] == 3 and "My title" in titles, str(now["version"]))
    page.fill(".fl-title-field", "Another title")
    flows.save(flow, lambda body: body.update(description="Theirs again"))
    page.keyboard.press("Control+s")
    page.click('.fl-dialog button:has-text("Take theirs")')
    page.wait_for_timeout(300)
    report.check("theirs can be taken instead", page.locator(".fl-state").inner_text().startswith("Saved, version 4"))
    page.locator(".fl-view").focus()
    page.keyboard.press("Control+z")
    report.check("and mine be brought back", page.locator(".fl-node", has_text="Another title").count() == 1)
    reader.context.close()


def check_losses(browser, options, report, out, flows):
    """A lost connection, an ended sign-in and a reload in the middle of work."""
    flow = flows.make(echo("Losses"))
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, flow)
    node(reader, "out").click()
    page.fill(".fl-title-field", "Not lost")
    page.route(f"**/v1/flows/{flow}", lambda route: route.abort() if route.request.method == "PUT" else route.continue_())
    page.keyboard.press("Control+s")
    report.check("a save without a connection says so and what to do", reader.shows('.fl-banner:has-text("not saved")'))
    look(reader, report, out, "lost")
    page.unroute(f"**/v1/flows/{flow}")
    page.route(f"**/v1/flows/{flow}", lambda route: route.fulfill(
        status=401, content_type="application/problem+json", body='{"type": "urn:millrace:problem:unauthorized", "title": "Sign in", "status": 401, "detail": "Your session has ended."}')
        if route.request.method == "PUT" else route.continue_())
    page.locator('.fl-banner button:has-text("Save again")').click()
    report.check("an ended sign-in is told and the work kept", reader.shows('.fl-banner:has-text("sign-in has ended")')
                 and page.locator(".fl-node", has_text="Not lost").count() == 1)
    page.unroute(f"**/v1/flows/{flow}")
    page.wait_for_timeout(600)
    page.reload()
    page.wait_for_selector(".fl-editor")
    report.check("after a reload the unsaved work is offered", reader.shows('.fl-banner:has-text("not saved is in this browser")'))
    look(reader, report, out, "draft")
    page.click('.fl-banner button:has-text("Take it up")')
    report.check("and taken up", reader.shows('.fl-node:has-text("Not lost")'))
    page.keyboard.press("Control+s")
    reader.shows('.fl-state:has-text("Saved, version 2")')
    page.reload()
    page.wait_for_selector(".fl-editor")
    page.wait_for_timeout(500)
    report.check("what is saved is offered no more", page.locator('.fl-banner:has-text("not saved")').count() == 0)
    # The server has saved it, and dies before it can say so.
    node(reader, "out").click()
    page.fill(".fl-title-field", "Saved unheard")

    def unheard(route):
        if route.request.method != "PUT":
            return route.continue_()
        route.fetch()
        return route.abort()
    page.route(f"**/v1/flows/{flow}", unheard)
    page.keyboard.press("Control+s")
    reader.shows('.fl-banner:has-text("not saved")')
    page.unroute(f"**/v1/flows/{flow}")
    page.locator('.fl-banner button:has-text("Save again")').click()
    report.check("what was saved without an answer is no conflict with itself",
                 reader.shows('.fl-state:has-text("Saved, version 3")') and page.locator("dialog[open]").count() == 0
                 and flows.read(flow)["version"] == 3, page.locator(".fl-state").inner_text())
    page.route("**/v1/flows/*", lambda route: route.abort())
    reader.open("#flows/none-of-these")
    report.check("a flow that cannot be loaded says so, with a way on", reader.shows(".problem button"))
    page.unroute("**/v1/flows/*")
    reader.open("#flows/no-such-flow")
    report.check("a flow that is not there says so", reader.shows('.problem:has-text("no such flow")'))
    look(reader, report, out, "missing")
    reader.context.close()


def check_versions(browser, options, report, out, flows):
    flow = flows.make(echo("Versions"))
    flows.save(flow, lambda body: (body["components"].append({"id": "pass", "type": "Pass"}), body["components"][1].update(title="New title")), note="a second one")
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, flow)
    page.click("#fl-tab-versions")
    report.check("versions are listed", reader.shows(".fl-versions > li:nth-child(2)"))
    look(reader, report, out, "versions")
    page.click('button[aria-label="What changed in version 2"]')
    report.check("a difference shows added and changed components", reader.shows(".fl-compare .fl-node.added")
                 and page.locator(".fl-compare .fl-node.changed").count() == 1)
    page.wait_for_timeout(300)
    look(reader, report, out, "diff")
    page.keyboard.press("Escape")
    page.click('button[aria-label="Publish version 1"]')
    report.check("a version is published", reader.shows(".fl-published"))
    page.click('button[aria-label="Restore version 1"]')
    report.check("an earlier version is restored as the newest", reader.shows('.fl-state:has-text("Saved, version 3")'))
    report.check("its flow is open", len(nodes(reader)) == 2)
    reader.context.close()


def check_chat(browser, options, report, out, flows):
    flow = flows.make(echo("Talk"))
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, flow)
    page.click("#fl-tab-chat")
    page.fill("#fl-say", "hello there")
    page.keyboard.press("Enter")
    report.check("the playground answers", reader.shows('.fl-line-of.flow:has-text("hello there")'))
    report.check("the conversation is kept", reader.shows("#fl-session option:nth-child(2)", 5000) or page.locator("#fl-session option").count() == 2)
    look(reader, report, out, "chat")
    reader.context.close()


def check_read_only(browser, options, report, out, flows):
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, "question-answering")
    report.check("a flow of the settings is only shown, and says why", page.locator(".fl-banner", has_text="settings").count() == 1)
    page.locator(".fl-bar").get_by_role("button", name="Run", exact=True).click()
    reader.shows("#fl-run-input")
    report.check("what has not run names no steps", not page.locator(".fl-run h3", has_text="Steps").is_visible())
    page.locator(".fl-controls button", has_text="Fit").click()
    page.wait_for_timeout(400)
    node(reader, "fuse").click()
    page.keyboard.press("Delete")
    report.check("and cannot be changed", node(reader, "fuse").count() == 1)
    look(reader, report, out, "settings")
    flow = flows.make(echo("Of the future"))
    page.route(f"**/v1/flows/{flow}", lambda route: route.fulfill(json={**flows.read(flow), "lanes": []}))
    open_flow(reader, flow)
    report.check("a flow of another version opens only to read, and says what is unknown",
                 page.locator(".fl-banner", has_text="lanes").count() == 1 and page.locator('.fl-bar button:has-text("Save")').is_disabled())
    reader.context.close()


def check_bar(browser, options, report, out, flows):
    """The bar is one line; what has no room in it stands in its menu."""
    flow = flows.make(echo("Quarterly " + "very long name " * 10))
    for width in (1024, 1180, 1280, 1600):
        reader = Reader(browser, options.base)
        page = reader.page
        page.set_viewport_size({"width": width, "height": 800})
        open_flow(reader, flow)
        tops = page.eval_on_selector_all(".fl-bar > *", """parts => parts.filter((one) => one.offsetParent)
            .map((one) => { const { top, bottom } = one.getBoundingClientRect(); return Math.round((top + bottom) / 2); })""")
        report.check(f"at {width} px the bar is one line", max(tops) - min(tops) <= 6, str(tops))
        page.locator(".fl-more > summary").click()
        words = page.locator(".fl-bar button:visible").all_inner_texts()
        report.check(f"at {width} px everything is reached, and nothing twice", all(words.count(one) == 1 for one in ("Undo", "Redo", "Save", "Run"))
                     and len([one for one in words if "able" in one and one != "Enable"]) == 1, str(words))
        look(reader, report, out, f"bar-{width}")
        if width == 1024:
            page.locator(".fl-bar button", has_text="Show as table").click()
            report.check("the table is shown from the menu", page.locator(".fl-tables").is_visible())
        reader.context.close()
    flows.clean()


RECORD = """() => { window.frameTimes = []; window.recording = true;
  const step = (time) => { window.frameTimes.push(time); if (window.recording) requestAnimationFrame(step); };
  requestAnimationFrame(step); }"""
RATE = """() => { window.recording = false; const times = window.frameTimes;
  return 1000 * (times.length - 1) / (times.at(-1) - times[0]); }"""


def check_frames(browser, options, report, flows):
    """Frames a second while 500 components are panned and one of them is dragged, and what a move takes of the page's
    own thread, whatever else the machine does; the best of three."""
    components = [{"id": f"n{i}", "type": "CombineText", "title": f"Step {i}"} for i in range(500)]
    links = [(i - 25, i) for i in range(25, 500)] + [(i - 26, i) for i in range(26, 500, 3)]
    joins = [{"from": f"n{a}.message", "to": f"n{b}.texts"} for a, b in links]
    flow = flows.make({"name": "Five hundred", "components": components, "edges": joins, "outputs": {}})
    reader = Reader(browser, options.base)
    page = reader.page
    open_flow(reader, flow)
    page.wait_for_selector(".fl-node:nth-child(500)", state="attached")
    page.wait_for_timeout(1500)
    free = "() => { const v = document.querySelector('.fl-view').getBoundingClientRect(); for (let y = v.top + 60; y < v.bottom - 80; y += 7) for (let x = v.left + 300; x < v.right - 20; x += 7) if (document.elementFromPoint(x, y)?.classList.contains('fl-view')) return [x, y]; }"
    title = "() => { const v = document.querySelector('.fl-view').getBoundingClientRect(); for (const one of document.querySelectorAll('.fl-node .fl-title')) { const r = one.getBoundingClientRect(); if (r.left > v.left + 60 && r.right < v.right - 200 && r.top > v.top + 60 && r.bottom < v.bottom - 150) return [r.left + 4, r.top + 6]; } }"

    def rate(start, path):
        x, y = page.evaluate(start)
        page.mouse.move(x, y)
        page.mouse.down()
        page.evaluate(RECORD)
        before = thread_time()
        for i in range(MOVES):
            page.mouse.move(x + path[0] * i, y + path[1] * (i % 40))
        spent = (thread_time() - before) / MOVES
        frames = page.evaluate(RATE)
        page.mouse.up()
        page.keyboard.press("Control+z")
        page.wait_for_timeout(400)
        return frames, spent

    session = reader.context.new_cdp_session(page)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})

    def thread_time():
        figures = session.send("Performance.getMetrics")["metrics"]
        return next(1000 * figure["value"] for figure in figures if figure["name"] == "TaskDuration")

    for word, start, path in (("panning", free, (-2, -2)), ("dragging", title, (1.5, 2))):
        rates = [rate(start, path) for _ in range(3)]
        best, least = max(frames for frames, _ in rates), min(spent for _, spent in rates)
        print(f"figure {word} 500 components: {best:.1f} frames/s, {least:.2f} ms a move")
        report.check(f"{word} 500 components keeps {FRAMES} frames a second", best >= FRAMES, f"{best:.1f}")
        report.check(f"{word} takes at most {MOVE_MS} ms a move", least <= MOVE_MS, f"{least:.2f}")
    reader.context.close()


def check_starters(browser, options, report, out, flows):
    files = sorted(options.starters.glob("*.json"))
    report.check("there are starter flows to open", len(files) >= 27, f"{len(files)} in {options.starters}")
    reader = Reader(browser, options.base)
    page = reader.page
    opened = []
    for file in files:
        made = flows.take(file.read_bytes())
        open_flow(reader, made["id"])
        shown = set(nodes(reader)) - {"input"}
        wanted = {component["id"] for component in flows.read(made["id"])["components"]}
        boxes = page.evaluate("""() => [...document.querySelectorAll('.fl-node')].map((one) => {
          const box = one.querySelector('.fl-box');
          return [+box.getAttribute('x'), +box.getAttribute('y'), +box.getAttribute('width'), +box.getAttribute('height')]; })""")
        if shown == wanted:
            opened.append(file.stem)
        else:
            report.check(f"{file.stem} is shown whole", False, str(wanted ^ shown))
        page.locator(".fl-view").focus()
        page.keyboard.press("t")
        page.wait_for_timeout(150)
        page.keyboard.press("0")
        page.wait_for_timeout(400)
        boxes = page.evaluate("""() => [...document.querySelectorAll('.fl-node')].map((one) => {
          const box = one.querySelector('.fl-box');
          return [+box.getAttribute('x'), +box.getAttribute('y'), +box.getAttribute('width'), +box.getAttribute('height')]; })""")
        clash = [(a, b) for i, a in enumerate(boxes) for b in boxes[i + 1:]
                 if a[0] < b[0] + b[2] and b[0] < a[0] + a[2] and a[1] < b[1] + b[3] and b[1] < a[1] + a[3]]
        report.check(f"{file.stem} is laid out without overlaps", not clash, str(clash[:2]))
        page.screenshot(path=out / f"starter-{file.stem.replace(' ', '-')}.png")
    report.check(f"all {len(files)} starter flows are opened and shown whole", len(opened) == len(files), f"{len(opened)}")
    report.check("the console stays empty (starters)", not quiet(reader), "; ".join(quiet(reader)[:3]))
    reader.context.close()


def check_import(browser, options, report, out, flows):
    reader = Reader(browser, options.base)
    page = reader.page
    reader.open("#flows")
    reader.shows("#fl-import")
    page.click("#fl-import")
    page.fill("#fl-import-text", "no json {")
    page.click('button:has-text("See what becomes of it")')
    report.check("what is no JSON is told", reader.shows('.fl-report .fl-error:has-text("no JSON")'))
    page.fill("#fl-import-text", "{\"flows\": 3}")
    page.click('button:has-text("See what becomes of it")')
    report.check("what is no flow is told", reader.shows('.fl-report .fl-error:has-text("cannot be taken in")'))
    page.fill("#fl-import-text", json.dumps(echo("Of our own form")))
    page.click('.fl-dialog button:has-text("Keep it")')
    report.check("a flow of Millrace's own form is taken in", reader.shows('.fl-editor h1:has-text("Of our own form")'))
    flows.made.append(page.url.split("#flows/")[1].split("/")[0])
    page.keyboard.press("Escape")
    reader.open("#flows")
    reader.shows("#fl-import")
    page.click("#fl-import")
    files = sorted(options.starters.glob("*.json")) if options.starters else []
    wanted = [file for file in files if file.stem == "Meeting Summary"] or files[:1]
    if wanted:
        page.set_input_files("#fl-import-file", wanted[0])
        report.check("the report says what becomes of each node", reader.shows(".fl-standing", 15_000))
        look(reader, report, out, "import")
        page.click('.fl-dialog button:has-text("Keep it")')
        report.check("it is kept and opened", reader.shows(".fl-editor"))
        flows.made.append(page.url.split("#flows/")[1].split("/")[0])
    reader.context.close()


def check_all(browser, options, report, flows):
    chosen = options.only.split(",") if options.only else None
    out = options.out
    def wanted(name):
        return not chosen or name in chosen
    if wanted("states"):
        for size in ("phone", "tablet", "desk", "wall"):
            for theme in ("light", "dark"):
                reader = Reader(browser, options.base, size, theme)
                check_list(reader, report, out, flows)
                check_states(reader, report, out, flows)
                check_table(reader, report, out, flows)
                report.check(f"the console stays empty ({reader.name})", not quiet(reader), "; ".join(quiet(reader)[:3]))
                report.check(f"nothing is asked of another host ({reader.name})", len(reader.hosts) == 1, str(reader.hosts))
                reader.context.close()
                flows.clean()
    if wanted("mouse"):
        reader = Reader(browser, options.base)
        check_mouse(reader, report, flows)
        reader.context.close()
    if wanted("bodies"):
        check_bodies(browser, options, report, flows)
    for name, check in (("map", check_map), ("keyboard", check_keyboard), ("conflict", check_conflict), ("losses", check_losses), ("versions", check_versions),
                        ("chat", check_chat), ("readonly", check_read_only), ("bar", check_bar), ("import", check_import)):
        if wanted(name):
            check(browser, options, report, out, flows)
    if wanted("frames"):
        check_frames(browser, options, report, flows)
    if options.starters and wanted("starters"):
        check_starters(browser, options, report, out, flows)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--starters", type=pathlib.Path, help="folder of Langflow's starter flows")
    parser.add_argument("--only", help="states, mouse, bodies, map, keyboard, conflict, losses, versions, chat, readonly, bar, import, frames, starters; separated by commas")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("screenshots"),
                        help="folder for screenshots (default: screenshots)")
    parser.add_argument("--browser", default=shutil.which("chromium"),
                        help="Chromium to use (default: the system's, else playwright's own)")
    options = parser.parse_args()
    options.base = options.base.rstrip("/")
    options.out.mkdir(parents=True, exist_ok=True)
    report, flows = Report(), Flows(options.base)
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
            try:
                check_all(browser, options, report, flows)
            finally:
                browser.close()
                flows.clean()
    except urllib.error.URLError as error:
        print(f"{options.base} does not answer ({error.reason}); start it with scripts/run", file=sys.stderr)
        return 2
    except Error as error:
        report.check("the page can be driven to the end", False, error.message.splitlines()[0])
    return report.end()


if __name__ == "__main__":
    sys.exit(main())
