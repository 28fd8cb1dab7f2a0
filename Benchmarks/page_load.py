#!/usr/bin/env python3
"""Main-thread time of the first page of a running Millrace, on a processor slowed to a quarter.

    python3 Benchmarks/page_load.py http://127.0.0.1:8080

Needs `pip install playwright` and a Chromium. Each page is loaded in a new browser context with nothing kept, several
times in turn with two others, so that what the machine does besides falls on all alike: `about:blank`, which is what
the browser takes by itself, and the same HTML and stylesheet without any script, which is what a page that looks like
this one takes at least. The main thread's tasks are read from Chromium's own trace, from the navigation until nothing
has been asked for during two seconds, and told as medians of their processor time (what a task waited for a busy
machine is left out) with the range; the parts are the time of each kind of work without what is nested in it. The trace
itself takes its share. kB are those of the bodies, as they are and as they came packed.
"""
import argparse
import collections
import gzip
import http.server
import json
import pathlib
import re
import shutil
import statistics
import threading
import urllib.request

from playwright.sync_api import sync_playwright

CATEGORIES = "toplevel,devtools.timeline,loading,blink.user_timing,v8"
# Kinds of work by the names that the trace has for them; what is nested counts for the innermost.
KINDS = {
    "style": {"UpdateLayoutTree", "RecalculateStyles", "ParseAuthorStyleSheet", "Document::updateStyle"},
    "layout": {"Layout"},
    "paint": {"PrePaint", "Paint", "Layerize", "Commit", "CompositeLayers", "UpdateLayer", "Decode Image", "RasterTask"},
    "parse": {"ParseHTML"},
    "compile": {"v8.compile", "v8.compileModule", "V8.CompileCode", "v8.produceCache", "V8.CompileIgnition"},
    "script": {"EvaluateScript", "v8.evaluateModule", "FunctionCall", "RunMicrotasks", "TimerFire", "EventDispatch",
               "FireIdleCallback", "FireAnimationFrame", "v8.callFunction", "V8.Execute", "XHRReadyStateChange"},
    "memory": {"MinorGC", "MajorGC", "V8.GCScavenger", "BlinkGC.AtomicPhase"},
}
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names}
# Seconds without a request after which a page stands.
QUIET = 2
STANDS = "page-stands"
SCRIPTS = re.compile(rb"<script[^>]*>.*?</script>|<link[^>]*modulepreload[^>]*>", re.S)


class Bare(http.server.BaseHTTPRequestHandler):
    """The page at `base` without its scripts."""

    protocol_version = "HTTP/1.1"
    base = ""

    def do_GET(self):
        with urllib.request.urlopen(self.base + self.path, timeout=10) as response:
            body, kind = response.read(), response.headers["Content-Type"]
        if self.path == "/":
            # Shown as it looks once the script has taken it up.
            body = SCRIPTS.sub(b"", body).replace(b' aria-label="Ask" hidden', b' aria-label="Ask" class="empty"')
        body = gzip.compress(body)
        self.send_response(200)
        for name, value in (("Content-Type", kind), ("Content-Encoding", "gzip"), ("Content-Length", str(len(body)))):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def main_thread(events):
    """What the page's main thread did until it was marked as standing; other processes have main threads, too."""
    mark = next(e for e in events if e.get("name") == STANDS)
    return [e for e in events if (e["pid"], e["tid"]) == (mark["pid"], mark["tid"])
            and e.get("ph") == "X" and "dur" in e and e["ts"] < mark["ts"]]


def is_task(event):
    return event["name"] in ("RunTask", "ThreadControllerImpl::RunTask")


def taken(event):
    """Milliseconds of processor time; of the clock where the trace has no other."""
    return event.get("tdur", event["dur"]) / 1000


def summed(events):
    """Milliseconds by kind, of all tasks, and of the longest."""
    events = sorted(events, key=lambda e: (e["ts"], -e["dur"]))
    figures = collections.Counter({kind: 0.0 for kind in [*KINDS, "other"]})
    longest, total = 0.0, 0.0
    stack = []
    for event in events:
        while stack and event["ts"] >= stack[-1]["ts"] + stack[-1]["dur"]:
            stack.pop()
        if is_task(event) and not stack:
            total += taken(event)
            longest = max(longest, taken(event))
        if not stack and not is_task(event):
            continue
        kind = KIND_OF.get(event["name"], stack[-1]["kind"] if stack else "other")
        figures[kind] += taken(event)
        if stack:
            figures[stack[-1]["kind"]] -= taken(event)
        stack.append({**event, "kind": kind})
    return {**figures, "total": total, "longest": longest}


def load(browser, address, rate, keep=None):
    """Loads `address` once with nothing kept: its figures."""
    context = browser.new_context(viewport={"width": 1280, "height": 800})
    page = context.new_page()
    tools = context.new_cdp_session(page)
    tools.send("Network.enable")
    tools.send("Page.enable")
    tools.send("Emulation.setCPUThrottlingRate", {"rate": rate})
    sizes, requests = collections.Counter(), []
    tools.on("Network.requestWillBeSent", lambda e: requests.append(e["request"]["url"]))
    tools.on("Network.dataReceived", lambda e: sizes.update(raw=e["dataLength"], packed=e["encodedDataLength"]))
    events, ended = [], []
    tracer = browser.new_browser_cdp_session()
    tracer.on("Tracing.dataCollected", lambda e: events.extend(e["value"]))
    tracer.on("Tracing.tracingComplete", lambda e: ended.append(True))
    tracer.send("Tracing.start", {"transferMode": "ReportEvents", "traceConfig": {
        "recordMode": "recordAsMuchAsPossible", "includedCategories": CATEGORIES.split(",")}})
    # By the protocol itself: what a driver puts into a page to look at it is no part of the page.
    tools.send("Page.navigate", {"url": address})
    quiet, seen = 0, None
    while quiet < QUIET:
        page.wait_for_timeout(250)
        quiet = quiet + 0.25 if len(requests) == seen else 0
        seen = len(requests)
    tools.send("Runtime.evaluate", {"expression": f"performance.mark('{STANDS}')"})
    tracer.send("Tracing.end")
    while not ended:
        page.wait_for_timeout(20)
    context.close()
    if keep:
        keep.write_text(json.dumps({"traceEvents": events}))
    figures = summed(main_thread(events))
    start = min((e["ts"] for e in events if e.get("name") == "navigationStart"), default=0)
    shown = [e["ts"] for e in events if e.get("name") == "firstContentfulPaint"]
    return {**figures, "shown": (min(shown) - start) / 1000 if shown else 0, "requests": len(requests), **sizes}


def told(values, unit=""):
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{middle:,.0f}{unit}" + (f" ({low:,.0f}–{high:,.0f})" if low != high else "")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bases", metavar="base", nargs="+",
                        help="where Millrace runs, such as http://127.0.0.1:8080; several are compared in turn")
    parser.add_argument("--times", type=int, default=7, help="loads of each page (default: 7)")
    parser.add_argument("--rate", type=float, default=4, help="how many times slower the processor is made (default: 4)")
    parser.add_argument("--browser", default=shutil.which("chromium"), help="Chromium to use")
    parser.add_argument("--trace", type=pathlib.Path, help="keeps the trace of the last load, for Chromium's own viewer")
    parser.add_argument("--json", action="store_true", help="every load's figures, as JSON")
    options = parser.parse_args()
    bases = [base.rstrip("/") for base in options.bases]
    Bare.base = bases[0]
    bare = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Bare)
    threading.Thread(target=bare.serve_forever, daemon=True).start()
    pages = {"about:blank": "about:blank", "its HTML and stylesheet alone": f"http://127.0.0.1:{bare.server_port}/"}
    pages |= {"the first page" + (f" of {base}" if len(bases) > 1 else ""): base + "/" for base in bases}
    found = {name: [] for name in pages}
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=options.browser, args=["--no-sandbox"])
        # The browser's own first page takes longer than any other.
        load(browser, bases[0], 1)
        for _ in range(options.times):
            for name, address in pages.items():
                found[name].append(load(browser, address, options.rate, options.trace))
        browser.close()
    if options.json:
        print(json.dumps(found, indent=1))
        return
    columns = [*KINDS, "other"]
    print(f"| page | main thread, ms | longest task | first paint | {' | '.join(columns)} | requests | kB | packed |")
    print("|---" * (len(columns) + 7) + "|")
    for name, loads in found.items():
        of = lambda key: [one.get(key, 0) for one in loads]
        print(f"| {name} | {told(of('total'))} | {told(of('longest'))} | {told(of('shown'))} | "
              + " | ".join(f"{statistics.median(of(kind)):.0f}" for kind in columns)
              + f" | {statistics.median(of('requests')):.0f} | {statistics.median(of('raw')) / 1000:.1f}"
              + f" | {statistics.median(of('packed')) / 1000:.1f} |")


if __name__ == "__main__":
    main()
