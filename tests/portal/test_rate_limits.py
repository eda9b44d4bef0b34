"""How often one address, one network and one mail address may register."""

from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from api import rate_limits as counted
from meetings.models import Meeting
from portal import rate_limits
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.django_db


def typed(number: int) -> dict[str, str]:
    return {"name": "Guest", "email": f"guest{number}@example.org", "company": "", "language": "en"}


def states(meeting: Meeting) -> Counter[str]:
    return Counter(meeting.registrations.values_list("state", flat=True))


def test_sixty_guests_of_one_network_do_not_fill_a_meeting_for_forty(settings: Any) -> None:
    settings.RATE_LIMITS, settings.REDIS_URL = True, ""
    meeting = factories.meeting(capacity=40, starts_at=NOW + timedelta(days=10))
    address = reverse("register", args=[meeting.pk])
    with time_machine.travel(NOW, tick=False):
        counted.memory_limiter.cache_clear()
        answers = [
            Client(REMOTE_ADDR=f"203.0.113.{number}").post(address, typed(number)) for number in range(60)
        ]
        assert Counter(answer.status_code for answer in answers) == {302: 25, 429: 35}
        assert states(meeting) == {"confirmed": 25}
        assert 'value="guest59@example.org"' in answers[59].content.decode()
        assert "Sign in to register now" in answers[59].content.decode()
        colleague = Client(REMOTE_ADDR="203.0.113.77")
        colleague.force_login(factories.member())
        assert colleague.post(address, {"language": "en"}).status_code == 302
        elsewhere = Client(REMOTE_ADDR="198.51.100.1").post(address, typed(90))
        assert elsewhere.status_code == 302
    assert states(meeting) == {"confirmed": 27}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.9", "203.0.113.0/24"),
        ("::ffff:203.0.113.9", "203.0.113.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("", ""),
    ],
)
def test_the_network_of_an_address(address: str, network: str) -> None:
    assert rate_limits.network_of(address) == network
