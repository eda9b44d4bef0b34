"""One mail address has one spelling: it says who a person is."""

import unicodedata

import idna

from companies.text import cleaned

LONGEST = 254  # RFC 3696, erratum 1690


def normalized(address: str) -> str:
    """Small letters in NFC, and an international domain by its ASCII name (RFC 5890), which every mail server takes.

    What is no address stays what it is: to refuse it is for the form or the API.
    """
    address = unicodedata.normalize("NFC", cleaned(address, one_line=True).strip().lower())
    local, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    try:
        written_out = f"{local}@{idna.encode(domain, uts46=True).decode()}"
    except idna.IDNAError:
        return address
    return written_out if len(written_out) <= LONGEST else address
