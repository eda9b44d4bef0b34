"""Addresses of links: https only, stored in ASCII, and shown so that no host looks like another."""

from urllib.parse import urlsplit

from django.utils.encoding import iri_to_uri

from companies import host_names
from companies.text import cleaned
from engagement.resources.models import LONGEST_ADDRESS

_IN_HOSTS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")


class BadAddress(ValueError):
    """Not an https address with a host, or too long."""


def stored_address(text: str) -> str:
    """In ASCII (RFC 3987, 3.1), with the host as a name of the DNS (RFC 5891). Raises BadAddress.

    Without a scheme it is taken for https. What hides the host is refused: a name before it, as in
    `https://bank.example@other.example`, and backslashes, which browsers take for slashes.
    """
    text = cleaned(text, one_line=True)
    if "://" not in text:
        text = f"https://{text}"
    try:
        parts = urlsplit(text)
        host, port = parts.hostname or "", parts.port
    except ValueError as problem:
        raise BadAddress(text) from problem
    if parts.scheme != "https" or "@" in parts.netloc or "\\" in text:
        raise BadAddress(text)
    host = _ascii_host(host)
    netloc = host if port in {None, 443} else f"{host}:{port}"
    address = iri_to_uri(parts._replace(netloc=netloc).geturl())
    if len(address) > LONGEST_ADDRESS:
        raise BadAddress(text)
    return address


def _ascii_host(host: str) -> str:
    name = host_names.in_ascii(host)
    if "." not in name.strip(".") or len(name) > 253 or not set(name) <= _IN_HOSTS or ".." in name:
        raise BadAddress(host)
    return name


def readable_host(address: str) -> str:
    """The host of a stored address as people read it; a part that could be taken for another stays in ASCII."""
    host = urlsplit(address).hostname or ""
    return ".".join(host_names.readable(label) for label in host.split("."))
