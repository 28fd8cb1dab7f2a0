#!/usr/bin/env python3
"""A quick stand-in for AWS on loopback, which checks nothing: what benchmarks of a client send to.

Prints `listening on PORT`, then serves until its standard input closes.

    POST …/invoke              Titan's answer after --delay-ms; 429 beyond --calls-per-minute in any 60 seconds
    POST …/converse-stream     --events words, each with the time at which it was sent, spread over --seconds
    GET /stats                 calls answered and throttled, and how many different bodies came
    anything else              an empty JSON object at once
"""
import argparse
import asyncio
import json
import struct
import sys
import threading
import time
import zlib
from collections import deque


def message(status, body, more=b""):
    return (b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n"
            b"x-amzn-RequestId: 7\r\n%b\r\n%b" % (status, len(body), more, body))


VECTOR = json.dumps({"embedding": [0.0625] * 256, "inputTextTokenCount": 8}).encode()
ANSWER = message(200, VECTOR)


def frame(event_type, value):
    packed = b""
    for name, text in ((":event-type", event_type), (":content-type", "application/json"),
                       (":message-type", "event")):
        packed += struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", 7, len(text)) + text.encode()
    payload = json.dumps(value).encode()
    prelude = struct.pack("!II", 12 + len(packed) + len(payload) + 4, len(packed))
    message = prelude + struct.pack("!I", zlib.crc32(prelude)) + packed + payload
    return message + struct.pack("!I", zlib.crc32(message))


class Stub(asyncio.Protocol):
    window, answered, throttled, bodies = deque(), 0, 0, set()

    def connection_made(self, transport):
        self.transport, self.buffer = transport, b""

    def data_received(self, data):
        self.buffer += data
        while True:
            head, mark, rest = self.buffer.partition(b"\r\n\r\n")
            if not mark:
                return
            _, found, after = head.lower().partition(b"\r\ncontent-length:")
            length = int(after.partition(b"\r\n")[0]) if found else 0
            if len(rest) < length:
                return
            self.buffer = rest[length:]
            self.answer(head.split(b" ", 2)[1], rest[:length])

    def answer(self, target, body):
        if target.endswith(b"/invoke"):
            self.invoke(body)
        elif target.endswith(b"/converse-stream"):
            asyncio.ensure_future(self.stream())
        elif target == b"/stats":
            self.reply(200, json.dumps({"answered": Stub.answered, "throttled": Stub.throttled,
                                        "different": len(Stub.bodies)}).encode())
        else:
            self.reply(200, b"{}")

    def reply(self, status, body, more=b""):
        self.transport.write(message(status, body, more))

    def invoke(self, body):
        now = time.monotonic()
        while Stub.window and Stub.window[0] <= now - 60:
            Stub.window.popleft()
        if options.calls_per_minute:
            if len(Stub.window) >= options.calls_per_minute:
                Stub.throttled += 1
                return self.reply(429, b'{"message": "Too many requests."}',
                                  b"x-amzn-ErrorType: ThrottlingException\r\n")
            Stub.window.append(now)
        Stub.answered += 1
        Stub.bodies.add(hash(body))
        if options.delay_ms == 0:
            return self.transport.write(ANSWER)
        asyncio.get_running_loop().call_later(options.delay_ms / 1000, self.transport.write, ANSWER)

    async def stream(self):
        self.transport.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/vnd.amazon.eventstream\r\n"
                             b"x-amzn-RequestId: 7\r\nTransfer-Encoding: chunked\r\n\r\n")
        self.chunk(frame("messageStart", {"role": "assistant"}))
        for _ in range(options.events):
            await asyncio.sleep(options.seconds / options.events)
            stamp = str(time.clock_gettime_ns(time.CLOCK_MONOTONIC))
            self.chunk(frame("contentBlockDelta", {"delta": {"text": stamp}, "contentBlockIndex": 0}))
        self.chunk(frame("contentBlockStop", {"contentBlockIndex": 0}))
        self.chunk(frame("messageStop", {"stopReason": "end_turn"}))
        usage = {"inputTokens": 1, "outputTokens": 1, "totalTokens": 2}
        self.chunk(frame("metadata", {"usage": usage, "metrics": {"latencyMs": 1}}))
        self.transport.write(b"0\r\n\r\n")

    def chunk(self, data):
        self.transport.write(b"%x\r\n%b\r\n" % (len(data), data))


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Stub, "127.0.0.1", options.port, backlog=2048)
    print(f"listening on {server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


def exit_with_parent():
    import os
    sys.stdin.buffer.read()
    os._exit(0)


parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--port", type=int, default=0)
parser.add_argument("--delay-ms", type=float, default=100)
parser.add_argument("--calls-per-minute", type=int, default=0)
parser.add_argument("--events", type=int, default=20)
parser.add_argument("--seconds", type=float, default=10)
options = parser.parse_args()
threading.Thread(target=exit_with_parent, daemon=True).start()
asyncio.run(main())
