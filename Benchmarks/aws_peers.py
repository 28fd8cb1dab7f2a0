#!/usr/bin/env python3
"""boto3 against the stub of `aws_stub.py`: signed requests a second from one process.

Prints one JSON object. Argument 1 is the port, argument 2 how many seconds each form runs.
"""
import json
import sys
import threading
import time

import boto3
from botocore.config import Config

port, seconds = int(sys.argv[1]), float(sys.argv[2])
body = json.dumps({"inputText": "How long is a shift on call?", "dimensions": 256, "normalize": True})


def run(threads):
    client = boto3.client(
        "bedrock-runtime", region_name="us-east-1", endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="secret",
        config=Config(max_pool_connections=threads, proxies={}, retries={"mode": "standard"}))
    counts, end = [0] * threads, time.monotonic() + seconds

    def work(number):
        while time.monotonic() < end:
            client.invoke_model(modelId="stub", body=body)["body"].read()
            counts[number] += 1

    workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    begun = time.monotonic()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return sum(counts) / (time.monotonic() - begun)


print(json.dumps({"boto3": boto3.__version__, "one": run(1), "eight": run(8), "thirty-two": run(32)}))
