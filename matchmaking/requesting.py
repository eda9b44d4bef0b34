"""Contact requests: written to a company, confirmed by guests, answered, reported, and blocked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from companies.guests import get_or_create_person
from companies.models import Company, Person
from companies.refusals import Refusal
from companies.retention import delete_in_batches, months_before
from matchmaking import access, signals
from matchmaking.models import BlockedSender, ContactRequest
from meetings.access import NotVisible
from meetings.models import Meeting

REQUESTS_A_DAY = 10  # of one person, to all companies
REQUESTS_TO_A_COMPANY = 40  # a day
CONFIRMED_WITHIN = timedelta(days=3)
KEPT_MONTHS = 24


class UnableToContact(Refusal):
    """`code`: blocked, too_many, not_reachable, answered, no_text."""


@dataclass(frozen=True, kw_only=True)
class ContactInput:
    """`name` and `email` count for somebody who is not signed in."""

    text: str
    reason: ContactRequest.Reason
    name: str
    company_name: str
    email: str = ""
    language: str = ""
    timezone: str = ""


@transaction.atomic
def send_request(
    *, company: Company, content: ContactInput, by: Person | None, meeting: Meeting | None, now: datetime
) -> ContactRequest:
    """To the company at once from somebody who is signed in; a guest confirms the address first.

    `meeting` is whose page led there. Raises UnableToContact.
    """
    person = by or get_or_create_person(
        email=content.email, name=content.name, language=content.language, timezone=content.timezone
    )
    _refuse_unwanted(company, person)
    _refuse_too_many(company, person, now)
    request = ContactRequest.objects.create(
        company=company,
        person=person,
        name=content.name,
        company_name=content.company_name,
        reason=content.reason,
        meeting=meeting,
        text=content.text,
        created_at=now,
        confirmed_at=now if by is not None else None,
    )
    if by is None:
        signals.contact_request_to_confirm.send(ContactRequest, request=request, now=now)
    else:
        _tell_company(request, now)
    return request


@transaction.atomic
def confirm_request(*, request: ContactRequest, now: datetime) -> None:
    """Twice does no harm. Raises NotVisible when it is too late, and UnableToContact."""
    if request.created_at < now - CONFIRMED_WITHIN:
        raise NotVisible
    _refuse_unwanted(request.company, request.person)
    if request.confirmed_at is None:
        _refuse_too_many_to(request.company, now)
    if ContactRequest.objects.filter(pk=request.pk, confirmed_at__isnull=True).update(confirmed_at=now):
        request.confirmed_at = now
        _tell_company(request, now)


@transaction.atomic
def answer_request(*, request: ContactRequest, accepts: bool, text: str, by: Person, now: datetime) -> None:
    """By email. Accepting shows each the other's address; declining shows none, and may go without a text.

    Raises NotVisible for somebody of another company, and UnableToContact.
    """
    access.request_to_answer(by, request.pk)
    if accepts and not text:
        raise UnableToContact("no_text", _("Enter your answer."), field="text")
    state = ContactRequest.State.ACCEPTED if accepts else ContactRequest.State.DECLINED
    waiting = ContactRequest.objects.filter(
        pk=request.pk, confirmed_at__isnull=False, state=ContactRequest.State.WAITING
    )
    if not waiting.update(state=state, answer=text, answered_at=now, answered_by=by):
        raise UnableToContact("answered", _("Someone else has already answered."))
    request.refresh_from_db()
    signals.contact_request_answered.send(ContactRequest, request=request, now=now)


@transaction.atomic
def block_sender(*, request: ContactRequest, is_reported: bool, by: Person, now: datetime) -> None:
    """No more requests of this person reach the company; what waits for its answer is declined without an email.

    Reporting it sends the message to the secretariat as well, once. Raises NotVisible.
    """
    access.request_to_answer(by, request.pk)
    BlockedSender.objects.get_or_create(
        company=request.company, person=request.person, defaults={"blocked_at": now, "blocked_by": by}
    )
    mine = ContactRequest.objects.filter(company=request.company, person=request.person)
    mine.filter(state=ContactRequest.State.WAITING, confirmed_at__isnull=False).update(
        state=ContactRequest.State.DECLINED, answered_at=now, answered_by=by
    )
    mine.filter(confirmed_at__isnull=True).delete()
    if is_reported and mine.filter(pk=request.pk, reported_at__isnull=True).update(reported_at=now):
        signals.contact_request_reported.send(ContactRequest, request=request, by=by, now=now)


def unblock_sender(*, blocked: BlockedSender) -> None:
    BlockedSender.objects.filter(pk=blocked.pk).delete()


def delete_old_requests(now: datetime, limit: int) -> int:
    """Those that nobody confirmed in time, and after two years all."""
    lapsed = ContactRequest.objects.filter(confirmed_at__isnull=True, created_at__lt=now - CONFIRMED_WITHIN)
    old = ContactRequest.objects.filter(created_at__lt=months_before(now, KEPT_MONTHS))
    return delete_in_batches(lapsed | old, limit)


def _tell_company(request: ContactRequest, now: datetime) -> None:
    people = list(access.readers_of(request.company).values_list("pk", flat=True))
    signals.contact_request_arrived.send(ContactRequest, request=request, people=people, now=now)


def _refuse_unwanted(company: Company, person: Person) -> None:
    if not access.takes_requests_from(person, company):
        raise UnableToContact("not_reachable", _("This company can’t be contacted here."))
    if access.has_blocked(company, person):
        raise UnableToContact("blocked", _("This company takes no more messages from you."))


def _refuse_too_many(company: Company, person: Person, now: datetime) -> None:
    since = now - timedelta(days=1)
    if ContactRequest.objects.filter(person=person, created_at__gt=since).count() >= REQUESTS_A_DAY:
        raise _too_many()
    _refuse_too_many_to(company, now)


def _refuse_too_many_to(company: Company, now: datetime) -> None:
    """Counts what has reached it: else anybody could close its door with addresses that nobody confirms."""
    since = now - timedelta(days=1)
    arrived = ContactRequest.objects.filter(company=company, confirmed_at__gt=since)
    if arrived.count() >= REQUESTS_TO_A_COMPANY:
        raise _too_many()


def _too_many() -> UnableToContact:
    message = _("Too many messages for one day. Nothing you entered is lost. Please try again tomorrow.")
    return UnableToContact("too_many", message)
