#!/usr/bin/env python3
"""An MCP server over streamable HTTP, made with the protocol's own Python SDK, for tests of the MCP client.

Prints `listening on PORT`, then serves `/mcp` until its standard input closes. It answers with streams of events that
can be taken up again; with `--json` it answers with JSON. `--header NAME=VALUE` refuses requests without that header.

    add(a, b)         the sum as structured content
    echo(text)        the text, without structured content
    fail(reason)      a failure of the tool's own
    picture()         a text and an image
    wait(seconds)     answers late, telling of its progress
    leave()           closes the stream, and answers on the one that takes it up again
    whose()           the header X-Caller of the request
"""
import argparse
import asyncio
import os
import socket
import sys
import threading
from pathlib import Path

VERSION = "1.30.0"
HOME = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "millrace" / f"mcp-{VERSION}"

if os.environ.get("MILLRACE_INSIDE_MCP") != "1":
    if not (HOME / "complete").exists():
        print(f"mcp {VERSION} is not installed in {HOME}: run scripts/install-mcp")
        sys.exit(1)
    os.environ["MILLRACE_INSIDE_MCP"] = "1"
    python = str(HOME / "bin" / "python")
    os.execv(python, [python, "-u", __file__] + sys.argv[1:])

import uvicorn
from mcp.server.fastmcp import Context, FastMCP
from mcp.server.fastmcp.exceptions import ToolError
from mcp.server.streamable_http import EventMessage, EventStore
from mcp.types import ImageContent, TextContent


class Events(EventStore):
    """Every event of the process, by its position."""

    def __init__(self):
        self.events = []

    async def store_event(self, stream_id, message):
        self.events.append((stream_id, message))
        return str(len(self.events) - 1)

    async def replay_events_after(self, last_event_id, send_callback):
        stream, _ = self.events[int(last_event_id)]
        for position in range(int(last_event_id) + 1, len(self.events)):
            its_stream, message = self.events[position]
            if its_stream == stream and message is not None:
                await send_callback(EventMessage(message, str(position)))
        return stream


def make(json_response):
    server = FastMCP("double", json_response=json_response, event_store=Events(), retry_interval=100)

    @server.tool()
    def add(a: int, b: int) -> dict[str, int]:
        """Adds two whole numbers."""
        return {"sum": a + b}

    @server.tool(structured_output=False)
    def echo(text: str) -> str:
        """Gives the text back."""
        return text

    @server.tool(structured_output=False)
    def fail(reason: str) -> str:
        """Fails."""
        raise ToolError(reason)

    @server.tool(structured_output=False)
    def picture() -> list[TextContent | ImageContent]:
        """Draws."""
        return [
            TextContent(type="text", text="a dot"),
            ImageContent(type="image", data="AAAA", mimeType="image/png"),
        ]

    @server.tool(structured_output=False)
    async def wait(seconds: float, context: Context) -> str:
        """Answers late."""
        await context.report_progress(1, 2)
        await asyncio.sleep(seconds)
        return "at last"

    @server.tool(structured_output=False)
    async def leave(context: Context) -> str:
        """Answers on another stream."""
        await context.close_sse_stream()
        await asyncio.sleep(0.2)
        return "still here"

    @server.tool(structured_output=False)
    def whose(context: Context) -> str:
        """Tells who calls."""
        return context.request_context.request.headers.get("x-caller", "")

    return server.streamable_http_app()


def demanding(app, name, value):
    """`app` for those who send a header, 401 for others."""

    async def guarded(scope, receive, send):
        if scope["type"] != "http" or (name.lower().encode(), value.encode()) in scope["headers"]:
            await app(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    return guarded


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--header", metavar="NAME=VALUE")
    options = parser.parse_args()
    app = make(options.json)
    if options.header:
        app = demanding(app, *options.header.split("=", 1))
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    print(f"listening on {listener.getsockname()[1]}", flush=True)
    threading.Thread(target=lambda: (sys.stdin.buffer.read(), os._exit(0)), daemon=True).start()
    uvicorn.Server(uvicorn.Config(app, log_level="critical")).run(sockets=[listener])
