"""One spelling for each email address, because it identifies a person."""

import unicodedata

import idna

from companies.text import cleaned

LONGEST = 254  # RFC 3696, erratum 1690
GMAIL = frozenset({"gmail.com", "googlemail.com"})


def normalized(address: str) -> str:
    """Lower case, NFC, and an international domain as its ASCII form (RFC 5890), which every mail server accepts.

    What is no address is returned unchanged: forms and API refuse it.
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


def mailbox(address: str) -> str:
    """The same for all addresses that reach one mailbox: without a tag (RFC 5233), and at Gmail without dots."""
    local, _at, domain = normalized(address).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
