#!/usr/bin/env python3
"""What the first page takes of a browser's main thread, on a processor slowed fourfold, beside an empty page.

    python3 Benchmarks/page_load.py http://127.0.0.1:8080

By Chromium's tracing: processor time of all tasks of the page's main thread, from the navigation until the page is
usable, which is when the frame is drawn that shows what is searched and the examples. Nothing is cached, and nothing is
put into the page: Chromium is spoken to over its pipe. The empty page, one word without style or script, tells what the
browser takes for itself on this machine at this time. Prints the least and the median of the runs, and how busy the
machine was. Needs a Chromium alone.
"""
import argparse
import base64
import collections
import json
import os
import select
import shutil
import statistics
import subprocess
import tempfile
import time

CATEGORIES = "-*,toplevel,devtools.timeline,blink.user_timing,__metadata"
EMPTY = "data:text/html,<!doctype html><html lang=en><title>Empty</title><p>Empty"
SLOWED = 4
TASKS = ("RunTask", "ThreadControllerImpl::RunTask")
ANSWERS = ("/v1/me", "/v1/status")


class Chromium:
    """A browser without a window, and its protocol (`--remote-debugging-pipe`): JSON, with a zero byte after each."""

    def __init__(self, path):
        inward, self.writing = os.pipe()
        self.reading, outward = os.pipe()

        def give_pipes():
            # Moved out of the way first: one may be the other's place.
            os.dup2(inward, 60)
            os.dup2(outward, 61)
            os.dup2(60, 3)
            os.dup2(61, 4)
        self.folder = tempfile.mkdtemp()
        self.process = subprocess.Popen(
            [path, "--headless=new", "--no-sandbox", "--remote-debugging-pipe", f"--user-data-dir={self.folder}",
             "--no-first-run", "--disable-extensions", "--disable-background-networking", "--window-size=1280,800",
             # With a mouse, as at a desk: the cursor is put into the box then, and the keys are named.
             "--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4"],
            preexec_fn=give_pipes, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(inward)
        os.close(outward)
        self.rest, self.sent, self.events = b"", 0, []

    def message(self, until):
        while b"\0" not in self.rest:
            if not select.select([self.reading], [], [], max(0, until - time.monotonic()))[0]:
                raise TimeoutError("Chromium does not answer")
            part = os.read(self.reading, 1 << 20)
            if not part:
                raise EOFError("Chromium has ended")
            self.rest += part
        text, _, self.rest = self.rest.partition(b"\0")
        return json.loads(text)

    def call(self, method, session=None, **parameters):
        self.sent += 1
        told = {"id": self.sent, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self.writing, json.dumps(told).encode() + b"\0")
        until = time.monotonic() + 60
        while True:
            message = self.message(until)
            if message.get("id") == self.sent:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)

    def event(self, method):
        until = time.monotonic() + 60
        while True:
            for index, event in enumerate(self.events):
                if event.get("method") == method:
                    return self.events.pop(index)["params"]
            self.events.append(self.message(until))

    def close(self):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def traced(browser, address, seconds):
    """The events of loading `address` in a tab of its own."""
    tab = browser.call("Target.createTarget", url="about:blank")["targetId"]
    session = browser.call("Target.attachToTarget", targetId=tab, flatten=True)["sessionId"]
    browser.call("Emulation.setCPUThrottlingRate", session, rate=SLOWED)
    browser.call("Network.enable", session)
    browser.call("Network.setCacheDisabled", session, cacheDisabled=True)
    browser.call("Page.enable", session)
    time.sleep(0.5)
    browser.call("Tracing.start", transferMode="ReturnAsStream", traceConfig={
        "includedCategories": CATEGORIES.split(","), "excludedCategories": ["*"]})
    browser.events.clear()
    browser.call("Page.navigate", session, url=address)
    browser.event("Page.loadEventFired")
    time.sleep(seconds)
    browser.call("Tracing.end")
    stream, text, end = browser.event("Tracing.tracingComplete")["stream"], b"", False
    while not end:
        part = browser.call("IO.read", handle=stream, size=1 << 22)
        text += base64.b64decode(part["data"]) if part.get("base64Encoded") else part["data"].encode()
        end = part["eof"]
    browser.call("IO.close", handle=stream)
    browser.call("Target.closeTarget", targetId=tab)
    return json.loads(text)["traceEvents"]


def work(events, address, answers=()):
    """Milliseconds of processor time of the main thread's tasks until the first drawing after `answers` have come."""
    begin = [e for e in events if e["name"] == "navigationStart" and address[:30] in json.dumps(e.get("args", {}))][-1]
    process = begin["pid"]
    main = next(e["tid"] for e in events if e["name"] == "thread_name" and e["pid"] == process
                and e["args"]["name"] == "CrRendererMain")
    mine = sorted((e for e in events if (e["pid"], e["tid"]) == (process, main) and e["ph"] == "X"
                   and e["ts"] >= begin["ts"]), key=lambda e: e["ts"])
    end = float("inf")
    if answers:
        urls = {e["args"]["data"]["requestId"]: e["args"]["data"]["url"]
                for e in events if e["name"] == "ResourceSendRequest"}
        come = max(e["ts"] for e in events if e["name"] == "ResourceFinish"
                   and urls.get(e["args"]["data"]["requestId"], "").endswith(answers))
        end = next(e["ts"] for e in mine if e["name"] == "Paint" and e["ts"] > come)
    total, over = 0, 0
    for task in mine:
        # A task may have others in it.
        if task["name"] in TASKS and over <= task["ts"] <= end:
            total += task.get("tdur", task["dur"])
            over = task["ts"] + task["dur"]
    return total / 1000


def processors():
    """Ticks of all processors, and those of them in which nothing ran."""
    with open("/proc/stat", encoding="ascii") as file:
        ticks = [int(word) for word in file.readline().split()[1:]]
    return sum(ticks), ticks[3] + ticks[4]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bases", nargs="+", help="where Millrace runs, such as http://127.0.0.1:8080")
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--browser", default=shutil.which("chromium"))
    options = parser.parse_args()
    pages = {"empty": (EMPTY, ()), **{base: (base.rstrip("/") + "/", ANSWERS) for base in options.bases}}
    browser, figures, before = Chromium(options.browser), collections.defaultdict(list), processors()
    try:
        for _ in range(options.runs):
            for name, (address, answers) in pages.items():
                figures[name].append(work(traced(browser, address, 1), address, answers))
    finally:
        browser.close()
    after = processors()
    for name, values in figures.items():
        print(f"{name}: least {min(values):.0f} ms, median {statistics.median(values):.0f} ms")
    share = 1 - (after[1] - before[1]) / max(1, after[0] - before[0])
    print(f"processors busy {100 * share:.0f} % of the time, load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")


if __name__ == "__main__":
    main()
