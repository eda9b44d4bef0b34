"""What log lines contain, and what they leave out."""

import logging
import re
import sys

import pytest
from django.urls import get_resolver

from engagement.realtime_text import linking
from engagement.realtime_text.models import CaptionLink
from tests.test_methods import views
from webinar_service.logs import WithoutTraceOfRefusals, without_secrets

SECRET = re.compile(r"<(?:\w+:)?(?:token|secret|ticket)>")  # what such arguments are called


@pytest.mark.parametrize(
    ("logger", "level", "has_trace"),
    [
        ("django.request", logging.WARNING, False),
        ("django.request", logging.ERROR, True),
        ("recordings", logging.WARNING, True),
    ],
)
def test_a_refusal_is_one_line_and_a_failure_keeps_its_trace(
    logger: str, level: int, has_trace: bool
) -> None:
    try:
        raise PermissionError("not theirs")
    except PermissionError:
        record = logging.LogRecord(logger, level, __file__, 1, "Forbidden", (), sys.exc_info())
    assert WithoutTraceOfRefusals().filter(record)
    assert bool(record.exc_info) is has_trace


def test_the_address_of_captions_is_not_in_the_log() -> None:
    token = linking.token_of(CaptionLink(room_id="room", meeting="meeting", language="sv"))
    event = {"request": f"POST /captions/{token}/", "other": "GET /recordings/abc/captions/sv.vtt"}
    assert without_secrets(None, "info", event) == {
        "request": "POST /captions/…/",
        "other": "GET /recordings/abc/captions/sv.vtt",
    }


def test_no_address_with_a_secret_is_in_the_log() -> None:
    secret, found = "s" * 64, []
    for path, _view in views(get_resolver().url_patterns):
        request = "GET /" + SECRET.sub(secret, path)
        if secret in request:
            assert secret not in without_secrets(None, "info", {"request": request})["request"]
            found.append(path.partition("<")[0])
    assert {"newsletter/", "captions/", "j/", "slides/"} <= set(found)
