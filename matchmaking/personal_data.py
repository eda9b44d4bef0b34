"""The personal data of contact between companies: who wrote, who answered, and whom a company has blocked."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import Column, Export, RetentionRule, register, register_retention
from matchmaking import requesting
from matchmaking.models import BlockedSender, ContactRequest


def register_all() -> None:
    register(
        ContactRequest,
        "contact_requests",
        export=Export(
            rows=lambda person: ContactRequest.objects.filter(Q(person=person) | Q(answered_by=person)),
            columns=[
                Column("company", _("company"), lambda row: row.company.name),
                *("name", "company_name", "reason", "text", "created_at", "confirmed_at"),
                *("state", "answer", "answered_at"),
            ],
            title=_("Contact requests to companies that you wrote or answered"),
        ),
        erase=lambda person, _now: _forget_requests(person),
        without={
            "id": "of no use outside",
            "person": "the person, or somebody else",
            "answered_by": "the person, or somebody else",
            "meeting": "the page that led to it",
            "reported_at": "of the company that reported it",
        },
    )
    register(
        BlockedSender,
        "blocked_senders",
        export=Export(
            rows=lambda person: BlockedSender.objects.filter(blocked_by=person),
            columns=[Column("company", _("company"), lambda row: row.company.name), "blocked_at"],
            title=_("Senders that you blocked for your company"),
        ),
        erase=lambda person, _now: _forget_blocked(person),
        without={
            "person": "somebody else",
            "blocked_by": "the person",
        },
    )
    register_retention(RetentionRule("contact requests to companies", requesting.delete_old_requests))


def _forget_requests(person: Person) -> None:
    ContactRequest.objects.filter(person=person).delete()
    ContactRequest.objects.filter(answered_by=person).update(answered_by=None)


def _forget_blocked(person: Person) -> None:
    BlockedSender.objects.filter(person=person).delete()
    BlockedSender.objects.filter(blocked_by=person).update(blocked_by=None)
