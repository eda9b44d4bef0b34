"""Asks clamd whether a file has a virus: the command INSTREAM of its protocol (clamd(8))."""

import socket
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings

BLOCK = 256 * 1024
CONNECT_SECONDS = 5
ANSWER_SECONDS = 120
LONGEST_ANSWER = 4096


class ScannerUnavailable(Exception):
    """It cannot be reached, or gave no answer; another attempt may succeed."""


class TooLargeToScan(Exception):
    """Larger than its StreamMaxLength."""


def is_set_up() -> bool:
    return bool(settings.CLAMD_URL)


def has_virus(path: Path) -> bool:
    """Raises ScannerUnavailable, TooLargeToScan."""
    try:
        answer = _ask(path)
    except OSError as problem:
        raise ScannerUnavailable(str(problem)) from problem
    if answer.endswith(b" OK"):
        return False
    if answer.endswith(b" FOUND"):
        return True
    if b"size limit exceeded" in answer:
        raise TooLargeToScan
    raise ScannerUnavailable(answer.decode(errors="replace"))


def _ask(path: Path) -> bytes:
    with _connected() as clamd, path.open("rb") as content:
        clamd.settimeout(ANSWER_SECONDS)
        try:
            clamd.sendall(b"zINSTREAM\0")
            while block := content.read(BLOCK):
                clamd.sendall(len(block).to_bytes(4, "big") + block)
            clamd.sendall(bytes(4))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has had enough, and says why
        return _answer(clamd)


def _answer(clamd: socket.socket) -> bytes:
    found = b""
    while b"\0" not in found and len(found) < LONGEST_ANSWER:
        part = clamd.recv(LONGEST_ANSWER)
        if not part:
            break
        found += part
    return found.partition(b"\0")[0].strip()


def _connected() -> socket.socket:
    parts = urlsplit(settings.CLAMD_URL)
    if parts.scheme == "unix":
        clamd = socket.socket(socket.AF_UNIX)
        clamd.settimeout(CONNECT_SECONDS)
        clamd.connect(parts.path)
        return clamd
    return socket.create_connection((parts.hostname, parts.port), timeout=CONNECT_SECONDS)
