"""Parsers of single environment variables. Each returns the value to use or raises ValueError."""

import base64
import os
import re
import ssl
from ipaddress import ip_address, ip_network
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, urlencode, urlsplit, urlunsplit
from zoneinfo import available_timezones

from psycopg.pq import Conninfo

from companies import text

LABEL = r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)"
HOST_NAME = re.compile(rf"\A(?=.{{1,253}}\Z){LABEL}(?:\.{LABEL})*\.?\Z")
VAPID_KEY = re.compile(r"[A-Za-z0-9_-]{43}")
ORDER_OF_P256 = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
CONTROL = re.compile(r"[\x00-\x1f\x7f]")
TURN = re.compile(
    r"(?P<scheme>stuns?|turns?):(?P<host>\[[0-9A-Fa-f:.]+\]|[^:?\[\]]+)(?::(?P<port>\d{1,5}))?"
    r"(?:\?transport=(?:udp|tcp))?"
)
SENDER = re.compile(r"\A(?:(?P<name>[^<>]*)<(?P<bracketed>[^<>]+)>|(?P<bare>[^<>\s]+))\Z")
LOCAL_PART = re.compile(r"""[^\s<>,;:"\\()\[\]@]{1,64}""")
SENTRY_PROJECT = re.compile(r"/(?:[\w-]+/)*\d+/?\Z")
# Given by other parts of the URL; as query parameters they would override what was checked.
IN_ADDRESS = {"host", "hostaddr", "port", "dbname", "user", "password", "service", "passfile"}
SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
MOST_CONNECTIONS = 50  # concurrent connections to a mail server for each worker process
LONGEST_INBOUND_NAME = 20  # a tag of up to 43 characters comes after it
LEAST_SECRET = 32  # characters; LiveKit refuses shorter ones

# ---- hosts and addresses ---------------------------------------------------------------------------------


def is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    return host == "localhost" or (is_address(host) and ip_address(host).is_loopback)


def is_host(host: str) -> bool:
    """A host name or an IP address; what looks like an IPv4 address must be valid."""
    return is_address(host) or (bool(HOST_NAME.match(host)) and not re.fullmatch(r"[\d.]+", host))


def bind_address(value: str) -> str:
    if not is_host(value):
        raise ValueError("must be an address or host name to listen on, such as 127.0.0.1 or 0.0.0.0")
    return value


def allowed_host(value: str) -> str:
    """As in Django's ALLOWED_HOSTS: a name, .name for its subdomains, an address, or *."""
    bare = value.removeprefix(".").removeprefix("[").removesuffix("]")
    if value != "*" and not is_host(bare):
        raise ValueError("must be a host name such as webinars.example.org, without https://, port or path")
    return value


def network(value: str) -> str:
    try:
        ip_network(value)  # refuses 10.0.0.1/8, which uvicorn would take for a name
    except ValueError:
        raise ValueError("must be an address or network such as 10.0.0.0/8") from None
    return value


def proxy(value: str) -> str:
    return value if value == "*" else network(value)


def ip_or_nothing(value: str) -> str:
    if value and not is_address(value):
        raise ValueError("must be an IP address such as 203.0.113.10")
    return value


# ---- URLs of servers -------------------------------------------------------------------------------------


def split(value: str, *schemes: str) -> SplitResult:
    """The parsed URL, with one of these schemes, a possible host and a possible port."""
    wanted = " or ".join(f"{scheme}://" for scheme in schemes)
    parts = urlsplit(value)
    if CONTROL.search(value) or " " in value or parts.scheme not in schemes or parts.fragment:
        raise ValueError(f"must begin with {wanted} and hold no spaces and no #")
    if not is_host(parts.hostname or ""):
        raise ValueError(f"must name a host: {wanted.split(' or ')[0]}host (signs in a password as %40)")
    if _port(parts) == 0:
        raise ValueError("must have a port from 1 to 65535")
    return parts


def host_of(value: str) -> str:
    return urlsplit(value).hostname or ""


def _port(parts: SplitResult) -> int | None:
    try:
        return parts.port
    except ValueError:
        return 0


def _query(parts: SplitResult, known: set[str]) -> dict[str, str]:
    try:
        given = parse_qsl(parts.query, keep_blank_values=True, strict_parsing=bool(parts.query))
    except ValueError:
        raise ValueError("has a part after ? that is not name=value") from None
    if unknown := sorted({name for name, _value in given} - known):
        raise ValueError(f"does not know {unknown[0]}= after ?")
    if len(dict(given)) < len(given):
        raise ValueError("says the same thing twice after ?")
    return dict(given)


def _bare(parts: SplitResult) -> None:
    if parts.path.strip("/") or parts.query or parts.username is not None:
        raise ValueError("must be an address without user, path or ?")


def site_url(value: str) -> str:
    if value:
        _bare(split(value, "http", "https"))
    return value.rstrip("/")


def livekit_url(value: str) -> str:
    if value:
        _bare(split(value, "wss", "ws"))
    return value.rstrip("/")


def livekit_api_url(value: str) -> str:
    if value:
        _bare(split(value, "https", "http"))
    return value.rstrip("/")


def transcription_url(value: str) -> str:
    if value:
        parts = split(value, "https", "http")
        if parts.username or parts.query or parts.fragment or parts.path.rstrip("/") not in {"", "/v1"}:
            raise ValueError("must be an address without user or ?, with no path but /v1")
    return value.rstrip("/")


def clamd_url(value: str) -> str:
    if value.startswith("unix:"):
        if not re.fullmatch(r"unix:///[^\s\0?#]*[^\s\0?#/]", value):
            raise ValueError("must name a socket: unix:///run/clamav/clamd.sock")
    elif value:
        parts = split(value, "tcp")
        _bare(parts)
        if not parts.port:
            raise ValueError("must name a port: tcp://clamd:3310")
    return value


def sentry_dsn(value: str) -> str:
    if value:
        parts = split(value, "https", "http")
        if not parts.username or not SENTRY_PROJECT.match(parts.path):
            raise ValueError("must be https://key@host/project")
        if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
            raise ValueError("must be https://: reports hold what people did")
    return value


def turn_urls(value: str) -> str:
    for entry in filter(None, (each.strip() for each in value.split(","))):
        found = TURN.fullmatch(entry)
        host = found["host"].strip("[]") if found else ""
        if not found or not is_host(host) or not 1 <= int(found["port"] or 1) <= 65535:
            raise ValueError("must be like turn:host:3478 or turns:host:443?transport=tcp, without //")
    return value


# ---- where data lies -----------------------------------------------------------------------------------


def folder_to_read(value: Path) -> Path:
    """A folder that exists or can be created; it may be read-only, as the static files of an image are."""
    path = value.expanduser().resolve()
    return path if path.is_dir() else folder(path)


def folder(value: Path) -> Path:
    """A writable folder, or one that can be created; it is not created here."""
    path = value.expanduser().resolve()
    nearest = next(each for each in (path, *path.parents) if each.exists())
    if not nearest.is_dir() or not os.access(nearest, os.W_OK | os.X_OK):
        raise ValueError("must be a folder that this program may write to")
    return path


def storage_url(value: str) -> str:
    parts = urlsplit(value)
    if value and (parts.scheme != "file" or parts.netloc or parts.query or not parts.path.strip("/")):
        raise ValueError("must be file:///a/folder; other stores are not supported")
    if value:
        folder(Path(parts.path))
    return value


def authorities(value: str) -> str:
    """A PEM file of certificate authorities."""
    if value:
        try:
            ssl.create_default_context(cafile=value)
        except (OSError, ssl.SSLError):
            raise ValueError("must be a readable file of certificates in PEM form") from None
    return value


def database_url(value: str) -> str:
    """Requires a verified certificate and host name unless the database is local or the URL sets sslmode."""
    if not value or urlsplit(value).scheme == "sqlite":
        return _sqlite(value)
    on_socket = value.startswith(("postgres:///", "postgresql:///"))
    parts = urlsplit(value) if on_socket else split(value, "postgres", "postgresql")
    if not parts.path.strip("/") or "/" in parts.path.strip("/"):
        raise ValueError("must name the database: postgres://user:password@host:5432/name")
    query = _query(parts, {option.keyword.decode() for option in Conninfo.get_defaults()} - IN_ADDRESS)
    if query.get("sslmode", "disable") not in SSL_MODES:
        raise ValueError(f"sslmode must be one of {', '.join(SSL_MODES)}")
    if not on_socket and not is_loopback(parts.hostname or ""):
        query.setdefault("sslmode", "verify-full")
        if query["sslmode"] not in {"verify-full", "disable"}:
            raise ValueError("sslmode must be verify-full, or disable within a network that you trust")
        if query["sslmode"] == "verify-full":
            query.setdefault("sslrootcert", "system")
    return urlunsplit(parts._replace(query=urlencode(query, safe="/")))


def _sqlite(value: str) -> str:
    parts = urlsplit(value)
    if value and value != "sqlite://:memory:":
        if parts.netloc or parts.query or not parts.path.strip("/"):
            raise ValueError("must be sqlite:////folder/file or postgres://user:password@host:5432/name")
        if not Path(parts.path.removeprefix("/") or "x").parent.is_dir():
            raise ValueError("must lie in a folder that exists")
    return value


def redis_url(value: str) -> str:
    """For `rediss://` the certificate and host name are verified, whichever library connects."""
    if not value:
        return value
    parts = split(value, "redis", "rediss")
    if not re.fullmatch(r"/?\d{0,4}", parts.path):
        raise ValueError("must end in the number of a database: redis://host:6379/0")
    query = _query(
        parts, {"ssl_ca_certs", "ssl_certfile", "ssl_keyfile"} if parts.scheme == "rediss" else set()
    )
    for name, file in query.items():
        if not Path(file).is_file():
            raise ValueError(f"{name} must be a file")
    if parts.scheme == "rediss":
        # kombu verifies nothing by default.
        query |= {"ssl_cert_reqs": "required", "ssl_check_hostname": "true"}
    return urlunsplit(parts._replace(query=urlencode(query, safe="/")))


# ---- mail ------------------------------------------------------------------------------------------------


def email_url(value: str) -> str:
    if not value:
        return value
    parts = split(value, "smtp", "smtp+tls", "smtps")
    connections = _query(parts, {"connections"}).get("connections", "1")
    if (
        not connections.isascii()
        or not connections.isdigit()
        or not 1 <= int(connections) <= MOST_CONNECTIONS
    ):
        raise ValueError(f"connections must be a number from 1 to {MOST_CONNECTIONS}")
    if parts.path.strip("/"):
        raise ValueError("must have no path after the port")
    if bool(parts.username) != bool(parts.password):
        raise ValueError("must hold both user and password, or neither")
    return value


def sender(value: str) -> str:
    """Only ASCII before the @, because mail servers without SMTPUTF8 (RFC 6531) take nothing else."""
    found = SENDER.match(value)
    address = (found["bracketed"] or found["bare"]).strip() if found else ""
    if value and (CONTROL.search(value) or not is_mail_address(address)):
        raise ValueError("must hold an address: Webinars <no-reply@example.org>")
    if value and not address.isascii():
        raise ValueError("must hold an address without accents and other non-ASCII letters")
    if found and found["name"] and not text.is_visible(found["name"].replace('"', "")):
        raise ValueError("must have a name that can be seen before the <, or none")
    return value


def contact_address(value: str) -> str:
    if value and (not value.isascii() or not is_mail_address(value)):
        raise ValueError("must be one address alone, without accents: contact@example.org")
    return value


def vapid_key(value: str) -> str:
    """The 32 bytes of a private key of the curve P-256, in base64url (RFC 8292)."""
    if value and not (VAPID_KEY.fullmatch(value) and 0 < _number(value) < ORDER_OF_P256):
        raise ValueError("must be the private key that docs/push.md says how to make")
    return value


def _number(vapid_key: str) -> int:
    return int.from_bytes(base64.urlsafe_b64decode(f"{vapid_key}="))


def is_mail_address(address: str) -> bool:
    local, _at, domain = address.rpartition("@")
    return bool(LOCAL_PART.fullmatch(local)) and is_host(domain) and not is_address(domain)


def inbound_email_url(value: str) -> str:
    if value:
        parts = split(value, "imaps", "lmtp")
        if parts.scheme == "imaps" and not (parts.username and parts.password):
            raise ValueError("must be imaps://user:password@host/mailbox")
        if parts.scheme == "lmtp" and not (is_loopback(parts.hostname or "") and parts.port):
            raise ValueError("must be lmtp://127.0.0.1:port")
    return value


def inbound_email_address(value: str) -> str:
    """Emails name it with a signed tag (RFC 5233): `replies+tag@example.org`, at most 64 characters before the @."""
    local = value.partition("@")[0]
    if value and (not value.isascii() or not is_mail_address(value) or "+" in local):
        raise ValueError("must be one address alone, without accents and without +: replies@example.org")
    if len(local) > LONGEST_INBOUND_NAME:
        raise ValueError(f"must have at most {LONGEST_INBOUND_NAME} characters before the @")
    return value


# ---- the rest --------------------------------------------------------------------------------------------


def site_name(value: str) -> str:
    broken = CONTROL.search(value) or text.has_control(value) or text.has_break(value)
    if not value or broken or len(value) > 75 or re.search(r"[<>]", value):
        raise ValueError("must be a name of one line, up to 75 characters, without < and >")
    if not text.is_visible(value):
        raise ValueError("must hold characters that can be seen")
    return value


def time_zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError("must be a time zone such as Europe/Stockholm")
    return value


def livekit_secret(value: str) -> str:
    if value and len(value) < LEAST_SECRET:
        raise ValueError(f"must have {LEAST_SECRET} characters or more")
    return value
