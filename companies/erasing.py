"""Erases an account: in one transaction, and again without harm.

First the person leaves (registrations end, seats go to the waitlist), then every table's own eraser runs. The row
itself stays, without name and address, while others' history needs it: attendance, and meetings that they hosted.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import CASCADE, PROTECT, ManyToOneRel, OneToOneRel, Q

from companies import personal_data, sessions, signals, signing_in
from companies.ids import new_id, new_secret
from companies.models import Person
from companies.pictures import replace_picture
from companies.refusals import Refusal

# RFC 6761, section 6.4: no name ends in .invalid, so that nothing can be sent there.
STAND_IN_DOMAIN = "deleted.invalid"


class UnableToErase(Refusal):
    """`code`: obstacles, which `obstacles` lists."""

    def __init__(self, obstacles: list[personal_data.Obstacle]) -> None:
        super().__init__("obstacles", " ".join(each.message for each in obstacles))
        self.obstacles = obstacles


@transaction.atomic
def erase_person(*, person: Person, now: datetime, is_notified: bool = True) -> Person:
    """Erases everything of this person. Raises UnableToErase when somebody else must take over first.

    `is_notified` lets the last emails go: the cancellations of calendar events, and that the account is deleted.
    """
    locked = _lock(person)
    if locked.erased_at is None:
        _refuse_obstacles(locked, now)
        _close_account(locked, now)
    for leave in personal_data.steps_of_leaving():
        leave(locked, now, is_notified)
    for table in reversed(personal_data.tables()):  # who knows others goes before them
        if table.erase is not None:
            table.erase(locked, now)
    locked.refresh_from_db()
    return locked


def _lock(person: Person) -> Person:
    """With all of the secretariat if the person is one of it, so that of two who leave at once one stays."""
    rows = Q(pk=person.pk) | (Q(is_secretariat=True) if person.is_secretariat else Q(pk__in=[]))
    locked = {each.pk: each for each in Person.objects.select_for_update().filter(rows).order_by("pk")}
    return locked[person.pk]


def _refuse_obstacles(person: Person, now: datetime) -> None:
    if found := personal_data.obstacles(person, now):
        raise UnableToErase(found)


def _close_account(person: Person, now: datetime) -> None:
    """Nothing of theirs opens anything any more; sockets and media are closed after the commit."""
    person.is_active = False
    person.save(update_fields=["is_active"])
    signing_in.revoke_api_tokens(tokens=person.api_tokens.all(), now=now)
    sessions.sign_out_everywhere(person=person)
    person.refresh_from_db()
    signals.access_changed.send(Person, people=[person.pk])


def erase_profile(person: Person, now: datetime) -> None:
    """The row itself. Company and country stay for the attendance that a funder counts by them."""
    if person.erased_at is not None:
        return
    replace_picture(person, "picture", None)
    fresh = Person(email=f"{new_id()}@{STAND_IN_DOMAIN}", calendar_key=new_secret())
    Person.objects.filter(pk=person.pk).update(
        email=fresh.email,
        calendar_key=fresh.calendar_key,
        name="",
        title="",
        picture="",
        language=fresh.language,
        timezone=fresh.timezone,
        is_active=False,
        is_secretariat=False,
        is_company_admin=False,
        wants_reminders=False,
        wants_follow_ups=False,
        wants_digest=False,
        has_quiet_hours=False,
        wants_newsletter=False,
        newsletter_off_at=None,
        last_login=None,
        erased_at=now,
    )
    person.refresh_from_db()


@transaction.atomic
def delete_unneeded(*, person: Person) -> bool:
    """Deletes the row of an erased account that no other row needs. False when it stays."""
    row = Person.objects.select_for_update().filter(pk=person.pk, erased_at__isnull=False).first()
    if row is None or _is_needed(row):
        return False
    row.delete()
    return True


def _is_needed(person: Person) -> bool:
    """Whether a row refers to it that would be deleted with it, or that forbids to delete it."""
    relations = [
        each
        for each in Person._meta.related_objects
        if isinstance(each, ManyToOneRel | OneToOneRel) and each.on_delete in {CASCADE, PROTECT}
    ]
    return any(
        each.related_model._default_manager.filter(**{each.field.name: person.pk}).exists()
        for each in relations
    )
