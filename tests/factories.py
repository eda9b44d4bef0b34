"""Rows for tests: each factory saves a valid one and takes any field of the model by name."""

import itertools
import os
from base64 import b64decode
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from companies.ids import new_id
from companies.models import Company, Need, Offer, Person, Topic
from engagement.models import (
    AgendaItem,
    BreakoutAssignment,
    BreakoutGroup,
    BreakoutRound,
    NoteDocument,
    NoteVersion,
    Poll,
    PollOption,
    Question,
    Resource,
    Slide,
    SlideDeck,
)
from engagement.notes.messages import EXAMPLE
from matchmaking.models import ContactRequest
from meetings.models import (
    CalendarReply,
    Invitation,
    Meeting,
    MeetingRole,
    Programme,
    Registration,
    RegistrationQuestion,
    Series,
)
from news.models import Article
from notifications.models import (
    ContactMessage,
    EmailText,
    HostMessage,
    InboundMail,
    Newsletter,
    NewsletterRequest,
    PushSubscription,
)
from projects.models import DatePoll, PartnerRequest, ProjectRoom, ProjectSheet, PublishedSheet
from recordings.models import Recording
from rooms.models import Participant, Presence, Room

NOW = datetime(2026, 12, 3, 9, 20, tzinfo=UTC)
STARTS_AT = datetime(2027, 1, 14, 9, 0, tzinfo=UTC)  # 10:00 in Stockholm, 11:00 in Vilnius
# Processes that share a database count from different numbers.
_numbers = itertools.count(int(os.environ.get("FACTORIES_FROM", "1")))


def company(**fields: Any) -> Company:
    number = next(_numbers)
    given: dict[str, Any] = {
        "name": f"Company {number}",
        "slug": f"company-{number}",
        "country": "SE",
        "city": "Kalmar",
        "summary": {"en": "Heat pumps for harbours."},
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Company.objects.create(**{**given, **fields})


def person(**fields: Any) -> Person:
    """A guest; `company=company()` makes a member. No password: people sign in by code."""
    number = next(_numbers)
    given: dict[str, Any] = {
        "email": f"person{number}@example.org",
        "name": f"Person {number}",
        "language": "en",
        "timezone": "Europe/Stockholm",
    }
    return Person.objects.create_user(**{**given, **fields})


def member(**fields: Any) -> Person:
    """A person with a company of their own."""
    return person(**{**fields, "company": fields.get("company") or company()})


def secretariat(**fields: Any) -> Person:
    return person(**{**fields, "is_secretariat": True})


def room(*, companies: list[Company] | None = None, **fields: Any) -> Room:
    """A meeting's room; with `companies` a project room of theirs."""
    given: dict[str, Any] = {"created_at": NOW}
    if companies:
        given |= {"kind": Room.Kind.PROJECT}
    made = Room.objects.create(**{**given, **fields})
    if companies:
        made.companies.set(companies)
        ProjectRoom.objects.create(room=made, title={"en": "Harbour heat"})
    return made


def date_poll(project: ProjectRoom, *, now: datetime = NOW, **fields: Any) -> DatePoll:
    """Open for three days, for two times after them."""
    given: dict[str, Any] = {
        "title": {"en": "Ice load"},
        "timezone": "Europe/Vilnius",
        "closes_at": now + timedelta(days=3),
        "made_at": now,
        "next_step": DatePoll.Step.CLOSE,
        "next_at": now + timedelta(days=3),
    }
    poll = DatePoll.objects.create(project=project, **{**given, **fields})
    for days in (40, 41):
        poll.times.create(starts_at=now.replace(second=0, microsecond=0) + timedelta(days=days), minutes=60)
    return poll


def published_sheet(project: ProjectRoom, **fields: Any) -> PublishedSheet:
    texts = {
        "title": {"en": "Ice-proof collectors"},
        "aim": {"en": "Heat from frozen lakes."},
        "sought": {"en": "A maker of floats."},
        **fields,
    }
    by = texts.pop("published_by", None)
    sheet = ProjectSheet.objects.create(project=project, changed_at=NOW, changed_by=by, **texts)
    return PublishedSheet.objects.create(sheet=sheet, published_at=NOW, published_by=by, **texts)


def partner_request(sheet: PublishedSheet, **fields: Any) -> PartnerRequest:
    given = {"name": "Ieva", "company_name": "Plūdės", "text": "Floats?", "created_at": NOW}
    given = {"person": fields.pop("person", None) or person(), "confirmed_at": NOW, **given}
    return PartnerRequest.objects.create(sheet_id=sheet.pk, **{**given, **fields})


def contact_request(company: Company, **fields: Any) -> ContactRequest:
    given = {
        "name": "Ieva",
        "company_name": "Plūdės",
        "text": "Floats?",
        "created_at": NOW,
        "reason": "offer",
    }
    given = {"person": fields.pop("person", None) or person(), "confirmed_at": NOW, **given}
    return ContactRequest.objects.create(company=company, **{**given, **fields})


def contact_message(**fields: Any) -> ContactMessage:
    given: dict[str, Any] = {
        "name": "Ieva Petraitė",
        "email": f"visitor{next(_numbers)}@example.org",
        "language": "lt",
        "text": "Nerandu įrašo.",
        "created_at": NOW,
    }
    return ContactMessage.objects.create(**{**given, **fields})


def host_message(**fields: Any) -> HostMessage:
    given: dict[str, Any] = {
        "audience": HostMessage.Audience.EVERYONE,
        "subject": {
            "en": "Parking",
            "sv": "Parkering",
            "pl": "Parkowanie",
            "de": "Parken",
            "da": "Parkering her",
            "lt": "Stovėjimas",
        },
        "text": {
            "en": "Enter here",
            "sv": "Gå in",
            "pl": "Wejdź tędy",
            "de": "Hier hinein",
            "da": "Gå ind",
            "lt": "Eikite čia",
        },
        "created_at": NOW,
    } | fields
    given["meeting"] = given.get("meeting") or meeting()
    given.setdefault("sender", given["meeting"].host)
    return HostMessage.objects.create(**given)


def email_text(**fields: Any) -> EmailText:
    """In use since NOW."""
    given = {"kind": "thanks", "language": "en", "written_at": NOW, "used_at": NOW}
    return EmailText.objects.create(**{**given, **fields})


def push_subscription(**fields: Any) -> PushSubscription:
    number = next(_numbers)
    given: dict[str, Any] = {
        "endpoint": f"https://push.services.mozilla.com/wpush/{number}",
        "p256dh": "BNcRdreALRFXTkOOUHK1EtK2wtaz5Ry4YfYCA_0QTpQtUbVlUls0VJXg7A8u-Ts1XbjhazAkj7I99e8QcYP7DkM",
        "auth": "tBHItJI5svbpez7KI4CCXg",
        "browser": "Firefox",
        "created_at": NOW,
        **fields,
    }
    given["person"] = given.get("person") or person()
    return PushSubscription.objects.create(**given)


def newsletter(**fields: Any) -> Newsletter:
    given: dict[str, Any] = {
        "subject": {
            "en": "Heat in the harbour",
            "sv": "Värme i hamnen",
            "pl": "Ciepło w porcie",
            "de": "Wärme im Hafen",
            "da": "Varme i havnen",
            "lt": "Šiluma uoste",
        },
        "articles": [{"title": {"en": "Oil ends"}, "summary": {}, "path": "/news/oil-ends/"}],
        "created_at": NOW,
    }
    return Newsletter.objects.create(**{**given, **fields})


def newsletter_request(**fields: Any) -> NewsletterRequest:
    given = {"email": f"reader{next(_numbers)}@example.org", "language": "en", "requested_at": NOW}
    return NewsletterRequest.objects.create(**{**given, **fields})


def inbound_message(**fields: Any) -> InboundMail:
    """What a person wrote in reply to an email about a meeting."""
    given: dict[str, Any] = {
        "key": f"inbound{next(_numbers)}",
        "kind": InboundMail.Kind.MESSAGE,
        "received_at": NOW,
        "text": "Kann ich früher gehen?",
        **fields,
    }
    given["person"] = given.get("person") or person()
    given["meeting"] = given.get("meeting") or meeting()
    given.setdefault("sender", given["person"].email)
    return InboundMail.objects.create(**given)


def programme(**fields: Any) -> Programme:
    given: dict[str, Any] = {
        "slug": f"programme-{next(_numbers)}",
        "kind": Programme.Kind.WEBINAR_SERIES,
        "title": {"en": "Harbours and heat"},
        "is_published": True,
        "created_at": NOW,
    }
    return Programme.objects.create(**{**given, **fields})


def series(**fields: Any) -> Series:
    given: dict[str, Any] = {
        "title": {"en": "Weekly heat"},
        "frequency": Series.Frequency.WEEKLY,
        "weekdays": [3],
        "timezone": "Europe/Stockholm",
        "created_at": NOW,
    }
    if "until" not in fields:
        given["count"] = 4
    return Series.objects.create(**{**given, **fields})


def meeting(*, duration: timedelta = timedelta(hours=1), **fields: Any) -> Meeting:
    """A scheduled public webinar, 14 January 2027 at 10:00 in Stockholm; its wall-clock time follows `starts_at`."""
    given: dict[str, Any] = {
        "id": new_id(),
        "kind": Meeting.Kind.WEBINAR,
        "state": Meeting.State.SCHEDULED,
        "title": {"en": "Heat from harbour water"},
        "description": {"en": "Two winters in Klaipėda."},
        "starts_at": STARTS_AT,
        "timezone": "Europe/Stockholm",
        "languages": ["en"],
        "created_at": NOW,
        "published_at": NOW,
    }
    given |= fields
    given.setdefault("uid", Meeting.new_uid(given["id"]))
    given.setdefault("ends_at", given["starts_at"] + duration)
    local = given["starts_at"].astimezone(ZoneInfo(given["timezone"]))
    given.setdefault("local_day", local.date())
    given.setdefault("local_time", local.time())
    if "host" not in given:
        given["host"] = member(name="Rūta Host")
    if given["state"] in {Meeting.State.LIVE, Meeting.State.ENDED}:
        given.setdefault("started_at", given["starts_at"])
    if given["state"] == Meeting.State.ENDED:
        given.setdefault("ended_at", given["ends_at"])
    if given["state"] == Meeting.State.CANCELLED:
        given.setdefault("cancelled_at", NOW)
    if given.get("series") is not None:
        given.setdefault("series_position", given["series"].meetings.count() + 1)
    if "room" not in given:
        given["room"] = room()
    return Meeting.objects.create(**given)


def role(meeting: Meeting, person: Person, role: str = MeetingRole.Role.SPEAKER) -> MeetingRole:
    return MeetingRole.objects.create(meeting=meeting, person=person, role=role)


def question(meeting: Meeting, kind: str = "text", **fields: Any) -> RegistrationQuestion:
    """The meeting's next one, optional; of a kind with choices it offers fish and peas."""
    given: dict[str, Any] = {
        "key": f"question{next(_numbers)}",
        "position": meeting.registration_questions.asked().count(),
        "label": {"en": "What do you eat?"},
    }
    if kind in RegistrationQuestion.WITH_CHOICES:
        given["choices"] = [
            {"id": "fish", "text": {"en": "Fish", "sv": "Fisk"}},
            {"id": "peas", "text": {"en": "Peas", "sv": "Ärter"}},
        ]
    return RegistrationQuestion.objects.create(meeting=meeting, kind=kind, **{**given, **fields})


def registration(**fields: Any) -> Registration:
    """A confirmed registration of a guest, in the person's own language and time zone."""
    given: dict[str, Any] = {"state": Registration.State.CONFIRMED, "registered_at": NOW} | fields
    holder = given["person"] if "person" in given else person()
    given |= {"person": holder, "meeting": given["meeting"] if "meeting" in given else meeting()}
    given.setdefault("name", holder.name)
    given.setdefault("language", holder.language)
    given.setdefault("timezone", holder.timezone)
    given.setdefault("verified_at", given["registered_at"])
    if holder.company is not None:
        given.setdefault("company", holder.company)
        given.setdefault("company_name", holder.company.name)
    if given["state"] == Registration.State.CONFIRMED:
        given.setdefault("confirmed_at", given["registered_at"])
    if given["state"] == Registration.State.OFFERED:
        given.setdefault("offered_until", given["registered_at"] + timedelta(hours=24))
    if given["state"] == Registration.State.CANCELLED:
        given.setdefault("cancelled_at", given["registered_at"])
    return Registration.objects.create(**given)


def invitation(**fields: Any) -> Invitation:
    """Not answered yet, in the person's own language and time zone."""
    given: dict[str, Any] = {"invited_at": NOW} | fields
    invited = given["person"] if "person" in given else person()
    given |= {"person": invited, "meeting": given["meeting"] if "meeting" in given else meeting()}
    given.setdefault("name", invited.name)
    given.setdefault("language", invited.language)
    given.setdefault("timezone", invited.timezone)
    given.setdefault("sent_at", given["invited_at"])
    given.setdefault("invited_by", given["meeting"].host)
    if given.get("state") in {Invitation.State.ACCEPTED, Invitation.State.DECLINED}:
        given.setdefault("answered_at", given["invited_at"])
    if given.get("state") == Invitation.State.WITHDRAWN:
        given.setdefault("withdrawn_at", given["invited_at"])
    return Invitation.objects.create(**given)


def calendar_reply(**fields: Any) -> CalendarReply:
    """An acceptance that changed nothing."""
    given: dict[str, Any] = {
        "answer": CalendarReply.Answer.ACCEPTED,
        "outcome": CalendarReply.Outcome.NOTED,
        "stamped_at": NOW,
        "received_at": NOW,
        **fields,
    }
    given["person"] = given.get("person") or person()
    given["meeting"] = given.get("meeting") or meeting()
    given.setdefault("attendee", given["person"].email)
    return CalendarReply.objects.create(**given)


def recording(**fields: Any) -> Recording:
    """An expected recording; `state="published"` gives it its date."""
    given: dict[str, Any] = {
        "state": Recording.State.EXPECTED,
        "source": Recording.Source.UPLOAD,
        "created_at": NOW,
        "state_changed_at": NOW,
    }
    given |= fields
    if "meeting" not in given:
        given["meeting"] = meeting(state=Meeting.State.ENDED)
    given.setdefault("room", given["meeting"].room)
    if given["state"] == Recording.State.PUBLISHED:
        given.setdefault("published_at", NOW)
    return Recording.objects.create(**given)


def presence(**fields: Any) -> Presence:
    """One connection's time in a room; open without `left_at`."""
    given: dict[str, Any] = {
        "connection": f"connection-{next(_numbers)}",
        "process": "test",
        "joined_at": NOW,
    }
    given |= fields
    given.setdefault("seen_at", given.get("left_at") or given["joined_at"])
    return Presence.objects.create(**given)


def participant(**fields: Any) -> Participant:
    somebody = fields.pop("person", None) or person()
    room_ = fields.pop("room", None) or room()
    given: dict[str, Any] = {"name": somebody.name, "admission": "admitted", "first_seen_at": NOW}
    return Participant.objects.create(room=room_, person=somebody, **{**given, **fields})


def live_question(**fields: Any) -> Question:
    """Asked during a meeting, in its room."""
    held = fields.pop("meeting", None)
    asker = fields.pop("participant", None)
    if asker is None:
        held = held or meeting()
        asker = participant(room=held.room, person=fields.pop("person", None))
    given: dict[str, Any] = {
        "meeting": held.pk if held is not None else "",
        "role": "attendee",
        "text": "How warm is it?",
        "asked_at": NOW,
        "shown_at": NOW,
    }
    if held is None:
        given["meeting"] = asker.questions.values_list("meeting", flat=True).first() or ""
    return Question.objects.create(room=asker.room, participant=asker, **{**given, **fields})


def breakout_round(
    meeting: Meeting, *, people: Sequence[Participant] = (), name: str = "Red", **fields: Any
) -> BreakoutRound:
    """An open one, with one group."""
    given = {"state": "open", "assign": "list", "seed": 1, "created_at": NOW, "opened_at": NOW, **fields}
    made = BreakoutRound.objects.create(room=meeting.room, meeting=meeting.pk, **given)
    about = {"kind": Room.Kind.BREAKOUT, "parent": meeting.room, "label": name, "number": 1}
    group_room = Room.objects.create(**about, created_at=NOW)
    group = BreakoutGroup.objects.create(round=made, room=group_room)
    BreakoutAssignment.objects.bulk_create(
        BreakoutAssignment(round=made, group=group, participant=each, assigned_at=NOW) for each in people
    )
    return made


def topic(slug: str, **name: str) -> Topic:
    return Topic.objects.create(slug=slug, name=name or {"en": slug})


def offer(company: Company, **title: str) -> Offer:
    return Offer.objects.create(company=company, title=title, created_at=NOW)


def need(company: Company, **title: str) -> Need:
    return Need.objects.create(company=company, title=title, created_at=NOW)


def company_admin(**fields: Any) -> Person:
    return member(**{**fields, "is_company_admin": True})


def article(**fields: Any) -> Article:
    """Published; `published_at=None` is a draft."""
    given: dict[str, Any] = {
        "slug": f"article-{next(_numbers)}",
        "title": {"en": "A pump was delivered"},
        "summary": {"en": "It came by ship."},
        "body": {"en": "It was *heavy*."},
        "published_at": NOW - timedelta(days=30),
        "created_at": NOW,
        "updated_at": NOW,
    }
    return Article.objects.create(**{**given, **fields})


def version_of_notes(meeting: Meeting) -> NoteVersion:
    """A paragraph, of a document in which nobody has written since."""
    document = NoteDocument.objects.create(
        room=meeting.room, meeting=meeting.pk, number=1, created_at=NOW, changed_at=NOW
    )
    return NoteVersion.objects.create(document=document, number=1, content=b64decode(EXAMPLE), at=NOW)


def agenda_item(meeting: Meeting, **fields: Any) -> AgendaItem:
    """The next one of the meeting's agenda."""
    given: dict[str, Any] = {
        "room": meeting.room,
        "meeting": meeting.pk,
        "number": AgendaItem.objects.filter(meeting=meeting.pk).count() + 1,
        "title": {"en": "Heat for harbours", "sv": "Värme för hamnar"},
        "minutes": 10,
        "speaker": "Rūta Kazlauskaitė",
    }
    return AgendaItem.objects.create(**{**given, **fields})


def poll(
    meeting: Meeting, *, options: tuple[str, ...] = ("Harbour water", "Waste heat"), **fields: Any
) -> Poll:
    """A prepared one; with `state="closed"` one that was opened and has ended."""
    given: dict[str, Any] = {
        "room": meeting.room,
        "meeting": meeting.pk,
        "kind": Poll.Kind.SINGLE,
        "title": "Which source?",
        "created_at": NOW,
        **fields,
    }
    if given.get("state", Poll.State.PREPARED) != Poll.State.PREPARED:
        given.setdefault("opened_at", NOW)
        given.setdefault("opened_as_anonymous", given.get("is_anonymous", True))
    if given.get("state") == Poll.State.CLOSED:
        given.setdefault("closed_at", NOW)
    made = Poll.objects.create(**given)
    PollOption.objects.bulk_create(
        PollOption(poll=made, number=number, text=text) for number, text in enumerate(options, start=1)
    )
    return made


def resource(meeting: Meeting, **fields: Any) -> Resource:
    """A link; with `file_type` a document without its file."""
    given: dict[str, Any] = {
        "room": meeting.room,
        "meeting": meeting.pk,
        "title": "The heat map",
        "shared_by": meeting.host,
        "shared_at": NOW,
        **({"size": 1000} if "file_type" in fields else {"address": "https://heat.example.org/map"}),
    }
    return Resource.objects.create(**{**given, **fields})


def slide_deck(meeting: Meeting, pages: int = 3, **fields: Any) -> SlideDeck:
    """Without files."""
    given: dict[str, Any] = {
        "room": meeting.room,
        "meeting": meeting.pk,
        "title": "Heat for harbours",
        "state": SlideDeck.State.READY,
        "pages": pages,
        "size": 1000,
        "uploaded_by": meeting.host,
        "uploaded_at": NOW,
    }
    deck = SlideDeck.objects.create(**{**given, **fields})
    Slide.objects.bulk_create(
        Slide(
            deck=deck,
            number=number,
            width=1600,
            height=900,
            title=f"Title {number}",
            text=f"Title {number}\nmore of {number}",
        )
        for number in range(1, deck.pages + 1)
    )
    return deck
