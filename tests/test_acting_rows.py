"""What acts is told by the row it changed, not by its answer: a GET in disguise answers 200, too."""

from typing import Any

import pytest
from django.db import transaction
from django.urls import reverse

from tests import acting, matrix, world
from tests.world import ROLES


@pytest.mark.django_db
@pytest.mark.parametrize("act", acting.PAGES, ids=lambda act: f"{act.name} {act.of}".strip())
def test_a_page_acts_for_these_roles_and_for_no_others(act: acting.Act, settings: Any) -> None:
    settings.RATE_LIMITS = False
    here = world.build()
    arguments = matrix.ARGUMENTS[act.of](here) if act.of else {}
    address, acted = reverse(act.name, kwargs=arguments), []
    for role in ROLES:
        client = here.client(role)
        with transaction.atomic():  # what one role changes is not there for the next
            act.prepare(here)
            before = act.reads(here)
            client.post(address, act.sends(here))
            if act.reads(here) != before:
                acted.append(role)
            transaction.set_rollback(True)
    assert tuple(acted) == act.by
