"""Every outgoing connection verifies certificate and host name, so that no secret reaches another server."""

import contextlib
import os
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from kombu import Connection
from limits.storage import RedisStorage

from notifications.mailer import Server, ServerAway, SmtpMailer
from tests import certificates
from tests.certificates import Certificate
from tests.factories import NOW
from tests.notifications.test_rendering import plain_mail
from tests.stack import SmtpReceiver
from tools import services
from webinar_service import environment

ROOT = Path(__file__).parent.parent
SECRET = "s3cret"
NOT_VERIFIED = r"(?i)certificate.verify.failed"
NOT_PROVEN = r"certificate verify failed|does not match host name"


@pytest.fixture
def trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Certificate:
    """A certificate authority in TLS_CA_FILE."""
    for name in ("SSL_CERT_FILE", "SSL_CERT_DIR"):
        monkeypatch.delenv(name, raising=False)
    made = certificates.authority(tmp_path)
    environment.trust_authorities(str(environment.read({"TLS_CA_FILE": str(made.file)}).TLS_CA_FILE))
    return made


def certificate(tmp_path: Path, kind: str, trusted: Certificate) -> Certificate:
    if kind == "self-signed":
        return certificates.server(tmp_path, "localhost", signed_by=None)
    host = "localhost" if kind == "right" else "elsewhere.example.org"
    return certificates.server(tmp_path, host, signed_by=trusted)


# ---- mail ------------------------------------------------------------------------------------------------


class Listener(Controller):
    """An SMTP server with a certificate, by STARTTLS or implicit TLS, that records the passwords it gets."""

    def __init__(
        self, postbox: SmtpReceiver, *, starttls: ssl.SSLContext | None, smtps: ssl.SSLContext | None
    ) -> None:
        self.passwords: list[bytes] = []
        self.starttls = starttls
        super().__init__(postbox, hostname="127.0.0.1", port=services.free_port(), ssl_context=smtps)

    def factory(self) -> SMTP:
        return SMTP(
            self.handler,
            tls_context=self.starttls,
            authenticator=self.note,
            auth_require_tls=False,
            auth_required=True,
        )

    def _trigger_server(self) -> None:
        """The controller would connect by a name that no certificate here has; opening a connection is enough."""
        socket.create_connection(("127.0.0.1", self.port), 5).close()

    def note(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, login: Any) -> AuthResult:
        self.passwords.append(login.password)
        return AuthResult(success=True)


@contextlib.contextmanager
def mail_server(scheme: str, made: Certificate) -> Iterator[tuple[Listener, SmtpReceiver]]:
    postbox, context = SmtpReceiver(), made.server_context()
    running = Listener(
        postbox,
        starttls=context if scheme == "smtp+tls" else None,
        smtps=context if scheme == "smtps" else None,
    )
    running.start()
    try:
        yield running, postbox
    finally:
        running.stop()


def send(scheme: str, port: int) -> None:
    address = f"{scheme}://elin:{SECRET}@localhost:{port}"
    SmtpMailer(Server.of(address)).deliver(plain_mail(), now=NOW)


def refused(scheme: str, port: int, why: str) -> None:
    with pytest.raises(ServerAway, match=why):
        send(scheme, port)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
@pytest.mark.parametrize("kind", ["self-signed", "wrong host"])
def test_a_mail_server_that_cannot_prove_who_it_is_hears_no_password(
    tmp_path: Path, trusted: Certificate, scheme: str, kind: str
) -> None:
    with mail_server(scheme, certificate(tmp_path, kind, trusted)) as (server, postbox):
        refused(scheme, server.port, "certificate verify failed")
    assert (server.passwords, postbox.mails) == ([], [])


@pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
def test_a_mail_server_of_the_operators_own_authority_gets_the_mail(
    tmp_path: Path, trusted: Certificate, scheme: str
) -> None:
    with mail_server(scheme, certificate(tmp_path, "right", trusted)) as (server, postbox):
        send(scheme, server.port)
    assert (server.passwords, len(postbox.mails)) == ([SECRET.encode()], 1)


def test_a_mail_server_that_stops_offering_tls_hears_no_password(
    tmp_path: Path, trusted: Certificate
) -> None:
    with mail_server("smtp", certificate(tmp_path, "right", trusted)) as (server, postbox):
        refused("smtp+tls", server.port, "STARTTLS")
    assert (server.passwords, postbox.mails) == ([], [])


# ---- Redis, through each library that connects to it --------------------------------------------------------


@contextlib.contextmanager
def redis_server(tmp_path: Path, made: Certificate) -> Iterator[str]:
    port = services.free_port()
    program = shutil.which("redis-server")
    assert program
    options = {
        "--port": "0",
        "--tls-port": str(port),
        "--bind": "127.0.0.1",
        "--dir": str(tmp_path),
        "--tls-cert-file": str(made.file),
        "--tls-key-file": str(made.key_file),
        "--tls-ca-cert-file": str(made.file),
        "--tls-auth-clients": "no",
    }
    command = [program, *(word for option in options.items() for word in option)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        answers(port, process)
        yield environment.read({"REDIS_URL": f"rediss://localhost:{port}/0"}).REDIS_URL
    finally:
        process.terminate()
        process.wait(10)


def answers(port: int, process: "subprocess.Popen[bytes]") -> None:
    for _try in range(200):
        assert process.poll() is None
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        threading.Event().wait(0.05)
    raise AssertionError("Redis does not answer")


def by_redis(url: str) -> None:
    redis.Redis.from_url(url).ping()


def by_broker(url: str) -> None:
    with Connection(url) as connection:
        connection.default_channel.client.ping()


def by_limits(url: str) -> None:
    RedisStorage(url).storage.ping()


CLIENTS = [by_redis, by_broker, by_limits]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("kind", ["self-signed", "wrong host"])
def test_a_redis_that_cannot_prove_who_it_is_is_not_spoken_to(
    tmp_path: Path, trusted: Certificate, kind: str, client: Any
) -> None:
    made = certificate(tmp_path, kind, trusted)
    with redis_server(tmp_path, made) as url, pytest.raises(Exception, match=NOT_VERIFIED):
        client(url)


@pytest.mark.parametrize("client", CLIENTS)
def test_a_redis_of_the_operators_own_authority_is_spoken_to(
    tmp_path: Path, trusted: Certificate, client: Any
) -> None:
    with redis_server(tmp_path, certificate(tmp_path, "right", trusted)) as url:
        client(url)


# ---- PostgreSQL ------------------------------------------------------------------------------------------


@contextlib.contextmanager
def database_server(made: Certificate) -> Iterator[str]:
    """With a certificate; the URL is as an operator would write it for another machine."""
    with services.postgres() as started:
        url = started["DATABASE_URL"]
        with connected(url) as connection:
            (folder,) = connection.execute("SHOW data_directory").fetchone() or ("",)
            for file, name in ((made.file, "server.crt"), (made.key_file, "server.key")):
                shutil.copy(file, Path(folder) / name)
                owner = Path(folder).stat()
                os.chown(Path(folder) / name, owner.st_uid, owner.st_gid)
                (Path(folder) / name).chmod(0o600)
            connection.execute("ALTER SYSTEM SET ssl = on")
            connection.execute("SELECT pg_reload_conf()")
        yield url


def connected(url: str) -> "psycopg.Connection[Any]":
    """It listens a moment before it accepts connections."""
    for _try in range(100):
        with contextlib.suppress(psycopg.OperationalError):
            return psycopg.connect(url, autocommit=True)
        threading.Event().wait(0.1)
    raise AssertionError("PostgreSQL does not answer")


def connect(url: str, host: str) -> str:
    """With the parameters that the product adds for a remote database; by name, over the loopback."""
    elsewhere = environment.read({"DATABASE_URL": url.replace("127.0.0.1", "db.example.org")}).DATABASE_URL
    parameters = elsewhere.partition("?")[2]
    with psycopg.connect(
        f"{url.replace('127.0.0.1', host)}?{parameters}", hostaddr="127.0.0.1"
    ) as connection:
        row = connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    return str(row and row[0])


@pytest.mark.parametrize("kind", ["self-signed", "wrong host"])
def test_a_database_that_cannot_prove_who_it_is_hears_no_password(
    tmp_path: Path, trusted: Certificate, kind: str
) -> None:
    with (
        database_server(certificate(tmp_path, kind, trusted)) as url,
        pytest.raises(psycopg.OperationalError, match=NOT_PROVEN),
    ):
        connect(url, "localhost")


def test_a_database_of_the_operators_own_authority_is_used(tmp_path: Path, trusted: Certificate) -> None:
    with database_server(certificate(tmp_path, "right", trusted)) as url:
        assert connect(url, "localhost") == "True"


# ---- the media server ------------------------------------------------------------------------------------

REGISTRATION_ACTIONS = """
import asyncio, os, sys
os.environ["DJANGO_SETTINGS_MODULE"] = "webinar_service.settings"
import django
django.setup()
from rooms.media import livekit
try:
    asyncio.run(livekit.remove(room_id="room", identity="p1"))
except livekit.ServerUnreachable as problem:
    print(type(problem.__cause__).__name__)
"""


@pytest.mark.parametrize(
    ("kind", "error", "heard"),
    [
        ("self-signed", "ClientConnectorCertificateError", False),
        ("wrong host", "ClientConnectorCertificateError", False),
        ("right", "", True),
    ],
)
def test_a_media_server_that_cannot_prove_who_it_is_gets_no_token(
    tmp_path: Path, trusted: Certificate, kind: str, error: str, heard: bool
) -> None:
    requests: list[bytes] = []
    with web_server(certificate(tmp_path, kind, trusted), requests) as port:
        done = subprocess.run(
            [sys.executable, "-c", REGISTRATION_ACTIONS],
            cwd=ROOT,
            env={
                **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
                "DATA_DIR": str(tmp_path / "data"),
                "TLS_CA_FILE": str(trusted.file),
                "MEDIA": "sfu",
                "LIVEKIT_URL": f"wss://localhost:{port}",
                "LIVEKIT_API_KEY": "key",
                "LIVEKIT_API_SECRET": "s" * 32,
            },
            capture_output=True,
            text=True,
            check=True,
        )
    assert done.stdout.strip() == error
    assert any(b"authorization: bearer" in request.lower() for request in requests) is heard, requests


@contextlib.contextmanager
def web_server(made: Certificate, requests: list[bytes]) -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(
            target=answer_one, args=(listener, made.server_context(), requests), daemon=True
        ).start()
        yield listener.getsockname()[1]


def answer_one(listener: socket.socket, context: ssl.SSLContext, requests: list[bytes]) -> None:
    with (
        contextlib.suppress(OSError),
        context.wrap_socket(listener.accept()[0], server_side=True) as connection,
    ):
        requests.append(connection.recv(65536))
        connection.sendall(
            b"HTTP/1.1 404 Not Found\r\nContent-Type: application/json\r\nContent-Length: 31\r\n\r\n"
            b'{"code":"not_found","msg":"no"}'
        )
