"""Refusals in each service's own words and form, also those that a test asked for."""
import json

from . import wire
from .wire import Failure

# By the fault's name: what it is called, the first that the operation or its service has, its status and words.
FAULTS = {
    "throttle": (("ThrottlingException",), 400, "Too many requests, please wait before trying again."),
    "not-ready": (("ModelNotReadyException", "ServiceUnavailableException", "ServiceUnavailable"), 503,
                  "The model is not ready for inference."),
    "missing": (("ResourceNotFoundException", "ResourceUnavailableException", "ValidationError"), 404,
                "Could not resolve the resource: not found."),
    "invalid": (("InvalidRequestException", "ValidationException"), 400,
                "Malformed input request, please reformat your input."),
    "500": (("InternalServerException", "InternalFailure"), 500, "The system encountered an unexpected error."),
    "503": (("ServiceUnavailableException", "ServiceUnavailable"), 503,
            "The service is unable to process your request."),
}
EXPIRED = "The security token included in the request is expired"
# What the rights are called where that is not the operation's name.
ACTIONS = {"Converse": "InvokeModel", "ConverseStream": "InvokeModelWithResponseStream"}


def of_fault(fault, call):
    """The refusal that a fault means for a call, or None where it is no refusal."""
    if fault == "denied":
        return Failure("AccessDeniedException", denial(call))
    if fault == "expired":
        return Failure("ExpiredTokenException", EXPIRED)
    if fault not in FAULTS:
        return None
    names, status, message = FAULTS[fault]
    of_operation = {shape.name for shape in call.model.error_shapes}
    of_service = {shape.name for shape in wire.service(call.service).error_shapes}
    for known in (of_operation, of_service):
        name = next((name for name in names if name in known), None)
        if name:
            return Failure(name, message)
    return Failure(names[-1], message, status)


def denial(call):
    model = wire.service(call.service).metadata
    prefix = model.get("signingName", model["endpointPrefix"].rpartition(".")[2])
    action = f"{prefix}:{ACTIONS.get(call.operation, call.operation)}"
    return (f"User: arn:aws:iam::123456789012:user/x is not authorized to perform: {action} on resource: "
            f"{resource(call)} because no identity-based policy allows the {action} action")


def resource(call):
    body = call.request.json() or {}
    kinds = {"modelId": "bedrock:us-east-1::foundation-model",
             "guardrailIdentifier": "bedrock:us-east-1:123456789012:guardrail",
             "knowledgeBaseId": "bedrock:us-east-1:123456789012:knowledge-base",
             "EndpointName": "sagemaker:us-east-1:123456789012:endpoint",
             "IndexId": "kendra:us-east-1:123456789012:index", "Id": "kendra:us-east-1:123456789012:index"}
    for name, kind in kinds.items():
        found = call.labels.get(name) or (isinstance(body, dict) and body.get(name))
        if found:
            return found if str(found).startswith("arn:") else f"arn:aws:{kind}/{found}"
    return "*"


def answer(service_name, failure):
    """A refusal's status, headers and body."""
    model = wire.service(service_name)
    is_json = model.metadata["protocol"] == "json"
    shape = next((shape for shape in model.error_shapes if shape.name == failure.code), None)
    status = failure.status or status_of(shape, is_json)
    known = shape.members if shape else ["Message" if failure.code == "AccessDeniedException" else "message"]
    body = {name: failure.message for name in known if name.lower() == "message"} | failure.more
    if is_json:
        return status, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps({"__type": failure.code} | body)
    name = f"{failure.code}:http://internal.amazon.com/coral/"
    return status, {"Content-Type": "application/json", "x-amzn-ErrorType": name}, json.dumps(body)


def status_of(shape, is_json):
    """The model's status; one that no model has is a refusal of the caller."""
    if shape is None:
        return 400 if is_json else 403
    given = shape.metadata.get("error", {}).get("httpStatusCode")
    return given or (500 if shape.metadata.get("fault") or shape.name == "InternalServerException" else 400)
