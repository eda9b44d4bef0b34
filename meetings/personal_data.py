"""The personal data of meetings: registrations, roles, hosted meetings; and what ends when somebody leaves."""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from companies import erasing
from companies.ids import new_id
from companies.languages import in_language
from companies.models import Person
from companies.personal_data import (
    Column,
    Export,
    Obstacle,
    RetentionRule,
    register,
    register_impersonal,
    register_leaving,
    register_obstacles,
    register_retention,
)
from companies.retention import delete_in_batches, months_before
from meetings import access, anonymising, registering, scheduling, signals
from meetings.access import HOST_ROLES
from meetings.models import (
    CalendarReply,
    ConfirmationRequest,
    Invitation,
    Meeting,
    MeetingRole,
    Programme,
    Registration,
    RegistrationQuestion,
    Series,
)
from meetings.models.meeting import MeetingQuerySet, not_over
from meetings.models.registration import RegistrationQuerySet
from meetings.registration_states import UnableToWithdraw

LINK_OF_ITS_OWN = "whoever has it could act as the person"
MOST_NAMED = 20  # meetings that stand in the way, listed at once
GUESTS_PER_RUN = 2_000


def register_all() -> None:
    _register_tables()
    register_impersonal("made by the secretariat", Programme)
    register_impersonal("a rule of dates", Series)
    register_impersonal("what a host asks", RegistrationQuestion)
    register_obstacles(meetings_without_another_host)
    register_leaving(leave_meetings)
    register_retention(RetentionRule("guests", erase_old_guests))
    register_retention(RetentionRule("calendar replies", delete_old_calendar_replies))
    register_retention(RetentionRule("attendance", anonymising.anonymise_old_meetings))


# What a host typed and did. The rest of the row is settings of the meeting, whatever fields it gets.
MEETING_COLUMNS = (
    *("id", "kind", "state", "title", "description", "starts_at", "ends_at", "timezone"),
    *("programme", "host_company", "languages", "address", "capacity", "visibility"),
    *("created_at", "published_at", "started_at", "ended_at", "cancelled_at", "cancel_reason"),
)


def _register_tables() -> None:
    register(
        Meeting,
        "hosted_meetings",
        export=Export(
            rows=lambda person: Meeting.objects.filter(host=person).select_related(
                "programme", "host_company"
            ),
            columns=MEETING_COLUMNS,
            title=gettext_lazy("Meetings that you host"),
        ),
        why_not_erased="the meeting belongs to those who came; its host becomes a row without name and address",
        without=dict.fromkeys(
            {field.name for field in Meeting._meta.local_concrete_fields} - set(MEETING_COLUMNS),
            "a setting of the meeting",
        ),
    )
    register(
        MeetingRole,
        "roles",
        export=Export(
            rows=lambda person: MeetingRole.objects.filter(person=person).select_related("meeting"),
            columns=[
                Column("meeting", gettext_lazy("meeting")),
                Column("role", gettext_lazy("Role")),
                Column("starts_at", gettext_lazy("starts at"), lambda row: row.meeting.starts_at),
            ],
            title=gettext_lazy("Your roles in meetings"),
        ),
        erase=lambda person, _now: MeetingRole.objects.filter(person=person).delete(),
        without={"person": "the person"},
    )
    register(
        Registration,
        "registrations",
        export=Export(
            rows=lambda person: Registration.objects.filter(person=person).select_related(
                "meeting", "company"
            ),
            columns=[
                *("id", "meeting"),
                Column("starts_at", gettext_lazy("starts at"), lambda row: row.meeting.starts_at),
                *("state", Column("name", pgettext_lazy("of a person", "name")), "company", "company_name"),
                *("country", "language", "timezone", "answers", "registered_at", "confirmed_at"),
                *("offered_until", "verified_at", "verify_by", "resent_at", "cancelled_at"),
            ],
        ),
        erase=erase_registrations,
        without={"person": "the person", "link_key": LINK_OF_ITS_OWN},
    )
    register(
        Invitation,
        "invitations",
        export=Export(
            rows=lambda person: Invitation.objects.filter(person=person).select_related("meeting", "company"),
            columns=[
                *("id", "meeting"),
                Column("starts_at", gettext_lazy("starts at"), lambda row: row.meeting.starts_at),
                *("state", Column("name", pgettext_lazy("of a person", "name")), "company", "company_name"),
                *("language", "timezone", "invited_at", "sent_at", "answered_at", "withdrawn_at"),
            ],
            title=gettext_lazy("Invitations to you"),
        ),
        # Their answer would mean nothing without a name, and no figure counts it.
        erase=lambda person, _now: Invitation.objects.filter(person=person).delete(),
        without={
            "person": "the person",
            "link_key": LINK_OF_ITS_OWN,
            "by_company": "whether the host chose the company, not the address",
            "invited_by": "another person",
            "times_sent": "how it is sent",
        },
    )
    register(
        CalendarReply,
        "calendar_replies",
        export=Export(
            rows=lambda person: CalendarReply.objects.filter(person=person).select_related("meeting"),
            columns=[
                *("meeting", "answer", "outcome", "attendee", "comment", "delegated_to"),
                *("proposed_starts_at", "proposed_ends_at", "declined_at"),
                *("stamped_at", "received_at"),
            ],
            title=gettext_lazy("Replies from your calendar"),
        ),
        erase=lambda person, _now: CalendarReply.objects.filter(person=person).delete(),
        without={"person": "the person", "sequence": "how calendar programs number their events"},
    )
    register(
        ConfirmationRequest,
        "confirmation_requests",
        why_not_exported="kept for seconds, until a worker has looked whether the address is registered",
        erase=lambda person, _now: ConfirmationRequest.objects.filter(email=person.email).delete(),
    )


# ---- before an account is erased --------------------------------------------------------------------------


def meetings_without_another_host(person: Person, now: datetime) -> Iterable[Obstacle]:
    """Published meetings still to come, of which nobody else is host or co-host."""
    alone = _hosted_ahead(person, now).published().exclude(_with_another_host(person)).order_by("starts_at")
    count = alone.count()
    if count:
        message = ngettext(
            "You are the only host of %(count)d upcoming meeting. Name a co-host or cancel it first.",
            "You are the only host of %(count)d upcoming meetings. Name a co-host for each or cancel them first.",
            count,
        )
        links = [
            (in_language(each.title), reverse("host_meeting", args=[each.pk])) for each in alone[:MOST_NAMED]
        ]
        yield Obstacle(message % {"count": count}, links)


def _hosted_ahead(person: Person, now: datetime) -> MeetingQuerySet:
    return Meeting.objects.filter(not_over(now), host=person).exclude(state=Meeting.State.CANCELLED)


def _with_another_host(person: Person) -> Exists:
    others = MeetingRole.objects.filter(
        meeting=OuterRef("pk"), role__in=HOST_ROLES, person__is_active=True
    ).exclude(person=person)
    return Exists(others)


# ---- leaving ---------------------------------------------------------------------------------------------


def leave_meetings(person: Person, now: datetime, _is_notified: bool) -> None:  # noqa: FBT001 - a step of leaving
    """Meetings get another host, drafts are discarded, seats go to the waitlist, calendar events are cancelled.

    The account is closed already, so that nobody counts the person as one to be told of meetings.
    """
    _discard_drafts(person, now)
    _hand_over_meetings(person, now)
    _leave_stages(person, now)
    for registration in _registrations_ahead(person, now).order_by("meeting_id"):
        try:
            registering.withdraw(registration=registration, now=now)
        except UnableToWithdraw:  # it ended or was withdrawn meanwhile
            continue


def _discard_drafts(person: Person, now: datetime) -> None:
    drafts = Meeting.objects.filter(host=person, state=Meeting.State.DRAFT)
    for meeting in drafts.exclude(_with_another_host(person)).order_by("pk"):
        scheduling.discard_draft(meeting=meeting, now=now)


def _hand_over_meetings(person: Person, now: datetime) -> None:
    for meeting in _hosted_ahead(person, now).order_by("pk").select_for_update(of=["self"], no_key=True):
        others = meeting.roles.filter(role__in=HOST_ROLES, person__is_active=True).exclude(person=person)
        role = others.order_by("pk").first()
        if role is not None:
            meeting.host_id = role.person_id
            meeting.save(update_fields=["host"])


def _leave_stages(person: Person, now: datetime) -> None:
    """Also meetings of their project rooms, which stand in their calendar."""
    on_stage = Q(Exists(MeetingRole.objects.filter(meeting=OuterRef("pk"), person=person)))
    in_project = Q(room__in=access.project_rooms(access.Visitor(person)).values("pk"))
    concerned = Meeting.objects.published().filter(not_over(now)).exclude(state=Meeting.State.CANCELLED)
    for meeting in concerned.filter(on_stage | in_project).distinct().order_by("pk"):
        meeting.roles.filter(person=person).delete()
        signals.stage_left.send(Meeting, meeting=meeting, people={person.pk}, now=now)


def _registrations_ahead(person: Person, now: datetime) -> RegistrationQuerySet:
    """A live meeting goes on without them, and their presence in it counts."""
    ahead = Meeting.objects.filter(not_over(now)).exclude(
        state__in=[Meeting.State.LIVE, Meeting.State.CANCELLED]
    )
    return Registration.objects.active().filter(person=person, meeting__in=ahead)


def erase_registrations(person: Person, _now: datetime) -> None:
    """Active ones stay for the figures of their meetings, by company and country; cancelled ones go."""
    own = Registration.objects.filter(person=person)
    own.filter(state=Registration.State.CANCELLED, notifications__isnull=True).delete()
    for registration in own.exclude(name="", answers={}):
        registration.name, registration.answers = "", {}
        registration.link_key = new_id()  # the personal link is void
        registration.save(update_fields=["name", "answers", "link_key"])


# ---- retention -------------------------------------------------------------------------------------------


def erase_old_guests(now: datetime, limit: int) -> int:
    """People who never signed in and get no newsletter, nor did, nor had a meeting, within RETENTION_GUEST_MONTHS."""
    cutoff = months_before(now, settings.RETENTION_GUEST_MONTHS)
    guests = list(old_guests(cutoff)[: min(limit, GUESTS_PER_RUN)])
    erased = 0
    for person in guests:
        try:
            erasing.erase_person(person=person, now=now, is_notified=False)
        except erasing.UnableToErase:
            continue
        erasing.delete_unneeded(person=person)
        erased += 1
    return erased


def old_guests(cutoff: datetime) -> QuerySet[Person]:
    """Oldest first; those who came since are found by their registrations, roles and project rooms."""
    guests = Person.objects.filter(
        erased_at__isnull=True,
        last_login__isnull=True,
        company__isnull=True,
        is_secretariat=False,
        wants_newsletter=False,
        created_at__lt=cutoff,
    ).exclude(newsletter_off_at__gte=cutoff)
    since = Q(meeting__ends_at__gte=cutoff)
    registered = Registration.objects.filter(since | Q(registered_at__gte=cutoff), person=OuterRef("pk"))
    on_stage = MeetingRole.objects.filter(since, person=OuterRef("pk"))
    invited = Invitation.objects.filter(since | Q(invited_at__gte=cutoff), person=OuterRef("pk"))
    hosted = Meeting.objects.filter(host=OuterRef("pk"), ends_at__gte=cutoff)
    came_since = Exists(registered) | Exists(on_stage) | Exists(invited) | Exists(hosted)
    in_a_project = Q(pk__in=access.memberships().guests().values("pk"))
    return guests.exclude(came_since | in_a_project).order_by("created_at", "pk")


def delete_old_calendar_replies(now: datetime, limit: int) -> int:
    """As long as what is known of emails; those of a meeting still to come stay."""
    old = CalendarReply.objects.filter(received_at__lt=months_before(now, settings.RETENTION_EMAIL_MONTHS))
    return delete_in_batches(old.exclude(meeting__ends_at__gt=now).order_by("received_at", "pk"), limit)
