#!/usr/bin/env python3
"""A Bedrock Runtime on loopback for tests: real signatures, shapes and event streams, no model.

Prints `listening on PORT`, then serves until its standard input closes. Answers InvokeModel of Titan
Text Embeddings V2 (a text's vector is the sum of its words' hashed vectors, so that texts with words
in common lie close together), Converse and ConverseStream: quotes the first sentence of the first
passage; calls a tool that must be called, or whose name the last message says, with an input made from
its schema; repeats the result that a tool gave; and Rerank of the agents' runtime, by words in common. Any key id that begins with `--access-key` is known, with the one secret, so that tests
running side by side share a server: `PUT /-/faults/KEY-ID` with a JSON array makes the next requests
signed with that key fail, one each:

    throttle  not-ready  denied  missing  invalid  500  503    AWS-shaped errors
    slow          answers after 30 s
    not-json      200 with a body that is not JSON
    bad-frame     an event stream with a wrong checksum
    cut           an event stream that ends in the middle of a message
    midway        an event stream with a throttlingException after the first words
    filtered      the stop reason of a guardrail
    cached        tokens read from and written to the prompt cache

`GET /-/requests/KEY-ID` returns what was asked with that key so far (model, action, body).
"""
import argparse
import hashlib
import json
import os
import re
import struct
import sys
import threading
import time
import uuid
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

import event_stream
import sigv4_check

ERRORS = {
    "throttle": (429, "ThrottlingException", "Too many requests, please wait before trying again."),
    "not-ready": (429, "ModelNotReadyException", "The model is not ready for inference."),
    "denied": (403, "AccessDeniedException", "You don't have access to the model with that ID."),
    "missing": (404, "ResourceNotFoundException", "Could not resolve the foundation model."),
    "invalid": (400, "ValidationException", "Malformed input request, please reformat your input."),
    "500": (500, "InternalServerException", "The system encountered an unexpected error."),
    "503": (503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
}
MAX_TITAN_CHARACTERS = 50_000


class Failure(Exception):
    def __init__(self, status, error_type, message):
        super().__init__(message)
        self.status, self.error_type, self.message = status, error_type, message


def invalid(message):
    return Failure(400, "ValidationException", message)


def word_vector(word, dimension):
    numbers = []
    for block in range(dimension // 16):
        digest = hashlib.sha512(f"{block} {word}".encode()).digest()
        numbers += [n / 2**31 for n in struct.unpack("!16i", digest)]
    return numbers


def embed(text, dimension, normalize):
    words = re.findall(r"\w+", text.lower()) or [text]
    vector = [sum(column) for column in zip(*(word_vector(w, dimension) for w in words))]
    length = sum(x * x for x in vector) ** 0.5 if normalize else 1
    return [x / length for x in vector], len(words)


def answer_embedding(request):
    unknown = set(request) - {"inputText", "dimensions", "normalize", "embeddingTypes"}
    text, dimension = request.get("inputText"), request.get("dimensions", 1024)
    if unknown or not isinstance(text, str) or not isinstance(request.get("normalize", True), bool):
        raise invalid(f"Malformed input request: #: extraneous or mistyped keys {sorted(unknown)}")
    if not text or len(text) > MAX_TITAN_CHARACTERS:
        raise invalid(f"Malformed input request: #/inputText: not 1 to {MAX_TITAN_CHARACTERS} characters")
    if dimension not in (256, 512, 1024):
        raise invalid("Malformed input request: #/dimensions: not in [256, 512, 1024]")
    vector, count = embed(text, dimension, request.get("normalize", True))
    return {"embedding": vector, "inputTextTokenCount": count, "embeddingsByType": {"float": vector}}


def tool_blocks(message, kind):
    return [block[kind] for block in message["content"] if kind in block]


def check_conversation(request):
    messages = request.get("messages")
    if not messages or messages[0].get("role") != "user":
        raise invalid("A conversation must start with a user message.")
    asked = []
    for before, message in zip([None] + messages, messages):
        if before and before["role"] == message["role"]:
            raise invalid("The roles of the messages must alternate.")
        results = [result["toolUseId"] for result in tool_blocks(message, "toolResult")]
        if sorted(results) != sorted(asked):
            raise invalid("The tool results do not match the tool uses of the turn before.")
        asked = [use["toolUseId"] for use in tool_blocks(message, "toolUse")]
        if (results or asked) and "toolConfig" not in request:
            raise invalid("The toolConfig field must be defined when using toolUse and toolResult blocks.")
    texts = [block["text"] for m in messages for block in m["content"] if "text" in block]
    if not all(text.strip() for text in texts):
        raise invalid("The text field in the ContentBlock object is blank.")
    return texts


def chosen_tool(request, texts):
    config = request.get("toolConfig", {"tools": []})
    tools = {tool["toolSpec"]["name"]: tool["toolSpec"] for tool in config["tools"]}
    if not all(tool["description"] for tool in tools.values()):
        raise invalid("The description of a tool is empty.")
    choice = config.get("toolChoice", {"auto": {}})
    if "tool" in choice:
        if choice["tool"]["name"] not in tools:
            raise invalid("The tool to choose is not defined.")
        return tools[choice["tool"]["name"]]
    if tool_blocks(request["messages"][-1], "toolResult"):
        return None
    if "any" in choice:
        return next(iter(tools.values()))
    return next((tool for name, tool in tools.items() if name in texts[-1]), None)


def example(schema, name="value"):
    kind = schema.get("type", "string")
    if kind == "object":
        return {key: example(value, key) for key, value in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {}), name)]
    return {"integer": 7, "number": 1.5, "boolean": True, "null": None}.get(kind, f"a {name}")


def answer_text(request, texts):
    results = tool_blocks(request["messages"][-1], "toolResult")
    if results:
        content = results[0]["content"][0]
        status = "failed" if results[0].get("status") == "error" else "said"
        return f"The tool {status}: {content.get('text') or json.dumps(content.get('json'))}"
    passage = re.search(r'<passage id="(\d+)"[^>]*>\s*(.*?)\s*</passage>', "\n".join(texts), re.DOTALL)
    if passage:
        return re.split(r"(?<=[.!?])\s", passage[2])[0] + f" [{passage[1]}]"
    return "No passage was given."


def compose(request, fault):
    """The answer's words or the tool's use, the stop reason and the usage."""
    texts = check_conversation(request)
    tool = chosen_tool(request, texts)
    configuration = request.get("inferenceConfig", {})
    if tool:
        words, reason = [], "tool_use"
        tool = {"toolUseId": "tooluse_" + hashlib.sha256(tool["name"].encode()).hexdigest()[:22],
                "name": tool["name"], "input": example(tool["inputSchema"]["json"])}
    else:
        words, reason = re.findall(r"\S+\s*", answer_text(request, texts)), "end_turn"
        for stop in configuration.get("stopSequences", []):
            if stop in "".join(words):
                words, reason = re.findall(r"\S+\s*", "".join(words).split(stop)[0]), "stop_sequence"
    limit = configuration.get("maxTokens", 4096)
    if len(words) > limit:
        words, reason = words[:limit], "max_tokens"
    if fault == "filtered":
        reason = "guardrail_intervened"
    system = " ".join(block.get("text", "") for block in request.get("system", []))
    usage = {"inputTokens": len((system + " " + "\n".join(texts)).split()),
             "outputTokens": len(words) + (1 if tool else 0)}
    usage |= {"totalTokens": sum(usage.values())}
    if fault == "cached":
        usage |= {"cacheReadInputTokens": 3, "cacheWriteInputTokens": 2}
    return words, tool, reason, usage


def converse(request, fault):
    words, tool, reason, usage = compose(request, fault)
    content = [{"toolUse": tool}] if tool else [{"text": "".join(words)}]
    message = {"role": "assistant", "content": content}
    return {"output": {"message": message}, "stopReason": reason, "usage": usage, "metrics": {"latencyMs": 1}}


def tool_events(tool):
    start = {"toolUse": {"toolUseId": tool["toolUseId"], "name": tool["name"]}}
    yield event_stream.event("contentBlockStart", {"start": start, "contentBlockIndex": 0})
    text = json.dumps(tool["input"]) if tool["input"] else ""
    for offset in range(0, len(text), 7):
        delta = {"toolUse": {"input": text[offset:offset + 7]}}
        yield event_stream.event("contentBlockDelta", {"delta": delta, "contentBlockIndex": 0})


def converse_stream(request, fault):
    words, tool, reason, usage = compose(request, fault)
    yield event_stream.event("messageStart", {"role": "assistant"})
    if tool:
        yield from tool_events(tool)
    for position, word in enumerate(words):
        delta = {"delta": {"text": word}, "contentBlockIndex": 0, "p": "abc"}
        frame = event_stream.event("contentBlockDelta", delta)
        if fault == "bad-frame" and position == 1:
            frame = frame[:-5] + bytes([frame[-5] ^ 1]) + frame[-4:]
        if fault == "cut" and position == 1:
            yield frame[:len(frame) // 2]
            return
        yield frame
        if fault == "midway":
            yield event_stream.exception("throttlingException", "Too many tokens, please wait.")
            return
    yield event_stream.event("contentBlockStop", {"contentBlockIndex": 0})
    yield event_stream.event("messageStop", {"stopReason": reason})
    yield event_stream.event("metadata", {"usage": usage, "metrics": {"latencyMs": 1}})


def rerank(request):
    """Scores a document by the share of the query's words that it holds; two results a page."""
    query = request["queries"][0]["textQuery"]["text"]
    texts = [s["inlineDocumentSource"]["textDocument"]["text"] for s in request["sources"]]
    if not query or not all(texts) or len(texts) > 1000:
        raise invalid("A query and 1 to 1000 documents that are not empty are expected.")
    configuration = request["rerankingConfiguration"]["bedrockRerankingConfiguration"]
    if not configuration["modelConfiguration"]["modelArn"].startswith("arn:aws:bedrock:"):
        raise invalid("The model ARN is invalid.")
    asked = set(re.findall(r"\w+", query.lower()))
    found = [{"index": i, "relevanceScore": len(asked & set(re.findall(r"\w+", text.lower()))) / len(asked)}
             for i, text in enumerate(texts)]
    found.sort(key=lambda result: -result["relevanceScore"])
    found = found[:configuration.get("numberOfResults", len(found))]
    start = int(request.get("nextToken", 0))
    more = {"nextToken": str(start + 2)} if start + 2 < len(found) else {}
    return {"results": found[start:start + 2]} | more


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    lock, faults, requests = threading.Lock(), defaultdict(list), defaultdict(list)

    def do_PUT(self):
        with self.lock:
            self.faults[self.path.rpartition("/")[2]] = json.loads(self.read_body())
        self.reply(200, {})

    def do_GET(self):
        with self.lock:
            self.reply(200, list(self.requests[self.path.rpartition("/")[2]]))

    def do_POST(self):
        body = self.read_body()
        try:
            self.answer(body)
        except sigv4_check.Refused as error:
            self.reply(403, {"message": error.message}, error.error_type)
        except Failure as error:
            self.reply(error.status, {"message": error.message}, error.error_type)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True

    def answer(self, body):
        headers = {}
        for name, value in self.headers.items():
            name = name.lower()
            headers[name] = f"{headers[name]},{value}" if name in headers else value
        key_id = sigv4_check.verify(
            self.command, self.path, headers, body, self.secret_of, options.region, "bedrock")
        route = re.fullmatch(r"/model/([^/]+)/(invoke|converse|converse-stream)|/(rerank)", self.path)
        if not route:
            raise Failure(404, "UnknownOperationException", "Unknown operation")
        model, action = unquote(route[1] or ""), route[2] or route[3]
        request = json.loads(body)
        with self.lock:
            self.requests[key_id].append({"model": model, "action": action, "body": request})
            fault = self.faults[key_id].pop(0) if self.faults[key_id] else None
        if fault in ERRORS:
            raise Failure(*ERRORS[fault])
        if fault == "slow":
            time.sleep(30)
        if fault == "not-json":
            return self.reply(200, None)
        if action == "rerank":
            return self.reply(200, rerank(request))
        if action == "converse-stream":
            return self.stream(converse_stream(request, fault))
        if action == "converse":
            return self.reply(200, converse(request, fault))
        if not model.startswith("amazon.titan-embed-text-v2:0") and ":provisioned-model/" not in model:
            raise invalid("The provided model identifier is invalid.")
        return self.reply(200, answer_embedding(request))

    @staticmethod
    def secret_of(key_id):
        return options.secret_key if key_id.startswith(options.access_key) else None

    def read_body(self):
        return self.rfile.read(int(self.headers.get("Content-Length", 0)))

    def reply(self, status, value, error_type=None):
        body = b"<html>" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        if error_type:
            self.send_header("x-amzn-ErrorType", f"{error_type}:http://internal.amazon.com/coral/")
        self.end_headers()
        self.wfile.write(body)

    def stream(self, frames):
        frames = list(frames)
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.amazon.eventstream")
        self.send_header("x-amzn-RequestId", str(uuid.uuid4()))
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for frame in frames:
            self.wfile.write(b"%x\r\n%b\r\n" % (len(frame), frame))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *arguments):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def exit_with_parent():
    sys.stdin.buffer.read()
    os._exit(0)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--region", default="us-east-1")
parser.add_argument("--access-key", default="AKIDEXAMPLE")
parser.add_argument("--secret-key", default="wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")

if __name__ == "__main__":
    options = parser.parse_args()
    server = Server(("127.0.0.1", options.port), Handler)
    print(f"listening on {server.server_address[1]}", flush=True)
    threading.Thread(target=exit_with_parent, daemon=True).start()
    server.serve_forever()
