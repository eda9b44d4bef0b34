"""The form that schedules and changes a meeting: errors, previews, series, two tabs at once."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from django.urls import reverse

from meetings import changing, meeting_input
from meetings.models import Meeting, Series
from tests import factories
from tests.meetings.inputs import typed, typed_again

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


# ---- scheduling ------------------------------------------------------------------------------------------


def test_a_member_schedules_a_webinar_by_the_form(page, host):
    form = page.get(reverse("new_meeting"))
    assert form.status_code == 200
    answer = page.post(
        reverse("new_meeting"),
        typed(
            title_sv="Värme ur hamnvatten", speakers="Katrin Brüggemann <katrin@example.org>", capacity="120"
        ),
    )
    meeting = Meeting.objects.get()
    assert answer.headers["Location"] == reverse("host_meeting", args=[meeting.pk])
    assert meeting.title == {"en": "Heat from harbour water", "sv": "Värme ur hamnvatten"}
    assert (meeting.host, meeting.state, meeting.capacity) == (host, "scheduled", 120)
    assert meeting.starts_at == factories.STARTS_AT
    assert [(role.person.email, role.role) for role in meeting.roles.all()] == [
        ("katrin@example.org", "speaker")
    ]
    assert page.get(answer.headers["Location"]).status_code == 200


def test_who_has_no_company_finds_out_what_is_needed(client):
    newcomer = factories.person(email="ny@example.org")
    client.force_login(newcomer)
    assert reverse("new_meeting") in client.get(reverse("home")).text
    for answer in (client.get(reverse("new_meeting")), client.post(reverse("new_meeting"), typed())):
        assert answer.status_code == 403
        assert "You need a company to schedule meetings" in answer.text
        assert newcomer.email in answer.text
        assert reverse("contact") in answer.text
    assert not Meeting.objects.exists()


def test_a_draft_is_kept_and_published_later(page):
    page.post(reverse("new_meeting"), typed(do="draft"))
    meeting = Meeting.objects.get()
    assert meeting.state == "draft"
    assert (
        "Only the hosts and the secretariat can see this draft"
        in page.get(reverse("host_meeting", args=[meeting.pk])).text
    )
    page.post(reverse("publish_meeting", args=[meeting.pk]))
    meeting.refresh_from_db()
    assert meeting.state == "scheduled"


@pytest.mark.parametrize(
    ("fields", "name", "words"),
    [
        ({"local_day": "2027-03-28", "local_time": "03:30"}, "local_time", "because the clocks in"),
        ({"local_day": "2027-10-31", "local_time": "03:30"}, "local_time", "occurs twice"),
        (
            {"local_day": "2027-03-28", "local_time": "01:30", "timezone": "Europe/London"},
            "local_time",
            "because the clocks in",
        ),
        ({"local_day": "2020-01-01"}, "local_day", "in the past"),
        ({"title_en": ""}, "title_en", "at least one language"),
        ({"format": "both"}, "address", "address"),
        ({"speakers": "Elin <elin@havslund.example>\nNils Åkerlund"}, "speakers", "Line 2: “Nils Åkerlund”"),
        ({"languages": None}, "languages", "required"),
        ({"capacity": "none"}, "capacity", "whole number"),
        ({"timezone": "Mars/Base"}, "timezone", "Mars/Base"),
        ({"frequency": "weekly"}, "count", "number of meetings"),
        ({"frequency": "weekly", "count": "61"}, "count", "60"),
        ({"frequency": "daily", "count": "3", "weekdays": ["1"]}, "weekdays", "weekly"),
        ({"frequency": "weekly", "count": "3", "weekdays": ["0", "2"]}, "local_day", "the days you chose"),
        (
            {"local_day": "9999-12-31", "frequency": "monthly", "count": "20"},
            "local_day",
            "too far from today",
        ),
        ({"host_company": "999999"}, "host_company", "valid choice"),
        ({"room": "nosuchroom"}, "room", "valid choice"),
    ],
)
def test_an_error_is_shown_at_its_field_and_nothing_typed_is_lost(page, fields, name, words):
    answer = page.post(reverse("new_meeting"), typed(description_en="Two winters in Klaipėda", **fields))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[name])
    assert "Two winters in Klaipėda" in answer.text
    assert Meeting.objects.count() == 0


def test_a_field_that_is_missing_altogether_is_an_error_and_no_traceback(page):
    assert page.post(reverse("new_meeting"), {}).status_code == 422
    assert page.post(reverse("new_meeting"), {"local_day": "x" * 9000, "interval": "\x00"}).status_code == 422


def test_a_series_by_the_form(page):
    page.post(reverse("new_meeting"), typed(frequency="weekly", interval="2", weekdays=["1", "3"], count="4"))
    days = list(Meeting.objects.order_by("starts_at").values_list("local_day", flat=True))
    assert days == [date(2027, 1, 14), date(2027, 1, 26), date(2027, 1, 28), date(2027, 2, 9)]
    assert Series.objects.get().interval == 2


def test_a_series_over_a_change_of_clocks_names_the_day_without_that_time(page):
    answer = page.post(
        reverse("new_meeting"),
        typed(local_day="2027-03-21", local_time="03:30", frequency="weekly", count="3"),
    )
    assert "28 March 2027" in answer.context["form"].errors["local_time"][0]


def test_a_project_room_is_offered_to_its_own_people_alone(client_of, host):
    own = factories.room(companies=[host.company, factories.company()])
    other = factories.room(companies=[factories.company(), factories.company()])
    page = client_of(host)
    form = page.get(reverse("new_meeting"), {"room": own.pk}).context["form"]
    assert form.initial["room"] == own
    assert list(form.fields["room"].queryset) == [own]
    assert "room" not in page.get(reverse("new_meeting"), {"room": other.pk}).context["form"].initial
    assert page.post(reverse("new_meeting"), typed(room=other.pk)).status_code == 422
    page.post(reverse("new_meeting"), typed(room=own.pk))
    assert (Meeting.objects.get().room, Meeting.objects.get().visibility) == (own, "invited")


def test_a_conflict_is_shown_before_saving_and_may_be_confirmed(page, host):
    busy = factories.meeting(host=host, title={"en": "Quay meeting"})
    answer = page.post(reverse("new_meeting"), typed())
    assert answer.status_code == 200
    assert "Quay meeting" in answer.text
    assert list(Meeting.objects.all()) == [busy]
    page.post(reverse("new_meeting"), typed(confirmed=answer.context["mark"]))
    assert Meeting.objects.count() == 2


def test_what_was_confirmed_is_what_was_shown(page, host):
    factories.meeting(host=host)
    mark = page.post(reverse("new_meeting"), typed()).context["mark"]
    again = page.post(reverse("new_meeting"), typed(confirmed=mark, local_time="11:15"))
    assert again.status_code == 200
    assert again.context["preview"] is not None
    assert Meeting.objects.count() == 1


def test_conflicts_leave_out_hidden_meetings_and_other_peoples_registrations(page):
    speaker = factories.member(email="katrin@example.org")
    secret = factories.meeting(
        host=speaker,
        title={"en": "Secret merger"},
        visibility="invited",
        room=factories.room(companies=[speaker.company]),
    )
    elsewhere = factories.meeting(title={"en": "Where Katrin listens"})
    factories.registration(meeting=elsewhere, person=speaker)
    answer = page.post(reverse("new_meeting"), typed(speakers="katrin@example.org", do="preview"))
    assert answer.context["preview"].conflicts == []
    assert str(secret) not in answer.text
    assert str(elsewhere) not in answer.text


# ---- changing --------------------------------------------------------------------------------------------


def test_a_move_shows_who_will_be_notified_and_is_made_when_confirmed(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius")
    for zone in ("Europe/Copenhagen", "Europe/Copenhagen", "Europe/London"):
        factories.registration(meeting=meeting, person=factories.person(timezone=zone, language="da"))
    address = reverse("edit_meeting", args=[meeting.pk])
    answer = page.post(address, typed_again(meeting, local_time="14:00"))
    text = " ".join(answer.text.split())
    assert "4 people will get an email" in text
    assert "Danish (3)" in text
    assert ">13:00–14:00</time> for 2 people (Copenhagen)" in text
    assert ">12:00–13:00</time> for 1 person (London)" in text
    assert "Move and notify 4 people" in text
    meeting.refresh_from_db()
    assert meeting.revision == 0
    page.post(address, typed_again(meeting, local_time="14:00", confirmed=answer.context["mark"]))
    meeting.refresh_from_db()
    assert (meeting.revision, meeting.local_time) == (1, time(14))
    assert meeting.starts_at == factories.STARTS_AT + timedelta(hours=3)


def test_a_move_into_the_night_of_somebody_says_so(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius")
    factories.registration(meeting=meeting, person=factories.person(timezone="Europe/London"))
    answer = page.post(reverse("edit_meeting", args=[meeting.pk]), typed_again(meeting, local_time="08:00"))
    assert "Early or late for 1 person in London:" in answer.text


def test_a_change_that_notifies_nobody_is_saved_at_once(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius")
    factories.registration(meeting=meeting)
    page.post(
        reverse("edit_meeting", args=[meeting.pk]),
        typed_again(meeting, description_en="New words", record="on"),
    )
    meeting.refresh_from_db()
    assert (meeting.description, meeting.record, meeting.revision) == ({"en": "New words"}, True, 0)


def test_the_edit_form_gives_back_what_the_meeting_is(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", reminders=[1440, 45])
    factories.role(meeting, factories.person(name="Paweł Nowicki", email="pawel@example.org"), "interpreter")
    factories.role(meeting, factories.person(name="Iga Lis", email="iga@example.org"), "captioner")
    form = page.get(reverse("edit_meeting", args=[meeting.pk])).context["form"]
    shown = {field.name: field.value() for field in form if field.value() not in (None, "", [], False)}
    page.post(
        reverse("edit_meeting", args=[meeting.pk]),
        {**shown, "do": "save"} | {"host_company": "", "programme": ""},
    )
    after = Meeting.objects.get()
    assert (after.revision, after.reminders, after.starts_at) == (0, [1440, 45], meeting.starts_at)
    assert [(role.person.email, role.role) for role in after.roles.all()] == [
        ("pawel@example.org", "interpreter"),
        ("iga@example.org", "captioner"),
    ]


def test_moving_a_meeting_of_a_series_may_take_the_later_ones_along(page, host):
    page.post(reverse("new_meeting"), typed(frequency="weekly", count="3"))
    second = Meeting.objects.get(series_position=2)
    again = typed_again(second, local_day="2027-01-22", local_time="13:00", following="on")
    answer = page.post(reverse("edit_meeting", args=[second.pk]), again)
    assert "1 later meeting in the series will also move." in " ".join(answer.text.split())
    assert "Save and send 1 email" in answer.text  # to the host, about both
    page.post(reverse("edit_meeting", args=[second.pk]), {**again, "confirmed": answer.context["mark"]})
    moved = list(Meeting.objects.order_by("series_position").values_list("local_day", "local_time"))
    assert moved == [
        (date(2027, 1, 14), time(11)),
        (date(2027, 1, 22), time(13)),
        (date(2027, 1, 29), time(13)),
    ]


def test_a_new_title_for_a_whole_series_is_shown_with_all_its_emails_and_moves_nothing(page, host):
    page.post(reverse("new_meeting"), typed(frequency="weekly", count="3"))
    parts = list(Meeting.objects.order_by("series_position"))
    for part in parts:
        factories.registration(meeting=part)
    again = typed_again(parts[0], title_en="Ice storage", following="on")
    answer = page.post(reverse("edit_meeting", args=[parts[0].pk]), again)
    shown = " ".join(answer.text.split())
    assert "2 later meetings of the series keep their times" in shown
    assert "move, too" not in shown
    assert "Save and send 4 emails" in shown  # of each part to who is registered, of all to the host
    page.post(reverse("edit_meeting", args=[parts[0].pk]), {**again, "confirmed": answer.context["mark"]})
    assert {str(one) for one in Meeting.objects.all()} == {"Ice storage"}


def test_a_cancelled_meeting_refuses_a_change_in_words(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", state=Meeting.State.CANCELLED)
    answer = page.post(reverse("edit_meeting", args=[meeting.pk]), typed_again(meeting, local_time="15:00"))
    assert answer.status_code == 422
    assert "cancelled meeting cannot be changed" in answer.text


@pytest.mark.parametrize("day", ["0001-01-01", "0001-01-02", "1999-12-31", "9999-12-31"])
def test_a_day_out_of_reach_is_an_error_at_its_field(page, host, day):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", description={})
    factories.registration(meeting=meeting)
    answer = page.post(reverse("edit_meeting", args=[meeting.pk]), typed_again(meeting, local_day=day))
    assert answer.status_code == 422
    assert len(answer.context["form"].errors["local_day"]) == 1


# ---- two tabs ------------------------------------------------------------------------------------------------


def version_on(page, address):
    return page.get(address).context["form"].read_version


def test_an_older_tab_does_not_silently_undo_what_another_saved(page, host):
    meeting = factories.meeting(host=host, timezone="Europe/Vilnius", description={})
    address = reverse("edit_meeting", args=[meeting.pk])
    older = version_on(page, address)
    moved = typed_again(meeting, local_time="15:00", read_version=older, title_en="Newer")
    shown = page.post(address, moved)
    assert page.post(address, {**moved, "confirmed": shown.context.get("mark", "")}).status_code == 302
    stale = typed_again(meeting, title_en="Older", read_version=older)
    refused = page.post(address, stale)
    assert refused.status_code == 422
    meeting.refresh_from_db()
    assert (meeting.title, meeting.local_time) == ({"en": "Newer"}, time(15))
    (said,) = refused.context["form"].non_field_errors()
    assert "Start time" in said
    assert 'value="Older"' in refused.content.decode()
    # Read and sent again, it is what the host wants.
    wanted = {**stale, "read_version": refused.context["form"].read_version}
    shown = page.post(address, wanted)
    assert page.post(address, {**wanted, "confirmed": shown.context["mark"]}).status_code == 302
    meeting.refresh_from_db()
    assert (meeting.title, meeting.local_time) == ({"en": "Older"}, time(11))


def test_a_form_sent_twice_by_mistake_is_no_conflict(page, host):
    meeting = factories.meeting(
        host=host, timezone="Europe/Vilnius", description={}, host_company=host.company
    )
    address = reverse("edit_meeting", args=[meeting.pk])
    sent = typed_again(meeting, title_en="Newer", read_version=version_on(page, address))
    sent["confirmed"] = page.post(address, {**sent, "do": "preview"}).context["mark"]
    assert [page.post(address, {**sent, "do": "preview"}).status_code for _ in range(2)] == [302, 302]


def test_a_change_in_between_reading_and_saving_is_refused_under_the_lock(host):
    meeting = factories.meeting(host=host, description={})
    read = meeting_input.details_of(meeting)
    changing.change_meeting(meeting=meeting, details=replace(read, capacity=5), now=NOW)
    with pytest.raises(changing.UnableToChange):
        changing.change_meeting(meeting=meeting, details=replace(read, capacity=7), now=NOW, expected=read)
    meeting.refresh_from_db()
    assert meeting.capacity == 5
