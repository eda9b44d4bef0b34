"""The page with a meeting's questions: who reads what, answers after the meeting, the file, the API."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from api.models import ApiToken
from companies.ids import new_secret
from engagement.models import Question, QuestionSettings
from engagement.questions import replying
from meetings import access, signals
from meetings.models import Meeting
from notifications import rendering
from notifications.models import Notification
from notifications.relevance import reason_to_drop
from recordings.views import player
from tests import factories

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture
def ended() -> Meeting:
    begun = NOW - timedelta(hours=2)
    times = {"starts_at": begun, "started_at": begun, "ended_at": NOW - timedelta(hours=1)}
    return factories.meeting(state=Meeting.State.ENDED, title={"en": "Heat"}, **times)


def asked(meeting: Meeting, **fields: object) -> Question:
    person = fields.pop("person", None) or factories.person(name="Elin Asker")
    if not meeting.registrations.filter(person=person).exists():
        factories.registration(meeting=meeting, person=person, language="sv")
    known = meeting.room.participants.filter(person=person).first()
    asker = known or factories.participant(room=meeting.room, person=person)
    given = {"asked_at": NOW, "shown_at": NOW, "meeting": meeting, "participant": asker}
    return factories.live_question(**{**given, **fields})


def page_for(client: Client, meeting: Meeting, person: object, query: str = "") -> str:
    client.force_login(person)  # type: ignore[arg-type]
    return client.get(reverse("live_questions", args=[meeting.pk]) + query).content.decode()


def test_others_see_what_everybody_saw_and_hosts_see_all(client: Client, ended: Meeting) -> None:
    person = factories.person(name="Elin Asker")
    asked(ended, text="Shown one", person=person)
    asked(ended, text="Held one", state="held", shown_at=None, person=person)
    asked(ended, text="Dismissed one", state="dismissed", reason="Off topic", person=person)
    answered = {"state": "answered", "answered_at": NOW, "answer": "Between us", "answer_is_private": True}
    asked(ended, text="Private one", person=person, **answered)
    asked(ended, text="Practice one", shown_at=NOW - timedelta(hours=3), person=factories.person())
    other = factories.registration(meeting=ended).person
    seen = page_for(client, ended, other)
    assert "Shown one" in seen
    assert "Private one" in seen
    for hidden in ("Held one", "Dismissed one", "Off topic", "Between us", "Practice one"):
        assert hidden not in seen
    for reader in (person, ended.host):
        seen = page_for(client, ended, reader)
        for shown in ("Held one", "Dismissed one", "Off topic", "Between us"):
            assert shown in seen
    assert "Shown one" not in page_for(client, ended, ended.host, "?show=answered")
    assert "Shown one" not in page_for(client, ended, other, "?show=mine")


@pytest.mark.parametrize(("hidden_from", "host_sees"), [("attendees", True), ("everyone", False)])
def test_an_anonymous_question_names_nobody(
    client: Client, ended: Meeting, hidden_from: str, host_sees: bool
) -> None:
    question = asked(ended, hidden_from=hidden_from)
    other = factories.registration(meeting=ended).person
    assert "Elin Asker" not in page_for(client, ended, other)
    assert ("Elin Asker" in page_for(client, ended, ended.host)) is host_sees
    written = client.get(reverse("live_questions_csv", args=[ended.pk])).content.decode()
    assert question.text in written
    assert ("Elin Asker" in written) is host_sees
    for person, sees in ((ended.host, host_sees), (other, False)):
        answer = items(ended, person)[0]
        assert (answer["from"] is not None) is sees


def items(meeting: Meeting, person: object, query: str = "") -> list[dict[str, object]]:
    secret = new_secret()
    ApiToken.objects.create(
        person=person, key_hash=ApiToken.hash_of(secret), scopes=["meetings:read"], created_at=NOW
    )
    answer = Client().get(
        f"/api/v1/meetings/{meeting.pk}/questions{query}", headers={"Authorization": f"Bearer {secret}"}
    )
    assert answer.status_code == 200, answer.content
    return answer.json()["items"]  # type: ignore[no-any-return]


def test_programs_read_page_by_page(ended: Meeting) -> None:
    for number in range(3):
        asked(ended, text=f"Question {number}", asked_at=NOW - timedelta(minutes=number), votes=number)
    found = items(ended, ended.host, "?limit=2")
    assert [each["text"] for each in found] == ["Question 0", "Question 1"]
    assert found[1] | {"votes": 1, "state": "visible", "answer": None, "reason": ""} == found[1]


def test_an_answer_after_the_meeting_reaches_the_askers_once(client: Client, ended: Meeting) -> None:
    question = asked(ended)
    merged = asked(ended, state="merged", merged_into=question, person=factories.person(name="Second"))
    client.force_login(ended.host)
    address = reverse("answer_question", args=[ended.pk, question.pk])
    assert client.post(address, {"text": " "}).status_code == 422
    for text in ("Twenty degrees.", "Twenty-one degrees."):
        assert client.post(address, {"text": text}).status_code == 302
    assert "Twenty-one degrees." in page_for(client, ended, question.participant.person)
    mails = Notification.objects.filter(kind=Notification.Kind.QUESTION_ANSWERED)
    assert {mail.person_id for mail in mails} == {
        question.participant.person_id,
        merged.participant.person_id,
    }
    mail = rendering.mail_of(mails.get(person=question.participant.person), now=NOW)
    assert mail.language == "sv"
    assert "Twenty-one degrees." in mail.text
    assert reason_to_drop(mails[0], now=NOW) is None
    Question.objects.filter(pk=question.pk).update(state="visible", answer="", answered_at=None)
    mails[0].refresh_from_db()
    dropped = reason_to_drop(Notification.objects.get(pk=mails[0].pk), now=NOW)
    assert dropped == Notification.DropReason.QUESTION_REOPENED


def test_a_private_answer_is_sent_to_its_asker_alone(ended: Meeting) -> None:
    question = asked(ended)
    asked(ended, state="merged", merged_into=question, person=factories.person())
    given = {"room_id": ended.room_id, "question_id": question.pk, "by": ended.host_id, "now": NOW}
    replying.answer(text="For you.", is_private=True, **given)  # type: ignore[arg-type]
    mail = Notification.objects.get(kind=Notification.Kind.QUESTION_ANSWERED)
    assert mail.person_id == question.participant.person_id


def test_while_the_meeting_runs_nobody_gets_an_email(ended: Meeting) -> None:
    Meeting.objects.filter(pk=ended.pk).update(state=Meeting.State.LIVE, ended_at=None)
    question = asked(ended)
    given = {"room_id": ended.room_id, "question_id": question.pk, "by": ended.host_id, "now": NOW}
    replying.answer(text="Yes.", is_private=False, **given)  # type: ignore[arg-type]
    assert not Notification.objects.filter(kind=Notification.Kind.QUESTION_ANSWERED).exists()


def test_open_questions_are_sent_once_to_host_and_assigned_speaker(ended: Meeting) -> None:
    speaker = factories.person()
    factories.role(ended, speaker)
    assigned = factories.participant(room=ended.room, person=speaker)
    asked(ended, text="For the speaker", assigned_to=assigned)
    asked(ended, text="For anybody")
    for _ in range(2):
        signals.meeting_ended.send(Meeting, meeting=ended, now=NOW)
    mails = Notification.objects.filter(kind=Notification.Kind.OPEN_QUESTIONS)
    assert {mail.person_id for mail in mails} == {ended.host_id, speaker.pk}
    to_host, to_speaker = (
        rendering.mail_of(mails.get(person=person), now=NOW).text for person in (ended.host, speaker)
    )
    assert "For anybody" in to_host
    assert "For the speaker" in to_host
    assert "For anybody" not in to_speaker
    assert reverse("live_questions", args=[ended.pk]) in to_host
    Question.objects.update(state="dismissed")
    dropped = reason_to_drop(mails.get(person=ended.host), now=NOW)
    assert dropped == Notification.DropReason.QUESTIONS_ANSWERED


def test_without_open_questions_there_is_no_email(ended: Meeting) -> None:
    asked(ended, state="answered", answered_at=NOW)
    signals.meeting_ended.send(Meeting, meeting=ended, now=NOW)
    assert not Notification.objects.filter(kind=Notification.Kind.OPEN_QUESTIONS).exists()


def test_an_assigned_speaker_answers_by_their_link_and_others_do_not(ended: Meeting) -> None:
    speaker, other = factories.person(), factories.person()
    for person in (speaker, other):
        factories.role(ended, person)
    assigned = factories.participant(room=ended.room, person=speaker)
    question = asked(ended, assigned_to=assigned)
    address = reverse("answer_question", args=[ended.pk, question.pk])
    for person, expected in ((speaker, 302), (other, 403)):
        visitor = Client()
        session = visitor.session
        session[access.SESSION_STAGE_ROLES] = [ended.roles.get(person=person).pk]
        session.save()
        assert visitor.post(address, {"text": "Yes."}).status_code == expected
    question.refresh_from_db()
    assert question.answered_by == speaker


def test_what_was_dismissed_meanwhile_is_not_answered(client: Client, ended: Meeting) -> None:
    question = asked(ended, state="dismissed")
    client.force_login(ended.host)
    address = reverse("answer_question", args=[ended.pk, question.pk])
    answer = client.post(address, {"text": "Typed with care."})
    assert answer.status_code == 422
    assert "Typed with care." in answer.content.decode()
    assert client.post(reverse("dismiss_question", args=[ended.pk, question.pk])).status_code == 422


def test_the_host_sets_up_questions_before_the_meeting(client: Client) -> None:
    meeting = factories.meeting()
    client.force_login(meeting.host)
    address = reverse("question_settings", args=[meeting.pk])
    shown = client.get(address).content.decode()
    assert 'value="everyone"' in shown
    assert client.post(address, {"is_open": "on", "anonymity": "perhaps"}).status_code == 422
    assert client.post(address, {"is_moderated": "on", "anonymity": "no"}).status_code == 302
    chosen = QuestionSettings.objects.get(room=meeting.room)
    assert (chosen.is_open, chosen.is_moderated, chosen.has_upvotes, chosen.anonymity) == (
        False,
        True,
        False,
        "no",
    )


def test_answers_stand_beside_the_recording_at_their_minute(ended: Meeting) -> None:
    assert ended.started_at is not None
    begun = ended.started_at + timedelta(minutes=5)
    recording = factories.recording(meeting=ended, started_at=begun, duration_seconds=600)
    heard = {"state": "answered", "answered_at": NOW}
    asked(ended, text="Early", heard_at=begun - timedelta(seconds=1), **heard)
    asked(ended, text="Second", heard_at=begun + timedelta(seconds=125), **heard)
    asked(ended, text="First", heard_at=begun + timedelta(seconds=61), language="sv", **heard)
    asked(ended, text="Late", heard_at=begun + timedelta(seconds=601), **heard)
    asked(ended, text="Written", answer="Yes.", **heard)
    page = player.watching(recording, level=access.Level.SEE)
    assert [(one.seconds, one.text) for one in page.questions] == [(61, "First"), (125, "Second")]


def test_the_meeting_page_links_to_the_questions_for_those_who_may_read_them(
    client: Client, ended: Meeting
) -> None:
    question = asked(ended)
    address, link = reverse("meeting", args=[ended.pk]), reverse("live_questions", args=[ended.pk])
    assert link not in client.get(address).content.decode()
    client.force_login(question.participant.person)
    assert link in client.get(address).content.decode()
    client.force_login(factories.person())
    assert link not in client.get(address).content.decode()
