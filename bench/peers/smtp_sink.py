"""An SMTP server that costs almost nothing: `python -m bench.peers.smtp_sink PORT [MILLISECONDS [FILE]]`.

With MILLISECONDS it acknowledges each email only after that time, as a server that writes to its disk. With FILE it
writes the number of each row of the outbox whose email it takes there, before it acknowledges it.
"""

import asyncio
import contextlib
import re
import sys
from pathlib import Path
from typing import BinaryIO, cast

import uvloop

REFERENCE = re.compile(rb"^Message-ID: <notification-(\d+)@", re.MULTILINE)


class Sink(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, pause: float, taken: BinaryIO | None) -> None:
        self.pause, self.taken = pause, taken
        self.unread = b""
        self.in_mail = self.is_storing = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's transport does not inherit from it
        self.answer(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.unread += data
        self.read_on()

    def read_on(self) -> None:
        """What was sent together is answered in its order (RFC 2920 3.2)."""
        while not self.is_storing:
            said, end, rest = self.unread.partition(b"\r\n.\r\n" if self.in_mail else b"\r\n")
            if not end:
                return
            self.unread = rest
            self.take(said)

    def take(self, said: bytes) -> None:
        if self.in_mail:
            self.in_mail = False
            if self.taken is not None and (found := REFERENCE.search(said)):
                self.taken.write(found[1] + b"\n")
            if self.pause:
                self.is_storing = True
                asyncio.get_running_loop().call_later(self.pause, self.acknowledge)
            else:
                self.answer(b"250 taken\r\n")
            return
        match said.split(b" ")[0].upper():
            case b"DATA":
                self.in_mail = True
                self.answer(b"354 go on\r\n")
            case b"QUIT":
                self.answer(b"221 bye\r\n")
                self.transport.close()
            case b"EHLO":
                self.answer(b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n")
            case _:
                self.answer(b"250 ok\r\n")

    def acknowledge(self) -> None:
        self.is_storing = False
        self.answer(b"250 taken\r\n")
        self.read_on()

    def answer(self, line: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(line)


async def serve(port: int, pause: float, taken: BinaryIO | None) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(pause, taken), "127.0.0.1", port, backlog=512)
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    pause = float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0
    with contextlib.ExitStack() as stack:
        taken = stack.enter_context(Path(sys.argv[3]).open("wb", buffering=0)) if len(sys.argv) > 3 else None
        uvloop.run(serve(int(sys.argv[1]), pause, taken))
