#!/usr/bin/env python3
"""A receiver of webhooks on loopback, which checks signatures by itself and answers what it is told to.

Prints `listening on PORT`, then serves until its standard input closes.

    POST /hook/NAME        a message; it is remembered with whether each known secret has signed it
    POST /-/secret?NAME    makes the body (`whsec_…`) the secret that NAME is checked with; several add up
    POST /-/script?NAME    makes the body, a JSON list, what the next messages to NAME are answered with, one each:
                           a status, or {"status", "headers", "bytes", "holds": true}; 204 after them
    POST /-/open           lets go everything that is held, now and later
    GET  /-/messages?NAME  what came, oldest first, as JSON
    GET  /-/messages/N?NAME  the same, as soon as N have come
    GET  /-/most?NAME      how many messages to NAME were under way at once at most
"""
import argparse
import base64
import collections
import hashlib
import hmac
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

lock = threading.Condition()
opened = threading.Event()
secrets = collections.defaultdict(list)
scripts = collections.defaultdict(list)
messages = collections.defaultdict(list)
under_way = collections.Counter()
most = collections.Counter()


def signed_by(secret, headers, body):
    """Whether one of the signatures is by this secret."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    text = f"{headers.get('webhook-id')}.{headers.get('webhook-timestamp')}.".encode() + body
    expected = base64.b64encode(hmac.new(key, text, hashlib.sha256).digest()).decode()
    given = (headers.get("webhook-signature") or "").split(" ")
    return any(hmac.compare_digest(f"v1,{expected}", one) for one in given)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        with lock:
            if url.path.startswith("/-/messages"):
                count = int(url.path.removeprefix("/-/messages").removeprefix("/") or 0)
                lock.wait_for(lambda: len(messages[url.query]) >= count, timeout=50)
                return self.reply(200, json.dumps(messages[url.query]).encode())
            if url.path == "/-/most":
                return self.reply(200, json.dumps(most[url.query]).encode())
        self.reply(404)

    def do_POST(self):
        url = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if url.path == "/-/secret":
            with lock:
                secrets[url.query].append(body.decode())
            return self.reply(204)
        if url.path == "/-/script":
            with lock:
                scripts[url.query] = json.loads(body)
            return self.reply(204)
        if url.path == "/-/open":
            opened.set()
            return self.reply(204)
        if url.path.startswith("/hook/"):
            return self.take(url.path.removeprefix("/hook/"), body)
        self.reply(404)

    def take(self, name, body):
        with lock:
            answer = scripts[name].pop(0) if scripts[name] else 204
            messages[name].append({
                "id": self.headers.get("webhook-id"),
                "timestamp": self.headers.get("webhook-timestamp"),
                "signatures": len((self.headers.get("webhook-signature") or "").split(" ")),
                "signed_by": [signed_by(one, self.headers, body) for one in secrets[name]],
                "type": self.headers.get("content-type"), "body": body.decode()})
            lock.notify_all()
            under_way[name] += 1
            most[name] = max(most[name], under_way[name])
        answer = answer if isinstance(answer, dict) else {"status": answer}
        if answer.get("holds"):
            opened.wait(50)
        with lock:
            under_way[name] -= 1
        try:
            self.reply(answer.get("status", 204), b"x" * answer.get("bytes", 0), answer.get("headers", {}))
        except OSError:
            self.close_connection = True

    def reply(self, status, body=b"", headers={}):
        self.send_response(status)
        if status != 204:
            self.send_header("Content-Length", str(len(body)))
        for key, value in headers.items():
            self.send_header(key, value)
        self.end_headers()
        self.wfile.write(body)

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
