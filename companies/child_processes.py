"""Processes that read files of other people: they get no secrets, for a malicious file may take over the process."""

import os
import subprocess
import sys

from django.conf import settings

_HARMLESS = ("PATH", "LANG", "TZ")


def run_module(module: str, *arguments: str, seconds: float) -> "subprocess.CompletedProcess[str]":
    """`python -m module arguments`. Raises subprocess.TimeoutExpired."""
    return subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=settings.BASE_DIR,
        env={name: os.environ[name] for name in _HARMLESS if name in os.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=seconds,
        check=False,
    )
