"""What is read of an update before it is stored: as Yjs and pycrdt understand it, and nothing but a refusal else."""

import random

import pycrdt
import pytest

from engagement.notes.update_format import NotAnUpdate, read_update
from tests.engagement.notes.writers import EVERYTHING, document_of

TURNS = 4_000


def clocks(vector: bytes) -> dict[int, int]:
    """By client, of a state vector."""
    decoder = pycrdt.Decoder(vector)
    return {decoder.read_var_uint(): decoder.read_var_uint() for _ in range(decoder.read_var_uint())}


def test_it_tells_who_wrote_how_much_and_on_what_it_builds() -> None:
    found = read_update(EVERYTHING)
    doc = document_of(EVERYTHING)
    assert {client: end for client, (_start, end) in found.written.items()} == clocks(doc.get_state())
    assert set(found.written) == {1001, 2002}
    assert found.written[2002][0] == 0
    assert found.built_on[1001] <= found.written[1001][1]
    before = doc.get_state()
    root = doc.get("notes", type=pycrdt.XmlFragment)
    with doc.transaction():
        del root.children[1]
        root.children[0].attributes["level"] = 3
    change = read_update(doc.get_update(before))
    assert list(change.written) == [doc.client_id]
    assert change.written[doc.client_id] == (0, 1)
    assert change.built_on.keys() == {1001}
    assert read_update(b"\x00\x00").is_empty


def test_whatever_the_bytes_are_they_are_read_or_refused() -> None:
    chance, outcomes = random.Random(7), {"read": 0, "refused": 0}
    for _turn in range(TURNS):
        content = bytearray(EVERYTHING)
        for _ in range(chance.randint(1, 4)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        if chance.random() < 0.2:
            del content[chance.randrange(len(content)) :]
        try:
            read_update(bytes(content))
        except NotAnUpdate:
            outcomes["refused"] += 1
        else:
            outcomes["read"] += 1
    assert min(outcomes.values()) > TURNS / 20


@pytest.mark.parametrize(
    "content",
    [
        b"\xff" * 9,  # a number without an end
        bytes((1, 1, 1, 0, 8, 1, 5, *b"notes", 1, *([117, 1] * 2000), 126)),  # values in values
        bytes((1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F, 1, 0)),  # four thousand million items in eight bytes
        bytes((0, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F)),
    ],
)
def test_a_few_bytes_that_promise_much_are_refused_at_once(content: bytes) -> None:
    with pytest.raises(NotAnUpdate):
        read_update(content)
