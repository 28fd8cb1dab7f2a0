"""Converse, ConverseStream and CountTokens without a model: what is answered follows from what is asked.

Quotes the first sentence of the first passage; calls a tool that must be called, or whose name the last message says,
with an input made from its schema; repeats what a tool gave back; fills a schema; tells an image's format and size.
"""
import hashlib
import json
import re

from . import conversation, guardrail
from .wire import invalid

THOUGHT = "The first passage may tell. It does."


def count_tokens(parameters):
    """As many tokens as Converse would count; of another model's body, its words."""
    given = parameters["input"]
    if "invokeModel" in given:
        return {"inputTokens": len(given["invokeModel"]["body"].decode("utf-8", "replace").split())}
    request = given["converse"] | {"modelId": parameters["modelId"]}
    return {"inputTokens": read_tokens(request, conversation.check(request))}


def system_text(request):
    return " ".join(block["text"] for block in request.get("system", []) if "text" in block)


def read_tokens(request, texts):
    return len((system_text(request) + " " + "\n".join(texts)).split())


class Answer:
    """What a call comes to: thought, words or a tool's use, why it ended, and what it took.

    `seen` holds the prefixes that the caller's cache has.
    """

    def __init__(self, request, seen, fault):
        self.texts = conversation.check(request)
        self.thought = THOUGHT if conversation.thinking(request) else None
        self.tool, self.trace, self.words, self.reason = None, None, [], "end_turn"
        tool = conversation.chosen_tool(request, self.texts)
        if tool:
            self.reason = "tool_use"
            self.tool = {"toolUseId": "tooluse_" + hashlib.sha256(tool["name"].encode()).hexdigest()[:22],
                         "name": tool["name"], "input": conversation.example(tool["inputSchema"]["json"])}
        else:
            self.words = re.findall(r"\S+\s*", conversation.answer_text(request, self.texts))
            self.shorten(request.get("inferenceConfig", {}))
        self.guard(request, fault)
        self.usage = self.count(request, seen, fault)
        self.echo = {name: request[name] for name in ("performanceConfig", "serviceTier") if name in request}

    def shorten(self, configuration):
        text = "".join(self.words)
        cuts = [text.index(stop) for stop in configuration.get("stopSequences", []) if stop in text]
        if cuts:
            self.words, self.reason = re.findall(r"\S+\s*", text[:min(cuts)]), "stop_sequence"
        limit = configuration.get("maxTokens", 4096)
        if len(self.words) > limit:
            self.words, self.reason = self.words[:limit], "max_tokens"

    def guard(self, request, fault):
        if fault == "filtered":
            self.reason = "guardrail_intervened"
        configuration = request.get("guardrailConfig")
        if configuration is None:
            return
        if not configuration.get("guardrailIdentifier") or not configuration.get("guardrailVersion"):
            raise invalid("The guardrail's identifier and version must both be given.")
        guardrail.check_known(configuration["guardrailIdentifier"])
        trace, has_intervened, told = guardrail.judge(request, self.texts, "".join(self.words))
        if has_intervened:
            self.words, self.tool, self.thought = [told], None, None
            self.reason = "guardrail_intervened"
        if configuration.get("trace", "disabled") != "disabled":
            self.trace = {"guardrail": trace}

    def count(self, request, seen, fault):
        read = read_tokens(request, self.texts)
        usage = {"inputTokens": read, "outputTokens": len(self.words) + (1 if self.tool else 0)}
        points, rest = conversation.cache_points(request)
        if points:
            known = max((len(point) for point in points if point in seen), default=0)
            written = max(len(point) for point in points) - known
            seen.update(points)
            usage |= {"inputTokens": len(rest), "cacheReadInputTokens": known, "cacheWriteInputTokens": written}
        if fault == "cached":
            usage |= {"cacheReadInputTokens": 3, "cacheWriteInputTokens": 2}
        return usage | {"totalTokens": usage["inputTokens"] + usage["outputTokens"]}

    def thoughts(self):
        return {"text": self.thought, "signature": conversation.signature(self.thought)}

    def whole(self):
        content = [{"reasoningContent": {"reasoningText": self.thoughts()}}] if self.thought else []
        content.append({"toolUse": self.tool} if self.tool else {"text": "".join(self.words)})
        answer = {"output": {"message": {"role": "assistant", "content": content}}, "stopReason": self.reason,
                  "usage": self.usage, "metrics": {"latencyMs": 1}}
        return answer | self.echo | ({"trace": self.trace} if self.trace else {})

    def events(self, call):
        """The same as a stream: each event's kind and bytes."""
        yield call.event("messageStart", {"role": "assistant"})
        index = 0
        if self.thought:
            told = self.thoughts()
            for piece in ({"text": self.thought[:9]}, {"text": self.thought[9:]}, {"signature": told["signature"]}):
                yield delta(call, 0, {"reasoningContent": piece})
            yield call.event("contentBlockStop", {"contentBlockIndex": 0})
            index = 1
        if self.tool:
            start = {"toolUse": {"toolUseId": self.tool["toolUseId"], "name": self.tool["name"]}}
            yield call.event("contentBlockStart", {"start": start, "contentBlockIndex": index})
            text = json.dumps(self.tool["input"]) if self.tool["input"] else ""
            for offset in range(0, len(text), 7):
                yield delta(call, index, {"toolUse": {"input": text[offset:offset + 7]}})
        for word in self.words:
            yield delta(call, index, {"text": word})
        yield call.event("contentBlockStop", {"contentBlockIndex": index})
        yield call.event("messageStop", {"stopReason": self.reason})
        end = {"usage": self.usage, "metrics": {"latencyMs": 1}} | self.echo
        yield call.event("metadata", end | ({"trace": self.trace} if self.trace else {}))


def delta(call, index, piece):
    """Bedrock pads its events, which the model does not tell."""
    return call.event("contentBlockDelta", {"delta": piece, "contentBlockIndex": index}, {"p": "abc"})
