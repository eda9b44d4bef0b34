"""The pages of a project, as its menu lists them."""

from dataclasses import dataclass

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from projects.access import Membership

register = template.Library()


@dataclass(frozen=True)
class Section:
    title: str
    address: str
    is_current: bool


@register.simple_tag
def project_sections(member: Membership, tab: str) -> list[Section]:
    """Those that the member may open: what is used daily first."""
    room, leads = member.project, member.may_lead
    listed = [
        ("overview", _("Overview"), "project_room", True),
        ("actions", _("Decisions and actions"), "project_actions", True),
        ("files", _("Files"), "project_files", True),
        ("discussions", _("Discussions"), "discussions", True),
        ("timeline", _("Timeline"), "project_timeline", True),
        ("search", _("Search"), "project_search", True),
        ("members", _("Members"), "project_members", True),
        ("agendas", _("Agenda templates"), "agenda_templates", True),
        ("terms", _("Confidentiality"), "project_terms", room.terms_version > 0 or leads),
        ("sheet", _("Project sheet"), "project_sheet", leads),
        ("history", _("History"), "project_history", True),
        ("settings", _("Settings"), "project_settings", leads),
    ]
    return [
        Section(title, reverse(url, args=[room.pk]), is_current=name == tab)
        for name, title, url, is_shown in listed
        if is_shown
    ]


@register.filter
def current(sections: list[Section]) -> str:
    """Its title; that of them all where the page is none of them."""
    return next((section.title for section in sections if section.is_current), _("Project"))
