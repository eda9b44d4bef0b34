"""The administration: translated, in the product's design, and safe against any input."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.utils import flatten_fieldsets
from django.core.exceptions import FieldDoesNotExist
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client, RequestFactory
from django.utils import timezone
from django.utils.functional import Promise

from api.models import ApiToken
from companies.models import Company, Person
from meetings.models import Meeting, Programme
from news.models import Article
from notifications.models import Notification
from rooms.models import RoomEvent
from tests import factories, world
from tests.factories import article, company, company_admin, meeting, member, offer, secretariat
from tools.translations import extract

pytestmark = pytest.mark.django_db

OURS = ("api", "companies", "rooms", "meetings", "recordings", "notifications", "news")
SHOWN = {model: own for model, own in admin.site._registry.items() if model._meta.app_label in OURS}
OF_DJANGO = {"last_login"}  # translated by Django itself


@pytest.fixture(autouse=True)
def own_files(settings, tmp_path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def office(client: Client) -> Client:
    client.force_login(secretariat(name="Ingrid"))
    return client


@pytest.fixture(scope="module")
def known() -> set[object]:
    """Every text of the sources that is given to translators."""
    return {message.id for message in extract()}


def errors_of(answer: Any) -> dict[str, list[str]]:
    assert answer.status_code == 200
    return dict(answer.context["adminform"].form.errors)


# ---- every text can be translated ------------------------------------------------------------------------


def words_of(model: type[Model], own: Any) -> Iterator[tuple[str, object]]:
    """Each text of a model's list and form, with its place."""
    request = RequestFactory().get("/")
    request.user = Person(is_secretariat=True)
    yield "the model", model._meta.verbose_name
    yield "the models", model._meta.verbose_name_plural
    for name in {
        *own.get_list_display(request),
        *own.list_filter,
        *flatten_fieldsets(own.get_fieldsets(request)),
        *flatten_fieldsets(own.get_fieldsets(request, model())),
    }:
        yield from words_of_column(model, own, name)
    for inline in own.inlines:
        yield "those below", inline.model._meta.verbose_name_plural
        for name in inline.fields:
            yield from words_of_column(inline.model, inline, name)


def words_of_column(model: type[Model], own: Any, name: Any) -> Iterator[tuple[str, object]]:
    if name == "__str__" or name in OF_DJANGO:
        return
    if callable(name):
        yield name.__name__, name.title if isinstance(name, type) else name.short_description
        return
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist:
        yield name, getattr(own, name).short_description
        return
    yield name, field.verbose_name
    if field.help_text:
        yield f"help of {name}", field.help_text


@pytest.mark.parametrize(("model", "own"), SHOWN.items(), ids=[model.__name__ for model in SHOWN])
def test_every_word_of_a_list_and_a_form_is_there_for_translators(
    model: type[Model], own: Any, known: set[object]
) -> None:
    for place, word in words_of(model, own):
        assert isinstance(word, Promise), f"{place}: {word!r}"
        assert word._args[-1] in known, f"{place}: {word!r}"  # type: ignore[attr-defined]


def test_every_part_of_the_index_is_there_for_translators(known: set[object]) -> None:
    for label in OURS:
        name = apps.get_app_config(label).verbose_name
        assert isinstance(name, Promise), name
        assert name._args[0] in known  # type: ignore[attr-defined]


# ---- every page opens -----------------------------------------------------------------------------------


def rows_of_everything() -> None:
    here = world.build()
    person, now = here.people["member"], timezone.now()
    factories.presence(room=here.public.room, person=person)
    RoomEvent.objects.create(
        room=here.public.room, seq=1, ev="chat.message", payload={"text": "Hello"}, person=person, at=now
    )
    here.public.room.participants.create(person=person, name="Jonas", admission="admitted", first_seen_at=now)
    ApiToken.objects.create(person=person, name="Calendar", key_hash="0", scopes=["read"], created_at=now)
    Notification.objects.create(
        person=person, kind="reminder", dedupe_key="1", minutes_before=60, due_at=now, created_at=now
    )
    factories.topic("heat", en="Heat", sv="Värme")
    factories.article()


@pytest.mark.parametrize("language", ["en", "lt"])
def test_every_list_every_search_and_every_row_opens(office: Client, language: str) -> None:
    rows_of_everything()
    Person.objects.filter(is_secretariat=True).update(language=language)
    for model, own in SHOWN.items():
        place = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert office.get(place).status_code == 200
        if own.get_search_fields(RequestFactory().get("/")):
            assert office.get(place, {"q": "heat"}).status_code == 200
        for row in own.get_queryset(RequestFactory().get("/")):
            assert office.get(f"{place}{row.pk}/change/").status_code == 200


@pytest.mark.parametrize("path", ["rooms/presence", "rooms/room", "rooms/roomevent"])
def test_a_list_of_rooms_asks_no_more_for_three_rows_than_for_one(
    office: Client, path: str, django_assert_max_num_queries: Any
) -> None:
    office.get(f"/admin/{path}/")
    for number in (1, 2, 3):
        held = meeting(title={"en": f"Meeting {number}"})
        factories.presence(room=held.room, person=member())
        RoomEvent.objects.create(room=held.room, seq=1, ev="hand.raised", at=timezone.now())
        with django_assert_max_num_queries(10):
            assert f"Meeting {number}" in office.get(f"/admin/{path}/").content.decode()


@pytest.mark.parametrize("path", ["rooms/presence", "rooms/room", "rooms/roomevent", "recordings/recording"])
def test_a_room_is_found_by_the_title_of_its_meeting_and_a_project_room_is_not_shown(
    office: Client, path: str
) -> None:
    found, other = meeting(title={"en": "Heat from the sea"}), meeting(title={"en": "Wind"})
    project = meeting(title={"en": "Heat in secret"}, room=factories.room(companies=[company(), company()]))
    for held in (found, other, project):
        factories.presence(room=held.room, person=member())
        RoomEvent.objects.create(room=held.room, seq=1, ev="hand.raised", at=timezone.now())
        factories.recording(meeting=held, title=held.title)
    assert office.get(f"/admin/{path}/").context["cl"].result_count == 2
    searched = office.get(f"/admin/{path}/", {"q": "heat"})
    assert searched.context["cl"].result_count == 1
    assert "Heat from the sea" in searched.content.decode()


def test_a_read_only_text_is_shown_as_text(office: Client) -> None:
    held = meeting(title={"en": "Heat from harbour water"}, languages=["en", "lt"])
    page = office.get(f"/admin/meetings/meeting/{held.pk}/change/").content.decode()
    assert '<div class="readonly">Heat from harbour water</div>' in page
    assert '<div class="readonly">en, lt</div>' in page


def test_the_index_holds_only_what_the_secretariat_can_use(office: Client) -> None:
    shown = {part["app_label"] for part in admin.site.get_app_list(office.get("/admin/").wsgi_request)}
    assert shown == set(OURS)
    for path in ("auth/group", "account/emailaddress", "mfa/authenticator"):
        assert office.get(f"/admin/{path}/").status_code == 403


def test_its_pages_have_our_mark_and_style_and_nothing_inline(office: Client) -> None:
    for path in ("", "news/article/", "news/article/add/"):
        page = office.get(f"/admin/{path}").content.decode()
        assert '<link rel="icon" href="/static/mark.svg"' in page
        assert "/static/assets/admin-" in page
        assert "<script>" not in page
        assert "<style" not in page
        assert " style=" not in page
    assert office.get("/favicon.ico").headers["Location"] == "/static/mark.svg"


# ---- writing news -----------------------------------------------------------------------------------------

ADD_ARTICLE = "/admin/news/article/add/"


def test_an_article_in_two_languages_is_published_and_named_after_its_title(office: Client) -> None:
    data = {
        "title_sv": "Ny värmepump",
        "title_en": "A new heat pump",
        "body_sv": "Den *går*.",
        "published_at_0": "2026-11-20",
        "published_at_1": "10:00",
    }
    answer = office.post(ADD_ARTICLE, data)
    assert answer.status_code == 302, errors_of(answer)
    made = Article.objects.get()
    assert made.slug == "a-new-heat-pump"
    assert made.title == {"sv": "Ny värmepump", "en": "A new heat pump"}
    assert "Ny värmepump" in office.get("/news/", headers={"accept-language": "sv"}).content.decode() or (
        "A new heat pump" in office.get("/news/").content.decode()
    )


def test_an_article_has_its_writer_as_author_to_begin_with(office: Client) -> None:
    assert office.get(ADD_ARTICLE).context["adminform"].form.initial["author"] == Person.objects.get().pk


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({"slug": "not good!"}, "slug", "Use only unaccented letters, numbers, hyphens and underscores."),
        ({"title_en": "…"}, "slug", "Enter this yourself: it cannot be made from the title."),
        ({"title_en": ""}, "title", "Enter this in at least one language."),
        ({"title_en": "A" * 201}, "title", "Ensure this value has at most 200 characters (it has 201)."),
        (
            {"title_en": "A pump was delivered", "slug": "taken"},
            "slug",
            "Article with this Name in the web address already exists.",
        ),
    ],
)
def test_an_invalid_article_shows_the_error_at_its_field(
    office: Client, sent: dict[str, str], field: str, said: str
) -> None:
    article(slug="taken")
    answer = office.post(ADD_ARTICLE, {"title_en": "Title", "body_en": "All that was typed", **sent})
    assert errors_of(answer) == {field: [said]}
    assert "All that was typed" in answer.content.decode()
    assert Article.objects.count() == 1


def test_a_file_that_is_no_picture_is_refused_at_its_field(office: Client) -> None:
    fake = SimpleUploadedFile("picture.png", b"this is text", content_type="image/png")
    answer = office.post(ADD_ARTICLE, {"title_en": "Title", "picture": fake})
    assert list(errors_of(answer)) == ["picture"]
    assert not Article.objects.exists()


def test_chosen_drafts_are_published_together_and_others_keep_their_day(office: Client) -> None:
    draft, old = article(published_at=None), article()
    chosen = {"action": "publish", "_selected_action": [draft.pk, old.pk]}
    office.post("/admin/news/article/", chosen)
    draft.refresh_from_db()
    assert draft.published_at is not None
    assert Article.objects.get(pk=old.pk).published_at == old.published_at


def test_drafts_and_published_articles_are_distinguished(office: Client) -> None:
    article(published_at=None, title={"en": "Not yet"})
    article(title={"en": "Long ago"})
    drafts = office.get("/admin/news/article/", {"state": "draft"}).content.decode()
    assert "Not yet" in drafts
    assert "Long ago" not in drafts
    published = office.get("/admin/news/article/", {"state": "published"}).content.decode()
    assert "Long ago" in published
    assert "Not yet" not in published


# ---- programmes, companies, people ------------------------------------------------------------------------


def test_a_programme_that_ends_before_it_begins_is_refused_at_its_last_day(office: Client) -> None:
    data = {
        "title_en": "Harbour week",
        "kind": "conference",
        "timezone": "Europe/Stockholm",
        "starts_on": "2027-05-10",
        "ends_on": "2027-05-08",
    }
    answer = office.post("/admin/meetings/programme/add/", data)
    assert errors_of(answer) == {"ends_on": ["The last day must not be before the first day."]}
    office.post("/admin/meetings/programme/add/", {**data, "ends_on": "2027-05-12", "is_published": "on"})
    assert Programme.objects.get().slug == "harbour-week"


def test_an_unknown_zone_or_language_is_refused(office: Client) -> None:
    data = {"email": "new@example.org", "language": "xx", "timezone": "Europe/Atlantis", "country": "QQ"}
    answer = office.post("/admin/companies/person/add/", data)
    assert set(errors_of(answer)) == {"language", "timezone", "country"}


def test_a_company_admin_without_a_company_is_refused_at_the_company(office: Client) -> None:
    data = {
        "email": "new@example.org",
        "language": "en",
        "timezone": "Europe/Stockholm",
        "is_company_admin": "on",
    }
    answer = office.post("/admin/companies/person/add/", data)
    assert list(errors_of(answer)) == ["company"]


def test_another_spelling_of_a_known_address_is_refused_at_its_field(office: Client) -> None:
    factories.person(email="known@example.org")
    data = {"email": "Known@Example.org", "language": "en", "timezone": "Europe/Stockholm"}
    answer = office.post("/admin/companies/person/add/", data)
    assert errors_of(answer) == {"email": ["Another person already has this email address."]}


def test_the_secretariat_closes_accounts_but_not_its_own(office: Client) -> None:
    somebody, own = member(), Person.objects.get(name="Ingrid")
    data = {"name": "N", "language": "en", "timezone": "Europe/Stockholm", "company": somebody.company_id}
    office.post(f"/admin/companies/person/{somebody.pk}/change/", data)
    office.post(f"/admin/companies/person/{own.pk}/change/", {**data, "company": ""})
    somebody.refresh_from_db()
    own.refresh_from_db()
    assert not somebody.is_active
    assert own.name == "N"
    assert own.is_active
    assert own.is_secretariat


@pytest.mark.parametrize("how", ["alone", "from the list"])
def test_a_company_is_deleted_and_its_people_stay(office: Client, how: str) -> None:
    firm = company()
    chief = company_admin(company=firm)
    offer(firm, en="Heat")
    if how == "alone":
        office.post(f"/admin/companies/company/{firm.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [firm.pk], "post": "yes"}
        office.post("/admin/companies/company/", chosen)
    assert not Company.objects.exists()
    chief.refresh_from_db()
    assert (chief.company, chief.is_company_admin, chief.is_active) == (None, False, True)


def test_a_meeting_is_found_by_a_word_of_its_title(office: Client) -> None:
    meeting(title={"en": "Heat from harbour water"})
    meeting(title={"en": "Ice on the grid"})
    found = office.get("/admin/meetings/meeting/", {"q": "harbour"}).context["cl"].queryset
    assert [each.title for each in found] == [{"en": "Heat from harbour water"}]
    assert Meeting.objects.count() == 2
