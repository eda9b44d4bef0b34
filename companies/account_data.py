"""The personal data that belongs to an account: profile, sessions, ways of signing in, keys of programs."""

from collections.abc import Iterable
from datetime import datetime

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from api import idempotency
from api.models import ApiToken, IdempotentAnswer
from companies import erasing
from companies.models import Company, ContentVersion, Need, Offer, Person, Topic
from companies.personal_data import (
    PICTURE,
    Column,
    Export,
    Obstacle,
    RetentionRule,
    register,
    register_impersonal,
    register_obstacles,
    register_retention,
)
from companies.retention import delete_in_batches

A_KEY = "a secret: whoever has it could act as the person"


def register_tables() -> None:
    register(
        Person,
        "profile",
        export=Export(
            rows=lambda person: Person.objects.filter(pk=person.pk).select_related("company"),
            columns=[
                *("email", "name", "title", "language", "timezone", "country", "company"),
                *("is_company_admin", "is_secretariat", "is_active", "wants_reminders", "wants_follow_ups"),
                *("wants_digest", "wants_newsletter", "newsletter_off_at", "has_quiet_hours"),
                *("created_at", "last_login"),
                Column("picture", gettext_lazy("picture"), lambda person: PICTURE if person.picture else ""),
            ],
            title=gettext_lazy("Profile"),
        ),
        erase=erasing.erase_profile,
        without={
            "password": "nobody has one: a random mark, which ends sessions when it changes",
            "calendar_key": A_KEY,
            "kept_as_guest_at": "what the secretariat has looked at",
            "erased_at": "empty as long as there is an account",
        },
    )
    _register_sign_in_tables()
    register(
        ApiToken,
        "api_keys",
        export=Export(
            rows=lambda person: ApiToken.objects.filter(person=person),
            columns=["name", "scopes", "created_at", "last_used_at", "revoked_at"],
        ),
        erase=lambda person, _now: ApiToken.objects.filter(person=person).delete(),
        without={"key_hash": A_KEY, "person": "the person"},
    )
    register(
        IdempotentAnswer,
        "repeated_requests",
        why_not_exported="copies of rows that are exported, kept for two days",
        why_not_erased="deleted with the key by which they were asked for",
    )
    register(
        LogEntry,
        "administration",
        export=Export(
            rows=lambda person: LogEntry.objects.filter(user=person).select_related("content_type"),
            columns=["action_time", "content_type", "object_repr", "action_flag"],
            title=gettext_lazy("Changes made in the administration"),
        ),
        erase=_erase_log_entries,
        without={
            "user": "the person",
            "object_id": "the key of the row that `object_repr` names",
            "change_message": "names of fields",
        },
    )
    register_impersonal("written about a company, by whichever of its people", Company, Need, Offer)
    register_impersonal("made by the secretariat", Topic)
    register_impersonal("numbers", ContentVersion)
    register_impersonal("of Django: names of tables and rights", ContentType, Permission, Group)


def _register_sign_in_tables() -> None:
    register(
        EmailAddress,
        "email_addresses",
        export=Export(
            rows=lambda person: EmailAddress.objects.filter(user=person),
            columns=["email", "verified", "primary"],
        ),
        erase=lambda person, _now: EmailAddress.objects.filter(user=person).delete(),
        without={"user": "the person"},
    )
    register(
        EmailConfirmation,
        "email_confirmations",
        why_not_exported="a key that confirms an address, which is exported",
        why_not_erased="deleted with the address",
    )
    register(
        Authenticator,
        "second_factors",
        export=Export(
            rows=lambda person: Authenticator.objects.filter(user=person),
            columns=[
                Column("type", gettext_lazy("How you sign in"), lambda row: row.get_type_display()),
                Column("created_at", gettext_lazy("created at")),
                Column("last_used_at", gettext_lazy("last used at")),
            ],
            title=gettext_lazy("Passkeys and security"),
        ),
        erase=lambda person, _now: Authenticator.objects.filter(user=person).delete(),
        without={"data": A_KEY, "user": "the person"},
    )
    register(
        UserSession,
        "sessions",
        export=Export(
            rows=lambda person: UserSession.objects.filter(user=person),
            columns=[
                Column("created_at", gettext_lazy("created at")),
                Column("last_seen_at", gettext_lazy("last seen at")),
                Column("ip", gettext_lazy("Network address")),
                Column("user_agent", gettext_lazy("Browser")),
            ],
            title=gettext_lazy("Active sessions"),
        ),
        why_not_erased="deleted when the account is closed, which signs it out everywhere",
        without={"session_key": A_KEY, "data": "not used", "user": "the person"},
    )
    register(
        Session,
        "session_contents",
        why_not_exported="marks of the visit: what is listed of a session is in `sessions`",
        why_not_erased="ends with its session; what has expired is deleted every night",
    )


def _erase_log_entries(person: Person, _now: datetime) -> None:
    """What the secretariat did stays, without the name of the person whom it was done to."""
    of_person = LogEntry.objects.filter(
        content_type=ContentType.objects.get_for_model(Person), object_id=str(person.pk)
    )
    of_person.exclude(object_repr="").update(object_repr="", change_message="")


def delete_old_answers(now: datetime, limit: int) -> int:
    """Those of programs that repeat nothing any more; a program's next request deletes its own."""
    old = IdempotentAnswer.objects.filter(created_at__lt=now - idempotency.KEPT)
    return delete_in_batches(old.order_by("created_at", "pk"), limit)


def last_secretariat(person: Person, _now: datetime) -> Iterable[Obstacle]:
    if not person.is_secretariat:
        return
    others = Person.objects.filter(is_secretariat=True, is_active=True).exclude(pk=person.pk)
    if not others.exists():
        yield Obstacle(
            _("You are the only person in the secretariat. Give someone else this role first."),
            [(_("People in the administration"), reverse("admin:companies_person_changelist"))],
        )


def register_all() -> None:
    register_tables()
    register_obstacles(last_secretariat)
    register_retention(RetentionRule("repeated requests", delete_old_answers))
