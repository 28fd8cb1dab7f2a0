"""Values on the wire and values of botocore's shapes: read, checked and written."""
import base64
import binascii
import datetime
import math
import re
import warnings
from email.utils import format_datetime, parsedate_to_datetime
from functools import lru_cache

from botocore.validate import ParamValidator

NUMBERS = ("integer", "long", "float", "double")
CLASSES = {"ASCII": r"\x00-\x7f", "Print": r"\x20-\x7e"}
NOT_CONTROL = r"[^\x00-\x1f\x7f-\x9f]"


class Mismatch(Exception):
    """A value that its shape does not have; the text names the member."""


def read(shape, given, path):
    """What stands in JSON, as botocore's parameters have it; members that are null count as absent."""
    if getattr(shape, "is_document_type", False):
        return given
    reader = READERS.get(shape.type_name)
    return reader(shape, given, path) if reader else given


def read_structure(shape, given, path):
    if not isinstance(given, dict):
        raise Mismatch(f"{path}: an object is expected")
    names = {member.serialization.get("name", name): name for name, member in shape.members.items()}
    unknown = [key for key in given if key not in names]
    if unknown:
        raise Mismatch(f"{path}: extraneous key [{unknown[0]}] is not permitted")
    return {names[key]: read(shape.members[names[key]], item, f"{path}.{key}")
            for key, item in given.items() if item is not None}


def read_list(shape, given, path):
    if not isinstance(given, list):
        raise Mismatch(f"{path}: a list is expected")
    return [read(shape.member, item, f"{path}[{index}]") for index, item in enumerate(given)]


def read_map(shape, given, path):
    if not isinstance(given, dict):
        raise Mismatch(f"{path}: an object is expected")
    return {key: read(shape.value, item, f"{path}.{key}") for key, item in given.items() if item is not None}


def read_blob(shape, given, path):
    try:
        return base64.b64decode(given, validate=True)
    except (TypeError, ValueError, binascii.Error):
        raise Mismatch(f"{path}: Base64 is expected") from None


def read_timestamp(shape, given, path):
    try:
        if isinstance(given, bool):
            raise ValueError
        if isinstance(given, (int, float)):
            return datetime.datetime.fromtimestamp(given, datetime.timezone.utc)
        if "," in given:
            return parsedate_to_datetime(given)
        return datetime.datetime.fromisoformat(given.replace("Z", "+00:00"))
    except (TypeError, ValueError):
        raise Mismatch(f"{path}: a timestamp is expected") from None


READERS = {"structure": read_structure, "list": read_list, "map": read_map, "blob": read_blob,
           "timestamp": read_timestamp}


def read_text(shape, text, path):
    """A value of a path, a query or a header."""
    try:
        if shape.type_name == "boolean":
            return {"true": True, "false": False}[text]
        if shape.type_name in ("integer", "long"):
            return int(text)
        if shape.type_name in ("float", "double"):
            return float(text)
    except (KeyError, ValueError):
        raise Mismatch(f"{path}: {shape.type_name} is expected") from None
    return read_timestamp(shape, text, path) if shape.type_name == "timestamp" else text


def check(shape, value, path):
    """Refuses what is required and missing, of another type, too long, too large, or not as the pattern says."""
    report = ParamValidator().validate(value, shape)
    if report.has_errors():
        raise Mismatch(f"{path}: {report.generate_report()}")
    narrow(shape, value, path)


def narrow(shape, value, path):
    """What botocore leaves to the service: maxima, enumerations and patterns."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return
    if kind == "structure":
        for key, item in value.items():
            narrow(shape.members[key], item, f"{path}.{key}")
    elif kind == "list":
        bound(shape, len(value), f"{path}: {len(value)} items")
        for index, item in enumerate(value):
            narrow(shape.member, item, f"{path}[{index}]")
    elif kind == "map":
        bound(shape, len(value), f"{path}: {len(value)} entries")
        for key, item in value.items():
            narrow(shape.key, key, f"{path}.{key}")
            narrow(shape.value, item, f"{path}.{key}")
    elif kind in NUMBERS:
        if isinstance(value, bool):
            raise Mismatch(f"{path}: a number is expected")
        bound(shape, value, f"{path}: {value}")
    elif kind == "string":
        narrow_string(shape, value, path)


def narrow_string(shape, value, path):
    bound(shape, len(value), f"{path}: {len(value)} characters")
    if shape.enum and value not in shape.enum:
        raise Mismatch(f"{path}: Value '{value}' is not one of {', '.join(shape.enum)}")
    pattern = translated(shape.metadata.get("pattern"))
    if pattern and not pattern.fullmatch(value):
        raise Mismatch(f"{path}: Value '{value}' does not match {shape.metadata['pattern']}")


def bound(shape, number, what):
    low, high = shape.metadata.get("min", -math.inf), shape.metadata.get("max", math.inf)
    if not low <= number <= high:
        raise Mismatch(f"{what} are not {low} to {high}")


@lru_cache
def translated(pattern):
    """A pattern of AWS's as Python's, or None where Python has no such class."""
    if pattern is None:
        return None
    text, inside, position = "", False, 0
    while position < len(pattern):
        found = re.match(r"\\([pP])\{(\w+)\}", pattern[position:])
        if found:
            if found[1] == "P" and (inside or found[2] != "C") or found[1] == "p" and found[2] not in CLASSES:
                return None
            text += NOT_CONTROL if found[1] == "P" else CLASSES[found[2]] if inside else f"[{CLASSES[found[2]]}]"
            position += len(found[0])
            continue
        character = pattern[position:position + 2] if pattern[position] == "\\" else pattern[position]
        inside = True if character == "[" else False if character == "]" else inside
        text += r"\Z" if character == r"\z" else character
        position += len(character)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return re.compile(text, re.DOTALL)


def write(shape, value):
    """A value as JSON takes it."""
    kind = shape.type_name
    if getattr(shape, "is_document_type", False):
        return value
    if kind == "structure":
        return {shape.members[name].serialization.get("name", name): write(shape.members[name], item)
                for name, item in value.items()}
    if kind == "list":
        return [write(shape.member, item) for item in value]
    if kind == "map":
        return {key: write(shape.value, item) for key, item in value.items()}
    if kind == "blob":
        return base64.b64encode(value).decode()
    if kind == "timestamp":
        return write_timestamp(value, shape.serialization.get("timestampFormat", "unixTimestamp"))
    return value


def write_timestamp(value, form):
    if form == "iso8601":
        return value.astimezone(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    if form == "rfc822":
        return format_datetime(value.astimezone(datetime.timezone.utc), usegmt=True)
    return value.timestamp()


def write_text(shape, value):
    """A value for a header."""
    if shape.type_name == "timestamp":
        return write_timestamp(value, shape.serialization.get("timestampFormat", "rfc822"))
    return str(value).lower() if isinstance(value, bool) else str(value)
