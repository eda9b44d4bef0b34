"""Finds the programs that tests need, and installs missing ones with apt as root or with sudo."""

import os
import platform
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

APT_PACKAGES = {
    "initdb": "postgresql",
    "redis-server": "redis-server",
    "chromium": "chromium",
    "msgfmt": "gettext",
    "turnserver": "coturn",
    "firefox": "firefox-esr",
}
# The same engine without a browser around it; a page costs it a quarter of the time. Ubuntu does not have it.
WITHOUT_WINDOWS = "chromium-headless-shell"
OTHER_NAMES = {
    "chromium": (
        WITHOUT_WINDOWS,
        "chromium",
        "chromium-browser",
        "google-chrome",
        "google-chrome-stable",
    ),
    "firefox": ("firefox-esr", "firefox"),
}
# No questions, and no server started by its package: the tests start their own.
QUIETLY = ("DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1")


class UnableToInstall(Exception):
    """A program is missing and cannot be installed on this machine."""


def program(name: str) -> Path | None:
    """The path of a program, also in Debian's folders of PostgreSQL's server programs."""
    if name == "chromium" and os.environ.get("CHROMIUM"):
        return Path(os.environ["CHROMIUM"])
    for known_as in OTHER_NAMES.get(name, (name,)):
        found = shutil.which(known_as)
        if found:
            return Path(found)
    folders = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    return max(folders, key=lambda path: int(path.parent.parent.name), default=None)


def install_missing(names: Sequence[str]) -> None:
    if "chromium" in names:
        _install_without_windows()
    missing = [name for name in names if program(name) is None]
    if not missing:
        return
    packages = [APT_PACKAGES[name] for name in missing]
    if shutil.which("apt-get") is None:
        raise UnableToInstall(f"Please install: {' '.join(packages)}. There is no apt-get to do it with.")
    print(f"Installing {' '.join(packages)} with apt-get", flush=True)
    _apt_get("update", "-qq")
    _apt_get("install", "-qq", "--yes", "--no-install-recommends", *packages)
    still_missing = [name for name in names if program(name) is None]
    if still_missing:
        raise UnableToInstall(f"apt-get ran, but these are still missing: {' '.join(still_missing)}")


def _install_without_windows() -> None:
    """Where that is not possible, a whole Chromium does as well."""
    if os.environ.get("CHROMIUM") or shutil.which(WITHOUT_WINDOWS) or not _is_debian():
        return
    print(f"Installing {WITHOUT_WINDOWS} with apt-get", flush=True)
    try:
        _apt_get("update", "-qq")
        _apt_get("install", "-qq", "--yes", "--no-install-recommends", WITHOUT_WINDOWS)
    except UnableToInstall as problem:
        print(problem, flush=True)


def _is_debian() -> bool:
    try:
        return platform.freedesktop_os_release()["ID"] == "debian" and shutil.which("apt-get") is not None
    except OSError:
        return False


def _apt_get(*arguments: str) -> None:
    as_root = [] if os.geteuid() == 0 else ["sudo", "--non-interactive"]
    command = [*as_root, "env", *QUIETLY, "apt-get", *arguments]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise UnableToInstall(f"{' '.join(command)} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
