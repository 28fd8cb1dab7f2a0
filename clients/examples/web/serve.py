"""Serves the example page and a Millrace under one address, for trying the page on this machine.

    python3 serve.py --millrace http://127.0.0.1:8080

Browsers keep a page from asking another origin than its own, so page and API share one. In production a reverse proxy
does this; README.md has its settings.
"""
import argparse
import functools
import http.client
import http.server
import urllib.parse
from pathlib import Path

CLIENTS = Path(__file__).resolve().parent.parent.parent
PASSED_ON = ("accept", "authorization", "content-type", "idempotency-key", "last-event-id", "x-api-key")
BODY_LIMIT = 32 << 20


class Handler(http.server.SimpleHTTPRequestHandler):
    """Files below `clients`, and everything below /v1/ and /api/ from Millrace."""

    def __init__(self, *arguments, millrace, **named):
        self.millrace = millrace
        super().__init__(*arguments, **named)

    def do_GET(self):
        if self.path.startswith(("/v1/", "/api/")):
            return self.pass_on()
        if self.path == "/":
            self.send_response(302)
            self.send_header("Location", "/examples/web/")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        return super().do_GET()

    def pass_on(self):
        if not self.path.startswith(("/v1/", "/api/")):
            return self.send_error(404)
        length = int(self.headers.get("Content-Length") or 0)
        if not 0 <= length <= BODY_LIMIT:
            return self.send_error(413)
        server = http.client.HTTPConnection(self.millrace, timeout=120)
        headers = {name: value for name, value in self.headers.items() if name.lower() in PASSED_ON}
        try:
            server.request(self.command, self.path, self.rfile.read(length) if length else None, headers)
            answer = server.getresponse()
            self.send_response(answer.status)
            for name in ("Content-Type", "Retry-After", "X-Request-Id"):
                if value := answer.getheader(name):
                    self.send_header(name, value)
            self.send_header("Connection", "close")
            self.end_headers()
            while piece := answer.read1(65_536):
                # As it comes, so that events are not kept back.
                self.wfile.write(piece)
        except ConnectionRefusedError:
            self.send_error(502, "Millrace is not there")
        finally:
            server.close()
            self.close_connection = True
        return None

    do_POST = do_PATCH = do_DELETE = pass_on


def main():
    options = argparse.ArgumentParser(description="Serves the example page together with a Millrace.")
    options.add_argument("--millrace", default="http://127.0.0.1:8080")
    options.add_argument("--port", type=int, default=8090)
    given = options.parse_args()
    millrace = urllib.parse.urlsplit(given.millrace).netloc
    handler = functools.partial(Handler, millrace=millrace, directory=str(CLIENTS))
    with http.server.ThreadingHTTPServer(("127.0.0.1", given.port), handler) as server:
        print(f"http://127.0.0.1:{server.server_address[1]}/", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            pass


main()
