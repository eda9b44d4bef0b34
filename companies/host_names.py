"""International host names: ASCII where programs read them (RFC 5890), letters where people do."""

import re
from urllib.parse import urlsplit, urlunsplit

import idna

# The small letters of our languages and their neighbours. Others, such as Cyrillic ones, would make one name look
# like another; so would the five of these two blocks that are left out: dotless i, kra, two with a sign, long s.
_READABLE = re.compile("[a-z0-9.\\-ß-öø-ÿĀ-İĲ-ķĹ-ľŁ-ňŊ-ž]+")


def in_ascii(host: str) -> str:
    """What is no host name is returned unchanged."""
    if host.isascii():
        return host
    try:
        return idna.encode(host, uts46=True).decode()
    except idna.IDNAError:
        return host


def readable(host: str) -> str:
    """In letters, unless they could be taken for others."""
    if "xn--" not in host:
        return host
    try:
        written = idna.decode(host)
    except idna.IDNAError:
        return host
    return written if _READABLE.fullmatch(written) else host


def address_in_ascii(address: str) -> str:
    """A web address whose host is ASCII, as other programs expect it (RFC 3986 3.2.2)."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return address
    if parts.netloc.isascii():
        return address
    user, at, place = parts.netloc.rpartition("@")
    host, colon, port = place.partition(":")
    return urlunsplit(parts._replace(netloc=f"{user}{at}{in_ascii(host)}{colon}{port}"))
