"""Creates the demo data in one transaction: companies, people, programmes, meetings, rooms, news."""

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
from webinar_service.demo.meetings import SeededData

ZONE_OF_COUNTRY = {
    "SE": "Europe/Stockholm",
    "DK": "Europe/Copenhagen",
    "PL": "Europe/Warsaw",
    "DE": "Europe/Berlin",
    "LT": "Europe/Vilnius",
    "XX": "Europe/Helsinki",
}
DEMO_PERSON = "demo@southern-baltic.example"


def is_seeded() -> bool:
    return Person.objects.filter(email=DEMO_PERSON).exists()


@transaction.atomic
def seed_all(*, now: datetime) -> SeededData:
    """Everything but the media files of the recordings. Times are relative to `now`."""
    seeded = SeededData(now=now)
    seed_companies(seeded)
    seed_people(seeded)
    seed_programmes(seeded)
    seed_project_rooms(seeded)
    meetings.seed_meetings(seeded)
    conversations.seed_conversations(seeded)
    seed_news(seeded)
    return seeded


def seed_companies(seeded: SeededData) -> None:
    topics = {
        slug: Topic.objects.create(slug=slug, name=name)
        for slug, name in sources.read_texts("topics").items()
    }
    for number, (slug, source) in enumerate(sources.read("companies").items()):
        since = seeded.now - timedelta(days=780 - 17 * number)
        company = Company.objects.create(
            slug=slug,
            name=source["name"],
            country=source["country"],
            city=source["city"],
            size=source["size"],
            color_theme=source["color_theme"],
            website=f"https://{slug}.example/",
            summary=source["summary"],
            description=source.get("description", {}),
            created_at=since,
            updated_at=seeded.now - timedelta(days=3 * number + 1),
        )
        company.topics.set(topics[topic] for topic in source["topics"])
        for listings, model in (("offers", Offer), ("needs", Need)):
            for listing, fields in zip(source[listings], source["listings"][listings], strict=True):
                made = model.objects.create(
                    company=company,
                    title=listing["title"],
                    details=listing.get("details", {}),
                    created_at=since,
                )
                made.topics.set(topics[topic] for topic in fields)
        seeded.companies[slug] = company


def seed_people(seeded: SeededData) -> None:
    for slug, source in sources.read("companies").items():
        company = seeded.companies[slug]
        team = zip(source["people"], source["titles"], strict=True)
        for number, ((name, language), title) in enumerate(team):
            person = _person(
                email=sources.address(name, f"{slug}.example"),
                name=name,
                title=title[language],  # people write their own in their own language
                language=language,
                timezone=ZONE_OF_COUNTRY[company.country],
                country=company.country,
                company=company,
                is_company_admin=number == 0,
            )
            seeded.people[f"{slug}:{number}" if number else slug] = person
            seeded.members.append(person)
    for key, source in sources.read("people").items():
        if key != "guests":
            seeded.people[key] = _team_member(seeded, source)
    own = list(seeded.people.values())
    EmailAddress.objects.bulk_create(
        EmailAddress(user=person, email=person.email, verified=True, primary=True) for person in own
    )
    _seed_guests(seeded)


def _team_member(seeded: SeededData, source: dict[str, Any]) -> Person:
    company = seeded.companies.get(source.get("company", ""))
    return _person(
        email=source["email"],
        name=source["name"],
        title=source["title"][source["language"]],
        language=source["language"],
        timezone=source["timezone"],
        company=company,
        country=company.country if company else "",
        is_company_admin=source.get("admin", False),
        is_secretariat=source.get("secretariat", False),
    )


def _seed_guests(seeded: SeededData) -> None:
    for name, company_name, country, language in sources.read("people")["guests"]["list"]:
        domain = f"{'-'.join(sources.plain_letters(company_name).split())}.example"
        guest = _person(
            email=sources.address(name, domain),
            name=name,
            language=language,
            timezone=ZONE_OF_COUNTRY[country],
            country=country,
        )
        seeded.guests.append((guest, company_name))


def _person(**fields: Any) -> Person:
    return Person.objects.create_user(**fields)


def seed_programmes(seeded: SeededData) -> None:
    for slug, source in sources.read("programmes").items():
        seeded.programmes[slug] = Programme.objects.create(
            slug=slug,
            kind=source["kind"],
            title=source["title"],
            summary=source["summary"],
            description=source.get("description", {}),
            starts_on=sources.workday((seeded.now + timedelta(days=source["first"])).date()),
            ends_on=sources.workday((seeded.now + timedelta(days=source["last"])).date()),
            place=source["place"],
            is_published=True,
            created_at=seeded.now - timedelta(days=60),
        )


def seed_project_rooms(seeded: SeededData) -> None:
    for key, source in sources.read("rooms").items():
        owners = [seeded.companies[slug] for slug in source["companies"]]
        created_at = seeded.now - timedelta(days=90)
        room = Room.objects.create(kind=Room.Kind.PROJECT, created_at=created_at)
        room.companies.set(owners)
        ProjectRoom.objects.create(
            room=room,
            title=source["title"],
            purpose=source["purpose"],
            created_by=seeded.people[source["companies"][0]],
        )
        seeded.rooms[key] = room


def seed_news(seeded: SeededData) -> None:
    for slug, source in sources.read("articles").items():
        published_at = seeded.now - timedelta(days=source["ago"], hours=2)
        Article.objects.create(
            slug=slug,
            title=source["title"],
            summary=source["summary"],
            body=source["body"],
            author=seeded.people[source["author"]],
            company=seeded.companies.get(source.get("company", "")),
            programme=seeded.programmes.get(source.get("programme", "")),
            published_at=published_at,
            created_at=published_at,
            updated_at=published_at,
        )
