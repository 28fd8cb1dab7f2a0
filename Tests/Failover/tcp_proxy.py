"""A TCP proxy that can cut what it carries, delay it, or hold it without a word.

It runs on a thread of its own, with its own event loop; the methods may be called from any other.
"""
import asyncio
import threading


class Proxy:
    def __init__(self, target):
        """`target`: the port on 127.0.0.1 that it leads to."""
        self.target, self.port = target, None
        self.delay = 0.0
        self.loop = asyncio.new_event_loop()
        self.pairs = set()
        self.refuses = False
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
        self.server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
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
        pair = (writer, there_writer)
        self.pairs.add(pair)
        await asyncio.gather(self.carry(reader, there_writer), self.carry(there_reader, writer))
        self.pairs.discard(pair)

    async def carry(self, reader, writer):
        try:
            while data := await reader.read(65_536):
                await self.flows.wait()
                if self.delay:
                    await asyncio.sleep(self.delay)
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        finally:
            writer.transport.abort()

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

    def cut(self):
        """Ends every connection with a reset."""
        def work():
            for pair in list(self.pairs):
                for writer in pair:
                    writer.transport.abort()
        self.tell(work)

    def slow(self, seconds):
        self.tell(lambda: setattr(self, "delay", seconds))

    def stall(self):
        """Takes what comes, new connections too, and passes nothing on."""
        self.tell(lambda: self.flows.clear())

    def flow(self):
        self.tell(lambda: self.flows.set())

    def refuse(self, refuses):
        self.tell(lambda: setattr(self, "refuses", refuses))

    def close(self):
        self.cut()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
