"""What search engines and programs that show links read of meetings, series and programmes (schema.org)."""

from companies.public_page import Data, PublicPage, address, organization, words_of
from meetings.models import Meeting, Programme, Series

_MODES = {
    Meeting.Format.ONLINE: "OnlineEventAttendanceMode",
    Meeting.Format.ON_SITE: "OfflineEventAttendanceMode",
    Meeting.Format.BOTH: "MixedEventAttendanceMode",
}


def page_of_meeting(meeting: Meeting) -> PublicPage | None:
    """None while not everybody may see it."""
    if meeting.state == Meeting.State.DRAFT or meeting.visibility != Meeting.Visibility.PUBLIC:
        return None
    return PublicPage(
        path=meeting.get_absolute_url(),
        title=words_of(meeting.title),
        description=words_of(meeting.description),
        image=meeting.cover_address,
        image_text=words_of(meeting.cover_text),
        data=_event(meeting),
    )


def page_of_series(series: Series, upcoming: list[Meeting]) -> PublicPage:
    parts = [_event(meeting) for meeting in upcoming if meeting.visibility == Meeting.Visibility.PUBLIC]
    title = words_of(series.title)
    data = {
        "@type": "EventSeries",
        "name": title,
        "url": address(series.get_absolute_url()),
        "subEvent": parts,
    }
    return PublicPage(path=series.get_absolute_url(), title=title, data=data)


def page_of_programme(programme: Programme) -> PublicPage | None:
    if not programme.is_published:
        return None
    return PublicPage(
        path=programme.get_absolute_url(),
        title=words_of(programme.title),
        description=words_of(programme.description),
        image=programme.picture_address,
        image_text=words_of(programme.picture_text),
    )


def _event(meeting: Meeting) -> Data:
    """https://schema.org/Event; without the room's address, which is for those who have a place."""
    page = address(meeting.get_absolute_url())
    is_cancelled = meeting.state == Meeting.State.CANCELLED
    data: dict[str, object] = {
        "@type": "Event",
        "name": words_of(meeting.title),
        "url": page,
        "startDate": meeting.starts_at.isoformat(),
        "endDate": meeting.ends_at.isoformat(),
        "eventStatus": f"https://schema.org/Event{'Cancelled' if is_cancelled else 'Scheduled'}",
        "eventAttendanceMode": f"https://schema.org/{_MODES[Meeting.Format(meeting.format)]}",
        "location": _places(meeting, page),
        "inLanguage": meeting.languages,
    }
    if description := words_of(meeting.description):
        data["description"] = description
    if meeting.cover_address:
        data["image"] = address(meeting.cover_address)
    company = meeting.host_company
    if company is not None and company.is_listed:
        data["organizer"] = organization(company.name, company.get_absolute_url())
    return data


def _places(meeting: Meeting, page: str) -> list[Data]:
    places: list[Data] = []
    if meeting.format != Meeting.Format.ONLINE:
        places.append({"@type": "Place", "name": meeting.address, "address": meeting.address})
    if meeting.format != Meeting.Format.ON_SITE:
        places.append({"@type": "VirtualLocation", "url": page})
    return places
