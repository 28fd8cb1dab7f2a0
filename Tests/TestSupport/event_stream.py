"""Writes `application/vnd.amazon.eventstream` messages."""
import json
import struct
import zlib


def message(headers, payload):
    """One message; `headers` are strings."""
    packed = b""
    for name, value in headers.items():
        name, value = name.encode(), value.encode()
        packed += struct.pack("!B", len(name)) + name + struct.pack("!BH", 7, len(value)) + value
    prelude = struct.pack("!II", 12 + len(packed) + len(payload) + 4, len(packed))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + packed + payload
    return message + struct.pack("!I", zlib.crc32(message))


def event(event_type, value):
    headers = {":event-type": event_type, ":content-type": "application/json", ":message-type": "event"}
    return message(headers, json.dumps(value).encode())


def exception(exception_type, text):
    headers = {
        ":exception-type": exception_type, ":content-type": "application/json", ":message-type": "exception"}
    return message(headers, json.dumps({"message": text}).encode())
