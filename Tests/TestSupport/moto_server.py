"""moto, which plays AWS, with signatures and policies checked: argument 1 is a file that the keys are written to.

It makes two users: `admin`, who may do everything, and `nobody`, who may do nothing. moto checks signatures and
rights for every call after that; 5.2.5 is the version that checks percent-encoded paths and queries rightly.
"""
import json
import os
import sys
import threading
from pathlib import Path

VERSION = "5.2.5"
HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "millrace" / f"moto-{VERSION}"

if os.environ.get("MILLRACE_INSIDE_MOTO") != "1":
    if not (HOME / "complete").exists():
        print(f"moto {VERSION} is not installed in {HOME}: run scripts/install-moto")
        sys.exit(1)
    os.environ["MILLRACE_INSIDE_MOTO"] = "1"
    python = str(HOME / "bin" / "python")
    os.execv(python, [python, "-u", __file__] + sys.argv[1:])

import logging

import moto
from moto import settings
from moto.core.responses import ActionAuthenticatorMixin
from moto.iam.models import iam_backends
from moto.server import ThreadedMotoServer

if moto.__version__ != VERSION:
    print(f"moto {moto.__version__} is in {HOME} and not {VERSION}: remove that folder and run scripts/install-moto")
    sys.exit(1)

logging.getLogger("werkzeug").setLevel(logging.ERROR)
os.environ.setdefault("AWS_ACCESS_KEY_ID", "x")
os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "x")
iam = iam_backends["123456789012"]["aws"]
keys = {}
for user in ("admin", "decrypts", "nobody"):
    iam.create_user(region_name="us-east-1", user_name=user)
    key = iam.create_access_key(user_name=user)
    keys[user] = {"accessKeyID": key.access_key_id, "secretAccessKey": key.secret_access_key}
everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
iam.put_user_policy("admin", "everything", json.dumps(everything))
iam.put_user_policy("decrypts", "decrypts", json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Action": ["kms:Decrypt", "kms:DescribeKey"], "Resource": "*"}]}))
trust = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}
iam.create_role(role_name="worker", assume_role_policy_document=json.dumps(trust), path="/",
                permissions_boundary=None, description="", tags=[], max_session_duration="3600")
iam.put_role_policy("worker", "everything", json.dumps(everything))
Path(sys.argv[1]).write_text(json.dumps(keys))

# moto looks for the header of a signature alone, and fails where it stands in the URL: those it lets pass unchecked
# (boto3's too), so that what comes after can be tested.
checked = ActionAuthenticatorMixin._authenticate_and_authorize_action


def check(self, *args, **kwargs):
    if "Authorization" not in self.headers and "X-Amz-Signature=" in self.uri:
        return None
    return checked(self, *args, **kwargs)


ActionAuthenticatorMixin._authenticate_and_authorize_action = check

server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
settings.INITIAL_NO_AUTH_ACTION_COUNT = 0.0
host, port = server.get_host_and_port()
print(f"listening on {port}", flush=True)
# The test's end closes our input.
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
threading.Event().wait()
