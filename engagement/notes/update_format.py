"""Reads updates of Yjs (version 1 of its encoding) before they are stored: what they write, and what they build on.

pycrdt merges updates, but says nothing of whose they are. What is not understood here is refused: notes consist of XML
elements and text alone. https://docs.yjs.dev/api/document-updates, `lib0/encoding` and `yjs/src/structs`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

ROOT = "notes"  # the name of the shared type
MOST_DEPTH = 8  # of an attribute's value

# Content of an item, by its number in the encoding.
GC, DELETED, STRING, FORMAT, TYPE, ANY, SKIP = 0, 1, 4, 6, 7, 8, 10
XML_ELEMENT, XML_TEXT = 3, 6
HAS_LEFT, HAS_RIGHT, HAS_KEY = 0x80, 0x40, 0x20


class NotAnUpdate(ValueError):
    """The bytes are no update of notes."""


@dataclass
class ReadUpdate:
    """`written`: by client, from which clock to which (exclusive). `built_on`: by client, the first clock beyond all
    that it refers to.
    """

    written: dict[int, tuple[int, int]] = field(default_factory=dict)
    built_on: dict[int, int] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        return not self.written and not self.built_on

    def refer_to(self, client: int, end: int) -> None:
        self.built_on[client] = max(end, self.built_on.get(client, 0))


def read_update(content: bytes) -> ReadUpdate:
    """Raises NotAnUpdate."""
    reader = _Reader(content)
    found = ReadUpdate()
    for _block in reader.times():
        structs, client, clock = reader.number(), reader.number(), reader.number()
        if client in found.written or structs == 0:
            raise NotAnUpdate("a client twice, or without content")
        start = clock
        for _struct in range(structs):
            clock += _read_struct(reader, found)
        found.written[client] = (start, clock)
    for _client in reader.times():
        client = reader.number()
        for _range in reader.times():
            start, length = reader.number(), reader.number()
            found.refer_to(client, start + length)
    if reader.position != len(content):
        raise NotAnUpdate("bytes after the end")
    return found


def _read_struct(reader: "_Reader", found: ReadUpdate) -> int:
    """Its length in clocks."""
    info = reader.byte()
    kind = info & 0x1F
    if kind == GC:
        return reader.length()
    if kind == SKIP:
        raise NotAnUpdate("a gap")
    if info & HAS_LEFT:
        _read_reference(reader, found)
    if info & HAS_RIGHT:
        _read_reference(reader, found)
    if not info & (HAS_LEFT | HAS_RIGHT):
        _read_parent(reader, found)
        if info & HAS_KEY:
            reader.text()
    return _read_content(reader, kind)


def _read_reference(reader: "_Reader", found: ReadUpdate) -> None:
    client = reader.number()
    found.refer_to(client, reader.number() + 1)


def _read_parent(reader: "_Reader", found: ReadUpdate) -> None:
    if reader.number() == 1:
        if reader.text() != ROOT:
            raise NotAnUpdate("another shared type")
    else:
        _read_reference(reader, found)


def _read_content(reader: "_Reader", kind: int) -> int:
    if kind == DELETED:
        return reader.length()
    if kind == STRING:
        return _utf16_length(reader.text())
    if kind == FORMAT:
        reader.text()
        reader.text()
        return 1
    if kind == TYPE:
        shape = reader.number()
        if shape not in {XML_ELEMENT, XML_TEXT}:
            raise NotAnUpdate("a shared type that notes have not")
        if shape == XML_ELEMENT:
            reader.text()
        return 1
    if kind == ANY:
        count = reader.length()
        for _value in range(count):
            reader.skip_value()
        return count
    raise NotAnUpdate("content that notes have not")


def _utf16_length(text: str) -> int:
    if not text:
        raise NotAnUpdate("an empty text")
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


class _Reader:
    """`lib0/decoding`, as far as updates need it."""

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.position = 0

    def byte(self) -> int:
        if self.position >= len(self._content):
            raise NotAnUpdate("it ends too early")
        self.position += 1
        return self._content[self.position - 1]

    def number(self) -> int:
        found = shift = 0
        while True:
            byte = self.byte()
            found |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 49:
                raise NotAnUpdate("a number that is too large")
        if found >= 2**53:
            raise NotAnUpdate("a number that is too large")
        return found

    def length(self) -> int:
        """Of at least 1."""
        found = self.number()
        if found == 0 or found > 2**31:
            raise NotAnUpdate("a length that is none")
        return found

    def times(self) -> Iterator[int]:
        return iter(range(self.number()))

    def text(self) -> str:
        try:
            return self._take(self.number()).decode()
        except UnicodeDecodeError as problem:
            raise NotAnUpdate("no UTF-8") from problem

    def _take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self._content):
            raise NotAnUpdate("it ends too early")
        taken = self._content[self.position : end]
        self.position = end
        return taken

    def skip_value(self, depth: int = 0) -> None:
        """A value of `lib0`'s "any" encoding."""
        kind = self.byte()
        if depth > MOST_DEPTH:
            raise NotAnUpdate("values nested too deeply")
        if kind in {127, 126, 121, 120}:  # undefined, null, false, true
            return
        if kind == 125:  # a whole number, with its sign and a mark to go on in the first byte
            if self.byte() & 0x80:
                self.number()
        elif kind in {124, 123, 122}:  # float32, float64, bigint
            self._take(4 if kind == 124 else 8)
        elif kind == 119:
            self.text()
        elif kind in {118, 117}:  # an object, an array
            for _each in self.times():
                if kind == 118:
                    self.text()
                self.skip_value(depth + 1)
        else:
            raise NotAnUpdate("a value that notes have not")
