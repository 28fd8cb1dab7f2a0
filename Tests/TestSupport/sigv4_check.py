"""Verifies AWS Signature Version 4 from the request line as it came over the wire.

Written from AWS's specification ("Create a signed AWS API request", IAM User Guide) with hmac and
hashlib alone, so that it shares no mistake with the signer under test or with botocore.
"""
import datetime
import hashlib
import hmac
import re

MAX_SKEW_SECONDS = 300
UNRESERVED = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
PATTERN = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
    r"SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})")


class Refused(Exception):
    """AWS's error type and message."""

    def __init__(self, error_type, message):
        super().__init__(message)
        self.error_type, self.message = error_type, message


def uri_encode(text):
    return "".join(chr(b) if b in UNRESERVED or b == 0x2F else f"%{b:02X}" for b in text.encode())


def canonical_path(path):
    segments = []
    for segment in path.split("/"):
        if segment == "..":
            del segments[-1:]
        elif segment not in ("", "."):
            segments.append(segment)
    end = "/" if path.endswith("/") and segments else ""
    return "/" + uri_encode("/".join(segments)) + end


def canonical_query(query):
    pairs = [pair.partition("=")[::2] for pair in query.split("&")] if query else []
    return "&".join(f"{key}={value}" for key, value in sorted(pairs))


def verify(method, target, headers, body, secret_of, region, service):
    """The key id that the request is signed with; `secret_of` tells its secret, or None. Raises `Refused`."""
    match = PATTERN.fullmatch(headers.get("authorization", ""))
    if not match:
        raise Refused("MissingAuthenticationTokenException", "Missing Authentication Token")
    key_id, day, signed_region, signed_service, names, signature = match.groups()
    secret = secret_of(key_id)
    if secret is None:
        raise Refused("UnrecognizedClientException", "The security token included in the request is invalid.")
    if signed_region != region:
        raise Refused("InvalidSignatureException", "Credential should be scoped to a valid region.")
    if signed_service != service:
        raise Refused("InvalidSignatureException", f"Credential should be scoped to correct service: '{service}'.")
    names = names.split(";")
    missing = [n for n in headers if (n == "host" or n.startswith("x-amz-")) and n not in names]
    if missing or names != sorted(names):
        raise Refused("InvalidSignatureException", f"These headers must be signed, in order: {missing}")
    time = headers.get("x-amz-date", "")
    check_time(time, day)
    payload_hash = hashlib.sha256(body).hexdigest()
    if headers.get("x-amz-content-sha256", payload_hash) not in (payload_hash, "UNSIGNED-PAYLOAD"):
        raise Refused("InvalidSignatureException", "The payload does not match x-amz-content-sha256.")
    path, _, query = target.partition("?")
    lines = [method, canonical_path(path), canonical_query(query)]
    lines += [f"{n}:{' '.join(headers.get(n, '').split())}" for n in names]
    lines += ["", ";".join(names), headers.get("x-amz-content-sha256", payload_hash)]
    scope = f"{day}/{region}/{service}/aws4_request"
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    key = ("AWS4" + secret).encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{digest}"
    expected = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
    if not hmac.compare_digest(expected, signature):
        raise Refused(
            "InvalidSignatureException",
            "The request signature we calculated does not match the signature you provided. "
            "Check your AWS Secret Access Key and signing method.")
    return key_id


def check_time(time, day):
    try:
        signed_at = datetime.datetime.strptime(time, "%Y%m%dT%H%M%SZ")
    except ValueError:
        raise Refused("IncompleteSignatureException", "X-Amz-Date is missing or malformed.") from None
    now = datetime.datetime.now(datetime.timezone.utc).replace(tzinfo=None)
    skew = abs((now - signed_at).total_seconds())
    if skew > MAX_SKEW_SECONDS or not time.startswith(day):
        raise Refused("InvalidSignatureException", f"Signature expired: {time} is {skew:.0f} s off.")
