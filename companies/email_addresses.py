"""One spelling for each email address, because it identifies a person."""

import unicodedata

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from companies import host_names
from companies.text import cleaned

LONGEST = 254  # RFC 3696, erratum 1690
NEEDS_SMTPUTF8 = _(
    "Before the @, an email address can’t have letters such as ö, ł or š. Use another address."
)
GMAIL = frozenset({"gmail.com", "googlemail.com"})


def normalized(address: str) -> str:
    """Lower case, NFC, and an international domain as its ASCII form (RFC 5890), which every mail server accepts.

    What is no address is returned unchanged: forms and API refuse it.
    """
    address = unicodedata.normalize("NFC", cleaned(address, one_line=True).strip().lower())
    local, at, domain = address.rpartition("@")
    if not at or domain.isascii():
        return address
    written_out = f"{local}@{host_names.in_ascii(domain)}"
    return written_out if len(written_out) <= LONGEST else address


def check(address: str) -> None:
    """Raises ValidationError for what is no address, and for one that only servers with SMTPUTF8 accept."""
    if needs_smtputf8(address):
        raise ValidationError(NEEDS_SMTPUTF8, code="invalid")
    validate_email(address)


def needs_smtputf8(address: str) -> bool:
    """Many mail servers refuse letters beyond ASCII before the @ (RFC 6531)."""
    return not address.rpartition("@")[0].isascii()


def readable(address: str) -> str:
    """With an international domain as people write it."""
    local, at, domain = address.rpartition("@")
    return f"{local}{at}{host_names.readable(domain)}"


def mailbox(address: str) -> str:
    """The same for all addresses that reach one mailbox: without a tag (RFC 5233), and at Gmail without dots."""
    local, _at, domain = normalized(address).rpartition("@")
    local = local.partition("+")[0] or local
    if domain in GMAIL:
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"
