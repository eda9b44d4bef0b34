"""A mail server with one folder, for tests: as much of RFC 9051 as reading it takes, over TLS, and faults on demand."""

import re
import select
import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

USER, PASSWORD = "replies@example.org", 'pass"word'
FETCH = re.compile(r"UID FETCH (\d+) \(BODY\.PEEK\[(HEADER)?\]<0\.(\d+)>\)")


@dataclass
class Folder:
    """Messages by UID with the day on which they came; `asked` are the commands that clients sent."""

    validity: int = 7
    messages: dict[int, tuple[date, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    hang_up_after: int | None = None  # commands
    idles: bool = True

    def deliver(self, content: bytes, *, on: date, uid: int | None = None) -> int:
        number = uid or max(self.messages, default=0) + 1
        self.messages[number] = (on, content)
        return number


class Session(socketserver.StreamRequestHandler):
    server: Any

    def handle(self) -> None:
        self.say("* OK ready")
        while line := self.rfile.readline().decode().strip():
            folder: Folder = self.server.folder
            if folder.hang_up_after is not None:
                folder.hang_up_after -= 1
                if folder.hang_up_after < 0:
                    folder.hang_up_after = None
                    return
            tag, _space, command = line.partition(" ")
            folder.asked.append(command)
            if not self.answer(folder, tag, command):
                return

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def answer(self, folder: Folder, tag: str, command: str) -> bool:
        name = command.split(" ", maxsplit=1)[0].upper()
        if name == "LOGIN":
            expected = f'LOGIN {USER} "{PASSWORD.replace(chr(34), chr(92) + chr(34))}"'
            self.say(f"{tag} OK in" if command == expected else f"{tag} NO wrong password")
        elif name == "CAPABILITY":
            self.say(f"* CAPABILITY IMAP4rev1{' IDLE' if folder.idles else ''}")
            self.say(f"{tag} OK done")
        elif name in {"EXAMINE", "SELECT"}:
            self.say(f"* {len(folder.messages)} EXISTS")
            self.say(f"* OK [UIDVALIDITY {folder.validity}] valid")
            self.say(f"{tag} OK [READ-{'ONLY' if name == 'EXAMINE' else 'WRITE'}]")
        elif command.startswith("UID SEARCH"):
            found = self.search(folder, command.removeprefix("UID SEARCH "))
            self.say(f"* SEARCH {' '.join(map(str, found))}".rstrip())
            self.say(f"{tag} OK done")
        elif asked := FETCH.fullmatch(command):
            self.fetch(folder, int(asked[1]), header=bool(asked[2]), most=int(asked[3]))
            self.say(f"{tag} OK done")
        elif name == "IDLE":
            self.idle(folder)
            self.say(f"{tag} OK done")
        elif name == "NOOP":
            self.say(f"{tag} OK done")
        elif name == "LOGOUT":
            self.say("* BYE")
            self.say(f"{tag} OK done")
            return False
        else:
            self.say(f"{tag} BAD {command}")
        return True

    def search(self, folder: Folder, criteria: str) -> list[int]:
        if criteria.startswith("SINCE "):
            first = datetime.strptime(criteria.removeprefix("SINCE "), "%d-%b-%Y").date()
            return [uid for uid, (day, _content) in sorted(folder.messages.items()) if day >= first]
        lowest = int(criteria.removeprefix("UID ").removesuffix(":*"))
        last = max(folder.messages, default=0)
        return [uid for uid in sorted(folder.messages) if uid >= lowest or uid == last]

    def fetch(self, folder: Folder, uid: int, *, header: bool, most: int) -> None:
        if uid in folder.messages:
            content = folder.messages[uid][1]
            part = (content.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" if header else content)[:most]
            item = "BODY[HEADER]<0>" if header else "BODY[]<0>"
            self.wfile.write(f"* 1 FETCH (UID {uid} {item} {{{len(part)}}}\r\n".encode() + part + b")\r\n")

    def idle(self, folder: Folder) -> None:
        known = len(folder.messages)
        self.say("+ idling")
        while not select.select([self.connection], [], [], 0.02)[0]:
            if len(folder.messages) > known:
                known = len(folder.messages)
                self.say(f"* {known} EXISTS")
        self.rfile.readline()


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, folder: Folder, context: ssl.SSLContext) -> None:
        self.folder, self.context = folder, context
        super().__init__(("127.0.0.1", 0), Session)

    def get_request(self) -> tuple[socket.socket, Any]:
        connected, address = super().get_request()
        return self.context.wrap_socket(connected, server_side=True), address

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that refuses our certificate, or hangs up, is what some tests are about."""


@contextmanager
def serving(folder: Folder, context: ssl.SSLContext) -> Iterator[int]:
    """The port of a server with this folder."""
    with _Server(folder, context) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()
