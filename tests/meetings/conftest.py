import pytest

from meetings import scheduling
from tests import factories
from tests.meetings.inputs import details


@pytest.fixture
def host():
    return factories.member(name="Rasa Petrauskienė", timezone="Europe/Vilnius")


@pytest.fixture
def client_of(client):
    def signed_in(person):
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def page(client_of, host):
    return client_of(host)


@pytest.fixture
def meeting(host):
    return scheduling.schedule_meeting(host=host, details=details(), now=factories.NOW)
