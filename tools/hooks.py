"""Installs a git hook that runs the quick checks before each commit. Nothing is fetched; another hook is left alone."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MARK = "# Written by `make hooks`."
HOOK = f"""#!/bin/sh
{MARK} `git commit --no-verify` skips it.
exec .venv/bin/python -m tools.check --quick
"""


def main() -> int:
    # Asked of git: a worktree and core.hooksPath keep hooks elsewhere than in .git/hooks.
    command = ["git", "rev-parse", "--git-path", "hooks/pre-commit"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.strip()
    hook = ROOT / found
    if hook.exists() and MARK not in hook.read_text():
        print(
            f"{found} is there already and is not ours. Call `.venv/bin/python -m tools.check --quick` from it."
        )
        return 1
    hook.parent.mkdir(parents=True, exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    print(f"Installed {found}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
