"""Slides as commands, events and pages show them."""

from django.db.models import QuerySet

from engagement.slides import links
from engagement.slides.messages import DeckInfo, PageInfo, ShownPage, ShownSlides
from engagement.slides.models import Presentation, Slide, SlideDeck

LONGEST_SHOWN_TEXT = 1000  # characters of a page that everybody in the room gets
MOST_DECKS = 20  # of one meeting


def decks_of(room_id: str, meeting: str) -> QuerySet[SlideDeck]:
    """Those of the meeting, and of a project room those uploaded between its meetings; newest first."""
    found = SlideDeck.objects.filter(room=room_id, meeting__in={meeting, ""})
    return found.order_by("-uploaded_at", "pk")


def decks_of_meeting(meeting: str) -> QuerySet[SlideDeck]:
    """Newest first."""
    return SlideDeck.objects.filter(meeting=meeting).order_by("-uploaded_at", "pk")


def decks_to_download(meeting: str) -> QuerySet[SlideDeck]:
    """What participants may have after it was shown."""
    return decks_of_meeting(meeting).filter(
        state=SlideDeck.State.READY, is_downloadable=True, first_shown_at__isnull=False
    )


def deck_by_ticket(ticket: str) -> SlideDeck | None:
    """That of a signed address, while participants may have it."""
    return SlideDeck.objects.filter(pk=links.deck_of(ticket) or "", is_downloadable=True).first()


def info_of(deck: SlideDeck) -> DeckInfo:
    return DeckInfo(
        id=deck.pk,
        title=deck.title,
        state=deck.state,
        failure=deck.failure,
        pages=deck.pages,
        is_downloadable=deck.is_downloadable,
        picture=links.picture_address(deck.pk, 1) if deck.is_ready else None,
    )


def shown_in(room_id: str) -> ShownSlides | None:
    """What the room shows now."""
    presentation = Presentation.objects.select_related("deck").filter(room=room_id).first()
    if presentation is None or presentation.deck is None or not presentation.deck.is_ready:
        return None
    return shown_slides(presentation.deck, presentation.page)


def shown_slides(deck: SlideDeck, number: int) -> ShownSlides:
    return ShownSlides(
        deck=deck.pk,
        title=deck.title,
        pages=deck.pages,
        page=shown_page(deck, number),
        download=links.file_address(deck.pk) if deck.is_downloadable else None,
    )


def with_new_addresses(shown: ShownSlides) -> ShownSlides:
    """Those of slides that have been on stage for long may have expired."""
    page, deck = shown.page, shown.deck
    following = links.picture_address(deck, page.number + 1) if page.next else None
    update = {"picture": links.picture_address(deck, page.number), "next": following}
    download = links.file_address(deck) if shown.download else None
    return shown.model_copy(update={"page": page.model_copy(update=update), "download": download})


def shown_page(deck: SlideDeck, number: int) -> ShownPage:
    slide = Slide.objects.get(deck=deck, number=number)
    return ShownPage(
        number=number,
        width=slide.width,
        height=slide.height,
        title=slide.title,
        text=slide.text[:LONGEST_SHOWN_TEXT],
        picture=links.picture_address(deck.pk, number),
        next=links.picture_address(deck.pk, number + 1) if number < deck.pages else None,
    )


def page_info(slide: Slide) -> PageInfo:
    return PageInfo(
        number=slide.number,
        title=slide.title,
        text=slide.text,
        notes=slide.notes,
        picture=links.picture_address(slide.deck_id, slide.number),
    )
