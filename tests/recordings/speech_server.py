"""A server that speaks the API of OpenAI's `/v1/audio/transcriptions`, and answers what a test tells it to."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

VTT = "WEBVTT\n\n00:00.000 --> 00:01.500\nGood morning.\n\n00:01.500 --> 00:02.500\nWe talk <i>about</i> heat.\n"


@dataclass
class Asked:
    path: str
    authorization: str
    fields: dict[str, bytes] = field(default_factory=dict)
    content_type: str = ""
    filename: str = ""


@dataclass
class SpeechServer:
    url: str = ""
    status: int = 200
    answer: bytes = VTT.encode()
    asked: list[Asked] = field(default_factory=list)


def _asked(path: str, authorization: str, content_type: str, body: bytes) -> Asked:
    found = Asked(path, authorization)
    message = message_from_bytes(b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body)
    for part in message.get_payload():  # type: ignore[union-attr]
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        found.fields[str(name)] = part.get_payload(decode=True)  # type: ignore[union-attr,assignment]
        if name == "file":
            found.content_type = part.get_content_type()  # type: ignore[union-attr]
            found.filename = part.get_filename() or ""  # type: ignore[union-attr]
    return found


@contextmanager
def speech_server() -> Iterator[SpeechServer]:
    here = SpeechServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            authorization = self.headers.get("Authorization", "")
            here.asked.append(_asked(self.path, authorization, self.headers["Content-Type"], body))
            self.send_response(here.status)
            self.send_header("Content-Type", "text/vtt")
            self.send_header("Content-Length", str(len(here.answer)))
            self.end_headers()
            self.wfile.write(here.answer)

        def log_message(self, *_args: object) -> None:
            """Nothing: the test reads `asked`."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
