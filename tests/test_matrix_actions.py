"""Actions are tested by the rows they change, not by their status: a GET in disguise would answer 200, too."""

import pytest
from django.db import transaction
from django.urls import reverse

from tests import matrix, matrix_actions
from tests.test_permission_matrix import built, call, here, token_for
from tests.world import ROLES, World

__all__ = ["built", "here"]  # fixtures


@pytest.mark.parametrize("act", matrix_actions.PAGES, ids=lambda act: f"{act.name} {act.of}".strip())
def test_a_page_acts_for_these_roles_and_for_no_others(act: matrix_actions.Action, here: World) -> None:
    arguments = matrix.ARGUMENTS[act.of](here) if act.of else {}
    address, acted = reverse(act.name, kwargs=arguments), []
    for role in ROLES:
        client = here.client(role)
        with transaction.atomic():  # the changes of one role are rolled back for the next
            act.prepare(here)
            before = act.reads(here)
            client.post(address, act.sends(here))
            if act.reads(here) != before:
                acted.append(role)
            transaction.set_rollback(True)
    assert tuple(acted) == act.by


def test_every_page_that_takes_a_post_is_known_to_act_or_not_to() -> None:
    posted = {row.name for row in matrix.PAGES if row.method == "POST"}
    assert (
        posted
        == {act.name for act in matrix_actions.PAGES}
        | matrix_actions.HELD_ELSEWHERE
        | matrix_actions.WRITE_NOTHING
    )


CHANGING = [
    row
    for row in matrix.OPERATIONS
    if row.method in {"POST", "PATCH", "DELETE"}
    and not row.path.endswith(("/tickets", "/uploads/{upload_id}"))
]


@pytest.mark.parametrize("row", CHANGING, ids=lambda row: f"{row.method} {row.path}")
def test_an_operation_that_succeeds_has_written_and_one_that_refuses_has_not(
    row: matrix.Operation, here: World
) -> None:
    for role, status in zip(matrix.CALLERS, row.answers, strict=True):
        with transaction.atomic():
            token = token_for(here, role, row.scope)
            before = matrix_actions.everything()
            assert call(here, row, token) == status
            assert (matrix_actions.everything() != before) is (200 <= status < 300), role
            transaction.set_rollback(True)
