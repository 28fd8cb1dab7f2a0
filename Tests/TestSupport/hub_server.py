#!/usr/bin/env python3
"""A model hub on loopback: serves FOLDER/NAME as OWNER/NAME at every revision.

Prints `listening on PORT`, then serves until its standard input closes. `/OWNER/NAME/resolve/REVISION/FILE`;
weights are redirected to `/cdn/…`, as hubs do, with a range honoured where `If-Range` has their tag. How it behaves
goes by the owner:

    good       as it should
    cut        the first two answers with weights end halfway
    changed    the same, and the weights are others (one byte more, another tag) from the second answer on
    secret     401 without `Authorization: Bearer let-me-in`; 400 if the token comes along to /cdn
    loop       redirects to itself
    broken     status 500
    nowhere    redirects to file:///etc/passwd

`/log` is every request so far: path, range and whether a token came, as JSON.
"""
import json
import pathlib
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FOLDER = pathlib.Path(sys.argv[1])
log, answers, lock = [], {}, threading.Lock()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=(), promised=None):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("content-length", str(len(body) if promised is None else promised))
        self.end_headers()
        self.wfile.write(body)
        if promised is not None and promised > len(body):
            self.close_connection = True

    def do_GET(self):
        if self.path == "/log":
            return self.answer(200, json.dumps(log).encode())
        token, asked = self.headers.get("authorization"), self.headers.get("range")
        with lock:
            log.append({"path": self.path, "range": asked or "", "token": token is not None})
        parts = self.path.strip("/").split("/")
        on_cdn = parts[0] == "cdn"
        owner, name, _, _, *rest = parts[1:] if on_cdn else parts
        if owner == "loop":
            return self.answer(302, headers=[("location", self.path)])
        if owner == "broken":
            return self.answer(500)
        if owner == "nowhere":
            return self.answer(302, headers=[("location", "file:///etc/passwd")])
        if owner == "secret" and on_cdn and token:
            return self.answer(400)
        if owner == "secret" and not on_cdn and token != "Bearer let-me-in":
            return self.answer(401)
        file = FOLDER / name / "/".join(rest)
        if not file.is_file():
            return self.answer(404)
        is_weights = file.suffix == ".safetensors"
        if is_weights and not on_cdn:
            # Another host to a client, the same server.
            host = f"http://localhost:{self.server.server_address[1]}" if owner == "secret" else ""
            return self.answer(302, headers=[("location", host + "/cdn" + self.path)])
        body, tag = file.read_bytes(), f'"{file.stat().st_size}"'
        with lock:
            answers[self.path] = answers.get(self.path, 0) + 1
            number = answers[self.path]
        if is_weights and owner == "changed" and number > 1:
            body, tag = body + b"x", '"changed"'
        start, status, headers = 0, 200, [("etag", tag)]
        if asked and self.headers.get("if-range") == tag:
            start, status = int(asked.removeprefix("bytes=").removesuffix("-")), 206
            headers.append(("content-range", f"bytes {start}-{len(body) - 1}/{len(body)}"))
        rest = body[start:]
        halves = is_weights and owner in ("cut", "changed") and number <= (2 if owner == "cut" else 1)
        self.answer(status, rest[:len(rest) // 2] if halves else rest, headers, len(rest))


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print("listening on", server.server_address[1], flush=True)
sys.stdin.read()
