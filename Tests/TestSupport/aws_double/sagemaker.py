"""InvokeEndpoint of a few endpoints, and its streaming form.

    embedder      {"inputs": [TEXT]} gives a list of 384 numbers a text
    tei-rerank    {"query": TEXT, "texts": [TEXT]} gives [{"index", "score"}], best first
    generator     {"inputs": TEXT, "parameters": {}} gives [{"generated_text"}], or a stream as TGI writes it
    chat          {"messages": []} gives an answer as OpenAI's API does, or its stream
    echo          gives back what it was sent
    broken        fails in its container
    loading       is not ready
"""
import json
import re

from .wire import Failure
from .words import embed, overlap

ACCOUNT = "123456789012"
MOST_BYTES = 25 << 20
LOG = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:/aws/sagemaker/Endpoints"


def model_error(name, status, message):
    return Failure(
        "ModelError", f"Received {'client' if status < 500 else 'server'} error ({status}) from primary with message "
        f"\"{message}\". See {LOG}/{name} for more information.",
        OriginalStatusCode=status, OriginalMessage=message, LogStreamArn=f"{LOG}/{name}")


def check(parameters):
    name, body = parameters["EndpointName"], parameters["Body"]
    if name == "broken":
        raise model_error(name, 500, "boom")
    if name == "loading":
        raise Failure("ModelNotReadyException", "The model is being loaded; try again later.")
    if name not in MODELS:
        raise Failure("ValidationError", f"Endpoint {name} of account {ACCOUNT} not found.")
    if not 1 <= len(body) <= MOST_BYTES:
        raise Failure("ValidationError", f"The body has {len(body)} bytes, and 1 to {MOST_BYTES} are taken.")


def request_of(parameters):
    """The JSON that a container was sent; what it cannot read it refuses, as containers do."""
    name = parameters["EndpointName"]
    if parameters.get("ContentType", "application/json").partition(";")[0] != "application/json":
        raise model_error(name, 415, "Unsupported content type")
    try:
        request = json.loads(parameters["Body"])
    except ValueError:
        raise model_error(name, 400, "The body is no JSON") from None
    if not isinstance(request, dict):
        raise model_error(name, 422, "The body is no JSON object")
    return request


def beside(parameters):
    """What is told beside an answer."""
    session = parameters.get("SessionId")
    return {"InvokedProductionVariant": parameters.get("TargetVariant", "all")} | (
        {"CustomAttributes": parameters["CustomAttributes"]} if "CustomAttributes" in parameters else {}) | (
        {"NewSessionId": "session1; Expires=2030-01-02T03:04:05Z"} if session == "NEW_SESSION" else {})


def invoke(parameters):
    check(parameters)
    name = parameters["EndpointName"]
    if name == "echo":
        kind = parameters.get("Accept") or parameters.get("ContentType", "application/octet-stream")
        return beside(parameters) | {"Body": parameters["Body"], "ContentType": kind}
    try:
        answer = MODELS[name](request_of(parameters))
    except (AttributeError, KeyError, TypeError) as error:
        raise model_error(name, 422, f"Failed to deserialize the JSON body: {error!r}") from None
    return beside(parameters) | {"Body": json.dumps(answer).encode(), "ContentType": "application/json"}


def embedder(request):
    texts = request["inputs"]
    return [embed(text, 384)[0] for text in ([texts] if isinstance(texts, str) else texts)]


def rerank(request):
    found = [{"index": index, "score": overlap(request["query"], text)}
             for index, text in enumerate(request["texts"])]
    return sorted(found, key=lambda item: -item["score"])


def spoken(text, most=None, stops=()):
    """An answer's words: the first sentence of the first passage."""
    passage = re.search(r'<passage id="(\d+)"[^>]*>\s*(.*?)\s*</passage>', text, re.DOTALL)
    told = re.split(r"(?<=[.!?])\s", passage[2])[0] + f" [{passage[1]}]" if passage else "No passage was given. Ä日😀"
    for stop in stops or ():
        told = told.partition(stop)[0]
    return re.findall(r"\S+\s*", told)[:most]


def generated(request):
    """An answer's words, and how it ended."""
    settings = request.get("parameters") or {}
    whole = spoken(request["inputs"])
    words = spoken(request["inputs"], settings.get("max_new_tokens"), settings.get("stop"))
    reason = "eos_token" if words == whole else "length" if words == whole[:len(words)] else "stop_sequence"
    return words, {"finish_reason": reason, "generated_tokens": len(words)}


def generator(request):
    words, details = generated(request)
    return [{"generated_text": "".join(words), "details": details}]


def chatted(request):
    stops = request.get("stop") or ()
    text = "\n".join(message["content"] for message in request["messages"])
    return text, spoken(text, request.get("max_tokens"), [stops] if isinstance(stops, str) else stops)


def chat(request):
    text, words = chatted(request)
    usage = {"prompt_tokens": len(text.split()), "completion_tokens": 5}
    return {"id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "chat",
            "choices": [{"index": 0, "message": {"role": "assistant", "content": "".join(words)},
                         "finish_reason": "stop"}],
            "usage": usage | {"total_tokens": sum(usage.values())}}


MODELS = {"embedder": embedder, "tei-rerank": rerank, "generator": generator, "chat": chat, "echo": None}


def generator_lines(request):
    """A line a token; the last tells the whole text, and is the model's own sign where it came to its end."""
    words, details = generated(request)
    tokens = [(word, False) for word in words] + ([("</s>", True)] if details["finish_reason"] == "eos_token" else [])
    for index, (text, is_special) in enumerate(tokens):
        token = {"token": {"text": text} | ({"special": True} if is_special else {})}
        is_last = index == len(tokens) - 1
        yield token | ({"generated_text": "".join(words), "details": details} if is_last else {})


def chat_lines(request):
    for word in chatted(request)[1]:
        yield {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "chat",
               "choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
    yield {"id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1, "model": "chat",
           "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}


def stream(parameters):
    """What is told beside a streamed answer, and its bytes, cut where it hurts: within a letter and a line's end."""
    check(parameters)
    name = parameters["EndpointName"]
    if name not in ("generator", "chat"):
        raise model_error(name, 400, "The container does not stream")
    try:
        request = request_of(parameters)
        lines = list(generator_lines(request) if name == "generator" else chat_lines(request))
    except (AttributeError, KeyError, TypeError) as error:
        raise model_error(name, 422, f"Failed to deserialize the JSON body: {error!r}") from None
    mark = "data:" if name == "generator" else "data: "
    text = "".join(f"{mark}{json.dumps(line, ensure_ascii=False)}\n\n" for line in lines)
    data = (text + ("data: [DONE]\n\n" if name == "chat" else "")).encode()
    told = beside(parameters) | {"ContentType": "text/event-stream"}
    told.pop("NewSessionId", None)
    return told, [data[offset:offset + 11] for offset in range(0, len(data), 11)]
