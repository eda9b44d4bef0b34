"""The preview of a change matches the emails sent after it."""

from collections import Counter
from dataclasses import replace
from datetime import time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from companies.models import Person
from meetings import change_preview, changing, meeting_input, scheduling
from meetings.change_preview import Effects
from meetings.meeting_input import MeetingDetails, Speaker
from meetings.models import Meeting, Registration
from notifications.models import Notification, NotificationQuerySet
from tests import factories as make
from tests.factories import NOW, STARTS_AT
from tests.notifications.conftest import InMemoryMailer, Send

Kind, State = Notification.Kind, Notification.State
STATES = [state for state in Registration.State if state != Registration.State.OFFERED]


def people_and_kinds(rows: Any) -> Counter[tuple[str, str]]:
    return Counter((row.person.email, row.kind) for row in rows.select_related("person"))


def rows_as_they_are() -> set[tuple[int, int]]:
    return set(Notification.objects.values_list("pk", "revision"))


def planned_since(known: set[tuple[int, int]]) -> NotificationQuerySet:
    """New rows, and reminders that were moved."""
    written = Notification.objects.filter(pk__in=[pk for pk, _revision in rows_as_they_are() - known])
    return written.exclude(state=State.DROPPED)


class PreviewAndPlan(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(data=st.data())
    def test_the_people_and_the_kinds_shown_are_the_rows_planned(self, data: st.DataObject) -> None:
        meeting = scheduling.schedule_meeting(
            host=make.member(email="host@example.org"),
            details=replace(
                meeting_input.details_of(make.meeting()),
                room=None,
                speakers=tuple(
                    Speaker(f"speaker{n}@example.org") for n in data.draw(st.sets(st.integers(0, 2)))
                ),
            ),
            now=NOW,
        )
        for number, state in enumerate(data.draw(st.lists(st.sampled_from(STATES), max_size=4))):
            wants = data.draw(st.booleans())
            person = make.person(email=f"seat{number}@example.org", wants_reminders=wants)
            make.registration(meeting=meeting, person=person, state=state)
        Notification.objects.filter(kind=Kind.INVITATION).update(state=State.SENT, sent_at=NOW, attempts=1)
        wanted = replace(
            meeting_input.details_of(meeting),
            local_time=data.draw(st.sampled_from([time(10), time(14, 30)])),
            address=data.draw(st.sampled_from(["", "Quay 4"])),
            reminders=tuple(data.draw(st.sets(st.sampled_from([10, 60, 1440, 10080])))),
            speakers=tuple(
                Speaker(address)
                for address in sorted(
                    data.draw(
                        st.sets(
                            st.sampled_from(
                                [
                                    "speaker0@example.org",
                                    "speaker1@example.org",
                                    "new@example.org",
                                    "seat0@example.org",
                                ]
                            )
                        )
                    )
                )
            ),
        )
        now = data.draw(st.sampled_from([NOW, STARTS_AT - timedelta(minutes=30)]))
        effects = change_preview.effects_of_change(meeting=meeting, details=wanted, now=now)
        shown = [
            mail for mail in effects.mails if mail.recipient.wants_reminders or mail.minutes_before is None
        ]
        known = rows_as_they_are()
        changing.change_meeting(meeting=meeting, details=wanted, now=now)
        rows = planned_since(known).exclude(kind=Kind.REMINDER, person__wants_reminders=False)
        planned = people_and_kinds(rows)
        assert Counter(mail.kind for mail in shown) == Counter(kind for (_email, kind) in planned.elements())
        at_once = rows.exclude(kind=Kind.REMINDER)
        assert effects.people_notified == len(set(at_once.values_list("person", flat=True)))
        assert effects.reminders_planned == rows.filter(kind=Kind.REMINDER).count()
        emails = dict(rows.values_list("person", "person__email"))
        by_id = Counter(
            (emails[mail.recipient.person_id], mail.kind.value) for mail in shown if mail.recipient.person_id
        )
        assert all(planned[key] == count for key, count in by_id.items())


@pytest.mark.django_db
def test_who_is_new_on_the_stage_is_invited_and_hears_of_no_earlier_time() -> None:
    meeting = make.meeting()
    details = replace(
        meeting_input.details_of(meeting), local_time=time(14), speakers=(Speaker("paul@example.org"),)
    )
    changing.change_meeting(meeting=meeting, details=details, now=NOW)
    notified = Notification.objects.filter(person__email="paul@example.org").exclude(kind=Kind.REMINDER)
    assert [row.kind for row in notified] == [Kind.INVITATION]


@pytest.mark.django_db
@pytest.mark.parametrize(("left", "removal_notices"), [(False, 0), (True, 1)])
def test_whoever_was_not_invited_gets_no_removal_notice(left: bool, removal_notices: int) -> None:
    """Neither in the preview nor after it, while the invitation waits."""
    speaker = Speaker("paul@example.org")
    meeting = scheduling.schedule_meeting(
        host=make.member(),
        details=replace(meeting_input.details_of(make.meeting()), room=None, speakers=(speaker,)),
        now=NOW,
    )
    if left:
        Notification.objects.update(state=State.SENT, sent_at=NOW, attempts=1)
    without = replace(meeting_input.details_of(meeting), speakers=())
    effects = change_preview.effects_of_change(meeting=meeting, details=without, now=NOW)
    assert effects.people_notified == removal_notices
    changing.change_meeting(meeting=meeting, details=without, now=NOW)
    assert Notification.objects.filter(kind=Kind.WITHDRAWN).count() == removal_notices


@pytest.mark.django_db
def test_whoever_is_put_back_before_the_removal_notice_was_sent_is_not_invited_again() -> None:
    speaker = Speaker("paul@example.org")
    meeting = scheduling.schedule_meeting(
        host=make.member(),
        details=replace(meeting_input.details_of(make.meeting()), room=None, speakers=(speaker,)),
        now=NOW,
    )
    Notification.objects.filter(kind=Kind.INVITATION).update(state=State.SENT, sent_at=NOW, attempts=1)
    on_stage = meeting_input.details_of(meeting)
    changing.change_meeting(meeting=meeting, details=replace(on_stage, speakers=()), now=NOW)
    meeting.refresh_from_db()
    invitations = Notification.objects.filter(kind=Kind.INVITATION)
    before = invitations.count()
    effects = change_preview.effects_of_change(meeting=meeting, details=on_stage, now=NOW)
    assert [mail.kind for mail in effects.mails if mail.kind == "invitation"] == []
    changing.change_meeting(meeting=meeting, details=on_stage, now=NOW)
    assert invitations.count() == before


@pytest.mark.django_db
def test_a_closed_account_is_neither_counted_nor_notified() -> None:
    meeting = make.meeting()
    make.role(meeting, make.person(is_active=False))
    make.registration(meeting=meeting, person=make.person(is_active=False))
    details = replace(meeting_input.details_of(meeting), local_time=time(14))
    effects = change_preview.effects_of_change(meeting=meeting, details=details, now=NOW)
    changing.change_meeting(meeting=meeting, details=details, now=NOW)
    notified = set(Notification.objects.values_list("person", flat=True))
    assert (effects.people_notified, notified) == (1, {meeting.host_id})


# ---- what the generated examples above may miss ----------------------------------------------------------


def shown_and_planned(
    meeting: Meeting, now: Any = NOW, **changes: Any
) -> tuple[Effects, Counter[tuple[str, str]]]:
    """The preview of a change, and the rows that come once it is made."""
    details: MeetingDetails = replace(meeting_input.details_of(meeting), **changes)
    effects = change_preview.effects_of_change(meeting=meeting, details=details, now=now)
    known = rows_as_they_are()
    changing.change_meeting(meeting=meeting, details=details, now=now)
    return effects, people_and_kinds(planned_since(known))


@pytest.mark.django_db
def test_the_reminders_shown_are_those_ahead_of_the_new_time() -> None:
    meeting = make.meeting(reminders=[10, 60, 1440])
    now = STARTS_AT - timedelta(minutes=30)
    effects, planned = shown_and_planned(meeting, now, local_time=time(14, 30))
    assert effects.reminders_dropped == 1
    assert effects.reminders_planned == planned[meeting.host.email, Kind.REMINDER] == 2


@pytest.mark.django_db
def test_a_closed_account_gets_no_removal_notice(send: Send, mailer: InMemoryMailer) -> None:
    meeting = make.meeting()
    shown_and_planned(meeting, speakers=(Speaker("paul@example.org"),))
    send(NOW)
    Person.objects.filter(email="paul@example.org").update(is_active=False)
    effects, _planned = shown_and_planned(meeting, speakers=())
    send(NOW)
    assert effects.people_notified == 0
    assert len(mailer.to("paul@example.org")) == 1  # the invitation


@pytest.mark.django_db
def test_people_of_a_project_room_are_notified_whether_on_the_stage_or_not() -> None:
    host, paul = make.member(), make.member(email="paul@example.org")
    room = make.room(companies=[host.company, paul.company])
    draft = make.meeting(host=host, room=room, visibility="invited")
    meeting = scheduling.schedule_meeting(
        host=host, details=replace(meeting_input.details_of(draft), local_time=time(17)), now=NOW
    )
    Notification.objects.update(state=State.SENT, sent_at=NOW, attempts=1)
    for speakers, starts in (((Speaker(paul.email),), time(18)), ((), time(19))):
        effects, planned = shown_and_planned(meeting, speakers=speakers, local_time=starts, reminders=())
        assert planned == {(host.email, Kind.CHANGE): 1, (paul.email, Kind.CHANGE): 1}
        assert Counter(mail.kind.value for mail in effects.mails) == {Kind.CHANGE: 2}
        assert effects.people_notified == 2
        Notification.objects.update(state=State.SENT, sent_at=NOW, attempts=1)
