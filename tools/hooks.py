"""Installs a git hook that runs the quick checks before each commit. It fetches nothing and replaces no other hook."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = "# Written by `make hooks`."
HOOK = f"""#!/bin/sh
{MARK} `git commit --no-verify` skips it.
exec .venv/bin/python -m tools.check --quick
"""


class AnotherHook(Exception):
    """Another hook exists; carries its path."""


def install(root: Path) -> Path:
    """The path of the hook. Raises AnotherHook."""
    # Git knows the path: worktrees and core.hooksPath use other folders than .git/hooks.
    command = ["git", "rev-parse", "--git-path", "hooks/pre-commit"]
    found = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout.strip()
    hook = root / found
    if hook.exists() and MARK not in hook.read_text():
        raise AnotherHook(hook)
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    return hook


def main() -> int:
    try:
        print(f"Installed {install(ROOT)}")
    except AnotherHook as problem:
        print(f"{problem} is not ours. Call `.venv/bin/python -m tools.check --quick` from it.")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
