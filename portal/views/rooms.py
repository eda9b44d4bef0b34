"""The page before a live room, where camera and microphone are checked; and the same check without a room."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from companies.content_versions import content_version
from companies.languages import in_language
from companies.shared_pages import NAME, shared_with_guests
from meetings import access
from meetings.access import Level, Visitor
from meetings.models import Meeting
from portal import days
from projects import access as project_access
from rooms import admission, media, policy
from rooms.models import Room
from rooms.policy import Entry, policy_for
from rooms.translations import room_translations_script
from rooms.views.tickets import requester_of

NO_ROOM = "sound-check"  # the connection test opens a socket of this name and closes it without joining


@require_safe
def room_page(request: HttpRequest, room_id: str) -> HttpResponse:
    visitor = access.visitor_of(request)
    try:
        entry = policy.entry_for(requester_of(request), room_id)
    except PermissionDenied as denied:
        return _not_now(request, visitor, room_id, denied)
    except Http404:
        return _of_cancelled_meeting(visitor, room_id)
    meeting = access.current_meeting(room_id)
    barriers = admission.barriers_for(entry)
    if barriers.is_turned_away:
        return render(request, "portal/room/turned_away.html", {"meeting": meeting}, status=403)
    if _is_over(entry.room, meeting):
        return render(request, "portal/room/ended.html", {"meeting": meeting})
    if barriers.is_locked:
        return render(request, "portal/room/locked.html", {"meeting": meeting}, status=403)
    return _device_check_page(request, entry, meeting, visitor)


@require_safe
def sound_check(request: HttpRequest) -> HttpResponse:
    visitor = access.visitor_of(request)
    # Relaying costs bandwidth: unknown visitors test without TURN.
    is_known = access.can_be_involved(visitor)
    page = _page(
        room=None,
        title=_("Check your camera and microphone"),
        back=reverse("home"),
        ice_servers=media.ice_servers(NO_ROOM, timezone.now()) if is_known else [],
    )
    return render(
        request, "portal/room/sound_check.html", {"page": page, "words": room_translations_script()}
    )


def _device_check_page(
    request: HttpRequest, entry: Entry, meeting: Meeting | None, visitor: Visitor
) -> HttpResponse:
    if entry.room.is_breakout:  # people go there from the main room
        return redirect("room", entry.room.parent_id)
    may_speak = entry.level >= Level.SPEAK or meeting is None or not meeting.is_webinar
    membership = project_access.membership_for(visitor, entry.room)
    in_project = (membership is not None, membership is not None and membership.may_write)
    by = (content_version(), entry.room.pk, in_project, may_speak, entry.level >= Level.HOST)

    def page() -> HttpResponse:
        context = _device_check(entry.room, meeting, is_signed_in=visitor.person is not None, by=by)
        return render(request, "portal/room/device_check.html", context)

    return shared_with_guests(request, by, page, name=entry.name)


def _device_check(
    room: Room,
    meeting: Meeting | None,
    *,
    is_signed_in: bool,
    by: tuple[int, str, tuple[bool, bool], bool, bool],
) -> dict[str, object]:
    """With a placeholder for the visitor's name. `by` has the content's version, the room, and what they may do."""
    introduction = policy_for(room).introduction(room)
    title = in_language(introduction.title)
    *_content, in_project, may_speak, may_start = by
    page = _page(
        room=room,
        title=title.text,
        subtitle=introduction.subtitle,
        back=introduction.url,
        name=NAME,
        may_speak=may_speak,
        is_signed_in=is_signed_in,
        in_project=in_project,
        meeting=meeting,
        ice_servers=media.ice_servers(room.pk, timezone.now()),
    )
    return {
        "room_cache_key": by,
        "page": page,
        "words": room_translations_script(),
        "room": room,
        "title": title,
        "meeting": meeting,
        "may_speak": may_speak,
        "may_start": may_start,
        "has_begun": meeting is not None and meeting.starts_at <= timezone.now(),
        "other_zone": _other_zone(meeting),
    }


def _page(
    *,
    room: Room | None,
    title: str,
    back: str,
    ice_servers: list[dict[str, object]],
    subtitle: str = "",
    name: str = "",
    may_speak: bool = True,
    is_signed_in: bool = False,
    in_project: tuple[bool, bool] = (False, False),
    meeting: Meeting | None = None,
) -> dict[str, object]:
    """Data for the page's scripts: `Page` in frontend/src/room/page.ts.

    `in_project`: whether the visitor is a member of the room's project, and whether they write in it.
    """
    is_member, may_write = in_project
    sign_in = reverse("account_login", query={"next": reverse("room", args=[room.pk])}) if room else ""
    return {
        "room": room.pk if room else "",
        "ticketUrl": reverse("room_ticket", args=[room.pk]) if room else "",
        "probeUrl": f"/ws/rooms/{room.pk if room else NO_ROOM}/",
        "backUrl": back,
        "signInUrl": sign_in,
        "contactUrl": reverse("contact"),
        "filmsUrl": reverse("premiere_films", args=[meeting.pk]) if meeting else "",
        "slidesUrl": reverse("room_slides", args=[room.pk]) if room else "",
        "resourcesUrl": reverse("room_resources", args=[room.pk]) if room else "",
        "projectPanelUrl": reverse("project_panel", args=[room.pk]) if room and is_member else "",
        "mayWriteInProject": may_write,
        "languages": list(meeting.languages) if meeting else [],
        "isSignedIn": is_signed_in,
        "title": title,
        "subtitle": subtitle,
        "icons": static("icons.svg"),
        "name": name,
        "timeZone": str(timezone.get_current_timezone()),
        "iceServers": ice_servers,
        "maySpeak": may_speak,
    }


def _other_zone(meeting: Meeting | None) -> str | None:
    """The host's time zone, where the reader's time differs."""
    if meeting is None:
        return None
    differs = days.differs_from_reader(meeting.starts_at, meeting.timezone)
    return meeting.timezone if differs else None


def _is_over(room: Room, meeting: Meeting | None) -> bool:
    return not room.is_project_room and meeting is not None and meeting.state == Meeting.State.ENDED


def _not_now(request: HttpRequest, visitor: Visitor, room_id: str, denied: PermissionDenied) -> HttpResponse:
    if isinstance(denied, policy.EntryDenied):
        return redirect(denied.url)
    return _without_registration(request, visitor, room_id)


def _without_registration(request: HttpRequest, visitor: Visitor, room_id: str) -> HttpResponse:
    """The visitor sees the meeting and may not enter: the page leads to registering."""
    meeting = _visible_meetings(visitor, room_id)[0]
    page = {
        "meeting": meeting,
        "registration": access.own_registration_in(visitor, meeting),
        "invitation": access.unanswered_invitations_in(visitor, [meeting]).get(meeting.pk),
    }
    return render(request, "portal/room/no_registration.html", page, status=403)


def _of_cancelled_meeting(visitor: Visitor, room_id: str) -> HttpResponse:
    cancelled = [one for one in _visible_meetings(visitor, room_id) if one.state == Meeting.State.CANCELLED]
    if not cancelled or cancelled[0].room.is_project_room:
        raise access.NotVisible
    return redirect(cancelled[0])


def _visible_meetings(visitor: Visitor, room_id: str) -> list[Meeting]:
    """Meetings of this room that the visitor sees, live and upcoming ones first."""
    visible = access.visible_meetings(visitor).filter(room=room_id).select_related("room", "host_company")
    return sorted(visible, key=lambda meeting: (not meeting.is_live, not meeting.is_open, meeting.starts_at))
