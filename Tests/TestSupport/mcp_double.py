#!/usr/bin/env python3
"""An MCP server that misbehaves, or does what the SDK's server never does, for tests of the MCP client.

Prints `listening on PORT`, then serves until its standard input closes. The path says what is wrong; each path has
tools `one` to `five`, listed two at a time, and `call` gives the tool's name.

    /pages            nothing wrong
    /endless          a list of tools that always has a next page
    /version/V        speaks version V alone
    /forgets          forgets the session once, before the first call of a tool
    /huge             answers a call with 1 MiB of text
    /huge-stream      the same as a stream of events
    /asks             asks for a ping and for roots before it answers, and needs both answered
    /cut              ends the stream before the answer, which it keeps for who takes the stream up again
    /dies             ends the stream before the answer, and keeps nothing
    /silent           never answers a call
    /html             answers with a page;  /text  with a text that is no JSON;  /other-id  with another id
    /refuses          refuses calls in JSON-RPC's words
    /redirect?to=URL  redirects everything
    /-/seen/PATH      messages and methods that came for PATH, as JSON
"""
import argparse
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

lock = threading.Lock()
seen = {}
sessions = {}
forgotten = set()
answers = {"count": 0}
answered = threading.Condition()
TOOLS = ["one", "two", "three", "four", "five"]


def tool(name):
    return {"name": name, "description": f"The tool {name}.",
            "inputSchema": {"type": "object", "properties": {"text": {"type": "string"}}}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"


    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))) or b"null")
        if self.redirected():
            return
        kind = self.kind()
        self.record({"method": "POST", "message": body, "headers": dict(self.headers)})
        if "method" not in body:
            with answered:
                answers["count"] += 1
                answered.notify_all()
            return self.empty(202)
        if "id" not in body:
            return self.empty(202)
        action = {"initialize": self.initialize, "tools/list": self.list, "tools/call": self.call}
        action.get(body["method"], self.unknown)(kind, body)

    def do_GET(self):
        if self.path.startswith("/-/seen/"):
            with lock:
                return self.json(seen.get(self.path.removeprefix("/-/seen"), []))
        self.record({"method": "GET", "headers": dict(self.headers)})
        if self.kind() != "cut" or not self.headers.get("Last-Event-ID", "").startswith("cut-"):
            return self.empty(405)
        number = int(self.headers["Last-Event-ID"].removeprefix("cut-"))
        self.stream([("kept", self.text(number, "kept"))])

    def do_DELETE(self):
        self.record({"method": "DELETE", "headers": dict(self.headers)})
        self.empty(200)

    # What is answered.

    def initialize(self, kind, body):
        version = body["params"]["protocolVersion"]
        if kind == "version":
            version = urlsplit(self.path).path.split("/")[2]
        with lock:
            number = len(sessions) + 1
            sessions[f"session-{number}"] = True
        self.json(self.result(body["id"], {
            "protocolVersion": version, "capabilities": {"tools": {}},
            "serverInfo": {"name": "double", "version": "1"}}), session=f"session-{number}")

    def list(self, kind, body):
        if kind == "endless":
            cursor = int(body["params"].get("cursor", "0")) + 1
            return self.json(self.result(body["id"], {"tools": [tool("more")], "nextCursor": str(cursor)}))
        start = int(body["params"].get("cursor", "0"))
        result = {"tools": [tool(name) for name in TOOLS[start:start + 2]]}
        if start + 2 < len(TOOLS):
            result["nextCursor"] = str(start + 2)
        self.json(self.result(body["id"], result))

    def call(self, kind, body):
        number, name = body["id"], body["params"]["name"]
        session = self.headers.get("Mcp-Session-Id")
        if kind == "forgets" and not forgotten:
            forgotten.add(session)
            return self.empty(404)
        if kind == "huge":
            return self.json(self.text(number, "x" * (1 << 20)))
        if kind == "huge-stream":
            return self.stream([("1", self.text(number, "x" * (1 << 20)))])
        if kind == "asks":
            return self.ask(number, name)
        if kind == "cut":
            return self.stream([(f"cut-{number}", None)])
        if kind == "dies":
            return self.stream([])
        if kind == "silent":
            self.start_stream()
            threading.Event().wait(30)
            return
        if kind == "html":
            return self.bytes(b"<html></html>", "text/html")
        if kind == "text":
            return self.bytes(b"not json", "application/json")
        if kind == "other-id":
            return self.json(self.text(number + 1000, name))
        if kind == "refuses":
            return self.json({"jsonrpc": "2.0", "id": number, "error": {"code": -32602, "message": "no such tool"}})
        self.json(self.text(number, name))

    def ask(self, number, name):
        with answered:
            before = answers["count"]
        self.start_stream()
        self.event("1", {"jsonrpc": "2.0", "method": "notifications/message", "params": {"data": "working"}})
        self.event("2", {"jsonrpc": "2.0", "id": "p", "method": "ping"})
        self.event("3", {"jsonrpc": "2.0", "id": "r", "method": "roots/list"})
        with answered:
            answered.wait_for(lambda: answers["count"] >= before + 2, timeout=20)
        self.event("4", self.text(number, name))
        self.end_stream()

    def unknown(self, kind, body):
        self.json({"jsonrpc": "2.0", "id": body["id"], "error": {"code": -32601, "message": "unknown"}})

    # How it is sent.

    def kind(self):
        return urlsplit(self.path).path.split("/")[1]

    def record(self, what):
        with lock:
            seen.setdefault(urlsplit(self.path).path, []).append(what)

    def redirected(self):
        url = urlsplit(self.path)
        if url.path != "/redirect":
            return False
        self.send_response(307)
        self.send_header("Location", parse_qs(url.query)["to"][0])
        self.send_header("Content-Length", "0")
        self.end_headers()
        return True

    def result(self, number, result):
        return {"jsonrpc": "2.0", "id": number, "result": result}

    def text(self, number, text):
        return self.result(number, {"content": [{"type": "text", "text": text}]})

    def empty(self, status):
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def json(self, value, session=None):
        self.bytes(json.dumps(value).encode(), "application/json", session)

    def bytes(self, body, kind, session=None):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        if session:
            self.send_header("Mcp-Session-Id", session)
        self.end_headers()
        self.wfile.write(body)

    def stream(self, events):
        self.start_stream()
        for identifier, value in events:
            self.event(identifier, value)
        self.end_stream()

    def start_stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.flush()

    def event(self, identifier, value):
        data = "" if value is None else json.dumps(value)
        text = f"id: {identifier}\ndata: {data}\n\n".encode()
        self.wfile.write(b"%x\r\n%b\r\n" % (len(text), text))
        self.wfile.flush()

    def end_stream(self):
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request, client_address):
        pass


if __name__ == "__main__":
    argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter).parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    print(f"listening on {server.server_address[1]}", flush=True)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    server.serve_forever()
