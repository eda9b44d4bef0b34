"""Demo data: seeded once, in all languages, without emails about the past."""

import re
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies.languages import LanguageText, LanguageTextField
from companies.models import Company, Person
from engagement.models import AgendaItem
from meetings.models import Meeting, Programme, Registration, RegistrationQuestion
from news.models import Article
from notifications.models import Notification
from recordings.models import Recording
from rooms.models import Presence, Room, RoomEvent
from webinar_service.demo import sources


@pytest.fixture(scope="module")
def seeded(django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Seeded once for all tests here, then deleted."""
    from django.db import transaction
    from django.test import override_settings

    media = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("media"))
    said = StringIO()
    with media, django_db_blocker.unblock(), transaction.atomic():
        call_command("seed_demo", stdout=said)
        yield said
        transaction.set_rollback(True)


pytestmark = pytest.mark.usefixtures("seeded", "db")
TABLES = (
    Company,
    Person,
    Programme,
    Meeting,
    Registration,
    Presence,
    Room,
    RoomEvent,
    Recording,
    AgendaItem,
    Article,
    Notification,
)


def test_planting_twice_changes_nothing(seeded: StringIO) -> None:
    before = [model.objects.count() for model in TABLES]  # type: ignore[attr-defined]
    call_command("seed_demo", stdout=(again := StringIO()))
    assert [model.objects.count() for model in TABLES] == before  # type: ignore[attr-defined]
    assert again.getvalue() == "The demo content already exists.\n"
    assert re.fullmatch(r"Created \d+ companies, \d+ meetings, \d+ recordings\.\n", seeded.getvalue())


def test_there_is_as_much_as_a_trial_needs() -> None:
    assert Company.objects.count() == 40
    assert set(Company.objects.values_list("country", flat=True)) == {"SE", "DK", "PL", "DE", "LT"}
    assert Programme.objects.count() == 3
    assert Meeting.objects.count() >= 25
    assert Room.objects.filter(kind=Room.Kind.PROJECT).count() == 2
    assert Article.objects.count() >= 8
    assert Recording.objects.published().count() == 5


def test_there_is_a_meeting_in_every_state_and_zone() -> None:
    assert set(Meeting.objects.values_list("state", flat=True)) == set(Meeting.State.values)
    zones = set(Meeting.objects.values_list("timezone", flat=True))
    assert {"Europe/Stockholm", "Europe/Vilnius", "Europe/London"} <= zones
    assert set(Meeting.objects.values_list("format", flat=True)) == set(Meeting.Format.values)


def test_something_begins_within_the_hour_and_the_demo_person_hosts_it() -> None:
    now = timezone.now()
    soon = Meeting.objects.upcoming(now).filter(
        starts_at__gt=now - timedelta(minutes=10), starts_at__lte=now + timedelta(hours=1)
    )
    assert soon.filter(host__email="demo@southern-baltic.example").exists()


def test_a_full_meeting_has_people_waiting() -> None:
    waiting = Registration.objects.filter(state=Registration.State.WAITLISTED)
    full = Meeting.objects.get(pk__in=waiting.values("meeting"))
    assert full.registrations.seated().count() == full.capacity


def test_no_mail_about_the_past_waits() -> None:
    waiting = Notification.objects.filter(state=Notification.State.WAITING)
    assert waiting.exists()
    assert waiting.order_by("due_at").first().due_at > timezone.now() - timedelta(minutes=2)  # type: ignore[union-attr]


def test_recordings_have_files_that_are_there() -> None:
    for recording in Recording.objects.published():
        files = {kept.role: Path(settings.MEDIA_ROOT) / str(kept.file.name) for kept in recording.files.all()}
        assert set(files) == {"main", "poster", "captions"}
        assert all(path.stat().st_size for path in files.values())
        assert recording.chapters.count() >= 2
        assert 15 < (recording.duration_seconds or 0) < 60


def test_people_who_belong_to_a_company_can_sign_in() -> None:
    from allauth.account.models import EmailAddress

    verified = EmailAddress.objects.filter(verified=True, primary=True)
    members = Person.objects.filter(company__isnull=False)
    assert set(members.values_list("pk", flat=True)) <= set(verified.values_list("user", flat=True))
    assert not any(person.has_usable_password() for person in Person.objects.all())


def test_every_address_is_an_invented_one() -> None:
    emails = Person.objects.values_list("email", flat=True)
    assert [email for email in emails if not email.endswith(".example")] == []


def language_texts() -> Iterator[tuple[str, LanguageText]]:
    """Each text of the demo that is kept by language, and where it stands."""
    for model in apps.get_models():
        names = [one.attname for one in model._meta.concrete_fields if isinstance(one, LanguageTextField)]
        for row in model._default_manager.values("pk", *names) if names else ():
            yield from ((f"{model.__name__} {row['pk']} {name}", row[name]) for name in names if row[name])
    for question in RegistrationQuestion.objects.all():
        yield from ((f"choice of {question.key}", choice["text"]) for choice in question.choices)


def test_every_text_is_in_all_languages() -> None:
    texts = dict(language_texts())
    lacking = {
        where: set(settings.ALL_LANGUAGES) - {language for language, words in text.items() if words}
        for where, text in texts.items()
    }
    assert {where: languages for where, languages in lacking.items() if languages} == {}
    assert {where.split()[0] for where in texts} >= {
        *("Article", "Chapter", "Company", "Meeting", "Need", "Offer", "Programme", "ProjectRoom"),
        *("RegistrationQuestion", "Topic", "choice"),
    }


def test_every_recording_has_captions_in_all_languages() -> None:
    for recording in Recording.objects.published():
        languages = recording.files.filter(role="captions").values_list("language", flat=True)
        assert set(languages) == set(settings.ALL_LANGUAGES)


def test_how_to_listen_to_the_interpretation_is_said_in_all_languages() -> None:
    hows = set(Meeting.objects.exclude(interpretation_how="").values_list("interpretation_how", flat=True))
    everywhere = (
        "Headsets at the entrance · Hörlurar vid ingången · Słuchawki przy wejściu · "
        "Kopfhörer am Eingang · Høretelefoner ved indgangen · Ausinės prie įėjimo"
    )
    assert hows == {everywhere}


def test_guests_answer_the_questions_of_a_host_in_their_language() -> None:
    written: dict[str, set[str]] = {}
    for registration in Registration.objects.exclude(answers={}).select_related("person"):
        written.setdefault(registration.person.language, set()).update(
            answer for key, answer in registration.answers.items() if key == "ask"
        )
    source = sources.read("meetings")["ronne-visit"]["questions"]["ask"]["answers"]
    assert any(written.values())
    for language, answers in written.items():
        assert answers <= {text[language] for text in source}


@pytest.mark.parametrize(
    ("german", "said"),
    [
        ('[heat]\ntitle = "Wärme"\nlines = ["eins"]', "topics.heat.lines: de lacks 1"),
        ('[heat]\nlines = ["eins", "zwei"]', "topics.heat: de lacks title"),
        ('[heat]\ntitle = " "\nlines = ["eins", "zwei"]', "topics.heat.title is empty in de"),
        ('[heat]\ntitle = ["Wärme"]\nlines = ["eins", "zwei"]', "topics.heat.title (en) is not what"),
        ('more = "Mehr"\n[heat]\ntitle = "Wärme"\nlines = ["eins", "zwei"]', "topics: en lacks more"),
    ],
)
def test_a_text_that_one_language_lacks_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, german: str, said: str
) -> None:
    for language in settings.ALL_LANGUAGES:
        (tmp_path / "texts" / language).mkdir(parents=True)
        text = german if language == "de" else '[heat]\ntitle = "Heat"\nlines = ["one", "two"]'
        (tmp_path / "texts" / language / "topics.toml").write_text(text)
    monkeypatch.setattr(sources, "_FOLDER", tmp_path)
    with pytest.raises(sources.TextMissing, match=re.escape(said)):
        sources.read_texts("topics")


@pytest.mark.parametrize("language", list(settings.ALL_LANGUAGES))
def test_every_public_page_of_it_opens_in_every_language(language: str) -> None:
    client = Client(headers={"Accept-Language": language})
    pages = [reverse(name) for name in ("home", "schedule", "recordings", "programmes", "directory", "news")]
    pages += [programme.get_absolute_url() for programme in Programme.objects.all()]
    pages += [
        meeting.get_absolute_url()
        for meeting in Meeting.objects.filter(visibility="public").exclude(state="draft")
    ]
    assert {page: client.get(page).status_code for page in pages} == dict.fromkeys(pages, 200)
