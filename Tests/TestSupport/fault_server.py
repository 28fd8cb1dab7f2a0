#!/usr/bin/env python3
"""An HTTP server on loopback that behaves badly when asked to, for tests of the HTTP client.

Prints `listening on PORT`, then serves until its standard input closes. With `--tls FOLDER` it makes a
certificate for 127.0.0.1 with openssl in that folder (cert.pem, key.pem) and serves https; with
`--client-ca FILE` it demands a client certificate of that authority. As a proxy (absolute URL in the
request line) it answers by itself; CONNECT is refused with 407.

    /echo               method, target, headers and body as JSON
    /upload             the size and the SHA-256 of the body as JSON; ?delay=MS waits before it reads
    /refuse-upload      413 after the first bytes of the body, and the connection is gone
    /status/N           status N; ?retry-after=S adds that header
    /flaky/KEY/N        503 for the first N requests with this key, then 200
    /slow-headers       nothing for 30 s
    /stall              headers and one piece, then nothing for 30 s
    /ticks?n=N&ms=M     N chunks, M ms apart
    /drop               half of the promised body, then the connection is gone
    /huge?n=N           N bytes; how many went out is told by /sent
    /gzip?n=N           N zero bytes, gzip-encoded
    /redirect?to=URL    302;  /loop redirects to itself
    /interim            100 and 103 before the response;  /trailers  chunked with trailers
    /many-headers?n=N   N headers of 1 kB;  /not-http  a greeting of some other protocol
    /cookie             sets one
    /connection         the number of this connection, counted from 1; /open  how many are open
"""
import argparse
import gzip
import hashlib
import itertools
import json
import os
import ssl
import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

numbers = itertools.count(1)
lock = threading.Lock()
counts = {"sent": 0, "open": 0, "most": 0}
flaky = {}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        super().setup()
        self.number = next(numbers)
        with lock:
            counts["open"] += 1
            counts["most"] = max(counts["most"], counts["open"])

    def finish(self):
        with lock:
            counts["open"] -= 1
        try:
            super().finish()
        except OSError:
            pass

    def do_GET(self):
        url = urlsplit(self.path)
        self.query = {key: values[0] for key, values in parse_qs(url.query).items()}
        name, *self.rest = url.path.strip("/").split("/")
        action = getattr(self, "on_" + name.replace("-", "_"), self.on_echo)
        try:
            action()
        except OSError:
            self.close_connection = True

    do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET

    def do_CONNECT(self):
        self.reply(b"", status=407)

    def number_of(self, name, default):
        return int(self.query.get(name, default))

    def reply(self, body, status=200, headers=()):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers:
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def chunk(self, data):
        self.wfile.write(b"%x\r\n%b\r\n" % (len(data), data))
        self.wfile.flush()

    def start_chunks(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def on_echo(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.reply(json.dumps({
            "method": self.command, "target": self.path, "headers": list(self.headers.items()),
            "body": body.decode("latin-1"), "connection": self.number}).encode())

    def on_upload(self):
        time.sleep(self.number_of("delay", 0) / 1000)
        left, digest = int(self.headers.get("Content-Length", 0)), hashlib.sha256()
        total = left
        while left:
            piece = self.rfile.read(min(left, 1 << 16))
            if not piece:
                raise OSError("the body ended early")
            digest.update(piece)
            left -= len(piece)
        self.reply(json.dumps({
            "method": self.command, "length": total, "sha256": digest.hexdigest(),
            "headers": list(self.headers.items())}).encode())

    def on_refuse_upload(self):
        self.rfile.read(1000)
        self.reply(b"too much", 413, [("Connection", "close")])
        self.close_connection = True

    def on_status(self):
        headers = [("Retry-After", self.query["retry-after"])] if "retry-after" in self.query else []
        self.reply(b"as asked", int(self.rest[0]), headers)

    def on_flaky(self):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        with lock:
            seen = flaky[self.rest[0]] = flaky.get(self.rest[0], 0) + 1
        self.reply(str(seen).encode(), 200 if seen > int(self.rest[1]) else 503)

    def on_slow_headers(self):
        time.sleep(30)

    def on_stall(self):
        self.start_chunks()
        self.chunk(b"one piece")
        time.sleep(30)

    def on_ticks(self):
        self.start_chunks()
        for number in range(self.number_of("n", 3)):
            self.chunk(b"tick %d\n" % number)
            time.sleep(self.number_of("ms", 10) / 1000)
        self.wfile.write(b"0\r\n\r\n")

    def on_drop(self):
        self.send_response(200)
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b"x" * 500)
        self.close_connection = True

    def on_huge(self):
        count = self.number_of("n", 1 << 20)
        self.send_response(200)
        self.send_header("Content-Length", str(count))
        self.end_headers()
        piece = bytes(range(256)) * 256
        with lock:
            counts["sent"] = 0
        while count > 0:
            self.wfile.write(piece[:count])
            count -= len(piece)
            with lock:
                counts["sent"] += len(piece)

    def on_sent(self):
        self.reply(str(counts["sent"]).encode())

    def on_gzip(self):
        self.reply(gzip.compress(b"\0" * self.number_of("n", 1000)), headers=[("Content-Encoding", "gzip")])

    def on_redirect(self):
        self.reply(b"elsewhere", 302, [("Location", self.query["to"])])

    def on_loop(self):
        self.reply(b"", 302, [("Location", "/loop")])

    def on_interim(self):
        self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n")
        self.reply(b"final", headers=[("X-Final", "yes")])

    def on_trailers(self):
        self.start_chunks()
        self.chunk(b"body")
        self.wfile.write(b"0\r\nX-Trailer: late\r\n\r\n")

    def on_many_headers(self):
        self.reply(b"", headers=[(f"X-{n}", "v" * 1000) for n in range(self.number_of("n", 10))])

    def on_not_http(self):
        self.wfile.write(b"220 mail.example ESMTP\r\n")
        self.close_connection = True

    def on_cookie(self):
        self.reply(b"", headers=[("Set-Cookie", "name=value")])

    def on_connection(self):
        time.sleep(self.number_of("ms", 0) / 1000)
        self.reply(str(self.number).encode())

    def on_open(self):
        self.reply(json.dumps({"open": counts["open"], "most": counts["most"]}).encode())

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256

    def handle_error(self, request, client_address):
        pass


def secure(server, folder, client_authority):
    certificate, key = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
         "-keyout", key, "-out", certificate], check=True, stderr=subprocess.DEVNULL)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    if client_authority:
        # TLS 1.2 tells the client of a refusal within the handshake.
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tls", metavar="FOLDER")
    parser.add_argument("--client-ca", metavar="FILE")
    options = parser.parse_args()
    server = Server(("127.0.0.1", 0), Handler)
    if options.tls:
        secure(server, options.tls, options.client_ca)
    print(f"listening on {server.server_address[1]}", flush=True)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    server.serve_forever()
