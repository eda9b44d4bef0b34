"""Counts the messages of the live protocol that were exchanged between clients and a server during the tests.

When all tests of live rooms have run and passed, a command, event, error code or close code that was never exchanged
fails the run.
Loaded as a plugin (`-p tests.protocol_coverage`) in every test process.
"""

import os
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
NO_TEST = "no test exercises these messages of the live protocol"
ROOMS = (HERE / "rooms", HERE / "engagement")

seen: set[str] = set()  # "command chat.send", "event chat.message", "error too_fast", "close 4429"
ran: set[str] = set()  # files with a test that passed
never: list[str] = []


def command(name: str) -> None:
    seen.add(f"command {name}")


def event(name: str) -> None:
    seen.add(f"event {name}")


def error(code: str) -> None:
    seen.add(f"error {code}")


def closed(code: int | None) -> None:
    seen.add(f"close {code}")


def expected() -> set[str]:
    from rooms.documentation import CODES
    from rooms.features import registry
    from rooms.messages import ERRORS

    return {
        *(f"command {name}" for name in registry.commands),
        *(f"event {name}" for name in (*registry.durable, *registry.ephemeral)),
        *(f"error {code}" for code in ERRORS),
        *(f"close {code}" for code in CODES),
    }


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        ran.add(report.nodeid.partition("::")[0])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any, error: object) -> None:
    seen.update(getattr(node, "workeroutput", {}).get("exercised", ()))


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    if hasattr(session.config, "workeroutput"):
        session.config.workeroutput["exercised"] = sorted(seen)
    elif exitstatus == pytest.ExitCode.OK and is_whole(session.config):
        never.extend(sorted(expected() - seen))
        if never:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
            if folder := os.environ.get("TEST_REPORTS"):
                (Path(folder) / "protocol.txt").write_text(f"{NO_TEST}: {', '.join(never)}")


def is_whole(config: pytest.Config) -> bool:
    """Whether every test file of live rooms was run. Raises FileNotFoundError for a folder that has none."""
    files = {path.relative_to(config.rootpath).as_posix() for folder in ROOMS for path in _test_files(folder)}
    return files <= ran and not (config.option.keyword or config.option.markexpr)


def _test_files(folder: Path) -> list[Path]:
    if not (found := list(folder.rglob("test_*.py"))):
        raise FileNotFoundError(folder)
    return found


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if never:
        terminalreporter.section(NO_TEST, red=True)
        terminalreporter.write_line("\n".join(never))
