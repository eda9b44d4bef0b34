"""Agenda templates: written or made from a meeting's agenda, and used in others."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from companies.refusals import Refusal
from engagement.agenda import planning
from engagement.agenda.agenda_input import ItemInput, input_of, problem_of_all, problems_of
from engagement.agenda.describing import items_of
from meetings.access import NotVisible, Visitor
from meetings.models import Meeting
from projects import access
from projects.leading import lock
from projects.models import AgendaTemplate, AgendaTemplateItem, ProjectRoom

MOST_TEMPLATES = 20  # of a project

Items = list[ItemInput]


class UnableToUseTemplate(Refusal):
    """`code`: no_name, name_taken, too_many, too_much (text), bad_item."""


@transaction.atomic
def write_template(
    *, project: ProjectRoom, name: str, by: Visitor, meeting: Meeting | None = None
) -> AgendaTemplate:
    """With the items of the meeting's agenda, or empty. Raises UnableToUseTemplate, and as `access.writer_in`."""
    _lock_for_writing(project, by)
    if not name:
        raise UnableToUseTemplate("no_name", _("Enter a name."), field="name")
    known = project.agenda_templates.values_list("name", flat=True)
    if name in known:
        raise UnableToUseTemplate(
            "name_taken", _("There is already a template with this name."), field="name"
        )
    if len(known) >= MOST_TEMPLATES:
        message = _("A project can have at most %(most)s agenda templates. Delete one first.")
        raise UnableToUseTemplate("too_many", message % {"most": MOST_TEMPLATES})
    template = AgendaTemplate.objects.create(project=project, name=name)
    if meeting is not None:
        _put(template, [input_of(item) for item in items_of(meeting.pk)])
    return template


@transaction.atomic
def change_template(*, template: AgendaTemplate, change: Callable[[Items], Items], by: Visitor) -> None:
    """`change` gets all its items. Raises UnableToUseTemplate, and as `access.writer_in`."""
    _lock_for_writing(template.project, by)
    _put(template, change(_items_in(template)))


@transaction.atomic
def use_for_new_meetings(*, template: AgendaTemplate, on: bool, by: Visitor) -> None:
    """In place of the one before. Raises as `access.writer_in`."""
    _lock_for_writing(template.project, by)
    template.project.agenda_templates.filter(is_default=True).update(is_default=False)
    template.project.agenda_templates.filter(pk=template.pk).update(is_default=on)


@transaction.atomic
def delete_template(*, template: AgendaTemplate, by: Visitor) -> None:
    """Agendas that were made with it stay. Raises as `access.writer_in`."""
    _lock_for_writing(template.project, by)
    template.delete()


@transaction.atomic
def use_template(*, template: AgendaTemplate, meeting: Meeting, by: Visitor, now: datetime) -> None:
    """Its items come before those that the meeting's agenda has. Raises UnableToPlan, and as `access.writer_in`."""
    member = access.writer_in(by, template.project_id)
    if meeting.room_id != template.project_id:
        raise NotVisible
    _fill(template, meeting, by=member.person.pk, now=now)


def fill_new_meeting(*, meeting: Meeting, now: datetime) -> None:
    """With the project's template for new meetings, unless it has an agenda."""
    template = AgendaTemplate.objects.filter(project=meeting.room_id, is_default=True).first()
    if template is not None and not items_of(meeting.pk).exists():
        _fill(template, meeting, by=None, now=now)


def moved_up(item_id: str) -> Callable[[Items], Items]:
    def change(items: Items) -> Items:
        place = next((place for place, item in enumerate(items) if item.id == item_id), 0)
        item = items.pop(place)
        return [*items[: max(0, place - 1)], item, *items[max(0, place - 1) :]]

    return change


def _fill(template: AgendaTemplate, meeting: Meeting, *, by: int | None, now: datetime) -> None:
    new = [replace(item, id="") for item in _items_in(template)]
    present = [input_of(item) for item in items_of(meeting.pk)]
    planning.replace_agenda(
        room_id=meeting.room_id, meeting=meeting.pk, items=[*new, *present], by=by, now=now
    )


def _lock_for_writing(project: ProjectRoom, by: Visitor) -> None:
    lock(project)
    access.writer_in(by, project.pk)


def _items_in(template: AgendaTemplate) -> Items:
    return [
        ItemInput(id=item.pk, title=item.title, minutes=item.minutes, speaker=item.speaker)
        for item in template.items.order_by("number", "pk")
    ]


def _put(template: AgendaTemplate, items: Sequence[ItemInput]) -> None:
    for item in items:
        for field, message in problems_of(item):
            raise UnableToUseTemplate("bad_item", message, field=field)
    if problem := problem_of_all(items):
        raise UnableToUseTemplate("too_much", problem)
    template.items.all().delete()
    AgendaTemplateItem.objects.bulk_create(
        AgendaTemplateItem(
            template=template,
            number=number,
            title=dict(item.title),
            minutes=item.minutes,
            speaker=item.speaker,
        )
        for number, item in enumerate(items, start=1)
    )
