"""Every check of the project, as many at once as there are processors; all run even when one fails.

python -m tools.check [names of checks | --quick | --scripts | --rest]
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from tools.node import npm_command

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
MANAGE = (PYTHON, "manage.py")
# Before each commit (`make hooks`): seconds, not minutes.
QUICK = ("format", "lint", "import contracts", "tracked files", "shell")
SCRIPTS = ("script lint", "script types")


@dataclass(frozen=True, kw_only=True)
class Result:
    name: str
    passed: bool
    seconds: float
    said: str


def checks() -> dict[str, tuple[str, ...]]:
    # The slow ones first, so that the quick ones fill the gaps.
    return {
        "types": (PYTHON, "-m", "mypy"),
        "script lint": ("npm", "run", "--silent", "lint"),
        "script types": ("npm", "run", "--silent", "types"),
        "templates": (PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"),
        "translations": (PYTHON, "-m", "tools.translations", "check"),
        "import contracts": (str(Path(PYTHON).parent / "lint-imports"), "--no-cache"),
        "migrations": (*MANAGE, "makemigrations", "--check", "--dry-run"),
        "system checks": (*MANAGE, "check", "--fail-level", "WARNING"),
        "live protocol": (*MANAGE, "write_live_protocol", "--check"),
        "format": (PYTHON, "-m", "ruff", "format", "--check", "."),
        "lint": (PYTHON, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."),
        "tracked files": (PYTHON, "-m", "tools.tracked"),
        "shell": ("bash", "-n", ".ci/run"),
    }


def run(name: str, command: tuple[str, ...], npm: list[str], path: str) -> Result:
    if command[0] == "npm":
        command = (*npm, *command[1:])
    started = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PATH": path, "DJANGO_SETTINGS_MODULE": "webinar_service.settings"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return Result(
        name=name, passed=done.returncode == 0, seconds=time.monotonic() - started, said=done.stdout
    )


def main(wanted: list[str]) -> int:
    npm, path = npm_command()
    known = checks()
    groups = {
        "--quick": QUICK,
        "--scripts": SCRIPTS,
        "--rest": [name for name in known if name not in SCRIPTS],
    }
    names = [name for each in wanted or known for name in groups.get(each, [each])]
    if unknown := [name for name in names if name not in known]:
        sys.exit(f"No such check: {', '.join(unknown)}")
    chosen = {name: command for name, command in known.items() if name in names}
    failed = []
    with ThreadPoolExecutor(max_workers=os.cpu_count()) as pool:
        for result in pool.map(lambda name: run(name, chosen[name], npm, path), chosen):
            print(
                f"{'ok    ' if result.passed else 'FAILED'} {result.name} ({result.seconds:.1f} s)",
                flush=True,
            )
            if not result.passed:
                failed.append(result.name)
                print(result.said, flush=True)
    print(f"Failed: {', '.join(failed)}" if failed else f"All {len(chosen)} checks passed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
