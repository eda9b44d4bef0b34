"""What polls hold of people: in which they voted, and with names what they chose. Counters stay without them."""

from datetime import datetime

from django.conf import settings
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from companies.models import Person
from companies.personal_data import (
    Column,
    Export,
    RetentionRule,
    register,
    register_impersonal,
    register_retention,
)
from companies.retention import months_before
from engagement.polls.models import Poll, PollBallot, PollOption, PollVoter, PollWord


def register_all() -> None:
    register(
        PollVoter,
        "polls_voted_in",
        export=Export(
            rows=lambda person: PollVoter.objects.filter(person=person).select_related("poll"),
            columns=[Column("poll", _("poll"), lambda row: str(row.poll.title_in_words))],
            title=_("Polls that you voted in"),
        ),
        erase=lambda person, _now: PollVoter.objects.filter(person=person).delete(),
        without={"id": "a random number", "person": "the person"},
    )
    register(
        PollBallot,
        "ballots",
        export=Export(
            rows=_ballots_of,
            columns=[
                Column("poll", _("poll"), lambda row: str(row.poll.title_in_words)),
                Column("choices", _("choices"), _chosen),
                Column("text", _("answer")),
            ],
            title=_("What you chose in polls that were not anonymous"),
        ),
        erase=lambda person, _now: PollBallot.objects.filter(person=person).delete(),
        without={"person": "the person"},
    )
    register_impersonal("what a host asks, and counters", Poll, PollOption, PollWord)
    register_retention(RetentionRule("polls", delete_old_polls))


def _ballots_of(person: Person) -> QuerySet[PollBallot]:
    return PollBallot.objects.filter(person=person).select_related("poll").prefetch_related("poll__options")


def _chosen(ballot: PollBallot) -> list[str]:
    return [] if ballot.text else [str(each) for each in ballot.in_words(list(ballot.poll.options.all()))]


def delete_old_polls(now: datetime, limit: int) -> int:
    """With their votes, after as long as the chat is kept."""
    cutoff = months_before(now, settings.RETENTION_CHAT_MONTHS)
    old = Poll.objects.filter(created_at__lt=cutoff).exclude(state=Poll.State.OPEN).order_by("created_at")
    keys = list(old.values_list("pk", flat=True)[:limit])
    Poll.objects.filter(pk__in=keys).delete()
    return len(keys)
