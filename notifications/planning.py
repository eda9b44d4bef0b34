"""Turns events into outbox rows: recipients and due times. Runs in the transaction of the flow.

A row's dedupe key is unique for its person and kind, so that planning twice sends nothing twice.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, Subquery

from companies.models import Company, Person
from matchmaking.models import ContactRequest
from meetings.access import memberships
from meetings.models import CalendarReply, Invitation, Meeting, Registration
from meetings.recipients import (
    MailKind,
    Recipient,
    people_by_role,
    planned_mails,
    recipients,
    upcoming_reminders,
    without_other_role,
)
from notifications.models import (
    MAY_HAVE_BEEN_SENT,
    HostMessage,
    Newsletter,
    Notification,
    NotificationQuerySet,
)
from notifications.mornings import next_morning
from notifications.outbox_rows import (
    Addressee,
    addressee_of,
    all_addressees,
    delete_dropped,
    drop_rows,
    insert_for_each,
    insert_rows,
    move_reminders,
    new_row,
    new_row_for_each,
    plan_reminders,
    registered_addressee,
)
from projects.models import (
    Action,
    DatePoll,
    PartnerRequest,
    Post,
    PostEmails,
    ProjectDeletion,
    ProjectExport,
    ProjectRoom,
)

Kind, Reason = Notification.Kind, Notification.DropReason

ANSWERS = (Kind.CONFIRMATION, Kind.REQUESTED, Kind.WAITLISTED)
KIND_OF_STATE = {
    Registration.State.CONFIRMED: Kind.CONFIRMATION,
    Registration.State.PENDING: Kind.REQUESTED,
    Registration.State.WAITLISTED: Kind.WAITLISTED,
    Registration.State.OFFERED: Kind.OFFER,
}


# ---- the meeting -----------------------------------------------------------------------------------------


@transaction.atomic
def plan_invitations(*, meeting: Meeting, now: datetime) -> None:
    """Invites those on the stage and the people of a project room, once, and plans their reminders; others register."""
    addressees = [Addressee(person_id) for person_id in sorted(people_by_role(meeting))]
    _invite(meeting, addressees, now)
    plan_reminders(meeting, addressees, now)
    _tell_in_one_email(meeting, [Kind.INVITATION], now)


@transaction.atomic
def plan_move(
    *,
    meeting: Meeting,
    previous_starts_at: datetime,
    previous_ends_at: datetime,
    changed: Collection[str],
    joined: Collection[int],
    now: datetime,
    former: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Gives waiting reminders the new time; plans a notice now and the reminders still ahead, for everybody."""
    was = {"starts_at": previous_starts_at.isoformat(), "ends_at": previous_ends_at.isoformat()}
    _replan(meeting, {"was": was, "changed": sorted(changed), "former": dict(former)}, joined, now)


@transaction.atomic
def plan_change(
    *,
    meeting: Meeting,
    changed: Collection[str],
    joined: Collection[int],
    now: datetime,
    former: Mapping[str, Any] = MappingProxyType({}),
) -> None:
    """Like a move, for other changes that are announced; a quiet change only plans reminders anew."""
    _replan(meeting, {"changed": sorted(changed), "former": dict(former)}, joined, now)


@transaction.atomic
def plan_cancellation(*, meeting: Meeting, now: datetime) -> None:
    """Drops everything that waits, and tells everybody who had heard of the meeting that it is cancelled."""
    waiting = Notification.objects.filter(meeting=meeting).exclude(
        kind__in=[Kind.WITHDRAWN, Kind.REFUSED, Kind.LAPSED]
    )
    drop_rows(waiting, Reason.MEETING_CANCELLED)
    addressees = _told_together(meeting, _without_unheard(meeting, all_addressees(meeting)))
    row = new_row_for_each(Kind.CANCELLATION, f"cancel:{meeting.pk}", meeting, now, now)
    insert_for_each(addressees, row)
    _tell_in_one_email(meeting, [Kind.CANCELLATION], now)


@transaction.atomic
def plan_stage_left(*, meeting: Meeting, people: Collection[int], now: datetime) -> None:
    """One removal notice to each person who was invited to the stage cancels the calendar event; what waits is dropped.

    Whoever is registered keeps the event and its reminders. Whoever had heard nothing yet gets nothing.
    """
    left = set(people) - people_by_role(meeting)
    informed = people_to_notify_of_removal(meeting, left)
    for person_id in sorted(left):
        of_stage = _of_stage(meeting).filter(person=person_id)
        drop_rows(of_stage, Reason.NOT_ON_STAGE)
        registration = Registration.objects.filter(meeting=meeting, person=person_id).active().first()
        is_registered = registration is not None and registration.state == Registration.State.CONFIRMED
        if person_id in informed:
            removal_notice = Addressee(
                person_id, has_calendar_event=not is_registered, details={"stage": True}
            )
            dedupe_key = f"stage:{meeting.pk}:{_removal_notices(meeting).get(person_id, 0)}"
            delete_dropped(meeting, Kind.WITHDRAWN, [removal_notice], dedupe_key)
            insert_rows([new_row(Kind.WITHDRAWN, removal_notice, dedupe_key, meeting, now, now)])
        if registration is not None and is_registered:
            plan_reminders(meeting, [registered_addressee(registration)], now)


def _invite(meeting: Meeting, addressees: Collection[Addressee], now: datetime) -> None:
    """Once, and again after each removal notice that was sent: whoever is put back before that needs no new one."""
    people = [each.person_id for each in addressees]
    drop_rows(_of_stage(meeting).filter(person__in=people, kind=Kind.WITHDRAWN), Reason.ON_STAGE_AGAIN)
    removal_notices = _removal_notices(meeting)
    for count in {removal_notices.get(person_id, 0) for person_id in people}:
        invited = [each for each in addressees if removal_notices.get(each.person_id, 0) == count]
        dedupe_key = _invitation(meeting, count)
        delete_dropped(meeting, Kind.INVITATION, invited, dedupe_key)
        insert_rows(new_row(Kind.INVITATION, each, dedupe_key, meeting, now, now) for each in invited)


def people_to_invite(meeting: Meeting, people: Collection[int]) -> set[int]:
    """Those without an invitation yet, or with none since the last removal notice that was sent."""
    removal_notices = _removal_notices(meeting)
    there = Notification.objects.filter(meeting=meeting, kind=Kind.INVITATION, person__in=people)
    invited = set(there.exclude(state=Notification.State.DROPPED).values_list("person_id", "dedupe_key"))
    return {one for one in people if (one, _invitation(meeting, removal_notices.get(one, 0))) not in invited}


def people_to_notify_of_removal(meeting: Meeting, people: Collection[int]) -> set[int]:
    """Those whose last email about the stage that may have been sent was not a removal notice."""
    last_kinds = {one: _last_calendar_mail(_of_stage(meeting).filter(person=one)) for one in people}
    return {one for one, kind in last_kinds.items() if kind not in {None, Kind.WITHDRAWN}}


def _invitation(meeting: Meeting, removal_notices: int) -> str:
    """The dedupe key: somebody who got a removal notice may be invited again."""
    return f"meeting:{meeting.pk}:{removal_notices}" if removal_notices else f"meeting:{meeting.pk}"


def _of_stage(meeting: Meeting) -> NotificationQuerySet:
    """Sent because of a role, not a registration."""
    return Notification.objects.filter(meeting=meeting, registration=None)


def _removal_notices(meeting: Meeting) -> dict[int, int]:
    """How many removal notices each person may have received."""
    sent = _of_stage(meeting).filter(MAY_HAVE_BEEN_SENT, kind=Kind.WITHDRAWN).order_by()
    return dict(sent.values_list("person").annotate(count=Count("pk")))


def _last_calendar_mail(of_stage: NotificationQuerySet) -> str | None:
    """Kind of the last email with a calendar event that may have been sent; None when there was none."""
    sent = of_stage.filter(MAY_HAVE_BEEN_SENT, kind__in=[Kind.INVITATION, Kind.CHANGE, Kind.WITHDRAWN])
    return sent.order_by("created_at", "pk").values_list("kind", flat=True).last()


def _replan(meeting: Meeting, details: dict[str, Any], joined: Collection[int], now: datetime) -> None:
    ahead = upcoming_reminders(meeting.reminders, starts_at=meeting.starts_at, now=now)
    new = without_other_role(meeting, joined)
    planned = list(
        planned_mails(
            recipients(meeting),
            joined=new,
            invited=people_to_invite(meeting, new),
            changed=details["changed"],
            reminders=ahead[:1],  # tells who gets reminders
        )
    )
    changed = _without_unheard(
        meeting, [addressee_of(mail.recipient) for mail in planned if mail.kind == MailKind.CHANGE]
    )
    if changed:
        changed = _told_together(meeting, _with_unsent_changes(meeting, changed, details))
        dedupe_key = f"change:rev{meeting.revision}:{meeting.pk}"
        insert_for_each(changed, new_row_for_each(Kind.CHANGE, dedupe_key, meeting, now, now))
        _tell_in_one_email(meeting, [Kind.CHANGE], now)
    invited = [mail.recipient.person_id for mail in planned if mail.kind == MailKind.INVITATION]
    _invite(meeting, [Addressee(person_id) for person_id in invited if person_id is not None], now)
    reminded = [addressee_of(mail.recipient) for mail in planned if mail.kind == MailKind.REMINDER]
    move_reminders(meeting, reminded, now)


def _tell_in_one_email(
    meeting: Meeting, kinds: Collection[str], now: datetime, *, person_id: int | None = None
) -> None:
    """What one flow does to several meetings of a series, each person hears in one email.

    A change only whose events came in a file, see NotificationQuerySet.people_with_a_file.
    """
    if meeting.series_id is None:
        return
    of_flow = Notification.objects.not_begun().filter(
        meeting__series=meeting.series_id, kind__in=kinds, created_at=now, goes_with=None
    )
    if person_id is not None:
        of_flow = of_flow.filter(person=person_id)
    if not set(kinds) <= {*ANSWERS, Kind.INVITATION, Kind.INVITED}:
        of_flow = of_flow.filter(details__together=True)
    lead = of_flow.exclude(meeting=meeting).filter(person=OuterRef("person")).order_by("pk").values("pk")[:1]
    of_flow.filter(Exists(lead), meeting=meeting).update(goes_with=Subquery(lead))


def people_with_a_file(meeting: Meeting) -> set[int]:
    return Notification.objects.people_with_a_file(meeting)


def _told_together(meeting: Meeting, addressees: Iterable[Addressee]) -> list[Addressee]:
    """Marks those who hear of it in one email with other meetings of the series; so do those without an event."""
    if meeting.series_id is None:
        return list(addressees)
    with_file = people_with_a_file(meeting)
    return [
        replace(each, details={**each.details, "together": True})
        if not each.has_calendar_event or each.person_id in with_file
        else each
        for each in addressees
    ]


def _with_unsent_changes(
    meeting: Meeting, addressees: list[Addressee], details: dict[str, Any]
) -> list[Addressee]:
    """Adds changes that were not sent yet: the time, title and place that people know are the earlier ones."""
    unsent = Notification.objects.filter(meeting=meeting, kind=Kind.CHANGE).not_begun()
    earlier: dict[int, dict[str, Any]] = {}
    for person_id, known in unsent.order_by("pk").values_list("person_id", "details"):
        kept = earlier.setdefault(person_id, {"changed": [], "former": {}})
        kept.update(
            {
                "was": kept.get("was") or known.get("was"),
                "changed": [*kept["changed"], *known["changed"]],
                "former": {**known.get("former", {}), **kept["former"]},
            }
        )
    drop_rows(unsent, Reason.TOLD_LATER)
    return [_merged(each, earlier.get(each.person_id), details) for each in addressees]


def _merged(each: Addressee, earlier: dict[str, Any] | None, details: dict[str, Any]) -> Addressee:
    if not earlier:
        return replace(each, details=details)
    merged = {
        **details,
        "changed": sorted({*details["changed"], *earlier["changed"]}),
        "former": {**details["former"], **earlier["former"]},
    }
    if earlier.get("was"):
        merged["was"] = earlier["was"]
    return replace(each, details=merged)


# ---- invitations ----------------------------------------------------------------------------------------


@transaction.atomic
def plan_people_invited(*, meeting: Meeting, invitations: Collection[Invitation], now: datetime) -> None:
    """One email to each, also of several meetings of a series; one that waits is dropped when it is sent again."""
    drop_rows(_mails_of(invitations), Reason.SENT_AGAIN)
    insert_rows(
        new_row(
            Kind.INVITED, _invited_addressee(one), f"invited:{one.pk}:{one.times_sent}", meeting, now, now
        )
        for one in invitations
    )
    _tell_in_one_email(meeting, [Kind.INVITED], now)


@transaction.atomic
def plan_invitation_answer(*, invitation: Invitation, now: datetime) -> None:
    """Drops what waits; accepting plans a confirmation by its registration, and who declines hears nothing more."""
    drop_rows(_mails_of([invitation]), Reason.INVITATION_CHANGED)


@transaction.atomic
def plan_invitation_withdrawal(*, invitation: Invitation, now: datetime) -> None:
    """Drops what waits; if the invitation may have been sent, one email cancels the calendar event."""
    drop_rows(_mails_of([invitation]), Reason.INVITATION_CHANGED)
    if invitation.pk in _heard_of(invitation.meeting):
        notice = replace(_invited_addressee(invitation), details={"invited": True})
        dedupe_key = f"invited:{invitation.pk}"
        insert_rows([new_row(Kind.WITHDRAWN, notice, dedupe_key, invitation.meeting, now, now)])


def _mails_of(invitations: Collection[Invitation]) -> NotificationQuerySet:
    """All but messages of hosts, which `relevance` checks: whoever accepts is still to get one to everyone."""
    own = Notification.objects.filter(invitation__in=[one.pk for one in invitations])
    return own.exclude(kind=Kind.HOST_MESSAGE)


def _mails_about(registration: Registration) -> NotificationQuerySet:
    """All but messages of hosts, as `_mails_of`."""
    return Notification.objects.filter(registration=registration).exclude(kind=Kind.HOST_MESSAGE)


def _invited_addressee(invitation: Invitation) -> Addressee:
    return Addressee(invitation.person_id, invitation_id=invitation.pk)


def _heard_of(meeting: Meeting) -> set[str | None]:
    """Ids of the invitations whose email may have been sent."""
    mails = Notification.objects.filter(MAY_HAVE_BEEN_SENT, meeting=meeting, kind=Kind.INVITED)
    return set(mails.values_list("invitation_id", flat=True))


def _without_unheard(meeting: Meeting, addressees: Collection[Addressee]) -> list[Addressee]:
    """Without those whose invitation was not sent yet: it will say what is true when it leaves."""
    if not any(each.invitation_id for each in addressees):
        return list(addressees)
    heard = _heard_of(meeting)
    return [each for each in addressees if each.invitation_id is None or each.invitation_id in heard]


# ---- registrations --------------------------------------------------------------------------------------


@transaction.atomic
def plan_confirmation(*, registration: Registration, now: datetime) -> None:
    """A confirmation now, and the reminders that are still ahead; waitlist emails that wait are dropped."""
    drop_rows(_mails_about(registration), Reason.REGISTRATION_CHANGED)
    addressee = registered_addressee(registration)
    meeting = registration.meeting
    insert_rows([new_row(Kind.CONFIRMATION, addressee, f"seat:{registration.pk}", meeting, now, now)])
    _tell_in_one_email(meeting, ANSWERS, now, person_id=registration.person_id)
    plan_reminders(meeting, [addressee], now)


@transaction.atomic
def plan_answer(*, registration: Registration, kind: Notification.Kind, now: datetime) -> None:
    """One email about the state of the registration: requested, waitlisted, offered or refused."""
    drop_rows(_mails_about(registration), Reason.REGISTRATION_CHANGED)
    dedupe_key = f"seat:{registration.pk}"
    if registration.offered_until is not None:
        dedupe_key += f":{registration.offered_until:%Y%m%dT%H%M%S}"
    insert_rows(
        [new_row(kind, registered_addressee(registration), dedupe_key, registration.meeting, now, now)]
    )
    if kind in ANSWERS:
        _tell_in_one_email(registration.meeting, ANSWERS, now, person_id=registration.person_id)


@transaction.atomic
def plan_resending(*, registration: Registration, now: datetime) -> None:
    """The email about the present state once more; one that still waits is replaced. Reminders stay."""
    kind = KIND_OF_STATE[Registration.State(registration.state)]
    drop_rows(Notification.objects.filter(registration=registration, kind=kind), Reason.TOLD_LATER)
    dedupe_key = f"seat:{registration.pk}:again:{now:%Y%m%dT%H%M%S}"
    insert_rows(
        [new_row(kind, registered_addressee(registration), dedupe_key, registration.meeting, now, now)]
    )


@transaction.atomic
def plan_verification(*, registration: Registration, now: datetime) -> None:
    """To somebody who registered while there were seats enough: when their unconfirmed registration will lapse."""
    if registration.verify_by is None:
        return
    dedupe_key = f"seat:{registration.pk}:{registration.verify_by:%Y%m%dT%H%M%S}"
    addressee = registered_addressee(registration)
    insert_rows([new_row(Kind.VERIFY, addressee, dedupe_key, registration.meeting, now, now)])


@transaction.atomic
def plan_lapse(*, registration: Registration, by_host: bool, now: datetime) -> None:
    """Like a withdrawal, with a link to register again."""
    _plan_registration_end(registration, Kind.LAPSED, {"by_host": by_host}, now)


@transaction.atomic
def plan_withdrawal(
    *, registration: Registration, by_person: bool, now: datetime, offer_ended: bool = False
) -> None:
    """Drops what waits for this registration; one email cancels the calendar event."""
    details = {"by_person": by_person, "offer_ended": offer_ended}
    _plan_registration_end(registration, Kind.WITHDRAWN, details, now)


def _plan_registration_end(
    registration: Registration, kind: Notification.Kind, details: dict[str, Any], now: datetime
) -> None:
    drop_rows(_mails_about(registration), Reason.REGISTRATION_CHANGED)
    meeting = registration.meeting
    as_stage = (
        Addressee(registration.person_id) if registration.person_id in people_by_role(meeting) else None
    )
    had_entry = registration.confirmed_at is not None and as_stage is None
    addressee = Addressee(registration.person_id, registration.pk, had_entry, details)
    insert_rows([new_row(kind, addressee, f"seat:{registration.pk}", meeting, now, now)])
    if as_stage is not None:
        plan_reminders(meeting, [as_stage], now)


@transaction.atomic
def plan_proposal_declined(*, reply: CalendarReply, now: datetime) -> None:
    """To whoever proposed another time, by their registration or invitation, else their role."""
    meeting, person = reply.meeting, reply.person
    registration = Registration.objects.active().filter(meeting=meeting, person=person).first()
    invitation = Invitation.objects.admitting().filter(meeting=meeting, person=person).first()
    addressee = Addressee(
        person.pk,
        registration.pk if registration else None,
        invitation_id=invitation.pk if invitation and registration is None else None,
    )
    insert_rows([new_row(Kind.PROPOSAL_DECLINED, addressee, f"proposal:{reply.pk}", meeting, now, now)])


# ---- messages of hosts ------------------------------------------------------------------------------------


@transaction.atomic
def plan_host_message(*, message: HostMessage, to: Iterable[Recipient], now: datetime) -> None:
    """One email to each of them, at once."""
    row = new_row_for_each(Kind.HOST_MESSAGE, f"message:{message.pk}", message.meeting, now, now)
    row.host_message = message
    insert_for_each([addressee_of(one) for one in to], row)


# ---- the newsletter ---------------------------------------------------------------------------------------


@transaction.atomic
def plan_newsletter(*, newsletter: Newsletter, people: Iterable[int], now: datetime) -> None:
    """One email to each of them, at once."""
    insert_rows(
        Notification(
            kind=Kind.NEWSLETTER,
            person_id=person_id,
            newsletter=newsletter,
            dedupe_key=f"newsletter:{newsletter.pk}",
            due_at=now,
            created_at=now,
        )
        for person_id in people
    )


# ---- companies and project rooms --------------------------------------------------------------------------


@transaction.atomic
def plan_colleague_added(*, company: Company, person: Person, by: Person, now: datetime) -> None:
    """At most one a day for each person and company, however often they are removed and added."""
    notification = Notification(
        kind=Kind.COLLEAGUE_ADDED,
        person=person,
        company=company,
        caused_by=by,
        dedupe_key=f"company:{company.pk}:{now:%Y%m%d}",
        due_at=now,
        created_at=now,
    )
    insert_rows([notification])


@transaction.atomic
def plan_project_room(*, project: ProjectRoom, companies: Collection[int], by: Person, now: datetime) -> None:
    """Once to each person of these companies, except whoever did it."""
    members = Person.objects.filter(company__in=companies, is_active=True).exclude(pk=by.pk)
    people = members.order_by("pk").values_list("pk", flat=True)
    _tell(people, Kind.PROJECT_ROOM, f"project:{project.pk}", now, project=project, caused_by=by)


@transaction.atomic
def plan_project_person(
    *, project: ProjectRoom, person: Person, by: Person, entry: int, now: datetime
) -> None:
    """To somebody who was added by email, each time they are."""
    key = f"project:{project.pk}:{entry}"
    _tell([person.pk], Kind.PROJECT_ROOM, key, now, project=project, caused_by=by)


@transaction.atomic
def plan_action_due(*, action: Action, people: Collection[int], now: datetime) -> None:
    """At most one a day to each of them."""
    _tell(people, Kind.ACTION_DUE, f"action:{action.pk}:{now:%Y%m%d}", now, action=action)


@transaction.atomic
def plan_project_deletion(
    *,
    project: ProjectRoom,
    people: Collection[int],
    by: Person,
    deletion: ProjectDeletion,
    is_revoked: bool,
    now: datetime,
) -> None:
    """To every member, when it is decided and when it is revoked."""
    key = f"deletion:{deletion.pk}:{is_revoked}"
    details = {"revoked": is_revoked, "due_at": deletion.due_at.isoformat()}
    _tell(people, Kind.PROJECT_DELETION, key, now, project=project, caused_by=by, details=details)


@transaction.atomic
def plan_export_ready(*, export: ProjectExport, now: datetime) -> None:
    """To the lead who asked for it."""
    if export.asked_by_id is not None:
        _tell([export.asked_by_id], Kind.EXPORT_READY, f"export:{export.pk}", now, project=export.project)


@transaction.atomic
def plan_post(*, post: Post, now: datetime) -> None:
    """To the other members as each has chosen: at once, or with others of the day on the next weekday morning."""
    project = post.thread.project
    chosen = dict(PostEmails.objects.filter(project=project).values_list("person", "choice"))
    people = memberships().people_of(project.pk).exclude(pk=post.written_by_id or 0).order_by("pk")
    insert_rows(
        _row_of_day(project, key, zone, now)
        if chosen.get(key) == PostEmails.Choice.DAILY
        else _row(key, Kind.POST, f"post:{post.pk}", now, post=post)
        for key, zone in people.values_list("pk", "timezone")
        if chosen.get(key) != PostEmails.Choice.NONE
    )


def _row_of_day(project: ProjectRoom, person_id: int, zone: str, now: datetime) -> Notification:
    """Of all messages from now until it is due."""
    due_at = next_morning(now, zone)
    key = f"posts:{project.pk}:{due_at:%Y%m%d}"
    return _row(person_id, Kind.POSTS, key, now, project=project, due_at=due_at)


@transaction.atomic
def plan_date_poll(*, poll: DatePoll, people: Collection[int], is_reminder: bool, now: datetime) -> None:
    """Once to each of them, and a reminder."""
    key = f"poll:{poll.pk}:{'reminder' if is_reminder else 'asked'}"
    _tell(people, Kind.DATE_POLL, key, now, date_poll=poll, details={"is_reminder": is_reminder})


@transaction.atomic
def plan_date_poll_over(*, poll: DatePoll, people: Collection[int], now: datetime) -> None:
    _tell(people, Kind.DATE_POLL_OVER, f"poll:{poll.pk}", now, date_poll=poll)


@transaction.atomic
def plan_partner_confirmation(*, request: PartnerRequest, now: datetime) -> None:
    _tell_of_request([request.person_id], Kind.PARTNER_CONFIRM, request, now)


@transaction.atomic
def plan_partner_request(*, request: PartnerRequest, people: Collection[int], now: datetime) -> None:
    _tell_of_request(people, Kind.PARTNER_REQUEST, request, now)


@transaction.atomic
def plan_partner_answer(*, request: PartnerRequest, now: datetime) -> None:
    _tell_of_request([request.person_id], Kind.PARTNER_ANSWER, request, now)


def _tell_of_request(
    people: Iterable[int], kind: Notification.Kind, request: PartnerRequest, now: datetime
) -> None:
    _tell(people, kind, f"partner:{request.pk}", now, sheet_request=request)


@transaction.atomic
def plan_contact_confirmation(*, request: ContactRequest, now: datetime) -> None:
    _tell_of_contact([request.person_id], Kind.COMPANY_CONFIRM, request, now)


@transaction.atomic
def plan_contact_request(*, request: ContactRequest, people: Collection[int], now: datetime) -> None:
    _tell_of_contact(people, Kind.COMPANY_REQUEST, request, now)


@transaction.atomic
def plan_contact_answer(*, request: ContactRequest, now: datetime) -> None:
    _tell_of_contact([request.person_id], Kind.COMPANY_ANSWER, request, now)


def _tell_of_contact(
    people: Iterable[int], kind: Notification.Kind, request: ContactRequest, now: datetime
) -> None:
    _tell(people, kind, f"contact-request:{request.pk}", now, contact=request)


def _tell(people: Iterable[int], kind: Notification.Kind, key: str, now: datetime, **about: Any) -> None:
    """One email now to each of these people, the same for all."""
    insert_rows(_row(person_id, kind, key, now, **about) for person_id in people)


def _row(person_id: int, kind: Notification.Kind, key: str, now: datetime, **about: Any) -> Notification:
    given = {"due_at": now, "created_at": now, **about}
    return Notification(person_id=person_id, kind=kind, dedupe_key=key, **given)
