"""The product needs nothing that its lock files do not name."""

import ast
import re
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

from tests.product_modules import APPS

ROOT = Path(__file__).resolve().parent.parent


def locked(name: str) -> set[str]:
    lock = (ROOT / "requirements" / name).read_text()
    return {found.lower() for found in re.findall(r"^([\w.-]+)==", lock, re.MULTILINE)}


def imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {
        node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and not node.level
    }
    return {name.split(".")[0] for name in names}


def test_every_package_that_the_product_imports_is_locked() -> None:
    paths = [path for package in APPS for path in (ROOT / package).rglob("*.py")]
    wanted = {name for path in paths for name in imported(path)} - sys.stdlib_module_names - set(APPS)
    known = packages_distributions()
    base = locked("base.txt")
    unlocked = {
        name
        for name in wanted
        if not any(re.sub("[_.]", "-", d).lower() in base for d in known.get(name, []))
    }
    assert unlocked == set()


def test_a_lock_holds_no_address() -> None:
    npm = [ROOT / "package-lock.json", *ROOT.glob("bench/peers/*/package-lock.json")]
    locks = [*ROOT.glob("requirements/*.txt"), *npm]
    found = {
        lock.relative_to(ROOT).as_posix(): re.findall(
            r"--\w*(?:index-url|find-links)|\"resolved\"", lock.read_text()
        )
        for lock in locks
    }
    assert {name: addresses for name, addresses in found.items() if addresses} == {}
