"""One running product for all end-to-end tests: PostgreSQL, Redis, SMTP, two web processes, worker and scheduler."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests import stack as product
from tests.stack import Stack


@pytest.fixture(scope="package")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with product.running(tmp_path_factory.mktemp("product")) as running:
        yield running


@dataclass
class Host:
    """A member of a company with a token for everything."""

    stack: Stack
    email: str
    token: str

    def api(self, method: str, path: str, body: Any = None) -> Any:
        return self.stack.api(self.token, method, path, body)

    def schedule(self, **fields: Any) -> Any:
        asked = {
            "title": {"en": "Heat from harbour water"},
            "starts_at": "2030-01-10T10:00",
            "languages": ["en"],
            **fields,
        }
        return self.api("POST", "/meetings", asked)

    def register(self, meeting: str, email: str, **fields: Any) -> Any:
        asked = {"email": email, "name": "Rasa Petrauskienė", "timezone": "Europe/Vilnius", **fields}
        return self.api("POST", f"/meetings/{meeting}/registrations", asked)


def make_host(stack: Stack, email: str, zone: str = "Europe/Stockholm") -> Host:
    stack.python(
        "from tests import factories\n"
        f"factories.person(email={email!r}, name='Rūta Host', timezone={zone!r}, "
        f"company=factories.company(slug={email.split('@', maxsplit=1)[0]!r}))"
    )
    return Host(stack, email, stack.manage("api_token", email, "--scope", "all").splitlines()[-1])


@pytest.fixture(scope="package")
def host(stack: Stack) -> Host:
    return make_host(stack, "host@example.org")
