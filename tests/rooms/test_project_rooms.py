"""A project's live room follows its members: roles at once, and who is out is out."""

from collections.abc import Callable
from typing import Any

from asgiref.sync import sync_to_async
from django.utils import timezone

from companies.models import Person
from meetings.access import Visitor
from projects import acting, agreeing, creating, joining
from projects.models import ProjectRoom, Role
from tests import factories
from tests.rooms.conftest import WITH_REDIS, Join

WITHIN = 2.0  # seconds


def made() -> tuple[ProjectRoom, Person, Person]:
    lead, member = factories.member(), factories.member()
    assert lead.company is not None
    assert member.company is not None
    companies = [lead.company, member.company]
    room = creating.create_project_room(
        by=lead, title={"en": "Collectors"}, purpose={}, companies=companies, now=timezone.now()
    )
    return room, lead, member


@WITH_REDIS
async def test_roles_terms_and_removal_reach_people_who_are_in_the_room(join: Join) -> None:
    room, lead, member = await sync_to_async(made)()
    there, here = await join(room.room, member), await join(room.room, lead)

    async def does(flow: Callable[..., Any], **given: Any) -> None:
        given = {"project": room, "by": Visitor(lead), "now": timezone.now(), **given}
        await sync_to_async(flow)(**given)

    await does(acting.write_action, content=acting.ActionInput(text="Ask for the depths"))
    assert set(await there.receives("project.changed", WITHIN)) == {"ev"}
    await there.does("chat.send", text="Before")
    await does(joining.change_role, person=member, role=Role.READER)
    changed = await there.receives("you", WITHIN)
    assert {"chat.list", "ping"} <= set(changed["you"]["may"])
    assert not {"chat.send", "question.ask", "poll.vote", "reaction.send"} & set(changed["you"]["may"])
    assert (await there.asks("chat.send", text="After"))["error"] == "not_allowed"
    await there.does("chat.list", before=99)
    await does(agreeing.write_terms, text={"en": "Tell nobody."}, expected=0)
    assert await there.closed_with(WITHIN) == 4401
    await here.does("ping")  # who wrote them has accepted them
    await does(agreeing.accept_terms, version=1, by=Visitor(member))
    again = await join(room.room, member)
    await does(joining.remove_person, person=member)
    assert await again.closed_with(WITHIN) == 4401
    await here.does("chat.send", text="Still here")
