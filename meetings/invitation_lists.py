"""Lists of people as hosts have them: pasted lines, recipients of a mail program, CSV files. Nothing is left out.

A line holds one person (`Name <address>; language; company`) or several (`Anna <a@…>, b@…`). What is no person is
an entry with the reason, so that the host can mend it.
"""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import StringIO

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from companies import email_addresses
from companies.form_fields import control_characters_removed
from companies.languages import NATIVE_NAMES, codes
from companies.text import cleaned, has_control

LONGEST_NAME = 120
# `"Berg, Anna" <anna@…>` and `Berg, Anna <anna@…>`, else a bare address.
# The lookbehind lets an address begin only where a word does: else every letter of a long word would be tried.
_ADDRESS = re.compile(
    r"<(?P<angled>[^<>]*)>"
    r"|(?<![^\s,;<>\"()\[\]])(?P<bare>[^\s,;<>\"()\[\]]+@[^\s,;<>\"()\[\]]+)"
)
_SEPARATORS = " \t,;"
_QUOTES = "\"'“”„‚‘’«»"
# Headings of the columns, folded, in the languages of the service.
_HEADINGS = {
    "email": (
        *("email", "e-mail", "mail", "address", "email address", "e-mail address", "e-post", "epost", "mejl"),
        *("e-postadress", "mejladress", "adres e-mail", "adres email", "e-mail-adresse", "email-adresse"),
        *("mailadresse", "el. paštas", "el. pašto adresas", "el. laiškas", "paštas", "mailadress"),
    ),
    "name": (
        *("name", "full name", "namn", "fullständigt namn", "navn", "fulde navn", "vollständiger name"),
        *("imię i nazwisko", "imie i nazwisko", "vardas ir pavardė", "vardas, pavardė"),
    ),
    "first": ("first name", "given name", "förnamn", "imię", "imie", "vorname", "fornavn", "vardas"),
    "last": ("last name", "surname", "efternamn", "nazwisko", "nachname", "efternavn", "pavardė", "pavarde"),
    "language": ("language", "språk", "język", "jezyk", "sprache", "sprog", "kalba", "lang"),
    "company": (
        *("company", "organisation", "organization", "företag", "firma", "unternehmen", "virksomhed"),
        *("įmonė", "imone", "bolag", "organisationsnamn", "organizacja", "organizacija", "firmenname"),
    ),
}


class NotAList(Exception):
    """The file is no list of people; `message` is for its reader."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Invitee:
    """One person to be invited; with a `problem` nobody can be.

    `line` is where they stand in what was typed; `row` in a file as spreadsheets count, the headings being row 1.
    """

    email: str
    name: str = ""
    language: str = ""
    timezone: str = ""
    company_name: str = ""
    by_company: bool = False
    line: int = 0
    row: int = 0
    written: str = ""
    problem: str = ""

    @property
    def as_line(self) -> str:
        """As `read_lines` reads it: with a place for the language wherever something follows the address."""
        name = " ".join(re.sub(r'[<>"@]', " ", self.name).split())
        company = self.company_name.replace(";", ",").replace("@", " ")
        if not (name or self.language or company):
            return self.email
        who = f'"{name}" <{self.email}>' if name else f"<{self.email}>"
        return f"{who}; {self.language}; {company}".rstrip() if self.language or company else who


def checked(invitee: Invitee) -> Invitee:
    """With normalized fields, or with the problem that it has."""
    email = email_addresses.normalized(invitee.email)
    made = replace(
        invitee,
        email=email,
        name=cleaned(invitee.name, one_line=True),
        company_name=cleaned(invitee.company_name, one_line=True),
    )
    if any(has_control(text) for text in (invitee.email, invitee.name, invitee.company_name)):
        return replace(made, problem=made.problem or control_characters_removed())
    return replace(made, problem=made.problem or _problem_of(made))


def _problem_of(invitee: Invitee) -> str:
    if "@" not in invitee.email:
        return _("There is no email address on this line.")
    try:
        if len(invitee.email) > email_addresses.LONGEST:
            raise ValidationError("too long")
        email_addresses.check(invitee.email)
    except ValidationError:
        if email_addresses.needs_smtputf8(invitee.email):
            return str(email_addresses.NEEDS_SMTPUTF8)
        return _("This is not an email address: %(address)s") % {"address": invitee.email[:100]}
    if max(len(invitee.name), len(invitee.company_name)) > LONGEST_NAME:
        return _("A name can have at most %(number)d characters.") % {"number": LONGEST_NAME}
    if invitee.language and invitee.language not in codes():
        known = ", ".join(codes())
        return _("Unknown language: %(language)s. Use one of these: %(known)s") % {
            "language": invitee.language[:40],
            "known": known,
        }
    return ""


# ---- text ------------------------------------------------------------------------------------------------


def read_lines(text: str) -> list[Invitee]:
    """Everybody in a text, in its order."""
    return [
        checked(replace(invitee, line=number, written=line.strip()[:200]))
        for number, line in enumerate(text.splitlines(), start=1)
        if line.strip(_SEPARATORS + _QUOTES)
        for invitee in _people_in(line)
    ]


def _people_in(line: str) -> Iterator[Invitee]:
    found = list(_ADDRESS.finditer(line))
    if not found:
        yield Invitee(email="")
    elif len(found) == 1:
        yield _person_and_cells(line, found[0])
    else:
        yield from _several(line, found)


def _several(line: str, found: list[re.Match[str]]) -> Iterator[Invitee]:
    """`Anna <a@…>, b@…; Berg, Bo <c@…>`: a name stands before its address in angle brackets."""
    end = 0
    for match in found:
        before, end = line[end : match.start()].strip(_SEPARATORS), match.end()
        if match["bare"] and before:
            yield Invitee(
                email="",
                problem=_("There is no email address in this part: %(text)s") % {"text": before[:80]},
            )
            before = ""
        yield Invitee(email=_address(match), name=_name(before))
    after = line[end:].strip(_SEPARATORS + _QUOTES)
    if after:
        yield Invitee(
            email="", problem=_("There is no email address in this part: %(text)s") % {"text": after[:80]}
        )


def _person_and_cells(line: str, match: re.Match[str]) -> Invitee:
    """One address, with its name before it, and language and company after; or the cells of a pasted table."""
    before, after = line[: match.start()], line[match.end() :]
    if match["angled"] is None:
        return _with_cells(Invitee(email=_address(match)), [*_cells(before), *_cells(after)])
    invitee = Invitee(email=_address(match), name=_name(before))
    cells = _cells(after.lstrip(), signs=";\t" if ";" in after or "\t" in after else ",")[1:]
    if len(cells) == 1:
        return _with_cells(invitee, cells)
    language, company, *rest = [*cells, "", ""]
    invitee = replace(invitee, language=_language(language) or language, company_name=company)
    return _with_problem(invitee, list(filter(None, rest)))


def _cells(text: str, *, signs: str = ";,\t") -> list[str]:
    separated = text.translate(dict.fromkeys(map(ord, signs), signs[0]))
    return [cell.strip(" " + _QUOTES) for cell in separated.split(signs[0])]


def _with_problem(invitee: Invitee, left: list[str]) -> Invitee:
    if not left:
        return invitee
    problem = _("There’s too much on this line: %(text)s") % {"text": ", ".join(left)[:80]}
    return replace(invitee, problem=problem)


def _with_cells(invitee: Invitee, cells: list[str]) -> Invitee:
    """The first code or name of a language is the language; of the others the first is a missing name."""
    rest = []
    for cell in filter(None, cells):
        if not invitee.language and _language(cell):
            invitee = replace(invitee, language=_language(cell))
        else:
            rest.append(cell)
    if rest and not invitee.name:
        invitee = replace(invitee, name=rest.pop(0))
    if rest:
        invitee = replace(invitee, company_name=rest.pop(0))
    return _with_problem(invitee, rest)


def _address(match: re.Match[str]) -> str:
    written = match["angled"] if match["angled"] is not None else match["bare"]
    return written.strip(_SEPARATORS + _QUOTES).removeprefix("mailto:").rstrip(".")


def _name(written: str) -> str:
    """`Berg, Anna` as mail programs sort it is Anna Berg."""
    name = written.strip(_SEPARATORS + _QUOTES)
    last, comma, first = name.partition(",")
    if comma and "," not in first and first.strip():
        return f"{first.strip()} {last.strip()}"
    return name


def _language(written: str) -> str:
    """Its code, of a code or of the language's own name; empty for anything else."""
    word = written.strip().lower()
    own_names = {name.lower(): code for code, name in NATIVE_NAMES.items()}
    return word if word in codes() else own_names.get(word, "")


# ---- files -----------------------------------------------------------------------------------------------


def read_file(content: bytes) -> list[Invitee]:
    """Everybody in a CSV file, with headings or without. Raises NotAList."""
    rows = [[" ".join(cell.split()) for cell in row] for row in _rows(_decoded(content))]
    numbered = [(number, row) for number, row in enumerate(rows, start=1) if any(row)]
    if not numbered:
        raise NotAList(_("No one is listed in this file."))
    columns = _columns(numbered[0][1])
    if columns is None:
        return [checked(_from_cells(number, row)) for number, row in numbered]
    if "email" not in columns:
        raise NotAList(_("No column in this file contains email addresses. Name the column “email”."))
    return [checked(_from_columns(number, row, columns)) for number, row in numbered[1:]]


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, else Windows-1252, which older spreadsheets write."""
    marked_utf16 = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked_utf16 else ("utf-8-sig", "cp1252")
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise NotAList(_("This is not a CSV file. Save the table as CSV (UTF-8) and choose it again."))


def _rows(text: str) -> list[list[str]]:
    delimiter = max(";,\t", key=lambda sign: (text[:4000].count(sign), sign == ";"))
    try:
        return list(csv.reader(StringIO(text, newline=""), delimiter=delimiter))
    except csv.Error as error:
        raise NotAList(_("This file cannot be read as a table: one of its cells is too long.")) from error


def _columns(first: list[str]) -> dict[str, int] | None:
    """Where each column stands, by the headings; None when the first row is a person already."""
    if any("@" in cell for cell in first):
        return None
    names = [cell.strip(_QUOTES + " :*").lower() for cell in first]
    return {
        column: names.index(heading)
        for column, headings in _HEADINGS.items()
        for heading in reversed(headings)
        if heading in names
    }


def _from_columns(number: int, row: list[str], columns: dict[str, int]) -> Invitee:
    cells = {name: row[place] if place < len(row) else "" for name, place in columns.items()}
    language, email = cells.get("language", ""), cells.get("email", "")
    match = _ADDRESS.search(email)
    return Invitee(
        email=_address(match) if match else email,
        name=cells.get("name") or f"{cells.get('first', '')} {cells.get('last', '')}".strip(),
        language=_language(language) or language,
        company_name=cells.get("company", ""),
        row=number,
        written="; ".join(filter(None, row))[:200],
    )


def _from_cells(number: int, row: list[str]) -> Invitee:
    """Without headings: the cell with an address, a language by its code or name, then name and company."""
    address = next((cell for cell in row if "@" in cell), "")
    others = [cell for cell in row if cell != address]
    match = _ADDRESS.search(address)
    made = Invitee(email=_address(match) if match else address, written="; ".join(filter(None, row))[:200])
    return replace(_with_cells(made, others), row=number)
