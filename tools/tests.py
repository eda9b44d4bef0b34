"""Every test. Those that look at the running product from outside run beside all others: they share nothing.

python -m tools.tests [pytest's own arguments, which then say what runs]
"""

import subprocess
import sys
import tempfile

OUTSIDE = ("tests/journeys", "tests/browser", "tests/faults")
PYTEST = (sys.executable, "-m", "pytest")


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
                [*PYTEST, *(f"--ignore={folder}" for folder in OUTSIDE)], check=False
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
