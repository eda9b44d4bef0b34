"""Opening, closing and sharing polls."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from companies.refusals import Refusal
from engagement.polls.messages import PollClosed, PollCounted, PollOpened, PollShared
from engagement.polls.models import Poll, PollWord
from engagement.polls.preparing import locked_poll
from engagement.polls.results import option_infos, results_of, right_of, with_results
from rooms import journal
from rooms.audience import audience_of
from rooms.refusals import Refused


class UnableToRun(Refusal): ...


@transaction.atomic
def open_poll(*, poll_id: str, room_id: str, by: int | None, now: datetime) -> None:
    """prepared → open. What was shown over the stage is taken away. Raises UnableToRun, Refused."""
    poll = locked_poll(poll_id, room_id)
    if not poll.is_prepared:
        raise Refused("closed" if poll.state == Poll.State.CLOSED else "not_now")
    poll.state, poll.opened_at, poll.opened_as_anonymous = Poll.State.OPEN, now, poll.is_anonymous
    try:
        with transaction.atomic():
            poll.save(update_fields=["state", "opened_at", "opened_as_anonymous"])
    except IntegrityError as error:
        raise UnableToRun("another_open", "another poll is open in this room") from error
    Poll.objects.filter(room=room_id, is_on_stage=True).update(is_on_stage=False)
    event = PollOpened(
        id=poll.pk,
        meeting=poll.meeting,
        title=poll.title,
        translations=poll.translations,
        kind=poll.kind,
        options=option_infos(poll),
        anonymous=poll.is_anonymous,
        most=poll.most_choices,
        show=poll.results,
        on_page=poll.is_on_page,
        at=journal.protocol_time(now),
    )
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


@transaction.atomic
def close_poll(
    *, poll_id: str, room_id: str, by: int | None, now: datetime, is_to_share: bool = False
) -> None:
    """open → closed: no vote is counted any more, and those before are all in the results. Raises Refused."""
    poll = locked_poll(poll_id, room_id)  # votes change this row, too
    if not poll.is_open:
        raise Refused("closed" if poll.state == Poll.State.CLOSED else "not_now")
    _refuse_sharing(poll, is_to_share=is_to_share)
    poll.state, poll.closed_at = Poll.State.CLOSED, now
    poll.is_shared = poll.is_shared or is_to_share or poll.results == Poll.Results.LIVE
    poll.save(update_fields=["state", "closed_at", "is_shared"])
    if poll.is_anonymous:
        _forget_order_of_votes(poll)
    journal.write_many(room_id=room_id, events=_closing_events(poll, by, now), now=now)


def _forget_order_of_votes(poll: Poll) -> None:
    """A database keeps which transaction wrote a row, and in which order rows came.

    So that this tells nothing together with the voters' rows, counters and answers are all written once more.
    """
    poll.options.update(votes=F("votes"))
    words = list(poll.words.order_by("key"))
    poll.words.all().delete()
    PollWord.objects.bulk_create(
        PollWord(poll=poll, key=word.key, text=word.text, votes=word.votes) for word in words
    )


def _closing_events(poll: Poll, by: int | None, now: datetime) -> list[journal.NewEvent]:
    counted, at = with_results(Poll.objects.filter(pk=poll.pk)).get(), journal.protocol_time(now)
    results, right = results_of(counted), right_of(counted)
    Poll.objects.filter(pk=poll.pk).update(final_results=[each.model_dump() for each in results])
    shown = poll.is_shared
    closed = PollClosed(
        id=poll.pk,
        shared=shown,
        results=results if shown else None,
        voters=counted.voters if shown else None,
        right=right if shown else None,
        at=at,
    )
    if shown:
        return [journal.NewEvent(closed, by)]
    known_to_hosts = PollCounted(id=poll.pk, results=results, voters=counted.voters, right=right, at=at)
    return [journal.NewEvent(closed, by), journal.NewEvent(known_to_hosts, by, audience_of(hosts=True))]


@transaction.atomic
def share_poll(*, poll_id: str, room_id: str, on_stage: bool, by: int | None, now: datetime) -> None:
    """Everybody gets the results; with `on_stage` they lie over the stage, in the place of others. Raises Refused."""
    poll = locked_poll(poll_id, room_id)
    _refuse_sharing(poll, is_to_share=True)
    if poll.is_prepared or (poll.is_open and poll.results != Poll.Results.LIVE):
        raise Refused("not_now")
    if on_stage:
        Poll.objects.filter(room=room_id, is_on_stage=True).update(is_on_stage=False)
    poll.is_shared = poll.is_shared or not poll.is_open
    poll.is_on_stage = on_stage
    poll.save(update_fields=["is_shared", "is_on_stage"])
    counted = with_results(Poll.objects.filter(pk=poll.pk)).get()
    event = PollShared(
        id=poll.pk,
        on_stage=on_stage,
        results=results_of(counted),
        voters=counted.voters,
        right=None if poll.is_open else right_of(counted),
        at=journal.protocol_time(now),
    )
    journal.write_many(room_id=room_id, events=[journal.NewEvent(event, by)], now=now)


def _refuse_sharing(poll: Poll, *, is_to_share: bool) -> None:
    if is_to_share and poll.results == Poll.Results.HOSTS:
        raise Refused("not_now", "the results are for hosts alone")


@transaction.atomic
def close_polls_of(*, room_id: str, meeting: str, now: datetime) -> None:
    """With the end of the meeting: at most one is open."""
    for poll in Poll.objects.filter(room=room_id, meeting=meeting, state=Poll.State.OPEN):
        close_poll(poll_id=poll.pk, room_id=room_id, by=None, now=now)
