"""The secretariat's pages of people, companies and fields of work."""

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from companies import administering, editing_topics
from companies.administering import PersonAccess, UnableToAdminister
from companies.models import Company, Need, Offer, Person, Topic
from notifications import rendering
from notifications.models import Notification
from tests import factories as make
from tests.factories import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Client:
    client = Client()
    client.force_login(make.secretariat(name="Astrid Holm"))
    return client


def names_on(response: Any) -> list[str]:
    return [str(one) for one in response.context["page"]]


def access_of(person: Person, **changes: Any) -> PersonAccess:
    names = ("company", "is_company_admin", "is_secretariat", "is_active")
    return PersonAccess(**{**{name: getattr(person, name) for name in names}, **changes})


# ---- people ----------------------------------------------------------------------------------------------


def test_people_are_found_by_name_address_and_company_and_by_what_they_are(office: Client) -> None:
    harbour = make.company(name="Bølgekraft A/S")
    make.person(name="Ieva", company=harbour, is_company_admin=True)
    make.person(name="Jonas", email="jonas@example.org", last_login=timezone.now())
    make.person(name="Closed", is_active=False)
    make.person(name="Erased", is_active=False)
    Person.objects.filter(name="Erased").update(name="", erased_at=NOW)
    address = reverse("manage_people")
    asked = {
        "Ieva": {"q": "boelgekraft"},
        "Jonas": {"q": "JONAS@"},
        "Closed": {"group": "closed"},
        "Astrid Holm": {"group": "secretariat"},
    }
    for name, query in asked.items():
        assert names_on(office.get(address, query)) == [name]
    assert names_on(office.get(address, {"group": "company_admin"})) == ["Ieva"]
    assert names_on(office.get(address, {"group": "no_company"})) == ["Jonas"]
    assert "deleted.invalid" not in office.get(address).content.decode()


def test_companies_and_fields_of_work_are_not_headed_as_people(client: Client) -> None:
    """“Name” is that of a person: Polish and Lithuanian have another word for the name of a thing."""
    make.topic("heat", en="Heat")
    make.company()
    client.force_login(make.secretariat(language="pl"))
    for page in ("manage_companies", "manage_topics"):
        assert "Imię i nazwisko" not in client.get(reverse(page)).text


def test_a_person_gets_a_company_and_an_email_about_it(office: Client) -> None:
    person, company = make.person(last_login=NOW), make.company()
    page = reverse("manage_person", args=[person.pk])
    office.post(page, {"company": company.pk, "is_company_admin": "on", "is_active": "on"})
    person.refresh_from_db()
    assert (person.company, person.is_company_admin) == (company, True)
    told = Notification.objects.filter(person=person, kind=Notification.Kind.COLLEAGUE_ADDED)
    assert told.count() == 1
    text = rendering.mail_of(told.get(), now=NOW).text
    assert "Astrid Holm" in text
    assert "colleague" not in text.rpartition("-- ")[2]  # why it came: the secretariat is none
    office.post(page, {"company": company.pk, "is_active": "on"})
    assert told.count() == 1


def test_an_admin_of_no_company_is_refused_at_the_company(office: Client) -> None:
    person = make.person()
    response = office.post(
        reverse("manage_person", args=[person.pk]), {"is_company_admin": "on", "is_active": "on"}
    )
    assert response.status_code == 422
    assert "company" in response.context["form"].errors


def test_closing_an_account_signs_out_and_takes_back_keys(office: Client) -> None:
    person = make.member()
    browser = Client()
    browser.force_login(person)
    browser.get(reverse("sessions"))
    assert UserSession.objects.filter(user=person).exists()
    office.post(reverse("manage_person", args=[person.pk]), {"company": person.company_id})
    person.refresh_from_db()
    assert not person.is_active
    assert not UserSession.objects.filter(user=person).exists()
    assert browser.get(reverse("sessions")).status_code == 302


def test_signing_out_everywhere_leaves_the_account_open(office: Client) -> None:
    person = make.member()
    browser = Client()
    browser.force_login(person)
    office.post(reverse("manage_person", args=[person.pk]), {"do": "sign_out"})
    person.refresh_from_db()
    assert person.is_active
    assert browser.get(reverse("sessions")).status_code == 302


def test_nobody_removes_their_own_role_or_closes_their_own_account() -> None:
    astrid = make.secretariat()
    for changes in ({"is_secretariat": False}, {"is_active": False}):
        with pytest.raises(UnableToAdminister) as refused:
            administering.change_access(
                person=astrid, by=astrid, access=access_of(astrid, **changes), now=NOW
            )
        assert refused.value.code == "own_account"


def test_the_own_page_keeps_the_own_role_whatever_is_sent(office: Client) -> None:
    own = Person.objects.get(is_secretariat=True)
    office.post(reverse("manage_person", args=[own.pk]), {"company": ""})
    own.refresh_from_db()
    assert own.is_secretariat
    assert own.is_active


def test_of_two_who_take_each_others_role_one_stays() -> None:
    astrid, birk = make.secretariat(), make.secretariat()
    read_before = Person.objects.get(pk=birk.pk)
    administering.change_access(person=birk, by=astrid, access=access_of(birk, is_secretariat=False), now=NOW)
    with pytest.raises(UnableToAdminister) as refused:
        administering.change_access(
            person=astrid, by=read_before, access=access_of(astrid, is_secretariat=False), now=NOW
        )
    assert refused.value.code == "not_secretariat"


def test_who_is_kept_as_a_guest_waits_for_no_company(office: Client) -> None:
    person = make.person(name="Jonas", last_login=NOW)
    waiting = reverse("manage_people") + "?group=no_company"
    assert names_on(office.get(waiting)) == ["Jonas"]
    office.post(reverse("manage_person", args=[person.pk]), {"do": "keep_as_guest"})
    assert names_on(office.get(waiting)) == []


# ---- companies -------------------------------------------------------------------------------------------


def test_a_new_company_gets_an_address_from_its_name_and_is_edited_next(office: Client) -> None:
    response = office.post(reverse("new_company"), {"name": "Łódź Wärme & Søn", "country": "PL"})
    company = Company.objects.get(name="Łódź Wärme & Søn")
    assert company.slug == "lodz-warme-son"
    assert response.url == reverse("edit_company", args=[company.slug])  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["Vėtra", "???", ""])
def test_a_name_that_is_taken_or_has_no_letter_is_refused_at_the_name(office: Client, name: str) -> None:
    make.company(name="Vetra", slug="vetra")
    response = office.post(reverse("new_company"), {"name": name, "country": "LT"})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["name"]


def test_a_hidden_company_is_still_in_the_secretariats_list(office: Client) -> None:
    company = make.company(name="Vėtra")
    make.person(company=company)
    address = reverse("manage_companies")
    assert names_on(office.get(address, {"group": "hidden"})) == []
    office.post(reverse("list_company", args=[company.slug]), {"do": "hide"})
    assert names_on(office.get(address, {"group": "hidden"})) == ["Vėtra"]
    assert Client().get(company.get_absolute_url()).status_code == 404
    assert names_on(office.get(address, {"group": "no_admin", "q": "vetra"})) == ["Vėtra"]
    office.post(reverse("list_company", args=[company.slug]), {"do": "show"})
    assert Client().get(company.get_absolute_url()).status_code == 200


# ---- fields of work --------------------------------------------------------------------------------------


def test_a_field_of_work_is_added_and_renamed_in_several_languages(office: Client) -> None:
    office.post(reverse("manage_topics"), {"name_en": "Harbour heat", "name_sv": "Hamnvärme"})
    topic = Topic.objects.get(slug="harbour-heat")
    office.post(
        reverse("manage_topic", args=[topic.slug]), {"name_en": "Port heat", "name_lt": "Uosto šiluma"}
    )
    topic.refresh_from_db()
    assert topic.name == {"en": "Port heat", "lt": "Uosto šiluma"}
    response = office.post(reverse("manage_topics"), {"name_en": "Harbour heat"})
    assert list(response.context["form"].errors) == ["name"]


def test_merging_moves_everything_once_and_deletes_the_field(office: Client) -> None:
    heat, warmth = make.topic("heat", en="Heat"), make.topic("warmth", en="Warmth")
    both, one = make.company(), make.company()
    both.topics.set([heat, warmth])
    one.topics.set([warmth])
    offer, need = (
        make.offer(one, en="Pumps"),
        Need.objects.create(company=one, title={"en": "N"}, created_at=NOW),
    )
    offer.topics.set([warmth])
    need.topics.set([warmth])
    office.post(reverse("manage_topic", args=["warmth"]), {"do": "merge", "into": heat.pk})
    assert not Topic.objects.filter(slug="warmth").exists()
    assert [list(row.topics.all()) for row in (both, one, offer, need)] == [[heat]] * 4


def test_only_an_unused_field_of_work_is_deleted(office: Client) -> None:
    heat, water = make.topic("heat", en="Heat"), make.topic("water", en="Water")
    offer: Offer = make.offer(make.company(), en="Pumps")
    offer.topics.set([heat])
    for topic in (heat, water):
        office.post(reverse("manage_topic", args=[topic.slug]), {"do": "delete"})
    assert list(Topic.objects.all()) == [heat]
    with pytest.raises(editing_topics.UnableToEditTopic) as refused:
        editing_topics.rename_topic(topic=water, name={"en": "Sea"})
    assert refused.value.code == "gone"


@pytest.mark.parametrize("into", ["", "x", "999999", "own"])
def test_a_field_merges_only_with_another(office: Client, into: str) -> None:
    heat = make.topic("heat", en="Heat")
    given = str(heat.pk) if into == "own" else into
    response = office.post(reverse("manage_topic", args=["heat"]), {"do": "merge", "into": given})
    assert response.status_code == 422
    assert list(Topic.objects.all()) == [heat]
