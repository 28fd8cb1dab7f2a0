#!/usr/bin/env python3
"""Asks collections of vectors over HTTP, beside Chroma's server, in one run: wrk at 1 and 32 connections, recall@10
against exact search.

    collection_peers.py MILLRACE [--count 100000] [--seconds 10] [--chroma PYTHON]

MILLRACE is the built binary. PYTHON has chromadb installed; without it only ours is measured. The vectors are made
here: clusters on a sphere, as embeddings lie, from one seed; the queries are of the same clusters and in no collection.
"""
import argparse
import json
import os
import re
import struct
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import numpy as np

K = 10
# Breadth of our search: the least at which recall@10 is at least 0.95 on these vectors.
EF = int(os.environ.get("EF", 16))
DIMENSION = 384
KIND = "application/vnd.millrace.vectors"


def made(count, queries, seed=7):
    random = np.random.default_rng(seed)
    centres = random.normal(size=(1_000, DIMENSION)).astype(np.float32)
    centres /= np.linalg.norm(centres, axis=1, keepdims=True)

    def some(number):
        of = random.integers(0, len(centres), number)
        vectors = centres[of] + 0.6 / np.sqrt(DIMENSION) * random.normal(size=(number, DIMENSION)).astype(np.float32)
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype("<f4")

    return some(count), some(queries)


def exact(vectors, queries):
    return [set(np.argpartition(-(vectors @ query), K)[:K].tolist()) for query in queries]


def send(url, body, headers=None, method="POST"):
    headers = {"Content-Type": "application/json"} | (headers or {})
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    return opener.open(urllib.request.Request(url, data, headers, method=method), timeout=600).read()


def wrk(url, bodies, connections, seconds, headers):
    """Requests a second, p50 and p99 in milliseconds, and answers that were no 2xx."""
    with tempfile.TemporaryDirectory() as folder:
        sizes = []
        with open(f"{folder}/bodies", "wb") as file:
            for body in bodies:
                file.write(body)
                sizes.append(len(body))
        lines = "\n".join(f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items())
        Path(f"{folder}/ask.lua").write_text(f"""
wrk.method = "POST"
{lines}
local file = io.open("{folder}/bodies", "rb")
local bodies = {{}}
for _, size in ipairs({{{", ".join(map(str, sizes))}}}) do bodies[#bodies + 1] = file:read(size) end
file:close()
local requests, place = {{}}, 0
-- Written once: what asks must not cost what is asked.
init = function()
  for number, body in ipairs(bodies) do requests[number] = wrk.format(nil, nil, nil, body) end
end
request = function()
  place = place % #requests + 1
  return requests[place]
end
""")
        done = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", f"{folder}/ask.lua", url],
            stdout=subprocess.PIPE, text=True, check=True).stdout
    units = {"us": 1e-3, "ms": 1, "s": 1e3}

    def latency(share):
        number, unit = re.search(rf"{share}%\s+([\d.]+)(us|ms|s)", done).groups()
        return float(number) * units[unit]

    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", done)
    return (float(re.search(r"Requests/sec:\s+([\d.]+)", done).group(1)), latency(50), latency(99),
            int(failed.group(1)) if failed else 0)


def show(name, ask, url, bodies, wanted, seconds, headers):
    found = [ask(number) for number in range(200)]
    recall = np.mean([len(set(ids) & wanted[number]) / K for number, ids in enumerate(found)])
    rates = {}
    for connections in (1, 32):
        rate, half, most, failed = wrk(url, bodies, connections, seconds, headers)
        rates[connections] = rate
        print(f"{name:28} {connections:3} connections  {rate:9.0f}/s  p50 {half:7.2f} ms  p99 {most:7.2f} ms"
              f"  recall@10 {recall:.3f}" + (f"  {failed} failed" if failed else ""), flush=True)
    return rates[32]


def ours(program, vectors, queries, wanted, seconds):
    with tempfile.TemporaryDirectory() as folder:
        log = open(f"{folder}/log", "w")
        server = subprocess.Popen(
            [program, "serve", "--data", f"{folder}/data", "--port", "0", "--set", "log.level=warning",
             "--set", "auth.anonymous_scopes=search,ingest"], stdout=log, stderr=log)
        try:
            for _ in range(300):
                found = re.search(r"listens on (\S+)", Path(f"{folder}/log").read_text())
                if found:
                    break
                time.sleep(0.1)
            base = f"{found.group(1)}/v1/collections/bench"
            send(base, {"dimension": DIMENSION, "metric": "cosine"}, method="PUT")
            begun = time.monotonic()
            for start in range(0, len(vectors), 10_000):
                part = vectors[start:start + 10_000]
                head = struct.pack("<4sHHIIII", b"MVEC", 1, 1, DIMENSION, len(part), 0, 0)
                ids = np.arange(start, start + len(part), dtype="<u8")
                send(f"{base}/points", head + ids.tobytes() + part.tobytes(), {"Content-Type": KIND})
            print(f"Millrace: {len(vectors)} vectors in {time.monotonic() - begun:.1f} s")
            texts = [json.dumps({"vector": [round(float(x), 6) for x in one], "k": K, "ef_search": EF}).encode() for one in queries]
            packed = [struct.pack("<4sHHIIII", b"MVEC", 1, 2, DIMENSION, 1, K, EF) + one.tobytes() for one in queries]

            def ask(number):
                return [one["id"] for one in json.loads(send(f"{base}/query", texts[number]))["results"]]

            json_rate = show("Millrace, JSON", ask, f"{base}/query", texts, wanted, seconds,
                             {"Content-Type": "application/json"})
            packed_rate = show("Millrace, packed", ask, f"{base}/query", packed, wanted, seconds,
                               {"Content-Type": KIND, "Accept": KIND})
            return json_rate, packed_rate
        finally:
            server.terminate()
            server.wait()


CHROMA = """
import sys, numpy as np, chromadb
port, file = int(sys.argv[1]), sys.argv[2]
vectors = np.load(file)
client = chromadb.HttpClient(host="127.0.0.1", port=port)
made = client.create_collection("bench", metadata={"hnsw:space": "cosine"})
for start in range(0, len(vectors), 2000):
    part = vectors[start:start + 2000]
    made.add(ids=[str(start + n) for n in range(len(part))], embeddings=part)
print(made.id)
"""


def chroma(python, vectors, queries, wanted, seconds):
    with tempfile.TemporaryDirectory() as folder:
        port = 18_765
        server = subprocess.Popen(
            [str(Path(python).parent / "chroma"), "run", "--path", f"{folder}/db", "--port", str(port)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            time.sleep(5)
            np.save(f"{folder}/vectors.npy", vectors)
            begun = time.monotonic()
            name = subprocess.run([python, "-c", CHROMA, str(port), f"{folder}/vectors.npy"],
                                  stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
            print(f"Chroma: {len(vectors)} vectors in {time.monotonic() - begun:.1f} s")
            url = f"http://127.0.0.1:{port}/api/v2/tenants/default_tenant/databases/default_database/collections/{name}/query"
            bodies = [json.dumps({"query_embeddings": [[round(float(x), 6) for x in one]], "n_results": K,
                                  "include": ["distances"]}).encode() for one in queries]

            def ask(number):
                return [int(one) for one in json.loads(send(url, bodies[number]))["ids"][0]]

            return show("Chroma", ask, url, bodies, wanted, seconds, {"Content-Type": "application/json"})
        finally:
            server.terminate()
            server.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("millrace")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--chroma", metavar="PYTHON")
    options = parser.parse_args()
    for name in ["http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"]:
        os.environ.pop(name, None)
    vectors, queries = made(options.count, 1_000)
    wanted = exact(vectors, queries[:200])
    json_rate, packed_rate = ours(options.millrace, vectors, queries, wanted, options.seconds)
    if options.chroma:
        rate = chroma(options.chroma, vectors, queries, wanted, options.seconds)
        print(f"32 connections: {json_rate / rate:.1f}x Chroma by JSON, {packed_rate / rate:.1f}x packed")


main()
