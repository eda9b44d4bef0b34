"""Slides of one meeting: uploaded by hosts and speakers before it or in the room, with notes, and for download."""

from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from companies.refusals import Refusal
from companies.views.paging import page_of
from companies.views.request_person import person_of, submitted_data
from engagement.models import SlideDeck
from engagement.slides import describing, links, uploading
from engagement.slides.rendering import MESSAGES
from engagement.tasks import wake_worker
from engagement.views.slides import pdf_of
from meetings import access
from meetings.access import Level, NotAllowed
from meetings.models import Meeting
from portal.slide_forms import DeckForm, UploadForm
from portal.views.room_entries import room_entry
from rooms import policy
from rooms.views.tickets import requester_of

A_PAGE = 10  # slides with their notes


@require_http_methods(["GET", "HEAD", "POST"])
def slides_page(request: HttpRequest, meeting_id: str) -> HttpResponse:
    """The list, and the form that uploads."""
    meeting = _meeting(request, meeting_id)
    can_upload = meeting.is_open or meeting.state == Meeting.State.DRAFT
    form = UploadForm(*submitted_data(request))
    if form.is_bound and not can_upload:
        form.add_error(None, _("This meeting is over. You can no longer upload slides to it."))
    if form.is_bound and form.is_valid() and _upload(request, form, meeting.room_id, meeting.pk):
        messages.success(
            request, _("Uploaded. The slides are being processed. This can take up to a minute.")
        )
        return redirect("slides", meeting_id=meeting.pk)
    context = {
        "meeting": meeting,
        "decks": [_shown(deck) for deck in describing.decks_of_meeting(meeting.pk)[: describing.MOST_DECKS]],
        "form": form,
        "can_upload": can_upload,
        "is_host": _is_host(request, meeting),
        "section": "schedule",
    }
    return render(request, "portal/slides/list.html", context, status=422 if form.errors else 200)


def _shown(deck: SlideDeck) -> dict[str, object]:
    picture = f"{links.picture_address(deck.pk, 1)}small.webp" if deck.is_ready else ""
    return {"row": deck, "picture": picture, "problem": MESSAGES.get(deck.failure, "")}


@require_http_methods(["GET", "HEAD", "POST"])
def deck_page(request: HttpRequest, meeting_id: str, deck_id: str) -> HttpResponse:
    """Title, whether it can be downloaded, and the notes of some pages."""
    meeting = _meeting(request, meeting_id)
    deck = _deck(meeting, deck_id)
    page = page_of(request, "page", deck.slides.order_by("number"), A_PAGE)
    form = DeckForm(*submitted_data(request), deck=deck, slides=list(page))
    if form.is_bound and form.is_valid() and _change(request, form, deck):
        messages.success(request, _("Saved."))
        return redirect(request.get_full_path())
    context = {
        "meeting": meeting,
        "deck": _shown(deck),
        "form": form,
        "rows": [
            (slide, field, f"{links.picture_address(deck.pk, slide.number)}small.webp")
            for slide, field in form.rows
        ],
        "page": page,
        "is_host": _is_host(request, meeting),
        "section": "schedule",
    }
    return render(request, "portal/slides/deck.html", context, status=422 if form.errors else 200)


def _change(request: HttpRequest, form: DeckForm, deck: SlideDeck) -> bool:
    """False, with errors in the form, when a flow refuses: somebody has deleted it meanwhile."""
    person = person_of(request)
    try:
        uploading.change_deck(
            deck_id=deck.pk,
            room_id=deck.room_id,
            title=form.cleaned_data["title"],
            is_downloadable=form.cleaned_data["is_downloadable"],
            by=person.pk if person else None,
            now=timezone.now(),
        )
        if form.notes:
            uploading.write_notes(deck_id=deck.pk, room_id=deck.room_id, notes=form.notes)
    except Refusal:
        form.add_error(None, _("These slides have been deleted."))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def delete_slides(request: HttpRequest, meeting_id: str, deck_id: str) -> HttpResponse:
    meeting = _meeting(request, meeting_id)
    deck = _deck(meeting, deck_id)
    if request.method == "POST":
        person = person_of(request)
        try:
            uploading.delete_deck(
                deck_id=deck.pk,
                room_id=meeting.room_id,
                by=person.pk if person else None,
                now=timezone.now(),
            )
        except Refusal as error:
            raise Http404 from error
        messages.success(request, _("Slides deleted."))
        return redirect("slides", meeting_id=meeting.pk)
    context = {
        "meeting": meeting,
        "question": _("Delete these slides?"),
        "who": deck.title,
        "effect": _("The PDF, its slides and the speaker notes will be deleted. You can’t undo this."),
        "button": _("Delete"),
        "is_bad": True,
        "back": reverse("slides", args=[meeting.pk]),
        "section": "schedule",
    }
    return render(request, "meetings/hosting/confirm.html", context)


@require_safe
def slides_file(request: HttpRequest, meeting_id: str, deck_id: str) -> HttpResponseBase:
    """The PDF: for hosts and speakers always, for participants where they may have it and it was shown."""
    visitor = access.visitor_of(request)
    meeting = access.meeting_for(visitor, meeting_id)
    level = access.level_in(visitor, meeting)
    if level < Level.READ:
        raise NotAllowed
    decks = describing.decks_of_meeting(meeting.pk)
    allowed = decks if level >= Level.HOST else describing.decks_to_download(meeting.pk)
    deck = allowed.filter(pk=deck_id).exclude(state=SlideDeck.State.FAILED).first()
    if deck is None:
        raise Http404
    return pdf_of(request, deck)


@never_cache
@require_POST
def room_slides(request: HttpRequest, room_id: str) -> JsonResponse:
    """Upload in the room: 201 with the deck's id, else `detail` in words."""
    entry = room_entry(request, room_id, Level.SPEAK)
    meeting = policy.policy_for(entry.room).describe(entry.room).meeting
    form = UploadForm(request.POST, request.FILES)
    deck = _upload(request, form, room_id, meeting or "") if form.is_valid() else None
    if deck is None:
        errors = [str(error) for found in form.errors.values() for error in found]
        return JsonResponse({"detail": " ".join(errors)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return JsonResponse({"deck": deck.pk}, status=HTTPStatus.CREATED)


# ---- what they share -----------------------------------------------------------------------------------------


def _upload(request: HttpRequest, form: UploadForm, room_id: str, meeting: str) -> SlideDeck | None:
    """None, with errors in the form, when the flow refuses."""
    try:
        deck = uploading.upload_deck(
            room_id=room_id,
            meeting=meeting,
            file=form.cleaned_data["file"],
            title=form.cleaned_data["title"],
            is_downloadable=form.cleaned_data["is_downloadable"],
            by=_uploader(request, room_id),
            now=timezone.now(),
        )
    except Refusal as error:
        form.add_error(error.field or None, error.message)
        return None
    wake_worker(deck.pk)
    return deck


def _uploader(request: HttpRequest, room_id: str) -> int:
    """The person who is signed in, else the speaker whose personal link was opened."""
    person = person_of(request)
    return person.pk if person is not None else policy.entry_for(requester_of(request), room_id).person.pk


def _meeting(request: HttpRequest, meeting_id: str) -> Meeting:
    return access.meeting_for(access.visitor_of(request), meeting_id, Level.SPEAK)


def _is_host(request: HttpRequest, meeting: Meeting) -> bool:
    return access.level_in(access.visitor_of(request), meeting) >= Level.HOST


def _deck(meeting: Meeting, deck_id: str) -> SlideDeck:
    deck = describing.decks_of_meeting(meeting.pk).filter(pk=deck_id).first()
    if deck is None:
        raise Http404
    return deck
