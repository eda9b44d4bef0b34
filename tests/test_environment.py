"""Environment variables: valid ones pass, invalid ones are named before anything starts."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.certificates import authority
from tests.product_modules import APPS
from webinar_service.environment import Environment, UnusableEnvironment, read

ROOT = Path(__file__).parent.parent
KEY = "k" * 50
SFU = {"LIVEKIT_URL": "wss://live.example.org", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "s" * 32}

RIGHT: dict[str, list[str]] = {
    "SECRET_KEY": [KEY],
    "SECRET_KEY_FALLBACKS": [KEY, f"{KEY}, {KEY}"],
    "SITE_URL": ["https://webinars.example.org", "http://127.0.0.1:8000/", "http://[::1]:8000"],
    "SITE_NAME": ["Southern Baltic Cleantech", "Žalia, AB", "水素", "H\u2082", "\u200bEnergy"],
    "ALLOWED_HOSTS": ["webinars.example.org", "a.example, .example.org,10.0.0.5", "*", "[::1]"],
    "FORWARDED_ALLOW_IPS": ["*", "10.0.0.1,10.1.0.0/16"],
    "DEFAULT_TIMEZONE": ["Europe/Vilnius", "UTC"],
    "LANGUAGES": ["sv", "lt,en, da"],
    "DEMO": ["0", "1", "true", "off"],
    "DEBUG": ["0", "yes"],
    "RATE_LIMITS": ["1", "False"],
    "LOG_JSON": ["1", "no"],
    "HOST": ["0.0.0.0", "::", "localhost"],
    "PORT": ["1", "65535"],
    "DATA_DIR": ["/tmp", "/tmp/not/there/yet"],
    "STATIC_ROOT": ["/tmp/static"],
    "DATABASE_URL": [
        "postgres://user:p%40ss@127.0.0.1:5432/webinar",
        "postgresql://user:secret@db.example.org/webinar?sslmode=verify-full&connect_timeout=3",
        "postgres://user:secret@postgres:5432/webinar?sslmode=disable",
        "postgres:///webinar",
        "sqlite:////tmp/webinar.sqlite3",
        "sqlite://:memory:",
    ],
    "REDIS_URL": ["redis://127.0.0.1:6379/0", "rediss://:secret@redis.example.org:6380/1", "redis://redis"],
    "STORAGE_URL": ["file:///tmp/media"],
    "UPLOAD_MAX_BYTES": ["1", "4294967296"],
    "PROJECT_QUOTA_BYTES": ["1", "10737418240"],
    "MIN_FREE_BYTES": ["0", "1073741824"],
    "RETENTION_GUEST_MONTHS": ["1", "24"],
    "RETENTION_EMAIL_MONTHS": ["12"],
    "RETENTION_CHAT_MONTHS": ["600"],
    "RETENTION_ATTENDANCE_YEARS": ["10"],
    "EMAIL_URL": [
        "smtp://127.0.0.1:2525",
        "smtp+tls://user:p%40ss@mail.example.org:587?connections=50",
        "smtps://user:secret@mail.example.org",
    ],
    "EMAIL_FROM": [
        "no-reply@example.org",
        "Webinars <no-reply@example.org>",
        '"Žalia, AB" <a@example.org>',
        "<a@xn--bcher-kva.example>",
        "Webinars <no-reply@localhost>",
    ],
    "CONTACT_EMAIL": ["secretariat@example.org", "a@xn--bcher-kva.example"],
    "INBOUND_EMAIL_URL": ["imaps://user:secret@mail.example.org/INBOX", "lmtp://127.0.0.1:2424"],
    "VAPID_PRIVATE_KEY": ["hqyPmlRMzeaVyvWOiHFK8_QvvL8_m64WsqOJ-wXBvWA"],
    "TRANSCRIPTION_URL": ["http://speech:8000", "https://speech.example.org/v1/"],
    "CLAMD_URL": ["tcp://clamd:3310", "unix:///run/clamav/clamd.sock"],
    "TRANSCRIPTION_KEY": ["key"],
    "TRANSCRIPTION_MODEL": ["Systran/faster-whisper-small"],
    "MEDIA": ["mesh"],
    "LIVEKIT_URL": ["wss://live.example.org:7443", "ws://127.0.0.1:7880"],
    "LIVEKIT_API_URL": ["", "http://livekit:7880", "https://live.example.org"],
    "LIVEKIT_API_KEY": ["key"],
    "LIVEKIT_API_SECRET": ["s" * 32],
    "LIVEKIT_NODE_IP": ["203.0.113.10", "2001:db8::1"],
    "TURN_URL": ["stun:stun.example.org", "stun:a.example.org:3478, stuns:[2001:db8::1]:5349"],
    "SENTRY_DSN": ["https://key@sentry.example.org/42", "https://key@example.org/prefix/42"],
    "METRICS_ALLOWED": ["127.0.0.1", "10.0.0.0/8, 2001:db8::/32"],
    "LOG_LEVEL": ["INFO", "debug"],
}
LMTP = {"INBOUND_EMAIL_URL": "lmtp://127.0.0.1:2424"}
TOGETHER = [
    {**LMTP, "INBOUND_EMAIL_ADDRESS": "replies@example.org"},
    {"MEDIA": "sfu", **SFU},
    {"MEDIA": "sfu", **SFU, "SITE_URL": "https://webinars.example.org"},
    {"TURN_URL": "turns:turn.example.org:443?transport=tcp", "TURN_SECRET": "secret"},
]
WRONG: dict[str, list[str]] = {
    "VAPID_PRIVATE_KEY": ["key", "A" * 43, "_" * 43, "hqyPmlRMzeaVyvWOiHFK8/QvvL8/m64WsqOJ+wXBvWA", "A" * 44],
    "SITE_URL": [
        "webinars.example.org",
        "ftp://webinars.example.org",
        "https://",
        "https://webinars.example.org/path",
        "https://webinars.example.org?x=1",
        "https://user@webinars.example.org",
        "https://webinars example.org",
        "https://webinars.example.org:99999",
        "https://-bad-.example.org",
        "https://256.1.1.1",
    ],
    "SITE_NAME": [
        "two\nlines",
        "two\u2028lines",
        "two\x85lines",
        "x" * 76,
        "Name <a@example.org>",
        "\u200b\u200d\ufeff",
        "\u2060 \u00ad",
        "\u3164",
        "\u2800\u0301",
        "\u202e",
    ],
    "ALLOWED_HOSTS": [
        "https://webinars.example.org",
        "webinars.example.org:443",
        "webinars.example.org/",
        "a.example b.example",
        "*.example.org",
    ],
    "FORWARDED_ALLOW_IPS": ["proxy", "10.0.0.0/99", "10.0.0.1/8"],
    "DEFAULT_TIMEZONE": ["Mars/Olympus", "CEST", "../etc/passwd"],
    "LANGUAGES": ["sv,xx", "english", "en,en", ","],
    "DEMO": ["2", "enabled"],
    "DEBUG": ["maybe"],
    "RATE_LIMITS": ["sometimes"],
    "LOG_JSON": ["json"],
    "HOST": ["http://127.0.0.1", "127.0.0.1:8000", "300.1.1.1", "two words"],
    "PORT": ["0", "65536", "-1", "eighty", "80.5"],
    "DATA_DIR": ["/etc/hostname", "/etc/hostname/below"],
    "STATIC_ROOT": ["/etc/hostname"],
    "TLS_CA_FILE": ["/nowhere.pem", "/etc/hostname", "/tmp"],
    "DATABASE_URL": [
        "mysql://user:secret@db.example.org/webinar",
        "postgres://user:secret@127.0.0.1:5432",
        "postgres://user:secret@127.0.0.1:70000/webinar",
        "postgres://user:p@ss#word@127.0.0.1/webinar",
        "postgres://user:secret@127.0.0.1/webinar?sslmod=disable",
        "postgres://user:secret@127.0.0.1/webinar?host=elsewhere.example.org",
        "postgres://user:secret@db.example.org/webinar?sslmode=require",
        "postgres://user:secret@db.example.org/webinar?sslmode=prefer",
        "postgres://user:secret@127.0.0.1/webinar?sslmode=yes",
        "postgres://user:secret@db.example.org/webinar?sslmode=disable&sslmode=verify-full",
        "sqlite:////tmp/webinar.sqlite3?mode=ro",
        "sqlite://elsewhere/tmp/webinar.sqlite3",
        "sqlite:////nowhere/webinar.sqlite3",
        "webinar",
    ],
    "REDIS_URL": [
        "127.0.0.1:6379",
        "memcached://127.0.0.1",
        "redis://127.0.0.1:6379/first",
        "redis://127.0.0.1:port/0",
        "redis:///0",
        "redis://127.0.0.1/0?db=3",
        "rediss://127.0.0.1/0?ssl_cert_reqs=none",
        "rediss://127.0.0.1/0?ssl_ca_certs=/nowhere.pem",
        "rediss://127.0.0.1/0?ssl_ca_cert=/etc/hostname",
        "redis://127.0.0.1/0?ssl_ca_certs=/etc/hostname",
    ],
    "TRANSCRIPTION_URL": [
        "speech:8000",
        "file:///etc/passwd",
        "http://u:p@speech",
        "http://speech/v1?x=1",
        "http://speech/a",
    ],
    "STORAGE_URL": ["s3://bucket", "/var/media", "file://media", "file:///", "file:///etc/hostname"],
    "UPLOAD_MAX_BYTES": ["4GB", "0", "-1"],
    "PROJECT_QUOTA_BYTES": ["10GB", "0", "-1"],
    "CLAMD_URL": [
        "clamd:3310",
        "tcp://clamd",
        "tcp://clamd:3310/path",
        "tcp://u:p@clamd:3310",
        "http://clamd:3310",
        "unix:///",
        "unix://host/run/clamd.sock",
    ],
    "MIN_FREE_BYTES": ["-1", "1 GiB"],
    "RETENTION_GUEST_MONTHS": ["0", "-1", "two years", "601"],
    "RETENTION_EMAIL_MONTHS": ["0", "1.5"],
    "RETENTION_CHAT_MONTHS": ["0"],
    "RETENTION_ATTENDANCE_YEARS": ["0", "51"],
    "EMAIL_URL": [
        "mail.example.org",
        "http://mail.example.org",
        "smtp://",
        "smtp://mail.example.org:0",
        "smtp://mail.example.org/inbox",
        "smtp://user@mail.example.org",
        "smtp://mail.example.org?connections=99",
        "smtp://mail.example.org?connections=0",
        "smtp://mail.example.org?connections=many",
        "smtp://mail.example.org?connection=4",
        "smtp://mail.example.org?connections=1&connections=2",
        "smtp://mail.example.org?tls",
        "smtp://user:p@ss#word@mail.example.org",
    ],
    "EMAIL_FROM": [
        "Webinars",
        "Webinars <>",
        "Webinars <no-reply>",
        "a@example.org, b@example.org",
        "a b@c",
        "žalia@example.org",
        "Žalia <žalia@example.org>",
        "a@žalia.example",
        "\u200b <a@example.org>",
    ],
    "CONTACT_EMAIL": [
        "secretariat",
        "Secretariat <secretariat@example.org>",
        "a@example.org, b@example.org",
        "ž@example.org",
        "a@žalia.example",
        "a@127.0.0.1",
    ],
    "INBOUND_EMAIL_URL": [
        "imap://user:secret@mail.example.org",
        "imaps://mail.example.org",
        "lmtp://0.0.0.0:24",
    ],
    "INBOUND_EMAIL_ADDRESS": ["replies@example.org"],  # needs INBOUND_EMAIL_URL
    "MEDIA": ["sfu2", "livekit"],
    "LIVEKIT_API_URL": ["livekit:7880", "wss://live.example.org", "http://livekit/twirp"],
    "LIVEKIT_URL": ["live.example.org", "https://live.example.org", "wss://live.example.org/rtc"],
    "LIVEKIT_API_SECRET": ["short"],
    "LIVEKIT_NODE_IP": ["live.example.org", "203.0.113"],
    "TURN_URL": ["turn.example.org", "turn://turn.example.org", "stun:a:99999", "stun:a?transport=sctp"],
    "SENTRY_DSN": ["sentry.example.org", "https://sentry.example.org/1", "http://key@sentry.example.org/1"],
    "METRICS_ALLOWED": ["everybody", "10.0.0.0/33"],
    "LOG_LEVEL": ["LOUD", "20"],
}
WRONG_TOGETHER = [
    *(
        ({**LMTP, "INBOUND_EMAIL_ADDRESS": wrong}, {"INBOUND_EMAIL_ADDRESS"})
        for wrong in (
            "replies",
            "Replies <replies@example.org>",
            "svar+a@example.org",
            "sv\u00e5r@example.org",
            f"{'r' * 21}@example.org",
        )
    ),
    ({"MEDIA": "sfu"}, {"LIVEKIT_URL", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"}),
    ({"MEDIA": "sfu", **SFU, "LIVEKIT_API_KEY": ""}, {"LIVEKIT_API_KEY"}),
    ({"TURN_URL": "turn:turn.example.org"}, {"TURN_URL"}),
    ({"TURN_SECRET": "secret"}, {"TURN_URL"}),
    (
        {"SITE_URL": "https://webinars.example.org", **SFU, "LIVEKIT_URL": "ws://live.example.org"},
        {"LIVEKIT_URL"},
    ),
    ({"PORT": "x", "LANGUAGES": "xx", "EMAIL_FROM": "x"}, {"PORT", "LANGUAGES", "EMAIL_FROM"}),
]


def flat(table: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(name, value) for name, values in table.items() for value in values]


@pytest.mark.parametrize(("name", "value"), flat(RIGHT))
def test_what_is_right_passes(name: str, value: str) -> None:
    read({name: value})


@pytest.mark.parametrize("variables", TOGETHER)
def test_what_is_right_together_passes(variables: dict[str, str]) -> None:
    read(variables)


@pytest.mark.parametrize(("name", "value"), flat(WRONG))
def test_what_is_wrong_is_named_and_its_value_is_not_repeated(name: str, value: str) -> None:
    with pytest.raises(UnusableEnvironment) as raised:
        read({name: value})
    assert {fault[0] for fault in raised.value.errors} == {name}
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("variables", "named"), WRONG_TOGETHER)
def test_what_does_not_fit_together_is_named_all_at_once(variables: dict[str, str], named: set[str]) -> None:
    with pytest.raises(UnusableEnvironment) as raised:
        read(variables)
    assert {fault[0] for fault in raised.value.errors} == named


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("SITE_NAME", "\u200b", "must hold characters that can be seen"),
        (
            "EMAIL_FROM",
            "ž@example.org",
            "must hold an address without accents and other non-ASCII letters",
        ),
        ("REDIS_URL", "rediss://127.0.0.1/0?ssl_cert_reqs=none", "does not know ssl_cert_reqs= after ?"),
        ("REDIS_URL", "redis://127.0.0.1/0?db=3", "does not know db= after ?"),
    ],
)
def test_the_reason_is_said(name: str, value: str, reason: str) -> None:
    with pytest.raises(UnusableEnvironment) as raised:
        read({name: value})
    assert raised.value.errors == [(name, reason)]


def test_an_empty_variable_is_one_that_is_not_set() -> None:
    assert read(dict.fromkeys(Environment.model_fields, " ")) == read({})


def test_every_variable_is_tried_with_right_and_wrong_values() -> None:
    any_text = {"SECRET_KEY", "SECRET_KEY_FALLBACKS", "LIVEKIT_API_KEY", "TURN_SECRET"}
    any_text |= {"TRANSCRIPTION_KEY", "TRANSCRIPTION_MODEL"}
    assert Environment.model_fields.keys() - RIGHT.keys() == {
        *("INBOUND_EMAIL_ADDRESS", "TLS_CA_FILE", "TURN_SECRET")
    }
    assert Environment.model_fields.keys() - WRONG.keys() == any_text


def test_a_file_of_authorities_is_taken(tmp_path: Path) -> None:
    read({"TLS_CA_FILE": str(authority(tmp_path).file)})


def test_settings_use_every_variable_and_read_no_other() -> None:
    source = (ROOT / "webinar_service/settings.py").read_text()
    read_by_uvicorn = {"FORWARDED_ALLOW_IPS"}
    assert set(re.findall(r"\benv\.([A-Z_]+)", source)) | read_by_uvicorn == Environment.model_fields.keys()
    assert re.findall(r"environ\[|environ\.get|getenv|\benv\.[a-z]+\(", source) == []


def test_no_other_module_reads_the_environment() -> None:
    readers = {
        str(file.relative_to(ROOT))
        for app in APPS
        for file in (ROOT / app).rglob("*.py")
        if re.search(r"os\.environ|getenv", file.read_text())
    }
    # asgi.py and celery.py name the settings module; environment.py sets OpenSSL's authorities.
    named = {"settings", "asgi", "celery", "environment"}
    # Passes three harmless variables to the processes that prepare recordings and slides, and nothing else.
    assert readers == {f"webinar_service/{name}.py" for name in named} | {"companies/child_processes.py"}


@pytest.mark.parametrize(
    ("url", "used"),
    [
        (
            "postgres://u:p@db.example.org/webinar",
            "postgres://u:p@db.example.org/webinar?sslmode=verify-full&sslrootcert=system",
        ),
        (
            "postgres://u:p@10.0.0.5/webinar?sslmode=disable",
            "postgres://u:p@10.0.0.5/webinar?sslmode=disable",
        ),
        ("postgres://u:p@127.0.0.1/webinar", "postgres://u:p@127.0.0.1/webinar"),
    ],
)
def test_a_database_elsewhere_is_verified_unless_the_address_says_otherwise(url: str, used: str) -> None:
    assert used == read({"DATABASE_URL": url}).DATABASE_URL


# ---- every program reports it, and starts nothing --------------------------------------------------------

PROGRAMS = [
    ["manage.py", "serve"],
    ["manage.py", "migrate"],
    ["manage.py", "check", "--deploy"],
    ["-m", "celery", "-A", "webinar_service", "worker"],
    ["-m", "celery", "-A", "webinar_service", "beat"],
    ["-m", "uvicorn", "webinar_service.asgi:application"],
]


@pytest.mark.parametrize("program", PROGRAMS, ids=" ".join)
def test_every_program_lists_all_faults_and_ends(tmp_path: Path, program: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, *program],
        cwd=ROOT,
        env={
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "DATA_DIR": str(tmp_path),
            "EMAIL_FROM": "Webinars",
            "EMAIL_URL": "smtp://user:hunter2@mail.example.org?connections=99",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == os.EX_CONFIG
    assert done.stderr.splitlines() == [
        "These settings cannot be used, so nothing was started:",
        "  EMAIL_URL: connections must be a number from 1 to 50",
        "  EMAIL_FROM: must hold an address: Webinars <no-reply@example.org>",
        ".env.example explains each of them.",
    ]
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []
