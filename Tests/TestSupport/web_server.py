#!/usr/bin/env python3
"""A small web on loopback, for tests of what fetches pages and calls services.

Prints `listening on PORT`, then serves until its standard input closes.

    /site/            a page that links to /site/a, /site/b, another host, a mail address and itself; each page below
                      links to the next ones
    /latin            a page in Latin-1;  /plain  a text;  /pdf  no text;  /json  JSON;  /cookie  sets a cookie
    /echo             method, target, headers and body as JSON
    /status/N         status N
    /redirect?to=URL&status=N   a redirect, 302 unless named;  /loop  redirects to itself
    /huge?n=N         N bytes;  /slow  nothing for 30 s
    /search           SearXNG's answer in JSON, with the query in it
    /searx-off/search the page of an instance that has no JSON
    /rss  /atom  /rdf feeds;  /entities  a feed with a document type
    /arxiv            arXiv's answer in Atom;  /arxiv-error  its refusal
    /-/count/PATH     how often PATH was asked for
"""
import argparse
import collections
import json
import os
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

lock = threading.Lock()
counts = collections.Counter()

RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>News</title>
<item><title>First &amp; best</title><link>/news/1</link><description>&lt;p&gt;Some &lt;b&gt;bold&lt;/b&gt; news&lt;/p&gt;
</description><pubDate>Mon, 01 Sep 2025 10:00:00 GMT</pubDate></item>
<item><title>Second</title><link>https://elsewhere.example/2</link>
<content:encoded><![CDATA[plain words]]></content:encoded></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>Papers</title><entry><title>An
 entry</title><link rel="self" href="/self"/><link rel="alternate" href="/entry"/><summary>What it says</summary>
<updated>2025-09-01T10:00:00Z</updated></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>Old</title></channel><item><title>Older</title>
<link>http://old.example/</link><description>text</description><dc:date>2001-01-01</dc:date></item></rdf:RDF>"""
ENTITIES = """<!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>
<rss version="2.0"><channel><title>&b;</title></channel></rss>"""
ARXIV = """<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom">
<title>ArXiv Query: %s</title><entry><id>http://arxiv.org/abs/1706.03762v7</id><updated>2023-08-02T00:41:18Z</updated>
<published>2017-06-12T17:57:34Z</published><title>Attention Is All
  You Need</title><summary>  The dominant models.
</summary><author><name>A. One</name></author><author><name>B. Two</name></author>
<arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">15 pages</arxiv:comment>
<link href="http://arxiv.org/abs/1706.03762v7" rel="alternate" type="text/html"/>
<link title="pdf" href="http://arxiv.org/pdf/1706.03762v7" rel="related" type="application/pdf"/>
<category term="cs.CL"/><category term="cs.LG"/></entry></feed>"""
ARXIV_ERROR = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>http://arxiv.org/api/errors#bad</id>
<title>Error</title><summary>incorrect id format</summary></entry></feed>"""


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urlsplit(self.path)
        self.query = {key: values[0] for key, values in parse_qs(url.query).items()}
        if url.path.startswith("/-/count/"):
            with lock:
                return self.reply(str(counts[url.path.removeprefix("/-/count")]))
        with lock:
            counts[url.path] += 1
        name = url.path.strip("/").split("/")[0].replace("-", "_")
        try:
            getattr(self, "on_" + name, self.missing)(url.path)
        except OSError:
            self.close_connection = True

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_GET

    def reply(self, body, kind="text/plain", status=200, headers=()):
        body = body if isinstance(body, bytes) else body.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for key, value in headers:
            self.send_header(key, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def missing(self, path):
        self.reply("no such page", status=404)

    def on_site(self, path):
        links = {
            "/site/": ["a", "b", "http://elsewhere.invalid/", "mailto:a@b.example", "#top", "/site/", "gone"],
            "/site/a": ["c", "b"], "/site/b": [], "/site/c": ["d"], "/site/d": [],
        }.get(path)
        if links is None:
            return self.missing(path)
        anchors = "".join(f'<a class=x href="{escape(link)}">{escape(link)}</a>' for link in links)
        self.reply(
            f"<html><head><title>Page\n {path}</title><script>'<a href=\"/site/d\">'</script></head>"
            f"<body><!-- <a href='/site/d'> --><p>Text of {path}</p>{anchors}</body></html>",
            "text/html; charset=utf-8")

    def on_latin(self, path):
        self.reply("grün".encode("latin-1"), "text/plain; charset=ISO-8859-1")

    def on_plain(self, path):
        self.reply("plain words")

    def on_pdf(self, path):
        self.reply(b"%PDF-1.7\0", "application/pdf")

    def on_json(self, path):
        self.reply('{"answer": 42}', "application/json; charset=utf-8")

    def on_cookie(self, path):
        self.reply("ok", headers=[("Set-Cookie", "session=planted"), ("X-Shown", "yes")])

    def on_echo(self, path):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.reply(json.dumps({
            "method": self.command, "target": self.path, "headers": list(self.headers.items()),
            "body": body.decode("latin-1")}), "application/json")

    def on_status(self, path):
        self.reply("as asked", status=int(path.split("/")[2]))

    def on_redirect(self, path):
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.reply("", status=int(self.query.get("status", 302)), headers=[("Location", self.query["to"])])

    def on_loop(self, path):
        self.reply("", status=302, headers=[("Location", "/loop")])

    def on_huge(self, path):
        self.reply("x" * int(self.query["n"]))

    def on_slow(self, path):
        threading.Event().wait(30)

    def on_search(self, path):
        if self.query.get("format") != "json":
            return self.reply("no", status=403)
        self.reply(json.dumps({"query": self.query["q"], "results": [
            {"title": self.query["q"], "url": "https://one.example/", "content": self.query["categories"]},
            {"title": "no address"},
            {"title": "two", "url": "https://two.example/", "content": self.query.get("language", ""),
             "publishedDate": "2025-09-01"},
        ]}), "application/json")

    def on_searx_off(self, path):
        self.reply("<html></html>", "text/html")

    def on_rss(self, path):
        self.reply(RSS, "application/rss+xml")

    def on_atom(self, path):
        self.reply(ATOM, "application/atom+xml")

    def on_rdf(self, path):
        self.reply(RDF, "application/rdf+xml")

    def on_entities(self, path):
        self.reply(ENTITIES, "application/rss+xml")

    def on_arxiv(self, path):
        self.reply(ARXIV % escape(self.query["search_query"]), "application/atom+xml")

    def on_arxiv_error(self, path):
        self.reply(ARXIV_ERROR, "application/atom+xml")

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
