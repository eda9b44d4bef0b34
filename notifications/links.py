"""Signed links to unsubscribe (RFC 8058) and to confirm a request for the newsletter; a GET changes nothing."""

from datetime import datetime
from typing import TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, QuerySet

from companies.models import Person
from companies.paths import path_with
from matchmaking.models import ContactRequest
from matchmaking.requesting import CONFIRMED_WITHIN as CONTACT_CONFIRMED_WITHIN
from notifications.models import NewsletterRequest, Preference
from projects.models import Action, DatePoll, PartnerRequest
from projects.seeking_partners import CONFIRMED_WITHIN

Row = TypeVar("Row", bound=Model)


class LinkNotValid(Exception):
    """The signature is invalid."""


def unsubscribe_link(person: Person, preference: Preference = Preference.REMINDERS) -> str:
    """The path `/unsubscribe/<token>/`, for one person and preference, without expiry."""
    return path_with("unsubscribe", _signer().sign(f"{person.pk}-{preference.value}"))


def resolve(token: str) -> tuple[Person, Preference]:
    """Whom the link belongs to, and which emails it turns off. Raises LinkNotValid."""
    try:
        key, dash, name = _signer().unsign(token).partition("-")
        # Without a dash it is of the time when reminders were all that could be turned off.
        preference = Preference(name) if dash else Preference.REMINDERS
        person = Person.objects.filter(pk=int(key)).first()
    except (BadSignature, ValueError) as error:
        raise LinkNotValid from error
    if person is None:
        raise LinkNotValid
    return person, preference


def newsletter_link(request: NewsletterRequest) -> str:
    """The path of the page on which the request is confirmed."""
    return path_with("confirm_newsletter", _signer("newsletter").sign(request.pk))


def resolve_newsletter_link(token: str) -> NewsletterRequest:
    """Raises LinkNotValid, also for a request that was confirmed or has lapsed."""
    return _found(NewsletterRequest.objects.filter(pk=_unsigned("newsletter", token)))


def action_link(person: Person, action: Action) -> str:
    """The path of the page on which this person says that the action is done."""
    return path_with("action_done", _signer("action").sign(f"{person.pk}-{action.pk}"))


def resolve_action_link(token: str) -> tuple[Person, Action]:
    """Raises LinkNotValid."""
    person, key = _person_and_key("action", token)
    return person, _found(Action.objects.select_related("project", "person", "company").filter(pk=key))


def date_poll_link(person: Person, poll: DatePoll) -> str:
    """The path of the page on which this person answers the poll."""
    return path_with("answer_date_poll", _signer("date poll").sign(f"{person.pk}-{poll.pk}"))


def resolve_date_poll_link(token: str) -> tuple[Person, DatePoll]:
    """Raises LinkNotValid."""
    person, key = _person_and_key("date poll", token)
    return person, _found(DatePoll.objects.select_related("project__room").filter(pk=key))


def partner_request_link(request: PartnerRequest) -> str:
    """The path of the page on which a guest confirms the message to a project."""
    return path_with("confirm_partner_request", _signer("partner request").sign(request.pk))


def resolve_partner_request_link(token: str, *, now: datetime) -> PartnerRequest:
    """Raises LinkNotValid, also when it is too late."""
    requests = PartnerRequest.objects.select_related("sheet__project", "person")
    in_time = requests.filter(created_at__gte=now - CONFIRMED_WITHIN)
    return _found(in_time.filter(pk=_unsigned("partner request", token)))


def contact_request_link(request: ContactRequest) -> str:
    """The path of the page on which a guest confirms the message to a company."""
    return path_with("confirm_contact_request", _signer("contact request").sign(request.pk))


def resolve_contact_request_link(token: str, *, now: datetime) -> ContactRequest:
    """Raises LinkNotValid, also when it is too late."""
    requests = ContactRequest.objects.select_related("company", "person")
    in_time = requests.filter(created_at__gte=now - CONTACT_CONFIRMED_WITHIN)
    return _found(in_time.filter(pk=_unsigned("contact request", token)))


def contact_answer_link(person: Person, request: ContactRequest) -> str:
    """The path of the page on which this person of the company answers without signing in."""
    return path_with("answer_contact_request", _signer("contact answer").sign(f"{person.pk}-{request.pk}"))


def resolve_contact_answer_link(token: str) -> tuple[Person, str]:
    """Who answers, and the key of what. Raises LinkNotValid."""
    return _person_and_key("contact answer", token)


def _person_and_key(salt: str, token: str) -> tuple[Person, str]:
    """Whose link it is, and the key of what it is about. Raises LinkNotValid."""
    person_id, _dash, key = _unsigned(salt, token).partition("-")
    if not person_id.isdecimal():
        raise LinkNotValid
    people = Person.objects.filter(pk=int(person_id), is_active=True)
    return _found(people.select_related("company")), key


def _unsigned(salt: str, token: str) -> str:
    """Raises LinkNotValid."""
    try:
        return _signer(salt).unsign(token)
    except BadSignature as error:
        raise LinkNotValid from error


def _found(rows: QuerySet[Row]) -> Row:
    """The one that there is. Raises LinkNotValid."""
    row = rows.first()
    if row is None:
        raise LinkNotValid
    return row


def _signer(salt: str = "unsubscribe") -> Signer:
    return Signer(salt=salt, sep=".")
