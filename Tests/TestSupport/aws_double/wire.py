"""From a signed request to an operation with its parameters, and back, by botocore's own service models."""
import json
import re
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import parse_qs, unquote

import event_stream
from botocore.loaders import Loader
from botocore.model import ServiceModel

from . import shapes

# By the name in the signature; the first that has the request's path answers.
SERVICES = {
    "bedrock": ("bedrock-runtime", "bedrock-agent-runtime", "bedrock"), "sagemaker": ("sagemaker-runtime",),
    "comprehend": ("comprehend",), "kendra": ("kendra",)}


class Request(NamedTuple):
    method: str
    target: str
    headers: dict
    body: bytes

    def json(self):
        """The body, or None where it is no JSON."""
        try:
            return json.loads(self.body) if self.body else None
        except ValueError:
            return None


class Failure(Exception):
    """A refusal by the name that AWS gives it; without a status, that of the service's model."""

    def __init__(self, code, message, status=None, **more):
        super().__init__(message)
        self.code, self.message, self.status, self.more = code, message, status, more


class Drift(Exception):
    """An answer of the double's own that the service would not give."""


def invalid(message):
    return Failure("ValidationException", message)


@lru_cache
def service(name):
    return ServiceModel(Loader().load_service_model(name, "service-2"), service_name=name)


@lru_cache
def routes(name):
    """Method, pattern, fixed query and operation of a service of REST, those with fewer labels first."""
    found = []
    for operation in service(name).operation_names:
        http = service(name).operation_model(operation).http
        path, _, query = http["requestUri"].partition("?")
        pattern = re.sub(r"\\\{(\w+)(\\\+)?\\\}", lambda m: f"(?P<{m[1]}>{'.+' if m[2] else '[^/]+'})",
                         re.escape(path))
        found.append((path.count("{"), http["method"], re.compile(pattern), query, operation))
    return [route[1:] for route in sorted(found, key=lambda route: route[0])]


def is_json(signing_name):
    """Whether the service is one of JSON 1.1, whose errors have their name in the body."""
    return service(SERVICES[signing_name][0]).metadata["protocol"] == "json"


def find(signing_name, request):
    """The call that a request makes; its parameters are not read yet."""
    if is_json(signing_name):
        return find_json(SERVICES[signing_name][0], request)
    path, _, query = request.target.partition("?")
    given = parse_qs(query, keep_blank_values=True)
    for name in SERVICES[signing_name]:
        for method, pattern, fixed, operation in routes(name):
            match = pattern.fullmatch(path) if method == request.method else None
            if match and parse_qs(fixed, keep_blank_values=True).keys() <= given.keys():
                labels = {key: unquote(value) for key, value in match.groupdict().items()}
                return Call(name, operation, request, labels, given)
    raise Failure("UnknownOperationException", f"No operation has {request.method} {path}", 404)


def find_json(name, request):
    prefix, _, operation = request.headers.get("x-amz-target", "").rpartition(".")
    model, kind = service(name), request.headers.get("content-type", "")
    if operation not in model.operation_names or prefix != model.metadata["targetPrefix"] \
            or (request.method, request.target) != ("POST", "/") or kind != "application/x-amz-json-1.1":
        raise Failure("UnknownOperationException", f"No operation is {prefix}.{operation} of {kind}", 400)
    return Call(name, operation, request, {}, {})


class Call:
    """An operation that is asked for."""

    def __init__(self, service_name, operation, request, labels, query):
        self.service, self.operation, self.request = service_name, operation, request
        self.labels, self.query = labels, query
        self.model = service(service_name).operation_model(operation)

    def read(self):
        """The parameters, checked; raises `Failure` for what the service would not take."""
        shape = self.model.input_shape
        if shape is None:
            return {}
        try:
            parameters = self.read_members(shape)
            shapes.check(shape, parameters, self.operation)
        except shapes.Mismatch as mismatch:
            code = "ValidationError" if self.service == "sagemaker-runtime" else "ValidationException"
            raise Failure(code, f"1 validation error detected: {mismatch}", 400) from None
        return parameters

    def read_members(self, shape):
        payload = shape.serialization.get("payload")
        rest = {} if payload or not self.request.body else dict(self.load())
        parameters, query = {}, dict(self.query)
        for name, member in shape.members.items():
            place, wire = member.serialization.get("location"), member.serialization.get("name", name)
            path = f"{self.operation}.{name}"
            if place == "uri":
                parameters[name] = shapes.read_text(member, self.labels[wire], path)
            elif place == "querystring" and wire in query:
                parameters[name] = self.read_query(member, query.pop(wire), path)
            elif place == "header" and wire.lower() in self.request.headers:
                parameters[name] = shapes.read_text(member, self.request.headers[wire.lower()], path)
            elif name == payload:
                parameters[name] = self.request.body if member.type_name == "blob" else \
                    shapes.read(member, self.load(), path)
            elif place is None and rest.get(wire) is not None:
                parameters[name] = shapes.read(member, rest[wire], path)
            if place is None:
                rest.pop(wire, None)
        for key in [*rest, *query]:
            raise shapes.Mismatch(f"{self.operation}: extraneous key [{key}] is not permitted")
        return parameters

    @staticmethod
    def read_query(member, values, path):
        if member.type_name == "list":
            return [shapes.read_text(member.member, value, path) for value in values]
        return shapes.read_text(member, values[-1], path)

    def load(self):
        value = self.request.json()
        if not isinstance(value, dict):
            raise Failure("SerializationException", "The body is no JSON object", 400)
        return value

    def respond(self, answer):
        """An answer's headers and body; raises `Drift` for one that the service would not give."""
        shape = self.model.output_shape
        events = {name: {} for name, member in shape.members.items() if member.serialization.get("eventstream")}
        self.hold(shape, answer | events)
        headers, body, payload = {}, {}, shape.serialization.get("payload")
        for name, value in answer.items():
            member = shape.members[name]
            wire = member.serialization.get("name", name)
            if member.serialization.get("location") == "header":
                headers[wire] = shapes.write_text(member, value)
            elif name != payload:
                body[wire] = shapes.write(member, value)
        is_rest = service(self.service).metadata["protocol"] == "rest-json"
        kind = "application/json" if is_rest else "application/x-amz-json-1.1"
        if payload and payload in answer:
            return {"Content-Type": kind} | headers, answer[payload]
        return {"Content-Type": kind} | headers, json.dumps(body).encode()

    def hold(self, shape, value):
        try:
            shapes.check(shape, value, f"{self.operation}'s answer")
        except shapes.Mismatch as mismatch:
            raise Drift(str(mismatch)) from None
        except (AttributeError, KeyError, TypeError) as error:
            raise Drift(f"{self.operation}'s answer: {error!r}") from None

    def stream_shape(self, kind):
        output = self.model.output_shape
        return next(member for member in output.members.values()
                    if member.serialization.get("eventstream")).members[kind]

    def event(self, kind, value, padding=None):
        """One event of the answer's stream; `padding` are members that the model does not tell."""
        shape = self.stream_shape(kind)
        self.hold(shape, value)
        payload = next((name for name, member in shape.members.items()
                        if member.serialization.get("eventpayload")), None)
        if payload:
            headers = {":event-type": kind, ":content-type": "application/octet-stream", ":message-type": "event"}
            return kind, event_stream.message(headers, value[payload])
        return kind, event_stream.event(kind, shapes.write(shape, value) | (padding or {}))

    def exception(self, kind, value):
        """One exception of the answer's stream."""
        shape = self.stream_shape(kind)
        self.hold(shape, value)
        headers = {":exception-type": kind, ":content-type": "application/json", ":message-type": "exception"}
        return kind, event_stream.message(headers, json.dumps(shapes.write(shape, value)).encode())
