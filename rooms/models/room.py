"""A live room, its participants, their presences, and its durable events."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

from django.db import connection, models
from django.db.models import Count, F, Max, Q
from django.db.models.functions import Coalesce
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from companies.ids import new_id
from companies.model_fields import CleanJSONField, LineField
from companies.models import Company, Person

LONGEST_LABEL = 40  # characters of a group's name


def numbered_group(number: int) -> str:
    """What a group without a name of its own is called, in the active language."""
    return gettext("Group {n}").format(n=number)


class RoomQuerySet(models.QuerySet["Room"]):
    def with_breakouts(self, rooms: Iterable[str]) -> Self:
        """These rooms and their breakout rooms: who is in one of those is in the meeting."""
        ids = list(rooms)
        return self.filter(Q(pk__in=ids) | Q(parent__in=ids))


class Room(models.Model):
    """The room of one meeting, a permanent one of two or more companies (a project room), or a breakout room.

    A breakout room has a parent, the room that its people came from, and the number of their group. Its label is the
    name that a host gave the group, and empty for none.
    """

    class Kind(models.TextChoices):
        MEETING = "meeting", _("meeting room")
        PROJECT = "project", _("project room")
        BREAKOUT = "breakout", _("breakout room")

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    kind = models.CharField(_("type"), max_length=8, choices=Kind.choices, default=Kind.MEETING)
    companies = models.ManyToManyField(
        Company, verbose_name=_("companies"), blank=True, related_name="project_rooms"
    )
    created_at = models.DateTimeField(_("created at"))
    last_seq = models.PositiveBigIntegerField(default=0, help_text="number of the newest durable event")
    spotlight = models.ForeignKey(
        "Participant",
        verbose_name=_("person in the spotlight"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    stage_order = models.JSONField(
        default=list, editable=False, help_text="keys of participants, as hosts have put them on the stage"
    )
    locked_at = models.DateTimeField(_("locked since"), null=True, blank=True, editable=False)
    parent = models.ForeignKey(
        "self",
        verbose_name=_("main room"),
        null=True,
        blank=True,
        editable=False,
        on_delete=models.CASCADE,
        related_name="breakouts",
    )
    label = LineField(_("group"), max_length=LONGEST_LABEL, blank=True)
    number = models.PositiveSmallIntegerField(_("number"), null=True, blank=True, editable=False)

    objects = RoomQuerySet.as_manager()

    class Meta:
        verbose_name = _("room")
        verbose_name_plural = _("rooms")
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="breakout", parent__isnull=False) | (~Q(kind="breakout") & Q(parent=None)),
                name="breakout_rooms_have_a_parent",
            ),
            models.CheckConstraint(
                condition=~Q(kind="breakout") | ~Q(label="") | Q(number__isnull=False),
                name="breakout_rooms_have_a_name_or_a_number",
            ),
        ]

    def __str__(self) -> str:
        return self.pk

    @property
    def is_project_room(self) -> bool:
        return self.kind == self.Kind.PROJECT

    @property
    def is_breakout(self) -> bool:
        return self.kind == self.Kind.BREAKOUT

    @property
    def group_name(self) -> str:
        """As a host named the group, else its number, in the active language."""
        return self.label or numbered_group(self.number or 0)

    @property
    def is_occupied(self) -> bool:
        """Somebody is in it, or in a breakout room of it."""
        return Presence.objects.in_rooms([self.pk]).present().exists()

    def last_left_at(self, *, since: datetime) -> datetime | None:
        """When the last person left it and its breakout rooms, if that was after `since`."""
        left = Presence.objects.in_rooms([self.pk]).filter(left_at__gte=since)
        last: datetime | None = left.aggregate(last=Max("left_at"))["last"]
        return last


class Participant(models.Model):
    """A person in a room: admitted or not, on stage or not, hand raised or not."""

    class AdmissionStatus(models.TextChoices):
        WAITING = "waiting", _("in the waiting room")
        ADMITTED = "admitted", _("admitted")
        DENIED = "denied", _("denied")
        REMOVED = "removed", _("removed")

    room = models.ForeignKey(
        Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="participants"
    )
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="participations"
    )
    name = LineField(pgettext_lazy("of a person", "name"), max_length=120)
    company_name = LineField(_("company name"), max_length=120, blank=True)
    admission = models.CharField(_("status"), max_length=10, choices=AdmissionStatus.choices)
    on_stage = models.BooleanField(_("on stage"), default=False)
    hand_raised_at = models.DateTimeField(_("hand raised since"), null=True, blank=True)
    first_seen_at = models.DateTimeField(_("first joined at"))

    class Meta:
        verbose_name = _("participant")
        verbose_name_plural = _("participants")
        constraints = [
            models.UniqueConstraint(fields=["room", "person"], name="one_participant_per_person_and_room")
        ]

    def __str__(self) -> str:
        return self.name


class PresenceQuerySet(models.QuerySet["Presence"]):
    def present(self) -> Self:
        return self.filter(left_at__isnull=True)

    def in_rooms(self, rooms: Iterable[str]) -> Self:
        """In these rooms and their breakout rooms."""
        return self.filter(room__in=Room.objects.with_breakouts(rooms).values("pk"))


class Presence(models.Model):
    """The time that one connection is in a room. `seen_at` is renewed by the process that holds the connection."""

    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="presences")
    person = models.ForeignKey(
        Person, verbose_name=_("person"), on_delete=models.CASCADE, related_name="presences"
    )
    connection = models.CharField(max_length=32, unique=True)
    process = models.CharField(max_length=64, help_text="which process holds the connection")
    joined_at = models.DateTimeField(_("joined at"))
    seen_at = models.DateTimeField(_("last seen at"))
    left_at = models.DateTimeField(_("left at"), null=True, blank=True)

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        indexes = [
            models.Index(fields=["room", "person"], name="presence_by_room_and_person"),
            models.Index(
                fields=["seen_at"], condition=Q(left_at__isnull=True), name="open_presences_by_sign_of_life"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(left_at__isnull=True) | Q(left_at__gte=F("joined_at")),
                name="presence_leaves_after_it_joins",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person_id} in {self.room_id}"

    @classmethod
    def people_in(cls, rooms: Iterable[str]) -> Counter[str]:
        """How many people are present, by room; a person with two connections counts once, in a breakout room too."""
        here = cls.objects.present().in_rooms(rooms).order_by()
        by_room = here.annotate(main=Coalesce("room__parent", "room")).values_list("main")
        return Counter(dict(by_room.annotate(Count("person", distinct=True))))


class UsedTicket(models.Model):
    """A ticket that opened a connection, kept until its signature has expired."""

    id = models.CharField(primary_key=True, max_length=16)
    used_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.id

    @classmethod
    def insert_new(cls, tickets: Sequence[str], now: datetime) -> set[str]:
        """Inserts the new ones of these and returns them: `bulk_create(ignore_conflicts=True)` does not say which."""
        if not tickets:
            return set()
        table = connection.ops.quote_name(cls._meta.db_table)
        rows = ", ".join(["(%s, %s)"] * len(tickets))
        sql = f"INSERT INTO {table} (id, used_at) VALUES {rows} ON CONFLICT (id) DO NOTHING RETURNING id"  # noqa: S608 - a name of ours
        with connection.cursor() as cursor:
            cursor.execute(sql, [value for ticket in tickets for value in (ticket, now)])
            return {row[0] for row in cursor.fetchall()}


class RoomEvent(models.Model):
    """A durable event of a room: numbered without gaps, so that clients can ask for missed ones."""

    room = models.ForeignKey(Room, verbose_name=_("room"), on_delete=models.CASCADE, related_name="events")
    seq = models.PositiveBigIntegerField(_("number"))
    ev = models.CharField(_("event"), max_length=40)
    payload = CleanJSONField(_("content"), default=dict)
    person = models.ForeignKey(
        Person, verbose_name=_("person"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    at = models.DateTimeField(_("happened at"))
    audience = models.JSONField(
        null=True, editable=False, help_text="who gets it: people and whether hosts do; null for everybody"
    )
    client_id = models.CharField(
        max_length=36, blank=True, default="", editable=False, help_text="made by the client that said it"
    )

    class Meta:
        verbose_name = _("room event")
        verbose_name_plural = _("room events")
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="events_of_a_room_are_numbered"),
            models.UniqueConstraint(
                fields=["room", "client_id", "person"],
                condition=~Q(client_id=""),
                name="a_client_says_a_message_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.room_id} {self.seq} {self.ev}"
