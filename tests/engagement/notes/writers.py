"""People who write notes with a real CRDT, and a document with everything that notes can have."""

from base64 import b64decode, b64encode
from typing import Any

import pycrdt

from tests.rooms.people import Event, RoomClient

# Made with Yjs 13.6 as the browser makes it: every node and mark, by two clients, with something deleted.
EVERYTHING = b64decode(
    "AgHSDwCE6QcNAXNm6QcABwEFbm90ZXMDB2hlYWRpbmcHAOkHAAYEAOkHAQxIYXJib3VyIGhlYXQoAOkHAAVsZXZlbAF9AYfp"
    "BwADB2hlYWRpbmcHAOkHDwYEAOkHEAVDb3N0cygA6QcPBWxldmVsAX0Ch+kHDwMJcGFyYWdyYXBoBwDpBxcGAQDpBxgChOkH"
    "GgRhaW4ghukHHgZzdHJvbmcCe32E6QcfBGJvbGSG6QcjBnN0cm9uZwRudWxshOkHJAEghukHJQJlbQJ7fYTpByYGaXRhbGlj"
    "hukHLAJlbQRudWxshOkHLQUgYW5kIIbpBzIGc3Ryb25nAnt9hukHMwJlbQJ7fYTpBzQEYm90aIbpBzgGc3Ryb25nBG51bGyG"
    "6Qc5AmVtBG51bGyE6Qc6ASCG6Qc7BGxpbmsqeyJocmVmIjoiaHR0cHM6Ly9leGFtcGxlLm9yZy9tYXA/YT0xJmI9MiJ9hOkH"
    "PAZhIGxpbmuG6QdCBGxpbmsEbnVsbITpB0MOIPCfmIAgPGI+JmFtcDuH6QcXAwtidWxsZXRfbGlzdAcA6QdQAwlsaXN0X2l0"
    "ZW0HAOkHUQMJcGFyYWdyYXBoBwDpB1IGBADpB1MDT25lh+kHUgMLYnVsbGV0X2xpc3QHAOkHVwMJbGlzdF9pdGVtBwDpB1gD"
    "CXBhcmFncmFwaAcA6QdZBgQA6QdaBk5lc3RlZIfpB1EDCWxpc3RfaXRlbQcA6QdhAwlwYXJhZ3JhcGgHAOkHYgYEAOkHYwNU"
    "d2+H6QdQAwxvcmRlcmVkX2xpc3QHAOkHZwMJbGlzdF9pdGVtBwDpB2gDCXBhcmFncmFwaAcA6QdpBgQA6QdqBUZpcnN0h+kH"
    "aAMJbGlzdF9pdGVtBwDpB3ADCXBhcmFncmFwaAcA6QdxBgQA6QdyBlNlY29uZIfpB2cDCmNoZWNrX2xpc3QHAOkHeQMKY2hl"
    "Y2tfaXRlbQcA6Qd6AwlwYXJhZ3JhcGgHAOkHewYEAOkHfAREb25lKADpB3oEZG9uZQF4h+kHegMKY2hlY2tfaXRlbQcA6QeC"
    "AQMJcGFyYWdyYXBoBwDpB4MBBgQA6QeEAQRPcGVuKADpB4IBBGRvbmUBeYfpB3kDBXRhYmxlBwDpB4oBAwl0YWJsZV9yb3cH"
    "AOkHiwEDDHRhYmxlX2hlYWRlcgcA6QeMAQMJcGFyYWdyYXBoBwDpB40BBgQA6QeOAQRQb3J0KADpB4wBB2NvbHNwYW4BfQEo"
    "AOkHjAEHcm93c3BhbgF9AYfpB4wBAwx0YWJsZV9oZWFkZXIHAOkHlQEDCXBhcmFncmFwaAcA6QeWAQYEAOkHlwECTVcoAOkH"
    "lQEHY29sc3BhbgF9ASgA6QeVAQdyb3dzcGFuAX0Bh+kHiwEDCXRhYmxlX3JvdwcA6QecAQMKdGFibGVfY2VsbAcA6QedAQMJ"
    "cGFyYWdyYXBoBwDpB54BBgQA6QefAQdHZGHFhHNrKADpB50BB2NvbHNwYW4BfQEoAOkHnQEHcm93c3BhbgF9AYfpB50BAwp0"
    "YWJsZV9jZWxsBwDpB6gBAwlwYXJhZ3JhcGgHAOkHqQEGBADpB6oBBzEyIHwgMTMoAOkHqAEHY29sc3BhbgF9ASgA6QeoAQdy"
    "b3dzcGFuAX0Bh+kHigEDCXBhcmFncmFwaAcA6Qe0AQYEAOkHtQEEQXNrIIfpB7UBAwdtZW50aW9uKADpB7oBBnBlcnNvbgF3"
    "A3AxN4fpB7oBBgQA6Qe8AQkgYWJvdXQgaXSH6Qe8AQMKaGFyZF9icmVha4fpB8YBBgQA6QfHAQRzb29uh+kHtAEDCXBhcmFn"
    "cmFwaAHpBwEZAg=="
)


class Writer:
    """A document in one person's browser, and what of their own the room has not acknowledged."""

    def __init__(self, client: RoomClient, document: str, client_id: int) -> None:
        self.client, self.document, self.client_id = client, document, client_id
        self.doc: pycrdt.Doc[Any] = pycrdt.Doc(client_id=client_id)
        self.root = self.doc.get("notes", type=pycrdt.XmlFragment)
        self.unsent: list[bytes] = []
        self.seen = 0  # events
        self.is_own = True
        self.watching = self.doc.observe(self._changed)

    def _changed(self, event: pycrdt.TransactionEvent) -> None:
        if self.is_own:
            self.unsent.append(event.update)

    def apply(self, update: bytes) -> None:
        """What others wrote."""
        self.is_own = False
        self.doc.apply_update(update)
        self.is_own = True

    async def open(self) -> int:
        """What is missing, in pieces; the number of the newest update."""
        fields = {"document": self.document, "vector": written(self.doc.get_state())}
        content, number = b"", 0
        offset: int | None = 0
        while offset is not None:
            reply = await self.client.does("notes.open", **fields, offset=offset)
            content += b64decode(reply["update"])
            offset, number = reply["next"], reply["number"]
        self.apply(content)
        return int(number)

    def type(self, text: str) -> None:
        """A paragraph, at the end."""
        paragraph = pycrdt.XmlElement("paragraph")
        self.root.children.append(paragraph)
        paragraph.children.append(pycrdt.XmlText(text))

    def change(self) -> str:
        """What the room has not got yet."""
        return written(pycrdt.merge_updates(*self.unsent))

    async def send(self, **fields: Any) -> Event:
        reply = await self.client.asks(
            "notes.update", document=self.document, client=self.client_id, update=self.change(), **fields
        )
        if reply.get("ok"):
            self.unsent = []
        return reply

    async def write(self, text: str) -> int:
        self.type(text)
        reply = await self.send()
        assert reply.get("ok") is True, reply
        return int(reply["number"])

    def take(self) -> None:
        """What has arrived since."""
        events = self.client.all("notes.updated", document=self.document)
        for event in events[self.seen :]:
            if event["update"] is not None:
                self.apply(b64decode(event["update"]))
        self.seen = len(events)

    async def reads(self, *texts: str) -> None:
        """Waits until the document has these texts, in any order."""

        def has_all() -> bool:
            self.take()
            return sorted(self.texts) == sorted(texts)

        await self.client.until(has_all)

    @property
    def texts(self) -> list[str]:
        return texts_of(self.doc)


def texts_of(doc: pycrdt.Doc[Any]) -> list[str]:
    root = doc.get("notes", type=pycrdt.XmlFragment)
    return ["".join(str(part) for part in block.children) for block in root.children]


def document_of(content: bytes) -> pycrdt.Doc[Any]:
    doc: pycrdt.Doc[Any] = pycrdt.Doc()
    doc.apply_update(content)
    return doc


def written(content: bytes) -> str:
    return b64encode(content).decode()


async def writer(client: RoomClient, document: str, client_id: int) -> Writer:
    """One who has opened the document."""
    made = Writer(client, document, client_id)
    await made.open()
    return made
