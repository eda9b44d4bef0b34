"""Authentication beside the emailed code: one-time link, API token, calendar key."""

from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.core import signing
from django.db import transaction
from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from api.models import ApiToken
from companies import signals
from companies.guests import get_or_create_person
from companies.ids import new_secret
from companies.models import Person

LINK_SALT = "sign-in link"
LINK_LASTS = timedelta(hours=1)


class UnableToSignIn(Exception):
    """The link has expired, was used, is invalid, or its person may not sign in."""


@transaction.atomic
def make_admin(*, email: str, name: str) -> Person:
    """Gives the person with this address, new or not, the secretariat role; the address counts as confirmed."""
    person = get_or_create_person(email=email, name=name)
    person.is_secretariat = True
    person.is_active = True
    person.name = person.name or name
    person.save(update_fields=["is_secretariat", "is_active", "name"])
    confirm_address(person=person)
    return person


def confirm_address(*, person: Person) -> None:
    """For an address that the operator or an emailed code has proved."""
    address, _is_new = EmailAddress.objects.get_or_create(user=person, email=person.email)
    address.verified = address.primary = True
    address.save(update_fields=["verified", "primary"])


def sign_in_token(person: Person) -> str:
    """Valid for one hour, until the person next signs in, signs out everywhere or changes their address."""
    return signing.dumps({"person": person.pk, "of": _state_of(person)}, salt=LINK_SALT)


def _state_of(person: Person) -> str:
    """Differs after a sign-in, a change of address, and signing out everywhere."""
    last = person.last_login.isoformat() if person.last_login else ""
    return salted_hmac(LINK_SALT, f"{last} {person.email} {person.password}").hexdigest()[:32]


def person_of_token(token: str) -> Person:
    """Raises UnableToSignIn."""
    try:
        content = signing.loads(token, salt=LINK_SALT, max_age=LINK_LASTS)
    except signing.BadSignature as error:
        raise UnableToSignIn from error
    person = Person.objects.filter(pk=content["person"], is_active=True).first()
    if person is None or not constant_time_compare(content.get("of", ""), _state_of(person)):
        raise UnableToSignIn
    return person


@transaction.atomic
def use_token(*, token: str, now: datetime) -> Person:
    """The person of the link, once: of two concurrent uses one raises UnableToSignIn."""
    person = person_of_token(token)
    if Person.objects.filter(pk=person.pk, last_login=person.last_login).update(last_login=now) != 1:
        raise UnableToSignIn
    person.last_login = now
    confirm_address(person=person)
    return person


def make_api_token(*, person: Person, name: str, scopes: list[str], now: datetime) -> str:
    """The token, to be shown once: only its hash is stored."""
    key = new_secret()
    ApiToken.objects.create(
        person=person, name=name, key_hash=ApiToken.hash_of(key), scopes=scopes, created_at=now
    )
    return key


@transaction.atomic
def revoke_api_tokens(*, tokens: QuerySet[ApiToken], now: datetime) -> None:
    """Programs with these tokens lose access at once, also in rooms."""
    valid = tokens.filter(revoked_at=None)
    people = list(valid.values_list("person_id", flat=True))
    valid.update(revoked_at=now)
    signals.access_changed.send(Person, people=people)


def renew_calendar_key(*, person: Person) -> None:
    """Invalidates the old URL of the calendar feed."""
    person.calendar_key = new_secret()
    person.save(update_fields=["calendar_key"])
