#!/usr/bin/env python3
"""boto3's `upload_file`: a bucket made with `make`, or one file written as often as lines come in.

Arguments: the server's address, the bucket, `make` or the file, and `whole` for one CRC-32 of the whole object in place of
what boto3 has as it comes, a CRC-32 of the parts' sums. The keys come from the environment. For each line that is read, one
upload is made and its seconds are written.
"""
import sys
import time

import boto3
from botocore.config import Config

endpoint, bucket, file = sys.argv[1:4]
client = boto3.client("s3", region_name="us-east-1", endpoint_url=endpoint, config=Config(proxies={}))
if file == "make":
    client.create_bucket(Bucket=bucket)
    sys.exit(0)
more = {"ChecksumAlgorithm": "CRC32", "ChecksumType": "FULL_OBJECT"} if "whole" in sys.argv[4:] else None
print("ready", flush=True)
for _ in sys.stdin:
    begun = time.monotonic()
    client.upload_file(file, bucket, "theirs", ExtraArgs=more)
    print(time.monotonic() - begun, flush=True)
