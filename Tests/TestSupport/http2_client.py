"""A client of HTTP/2 that breaks the protocol in one way, frame by frame (RFC 9113), and tells how it ended.

Usage: http2_client.py PORT silence|preface|resets|pings|settings|header|half|stall|trickle|dribble|faulty|faults|
    short|surplus|lengths|sign|bare|trailer|shortfalls|stopped|overdone
Prints one line of JSON: "closed" (whether the server ended the connection), "goaway" (the code of its last GOAWAY, or
null), "statuses" (how many streams had a response), "resets" (how many it reset), "codes" (with which codes), "ends" (how
many responses came to their end), "body" (what came of them), "seconds".
"""

import json
import socket
import ssl
import struct
import sys
import time

DATA, HEADERS, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
# What a server may take to end a connection, with room for a slow machine.
PATIENCE = 60
# Between two bytes that are sent one by one: more of them than a server may wait for.
PAUSE = 0.2


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def literal(text):
    assert len(text) < 127
    return bytes([len(text)]) + text.encode()


def request(path="/hit", method=b"\x82"):
    """A header block: GET (or as `method` says), https, the path, localhost; nothing of it is indexed (RFC 7541)."""
    return method + b"\x87" + b"\x04" + literal(path) + b"\x01" + literal("localhost")


def upload(*lengths, path="/upload", kind="application/octet-stream"):
    """A header block: POST of a body, with these lengths."""
    fields = b"\x0f\x10" + literal(kind)
    return request(path, b"\x83") + fields + b"".join(b"\x0f\x0d" + literal(length) for length in lengths)


# What is wrong with the length of a body: the header block and the frames behind it.
LENGTHS = {
    "short": [(HEADERS, END_HEADERS, upload("10")), (DATA, END_STREAM, b"x" * 5)],
    "surplus": [(HEADERS, END_HEADERS, upload("3")), (DATA, 0, b"x" * 5)],
    "lengths": [(HEADERS, END_HEADERS, upload("5", "6")), (DATA, END_STREAM, b"x" * 5)],
    "sign": [(HEADERS, END_HEADERS, upload("+5")), (DATA, END_STREAM, b"x" * 5)],
    "bare": [(HEADERS, END_HEADERS | END_STREAM, upload("10"))],
    "trailer": [
        (HEADERS, END_HEADERS, upload("10")), (DATA, 0, b"x" * 5),
        (HEADERS, END_HEADERS | END_STREAM, b"\x00" + literal("x-end") + literal("v"))],
}
# More than the operation takes, but not so much that the server would not let it come; and more than that.
TOO_MUCH = upload("5000000")
FAR_TOO_MUCH = upload("5000000000", path="/length", kind="application/json")
ROOM = frame(WINDOW_UPDATE, 0, 1, struct.pack(">I", 65_535))


# Streams that are open together, fewer than the server takes.
AT_A_TIME = 50


def shortfall(number):
    """A stream whose body is too short."""
    return b"".join(frame(kind, flags, 2 * number + 1, payload) for kind, flags, payload in LENGTHS["short"])


def answered(way):
    """The bytes that are sent once a response has begun, which has no room yet: the rest of the request, then room."""
    if way == "stopped":
        return frame(DATA, END_STREAM, 1, b"x" * 10) + ROOM
    if way == "overdone":
        return ROOM
    return b""


def wrongdoing(way):
    """The bytes that are sent after TLS's handshake."""
    start = PREFACE + frame(SETTINGS, 0, 0)
    if way == "silence":
        return b""
    if way == "preface":
        return start
    if way == "resets":
        return start + b"".join(
            frame(HEADERS, END_STREAM | END_HEADERS, 2 * number + 1, request("/wait"))
            + frame(RST_STREAM, 0, 2 * number + 1, struct.pack(">I", 8))
            for number in range(2_000))
    if way == "pings":
        return start + frame(PING, 0, 0, b"12345678") * 2_000
    if way == "settings":
        return start + frame(SETTINGS, 0, 0) * 2_000
    if way == "header":
        # Fields of 100 bytes each without end, which no block may have.
        field = b"\x00" + literal("x-" + "n" * 38) + literal("v" * 58)
        block = field * 160
        return start + frame(HEADERS, END_STREAM, 1, request()) + frame(CONTINUATION, 0, 1, block) * 20
    if way == "half":
        # A body of which nothing comes.
        method = b"\x83"
        kind = b"\x0f\x10" + literal("application/octet-stream")
        return start + frame(HEADERS, END_HEADERS, 1, request("/upload", method) + kind)
    if way in LENGTHS:
        return start + b"".join(frame(kind, flags, 1, payload) for kind, flags, payload in LENGTHS[way])
    if way == "shortfalls":
        return start + b"".join(shortfall(number) for number in range(AT_A_TIME))
    if way in ("stopped", "overdone"):
        # A body that is refused before it is sent, by a response that waits for room.
        closed = PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0))
        return closed + frame(HEADERS, END_HEADERS, 1, TOO_MUCH if way == "stopped" else FAR_TOO_MUCH)
    if way == "stall":
        # Responses without end that are never taken: the window of the stream stays closed.
        closed = PREFACE + frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 0))
        return closed + frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/zeros"))
    if way in ("faulty", "faults"):
        # A stream is at fault, by a name in upper case, or many are; another request is under way, and one more comes.
        number = 1 if way == "faulty" else 1_000
        fault = request() + b"\x00" + literal("X-Name") + literal("v")
        return (
            start + frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/hit"))
            + b"".join(
                frame(HEADERS, END_STREAM | END_HEADERS, 2 * index + 3, fault) for index in range(number))
            + frame(HEADERS, END_STREAM | END_HEADERS, 2 * number + 3, request("/hit")))
    if way in ("trickle", "dribble"):
        # A first request is under way all the time, so that the connection is never without one.
        return start + frame(HEADERS, END_STREAM | END_HEADERS, 1, request("/wait"))
    raise SystemExit(f"{way} is none of the ways")


def afterwards(way):
    """The bytes that are sent one by one behind those: of a header without its end, and of a frame that is its header."""
    if way == "trickle":
        return frame(HEADERS, END_STREAM, 3, request()[:2]) + b"".join(
            frame(CONTINUATION, 0, 3, bytes([byte])) for byte in b"\x00" + literal("x-slow") + literal("v" * 100))
    if way == "dribble":
        return frame(HEADERS, END_STREAM | END_HEADERS, 3, request("/" + "h" * 100))
    return b""


def main():
    port, way = int(sys.argv[1]), sys.argv[2]
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    begun = time.monotonic()
    told = {"closed": False, "goaway": None, "statuses": 0, "resets": 0, "codes": [], "ends": 0, "body": ""}
    with socket.create_connection(("127.0.0.1", port)) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as connection:
            assert connection.selected_alpn_protocol() == "h2", connection.selected_alpn_protocol()
            rest = afterwards(way)
            connection.settimeout(PAUSE if rest else PATIENCE)
            try:
                connection.sendall(wrongdoing(way))
            except OSError:
                pass
            received = b""
            while time.monotonic() - begun < PATIENCE:
                try:
                    some = connection.recv(65_536)
                except TimeoutError:
                    if not rest:
                        break
                    try:
                        connection.sendall(rest[:1])
                    except OSError:
                        told["closed"] = True
                        break
                    rest = rest[1:]
                    continue
                except OSError:
                    some = b""
                if not some:
                    told["closed"] = True
                    break
                received += some
                while len(received) >= 9:
                    length = int.from_bytes(received[:3], "big")
                    if len(received) < 9 + length:
                        break
                    kind, flags, payload = received[3], received[4], received[9:9 + length]
                    received = received[9 + length:]
                    if kind == HEADERS:
                        told["statuses"] += 1
                        reply = answered(way)
                        if reply:
                            connection.sendall(reply)
                    elif kind == RST_STREAM:
                        told["resets"] += 1
                        told["codes"].append(struct.unpack(">I", payload)[0])
                        if way == "shortfalls":
                            try:
                                connection.sendall(shortfall(AT_A_TIME + told["resets"]))
                            except OSError:
                                pass
                    elif kind == GOAWAY:
                        told["goaway"] = struct.unpack(">I", payload[4:8])[0]
                    if kind == DATA:
                        told["body"] += payload.decode(errors="replace")
                    if kind in (DATA, HEADERS) and flags & END_STREAM:
                        told["ends"] += 1
                if way in ("half", "stall") and told["resets"]:
                    break
                if (way in LENGTHS or way == "stopped") and (told["resets"] or told["ends"]):
                    break
                if way == "overdone" and told["resets"]:
                    break
                if way == "faulty" and told["statuses"] == 2:
                    break
    told["seconds"] = round(time.monotonic() - begun, 1)
    print(json.dumps(told))


main()
