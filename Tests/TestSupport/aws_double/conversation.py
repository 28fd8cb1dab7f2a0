"""What Converse is asked: checked as Bedrock checks it, and what the double says to it."""
import base64
import hashlib
import json
import re

from .bedrock_models import check_talks
from .wire import invalid

SIGNATURES = {"png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff", "gif": b"GIF8", "webp": b"RIFF"}
MOST_WORDS, MOST_IMAGES, MOST_IMAGE_BYTES, MOST_CACHE_POINTS, LEAST_THOUGHT = 200_000, 20, 3_750_000, 4, 1_024


def blocks(message, kind):
    return [block[kind] for block in message["content"] if kind in block]


def check(request):
    """The texts of a conversation that Bedrock would take, guarded ones with the others."""
    check_talks(request["modelId"])
    messages = request.get("messages")
    if not messages or messages[0]["role"] != "user":
        raise invalid("A conversation must start with a user message. Try again with a conversation that starts "
                      "with a user message.")
    check_turns(request, messages)
    for message in messages:
        check_images(message)
        check_thoughts(message)
    texts = [text for message in messages for text in texts_of(message)]
    if not all(text.strip() for text in texts):
        raise invalid("The text field in the ContentBlock object is blank. Add text to the text field, and try again.")
    if sum(len(text.split()) for text in texts) > MOST_WORDS:
        raise invalid("Input is too long for requested model.")
    if len(cache_points(request)[0]) > MOST_CACHE_POINTS:
        raise invalid(f"A maximum of {MOST_CACHE_POINTS} cachePoint blocks is allowed.")
    check_thinking(request)
    return texts


def check_turns(request, messages):
    asked = []
    for before, message in zip([None] + messages, messages):
        if before and before["role"] == message["role"]:
            raise invalid("The roles of the messages must alternate.")
        if not message["content"]:
            raise invalid("The content field in the Message object is empty.")
        results = [result["toolUseId"] for result in blocks(message, "toolResult")]
        if sorted(results) != sorted(asked):
            raise invalid("The tool results do not match the tool uses of the turn before.")
        asked = [use["toolUseId"] for use in blocks(message, "toolUse")]
        if (results or asked) and "toolConfig" not in request:
            raise invalid("The toolConfig field must be defined when using toolUse and toolResult content blocks.")


def shown_images(message):
    """Those within the results of tools."""
    return [block["image"] for result in blocks(message, "toolResult") for block in result["content"]
            if "image" in block]


def check_images(message):
    images = blocks(message, "image") + shown_images(message)
    if len(images) > MOST_IMAGES:
        raise invalid(f"A message has at most {MOST_IMAGES} images.")
    for image in images:
        data = image["source"].get("bytes", SIGNATURES[image["format"]])
        if not data.startswith(SIGNATURES[image["format"]]):
            raise invalid("The provided image does not match the specified image format.")
        if len(data) > MOST_IMAGE_BYTES:
            raise invalid("The image is too large: at most 3.75 MB are taken.")


def check_thoughts(message):
    for block in blocks(message, "reasoningContent"):
        text = block.get("reasoningText")
        if text and text.get("signature") != signature(text["text"]):
            raise invalid("messages: Invalid `signature` in `thinking` block")


def thinking(request):
    """The settings of a model's thinking, or None where it does not think."""
    fields = request.get("additionalModelRequestFields") or {}
    given = fields.get("thinking") or fields.get("reasoning_config") or {}
    return given if given.get("type") in ("enabled", "adaptive") else None


def check_thinking(request):
    given, configuration = thinking(request), request.get("inferenceConfig", {})
    if given is None:
        return
    budget = given.get("budget_tokens", LEAST_THOUGHT if given["type"] == "adaptive" else 0)
    if budget < LEAST_THOUGHT:
        raise invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
    if budget >= configuration.get("maxTokens", budget + 1):
        raise invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")
    if configuration.get("temperature", 1) != 1:
        raise invalid("`temperature` may only be set to 1 when thinking is enabled.")
    if set(request.get("toolConfig", {}).get("toolChoice", {})) & {"any", "tool"}:
        raise invalid("Thinking may not be enabled when tool_choice forces tool use.")


def signature(thought):
    """Without which a thought is not taken back."""
    return base64.b64encode(hashlib.sha256(thought.encode()).digest()).decode()


def texts_of(message):
    for block in message["content"]:
        if "text" in block:
            yield block["text"]
        elif "text" in block.get("guardContent", {}):
            yield block["guardContent"]["text"]["text"]


def cache_points(request):
    """The words before each cache point, of tools, instructions and messages in turn, and those after the last."""
    parts = request.get("toolConfig", {}).get("tools", []) + request.get("system", [])
    parts = parts + [block for message in request.get("messages", []) for block in message["content"]]
    points, words = [], []
    for part in parts:
        if "cachePoint" in part:
            points.append(tuple(words))
        else:
            words += (part.get("text") or json.dumps(part, sort_keys=True, default=repr)).split()
    return points, words[len(points[-1]) if points else 0:]


def chosen_tool(request, texts):
    specs = [tool["toolSpec"] for tool in request.get("toolConfig", {"tools": []})["tools"] if "toolSpec" in tool]
    tools = {spec["name"]: spec for spec in specs}
    if len(tools) < len(specs):
        raise invalid("The names of the tools are not unique.")
    choice = request.get("toolConfig", {}).get("toolChoice", {"auto": {}})
    if "tool" in choice:
        if choice["tool"]["name"] not in tools:
            raise invalid("The tool to choose is not defined.")
        return tools[choice["tool"]["name"]]
    if blocks(request["messages"][-1], "toolResult"):
        return None
    if "any" in choice:
        return specs[0]
    return next((spec for name, spec in tools.items() if texts and name in texts[-1]), None)


def example(schema, name="value", root=None):
    """A value that fits a JSON schema of the usual kinds."""
    root = schema if root is None else root
    if "$ref" in schema:
        found = root
        for key in schema["$ref"].removeprefix("#/").split("/"):
            found = found[key]
        return example(found, name, root)
    for key in ("const", "default"):
        if key in schema:
            return schema[key]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][0], name, root)
    kind = schema.get("type", "object" if "properties" in schema else "string")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {key: example(item, key, root) for key, item in schema.get("properties", {}).items()}
    if kind == "array":
        return [example(schema.get("items", {}), name, root)]
    return {"integer": 7, "number": 1.5, "boolean": True, "null": None}.get(kind, f"a {name}")


def format_schema(request):
    """The schema that the answer must keep to, or None."""
    form = request.get("outputConfig", {}).get("textFormat")
    if form is None:
        return None
    try:
        schema = json.loads(form["structure"]["jsonSchema"]["schema"])
    except ValueError:
        schema = None
    if not isinstance(schema, dict):
        raise invalid("outputConfig.textFormat.structure.jsonSchema.schema is no JSON schema.")
    return schema


def answer_text(request, texts):
    last = request["messages"][-1]
    results = blocks(last, "toolResult")
    if results:
        content = results[0]["content"][0] if results[0]["content"] else {"text": "nothing"}
        status = "failed" if results[0].get("status") == "error" else "said"
        said = f"The tool {status}: {content.get('text') or json.dumps(content.get('json'))}"
        return said + "".join(f" It showed {described(image)}." for image in shown_images(last))
    schema = format_schema(request)
    if schema is not None:
        return json.dumps(example(schema))
    passage = re.search(r'<passage id="(\d+)"[^>]*>\s*(.*?)\s*</passage>', "\n".join(texts), re.DOTALL)
    if passage:
        return re.split(r"(?<=[.!?])\s", passage[2])[0] + f" [{passage[1]}]"
    images = blocks(last, "image")
    return f"I see {described(images[0])}." if images else "No passage was given."


def described(image):
    return f"a {image['format'].upper()} image of {len(image['source'].get('bytes', b''))} bytes"
