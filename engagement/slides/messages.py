"""Commands and events of slides."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from engagement.slides.models import LONGEST_NOTES
from rooms.messages import Command, Event, PersonRef, Reply

DeckId = Annotated[str, StringConstraints(max_length=16, pattern=r"^[0-9a-zA-Z_-]+$")]
PageNumber = Annotated[int, Field(ge=1, le=1000)]
Share = Annotated[float, Field(ge=0, le=1)]


class SlidesList(Command):
    """The slides of this meeting, newest first: the reply carries `decks`. Hosts and speakers only."""

    do: Literal["slides.list"]


class SlidesShow(Command):
    """Shows a deck to everybody, in the place of another. Hosts and speakers only."""

    do: Literal["slides.show"]
    deck: DeckId
    page: PageNumber = 1


class SlidesTurn(Command):
    """Turns to this page of the deck that is shown. Hosts and speakers only."""

    do: Literal["slides.turn"]
    page: PageNumber


class SlidesHide(Command):
    """Takes the slides off the stage. Hosts and speakers only."""

    do: Literal["slides.hide"]


class SlidesPoint(Command):
    """Points at a place of the page, as shares of its width and height; without both the pointer goes.

    Hosts and speakers only.
    """

    do: Literal["slides.point"]
    x: Share | None = None
    y: Share | None = None


class SlidesPage(Command):
    """A page with its text and the speaker's notes: the reply carries `page`. Hosts and speakers only."""

    do: Literal["slides.page"]
    deck: DeckId
    page: PageNumber


class SlidesNote(Command):
    """Writes the speaker's notes of a page. Hosts and speakers only."""

    do: Literal["slides.note"]
    deck: DeckId
    page: PageNumber
    notes: Annotated[str, StringConstraints(max_length=LONGEST_NOTES)]


# ---- shapes inside events --------------------------------------------------------------------------------


class ShownPage(BaseModel):
    """A page. `picture` is an address to which `large.webp` or `small.webp` is appended; it is valid for hours.

    `text` is its beginning, for screen readers; `next` is the address of the page that follows, or null.
    """

    number: int
    width: int
    height: int
    title: str
    text: str
    picture: str
    next: str | None


class ShownSlides(BaseModel):
    """The slides on stage. `download` is the address of the PDF where participants may have it, or null."""

    deck: str
    title: str
    pages: int
    page: ShownPage
    download: str | None


class DeckInfo(BaseModel):
    """A deck, for hosts and speakers. `failure` says why there are no slides, `picture` is of its first page."""

    id: str
    title: str
    state: Literal["uploaded", "processing", "ready", "failed", "deleted"]
    failure: str
    pages: int
    is_downloadable: bool
    picture: str | None


class PageInfo(BaseModel):
    """A page as its speaker sees it."""

    number: int
    title: str
    text: str
    notes: str
    picture: str


# ---- events ----------------------------------------------------------------------------------------------


class SlidesShown(Event):
    """These slides are on stage, in the place of others."""

    ev: Literal["slides.shown"] = "slides.shown"
    slides: ShownSlides
    by: PersonRef | None
    at: str


class SlidesTurned(Event):
    """The deck on stage is at this page."""

    ev: Literal["slides.turned"] = "slides.turned"
    deck: str
    page: ShownPage
    by: PersonRef
    at: str


class SlidesHidden(Event):
    """There are no slides on stage any more."""

    ev: Literal["slides.hidden"] = "slides.hidden"
    by: PersonRef | None
    at: str


class SlidesDeck(Event):
    """A deck was uploaded, is ready, has failed, was changed or deleted. For hosts and speakers."""

    ev: Literal["slides.deck"] = "slides.deck"
    deck: DeckInfo
    at: str


class SlidesPointed(Event):
    """Where the speaker points, at most a few times a second; null when they do not any more."""

    ev: Literal["slides.pointed"] = "slides.pointed"
    x: float | None
    y: float | None


class SlidesSnapshot(BaseModel):
    """The slides on stage, or null."""

    slides: ShownSlides | None


# ---- replies ---------------------------------------------------------------------------------------------


class SlidesListReply(Reply):
    """The decks, newest first."""

    decks: list[DeckInfo]


class SlidesPageReply(Reply):
    """The page with its text and notes."""

    page: PageInfo
