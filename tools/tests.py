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
        with contextlib.ExitStack() as stack:
            # Takes minutes in a new checkout; the few tests that need it wait for it.
            stack.enter_context(beside([sys.executable, "-m", "tools.livekit.build"]))
            outside = [
                stack.enter_context(
                    beside(
                        [
                            *PYTEST,
                            "-p",
                            "no:cacheprovider",
                            f"--junit-xml={reports / f'{number}.xml'}",
                            *folders,
                        ]
                    )
                )
                for number, folders in enumerate(OUTSIDE)
            ]
            inside = subprocess.run(
                [*PYTEST, f"--junit-xml={reports / 'inside.xml'}", *IN_PARALLEL, *aside], check=False
            ).returncode
            codes = [inside, *(process.wait() for process in outside)]
        for line in failures(reports):
            print(line)
        return next((code for code in codes if code), 0)


def failures(reports: Path) -> Iterator[str]:
    """One line for each test that failed, to stand after everything that all the processes said."""
    for report in sorted(reports.glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):
            for outcome in (*case.findall("failure"), *case.findall("error")):
                reason = " ".join((outcome.get("message") or "").split())
                yield f"FAILED {case.get('classname')}::{case.get('name')}: {reason[:300]}"


@contextlib.contextmanager
def beside(command: list[str]) -> Iterator["subprocess.Popen[bytes]"]:
    """Runs while the block does; what it says comes after it, for what others say is shown as it goes."""
    with tempfile.TemporaryFile("w+b") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()
            show(said)


def show(said: IO[bytes]) -> None:
    said.seek(0)
    sys.stdout.buffer.write(said.read())
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
