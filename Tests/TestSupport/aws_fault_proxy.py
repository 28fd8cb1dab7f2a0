#!/usr/bin/env python3
"""Stands in front of a server that plays AWS, and lets the first requests of a place meet faults, one each.

Prints `listening on PORT`, then serves until its standard input closes. A place is made by

    POST / {"upstream": PORT, "faults": [NAME, …]}    answers {"port": PORT}: what comes there goes upstream

and passes on what is left when its faults are used up, unchanged, the `Host` of the signature included.

    throttle   asks for fewer requests, in the words of the protocol that the request is in
    5xx        an internal error, likewise
    expired    says that the keys are over, likewise
    cut        half of upstream's answer, then the connection is closed
    stall      half of upstream's answer, then silence until the client goes, or for 60 s
    corrupt    upstream's answer with one byte changed: of an event stream in the middle, else the first
"""
import http.client
import json
import os
import re
import select
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
        if fault in REFUSALS:
            return self.write(*refusal(fault, kind_of(self.headers)))
        status, headers, answer = self.forward(body)
        if fault == "corrupt":
            answer = self.corrupted(headers, answer)
        if fault not in ("cut", "stall"):
            return self.write(status, headers, answer)
        self.write(status, headers, answer, sent=answer[:len(answer) // 2])
        if fault == "stall":
            # Readable is what has gone.
            select.select([self.connection], [], [], SILENCE_SECONDS)
        self.close_connection = True

    @staticmethod
    def corrupted(headers, answer):
        if "eventstream" not in headers.get("Content-Type", ""):
            return b"\x01" + answer[1:]
        middle = len(answer) // 2
        return answer[:middle] + bytes([answer[middle] ^ 1]) + answer[middle + 1:]

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
            headers = {name: value for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP}
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
    def __init__(self, upstream, faults):
        super().__init__(("127.0.0.1", 0), Place)
        self.upstream, self.faults, self.lock = upstream, list(faults), threading.Lock()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def next_fault(self):
        with self.lock:
            return self.faults.pop(0) if self.faults else None


class Control(Handler):
    def do_POST(self):
        wanted = json.loads(self.read_body())
        place = PlaceServer(wanted["upstream"], wanted["faults"])
        self.write(200, {"Content-Type": "application/json"}, json.dumps({"port": place.server_address[1]}).encode())


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    control = Server(("127.0.0.1", 0), Control)
    print(f"listening on {control.server_address[1]}", flush=True)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    control.serve_forever()
