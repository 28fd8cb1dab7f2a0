#!/usr/bin/env python3
"""Stands in front of a server that plays AWS, and lets the first requests of a place meet faults, one each.

Prints `listening on PORT`, then serves until its standard input closes. A place is made by

    POST / {"upstream": PORT, "faults": [NAME, …]}    answers {"port": PORT}: what comes there goes upstream

and passes on what is left when its faults are used up, unchanged, the `Host` of the signature included.

    throttle     asks for fewer requests, in the words of the protocol that the request is in
    5xx          an internal error, likewise
    expired      says that the keys are over, likewise
    cut          half of upstream's answer, then the connection is closed
    stall        half of upstream's answer, then silence until the client goes, or for 60 s
    truncated    half of upstream's answer as if that were all of it
    corrupt      upstream's answer with one byte changed: of an event stream in the middle, else the first
    empty        upstream's status and headers, and no body
    page         200 with a page for people, as of a network that wants a login first
    mislabelled  upstream's answer as if it were such a page
    redirect     307 to somewhere else

Behind `cut`, `stall`, `truncated` and `corrupt` may stand where in an event stream that is: `cut@3` behind the third
event, `cut@3.5` within the one that follows.
"""
import http.client
import json
import os
import re
import resource
import select
import selectors
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

SILENCE_SECONDS = 60
EXPIRED = "The security token included in the request is expired"
HOP_BY_HOP = {"connection", "keep-alive", "transfer-encoding", "accept-encoding", "content-length", "date", "server"}
# Status, code and message by the kind of protocol.
REFUSALS = {
    "throttle": {"json": (400, "ThrottlingException"), "s3": (503, "SlowDown"), "query": (400, "Throttling"),
                 "search": (429, "circuit_breaking_exception")},
    "5xx": {"json": (500, "InternalServerException"), "s3": (500, "InternalError"), "query": (500, "InternalFailure"),
            "search": (503, "cluster_block_exception")},
    "expired": {"json": (400, "ExpiredTokenException"), "s3": (400, "ExpiredToken"), "query": (403, "ExpiredToken"),
                "search": (403, "")},
}
PAGE = b"<html><body>Sign in to use this network.</body></html>"
MESSAGES = {"throttle": "Please reduce your request rate.", "5xx": "An internal error occurred.", "expired": EXPIRED}


def kind_of(headers):
    scope = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", headers.get("Authorization", ""))
    service = scope[1] if scope else ""
    if service in ("es", "aoss"):
        return "search"
    if service == "s3":
        return "s3"
    return "query" if "x-www-form-urlencoded" in headers.get("Content-Type", "") else "json"


def refusal(fault, kind):
    """A refusal's status, headers and body."""
    status, code = REFUSALS[fault][kind]
    message = MESSAGES[fault]
    if kind == "search":
        told = {"message": message} if not code else {"error": {"type": code, "reason": message}, "status": status}
        return status, {"Content-Type": "application/json"}, json.dumps(told).encode()
    if kind == "json":
        return (status, {"Content-Type": "application/json", "x-amzn-ErrorType": code},
                json.dumps({"__type": code, "message": message}).encode())
    error = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    text = error if kind == "s3" else f"<ErrorResponse>{error}<RequestId>r</RequestId></ErrorResponse>"
    return status, {"Content-Type": "text/xml"}, text.encode()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def read_body(self):
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            return self.rfile.read(int(self.headers.get("Content-Length", 0)))
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass
        return body

    def write(self, status, headers, body, sent=None):
        """Writes an answer; of one that is broken off `sent` alone, less than was announced."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        # What a HEAD is told of is upstream's.
        if "Content-Length" not in headers:
            self.send_header("Content-Length", str(len(body) if sent is None else max(len(body), len(sent) + 1)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body if sent is None else sent)

    def log_message(self, *arguments):
        pass


class Place(Handler):
    """What comes to a place."""

    def handle_any(self):
        try:
            self.answer(self.server.next_fault(), self.read_body())
        except OSError:
            self.close_connection = True

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = handle_any

    def answer(self, fault, body):
        kind, _, place = (fault or "").partition("@")
        if kind in REFUSALS:
            return self.write(*refusal(kind, kind_of(self.headers)))
        if kind == "redirect":
            return self.write(307, {"Location": "https://elsewhere.example/"}, b"")
        status, headers, answer = self.forward(body)
        if kind == "page":
            return self.write(200, {"Content-Type": "text/html"}, PAGE)
        if kind == "mislabelled":
            return self.write(status, self.without(headers, "Content-Type") | {"Content-Type": "text/html"}, answer)
        if kind == "empty":
            return self.write(status, headers, b"")
        offset = self.offset(headers, answer, place)
        if kind == "corrupt" and "eventstream" in headers.get("Content-Type", ""):
            answer = answer[:offset] + bytes(byte ^ 1 for byte in answer[offset:offset + 1]) + answer[offset + 1:]
        elif kind == "corrupt":
            answer = b"\x01" + answer[1:]
        if kind == "truncated":
            answer = answer[:offset]
        if kind not in ("cut", "stall"):
            return self.write(status, headers, answer)
        self.write(status, headers, answer, sent=answer[:offset])
        if kind == "stall":
            # Readable is what has gone. select() knows no more than 1,024 files.
            waiting = select.poll()
            waiting.register(self.connection, select.POLLIN)
            waiting.poll(SILENCE_SECONDS * 1_000)
        self.close_connection = True

    @staticmethod
    def without(headers, name):
        return {key: value for key, value in headers.items() if key.lower() != name.lower()}

    @staticmethod
    def offset(headers, answer, place):
        """Where in an answer a fault is."""
        if not place:
            return len(answer) // 2
        begin = 0
        for _ in range(int(float(place))):
            begin += int.from_bytes(answer[begin:begin + 4], "big")
        length = int.from_bytes(answer[begin:begin + 4], "big")
        return begin + (length // 2 if float(place) % 1 else 0)

    def forward(self, body):
        upstream = http.client.HTTPConnection("127.0.0.1", self.server.upstream, timeout=60)
        try:
            upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in HOP_BY_HOP - {"date"}:
                    upstream.putheader(name, value)
            upstream.putheader("Content-Length", str(len(body)))
            upstream.endheaders(body)
            response = upstream.getresponse()
            left_out = HOP_BY_HOP - ({"content-length"} if self.command == "HEAD" else set())
            headers = {name: value for name, value in response.getheaders() if name.lower() not in left_out}
            return response.status, headers, response.read()
        finally:
            upstream.close()


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class PlaceServer(Server):
    # Somebody has come already (see Places).
    timeout = 0

    def __init__(self, upstream, faults):
        super().__init__(("127.0.0.1", 0), Place)
        self.upstream, self.faults, self.lock = upstream, list(faults), threading.Lock()

    def next_fault(self):
        with self.lock:
            return self.faults.pop(0) if self.faults else None


class Places:
    """All places. One thread waits for whoever comes, as there are many, and they stay."""

    def __init__(self):
        self.selector = selectors.DefaultSelector()
        threading.Thread(target=self.serve, daemon=True).start()

    def add(self, place):
        self.selector.register(place, selectors.EVENT_READ)

    def serve(self):
        while True:
            for key, _ in self.selector.select():
                key.fileobj.handle_request()


def allow_many_files():
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class Control(Handler):
    def do_POST(self):
        wanted = json.loads(self.read_body())
        place = PlaceServer(wanted["upstream"], wanted["faults"])
        self.server.places.add(place)
        self.write(200, {"Content-Type": "application/json"}, json.dumps({"port": place.server_address[1]}).encode())


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    allow_many_files()
    control = Server(("127.0.0.1", 0), Control)
    control.places = Places()
    print(f"listening on {control.server_address[1]}", flush=True)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    control.serve_forever()
