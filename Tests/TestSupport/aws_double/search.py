"""OpenSearch behind a signature of `es` or `aoss`: what AWS puts in front of it, and faults in its own words."""
import hashlib
import json

from .errors import EXPIRED
from .opensearch_fields import Refusal

NAMES = ("es", "aoss")
FAULTS = {
    "throttle": (429, "circuit_breaking_exception", "[parent] Data too large, data for [<http_request>] would be over "
                 "the limit"),
    "not-ready": (503, "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/1/state not recovered];"),
    "missing": (404, "index_not_found_exception", "no such index [missing]"),
    "invalid": (400, "parsing_exception", "unknown query [nonsense]"),
    "blocked": (403, "cluster_block_exception", "index [a] blocked by: [FORBIDDEN/12/index read-only / allow delete "
                "(api)];"),
    "flood": (429, "cluster_block_exception", "index [a] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded "
              "flood-stage watermark, index has read-only-allow-delete block];"),
    "500": (500, "null_pointer_exception", "Cannot invoke \"Object.toString()\""),
    "503": (503, "cluster_block_exception", "blocked by: [SERVICE_UNAVAILABLE/2/no master];"),
}
FORBIDDEN = {"status": 403, "error": {"reason": "403 Forbidden", "type": "Forbidden"}}


def written(status, value):
    return status, {}, json.dumps(value).encode()


def of_fault(fault, request):
    """The refusal that a fault means, or None where it is no refusal."""
    if fault == "denied":
        return written(403, {"Message": denial(request)})
    if fault == "expired":
        return written(403, {"message": EXPIRED})
    if fault not in FAULTS:
        return None
    refusal = Refusal(*FAULTS[fault])
    return written(refusal.status, refusal.body())


def denial(request):
    action = f"es:ESHttp{request.method.capitalize()}"
    return (f"User: arn:aws:iam::123456789012:user/x is not authorized to perform: {action} on resource: "
            f"arn:aws:es:us-east-1:123456789012:domain/wiki{request.target.partition('?')[0]} because no "
            f"resource-based policy allows the {action} action")


def answer(name, engine, request, fault=None):
    if name == "aoss" and request.headers.get("x-amz-content-sha256") != hashlib.sha256(request.body).hexdigest():
        return written(403, FORBIDDEN)
    engine.fault = fault
    try:
        return written(*engine.call(request.method, request.target, request.body, name == "aoss"))
    except Refusal as refusal:
        return written(refusal.status, refusal.body())
