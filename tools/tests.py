"""Every test: most in one process more than there are cores, and beside them those that look at the running product
from outside.

python -m tools.tests [pytest's own arguments, which then say what runs]
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

# Each line in a process of its own, with products and a browser of its own: they wait more than they work.
OUTSIDE = (("tests/browser",), ("tests/journeys", "tests/faults"))
PYTEST = (sys.executable, "-m", "pytest")
# A file stays in one process: its costly fixtures are made once. `tests.isolation` says which files begin. Those of
# live rooms wait three quarters of their time.
IN_PARALLEL = ("-n", str((os.cpu_count() or 1) + 1), "--dist", "loadfile", "--no-loadscope-reorder")


def main(arguments: list[str]) -> int:
    os.environ.setdefault("LIVEKIT_BUILD", "quick")
    if arguments:
        return subprocess.run([*PYTEST, *arguments], check=False).returncode
    aside = [f"--ignore={folder}" for folders in OUTSIDE for folder in folders]
    with tempfile.TemporaryDirectory() as name:
        reports = Path(name)
        os.environ["TEST_REPORTS"] = name
        with contextlib.ExitStack() as stack:
            # Takes minutes in a new checkout; the few tests that need it wait for it.
            stack.enter_context(beside([sys.executable, "-m", "tools.livekit.build"], shows_success=False))
            outside = [
                stack.enter_context(
                    beside([*PYTEST, "-p", "no:cacheprovider", *_reported(reports, str(number)), *folders])
                )
                for number, folders in enumerate(OUTSIDE)
            ]
            inside = subprocess.run(
                [*PYTEST, *_reported(reports, "inside"), *IN_PARALLEL, *aside], check=False
            ).returncode
            codes = [inside, *(process.wait() for process in outside)]
        for line in failures(reports):
            print(line)
        return next((code for code in codes if code), 0)


def _reported(folder: Path, name: str) -> tuple[str, ...]:
    return f"--junit-xml={folder / name}.xml", "--override-ini=junit_family=xunit1"


def failures(reports: Path) -> Iterator[str]:
    """One line for each test that failed, to stand after everything that all the processes said.

    A whole run that fails without a test says so in a text file of TEST_REPORTS.
    """
    for report in sorted(reports.glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):
            for outcome in (*case.findall("failure"), *case.findall("error")):
                reason = " ".join((outcome.get("message") or "").split())
                yield f"FAILED {case.get('classname')}::{case.get('name')}: {reason[:300]}"
    for said in sorted(reports.glob("*.txt")):
        yield f"FAILED {said.read_text().strip()}"


@contextlib.contextmanager
def beside(command: list[str], *, shows_success: bool = True) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs while the block does; what it says comes after it, for what others say is shown as it goes."""
    with tempfile.TemporaryFile("w+b") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
            if shows_success or process.returncode:
                show(said)


def show(said: IO[bytes]) -> None:
    said.seek(0)
    sys.stdout.buffer.write(said.read())
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
