"""What waits for the secretariat: one queue for each kind of thing, the longest waiting first."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from companies.access import people_without_company
from companies.languages import in_language
from companies.models import Person
from meetings import access as meetings_access
from meetings.access import Visitor
from news import access as news_access
from notifications import access as notifications_access
from recordings import access as recordings_access

MOST_SHOWN = 5  # of each queue


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: what, since when, and where it is worked on."""

    title: str
    detail: str
    since: datetime
    address: str


@dataclass(frozen=True)
class Queue:
    key: str  # anchor on the page
    title: str
    hint: str  # what to do with it
    count: int
    first: list[Waiting]
    address: str  # of all of them

    @property
    def has_more(self) -> bool:
        return self.count > len(self.first)


def queues_for(by: Person, *, now: datetime) -> list[Queue]:
    """All queues, also empty ones; two queries for each."""
    return [
        _messages(by),
        _people(by),
        _emails(by, now),
        _recordings(by),
        _programmes(by),
        _articles(by),
    ]


def _queue(
    rows: QuerySet[Any], show: Callable[[Any], Waiting], *, key: str, title: str, hint: str, address: str
) -> Queue:
    first: Iterable[Any] = rows[:MOST_SHOWN]
    return Queue(key, title, hint, rows.count(), [show(row) for row in first], address)


def _messages(by: Person) -> Queue:
    rows = notifications_access.contact_messages(by).filter(answered_at=None).order_by("created_at", "pk")
    address = reverse("contact_messages")
    return _queue(
        rows,
        lambda row: Waiting(row.name, Truncator(row.text).chars(80), row.created_at, address),
        key="messages",
        title=_("Messages to answer"),
        hint=_("Reply by email, then mark the message as answered."),
        address=address,
    )


def _people(by: Person) -> Queue:
    return _queue(
        people_without_company(by),
        lambda row: Waiting(
            str(row), row.email if row.name else "", row.created_at, reverse("manage_person", args=[row.pk])
        ),
        key="people",
        title=_("New people without a company"),
        hint=_("Assign each person to a company, or keep them as a guest."),
        address=f"{reverse('manage_people')}?group=no_company",
    )


def _emails(by: Person, now: datetime) -> Queue:
    return _queue(
        notifications_access.meetings_with_undelivered(by, now=now),
        lambda row: Waiting(
            str(row), _emails_in_words(row), row.undelivered_since, reverse("delivery_report", args=[row.pk])
        ),
        key="emails",
        title=_("Meetings with emails that were not delivered"),
        hint=_("See who didn’t get them, and send them again."),
        address=reverse("outbox"),
    )


def _emails_in_words(meeting: Any) -> str:
    count: int = meeting.undelivered_count
    return ngettext("%(number)s email", "%(number)s emails", count) % {"number": count}


def _recordings(by: Person) -> Queue:
    return _queue(
        recordings_access.recordings_to_look_after(by),
        lambda row: Waiting(
            str(in_language(row.meeting.title)),
            _("cannot be played") if row.state == row.State.FAILED else _("missing"),
            row.state_changed_at,
            reverse("host_meeting", args=[row.meeting_id]) + "#recordings",
        ),
        key="recordings",
        title=_("Recordings that are missing or cannot be played"),
        hint=_("Upload the recording, or ask the host for it."),
        address=reverse("recordings"),
    )


def _programmes(by: Person) -> Queue:
    return _queue(
        meetings_access.unpublished_programmes(Visitor(by)),
        lambda row: Waiting(
            str(row), str(row.get_kind_display()), row.created_at, reverse("edit_programme", args=[row.slug])
        ),
        key="programmes",
        title=_("Programmes to publish"),
        hint=_("Finish the texts, then publish."),
        address=reverse("programmes"),
    )


def _articles(by: Person) -> Queue:
    return _queue(
        news_access.drafts(by),
        lambda row: Waiting(
            str(row), "", row.created_at, reverse("admin:news_article_change", args=[row.pk])
        ),
        key="news",
        title=_("News to publish"),
        hint=_("Finish the text, then set the publication date."),
        address=f"{reverse('admin:news_article_changelist')}?state=draft",
    )
