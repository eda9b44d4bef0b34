"""A meeting, and the people who have a role in it."""

from datetime import datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from django.apps import apps
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Count, Exists, F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from companies import zones
from companies.ids import new_id
from companies.languages import LanguageTextField, in_language
from companies.model_fields import LineField, ProseField
from companies.models import Company, Person
from companies.models.person import default_timezone
from companies.pictures import PictureField
from meetings.models.programme import COVER_RATIO, COVER_SIDE, SMALL_COVER_SIDE, Programme
from meetings.models.series import Series
from rooms.models import Presence, Room

DEFAULT_REMINDERS = (24 * 60, 60, 10)  # minutes before the start
EMPTY_FOR = timedelta(minutes=10)  # after which a live meeting that everybody has left ends automatically
OVERRUN = timedelta(minutes=30)  # how long a meeting may go on beyond its planned or extended end


def default_reminders() -> list[int]:
    return list(DEFAULT_REMINDERS)


def not_over(now: datetime) -> Q:
    """Meetings in any state, also cancelled ones, that are live or whose planned end is still to come."""
    return Q(state=Meeting.State.LIVE) | (~Q(state=Meeting.State.ENDED) & Q(ends_at__gt=now))


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def published(self) -> Self:
        """All but drafts."""
        return self.exclude(state=Meeting.State.DRAFT)

    def upcoming(self, now: datetime) -> Self:
        """Published and not over, soonest first; a live meeting that runs past its planned end is not over."""
        not_over = Q(state=Meeting.State.LIVE) | Q(state=Meeting.State.SCHEDULED, ends_at__gt=now)
        return self.filter(not_over).order_by("starts_at", "pk")

    def past(self, now: datetime) -> Self:
        return self.filter(
            Q(state=Meeting.State.ENDED) | Q(state=Meeting.State.SCHEDULED, ends_at__lte=now)
        ).order_by("-starts_at", "pk")

    def due_to_end(self, now: datetime) -> Self:
        """Open ones that end automatically: over for OVERRUN, or empty for EMPTY_FOR; see `closing`."""
        return self._overran(now) | self._empty_since_long(now)

    def _overran(self, now: datetime) -> Self:
        return self.filter(
            Q(extended_until__isnull=True) | Q(extended_until__lte=now - OVERRUN),
            state__in=Meeting.OPEN_STATES,
            ends_at__lte=now - OVERRUN,
        )

    def _empty_since_long(self, now: datetime) -> Self:
        """Online and live; somebody was in the room or a breakout room since the start, and for EMPTY_FOR nobody is."""
        rooms = Room.objects.filter(Q(pk=OuterRef(OuterRef("room"))) | Q(parent=OuterRef(OuterRef("room"))))
        in_room = Presence.objects.filter(room__in=rooms.values("pk"))
        left = in_room.filter(left_at__gte=OuterRef("started_at"))
        return self.filter(
            Exists(left),
            ~Exists(in_room.filter(left_at__isnull=True)),
            ~Exists(left.filter(left_at__gt=now - EMPTY_FOR)),
            state=Meeting.State.LIVE,
            format=Meeting.Format.ONLINE,
            starts_at__lte=now - EMPTY_FOR,
        )

    def with_seats_taken(self) -> Self:
        """With the annotation `seats_taken`."""
        seated = apps.get_model("meetings", "Registration").objects.seated()
        taken = seated.filter(meeting=OuterRef("pk")).order_by().values("meeting")
        return self.annotate(seats_taken=Coalesce(Subquery(taken.annotate(n=Count("pk")).values("n")), 0))

    def overlapping(self, starts_at: datetime, ends_at: datetime) -> Self:
        return self.filter(state__in=Meeting.OPEN_STATES, starts_at__lt=ends_at, ends_at__gt=starts_at)


class Meeting(models.Model):
    class Kind(models.TextChoices):
        WEBINAR = "webinar", _("webinar")
        LECTURE = "lecture", _("lecture")
        PROJECT_MEETING = "project_meeting", _("project meeting")
        CONFERENCE_SESSION = "conference_session", _("conference session")
        SITE_VISIT = "site_visit", _("study visit")

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SCHEDULED = "scheduled", _("scheduled")
        LIVE = "live", _("live")
        ENDED = "ended", _("ended")
        CANCELLED = "cancelled", _("cancelled")

    class Format(models.TextChoices):
        ONLINE = "online", _("online")
        ON_SITE = "on_site", _("on site")
        BOTH = "both", _("online and on site")

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("anyone")
        MEMBERS = "members", _("companies in the cluster")
        INVITED = "invited", _("invited people only")

    class RegistrationMode(models.TextChoices):
        OPEN = "open", pgettext_lazy("of registration", "open")
        APPROVAL = "approval", _("the host approves")
        CLOSED = "closed", pgettext_lazy("of registration", "closed")

    OPEN_STATES = (State.SCHEDULED, State.LIVE)

    id = models.CharField(primary_key=True, max_length=16, default=new_id, editable=False)
    uid = models.CharField(
        max_length=120, unique=True, editable=False, help_text="iCalendar UID (RFC 5545 3.8.4.7): for life"
    )
    revision = models.PositiveIntegerField(default=0, help_text="iCalendar SEQUENCE (RFC 5545 3.8.7.4)")
    kind = models.CharField(_("type"), max_length=24, choices=Kind.choices)
    state = models.CharField(_("status"), max_length=12, choices=State.choices, default=State.DRAFT)
    title = LanguageTextField(_("title"))
    description = LanguageTextField(_("description"), prose=True, blank=True)
    cover = PictureField(
        _("cover"),
        upload_to="covers/",
        blank=True,
        side=COVER_SIDE,
        ratio=COVER_RATIO,
        small_side=SMALL_COVER_SIDE,
    )
    cover_text = LanguageTextField(_("the cover in words"), blank=True)
    programme = models.ForeignKey(
        Programme,
        verbose_name=_("programme"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="meetings",
    )
    series = models.ForeignKey(
        Series,
        verbose_name=_("series"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
    )
    series_position = models.PositiveSmallIntegerField(_("number in the series"), null=True, blank=True)
    host = models.ForeignKey(
        Person, verbose_name=_("host"), on_delete=models.PROTECT, related_name="hosted_meetings"
    )
    host_company = models.ForeignKey(
        Company,
        verbose_name=_("host company"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="hosted_meetings",
    )
    room = models.ForeignKey(
        "rooms.Room", verbose_name=_("room"), on_delete=models.PROTECT, related_name="meetings"
    )

    # The instant counts. Zone and local time are kept, so that a later change of the zone's rules can be followed.
    starts_at = models.DateTimeField(_("starts at"))
    ends_at = models.DateTimeField(_("ends at"))
    timezone = models.CharField(_("time zone"), max_length=64, default=default_timezone)
    local_day = models.DateField()
    local_time = models.TimeField()

    languages = models.JSONField(_("languages"), default=list)
    interpreted_into = models.JSONField(_("interpretation languages"), default=list, blank=True)
    interpretation_how = LineField(_("how to listen to the interpretation"), max_length=300, blank=True)
    format = models.CharField(
        _("meeting format"), max_length=8, choices=Format.choices, default=Format.ONLINE
    )
    address = ProseField(_("place"), blank=True)
    capacity = models.PositiveIntegerField(
        _("seats"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    visibility = models.CharField(
        _("visibility"), max_length=8, choices=Visibility.choices, default=Visibility.PUBLIC
    )
    registration = models.CharField(
        pgettext_lazy("how people register", "registration"),
        max_length=8,
        choices=RegistrationMode.choices,
        default=RegistrationMode.OPEN,
    )
    reminders = models.JSONField(
        _("reminders"), default=default_reminders, blank=True, help_text=_("Minutes before the start.")
    )
    record = models.BooleanField(_("will be recorded"), default=False)
    lobby = models.BooleanField(_("has a waiting room"), default=False)
    replies_to_host = models.BooleanField(
        _("replies go to the host"),
        default=False,
        help_text=_("Recipients then see the host’s email address."),
    )
    follow_ups = models.BooleanField(
        _("people are written to afterwards"),
        default=True,
        help_text=_("Thanks to those who attended, and the recording to those who did not."),
    )

    created_at = models.DateTimeField(_("created at"))
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)
    changed_at = models.DateTimeField(_("last changed"), null=True, blank=True, editable=False)
    started_at = models.DateTimeField(_("started at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended at"), null=True, blank=True)
    extended_until = models.DateTimeField(_("extended until"), null=True, blank=True)
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True, blank=True)
    cancel_reason = ProseField(_("reason for cancelling"), blank=True)
    anonymised_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="since then its attendance names nobody"
    )

    objects = MeetingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at"]
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        indexes = [
            models.Index(fields=["state", "starts_at"], name="meeting_by_state_and_start"),
            models.Index(fields=["room", "starts_at"], name="meeting_by_room_and_start"),
            # For the periodic task, however many anonymised meetings there are.
            models.Index(
                fields=["ends_at"], condition=Q(anonymised_at__isnull=True), name="meeting_to_anonymise"
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")), name="meeting_ends_after_it_starts"
            ),
            models.CheckConstraint(
                condition=Q(capacity__isnull=True) | Q(capacity__gte=1), name="meeting_has_room_for_one"
            ),
            models.CheckConstraint(
                condition=~Q(state="live") | Q(started_at__isnull=False), name="live_meeting_has_started"
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")),
                name="meeting_ended_after_it_started",
            ),
            models.CheckConstraint(
                condition=Q(series__isnull=True, series_position__isnull=True)
                | Q(series__isnull=False, series_position__isnull=False),
                name="meeting_of_a_series_has_a_position",
            ),
            models.UniqueConstraint(
                fields=["room"], condition=Q(state="live"), name="one_live_meeting_per_room"
            ),
        ]

    def __str__(self) -> str:
        return str(in_language(self.title))

    def get_absolute_url(self) -> str:
        return reverse("meeting", args=[self.pk])

    @property
    def cover_address(self) -> str:
        return reverse("meeting_cover", args=[self._cover_name]) if self.cover.name else ""

    @property
    def small_cover_address(self) -> str:
        return reverse("small_meeting_cover", args=[self._cover_name]) if self.cover.name else ""

    @property
    def _cover_name(self) -> str:
        return str(self.cover.name).removeprefix("covers/")

    @property
    def zone(self) -> ZoneInfo:
        return zones.zone(self.timezone)

    @property
    def duration(self) -> timedelta:
        return self.ends_at - self.starts_at

    @property
    def duration_minutes(self) -> int:
        return int(self.duration.total_seconds() // 60)

    @property
    def planned_end(self) -> datetime:
        return max(self.ends_at, self.extended_until or self.ends_at)

    @property
    def closes_at(self) -> datetime:
        """When it ends automatically, even with people in the room, unless a host extends it."""
        return self.planned_end + OVERRUN

    @property
    def was_missed(self) -> bool:
        """Its time passed and nobody started it; an on-site meeting need not be started."""
        return self.state == self.State.ENDED and self.started_at is None and self.is_online

    @property
    def host_name(self) -> str:
        """The company's, else the person's; empty when neither has one: the email address is not shown."""
        return self.host_company.name if self.host_company else self.host.public_name

    @property
    def last_changed_at(self) -> datetime:
        """The last change that its readers see."""
        moments = (self.created_at, self.published_at, self.changed_at, self.cancelled_at)
        return max(moment for moment in moments if moment)

    def has_ended(self, *, now: datetime) -> bool:
        """Ended, or never started and past its planned end; a live meeting may run past it. As `past`, for one row."""
        return self.state == self.State.ENDED or (not self.is_live and self.ends_at <= now)

    @property
    def is_open(self) -> bool:
        return self.state in self.OPEN_STATES

    @property
    def is_live(self) -> bool:
        return self.state == self.State.LIVE

    @property
    def is_online(self) -> bool:
        return self.format != self.Format.ON_SITE

    @property
    def is_webinar(self) -> bool:
        """Only people on stage send audio and video; everybody else listens."""
        return self.kind in {self.Kind.WEBINAR, self.Kind.LECTURE, self.Kind.CONFERENCE_SESSION}

    @staticmethod
    def new_uid(meeting_id: str) -> str:
        return f"{meeting_id}@{settings.SITE_HOST}"


class MeetingRole(models.Model):
    """A person without a role in the meeting is an attendee."""

    class Role(models.TextChoices):
        HOST = "host", _("host")
        CO_HOST = "co_host", _("co-host")
        SPEAKER = "speaker", _("speaker")
        INTERPRETER = "interpreter", _("interpreter")
        CAPTIONER = "captioner", _("captioner")
        ATTENDEE = "attendee", _("attendee")

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="roles")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="meeting_roles")
    role = models.CharField(max_length=12, choices=Role.choices)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["meeting", "person"], name="one_stage_role_per_person_and_meeting"
            )
        ]

    def __str__(self) -> str:
        return f"{self.person}, {self.get_role_display()}"
