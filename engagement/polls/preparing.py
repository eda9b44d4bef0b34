"""Preparing polls: create, change, delete, use again. Each tells the hosts in the room."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from companies.refusals import Refusal
from engagement.polls.messages import PollDeleted, PollPrepared
from engagement.polls.models import Poll, PollOption
from engagement.polls.poll_input import PollInput, Wording
from engagement.polls.results import info_of, with_results
from rooms import journal
from rooms.audience import audience_of
from rooms.models import Room
from rooms.refusals import Refused

MOST_POLLS = 50  # of one meeting


class UnableToPrepare(Refusal): ...


@transaction.atomic
def create_poll(*, room_id: str, meeting: str, content: PollInput, by: int | None, now: datetime) -> str:
    """The new poll's id. Raises UnableToPrepare when the meeting has too many."""
    Room.objects.select_for_update().get(pk=room_id)  # so that two at once are counted
    if Poll.objects.filter(room=room_id, meeting=meeting).count() >= MOST_POLLS:
        message = _("A meeting can have at most %(most)s polls. Delete one first.") % {"most": MOST_POLLS}
        raise UnableToPrepare("too_many", message)
    poll = Poll(room_id=room_id, meeting=meeting, created_at=now)
    _write(poll, content)
    _tell_hosts(poll, by, now)
    return poll.pk


@transaction.atomic
def edit_poll(*, poll_id: str, room_id: str, content: PollInput, by: int | None, now: datetime) -> None:
    """Raises UnableToPrepare once it has been opened."""
    poll = locked_poll(poll_id, room_id)
    _refuse_opened(poll)
    poll.options.all().delete()
    _write(poll, content)
    _tell_hosts(poll, by, now)


@transaction.atomic
def delete_poll(*, poll_id: str, room_id: str, by: int | None, now: datetime) -> None:
    """Raises UnableToPrepare once it has been opened."""
    poll = locked_poll(poll_id, room_id)
    _refuse_opened(poll)
    poll.delete()
    deleted = PollDeleted(poll=poll_id, at=journal.protocol_time(now))
    event = journal.NewEvent(deleted, by, audience_of(hosts=True))
    journal.write_many(room_id=room_id, events=[event], now=now)


def use_again(*, poll: Poll, room_id: str, meeting: str, by: int | None, now: datetime) -> str:
    """Prepares the same poll for a meeting; returns the new one's id. Raises UnableToPrepare."""
    return create_poll(room_id=room_id, meeting=meeting, content=content_of(poll), by=by, now=now)


@transaction.atomic
def show_on_page(*, poll_id: str, room_id: str, is_on_page: bool, by: int | None, now: datetime) -> None:
    """Whether the meeting's page shows the results afterwards. Raises UnableToPrepare."""
    poll = locked_poll(poll_id, room_id)
    if is_on_page and poll.results == Poll.Results.HOSTS:
        message = _("Results that only hosts see are not shown on the meeting page.")
        raise UnableToPrepare("for_hosts", message)
    poll.is_on_page = is_on_page
    poll.save(update_fields=["is_on_page"])
    if poll.is_prepared:
        _tell_hosts(poll, by, now)


def content_of(poll: Poll) -> PollInput:
    """What a host would enter for the same poll."""
    options = list(poll.options.all())
    return PollInput(
        kind=poll.kind,
        title=Wording(poll.title, poll.translations),
        options=tuple(Wording(option.text, option.translations) for option in options),
        is_anonymous=poll.is_anonymous,
        results=poll.results,
        most_choices=poll.most_choices if poll.kind == Poll.Kind.MULTIPLE else None,
        right=frozenset(place for place, option in enumerate(options) if option.is_right),
        is_on_page=poll.is_on_page,
    )


def locked_poll(poll_id: str, room_id: str) -> Poll:
    """Raises Refused when the room has no such poll."""
    poll = Poll.objects.select_for_update().filter(pk=poll_id, room=room_id).first()
    if poll is None:
        raise Refused("not_found")
    return poll


def _refuse_opened(poll: Poll) -> None:
    if not poll.is_prepared:
        raise UnableToPrepare("opened", _("This poll has been opened, so it cannot be changed any more."))


def _write(poll: Poll, content: PollInput) -> None:
    poll.kind = content.kind
    poll.title, poll.translations = content.title.text, dict(content.title.translations)
    poll.is_anonymous = content.is_anonymous
    poll.results = content.results
    poll.most_choices = max(1, content.allowed_choices)
    poll.is_on_page = content.is_on_page
    poll.save()
    PollOption.objects.bulk_create(
        PollOption(
            poll=poll,
            number=place + 1,
            text=option.text,
            translations=dict(option.translations),
            is_right=place in content.right,
        )
        for place, option in enumerate(content.shown_options)
    )


def _tell_hosts(poll: Poll, by: int | None, now: datetime) -> None:
    info = info_of(with_results(Poll.objects.filter(pk=poll.pk)).get())
    prepared = PollPrepared(poll=info, at=journal.protocol_time(now))
    event = journal.NewEvent(prepared, by, audience_of(hosts=True))
    journal.write_many(room_id=poll.room_id, events=[event], now=now)
