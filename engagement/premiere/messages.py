"""Commands and events of a premiere."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field, StringConstraints

from rooms.messages import Command, Event, PersonRef, Reply

FilmId = Annotated[str, StringConstraints(max_length=16, pattern=r"^[0-9a-zA-Z_-]+$")]
Seconds = Annotated[float, Field(examples=[90.0])]
Position = Annotated[float, Field(ge=0, le=24 * 60 * 60, allow_inf_nan=False)]


class PremiereFilms(Command):
    """The films chosen for this meeting: the reply carries `films`. Hosts only."""

    do: Literal["premiere.films"]


class PremiereStart(Command):
    """Plays a film to everybody from its beginning, in the place of another. Hosts only."""

    do: Literal["premiere.start"]
    film: FilmId


class PremierePlay(Command):
    """The film goes on, from this second or from where it is. Hosts only."""

    do: Literal["premiere.play"]
    position: Position | None = Field(default=None, examples=[90.0])


class PremierePause(Command):
    """The film stands still, at this second or where it is. Hosts only."""

    do: Literal["premiere.pause"]
    position: Position | None = Field(default=None, examples=[90.0])


class PremiereStop(Command):
    """Takes the film off the stage. Hosts only."""

    do: Literal["premiere.stop"]


class PremiereFile(Command):
    """Where this connection may read the film on the stage: the reply carries `file` and `captions`."""

    do: Literal["premiere.file"]


# ---- shapes inside events --------------------------------------------------------------------------------


class Film(BaseModel):
    """A film: its title by language, its length in seconds, the languages of its captions."""

    id: str
    title: dict[str, str]
    language: str
    seconds: Annotated[float, Field(examples=[1800.0])]
    has_picture: Annotated[bool, Field(examples=[True])]
    captions: Annotated[list[str], Field(examples=[["en"]])]


class Premiere(BaseModel):
    """The film on the stage: at `as_of`, by the server's time, at this `position`; since then it has played, or not."""

    film: Film
    is_playing: Annotated[bool, Field(examples=[True])]
    position: Seconds
    as_of: Annotated[str, Field(examples=["2026-12-03T09:05:12.000Z"])]


# ---- events ----------------------------------------------------------------------------------------------


class PremiereChanged(Event):
    """This film is on the stage, and plays from here or stands still."""

    ev: Literal["premiere.changed"] = "premiere.changed"
    premiere: Premiere
    by: PersonRef
    at: str


class PremiereStopped(Event):
    """There is no film on the stage any more."""

    ev: Literal["premiere.stopped"] = "premiere.stopped"
    by: PersonRef | None
    at: str


class PremiereSnapshot(BaseModel):
    """The film on the stage, or null."""

    premiere: Premiere | None


# ---- replies ---------------------------------------------------------------------------------------------


class PremiereFilmsReply(Reply):
    """The films, by title."""

    films: list[Film]


class CaptionsAddress(BaseModel):
    """Captions in one language, as WebVTT."""

    language: str
    address: Annotated[str, Field(examples=["/films/k3x9w2.r8d2mz5q1v7k:…/en.vtt"])]


class PremiereFileReply(Reply):
    """Addresses that hold as long as this connection is in the room, and the film on its stage."""

    file: Annotated[str, Field(examples=["/films/k3x9w2.r8d2mz5q1v7k:…/"])]
    captions: list[CaptionsAddress]
