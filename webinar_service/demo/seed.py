"""Plants the trial's content, all of it in one transaction: companies, people, programmes, meetings, rooms, news."""

from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from companies.models import Company, Need, Offer, Person, Topic
from meetings.models import Programme
from news.models import Article
from projects.models import ProjectRoom
from rooms.models import Room
from webinar_service.demo import conversations, meetings, sources
from webinar_service.demo.meetings import Planted

ZONE_OF_COUNTRY = {
    "SE": "Europe/Stockholm",
    "DK": "Europe/Copenhagen",
    "PL": "Europe/Warsaw",
    "DE": "Europe/Berlin",
    "LT": "Europe/Vilnius",
    "XX": "Europe/Helsinki",
}
DEMO_PERSON = "demo@southern-baltic.example"


def is_planted() -> bool:
    return Person.objects.filter(email=DEMO_PERSON).exists()


@transaction.atomic
def plant(*, now: datetime) -> Planted:
    """Everything but the media files of the recordings. Hours are relative to `now`."""
    planted = Planted(now=now)
    plant_companies(planted)
    plant_people(planted)
    plant_programmes(planted)
    plant_rooms(planted)
    meetings.hold_meetings(planted)
    conversations.say_everything(planted)
    plant_news(planted)
    return planted


def plant_companies(planted: Planted) -> None:
    topics = {
        slug: Topic.objects.create(slug=slug, name=name) for slug, name in sources.read("topics").items()
    }
    for number, (slug, source) in enumerate(sources.read("companies").items()):
        since = planted.now - timedelta(days=780 - 17 * number)
        company = Company.objects.create(
            slug=slug,
            name=source["name"],
            country=source["country"],
            city=source["city"],
            size=source["size"],
            tint=source["tint"],
            website=f"https://{slug}.example/",
            summary=source["summary"],
            description=source.get("description", {}),
            created_at=since,
            updated_at=planted.now - timedelta(days=3 * number + 1),
        )
        company.topics.set(topics[topic] for topic in source["topics"])
        for wishes, model in (("offers", Offer), ("needs", Need)):
            for wish in source.get(wishes, []):
                made = model.objects.create(
                    company=company, title=wish["title"], details=wish.get("details", {}), created_at=since
                )
                made.topics.set(topics[topic] for topic in wish["topics"])
        planted.companies[slug] = company


def plant_people(planted: Planted) -> None:
    for slug, source in sources.read("companies").items():
        company = planted.companies[slug]
        for number, (name, title, language) in enumerate(source["people"]):
            person = _person(
                email=sources.address(name, f"{slug}.example"),
                name=name,
                title=title,
                language=language,
                timezone=ZONE_OF_COUNTRY[company.country],
                country=company.country,
                company=company,
                is_company_admin=number == 0,
            )
            planted.people[f"{slug}:{number}" if number else slug] = person
            planted.members.append(person)
    for key, source in sources.read("people").items():
        if key != "guests":
            planted.people[key] = _team_member(planted, source)
    own = list(planted.people.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in own
    )
    _plant_guests(planted)


def _team_member(planted: Planted, source: dict[str, Any]) -> Person:
    company = planted.companies.get(source.get("company", ""))
    return _person(
        email=source["email"],
        name=source["name"],
        title=source["title"],
        language=source["language"],
        timezone=source["timezone"],
        company=company,
        country=company.country if company else "",
        is_company_admin=source.get("admin", False),
        is_secretariat=source.get("secretariat", False),
    )


def _plant_guests(planted: Planted) -> None:
    for name, company_name, country, language in sources.read("people")["guests"]["list"]:
        domain = f"{'-'.join(sources.plain_letters(company_name).split())}.example"
        guest = _person(
            email=sources.address(name, domain),
            name=name,
            language=language,
            timezone=ZONE_OF_COUNTRY[country],
            country=country,
        )
        planted.guests.append((guest, company_name))


def _person(**fields: Any) -> Person:
    return Person.objects.create_user(**fields)


def plant_programmes(planted: Planted) -> None:
    for slug, source in sources.read("programmes").items():
        planted.programmes[slug] = Programme.objects.create(
            slug=slug,
            kind=source["kind"],
            title=source["title"],
            summary=source["summary"],
            description=source.get("description", {}),
            starts_on=sources.workday((planted.now + timedelta(days=source["first"])).date()),
            ends_on=sources.workday((planted.now + timedelta(days=source["last"])).date()),
            place=source["place"],
            is_published=True,
            created_at=planted.now - timedelta(days=60),
        )


def plant_rooms(planted: Planted) -> None:
    for key, source in sources.read("rooms").items():
        owners = [planted.companies[slug] for slug in source["companies"]]
        created_at = planted.now - timedelta(days=90)
        room = Room.objects.create(kind=Room.Kind.PROJECT, created_at=created_at)
        room.companies.set(owners)
        ProjectRoom.objects.create(
            room=room,
            title=source["title"],
            purpose=source["purpose"],
            created_by=planted.people[source["companies"][0]],
        )
        planted.rooms[key] = room


def plant_news(planted: Planted) -> None:
    for slug, source in sources.read("articles").items():
        published_at = planted.now - timedelta(days=source["ago"], hours=2)
        Article.objects.create(
            slug=slug,
            title=source["title"],
            summary=source["summary"],
            body=source["body"],
            author=planted.people[source["author"]],
            company=planted.companies.get(source.get("company", "")),
            programme=planted.programmes.get(source.get("programme", "")),
            published_at=published_at,
            created_at=published_at,
            updated_at=published_at,
        )
