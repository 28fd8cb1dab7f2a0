"""A TCP proxy that can cut what it carries, delay it, or hold it without a word.

It runs on a thread of its own, with its own event loop; the methods may be called from any other.

    tcp_proxy.py PORT

leads to PORT on 127.0.0.1, prints `listening on PORT`, and goes when its standard input closes. Lines there, each
answered by `done` or a number:

    arm KIND SIDE N COUNT   the next COUNT times (-1 for all) that N bytes have come of SIDE, `request` or `answer`, on
                            all connections together, the one that they came on meets KIND: `reset`, `end` (as a server
                            that goes in good order), or `hole` (open, and nothing more passes, either way)
    cut                     ends every connection with a reset
    slow SECONDS            delays each piece
    choke BYTES             passes so many bytes a second; 0 for as many as there are
    refuse                  ends new connections at once
    stall                   takes what comes, new connections too, and passes nothing on until `heal`
    heal                    is again as at the beginning; what was in a hole is reset
    fired                   how often something that was armed has happened
"""
import asyncio
import os
import socket
import struct
import sys
import threading


class Pair:
    """The two ends of a connection: the client's and the server's."""

    def __init__(self, near, far):
        self.near, self.far = near, far
        self.is_lost = False

    def reset(self):
        for writer in (self.near, self.far):
            self.reset_end(writer)

    def end(self):
        self.near.close()
        # Some servers take half a request for a whole one when its connection ends in good order.
        self.reset_end(self.far)

    @staticmethod
    def reset_end(writer):
        try:
            writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass
        writer.transport.abort()


class Armed:
    def __init__(self, kind, side, after, count):
        self.kind, self.side, self.after, self.count = kind, side, after, count
        self.left = after


class Proxy:
    def __init__(self, target):
        """`target`: the port on 127.0.0.1 that it leads to."""
        self.target, self.port = target, None
        self.delay, self.rate = 0.0, 0
        self.loop = asyncio.new_event_loop()
        self.pairs = set()
        self.refuses = False
        self.armed, self.fired = None, 0
        self.flows = None
        started = threading.Event()
        self.thread = threading.Thread(target=self.run, args=(started,), daemon=True)
        self.thread.start()
        if not started.wait(10):
            raise OSError("the proxy did not start")

    def run(self, started):
        asyncio.set_event_loop(self.loop)
        self.loop.run_until_complete(self.listen())
        started.set()
        self.loop.run_forever()

    async def listen(self):
        # Set while bytes may pass.
        self.flows = asyncio.Event()
        self.flows.set()
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0, backlog=128)
        self.port = self.server.sockets[0].getsockname()[1]

    async def serve(self, reader, writer):
        if self.refuses:
            writer.transport.abort()
            return
        try:
            await self.flows.wait()
            there_reader, there_writer = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            writer.transport.abort()
            return
        pair = Pair(writer, there_writer)
        self.pairs.add(pair)
        await asyncio.gather(self.carry(pair, "request", reader, there_writer),
                             self.carry(pair, "answer", there_reader, writer))
        self.pairs.discard(pair)

    async def carry(self, pair, side, reader, writer):
        try:
            while data := await reader.read(65_536):
                await self.flows.wait()
                if pair.is_lost:
                    continue
                if self.delay:
                    await asyncio.sleep(self.delay)
                kind, data = self.due(side, data)
                if not pair.is_lost:
                    writer.write(data)
                    await writer.drain()
                if self.rate:
                    await asyncio.sleep(len(data) / self.rate)
                if kind == "hole":
                    pair.is_lost = True
                elif kind:
                    getattr(pair, kind)()
        except OSError:
            pass
        finally:
            if pair.is_lost:
                pair.reset()
            else:
                # What was written goes out first.
                writer.close()

    def due(self, side, data):
        """What happens to a connection behind `data`, or None, and what of `data` passes before."""
        armed = self.armed
        if armed is None or armed.side != side:
            return None, data
        if len(data) < armed.left or not armed.count:
            armed.left -= len(data)
            return None, data
        data = data[:armed.left]
        armed.left, armed.count = armed.after, armed.count - 1
        self.fired += 1
        return armed.kind, data

    def tell(self, change):
        """Does `change` on the proxy's own thread, and waits for it."""
        done = threading.Event()

        def work():
            try:
                change()
            finally:
                done.set()

        self.loop.call_soon_threadsafe(work)
        if not done.wait(10):
            raise OSError("the proxy does not answer")

    def arm(self, kind, side, after, count):
        self.tell(lambda: setattr(self, "armed", Armed(kind, side, int(after), int(count))))

    def cut(self):
        """Ends every connection with a reset."""
        self.tell(lambda: [pair.reset() for pair in list(self.pairs)])

    def slow(self, seconds):
        self.tell(lambda: setattr(self, "delay", float(seconds)))

    def choke(self, rate):
        self.tell(lambda: setattr(self, "rate", int(rate)))

    def stall(self):
        """Takes what comes, new connections too, and passes nothing on."""
        self.tell(lambda: self.flows.clear())

    def flow(self):
        self.tell(lambda: self.flows.set())

    def refuse(self, refuses=True):
        self.tell(lambda: setattr(self, "refuses", refuses))

    def heal(self):
        """As at the beginning."""
        def work():
            self.armed, self.delay, self.rate, self.refuses = None, 0.0, 0, False
            self.flows.set()
            for pair in list(self.pairs):
                if pair.is_lost:
                    pair.reset()
        self.tell(work)

    def close(self):
        self.cut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)


def main():
    proxy = Proxy(int(sys.argv[1]))
    print(f"listening on {proxy.port}", flush=True)
    for line in sys.stdin:
        name, *words = line.split()
        if name == "fired":
            print(proxy.fired, flush=True)
            continue
        if name not in ("arm", "cut", "slow", "choke", "refuse", "stall", "heal"):
            sys.exit(f"tcp_proxy.py knows no {name}")
        getattr(proxy, name)(*words)
        print("done", flush=True)
    # The tests' end closes our input.
    os._exit(0)


if __name__ == "__main__":
    main()
