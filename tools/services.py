"""Starts servers of our own on free ports, runs one command with their addresses, stops them all.

python -m tools.services postgres redis livekit chromium -- pytest
python -m tools.services postgres redis livekit chromium    (keeps them until Ctrl-C)
python -m tools.services --kept postgres redis -- pytest    (takes those that are kept, if they are)
"""

import contextlib
import ctypes
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tools.livekit.build import build as build_livekit
from tools.packages import UnableToInstall, install_missing, program

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT = 30.0
DIE_WITH_PARENT = 1  # PR_SET_PDEATHSIG
libc = ctypes.CDLL(None)


class UnableToStart(Exception):
    """A server ended or did not answer in time."""


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


@contextlib.contextmanager
def postgres() -> Iterator[dict[str, str]]:
    """A PostgreSQL cluster that lives as long as the block, made for speed: no crash is survived."""
    with _scratch("postgres") as folder:
        owner = "postgres" if os.geteuid() == 0 else None
        if owner:
            shutil.chown(folder, owner, owner)
        password = secrets.token_hex(16)
        _initialise(folder, password, owner)
        port = free_port()
        settings = {
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "fsync": "off",
            "synchronous_commit": "off",
            "full_page_writes": "off",
            "autovacuum": "off",
            "max_connections": "200",
        }
        command = [str(_server("postgres")), "-D", str(folder / "cluster"), "-p", str(port)]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        with _running(command, folder, port=port, user=owner, stop=signal.SIGINT):
            _wait_until_ready(folder / "cluster")
            yield {"DATABASE_URL": f"postgres://postgres:{password}@127.0.0.1:{port}/postgres"}


def _wait_until_ready(cluster: Path) -> None:
    """As `pg_ctl --wait` does: a PostgreSQL that still starts up accepts connections, to refuse them."""
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError, IndexError):
            if (cluster / "postmaster.pid").read_text().splitlines()[7].strip() == "ready":
                return
        time.sleep(0.05)
    raise UnableToStart(f"PostgreSQL in {cluster} does not become ready")


def _initialise(folder: Path, password: str, owner: str | None) -> None:
    kept = folder / "password"
    kept.write_text(password)
    if owner:
        shutil.chown(kept, owner, owner)
    command = [str(_server("initdb")), "-D", str(folder / "cluster"), "-U", "postgres", f"--pwfile={kept}"]
    command += ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
    done = subprocess.run(
        command, cwd=folder, user=owner, group=owner, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise UnableToStart(f"initdb failed:\n{done.stderr[-2000:]}")


@contextlib.contextmanager
def redis(port: int | None = None) -> Iterator[dict[str, str]]:
    """A Redis that keeps nothing on disk, as tests and trials want it."""
    port = port or free_port()
    with _scratch("redis") as folder:
        command = [
            str(_server("redis-server")),
            "--bind",
            "127.0.0.1",
            "--port",
            str(port),
            "--dir",
            str(folder),
        ]
        command += ["--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"]
        with _running(command, folder, port=port):
            yield {"REDIS_URL": f"redis://127.0.0.1:{port}/0"}


@contextlib.contextmanager
def livekit(site: str | None = None, port: int | None = None) -> Iterator[dict[str, str]]:
    """LiveKit on the loopback alone, telling the product at `site` what happens in its rooms."""
    port = port or free_port()
    key, secret = _livekit_keys()
    site = site or os.environ.get("SITE_URL") or f"http://127.0.0.1:{os.environ.get('PORT') or '8000'}"
    config = {
        "port": port,
        "bind_addresses": ["127.0.0.1"],
        "rtc": {
            "tcp_port": free_port(),
            "udp_port": free_port(),
            "node_ip": "127.0.0.1",
            "interfaces": {"includes": ["lo"]},
            "enable_loopback_candidate": True,
        },
        "keys": {key: secret},
        "webhook": {"api_key": key, "urls": [f"{site}/webhooks/livekit/"]},
        "logging": {"level": "warn"},
    }
    with _scratch("livekit") as folder:
        # YAML reads JSON, so nothing is needed to write it.
        (folder / "livekit.yaml").write_text(json.dumps(config))
        command = [str(build_livekit()), "--config", str(folder / "livekit.yaml")]
        with _running(command, folder, port=port):
            yield {
                "LIVEKIT_URL": f"ws://127.0.0.1:{port}",
                "LIVEKIT_API_KEY": key,
                "LIVEKIT_API_SECRET": secret,
            }


def _livekit_keys() -> tuple[str, str]:
    """Keys of this DATA_DIR's own, kept so that a second start accepts what the first one signed."""
    kept = Path(os.environ.get("DATA_DIR") or ROOT / "var") / "livekit-keys.json"
    if not kept.exists():
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(json.dumps(["key" + secrets.token_hex(6), secrets.token_urlsafe(32)]))
    key, secret = json.loads(kept.read_text())
    return key, secret


@dataclass
class Turn:
    """A TURN server, and how the product is told of it."""

    process: "subprocess.Popen[bytes]"
    environment: dict[str, str]


@contextlib.contextmanager
def turn() -> Iterator[Turn]:
    """coturn on the loopback alone, with credentials that end (`use-auth-secret`)."""
    install_missing(["turnserver"])
    port, secret = free_port(), secrets.token_urlsafe(24)
    settings = [
        "listening-ip=127.0.0.1",
        "relay-ip=127.0.0.1",
        f"listening-port={port}",
        "allow-loopback-peers",
        "use-auth-secret",
        f"static-auth-secret={secret}",
        "realm=loopback",
        "no-cli",
        "no-tls",
        "no-dtls",
        "log-file=stdout",
    ]
    with _scratch("turn") as folder:
        kept = folder / "turnserver.conf"
        kept.touch(mode=0o600)
        kept.write_text("\n".join([*settings, f"pidfile={folder / 'pid'}", ""]))
        command = [str(_server("turnserver")), "-c", str(kept)]
        with _running(command, folder, port=port) as process:
            yield Turn(process, {"TURN_URL": f"turn:127.0.0.1:{port}?transport=udp", "TURN_SECRET": secret})


@contextlib.contextmanager
def chromium() -> Iterator[dict[str, str]]:
    yield {"CHROMIUM": str(_server("chromium"))}


@contextlib.contextmanager
def firefox() -> Iterator[str]:
    """The path of the program, for the few tests that look at the product in it."""
    install_missing(["firefox"])
    yield str(_server("firefox"))


SERVICES: Mapping[str, Callable[[], contextlib.AbstractContextManager[dict[str, str]]]] = {
    "postgres": postgres,
    "redis": redis,
    "livekit": livekit,
    "chromium": chromium,
}
ADDRESSES = {
    "postgres": "DATABASE_URL",
    "redis": "REDIS_URL",
    "livekit": "LIVEKIT_URL",
    "chromium": "CHROMIUM",
}
KEPT_OPEN = ROOT / "var" / "services.json"
PROGRAMS = {"postgres": "initdb", "redis": "redis-server", "chromium": "chromium"}


def _server(name: str) -> Path:
    found = program(name)
    if found is None:
        raise UnableToStart(f"{name} is not on this machine")
    return found


@contextlib.contextmanager
def _scratch(name: str) -> Iterator[Path]:
    # Not under the checkout: PostgreSQL refuses to run as root, and its user may not enter root's folders.
    folder = Path(tempfile.mkdtemp(prefix=f"webinar-{name}-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def _running(
    command: list[str],
    folder: Path,
    *,
    port: int,
    user: str | None = None,
    stop: signal.Signals = signal.SIGTERM,
) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a session of its own, so that Ctrl-C reaches first those who use it."""
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            user=user,
            group=user,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=_end_with_parent,
        )
    try:
        _wait_for(process, port, log)
        yield process
    finally:
        _end(process, stop)


def _end_with_parent() -> None:
    if sys.platform == "linux":
        libc.prctl(DIE_WITH_PARENT, signal.SIGTERM)


def _wait_for(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + TIMEOUT
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise UnableToStart(f"{process.args!r} does not answer:\n{log.read_text(errors='replace')[-2000:]}")


def _end(process: subprocess.Popen[bytes], first: signal.Signals) -> None:
    if process.poll() is None:
        process.send_signal(first)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def run(command: list[str], environment: Mapping[str, str]) -> int:
    """The command's exit code; told to stop, this asks the command to end and gives it time for that."""
    process = subprocess.Popen(command, env={**os.environ, **environment}, preexec_fn=_end_with_parent)
    try:
        return process.wait()
    except (KeyboardInterrupt, SystemExit):
        # From a terminal the command heard Ctrl-C too; hearing it once more would cut its tidying short.
        try:
            process.wait(timeout=2)
        except subprocess.TimeoutExpired:
            _end(process, signal.SIGINT)
        return 130


@contextlib.contextmanager
def _kept_open(environment: Mapping[str, str]) -> Iterator[None]:
    """Tells later commands of this checkout where the servers are, for as long as they run."""
    KEPT_OPEN.parent.mkdir(parents=True, exist_ok=True)
    KEPT_OPEN.touch(mode=0o600)
    KEPT_OPEN.write_text(json.dumps({"process": os.getpid(), "environment": dict(environment)}))
    try:
        yield
    finally:
        KEPT_OPEN.unlink()


def _open_already(names: list[str]) -> dict[str, str]:
    """Addresses of servers that another command keeps open; empty when not all of `names` are there."""
    try:
        kept = json.loads(KEPT_OPEN.read_text())
        os.kill(kept["process"], 0)
    except (OSError, ValueError):
        return {}
    environment: dict[str, str] = kept["environment"]
    return environment if all(ADDRESSES[name] in environment for name in names) else {}


def _stop_asked(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)


def main(arguments: list[str]) -> int:
    divider = arguments.index("--") if "--" in arguments else len(arguments)
    names, command = arguments[:divider], arguments[divider + 1 :]
    # Started in the background by a shell, this would ignore Ctrl-C and hand that down to the command.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _stop_asked)
    signal.signal(signal.SIGHUP, _stop_asked)
    if names[:1] == ["--kept"]:
        names = names[1:]
        if environment := _open_already(names):
            return run(command, environment)
    return run_with(names, command)


def run_with(names: list[str], command: list[str]) -> int:
    """Starts the named servers for the command; without a command they stay until they are told to stop."""
    environment: dict[str, str] = {}
    try:
        install_missing([PROGRAMS[name] for name in names if name in PROGRAMS])
        with contextlib.ExitStack() as stack:
            for name in names:
                environment |= stack.enter_context(SERVICES[name]())
            if command:
                return run(command, environment)
            stack.enter_context(_kept_open(environment))
            print(f"{', '.join(names)}: ready; Ctrl-C stops them", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                signal.pause()
            return 0
    except (UnableToInstall, UnableToStart) as problem:
        print(problem, file=sys.stderr)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
