"""Rows of the permission matrix that change something: what, and for whom. For everybody else nothing changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.utils import timezone

from companies.models import Company, Person, Topic
from engagement.models import (
    AgendaItem,
    BreakoutRound,
    CaptionLink,
    ChatSettings,
    NoteDocument,
    Poll,
    Question,
    QuestionSettings,
    Resource,
    SlideDeck,
)
from matchmaking.models import BlockedSender, ContactRequest
from meetings.models import (
    ConfirmationRequest,
    Invitation,
    Meeting,
    Programme,
    Registration,
    RegistrationQuestion,
)
from news.models import Article
from notifications.models import ContactMessage, EmailText, HostMessage, Newsletter, NewsletterRequest
from projects.models import Action as ProjectAction
from projects.models import (
    AgendaTemplateItem,
    DatePollAnswer,
    FileUpload,
    Post,
    ProjectDeletion,
    ProjectExport,
    ProjectMember,
    ProjectSheet,
    ProjectTerms,
    PublishedSheet,
    Role,
)
from recordings.models import Recording, Upload
from tests import factories
from tests.world import ROLES, World

HOSTS = ("host", "secretariat")
SPEAKERS = ("speaker", *HOSTS)
SIGNED_IN = ("stranger", "colleague", "member", "speaker", "host", "secretariat")


def nothing(_here: World) -> None:
    """No preparation is needed."""


@dataclass(frozen=True)
class Action:
    name: str
    of: str
    by: tuple[str, ...]
    reads: Callable[[World], object]
    sends: Callable[[World], dict[str, Any]] = lambda _here: {}
    prepare: Callable[[World], object] = nothing


def stored_fields(row: Model, *fields: str) -> tuple[Any, ...]:
    """The stored values of the fields; empty when the row was deleted."""
    return tuple(type(row)._default_manager.filter(pk=row.pk).values_list(*fields))


def update_row(row: Model, **fields: Any) -> None:
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


def contacts(_here: World) -> tuple[object, ...]:
    requests = ContactRequest.objects.order_by("pk").values_list("text", "state")
    return list(requests), BlockedSender.objects.count()


def everything() -> dict[str, list[Any]]:
    """Every row that programs can change, as stored."""
    models = (
        *(Company, Meeting, Registration, Invitation, Recording, Upload, Programme, Article),
        *(Resource, HostMessage, ProjectAction, FileUpload, ProjectExport),
    )
    return {model._meta.label: list(model._default_manager.order_by("pk").values()) for model in models}


def guest_state(here: World) -> object:
    return stored_fields(here.guest_registration, "state", "verified_at")


def public_state(here: World) -> object:
    return stored_fields(here.public, "state", "extended_until", "lobby")


def everybody(*fields: str) -> Callable[[World], object]:
    return lambda _here: list(Person.objects.order_by("pk").values_list(*fields))


def invitation_state(here: World) -> object:
    return stored_fields(here.invitation, "state", "times_sent")


def roles(here: World) -> object:
    return list(here.public.roles.order_by("person").values_list("person", "role"))


def live(here: World) -> None:
    moment = timezone.now()
    hours = {"starts_at": moment - timedelta(minutes=30), "ends_at": moment + timedelta(minutes=30)}
    update_row(here.public, state=Meeting.State.LIVE, started_at=moment - timedelta(minutes=30), **hours)


def offered(here: World) -> None:
    until = timezone.now() + timedelta(hours=1)
    update_row(
        here.guest_registration, state=Registration.State.OFFERED, confirmed_at=None, offered_until=until
    )


def pending(here: World) -> None:
    update_row(here.guest_registration, state=Registration.State.PENDING, confirmed_at=None)


def unverified(here: World) -> None:
    update_row(here.guest_registration, verified_at=None, registered_at=timezone.now())


def ready(here: World) -> None:
    update_row(here.recording, state=Recording.State.READY, published_at=None)


def in_thirty_days() -> str:
    return (timezone.now() + timedelta(days=30)).date().isoformat()


def number_of_meetings(_here: World) -> object:
    return Meeting.objects.count()


def questions(_here: World) -> object:
    return list(
        RegistrationQuestion.objects.order_by("meeting", "key").values_list(
            "meeting", "key", "label", "position"
        )
    )


def second_question(here: World) -> None:
    factories.question(here.public)


def polls(_here: World) -> object:
    return list(Poll.objects.order_by("pk").values_list("meeting", "title", "is_on_page"))


def documents_of_notes(_here: World) -> object:
    return list(NoteDocument.objects.order_by("pk").values_list("pk", "number"))


def agendas(_here: World) -> object:
    return list(AgendaItem.objects.order_by("meeting", "number").values_list("meeting", "title", "pk"))


def second_item(here: World) -> None:
    factories.agenda_item(here.public)


def item_in_series(here: World) -> None:
    """The meeting of the world becomes the first of two in a series."""
    series = factories.series()
    update_row(here.public, series=series, series_position=1)
    factories.meeting(series=series, series_position=2, starts_at=here.public.starts_at + timedelta(days=7))


def link_in_series(here: World) -> None:
    """Of which a copy needs no file."""
    item_in_series(here)
    update_row(here.resource, file_type="", size=0, address="https://heat.example.org/map")


def decks(_here: World) -> object:
    return list(SlideDeck.objects.order_by("pk").values_list("meeting", "title", "is_downloadable"))


def resources(_here: World) -> object:
    return list(Resource.objects.order_by("pk").values_list("meeting", "title", "is_shown_before"))


def a_link(_here: World) -> dict[str, str]:
    return {"what": "link", "title": "Prices", "address": "https://example.org/prices"}


def a_pdf() -> SimpleUploadedFile:
    return SimpleUploadedFile("slides.pdf", b"%PDF-1.7")


def later_in_series(here: World) -> None:
    first = here.in_series
    factories.meeting(host=first.host, series=first.series, starts_at=first.starts_at + timedelta(days=7))
    factories.question(first)


def pictured(here: World) -> None:
    for person in here.people.values():
        update_row(person, picture="people/none.webp")


def covered(here: World) -> None:
    update_row(here.public, cover="covers/none.webp")


def project_people(here: World) -> object:
    members = here.project_room.project.members.order_by("pk").values_list("person", "role", "left_at")
    return list(members), list(here.project_room.companies.order_by("pk").values_list("pk"))


def project_work(here: World) -> object:
    project = here.project_room.project
    done = project.actions.order_by("made_at", "pk").values_list("text", "done_at")
    return list(done), list(project.decisions.values_list("withdrawn_at"))


def project_files(here: World) -> object:
    return list(here.project_room.project.files.order_by("pk").values_list("name", "versions_made"))


def a_file() -> SimpleUploadedFile:
    return SimpleUploadedFile("Depths.pdf", b"%PDF-1.7 another")


def discussed(here: World) -> object:
    posts = Post.objects.filter(thread__project=here.project_room.pk).order_by("written_at", "pk")
    return list(posts.values_list("text", "deleted_at"))


def agenda_templates(here: World) -> object:
    found = here.project_room.project.agenda_templates.order_by("pk")
    items = AgendaTemplateItem.objects.filter(template__in=found).count()
    return list(found.values_list("name", "is_default")), items


def date_poll(here: World) -> object:
    answers = DatePollAnswer.objects.filter(time__poll=here.date_poll).count()
    return here.project_room.project.date_polls.count(), stored_fields(here.date_poll, "state"), answers


def new_poll(_here: World) -> dict[str, Any]:
    day = timezone.localdate() + timedelta(days=9)
    sent = {"title_en": "Ice", "timezone": "Europe/Vilnius", "last_day": day - timedelta(days=2)}
    for number in range(2):
        times = {"day": day + timedelta(days=number), "local_time": "10:00", "minutes": "60"}
        sent |= {f"times-{number}-{name}": value for name, value in times.items()}
    return {**sent, "times-TOTAL_FORMS": "2", "times-INITIAL_FORMS": "0"}


def sheets(here: World) -> object:
    sheet = ProjectSheet.objects.get(pk=here.sheet.pk)
    requests = sheet.requests.order_by("pk").values_list("answer", flat=True)
    return sheet.title, PublishedSheet.objects.count(), list(requests)


def project_state(here: World) -> object:
    return stored_fields(here.project_room.project, "title", "state", "terms_version")


def another_company(here: World) -> None:
    here.project_room.companies.add(factories.company())
    another_lead(here)


def another_lead(here: World) -> None:
    partner = here.project_room.companies.exclude(pk=here.company.pk).order_by("pk").first()
    person = factories.member(company=partner)
    ProjectMember.objects.create(
        project=here.project_room.project,
        person=person,
        company=partner,
        role=Role.LEAD,
        added_at=timezone.now(),
    )


def without_meetings(here: World) -> None:
    update_row(here.project_meeting, state=Meeting.State.CANCELLED)


def with_terms(here: World) -> None:
    project = here.project_room.project
    ProjectTerms.objects.create(project=project, version=1, text={"en": "Quiet."}, written_at=timezone.now())
    update_row(project, terms_version=1)


def profile(_here: World) -> dict[str, Any]:
    return {"name": "Another name", "language": "en", "timezone": "Europe/Vilnius"}


def live_questions(_here: World) -> object:
    return list(Question.objects.order_by("pk").values_list("pk", "state", "answer", "reason"))


PAGES = (
    Action(
        "answer_question",
        "live_question",
        ("speaker", *HOSTS),
        live_questions,
        lambda _here: {"text": "Twenty degrees."},
    ),
    Action("dismiss_question", "live_question", HOSTS, live_questions),
    Action(
        "question_settings",
        "public",
        HOSTS,
        lambda _here: list(QuestionSettings.objects.values_list("room", "anonymity")),
        lambda _here: {"anonymity": "no"},
    ),
    Action(
        "chat_settings",
        "public",
        HOSTS,
        lambda _here: list(ChatSettings.objects.values_list("room", "private")),
        lambda _here: {"private": "nobody", "slow_seconds": "0"},
    ),
    Action(
        "breakout_plan",
        "public",
        HOSTS,
        lambda _here: list(BreakoutRound.objects.values_list("room", "assign")),
        lambda _here: {"assign": "countries", "count": "2"},
    ),
    Action("accept_invitation", "invitation", ("stranger",), invitation_state),
    Action("accept_offer", "guest_registration", ("guest",), guest_state, prepare=offered),
    Action("add_person", "company", HOSTS, everybody("email"), lambda _here: {"email": "new@example.org"}),
    Action("approve_registration", "guest_registration", HOSTS, guest_state, prepare=pending),
    Action("cancel_meeting", "public", HOSTS, public_state),  # nothing is required: an empty POST cancels
    Action("cancel_meeting", "draft", HOSTS, lambda here: stored_fields(here.draft, "pk")),
    Action(
        "change_picture",
        "",
        SIGNED_IN,
        everybody("picture"),
        lambda _here: {"do": "remove"},
        prepare=pictured,
    ),
    Action(
        "change_person",
        "colleague",
        HOSTS,
        everybody("is_company_admin"),
        lambda _here: {"do": "make_admin"},
    ),
    Action("add_dates", "public", HOSTS, number_of_meetings, lambda _here: {"day_0": in_thirty_days()}),
    Action(
        "cover",
        "public",
        HOSTS,
        lambda here: stored_fields(here.public, "cover"),
        lambda _here: {"do": "remove"},
        prepare=covered,
    ),
    Action("confirm_registration", "guest_registration", ("guest",), guest_state, prepare=unverified),
    Action("decline_invitation", "invitation", ("stranger",), invitation_state),
    Action("end_meeting", "public", HOSTS, public_state, prepare=live),
    Action("extend_meeting", "public", HOSTS, public_state, prepare=live),
    Action(
        "add_registration_question",
        "kind_of_question",
        HOSTS,
        questions,
        lambda _here: {"label_en": "Why do you come?"},
    ),
    Action("copy_registration_questions", "in_series", HOSTS, questions, prepare=later_in_series),
    Action(
        "edit_registration_question",
        "question",
        HOSTS,
        questions,
        lambda _here: {"label_en": "Which food?", "choice_fish_en": "Fish", "choice_peas_en": "Peas"},
    ),
    Action(
        "move_registration_question",
        "question",
        HOSTS,
        questions,
        lambda _here: {"do": "down"},
        prepare=second_question,
    ),
    Action("remove_registration_question", "question", HOSTS, questions),
    Action(
        "registration_answers",
        "guest_registration",
        ("guest",),
        lambda here: stored_fields(here.guest_registration, "answers"),
        lambda _here: {"answer_food": "peas"},
    ),
    Action(
        "agenda",
        "public",
        HOSTS,
        agendas,
        lambda _here: {"title_en": "Cold", "minutes": "5"},
    ),
    Action(
        "agenda_item",
        "agenda_item",
        HOSTS,
        agendas,
        lambda _here: {"title_en": "Cold", "minutes": "5"},
    ),
    Action("move_agenda_item", "agenda_item", HOSTS, agendas, lambda _here: {"do": "down"}, second_item),
    Action("remove_agenda_item", "agenda_item", HOSTS, agendas),
    Action("copy_agenda", "public", HOSTS, agendas, prepare=item_in_series),
    Action("notes_version", "version_of_notes", SPEAKERS, documents_of_notes),
    Action(
        "new_poll",
        "public",
        HOSTS,
        polls,
        lambda _here: {"kind": "words", "title": "What next?", "results": "live"},
    ),
    Action(
        "edit_poll",
        "poll",
        HOSTS,
        polls,
        lambda _here: {"kind": "words", "title": "What else?", "results": "live"},
    ),
    Action("delete_poll", "poll", HOSTS, polls),
    Action("deck", "deck", SPEAKERS, decks, lambda _here: {"title": "Other slides", "is_downloadable": "on"}),
    Action("delete_slides", "deck", SPEAKERS, decks),
    Action("slides", "public", SPEAKERS, decks, lambda _here: {"file": a_pdf()}),
    Action(
        "premiere_films",
        "public",
        HOSTS,
        lambda here: list(here.public.premiere_films.values_list("recording")),
        lambda here: {"films": [here.recording.pk]},
        prepare=lambda here: update_row(here.recording, duration_seconds=60.0),
    ),
    Action("resources", "public", HOSTS, resources, a_link),
    Action(
        "caption_links",
        "public",
        HOSTS,
        lambda here: list(CaptionLink.objects.filter(meeting=here.public.pk).values_list("language")),
        lambda _here: {"what": "create", "language": "sv"},
    ),
    Action("room_resources", "public_room", SPEAKERS, resources, lambda _here: {"file": a_pdf()}),
    Action("edit_resource", "resource", HOSTS, resources, lambda _here: {"title": "Another title"}),
    Action("remove_resource", "resource", HOSTS, resources),
    Action("show_resource", "resource", HOSTS, resources, lambda _here: {"show": "no"}),
    Action("use_resource_again", "resource", HOSTS, resources, prepare=link_in_series),
    Action("room_slides", "public_room", SPEAKERS, decks, lambda _here: {"file": a_pdf()}),
    Action("use_poll_again", "closed_poll", HOSTS, polls),
    Action("poll_on_page", "closed_poll", HOSTS, polls, lambda _here: {"show": "no"}),
    Action("profile", "", SIGNED_IN, everybody("name"), profile),
    Action("publish_meeting", "draft", HOSTS, lambda here: stored_fields(here.draft, "state")),
    Action(
        "publish_recording",
        "recording",
        HOSTS,
        lambda here: stored_fields(here.recording, "state"),
        prepare=ready,
    ),
    *(
        Action(name, "recording", HOSTS, lambda here: stored_fields(here.recording, "state"))
        for name in ("unpublish_recording", "delete_recording")
    ),
    Action("refuse_registration", "guest_registration", HOSTS, guest_state, prepare=pending),
    Action("remove_unconfirmed", "public", HOSTS, guest_state, prepare=unverified),
    Action("renew_calendar", "", SIGNED_IN, everybody("calendar_key")),
    Action("send_invitation_again", "invitation", HOSTS, invitation_state),
    Action("sessions", "", SIGNED_IN, everybody("password")),
    Action(
        "set_time_zone", "", SIGNED_IN, everybody("timezone"), lambda _here: {"timezone": "Europe/Warsaw"}
    ),
    Action(
        "contact",
        "",
        ROLES,
        lambda _here: ContactMessage.objects.count(),
        lambda _here: {"name": "Guest", "email": "guest@example.org", "text": "Hello"},
    ),
    Action(
        "lost_confirmation",
        "public",
        ROLES,
        lambda _here: ConfirmationRequest.objects.count(),
        lambda _here: {"email": "guest@example.org"},
    ),
    Action(
        "resend_confirmation",
        "guest_registration",
        ("guest", *HOSTS),
        lambda here: stored_fields(here.guest_registration, "resent_at"),
    ),
    Action("set_waiting_room", "public", HOSTS, public_state, lambda _here: {"do": "on"}),
    Action("appoint_registered", "guest_registration", HOSTS, roles, lambda _here: {"role": "speaker"}),
    Action("dismiss", "stage_role", HOSTS, roles),
    Action(
        "manage_person",
        "person",
        ("secretariat",),
        everybody("is_secretariat", "is_active", "company"),
        lambda _here: {"is_secretariat": "on", "is_active": "on"},
    ),
    Action(
        "list_company",
        "company",
        ("secretariat",),
        lambda here: stored_fields(here.company, "is_listed"),
        lambda _here: {"do": "hide"},
    ),
    Action(
        "new_company",
        "",
        ("secretariat",),
        lambda _here: Company.objects.count(),
        lambda _here: {"name": "Vėtra Hydrogen", "country": "LT"},
    ),
    Action(
        "manage_topics",
        "",
        ("secretariat",),
        lambda _here: Topic.objects.count(),
        lambda _here: {"name_en": "Hydrogen"},
    ),
    Action(
        "manage_topic",
        "topic",
        ("secretariat",),
        lambda here: stored_fields(here.topic, "name"),
        lambda _here: {"name_en": "Hydrogen"},
    ),
    Action(
        "outbox",
        "",
        ("secretariat",),
        lambda here: stored_fields(here.email, "state"),
        lambda here: {"email": here.email.pk, "do": "drop"},
    ),
    Action(
        "newsletter",
        "",
        ROLES,
        lambda _here: NewsletterRequest.objects.count(),
        lambda _here: {"email": "guest@example.org", "language": "en"},
    ),
    Action(
        "send_newsletter",
        "",
        ("secretariat",),
        lambda _here: Newsletter.objects.count(),
        lambda _here: {"subject_en": "Heat", "introduction_en": "It is warm.", "do": "test"},
    ),
    Action(
        "email_text",
        "email_text",
        ("secretariat",),
        lambda _here: list(EmailText.objects.values_list("closing", flat=True)),
        lambda _here: {"do": "draft", "closing": "See you again."},
    ),
    Action(
        "contact_messages",
        "",
        ("secretariat",),
        lambda here: stored_fields(here.message, "answered_at"),
        lambda here: {"message": here.message.pk},
    ),
    *(
        Action(
            name,
            of,
            ("secretariat",),
            lambda _here: list(Programme.objects.order_by("pk").values_list("title", flat=True)),
            lambda _here: {"title_en": "Water", "kind": "conference", "timezone": "Europe/Vilnius"},
        )
        for name, of in (("new_programme", ""), ("edit_programme", "programme"))
    ),
    *(
        Action(name, of, ("colleague", "host"), agenda_templates, lambda _here, sends=sends: sends)
        for name, of, sends in (
            ("agenda_templates", "project_room", {"name": "Yearly"}),
            ("agenda_template", "agenda_template", {"title_en": "Ice", "minutes": "5"}),
            ("change_agenda_template", "agenda_template", {"do": "default"}),
        )
    ),
    *(
        Action(name, of, ("colleague", "host"), date_poll, sends)
        for name, of, sends in (
            ("new_date_poll", "project_room", new_poll),
            ("date_poll", "date_poll", lambda here: {one.pk: "yes" for one in here.date_poll.times.all()}),
            ("choose_time", "date_poll_time", lambda _here: {}),
            ("end_date_poll", "date_poll", lambda _here: {}),
        )
    ),
    Action("project_sheet", "project_room", ("host",), sheets, lambda _here: {"title_en": "Floats"}),
    Action("publish_sheet", "project_room", ("host",), sheets, lambda _here: {"do": "unpublish"}),
    Action("partner_request", "partner_request", ("host",), sheets, lambda _here: {"text": "Welcome."}),
    *(
        Action(name, of, ("colleague", "host"), contacts, lambda _here: {"text": "Welcome."})
        for name, of in (
            ("contact_request", "contact_request"),
            ("block_contact", "contact_request"),
            ("unblock_contact", "blocked_sender"),
        )
    ),
    Action(
        "write_to_company",
        "company",
        ("anonymous", "guest", "stranger", "member", "speaker", "secretariat"),
        contacts,
        lambda _here: {"name": "Ieva", "email": "ieva@example.org", "reason": "offer", "text": "Floats."},
    ),
    Action(
        "partner_offer",
        "sheet",
        ROLES,
        sheets,
        lambda _here: {"name": "Ieva", "email": "ieva@example.org", "text": "We make floats."},
    ),
    Action(
        "agenda_and_template",
        "project_meeting",
        ("host",),
        agenda_templates,
        lambda _here: {"do": "save", "name": "Yearly"},
    ),
    *(
        Action(name, of, ("colleague", "host"), project_work, lambda _here: {"text": "Ice", "add": "action"})
        for name, of in (
            ("project_actions", "project_room"),
            ("project_panel", "project_room"),
            ("edit_action", "action"),
            ("set_action_done", "action"),
            ("withdraw_decision", "decision"),
        )
    ),
    *(
        Action(name, of, ("colleague", "host"), project_files, lambda _here: {"file": a_file()})
        for name, of in (("project_files", "project_room"), ("project_file", "project_file"))
    ),
    Action(
        "project_export",
        "project_room",
        ("host",),
        lambda here: here.project_room.project.exports.count(),
    ),
    Action(
        "delete_project",
        "project_room",
        ("host",),
        lambda here: ProjectDeletion.objects.filter(project=here.project_room.pk).count(),
        prepare=without_meetings,
    ),
    Action("delete_date_poll", "date_poll", ("host",), date_poll),
    Action("delete_discussion", "thread", ("host",), discussed),
    Action("delete_project_file", "project_file", ("host",), project_files),
    *(
        Action(name, of, by, discussed, lambda _here: {"subject": "Ice", "text": "Who measures it?"})
        for name, of, by in (
            ("discussions", "project_room", ("colleague", "host")),
            ("discussion", "thread", ("colleague", "host")),
            ("edit_post", "post", ("host",)),
            ("delete_post", "post", ("host",)),
        )
    ),
    Action(
        "choose_post_emails",
        "project_room",
        ("colleague", "host"),
        lambda here: here.project_room.project.post_emails.count(),
        lambda _here: {"choice": "daily"},
    ),
    Action(
        "project_members",
        "project_room",
        ("host",),
        project_people,
        lambda _here: {"add": "person", "email": "new@example.org", "role": "reader"},
    ),
    Action(
        "change_project_role", "project_person", ("host",), project_people, lambda _here: {"role": "reader"}
    ),
    Action("remove_project_person", "project_person", ("host",), project_people),
    Action("remove_project_company", "project_company", ("host",), project_people, prepare=another_company),
    Action("leave_project", "project_room", ("colleague", "host"), project_people, prepare=another_lead),
    Action("project_settings", "project_room", ("host",), project_state, lambda _here: {"title_en": "Ice"}),
    Action("change_project_state", "project_state", ("host",), project_state, prepare=without_meetings),
    Action(
        "project_terms",
        "project_room",
        ("colleague", "host"),
        lambda here: here.project_room.project.acceptances.count(),
        lambda _here: {"version": "1"},
        prepare=with_terms,
    ),
    Action(
        "edit_project_terms",
        "project_room",
        ("host",),
        project_state,
        lambda _here: {"text_en": "Tell nobody.", "version": "0"},
    ),
    Action("decline_proposal", "proposal", HOSTS, lambda here: stored_fields(here.proposal, "declined_at")),
    Action("start_meeting", "public", HOSTS, public_state),
    Action("withdraw_invitation", "invitation", HOSTS, invitation_state),
    Action("withdraw", "guest_registration", ("guest", *HOSTS), guest_state),
)

# Tested with their forms; they need more than a row here.
HELD_ELSEWHERE = {
    *("edit_company", "edit_meeting", "edit_recording", "new_meeting", "new_project_room", "register"),
    *("turn_on_push", "turn_off_push", "move_push"),
    # take links of emails: tests/matchmaking/test_contact_requests.py
    *("confirm_contact_request", "answer_contact_request"),
    "confirm_partner_request",  # takes a link of an email: tests/projects/test_sheets.py
    "answer_date_poll",  # takes a link of an email: tests/projects/test_date_polls.py
    "action_done",  # takes a link of an email: tests/projects/test_reminders.py
    *("confirm_newsletter", "delivery_report", "host_message", "invitations", "uploads", "upload_recording"),
    "file_uploads",  # speaks tus: tests/projects/test_files.py
    "caption_link",  # takes its secret address: tests/engagement/realtime_text/test_caption_links.py
    "delete_account",  # takes a session that has just begun: tests/companies/test_erasing.py
}
# They store nothing: a signed ticket, a file to download, and a URL that does not exist without a media server.
WRITE_NOTHING = {"room_ticket", "livekit_webhook", "export_data"}
