"""A small file system."""

import contextlib
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def small_disk(folder: Path, *, size: int, files: int = 1000) -> Iterator[Path]:
    """With this many bytes and inodes, mounted at a new `folder`."""
    as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size},nr_inodes={files},mode=777", "tmpfs"]
    subprocess.run([*as_root, *mount, str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run([*as_root, "umount", str(folder)], check=True)
