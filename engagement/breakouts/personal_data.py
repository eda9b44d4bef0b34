"""Personal data of breakout rooms: who was assigned to which group, and what hosts announced."""

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import (
    Column,
    Export,
    RetentionRule,
    register,
    register_impersonal,
    register_retention,
)
from companies.retention import delete_in_batches, months_before
from engagement.breakouts.messages import BreakoutAnnounced
from engagement.breakouts.models import (
    BreakoutAssignment,
    BreakoutGroup,
    BreakoutReservation,
    BreakoutRound,
)
from rooms.messages import message_name
from rooms.models import RoomEvent

ANNOUNCED = message_name(BreakoutAnnounced)


def register_all() -> None:
    register(
        BreakoutAssignment,
        "breakout_rooms",
        export=Export(
            rows=lambda person: BreakoutAssignment.objects.filter(participant__person=person).select_related(
                "group__room"
            ),
            columns=[
                Column("group", _("group"), lambda row: row.group.room.group_name),
                "assigned_at",
                "help_asked_at",
            ],
            title=_("Breakout rooms that you were assigned to"),
        ),
        erase=lambda person, _now: BreakoutAssignment.objects.filter(participant__person=person).delete(),
        without={"participant": "the person", "round": "the group is one of its groups"},
    )
    register(
        BreakoutReservation,
        "planned_breakout_groups",
        export=Export(
            rows=lambda person: BreakoutReservation.objects.filter(person=person).select_related(
                "group__room"
            ),
            columns=[Column("group", _("group"), lambda row: row.group.room.group_name)],
            title=_("Breakout rooms that were planned for you"),
        ),
        erase=lambda person, _now: BreakoutReservation.objects.filter(person=person).delete(),
        without={"person": "the person", "round": "the group is one of its groups"},
    )
    register_impersonal("groups and their names", BreakoutRound, BreakoutGroup)
    register_retention(RetentionRule("breakout_rooms", delete_old_rounds))


def erase_announcements(person: Person, _now: datetime) -> None:
    for row in RoomEvent.objects.filter(person=person, ev=ANNOUNCED).iterator():
        row.payload = {**row.payload, "text": ""}
        row.save(update_fields=["payload"])


def delete_old_rounds(now: datetime, limit: int) -> int:
    """With their assignments, after as long as the chat is kept. The rooms stay: attendance names the groups."""
    cutoff = months_before(now, settings.RETENTION_CHAT_MONTHS)
    old = BreakoutRound.objects.filter(created_at__lt=cutoff, state=BreakoutRound.State.CLOSED)
    return delete_in_batches(old.order_by("created_at"), limit)
