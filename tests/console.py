"""The product's command line for tests that look from outside: each command in a fork of a process that has loaded all.

A command finds what a process of its own would find, and is there three seconds earlier.

python -m tests.console    reads {"arguments", "environment", "said", "complained"} a line, answers with the exit code
"""

import json
import os
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class Console:
    """Such a process, for the environment in which it is started."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = environment
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.console"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, arguments: list[str], **more: str) -> "subprocess.CompletedProcess[str]":
        """`manage.py` with these arguments, and with more variables than the process itself was given."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            said, complained = Path(folder, "said"), Path(folder, "complained")
            asked = {
                "arguments": arguments,
                "environment": more,
                "said": str(said),
                "complained": str(complained),
            }
            self.process.stdin.write(json.dumps(asked) + "\n")
            self.process.stdin.flush()
            answer = self.process.stdout.readline()
            assert answer, f"the process that runs manage.py has ended with {self.process.wait()}"
            return subprocess.CompletedProcess(
                arguments, int(answer), said.read_text(), complained.read_text()
            )

    def close(self) -> None:
        self.process.communicate()  # ends at the end of its input


def serve() -> None:
    """Ends, in each fork, as the command ends."""
    import django
    from django.urls import get_resolver

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webinar_service.settings")
    django.setup()
    get_resolver().url_patterns  # noqa: B018 - loads all views, which takes a second
    for line in sys.stdin:
        asked = json.loads(line)
        fork = os.fork()
        if fork == 0:
            run(**asked)
            return
        _pid, status = os.waitpid(fork, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def run(*, arguments: list[str], environment: dict[str, str], said: str, complained: str) -> None:
    from django.core.management import execute_from_command_line

    for path, descriptor in ((os.devnull, 0), (said, 1), (complained, 2)):
        opened = os.open(path, os.O_RDWR | os.O_CREAT)
        os.dup2(opened, descriptor)
        os.close(opened)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115 - what was read ahead is the parent's
    os.environ |= environment
    sys.argv = ["manage.py", *arguments]
    code: object = 1
    try:
        execute_from_command_line(sys.argv)
        code = 0
    except SystemExit as end:
        code = end.code or 0
        if isinstance(code, str):
            sys.stderr.write(f"{code}\n")
    except BaseException:
        traceback.print_exc()
    sys.stdout.flush()
    sys.stderr.flush()
    # The interpreter would tear all modules down first, which takes ten times as long as most commands.
    os._exit(code if isinstance(code, int) else 1)


if __name__ == "__main__":
    serve()
