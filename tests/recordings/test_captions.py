"""Captions parsed from hosts' files, and written as WebVTT."""

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recordings import captions
from recordings.captions import Cue
from recordings.forms import MOST_CAPTION_BYTES
from recordings.views.player import segments

SRT = (
    "1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\ntwo\r\n\r\n2\r\n00:00:03,000 --> 00:00:04,000\r\nThree\r\n"
)
_words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp", "Zs")), min_size=1, max_size=30)
_moments = st.integers(0, 360_000_000).map(lambda thousandths: thousandths / 1000)


def cues_of(text: str, **known: str) -> list[Cue]:
    return captions.read(text.encode(), **known).cues


def words_of(payload: str) -> list[str]:
    return [cue.text for cue in cues_of(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{payload}")]


# ---- text is kept ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("It&#39;s <b>warm</b> &amp; dry", "It's warm & dry"),
        ("CO2 < 40 g and > 20 g", "CO2 < 40 g and > 20 g"),
        ("One<br>Two<br/>Three", "One Two Three"),
        ("One\nTwo", "One Two"),
        ("{\\an8}Above {all}", "Above {all}"),
        ('<font color="#ffffff">White</font>', "White"),
        ("<00:00.500>First <c.yellow>second</c>", "First second"),
        ("R&D, AT&T; &copy; 2026 &unknown; &#x1F600;", "R&D, AT&T; © 2026 &unknown; 😀"),
        ("a&nbsp;space&lrm;", "a\xa0space\u200e"),
        ("if a <= b -- and 5<6", "if a <= b -- and 5<6"),
        ("bell\x07 and\x0btab", "bell andtab"),
    ],
)
def test_words_are_kept_as_they_were_written(written: str, words: str) -> None:
    assert words_of(written) == [words]
    once = captions.write(cues_of(f"WEBVTT\n\n00:00.000 --> 00:01.000\n{written}"))
    assert captions.write(captions.read(once.encode()).cues) == once
    assert [cue.text for cue in captions.read(once.encode()).cues] == [words]


def test_each_voice_keeps_its_words() -> None:
    text = "WEBVTT\n\n00:00.000 --> 00:01.000\n<v Rasa>Is it on?</v>\n<v.loud Katrin Ask>It is.\n"
    expected = [Cue(0, 1, "Rasa", "Is it on?"), Cue(0, 1, "Katrin Ask", "It is.")]
    assert cues_of(text) == expected
    assert captions.read(captions.write(expected).encode()).cues == expected
    assert [(said.speaker, said.text) for said in segments(expected)] == [
        ("Rasa", "Is it on?"),
        ("Katrin Ask", "It is."),
    ]


# ---- odd cues --------------------------------------------------------------------------------------------


def test_cues_whose_times_cannot_be_used_are_skipped_and_counted() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n\n00:02.000 --> 00:02.000\nNo time\n\n"
        "00:05.000 --> 00:04.000\nBackwards\n\nsoon --> later\nWhen\n\n00:06.000 --> 00:07.000\nTwo\n"
    )
    found = captions.read(text.encode())
    assert [cue.text for cue in found.cues] == ["One", "Two"]
    assert (found.skipped, found.total, found.first_skipped_line) == (3, 5, 6)


def test_a_second_line_of_times_begins_another_cue() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nOne\n00:02.000 --> 00:03.000\nTwo\n"
    assert [cue.text for cue in cues_of(text)] == ["One", "Two"]


def test_notes_styles_and_regions_are_no_captions() -> None:
    text = (
        "WEBVTT - made by hand\nKind: captions\n\nNOTE not for show\n\nSTYLE\n::cue { color: red }\n\n"
        "REGION\nid:fred\n\nfirst\n00:01.000 --> 00:02.000 align:start region:fred\nOne\n"
    )
    assert cues_of(text) == [Cue(1, 2, "", "One")]


# ---- SubRip ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        SRT,
        SRT.replace("\r\n", "\n"),
        SRT.replace("\r\n", "\r"),
        SRT.replace("\r\n", "\n\n"),
        "\ufeff" + SRT,
        SRT.replace("\r\n\r\n", "\r\n"),
        "\n\n" + SRT,
        SRT.replace("1\r\n", "").replace("2\r\n00", "00"),
        SRT.replace(" --> ", "-->").replace("00:00:0", "0:00:0"),
        SRT.replace(",500", ",5").replace(",000", ""),
        "WEBVTT\n\n" + SRT,
        "WEBVTT\n\n" + SRT.replace("\r\n", "\n\n"),
    ],
)
def test_subrip_is_read_as_it_is_found(text: str) -> None:
    assert cues_of(text) == [Cue(1.0, 2.5, "", "One two"), Cue(3.0, 4.0, "", "Three")]


def test_a_number_that_is_spoken_is_not_taken_for_the_number_of_a_cue() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n42\n\n2\n00:00:03,000 --> 00:00:04,000\n7\n"
    assert [cue.text for cue in cues_of(text)] == ["42", "7"]


# ---- encodings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "encoding", "words"),
    [
        ("sv", "utf-8", "Värmen på Åland – året om"),
        ("sv", "utf-16", "Värmen på Åland – året om"),
        ("sv", "utf-16-le", "Värmen på Åland"),
        ("sv", "cp1252", "Värmen på Åland – året om"),
        ("da", "cp1252", "Bølgekraft på Ærø"),
        ("de", "iso8859-1", "Wärmepumpen für Straßen"),
        ("pl", "cp1250", "Zażółć gęślą jaźń"),
        ("pl", "iso8859-2", "Zażółć gęślą jaźń"),
        ("lt", "cp1257", "Šilumos siurbliai įžemyje „Žaliasis“"),
    ],
)
def test_text_is_read_in_the_encodings_of_the_language(language: str, encoding: str, words: str) -> None:
    raw = SRT.replace("Three", words).encode(encoding)
    assert captions.read(raw, language=language).cues[-1].text == words


@pytest.mark.parametrize(("language", "encoding"), [("sv", "cp1250"), ("", "cp1252"), ("pl", "cp1251")])
def test_an_undetectable_encoding_is_refused_with_a_reason(language: str, encoding: str) -> None:
    words = "Zażółć gęślą jaźń" if encoding == "cp1250" else "Да" if encoding == "cp1251" else "på"
    with pytest.raises(captions.NotCaptions, match="Save it as UTF-8"):
        captions.read(SRT.replace("Three", words).encode(encoding), language=language)


# ---- refused, bounded ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "This is not a WebVTT or SubRip file."),
        (b"WEBVTT", "There are no captions in this file."),
        (b"\xff\xfe\x00 -->", "Save it as UTF-8"),
        (b"WEBVTT\n\n00:05.000 --> 00:04.000\nbackwards", "00:05.000 --> 00:04.000"),
        (b"WEBVTT\n\nsoon --> later\nwords", "soon --> later"),
        (b"PK\x03\x04 a zip file", "This is not a WebVTT or SubRip file."),
    ],
)
def test_a_file_without_captions_is_refused_with_a_reason(raw: bytes, reason: str) -> None:
    with pytest.raises(captions.NotCaptions) as refused:
        captions.read(raw)
    assert reason in refused.value.message


@given(st.binary(max_size=400))
def test_no_bytes_bring_the_reader_down(raw: bytes) -> None:
    for head in (b"WEBVTT\n\n", b"WEBVTT\n\n00:00.000 --> 00:01.000\n", b""):
        try:
            captions.read(head + raw, language="pl")
        except captions.NotCaptions:
            continue


@pytest.mark.parametrize(
    "piece",
    [
        "<v",
        " ",
        "<v ",
        "<",
        "<a",
        "</",
        "&",
        "&amp",
        "&#",
        "{\\",
        "<00:",
        "\n",
        "-->",
        "0",
        "1\n",
        "é",
        "</v><v x>",
    ],
)
@pytest.mark.parametrize("start", ["", "<v", "00:00.000 --> 00:01.000\n"])
def test_the_largest_hostile_file_takes_no_more_than_its_size_does(start: str, piece: str) -> None:
    """Each takes well under a second of an idle core; a quadratic step takes hours."""
    head = "WEBVTT\n\n00:00.000 --> 00:01.000\n"
    raw = (head + start + piece * (MOST_CAPTION_BYTES // len(piece.encode()))).encode()[:MOST_CAPTION_BYTES]
    began = time.process_time()
    with contextlib.suppress(captions.NotCaptions):
        captions.read(raw)
    assert time.process_time() - began < 5


@given(st.lists(st.tuples(_moments, st.integers(1, 9000), _words), min_size=1, max_size=8))
def test_what_is_written_is_read_again(lines: list[tuple[float, int, str]]) -> None:
    cues = [Cue(start, start + length / 1000, "", text) for start, length, text in lines]
    again = captions.read(captions.write(cues).encode()).cues
    assert sorted(" ".join(cue.text for cue in again).split()) == sorted(
        " ".join(cue.text for cue in cues).split()
    )
    assert {round(cue.start, 3) for cue in again} == {round(cue.start, 3) for cue in cues}


def test_cues_of_one_speaker_without_a_pause_are_one_passage() -> None:
    cues = [
        Cue(0, 2, "Rasa", "One."),
        Cue(2, 4, "Rasa", "Two."),
        Cue(4, 6, "Katrin", "Three."),
        Cue(20, 22, "Katrin", "Four."),
    ]
    assert [(passage.speaker, passage.text) for passage in segments(cues)] == [
        ("Rasa", "One. Two."),
        ("Katrin", "Three."),
        ("Katrin", "Four."),
    ]
