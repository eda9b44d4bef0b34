"""An SMTP server that costs almost nothing and stores nothing: `python -m bench.peers.smtp_sink PORT [MILLISECONDS]`.

With MILLISECONDS it acknowledges each email only after that time, as a server that writes to its disk.
"""

import asyncio
import sys
from typing import cast

import uvloop


class Sink(asyncio.Protocol):
    transport: asyncio.Transport

    def __init__(self, pause: float) -> None:
        self.pause = pause
        self.unread = b""
        self.in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)  # uvloop's transport does not inherit from it
        self.answer(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        self.unread += data
        end = b"\r\n.\r\n" if self.in_mail else b"\r\n"
        while (found := self.unread.find(end)) >= 0:
            said, self.unread = self.unread[:found], self.unread[found + len(end) :]
            self.take(said)
            end = b"\r\n.\r\n" if self.in_mail else b"\r\n"

    def take(self, said: bytes) -> None:
        if self.in_mail:
            self.in_mail = False
            asyncio.get_running_loop().call_later(self.pause, self.answer, b"250 taken\r\n")
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

    def answer(self, line: bytes) -> None:
        if not self.transport.is_closing():
            self.transport.write(line)


async def serve(port: int, pause: float) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Sink(pause), "127.0.0.1", port, backlog=512)
    print("listening", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve(int(sys.argv[1]), float(sys.argv[2]) / 1000 if len(sys.argv) > 2 else 0.0))
