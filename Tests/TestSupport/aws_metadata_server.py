"""Who gives AWS keys to machines, containers and people: EC2's metadata (version 2), a container's endpoint, the SSO
portal with its token service, and STS's two calls for roles, whose keys tell who asked for which role.

GET /-/requests tells what was asked, one line each. A path below /broken answers 500. Below /overdue the machine's
metadata has keys that are over; below /busy-NAME it answers the first request with 503.
"""
import http.server
import json
import re
import sys
import threading
import time
from urllib.parse import parse_qs, urlsplit

seen = []
busy = set()
lock = threading.Lock()


def end(seconds=3600):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def keys(name, token="Token"):
    return {"AccessKeyId": f"AKID-{name}", "SecretAccessKey": f"planted-secret-{name}",
            token: f"planted-token-{name}", "Expiration": end()}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def answer(self, status, body, kind="application/json"):
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def note(self):
        with lock:
            seen.append(f"{self.command} {urlsplit(self.path).path}")

    def is_busy(self):
        """Whether this is the first request below a path that begins with /busy-; the path is shortened."""
        place = re.match(r"/(overdue|busy-[^/]*)(?=/latest/)", self.path)
        self.is_overdue = bool(place) and place[1] == "overdue"
        if not place:
            return False
        self.path = self.path[place.end():]
        with lock:
            is_first = place[1] not in busy
            busy.add(place[1])
        return is_first and not self.is_overdue

    def do_PUT(self):
        self.note()
        if self.is_busy():
            return self.answer(503, "")
        if self.path == "/latest/api/token" and self.headers.get("x-aws-ec2-metadata-token-ttl-seconds"):
            return self.answer(200, "machine-token", "text/plain")
        self.answer(400, "")

    def do_GET(self):
        if self.is_busy():
            return self.answer(503, "")
        path = urlsplit(self.path).path
        if path == "/-/requests":
            with lock:
                return self.answer(200, seen)
        self.note()
        if path.startswith("/latest/meta-data/"):
            if self.headers.get("x-aws-ec2-metadata-token") != "machine-token":
                return self.answer(401, "")
            what = path.removeprefix("/latest/meta-data/")
            if what == "placement/region":
                return self.answer(200, "ap-southeast-4", "text/plain")
            if what == "iam/security-credentials/":
                return self.answer(200, "machine role\n", "text/plain")
            if what == "iam/security-credentials/machine%20role":
                made = keys("machine") | {"Code": "Success"}
                return self.answer(200, made | ({"Expiration": end(-60)} if self.is_overdue else {}))
            return self.answer(404, "")
        if path == "/container":
            if self.headers.get("Authorization") != "planted-container-token":
                return self.answer(403, {"message": f"not {self.headers.get('Authorization')}"})
            return self.answer(200, keys("container"))
        if path == "/federation/credentials":
            query = parse_qs(urlsplit(self.path).query)
            token = self.headers.get("x-amz-sso_bearer_token")
            if token not in ("planted-sso-token", "planted-sso-renewed"):
                return self.answer(401, {"message": f"Session token not found or invalid: {token}"})
            made = keys(f"sso-{query['account_id'][0]}-{query['role_name'][0]}")
            return self.answer(200, {"roleCredentials": {
                "accessKeyId": made["AccessKeyId"], "secretAccessKey": made["SecretAccessKey"],
                "sessionToken": made["Token"], "expiration": int((time.time() + 3600) * 1000)}})
        self.answer(500 if path.startswith("/broken") else 404, {})

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.note()
        if self.path == "/token":
            asked = json.loads(body)
            if asked["refreshToken"] != "planted-refresh" or asked["grantType"] != "refresh_token":
                return self.answer(400, {"error": "invalid_grant", "message": f"bad {asked['refreshToken']}"})
            return self.answer(200, {"accessToken": "planted-sso-renewed", "expiresIn": 3600,
                                     "refreshToken": "planted-refresh-2"})
        form = {key: value[0] for key, value in parse_qs(body).items()}
        action, role = form["Action"], form["RoleArn"].split("/")[-1]
        who = re.search(r"Credential=([^/]+)/", self.headers.get("Authorization", ""))
        if action == "AssumeRoleWithWebIdentity":
            if form["WebIdentityToken"] != "planted-web-token":
                return self.answer(400, f"<ErrorResponse><Error><Code>InvalidIdentityToken</Code><Message>no "
                                        f"{form['WebIdentityToken']}</Message></Error></ErrorResponse>", "text/xml")
            name = f"{role}-by-web"
        else:
            if not who or role == "denied":
                return self.answer(
                    403, "<ErrorResponse><Error><Code>AccessDenied</Code><Message>User: x is not authorized to "
                    f"perform: sts:AssumeRole on resource: {form['RoleArn']}</Message></Error></ErrorResponse>",
                    "text/xml")
            name = f"{role}-by-{who.group(1)}" + (f"-{form['ExternalId']}" if "ExternalId" in form else "")
        made = keys(name)
        self.answer(200, f"<{action}Response><{action}Result><Credentials>"
                         f"<AccessKeyId>{made['AccessKeyId']}</AccessKeyId>"
                         f"<SecretAccessKey>{made['SecretAccessKey']}</SecretAccessKey>"
                         f"<SessionToken>{made['Token']}</SessionToken><Expiration>{made['Expiration']}</Expiration>"
                         f"</Credentials></{action}Result></{action}Response>", "text/xml")


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(f"listening on {server.server_address[1]}", flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
sys.stdin.read()
