"""`receive_mail` and `serve`: what runs where replies are set up."""

import os
import signal
import smtplib
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from webinar_service.management.commands.serve import children_for

OPTIONS = {"host": "127.0.0.1", "port": 8000, "workers": 1, "only": None}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def connected(port: int, process: "subprocess.Popen[bytes]") -> smtplib.LMTP:
    while process.poll() is None:
        try:
            return smtplib.LMTP("127.0.0.1", port)
        except ConnectionRefusedError:
            time.sleep(0.1)
    raise AssertionError("it ended by itself")


def test_it_listens_until_it_is_stopped(tmp_path: Path) -> None:
    port = free_port()
    environment = {
        **os.environ,
        "INBOUND_EMAIL_URL": f"lmtp://127.0.0.1:{port}",
        "INBOUND_EMAIL_ADDRESS": "replies@example.org",
        "DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "receive_mail"]
    with subprocess.Popen(command, env=environment) as process:
        with connected(port, process) as client:
            client.ehlo_or_helo_if_needed()
            client.mail("somebody@example.org")
            assert client.rcpt("stranger@example.org")[0] == 550
        process.send_signal(signal.SIGTERM)
        assert process.wait() == 0


def test_without_an_address_there_is_nothing_to_receive() -> None:
    with pytest.raises(CommandError):
        call_command("receive_mail")


def test_serve_runs_it_where_replies_are_read(settings) -> None:
    settings.INBOUND_EMAIL_ADDRESS = ""
    assert "replies" not in [child.name for child in children_for(OPTIONS)]
    settings.INBOUND_EMAIL_ADDRESS = "replies@example.org"
    (replies,) = [child for child in children_for(OPTIONS) if child.name == "replies"]
    assert replies.run.args == ("receive_mail",)
