"""Captions read from what hosts have, and written as WebVTT."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from meetings import captions
from meetings.captions import Cue
from meetings.views.recording_watching import passages

SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\ntwo\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nThree\r\n"
)
_words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=30)
_moments = st.integers(0, 360_000_000).map(lambda thousandths: thousandths / 1000)


def test_subrip_is_read_too() -> None:
    assert captions.read(SRT.encode()) == [Cue(1.0, 2.5, "", "One two"), Cue(3.0, 4.0, "", "Three")]


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"WEBVTT",
        b"\xff\xfe\x00 --> ",
        b"WEBVTT\n\n00:05.000 --> 00:04.000\nbackwards",
        b"WEBVTT\n\nsoon --> later\nwords",
        b"PK\x03\x04 a zip file",
    ],
)
def test_what_is_no_captions_is_refused_in_words(raw: bytes) -> None:
    with pytest.raises(captions.NotCaptions) as refused:
        captions.read(raw)
    assert refused.value.message


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_reader_down(raw: bytes) -> None:
    try:
        captions.read(b"WEBVTT\n\n" + raw)
    except captions.NotCaptions:
        return


@given(st.lists(st.tuples(_moments, st.integers(1, 9000), _words), min_size=1, max_size=8))
def test_what_is_written_is_read_again(lines: list[tuple[float, int, str]]) -> None:
    cues = [Cue(start, start + length / 1000, "", text) for start, length, text in lines]
    again = captions.read(captions.write(cues).encode())
    assert sorted(cue.text for cue in again) == sorted(cue.text for cue in cues)
    assert [round(cue.start, 3) for cue in again] == sorted(round(cue.start, 3) for cue in cues)


def test_what_one_speaker_says_without_a_pause_is_one_passage() -> None:
    cues = [
        Cue(0, 2, "Rasa", "One."),
        Cue(2, 4, "Rasa", "Two."),
        Cue(4, 6, "Katrin", "Three."),
        Cue(20, 22, "Katrin", "Four."),
    ]
    assert [(passage.speaker, passage.text) for passage in passages(cues)] == [
        ("Rasa", "One. Two."),
        ("Katrin", "Three."),
        ("Katrin", "Four."),
    ]
