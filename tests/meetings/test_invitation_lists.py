"""Lists of people as hosts have them: every line is a person or says why it is none."""

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from meetings.invitation_lists import Invitee, NotAList, checked, read_file, read_lines


def people(text: str) -> list[tuple[str, str]]:
    return [(one.email, one.name) for one in read_lines(text) if not one.problem]


def problems(text: str) -> list[tuple[int, str]]:
    return [(one.line, one.problem) for one in read_lines(text) if one.problem]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("anna@example.org", [("anna@example.org", "")]),
        ("  Anna Berg <Anna@Example.org>  ", [("anna@example.org", "Anna Berg")]),
        ("Anna Berg <mailto:anna@example.org>;", [("anna@example.org", "Anna Berg")]),
        ('"Berg, Anna" <anna@example.org>', [("anna@example.org", "Anna Berg")]),
        ("Berg, Anna <anna@example.org>", [("anna@example.org", "Anna Berg")]),
        (
            "Berg, Anna <anna@example.org>; Nowak, Piotr <piotr@example.pl>",
            [("anna@example.org", "Anna Berg"), ("piotr@example.pl", "Piotr Nowak")],
        ),
        (
            "Anna Berg <anna@example.org>, piotr@example.pl, lene@example.dk",
            [("anna@example.org", "Anna Berg"), ("piotr@example.pl", ""), ("lene@example.dk", "")],
        ),
        ("a@example.org\r\n\r\n b@example.org\n", [("a@example.org", ""), ("b@example.org", "")]),
        ("a@example.org b@example.org", [("a@example.org", ""), ("b@example.org", "")]),
        ("Žygimantas <z@bücher.example>", [("z@xn--bcher-kva.example", "Žygimantas")]),
    ],
)
def test_lines_as_people_type_and_paste_them(text: str, expected: list[tuple[str, str]]) -> None:
    assert people(text) == expected
    assert problems(text) == []


@pytest.mark.parametrize(
    ("text", "language", "company", "name"),
    [
        ("Jonas <jonas@example.lt>; lt; Baltijos vėjas", "lt", "Baltijos vėjas", "Jonas"),
        ("Jonas <jonas@example.lt>; lt", "lt", "", "Jonas"),
        ("Jonas <jonas@example.lt>; ; HP", "", "HP", "Jonas"),
        ("Jonas <jonas@example.lt>; ; Heat, Inc.", "", "Heat, Inc.", "Jonas"),
        ("Jonas\tjonas@example.lt\tLietuvių\tBaltijos vėjas", "lt", "Baltijos vėjas", "Jonas"),
        ("Jonas,jonas@example.lt,lt,Baltijos vėjas", "lt", "Baltijos vėjas", "Jonas"),
    ],
)
def test_language_and_company_may_follow(text: str, language: str, company: str, name: str) -> None:
    (one,) = read_lines(text)
    assert (one.problem, one.language, one.company_name, one.name) == ("", language, company, name)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        ("a@example.org\nno address here", 2, "There is no email address on this line."),
        ("lene@example", 1, "This is not an email address: lene@example"),
        ("Anna <anna at example.org>", 1, "There is no email address on this line."),
        ("a@example.org, and you, b@example.org", 1, "There is no email address in this part: and you"),
        ("a@example.org, b@example.org and more", 1, "There is no email address in this part: and more"),
        ("Bo <bo@example.fi>; suomi; Aalto", 1, "Unknown language: suomi. Use one of these: "),
        ("Bo <bo@example.fi>; sv; Aalto; Kalmar", 1, "There’s too much on this line: Kalmar"),
        (f"{'x' * 121} <bo@example.fi>", 1, "A name can have at most 120 characters."),
    ],
)
def test_what_is_no_person_says_why_and_where(text: str, line: int, why: str) -> None:
    with translation.override("en"):
        (found,) = problems(text)
    assert found[0] == line
    assert found[1].startswith(why)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize(
    "heading",
    [
        ("name", "email", "language", "company"),
        ("Namn", "E-post", "Språk", "Företag"),
        ("Name", "E-Mail-Adresse", "Sprache", "Unternehmen"),
        ("Navn", "E-mail", "Sprog", "Virksomhed"),
        (),
    ],
)
def test_a_file_with_headings_or_without(encoding: str, delimiter: str, heading: tuple[str, ...]) -> None:
    rows = [
        *([heading] if heading else []),
        ("Åsa Björk", "asa@example.se", "sv", "Värme AB"),
        ("", "b@example.org"),
    ]
    text = "\r\n".join(delimiter.join(row) for row in rows)
    first, second = read_file(text.encode(encoding))
    assert (first.email, first.name, first.language) == ("asa@example.se", "Åsa Björk", "sv")
    assert (first.company_name, first.problem) == ("Värme AB", "")
    assert (second.email, second.problem) == ("b@example.org", "")


@pytest.mark.parametrize(
    "heading",
    [
        ("Imię i nazwisko", "Adres e-mail", "Język", "Firma"),
        ("Vardas ir pavardė", "El. pašto adresas", "Kalba", "Įmonė"),
    ],
)
def test_headings_in_polish_and_lithuanian(heading: tuple[str, ...]) -> None:
    rows = [heading, ("Łukasz Żak", "lukasz@example.pl", "Polski", "Ciepło")]
    (one,) = read_file("\n".join(";".join(row) for row in rows).encode())
    assert (one.name, one.language, one.company_name) == ("Łukasz Żak", "pl", "Ciepło")


def test_first_and_last_name_in_columns_of_their_own() -> None:
    (one,) = read_file("Vorname;Nachname;E-Mail\nKatrin;Brüggemann;k@example.de".encode("cp1252"))
    assert one.name == "Katrin Brüggemann"


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("name,email\nAnna,a@example.org\n\n\nBo,wrong\n", [2, 5]),
        ('name,email\n"Anna\nBerg",a@example.org\nBo,wrong', [2, 3]),
        ("name,email\r\nAnna\u2028Berg,a@example.org\r\nBo,wrong\r\n", [2, 3]),
        ("\nname,email\rAnna,a@example.org\rBo,wrong", [3, 4]),
        ("Anna,a@example.org\nBo,wrong@", [1, 2]),
    ],
)
def test_rows_are_counted_as_a_spreadsheet_shows_them(text: str, rows: list[int]) -> None:
    assert [one.row for one in read_file(text.encode())] == rows


def test_wrong_rows_of_a_file_stay_with_their_reason() -> None:
    with translation.override("en"):
        found = read_file(b"name,email,language\nBo,bo@example,sv\nAda,,en\nEva,eva@example.org,Suomi\n")
    assert [one.row for one in found] == [2, 3, 4]
    assert all(one.problem for one in found)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xef\xbb\xbf",
        b"\n;;\n",
        b"name;company\nAnna;Heat",
        b"\x00\x01\x02",
        b"PK\x03\x04\x00\x00",
        b"\xff\xfe\x00",
    ],
)
def test_what_is_no_list_is_refused(content: bytes) -> None:
    with pytest.raises(NotAList):
        read_file(content)


@given(st.text(max_size=300))
def test_no_text_fails_and_no_line_is_lost(text: str) -> None:
    found = {one.line for one in read_lines(text)}
    written = {n for n, line in enumerate(text.splitlines(), start=1) if any(sign.isalnum() for sign in line)}
    assert written <= found


@given(st.binary(max_size=300))
def test_no_file_fails(content: bytes) -> None:
    try:
        read_file(content)
    except NotAList as refusal:
        assert refusal.message


NAMES = st.text(st.characters(categories=("L",), max_codepoint=0x17F), min_size=1, max_size=12)


@given(NAMES, NAMES, st.sampled_from(["", "sv", "lt"]), st.one_of(st.just(""), NAMES))
def test_a_row_of_a_file_reads_the_same_as_a_line(first: str, last: str, language: str, company: str) -> None:
    written = checked(
        Invitee("a@example.org", name=f"{first} {last}", language=language, company_name=company)
    )
    (read,) = read_lines(written.as_line)
    assert (read.email, read.name, read.language, read.company_name, read.problem) == (
        *(written.email, written.name, written.language, written.company_name),
        "",
    )
