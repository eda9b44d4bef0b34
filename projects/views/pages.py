"""What each page of a project needs: its menu names the page that is open."""

from projects.access import Membership


def page_of_project(member: Membership, tab: str) -> dict[str, object]:
    """For the context of a template that extends `projects/base.html`."""
    return {"section": "rooms", "room": member.project, "member": member, "tab": tab}
