#!/usr/bin/env python3
"""AWS on loopback for tests: Bedrock, SageMaker, Comprehend, Kendra and OpenSearch, without a model of theirs.

Every request's signature is verified, and its members are checked against botocore's own models: required ones, types,
lengths, enumerations, patterns, none that the model does not have; answers of the double are held against the same
models. Prints `listening on PORT`, then serves until its standard input closes. Any key id that begins with
`--access-key` is known, with the one secret, so that tests running side by side share a server; to OpenSearch it may
also be given as a user with the secret as password:

    PUT /-/faults/KEY-ID       a JSON array: the next requests signed with that key fail, one each, those for which
                               it holds null succeed
    PUT /-/documents/KEY-ID    what the knowledge base and the index of Kendra hold: a JSON array of
                               {id, title, text, uri, metadata, readers}; readers as ["user:kim", "group:hr"]
    GET /-/requests/KEY-ID     what was asked so far: service, operation, model, action, headers, body

    throttle not-ready denied expired missing invalid 500 503    refusals as the service words them
    slow       answers after 30 s
    stall      half an answer, then silence for 30 s
    cut        half an answer, then the connection is closed (of an event stream in the middle of a message)
    reset      the connection is reset at once
    not-json   200 with a body that is no JSON
    html       502 with a proxy's page
    bad-frame  an event stream with a wrong checksum
    midway     an event stream with an exception after the first words
    filtered   the stop reason of a guardrail
    cached     tokens read from and written to the prompt cache

    blocked flood        OpenSearch forbids writing, by an index's block or a disk that is nearly full
    some-busy            OpenSearch has no room for every second item of a bulk request
    old foreign no-knn   another version of it, another server, or one without the plugin for vectors
"""
import os
import sys
from pathlib import Path

VERSION = "5.2.5"
HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "millrace" / f"moto-{VERSION}"

if os.environ.get("MILLRACE_INSIDE_DOUBLE") != "1":
    if not (HOME / "complete").exists():
        print(f"botocore is not installed in {HOME}: run scripts/install-moto")
        sys.exit(1)
    os.environ["MILLRACE_INSIDE_DOUBLE"] = "1"
    python = str(HOME / "bin" / "python")
    os.execv(python, [python, "-u", __file__] + sys.argv[1:])

import argparse
import threading

from aws_double.handler import Handler, Server


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--region", default="us-east-1")
parser.add_argument("--access-key", default="AKIDEXAMPLE")
parser.add_argument("--secret-key", default="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

if __name__ == "__main__":
    Handler.options = parser.parse_args()
    server = Server(("127.0.0.1", Handler.options.port), Handler)
    print(f"listening on {server.server_address[1]}", flush=True)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    server.serve_forever()
