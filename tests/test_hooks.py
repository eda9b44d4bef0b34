"""`make hooks`: the quick checks before each commit, in a repository of their own."""

import os
import subprocess
from pathlib import Path

import pytest

from tools import check, hooks


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    git(tmp_path, "init")
    return tmp_path


def test_the_hook_is_a_program_that_runs_the_quick_checks(root: Path) -> None:
    hook = hooks.install(root)
    assert hook == root / ".git" / "hooks" / "pre-commit"
    assert os.access(hook, os.X_OK)
    assert hook.read_text().endswith("-m tools.check --quick\n")
    assert hooks.install(root) == hook  # idempotent


def test_the_hook_goes_where_git_looks_for_it(root: Path) -> None:
    git(root, "config", "core.hooksPath", "own/hooks")
    assert hooks.install(root) == root / "own" / "hooks" / "pre-commit"


def test_another_hook_is_left_alone(root: Path) -> None:
    other = root / ".git" / "hooks" / "pre-commit"
    other.parent.mkdir(exist_ok=True)
    other.write_text("#!/bin/sh\n")
    with pytest.raises(hooks.AnotherHook):
        hooks.install(root)
    assert other.read_text() == "#!/bin/sh\n"


def test_the_quick_checks_are_among_the_checks() -> None:
    assert set(check.QUICK) < set(check.checks())
