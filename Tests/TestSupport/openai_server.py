#!/usr/bin/env python3
"""An OpenAI-compatible model server on loopback for tests: real shapes and streams, no model.

Prints `listening on PORT`, then serves until its standard input closes. Answers

    POST /v1/embeddings         a text's vector is the sum of its words' hashed vectors, so that texts
                                with words in common lie close together; 384 floats unless `dimensions`
    POST /v1/chat/completions   quotes the first sentence of the first passage; calls a tool that must be
                                called, or each tool whose name the last message says, with arguments made
                                from its schema; repeats the result that a tool gave; fills in a JSON schema
    POST /v1/rerank             as Cohere, Jina and vLLM do: by the share of the query's words
    POST /v1/score              as vLLM does
    POST /rerank                as Hugging Face's Text Embeddings Inference (TEI) does
    GET  /v1/models

Requests are checked as OpenAI checks them: a wrong one gets OpenAI's error, in OpenAI's words. In three
places the server is stricter: a call's arguments that are sent back must be a JSON object, since vLLM and
llama.cpp read them, an image must lie in a data URL, and `n` must be 1.

A model's name changes how it answers; a name may hold several of these words:

    shuffled      the embeddings come back in another order, each with its right index
    reasoner      thinks in `reasoning_content`, as DeepSeek and vLLM do
    thinker       thinks in the text, between <think> and </think>
    unopened      a thinker whose <think> stood in the prompt: only </think> is in the text
    noisy         streams with comments, CRLF line ends, `data:` without a space, and parallel calls' pieces
                  mixed, written a few bytes at a time
    bare          answers with few fields, as lesser servers do: no id, usage or refusal; thoughts in `reasoning`;
                  streams begin with a chunk without choices, give a call whole, without its index, and end
                  without [DONE]; embeddings are floats of any length, whatever was asked
    repeats       streams a call's id and name again with each piece, and null for what a piece lacks
    o1, gpt-5     a name that begins so takes no `max_tokens` and no temperature but 1
    ada-002       takes no `dimensions`

Any bearer token that begins with `--key` is known, so that tests running side by side share a server:
`PUT /-/faults/TOKEN` with a JSON array makes the next requests with that token fail, one each (null: one
succeeds):

    rate-limit  quota  context  missing  denied  500  503    OpenAI-shaped errors
    detail  flat  text  list    the same 400 as FastAPI, TEI, Ollama's own API and Gemini word it
    plain         a 500 with the text `Internal Server Error`
    html          a proxy's 502 page
    empty         200 with nothing in the body or the stream
    not-json      200 with a body, or an event, that is not JSON
    slow          answers after 30 s
    stall         the head and half of the body, then silence for 30 s
    cut           the head and half of the body, then the connection is closed
    reset         the connection is reset before any answer
    midway        a stream with an error event after the first words; otherwise 200 with an error as the body
    filtered      half of the words and the finish reason content_filter
    no-done       a stream without finish reason and [DONE]; otherwise the finish reason is null

`GET /-/requests/TOKEN` returns what was asked with that token so far (path, body, headers).
"""
import argparse
import base64
import functools
import hashlib
import itertools
import json
import os
import re
import socket
import struct
import sys
import threading
import time
import uuid
from collections import defaultdict
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

SERVER_ERROR = "The server had an error while processing your request. Sorry about that!"
ERRORS = {  # status, type, code, message
    "rate-limit": (429, "requests", "rate_limit_exceeded",
                   "Rate limit reached for the model on requests per min (RPM): Limit 3, Used 3, Requested 1. "
                   "Please try again in 1s."),
    "quota": (429, "insufficient_quota", "insufficient_quota",
              "You exceeded your current quota, please check your plan and billing details."),
    "context": (400, "invalid_request_error", "context_length_exceeded",
                "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 "
                "tokens. Please reduce the length of the messages."),
    "missing": (404, "invalid_request_error", "model_not_found",
                "The model `no-such-model` does not exist or you do not have access to it."),
    "denied": (403, "request_forbidden", "unsupported_country_region_territory",
               "Country, region, or territory not supported"),
    "500": (500, "server_error", None, SERVER_ERROR),
    "503": (503, "server_error", None, "The engine is currently overloaded, please try again later"),
}
OTHER_ERRORS = {
    "detail": {"detail": [{"type": "string_type", "loc": ["body", "input"], "msg": "Input should be a valid string"}]},
    "flat": {"message": "Input should be a valid string", "code": 400, "type": "Validation"},
    "text": {"error": "Input should be a valid string"},
    "list": [{"error": {"code": 400, "message": "Input should be a valid string", "status": "INVALID_ARGUMENT"}}],
}
PAGES = {
    "plain": (500, "text/plain; charset=utf-8", b"Internal Server Error"),
    "html": (502, "text/html", b"<html><head><title>502 Bad Gateway</title></head><body></body></html>\n"),
}
MODELS = ["gpt-4o-mini", "text-embedding-3-small", "reasoner", "thinker", "noisy", "bare", "repeats", "shuffled"]
MAX_INPUTS, MAX_INPUT_TOKENS, MAX_CHAT_TOKENS, MAX_TEI_BATCH = 2048, 8192, 128_000, 32
SILENCE = 30
PIECE = 7
THOUGHT = "The question needs one passage, and passage [9] is not it."
EMBEDDING_KEYS = {"input", "model", "encoding_format", "dimensions", "user"}
CHAT_KEYS = set(
    "messages model audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens "
    "max_tokens metadata modalities n parallel_tool_calls prediction presence_penalty prompt_cache_key "
    "prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream "
    "stream_options temperature tool_choice tools top_logprobs top_p user verbosity web_search_options".split())
ROLES = ["system", "assistant", "user", "function", "tool", "developer"]
MESSAGE_KEYS = {
    "system": {"role", "content", "name"}, "developer": {"role", "content", "name"},
    "user": {"role", "content", "name"}, "tool": {"role", "content", "tool_call_id"},
    "assistant": {"role", "content", "name", "refusal", "tool_calls", "annotations", "audio", "function_call"},
}
NUMBERS = {  # lowest, highest, whole
    "temperature": (0, 2, False), "top_p": (0, 1, False), "seed": (-2**63, 2**63 - 1, True),
    "max_tokens": (1, None, True), "max_completion_tokens": (1, None, True), "n": (1, 1, True),
    "frequency_penalty": (-2, 2, False), "presence_penalty": (-2, 2, False),
}


class Failure(Exception):
    def __init__(self, status, error_type, code, message, param=None):
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": error_type, "param": param, "code": code}


def need(condition, message, param=None, code=None):
    if not condition:
        raise Failure(400, "invalid_request_error", code, message, param)


def need_known(value, known, param):
    supported = ", ".join(f"'{k}'" for k in known[:-1]) + f", and '{known[-1]}'"
    need(value in known, f"Invalid value: '{value}'. Supported values are: {supported}.", param, "invalid_value")


def need_type(value, kind, name, param):
    fits = isinstance(value, kind) and not (isinstance(value, bool) and kind is not bool)
    need(fits, f"Invalid type for '{param}': expected {name}, but got {json.dumps(value)[:40]} instead.",
         param, "invalid_type")


def need_keys(value, known, where):
    for key in value:
        need(key in known, f"Unknown parameter: '{where}.{key}'.", f"{where}.{key}", "unknown_parameter")


def check_top_level(request, known):
    need(isinstance(request, dict), "We could not parse the JSON body of your request.")
    unknown = sorted(set(request) - known)
    need(not unknown, f"Unrecognized request argument supplied: {', '.join(unknown)}")
    need(isinstance(request.get("model"), str) and request["model"], "you must provide a model parameter")


# Embeddings

@functools.lru_cache(maxsize=20_000)
def word_vector(word, dimension):
    numbers = []
    for block in range(-(-dimension // 16)):
        digest = hashlib.sha512(f"{block} {word}".encode()).digest()
        numbers += [n / 2**31 for n in struct.unpack("!16i", digest)]
    return numbers[:dimension]


def embed(words, dimension):
    vector = [sum(column) for column in zip(*(word_vector(w, dimension) for w in words))]
    length = sum(x * x for x in vector) ** 0.5
    return [x / length for x in vector]


def is_tokens(value):
    return isinstance(value, list) and all(isinstance(t, int) and not isinstance(t, bool) for t in value)


def input_words(request):
    """The words of each input: a text's, or the tokens as they are."""
    need("input" in request, "Missing required parameter: 'input'.", "input", "missing_required_parameter")
    given = request["input"]
    inputs = [given] if isinstance(given, str) or given and is_tokens(given) else given
    refusal = "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."
    need(isinstance(inputs, list) and inputs, refusal)
    need(len(inputs) <= MAX_INPUTS, "Invalid 'input': array too long. Expected an array with maximum length "
         f"{MAX_INPUTS}, but got an array with length {len(inputs)} instead.", "input", "array_above_max_length")
    need(all(i and (isinstance(i, str) or is_tokens(i)) for i in inputs), refusal)
    words = [re.findall(r"\w+", i.lower()) or [i] if isinstance(i, str) else [str(t) for t in i] for i in inputs]
    longest = max(len(w) for w in words)
    need(longest <= MAX_INPUT_TOKENS, f"Invalid 'input': maximum context length is {MAX_INPUT_TOKENS} tokens.",
         "input", None)
    return words


def answer_embeddings(request, fault):
    check_top_level(request, EMBEDDING_KEYS)
    words = input_words(request)
    if "bare" in request["model"]:
        vectors = [[3 * x for x in embed(text, 384)] for text in words]
        return {"data": [{"embedding": vector, "index": index} for index, vector in enumerate(vectors)]}
    encoding, dimension = request.get("encoding_format", "float"), request.get("dimensions", 384)
    need(encoding in ("float", "base64"), f"Invalid value: '{encoding}'. Supported values are: 'float' and 'base64'.",
         "encoding_format", "invalid_value")
    need_type(dimension, int, "an integer", "dimensions")
    need(1 <= dimension <= 3072, f"Invalid value for 'dimensions' = {dimension}. Must be between 1 and 3072.",
         "dimensions")
    need("ada-002" not in request["model"] or "dimensions" not in request,
         "This model does not support specifying dimensions.", "dimensions")
    items = []
    for index, text in enumerate(words):
        vector = embed(text, dimension)
        if encoding == "base64":
            vector = base64.b64encode(struct.pack(f"<{dimension}f", *vector)).decode()
        items.append({"object": "embedding", "index": index, "embedding": vector})
    if "shuffled" in request["model"]:
        items = items[1::2] + items[::2]
    tokens = sum(len(text) for text in words)
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return {"object": "list", "data": items, "model": request["model"], "usage": usage}


# Chat: checks

def check_image(url, param):
    match = re.fullmatch(r"data:(image/[\w.+-]+);base64,([A-Za-z0-9+/]*={0,2})", url)
    need(match, "Error while downloading the image: only data URLs are served here.", param, "invalid_image_url")
    try:
        data = base64.b64decode(match[2], validate=True)
    except ValueError:
        need(False, "Invalid base64 image_url.", param, "invalid_base64")
    kinds = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpeg", b"GIF87a": "gif", b"GIF89a": "gif"}
    kind = next((name for magic, name in kinds.items() if data.startswith(magic)), None)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        kind = "webp"
    need(kind and match[1] == f"image/{kind}", "You uploaded an unsupported image. Please make sure your image has "
         "of one the following formats: ['png', 'jpeg', 'gif', 'webp'].", param, "invalid_image_format")


def check_part(part, role, where):
    need_type(part, dict, "an object", where)
    kinds = {"user": ["text", "image_url"], "assistant": ["text", "refusal"]}.get(role, ["text"])
    kind = part.get("type")
    need(kind in kinds, f"Invalid value: '{kind}'. Supported values are: {kinds}.", f"{where}.type", "invalid_value")
    need(kind in part, f"Missing required parameter: '{where}.{kind}'.", f"{where}.{kind}",
         "missing_required_parameter")
    need_keys(part, {"type", kind}, where)
    if kind == "image_url":
        need_type(part[kind], dict, "an object", f"{where}.image_url")
        need_keys(part[kind], {"url", "detail"}, f"{where}.image_url")
        need_type(part[kind].get("url"), str, "a string", f"{where}.image_url.url")
        return check_image(part[kind]["url"], f"{where}.image_url.url")
    return need_type(part[kind], str, "a string", f"{where}.{kind}")


def check_calls(calls, where):
    need_type(calls, list, "an array", where)
    need(calls, f"Invalid '{where}': empty array. Expected an array with minimum length 1, but got an empty array "
         "instead.", where, "empty_array")
    for position, call in enumerate(calls):
        here = f"{where}[{position}]"
        need_type(call, dict, "an object", here)
        need_keys(call, {"id", "type", "function"}, here)
        need_type(call.get("id"), str, "a string", f"{here}.id")
        need_known(call.get("type"), ["function", "custom"], f"{here}.type")
        function = call.get("function")
        need_type(function, dict, "an object", f"{here}.function")
        need_keys(function, {"name", "arguments"}, f"{here}.function")
        need_type(function.get("name"), str, "a string", f"{here}.function.name")
        need_type(function.get("arguments"), str, "a string", f"{here}.function.arguments")
        need(is_json_object(function["arguments"]), "The arguments of a call are not a JSON object.",
             f"{here}.function.arguments", "invalid_value")


def is_json_object(text):
    try:
        return isinstance(json.loads(text), dict)
    except ValueError:
        return False


def check_message(message, where, model):
    need_type(message, dict, "an object", where)
    role, content = message.get("role"), message.get("content")
    need(role, f"Missing required parameter: '{where}.role'.", f"{where}.role", "missing_required_parameter")
    need_known(role, ROLES, f"{where}.role")
    need(role != "function", "Messages with the role 'function' are not served here.", f"{where}.role")
    need_keys(message, MESSAGE_KEYS[role] | ({"reasoning_content"} if "reasoner" in model else set()), where)
    if "tool_calls" in message:
        check_calls(message["tool_calls"], f"{where}.tool_calls")
    if content is None:
        need("tool_calls" in message, "Invalid value for 'content': expected a string, got null.", f"{where}.content")
    elif isinstance(content, list):
        need(content, f"Invalid '{where}.content': empty array.", f"{where}.content", "empty_array")
        for position, part in enumerate(content):
            check_part(part, role, f"{where}.content[{position}]")
    else:
        need_type(content, str, "one of a string or array of objects", f"{where}.content")


def check_messages(messages, model):
    need_type(messages, list, "an array of objects", "messages")
    need(messages, "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array "
         "instead.", "messages", "empty_array")
    open_calls, answered = [], False
    for position, message in enumerate(messages):
        check_message(message, f"messages[{position}]", model)
        if message["role"] == "tool":
            need(open_calls or answered, "Invalid parameter: messages with role 'tool' must be a response to a "
                 "preceeding message with 'tool_calls'.", f"messages.[{position}].role")
            call = message.get("tool_call_id")
            need(call in open_calls, f"Invalid parameter: 'tool_call_id' of '{call}' not found in 'tool_calls' of "
                 "previous message.", f"messages.[{position}].tool_call_id")
            open_calls.remove(call)
            answered = True
            continue
        need_answers(open_calls, position)
        open_calls, answered = [call["id"] for call in message.get("tool_calls", [])], False
    need_answers(open_calls, len(messages))


def need_answers(open_calls, position):
    need(not open_calls, "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
         "'tool_call_id'. The following tool_call_ids did not have response messages: " + ", ".join(open_calls),
         f"messages.[{position}].role")


def check_numbers(request):
    for name, (low, high, whole) in NUMBERS.items():
        value, kind = request.get(name), "integer" if whole else "decimal"
        if value is None:
            continue
        need_type(value, int if whole else (int, float), f"a {kind}", name)
        need(value >= low, f"Invalid '{name}': {kind} below minimum value. Expected a value >= {low}, but got {value} "
             "instead.", name, f"{kind}_below_min_value")
        need(high is None or value <= high, f"Invalid '{name}': {kind} above maximum value. Expected a value <= "
             f"{high}, but got {value} instead.", name, f"{kind}_above_max_value")
    need(None in (request.get("max_tokens"), request.get("max_completion_tokens")),
         "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", "max_tokens",
         "invalid_parameter_combination")
    if re.match(r"o\d|gpt-5", request["model"]):
        need(request.get("max_tokens") is None, "Unsupported parameter: 'max_tokens' is not supported with this model. "
             "Use 'max_completion_tokens' instead.", "max_tokens", "unsupported_parameter")
        need(request.get("temperature") in (None, 1), "Unsupported value: 'temperature' does not support "
             f"{request.get('temperature')} with this model. Only the default (1) value is supported.", "temperature",
             "unsupported_value")


def check_strict(schema, context, owner, param, code):
    """A strict schema closes each object and requires each of its properties."""
    if not isinstance(schema, dict):
        return
    if schema.get("type") == "object" or "properties" in schema:
        properties = list(schema.get("properties", {}))
        need(schema.get("additionalProperties") is False, f"Invalid schema for {owner}: In context={context}, "
             "'additionalProperties' is required to be supplied and to be false.", param, code)
        need(sorted(schema.get("required", [])) == sorted(properties), f"Invalid schema for {owner}: In context="
             f"{context}, 'required' is required to be supplied and to be an array including every key in properties.",
             param, code)
    for key in ("properties", "$defs", "definitions"):
        for name, value in schema.get(key, {}).items():
            check_strict(value, context + (key, name), owner, param, code)
    check_strict(schema.get("items"), context + ("items",), owner, param, code)
    for position, value in enumerate(schema.get("anyOf", [])):
        check_strict(value, context + ("anyOf", str(position)), owner, param, code)


def need_name(value, param):
    need_type(value, str, "a string", param)
    need(re.fullmatch(r"[a-zA-Z0-9_-]{1,64}", value), f"Invalid '{param}': string does not match pattern. Expected a "
         "string that matches the pattern '^[a-zA-Z0-9_-]+$'.", param, "invalid_value")


def check_tools(request):
    tools, choice = request.get("tools"), request.get("tool_choice")
    for name in ("tool_choice", "parallel_tool_calls"):
        need(request.get(name) is None or tools is not None, f"Invalid value for '{name}': '{name}' is only allowed "
             "when 'tools' are specified.", name)
    if tools is None:
        return
    need_type(tools, list, "an array of objects", "tools")
    need(tools, "Invalid 'tools': empty array. Expected an array with minimum length 1, but got an empty array "
         "instead.", "tools", "empty_array")
    for position, tool in enumerate(tools):
        check_tool(tool, f"tools[{position}]")
    if isinstance(choice, dict):
        need_known(choice.get("type"), ["function", "custom"], "tool_choice.type")
        name = (choice.get("function") or {}).get("name")
        need(name in tool_table(request), f"Invalid value for 'tool_choice': no function named '{name}' was specified "
             "in the 'tools' parameter.", "tool_choice")
    elif choice is not None:
        need_known(choice, ["none", "auto", "required"], "tool_choice")
    if request.get("parallel_tool_calls") is not None:
        need_type(request["parallel_tool_calls"], bool, "a boolean", "parallel_tool_calls")


def check_tool(tool, where):
    need_type(tool, dict, "an object", where)
    need_known(tool.get("type"), ["function", "custom"], f"{where}.type")
    function = tool.get("function")
    need_type(function, dict, "an object", f"{where}.function")
    need_keys(function, {"name", "description", "parameters", "strict"}, f"{where}.function")
    need_name(function.get("name"), f"{where}.function.name")
    schema, owner = function.get("parameters", {"type": "object"}), f"function '{function['name']}'"
    param, code = f"{where}.function.parameters", "invalid_function_parameters"
    need_type(schema, dict, "an object", param)
    need(not schema or schema.get("type") == "object", f"Invalid schema for {owner}: schema must be a JSON Schema of "
         f"'type: \"object\"', got 'type: \"{schema.get('type')}\"'.", param, code)
    if function.get("strict"):
        check_strict(schema, (), owner, param, code)


def check_format(request):
    form = request.get("response_format") or {"type": "text"}
    need_type(form, dict, "an object", "response_format")
    need_known(form.get("type"), ["json_object", "json_schema", "text"], "response_format.type")
    if form["type"] == "json_object":
        said = "\n".join(text_of(message) for message in request["messages"])
        need("json" in said.lower(), "'messages' must contain the word 'json' in some form, to use 'response_format' "
             "of type 'json_object'.", "messages")
    if form["type"] == "json_schema":
        given = form.get("json_schema")
        need(given is not None, "Missing required parameter: 'response_format.json_schema'.",
             "response_format.json_schema", "missing_required_parameter")
        need_type(given, dict, "an object", "response_format.json_schema")
        need_keys(given, {"name", "description", "schema", "strict"}, "response_format.json_schema")
        need_name(given.get("name"), "response_format.json_schema.name")
        if given.get("strict"):
            check_strict(given.get("schema"), (), f"response_format '{given['name']}'", "response_format", None)


def check_stops(request):
    stops = stop_list(request)
    need(all(isinstance(stop, str) and stop for stop in stops), "Invalid 'stop'.", "stop", "invalid_type")
    need(len(stops) <= 4, "Invalid 'stop': array too long. Expected an array with maximum length 4, but got an array "
         f"with length {len(stops)} instead.", "stop", "array_above_max_length")


def check_chat(request):
    check_top_level(request, CHAT_KEYS)
    need("messages" in request, "Missing required parameter: 'messages'.", "messages", "missing_required_parameter")
    check_messages(request["messages"], request["model"])
    check_numbers(request)
    check_stops(request)
    check_tools(request)
    check_format(request)
    if request.get("stream") is not None:
        need_type(request["stream"], bool, "a boolean", "stream")
    need(request.get("stream_options") is None or request.get("stream"),
         "The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
    need_keys(request.get("stream_options") or {}, {"include_usage", "include_obfuscation"}, "stream_options")
    tokens = prompt_tokens(request)
    need(tokens <= MAX_CHAT_TOKENS, f"This model's maximum context length is {MAX_CHAT_TOKENS} tokens. However, your "
         f"messages resulted in {tokens} tokens. Please reduce the length of the messages.", "messages",
         "context_length_exceeded")


# Chat: the answer

@dataclass
class Answer:
    thoughts: list
    words: list
    calls: list
    reason: str
    usage: dict


def split_words(text):
    return re.findall(r"\s*\S+\s*", text)


def stop_list(request):
    stops = request.get("stop") or []
    return stops if isinstance(stops, list) else [stops]


def text_of(message):
    content = message.get("content") or ""
    return content if isinstance(content, str) else "\n".join(part.get("text", "") for part in content)


def prompt_tokens(request):
    return sum(len(text_of(message).split()) for message in request["messages"])


def tool_table(request):
    tools = request.get("tools") or []
    return {tool["function"]["name"]: tool["function"] for tool in tools if "function" in tool}


def chosen_calls(request):
    tools, last = tool_table(request), request["messages"][-1]
    choice = request.get("tool_choice") or "auto"
    if isinstance(choice, dict):
        names = [choice["function"]["name"]]
    else:
        names = [] if last["role"] == "tool" else [name for name in tools if name in text_of(last)]
        names = {"none": [], "auto": names, "required": names or list(tools)[:1]}[choice]
    if request.get("parallel_tool_calls") is False:
        names = names[:1]
    return [make_call(tools[name], len(request["messages"])) for name in names]


def make_call(tool, turn):
    schema = tool.get("parameters") or {"type": "object"}
    call_id = "call_" + hashlib.sha256(f"{turn} {tool['name']}".encode()).hexdigest()[:24]
    function = {"name": tool["name"], "arguments": json.dumps(example(schema, schema))}
    return {"id": call_id, "type": "function", "function": function}


def example(schema, root, name="value"):
    """A value that fits the schema; strings say the property's name."""
    if "$ref" in schema:
        found = functools.reduce(lambda value, key: value[key], schema["$ref"].split("/")[1:], root)
        return example(found, root, name)
    for key in ("anyOf", "oneOf", "allOf"):
        if key in schema:
            return example(schema[key][0], root, name)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: example(value, root, key) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {}), root, name)] * max(1, schema.get("minItems", 1))
    if kind in ("integer", "number"):
        return fitting_number(schema, 7 if kind == "integer" else 1.5)
    return {"boolean": True, "null": None}.get(kind, f"a {name}")


def fitting_number(schema, number):
    return min(max(number, schema.get("minimum", number)), schema.get("maximum", float("inf")))


def answer_text(request):
    messages = request["messages"]
    results = list(itertools.takewhile(lambda message: message["role"] == "tool", reversed(messages)))
    said = "\n".join(text_of(message) for message in messages if message["role"] not in ("system", "developer"))
    passage = re.search(r'<passage id="(\d+)"[^>]*>\s*(.*?)\s*</passage>', said, re.DOTALL)
    form = request.get("response_format") or {"type": "text"}
    if form["type"] == "json_schema":
        schema = form["json_schema"].get("schema") or {"type": "object"}
        return json.dumps(example(schema, schema))
    text = "No passage was given."
    if results:
        text = "The tool said: " + "; ".join(text_of(result) for result in reversed(results))
    elif passage:
        text = re.split(r"(?<=[.!?])\s", passage[2])[0] + f" [{passage[1]}]"
    return json.dumps({"answer": text}) if form["type"] == "json_object" else text


def compose(request, fault):
    check_chat(request)
    calls, reason = chosen_calls(request), "stop"
    if calls and not isinstance(request.get("tool_choice"), dict):
        reason = "tool_calls"  # OpenAI says `stop` where the tool was named
    text = "" if calls else answer_text(request)
    for stop in stop_list(request):
        text = text.split(stop)[0]
    words = split_words(text)
    thoughts = split_words(THOUGHT) if "reasoner" in request["model"] else []
    if "thinker" in request["model"]:
        opening = "" if "unopened" in request["model"] else "<think>\n"
        words = split_words(f"{opening}{THOUGHT}\n</think>\n\n") + words
    if fault == "filtered":
        words, reason = words[:len(words) // 2], "content_filter"
    answer = Answer(thoughts, words, calls, reason, {})
    shorten(answer, request.get("max_tokens") or request.get("max_completion_tokens") or 16_384)
    answer.usage = usage_of(request, answer)
    return answer


def shorten(answer, limit):
    """Ends an answer that is longer than asked: in the thoughts, in the words or in a call's arguments."""
    total = len(answer.thoughts) + len(answer.words) + sum(len(pieces(call)) for call in answer.calls)
    if total <= limit:
        return
    answer.reason = "length"
    answer.thoughts = answer.thoughts[:limit]
    answer.words = answer.words[:limit - len(answer.thoughts)]
    left = limit - len(answer.thoughts) - len(answer.words)
    kept = answer.calls[:1] if left else []
    for call in kept:
        call["function"]["arguments"] = "".join(pieces(call)[:left])
    answer.calls = kept


def pieces(call):
    text = call["function"]["arguments"]
    return [text[offset:offset + PIECE] for offset in range(0, len(text), PIECE)]


def usage_of(request, answer):
    prompt = prompt_tokens(request)
    said = len(answer.thoughts) + len(answer.words) + sum(len(pieces(call)) for call in answer.calls)
    return {"prompt_tokens": prompt, "completion_tokens": said, "total_tokens": prompt + said,
            "prompt_tokens_details": {"cached_tokens": 0, "audio_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": len(answer.thoughts), "audio_tokens": 0,
                                          "accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}}


def envelope(request, kind):
    return {"id": "chatcmpl-" + uuid.uuid4().hex, "object": kind, "created": int(time.time()),
            "model": request["model"], "service_tier": "default", "system_fingerprint": "fp_loopback"}


def chat(request, fault):
    answer = compose(request, fault)
    if fault == "midway":
        return {"error": {"message": SERVER_ERROR, "type": "server_error", "param": None, "code": None}}
    message = {"role": "assistant", "content": "".join(answer.words) if answer.words or not answer.calls else None,
               "refusal": None, "annotations": []}
    if answer.thoughts:
        message["reasoning_content"] = "".join(answer.thoughts)
    if answer.calls:
        message["tool_calls"] = answer.calls
    if "bare" in request["model"]:
        return {"choices": [{"message": strip(message), "finish_reason": answer.reason}]}
    reason = None if fault == "no-done" else answer.reason
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reason}
    return envelope(request, "chat.completion") | {"choices": [choice], "usage": answer.usage}


def strip(message):
    """Only what a lesser server tells of a message or a delta."""
    names = {"role": "role", "content": "content", "tool_calls": "tool_calls", "reasoning_content": "reasoning"}
    return {names[key]: value for key, value in message.items() if key in names and value is not None}


def bare_events(answer):
    yield {"object": "chat.completion.chunk", "choices": []}
    for delta in [{"reasoning_content": word} for word in answer.thoughts] + [{"content": w} for w in answer.words]:
        yield {"choices": [{"delta": strip({"role": "assistant"} | delta)}]}
    for call in answer.calls:
        yield {"choices": [{"delta": {"role": "assistant", "content": "", "tool_calls": [call]}}]}
    yield {"choices": [{"delta": {}, "finish_reason": answer.reason}]}


def call_deltas(position, call):
    function = {"name": call["function"]["name"], "arguments": ""}
    yield {"tool_calls": [{"index": position, "id": call["id"], "type": "function", "function": function}]}
    for piece in pieces(call):
        yield {"tool_calls": [{"index": position, "function": {"arguments": piece}}]}


def repeated_deltas(position, call):
    for piece in pieces(call):
        function = {"name": call["function"]["name"], "arguments": piece}
        yield {"role": None, "content": None, "tool_calls": [
            {"index": position, "id": call["id"], "type": "function", "function": function}]}
    yield {"role": None, "content": None, "tool_calls": None}


def answer_deltas(answer, model):
    yield {"role": "assistant", "content": None if answer.calls else "", "refusal": None}
    for word in answer.thoughts:
        yield {"content": None, "reasoning_content": word}
    words = answer.words
    if "thinker" in model:  # the marks of a thought come in parts
        words = re.findall(r"(?s).{1,5}", "".join(words))
    for word in words:
        yield {"content": word}
    deltas = repeated_deltas if "repeats" in model else call_deltas
    streams = [list(deltas(position, call)) for position, call in enumerate(answer.calls)]
    if "noisy" in model:
        yield from (delta for row in itertools.zip_longest(*streams) for delta in row if delta)
    else:
        yield from itertools.chain(*streams)


def chat_events(request, fault):
    """The data of a stream's events."""
    if fault == "not-json":
        return ['{"id": "chatcmpl-1", "choices": [']
    if fault == "empty":
        return []
    answer = compose(request, fault)
    if "bare" in request["model"]:
        return [json.dumps(event) for event in bare_events(answer)]
    counted = (request.get("stream_options") or {}).get("include_usage")
    head = envelope(request, "chat.completion.chunk") | ({"usage": None} if counted else {})
    deltas = list(answer_deltas(answer, request["model"]))
    if fault == "midway":
        error = {"message": SERVER_ERROR, "type": "server_error", "param": None, "code": None}
        return [chunk(head, delta) for delta in deltas[:2]] + [json.dumps({"error": error})]
    events = [chunk(head, delta) for delta in deltas]
    if fault == "no-done":
        return events
    events.append(chunk(head, {}, answer.reason))
    if counted:
        events.append(json.dumps(head | {"choices": [], "usage": answer.usage}))
    return events + ["[DONE]"]


def chunk(head, delta, reason=None):
    choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}
    return json.dumps(head | {"choices": [choice], "obfuscation": "abc"}, ensure_ascii=False)


def frame_events(events, noisy):
    """The bytes to write, one write each."""
    if not noisy:
        return [f"data: {event}\n\n".encode() for event in events]
    text = ": keep-alive\r\n\r\n" + "".join(
        f"event: message\r\ndata:{event}\r\n\r\n: keep-alive\r\n\r\n" for event in events)
    data = text.encode()
    return [data[offset:offset + 11] for offset in range(0, len(data), 11)]


# Reranking

def share_of_words(query, text):
    asked = set(re.findall(r"\w+", query.lower()))
    return len(asked & set(re.findall(r"\w+", text.lower()))) / max(1, len(asked))


def need_vllm(condition, message):
    """As vLLM says it: the code is a number."""
    if not condition:
        raise Failure(400, "BadRequestError", 400, message)


def rerank(request, fault):
    need_vllm(isinstance(request, dict) and isinstance(request.get("query"), str), "query: Field required")
    documents = request.get("documents")
    need_vllm(isinstance(documents, list) and documents, "documents: Field required")
    texts = [d.get("text") if isinstance(d, dict) else d for d in documents]
    need_vllm(all(isinstance(text, str) for text in texts), "documents: Input should be a valid string")
    limit = request.get("top_n") or len(texts)
    need_vllm(isinstance(limit, int) and limit > 0, "top_n: Input should be a valid integer")
    results = [{"index": index, "relevance_score": share_of_words(request["query"], text)}
               | ({} if request.get("return_documents") is False else {"document": {"text": text}})
               for index, text in enumerate(texts)]
    results.sort(key=lambda result: -result["relevance_score"])
    tokens = sum(len(text.split()) for text in texts)
    return {"id": "rerank-" + uuid.uuid4().hex, "model": request.get("model"), "results": results[:limit],
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}


def score(request, fault):
    need_vllm(isinstance(request, dict), "a JSON object is expected")
    sides = [[side] if isinstance(side, str) else side for side in (request.get("text_1"), request.get("text_2"))]
    need_vllm(all(isinstance(side, list) and side and all(isinstance(t, str) for t in side) for side in sides),
              "text_1 and text_2: a string or a list of strings is expected")
    first, second = sides
    need_vllm(len(first) in (1, len(second)), "Input lengths must be either 1:1, 1:N or N:N")
    pairs = zip(first * len(second) if len(first) == 1 else first, second)
    data = [{"index": index, "object": "score", "score": share_of_words(one, two)}
            for index, (one, two) in enumerate(pairs)]
    tokens = sum(len(text.split()) for text in first + second)
    return {"id": "score-" + uuid.uuid4().hex, "object": "list", "created": int(time.time()),
            "model": request.get("model"), "data": data,
            "usage": {"prompt_tokens": tokens, "total_tokens": tokens, "completion_tokens": 0}}


def tei_failure(status, message):
    failure = Failure(status, "Validation", None, message)
    failure.error = None
    return failure


def tei_rerank(request, fault):
    texts = request.get("texts") if isinstance(request, dict) else None
    if not isinstance(texts, list) or not isinstance(request.get("query"), str):
        raise tei_failure(422, "Failed to deserialize the JSON body into the target type")
    if not texts or not all(isinstance(text, str) for text in texts):
        raise tei_failure(422, "`texts` cannot be empty")
    if len(texts) > MAX_TEI_BATCH:
        raise tei_failure(413, f"batch size {len(texts)} > maximum allowed batch size {MAX_TEI_BATCH}")
    ranks = [{"index": index, "score": share_of_words(request["query"], text)} for index, text in enumerate(texts)]
    if request.get("raw_scores"):
        ranks = [rank | {"score": 10 * rank["score"] - 5} for rank in ranks]
    if request.get("return_text"):
        ranks = [rank | {"text": texts[rank["index"]]} for rank in ranks]
    return sorted(ranks, key=lambda rank: -rank["score"])


def model_card(name):
    return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "loopback"}


ACTIONS = {"/v1/embeddings": answer_embeddings, "/v1/chat/completions": chat, "/v1/rerank": rerank,
           "/v1/score": score, "/rerank": tei_rerank}


# Serving

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    lock, faults, requests = threading.Lock(), defaultdict(list), defaultdict(list)

    def handle_one_request(self):
        self.fault = None
        try:
            super().handle_one_request()
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def do_PUT(self):
        with self.lock:
            self.faults[self.token_in_path()] = json.loads(self.read_body())
        self.reply(200, {})

    def do_GET(self):
        if self.path.startswith("/-/requests/"):
            with self.lock:
                return self.reply(200, list(self.requests[self.token_in_path()]))
        return self.guard(lambda: self.answer(b""))

    def do_POST(self):
        body = self.read_body()
        self.guard(lambda: self.answer(body))

    def guard(self, action):
        try:
            action()
        except Failure as failure:
            error = failure.error
            body = {"error": str(failure), "error_type": "Validation"} if error is None else {"error": error}
            self.reply(failure.status, body)

    def answer(self, body):
        token = self.known_token()
        request, path = parse(body), self.path.partition("?")[0]
        headers = {name.lower(): value for name, value in self.headers.items()}
        with self.lock:
            self.requests[token].append({"path": path, "body": request, "headers": headers})
            self.fault = self.faults[token].pop(0) if self.faults[token] else None
        if self.fail_early():
            return None
        if self.command == "GET":
            return self.models(path)
        if path not in ACTIONS:
            raise Failure(404, "invalid_request_error", "unknown_url", f"Unknown request URL: POST {path}. Please "
                          "check the URL for typos, or see the docs at "
                          "https://platform.openai.com/docs/api-reference/.")
        need(body == b"" or request is not None, "We could not parse the JSON body of your request. (HINT: This likely "
             "means you aren't using your HTTP library correctly.)")
        if path == "/v1/chat/completions" and isinstance(request, dict) and request.get("stream"):
            return self.stream(frame_events(chat_events(request, self.fault), "noisy" in str(request.get("model"))))
        return self.reply(200, ACTIONS[path](request, self.fault))

    def fail_early(self):
        """The failures that do not need the answer. True when the request is done with."""
        if self.fault in ERRORS:
            raise Failure(*ERRORS[self.fault])
        if self.fault in OTHER_ERRORS:
            self.reply(400, OTHER_ERRORS[self.fault])
        if self.fault == "slow":
            time.sleep(SILENCE)
        if self.fault in PAGES:
            status, kind, page = PAGES[self.fault]
            self.send_head(status, kind, [("Content-Length", str(len(page)))])
            self.wfile.write(page)
        if self.fault == "reset":
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.close_connection = True
            os.close(self.connection.detach())
        return self.fault == "reset" or self.fault in PAGES or self.fault in OTHER_ERRORS

    def known_token(self):
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Failure(401, "invalid_request_error", None, "You didn't provide an API key. You need to provide your "
                          "API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
        if not token.startswith(options.key):
            raise Failure(401, "invalid_request_error", "invalid_api_key", "Incorrect API key provided: "
                          f"{token[:3]}***. You can find your API key at "
                          "https://platform.openai.com/account/api-keys.")
        return token

    def models(self, path):
        name = unquote(path.removeprefix("/v1/models/"))
        if path == "/v1/models":
            return self.reply(200, {"object": "list", "data": [model_card(name) for name in MODELS]})
        if not path.startswith("/v1/models/") or name not in MODELS:
            raise Failure(404, "invalid_request_error", "model_not_found", f"The model '{name}' does not exist",
                          "model")
        return self.reply(200, model_card(name))

    def token_in_path(self):
        return unquote(self.path.rpartition("/")[2])

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def send_head(self, status, content_type, more):
        self.send_response(status)
        rest = [("x-request-id", "req_" + uuid.uuid4().hex), ("openai-version", "2020-10-01"),
                ("openai-processing-ms", "1"), ("x-ratelimit-limit-requests", "3"),
                ("x-ratelimit-remaining-requests", "0" if status == 429 else "2"),
                ("x-ratelimit-reset-requests", "1s")]
        if status == 429 and self.fault == "rate-limit":
            rest.append(("Retry-After", "1"))
        for name, value in [("Content-Type", content_type)] + more + rest:
            self.send_header(name, value)
        self.end_headers()

    def reply(self, status, value):
        body = json.dumps(value).encode()
        body = {"not-json": b"<html>", "empty": b""}.get(self.fault, body)
        self.send_head(status, "application/json", [("Content-Length", str(len(body)))])
        self.write_all([body])

    def stream(self, frames):
        self.send_head(200, "text/event-stream; charset=utf-8", [("Transfer-Encoding", "chunked")])
        self.write_all([b"%x\r\n%b\r\n" % (len(frame), frame) for frame in frames] + [b"0\r\n\r\n"])

    def write_all(self, parts):
        """Writes the body, or half of it where that is the fault."""
        if self.fault in ("stall", "cut"):
            whole = b"".join(parts)
            parts = [whole[:len(whole) // 2]]
            self.close_connection = True
        for part in parts:
            self.wfile.write(part)
            self.wfile.flush()
        if self.fault == "stall":
            time.sleep(SILENCE)

    def log_message(self, *arguments):
        pass


def parse(body):
    try:
        return json.loads(body)
    except ValueError:
        return None


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--key", default="sk-test")

if __name__ == "__main__":
    options = parser.parse_args()
    server = Server(("127.0.0.1", options.port), Handler)
    print(f"listening on {server.server_address[1]}", flush=True)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    server.serve_forever()
