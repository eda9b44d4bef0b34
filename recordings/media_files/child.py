"""The process in which FFmpeg reads uploaded files: bounded memory, time and file size, no settings, no secrets.

python -m recordings.media_files.child SOURCE FOLDER SECONDS prints one JSON object: `ready`, `error`, or `disk_full`.
"""

import ctypes
import json
import os
import resource
import signal
import sys
import traceback
from dataclasses import asdict
from pathlib import Path

from recordings.media_files.errors import MediaError, is_disk_full
from recordings.media_files.work import make_ready

MEMORY = 1536 * 1024 * 1024  # bytes of address space
_MAY_GROW = 64 * 1024 * 1024  # bytes that a copy may be larger than twice its source
_DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG of prctl(2)


def main(source: Path, folder: Path, seconds: int) -> dict[str, object]:
    _limit(source, seconds)
    try:
        return {"ready": asdict(make_ready(source, folder))}
    except MediaError as error:
        return {"error": error.code, "values": error.values}
    except MemoryError:
        return {"error": "too_much_memory", "values": {}}
    except Exception as error:  # noqa: BLE001 whatever a hostile file brings FFmpeg to
        if is_disk_full(error):
            return {"disk_full": True}
        traceback.print_exc()
        return {"error": "damaged", "values": {}}


def _limit(source: Path, seconds: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_DIE_WITH_PARENT, signal.SIGKILL)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    largest = 2 * source.stat().st_size + _MAY_GROW
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
    os.nice(10)  # lower priority than email and rooms


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))))
