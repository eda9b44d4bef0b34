"""The chat of a meeting, for its hosts: its settings, and a file of what everybody saw and was written to the hosts."""

from collections.abc import Iterator

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from companies.views.request_person import submitted_data
from companies.views.spreadsheet import csv_file
from engagement.breakouts.reading import rooms_of_meeting
from engagement.chat import configuring, reading
from engagement.chat.messages import Message
from meetings import access
from meetings.models import Meeting
from portal.chat_forms import ChatSettingsForm
from portal.transcripts import local_time, period_of, text_file
from rooms.translations import reaction_words


@login_required
@require_safe
def chat_csv(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    titles = [
        _("Sent at"),
        _("Name"),
        _("Company"),
        _("To"),
        _("Message text"),
        _("Edited"),
        _("Reactions"),
        _("Breakout room"),
    ]
    return csv_file(f"chat-{meeting.pk}.csv", titles, _rows(meeting))


def _rows(meeting: Meeting) -> Iterator[list[str]]:
    for message, group in _messages(meeting):
        yield [
            local_time(message.at, meeting),
            message.sender.name,
            message.sender.company,
            _("Hosts and co-hosts") if message.to == "hosts" else _("Everyone"),
            message.text,
            _("yes") if message.edited_at else "",
            _reactions(message),
            group,
        ]


@login_required
@require_safe
def chat_text(request: HttpRequest, meeting_id: str) -> HttpResponse:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    text = "\n\n".join(_entry(message, group, meeting) for message, group in _messages(meeting))
    return text_file(f"chat-{meeting.pk}.txt", f"{text}\n" if text else "")


def _entry(message: Message, group: str, meeting: Meeting) -> str:
    to = f" ({_('Hosts and co-hosts')})" if message.to == "hosts" else ""
    to += f" [{group}]" if group else ""
    reactions = _reactions(message)
    lines = [f"{local_time(message.at, meeting)} {message.sender.name}{to}", message.text]
    return "\n".join([*lines, f"({reactions})"] if reactions else lines)


def _reactions(message: Message) -> str:
    counts = message.reactions.counts if message.reactions else {}
    given = [(word, counts[name]) for name, word in reaction_words().items() if counts.get(name)]
    return ", ".join(_("{word}: {n}").format(word=word, n=count) for word, count in given)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def chat_settings(request: HttpRequest, meeting_id: str) -> HttpResponseBase:
    meeting = access.meeting_for(access.visitor_of(request), meeting_id, access.Level.HOST)
    data, _files = submitted_data(request)
    chosen = configuring.switches_of(configuring.settings_of(meeting.room_id))
    form = ChatSettingsForm(data, chosen=chosen)
    if request.method == "POST" and form.is_valid():
        person = request.user.pk or 0
        configuring.configure(
            room_id=meeting.room_id,
            changes=form.cleaned_data,
            by=configuring.ref_in(meeting.room_id, person),
            person=person,
            now=timezone.now(),
        )
        messages.success(request, _("Saved."))
        return redirect("host_meeting", meeting_id)
    context = {"section": "schedule", "meeting": meeting, "form": form}
    status = 422 if form.errors else 200
    return render(request, "portal/chat_settings.html", context, status=status)


def _messages(meeting: Meeting) -> Iterator[tuple[Message, str]]:
    """With the names of their breakout rooms, which come after the room of the meeting, and empty for that."""
    period = period_of(meeting)
    if period is None:
        return
    since, until = period
    for room_id, group in [(meeting.room_id, ""), *rooms_of_meeting(meeting.room_id, meeting.pk)]:
        for message in reading.messages_for_export(room_id, since=since, until=until):
            yield message, group
