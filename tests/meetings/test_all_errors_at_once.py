"""A form that is sent says everything that is wrong with it in one round, and keeps what was typed."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from companies.form_versions import version_of
from engagement.models import Poll
from meetings.models import Meeting, Programme, RegistrationQuestion
from tests import factories
from tests.meetings.inputs import typed, typed_again

pytestmark = pytest.mark.django_db
NOW = factories.NOW


@pytest.fixture(autouse=True)
def today(time_machine):
    time_machine.move_to(NOW, tick=False)


def errors_of(answer):
    assert answer.status_code == 422
    return set(answer.context["form"].errors)


def links_of(answer):
    """Where the summary above the form leads."""
    summary = re.search(
        r'<div class="notice notice--bad" role="alert".*?</div></div>', answer.text, re.DOTALL
    )
    return re.findall(r'href="#([^"]+)"', summary.group())


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        (
            {
                "capacity": "none",
                "local_day": "2020-01-01",
                "title_en": "",
                "format": "both",
                "interpreted_into": ["lt"],
                "speakers": "a@example.org\na@example.org",
                "frequency": "daily",
                "weekdays": ["1"],
            },
            {
                "capacity",
                "local_day",
                "title_en",
                "address",
                "speakers",
                "weekdays",
                "count",
            },
        ),
        ({"local_time": None, "local_day": "2020-01-01"}, {"local_time", "local_day"}),
        ({"local_day": "", "frequency": "weekly"}, {"local_day", "count"}),
        (
            {"languages": None, "frequency": "weekly", "count": "2", "weekdays": ["0"]},
            {"languages", "local_day"},
        ),
        # What depends on a field that is invalid by itself is not guessed at.
        ({"local_day": "someday", "local_time": "03:30"}, {"local_day"}),
        ({"format": "moon", "duration_minutes": "1"}, {"format", "duration_minutes"}),
        ({"timezone": "Mars/Base", "local_day": "2020-01-01"}, {"timezone"}),
        ({"title_en": "x" * 201}, {"title_en"}),
        ({"frequency": "weekly", "count": "many"}, {"count"}),
    ],
)
def test_a_new_meeting_says_all_that_is_wrong_with_it(page, fields, names):
    answer = page.post(reverse("new_meeting"), typed(description_en="Two winters", **fields))
    assert errors_of(answer) == names
    assert len(set(links_of(answer))) == len(names)
    assert all(f'id="{target}"' in answer.text for target in links_of(answer))
    assert "Two winters" in answer.text
    assert not Meeting.objects.exists()


def test_a_changed_meeting_says_at_once_what_its_seats_and_its_room_refuse(page, meeting):
    for _number in range(2):
        factories.registration(meeting=meeting)
    address = reverse("edit_meeting", args=[meeting.pk])
    sent = typed_again(meeting, capacity="1", duration_minutes="1", address="x" * 501)
    assert errors_of(page.post(address, sent)) == {"capacity", "duration_minutes", "address"}
    outdated = {**sent, "read_version": "another"}
    assert errors_of(page.post(address, outdated)) == {"capacity", "duration_minutes", "address", "__all__"}


def test_a_booked_project_room_is_said_beside_the_other_errors(client_of, host):
    room = factories.room(companies=[host.company, factories.company()])
    page = client_of(host)
    booked = typed(room=room.pk, kind="project_meeting", visibility="invited")
    page.post(reverse("new_meeting"), booked)
    assert Meeting.objects.count() == 1
    answer = page.post(reverse("new_meeting"), {**booked, "capacity": "none"})
    assert errors_of(answer) == {"capacity", "local_time"}


def test_the_summary_is_where_keyboard_and_screen_reader_are_led(page):
    answer = page.post(reverse("new_meeting"), typed(title_en="", languages=None))
    assert answer.text.count("data-focus") == 1
    assert 'role="alert" tabindex="-1" data-focus' in answer.text
    assert set(links_of(answer)) == {"id_title_en", "id_languages_0"}


def test_a_question_says_all_that_is_wrong_with_it(page, meeting):
    address = reverse("add_registration_question", args=[meeting.pk, RegistrationQuestion.Kind.CHOICE])
    answer = page.post(address, {"new_choice_0_en": "Only one"})
    assert errors_of(answer) == {"label", "new_choice_0"}
    assert links_of(answer) == ["id_label_en", "id_new_choice_0_en"]


def test_a_poll_says_all_that_is_wrong_with_it(page, meeting):
    sent = {"kind": Poll.Kind.QUIZ, "title": "", "options": "One", "results": Poll.Results.LIVE}
    answer = page.post(reverse("new_poll", args=[meeting.pk]), sent)
    assert errors_of(answer) == {"title", "options", "right"}


def test_a_programme_says_all_that_is_wrong_with_it(client):
    client.force_login(factories.secretariat())
    factories.programme(slug="harbour-heat")
    sent = {"title_en": "Harbour heat", "kind": "moon", "timezone": "Europe/Vilnius"}
    days = {"starts_on": "2027-02-02", "ends_on": "2027-02-01"}
    answer = client.post(reverse("new_programme"), {**sent, **days})
    assert errors_of(answer) == {"title", "kind", "ends_on"}
    assert Programme.objects.count() == 1


def test_a_file_that_cannot_be_read_does_not_hide_what_is_wrong_with_the_lines(page, meeting):
    file = SimpleUploadedFile("list.csv", b"\x00\x01\x00")
    sent = {"people": "a@example.org\nno address", "file": file, "language": "en"}
    answer = page.post(reverse("invitations", args=[meeting.pk]), sent)
    assert errors_of(answer) == {"file"}
    assert [(one.invitee.line, one.status) for one in answer.context["others"]] == [(2, "invalid")]
    assert "no address" in answer.context["form"]["people"].value()


def test_a_company_page_says_what_is_wrong_in_all_its_parts(client):
    admin = factories.company_admin()
    client.force_login(admin)
    listing = {
        "offers-0-details_en": "Without a title",
        "offers-TOTAL_FORMS": "1",
        "offers-INITIAL_FORMS": "0",
    }
    sent = {
        "name": "",
        "country": "LT",
        "website": "no address",
        "needs-TOTAL_FORMS": "0",
        "needs-INITIAL_FORMS": "0",
    }
    version = {"read_version": version_of("another")}
    answer = client.post(reverse("edit_company", args=[admin.company.slug]), {**sent, **listing, **version})
    assert errors_of(answer) == {"name", "website", "__all__"}
    assert links_of(answer) == ["id_name", "id_website", "id_offers-0-title_en"]
    assert "This was changed elsewhere" in answer.text
    assert "Without a title" in answer.text


def test_a_form_of_one_field_says_its_error_once(client):
    answer = client.post(reverse("account_login"), {"login": "nobody"})
    assert answer.text.count("Enter a valid email address") == 1


def test_two_forms_of_a_page_share_no_id(client):
    admin = factories.company_admin()
    client.force_login(admin)
    text = client.post(
        reverse("add_person", args=[admin.company.slug]), {"email": "", "name": "x" * 121}
    ).text
    ids = re.findall(r' id="([^"]+)"', text)
    assert sorted(ids) == sorted(set(ids))
    assert 'href="#colleague_email"' in text
    assert 'href="#colleague_name"' in text
