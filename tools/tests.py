"""Every test, in one process for each core. Those that look at the running product from outside run beside them.

python -m tools.tests [pytest's own arguments, which then say what runs]
"""

import os
import subprocess
import sys
import tempfile

OUTSIDE = ("tests/journeys", "tests/browser", "tests/faults")
PYTEST = (sys.executable, "-m", "pytest")
# A file stays in one process: its costly fixtures are made once.
IN_PARALLEL = ("-n", str(os.cpu_count() or 1), "--dist", "loadfile")


def main(arguments: list[str]) -> int:
    if arguments:
        return subprocess.run([*PYTEST, *arguments], check=False).returncode
    with tempfile.TemporaryFile("w+") as said:
        # Its words come after those of the others, which are shown as they go.
        outside = subprocess.Popen(
            [*PYTEST, "-p", "no:cacheprovider", *OUTSIDE], stdout=said, stderr=subprocess.STDOUT
        )
        try:
            inside = subprocess.run(
                [*PYTEST, *IN_PARALLEL, *(f"--ignore={folder}" for folder in OUTSIDE)], check=False
            ).returncode
            outside.wait()
        finally:
            if outside.poll() is None:
                outside.terminate()
                outside.wait()
            said.seek(0)
            print(said.read(), flush=True)
    return inside or outside.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
