"""Short films for the demo's recordings: a drawn harbour with moving water, and a hum like a voice."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import av.error
import av.filter
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 360
FRAMES_PER_SECOND = 8
SAMPLES_PER_SECOND = 48000
HORIZON = 190
Colour = tuple[int, int, int]
Subject = Callable[[ImageDraw.ImageDraw, "Palette", float], None]


@dataclass(frozen=True)
class Film:
    """The drawing, its light, its length, and the kind of file."""

    subject: str
    palette: str
    seconds: int
    kind: str
    pitch: int  # of the voice, in Hz


@dataclass(frozen=True)
class Palette:
    sky: Colour
    far: Colour
    water: Colour
    near: Colour
    sun: Colour


PALETTES = {
    "noon": Palette((214, 232, 236), (160, 190, 196), (88, 146, 156), (24, 72, 82), (250, 240, 214)),
    "winter": Palette((226, 231, 234), (178, 190, 198), (124, 148, 160), (44, 66, 78), (246, 246, 242)),
    "evening": Palette((236, 214, 196), (170, 150, 150), (96, 112, 126), (30, 44, 58), (244, 196, 130)),
    "night": Palette((24, 38, 50), (34, 56, 66), (22, 66, 78), (10, 24, 30), (232, 226, 200)),
    "moor": Palette((222, 228, 206), (164, 178, 140), (110, 132, 96), (48, 62, 44), (248, 238, 200)),
}


def render(film: Film, path: Path) -> None:
    """Writes the film; encoded for speed rather than size."""
    video, audio = ("libvpx", "libopus") if film.kind == "webm" else ("libx264", "aac")
    options = (
        {"deadline": "realtime", "cpu-used": "-16", "threads": "2"}
        if film.kind == "webm"
        else {"preset": "ultrafast", "crf": "30"}
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    with av.open(str(path), "w", format=film.kind) as out:
        picture = cast(VideoStream, out.add_stream(video, rate=FRAMES_PER_SECOND, options=options))
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        picture.bit_rate = 180_000
        sound = cast(AudioStream, out.add_stream(audio, rate=SAMPLES_PER_SECOND, layout="mono"))
        sound.bit_rate = 48_000
        for frame in _video_frames(film):
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        for audio_frame in _audio_frames(film, sound.format.name, 960 if audio == "libopus" else 1024):
            out.mux(sound.encode(audio_frame))
        out.mux(sound.encode(None))


# ---- pictures --------------------------------------------------------------------------------------------


def _video_frames(film: Film) -> Iterator[av.VideoFrame]:
    draw_subject = SUBJECTS[film.subject]
    for number in range(film.seconds * FRAMES_PER_SECOND):
        image = draw_harbour(PALETTES[film.palette], number / FRAMES_PER_SECOND, film.seconds, draw_subject)
        frame = av.VideoFrame.from_image(image)  # type: ignore[no-untyped-call]
        frame.pts, frame.time_base = number, Fraction(1, FRAMES_PER_SECOND)
        yield frame


def draw_harbour(palette: Palette, at: float, length: float, draw_subject: Subject) -> Image.Image:
    image = Image.new("RGB", (WIDTH, HEIGHT), palette.sky)
    draw = ImageDraw.Draw(image)
    sun = 70 + 500 * at / length
    height = 120 - 60 * math.sin(math.pi * at / length)
    draw.ellipse((sun - 18, height - 18, sun + 18, height + 18), fill=palette.sun)
    hills = [
        (x, HORIZON - 16 - 10 * math.sin(x / 60) - 6 * math.sin(x / 23)) for x in range(0, WIDTH + 1, 16)
    ]
    draw.polygon([*hills, (WIDTH, HORIZON + 8), (0, HORIZON + 8)], fill=palette.far)
    _wave(draw, HORIZON, 3, 70, at * 0.6, palette.water)
    draw_subject(draw, palette, at)
    _wave(draw, 300, 7, 90, -at, palette.near)
    return image


def _wave(
    draw: ImageDraw.ImageDraw, y: float, height: float, length: float, phase: float, fill: Colour
) -> None:
    edge = [(x, y + height * math.sin(x / length * 2 + phase)) for x in range(0, WIDTH + 1, 10)]
    draw.polygon([*edge, (WIDTH, HEIGHT), (0, HEIGHT)], fill=fill)


def _thermometers(draw: ImageDraw.ImageDraw, palette: Palette, at: float) -> None:
    """Six thermometers on a rope below a buoy."""
    sway = 5 * math.sin(at * 1.3)
    top = HORIZON + 4 * math.sin(at * 2)
    draw.line((320 + sway, top, 320, 330), fill=palette.near, width=2)
    draw.ellipse((306 + sway, top - 14, 334 + sway, top + 10), fill=(196, 84, 60))
    for number in range(6):
        y = top + 22 + number * 19
        warm = 9 + 7 * math.sin(at / 2 + number)
        draw.rectangle((300, y, 340, y + 9), fill=palette.sky)
        draw.rectangle((300, y, 312 + warm, y + 9), fill=(196, 84, 60))


def _pipe(draw: ImageDraw.ImageDraw, palette: Palette, at: float) -> None:
    """Warm water flows through a pipe from one shore to the other."""
    draw.polygon([(0, 150), (90, 170), (130, 260), (0, 280)], fill=palette.near)
    draw.polygon([(WIDTH, 150), (550, 172), (510, 260), (WIDTH, 280)], fill=palette.near)
    draw.rectangle((90, 244, 560, 264), fill=palette.far)
    for number in range(12):
        x = 96 + (number * 40 + at * 55) % 456
        draw.ellipse((x, 248, x + 14, 260), fill=(196, 84, 60))


def _boards(draw: ImageDraw.ImageDraw, palette: Palette, at: float) -> None:
    """Boards before a flame that gets smaller."""
    size = 60 - min(35.0, at * 1.3)
    for number in range(4):
        lift = 8 * math.sin(at * 5 + number)
        left = 210 + number * 26
        draw.polygon([(left, 300), (left + 13, 292 - size - lift), (left + 26, 300)], fill=(226, 138, 52))
    for number in range(3):
        draw.rectangle((340 + number * 34, 200, 366 + number * 34, 310), fill=palette.near)


def _talk(draw: ImageDraw.ImageDraw, palette: Palette, at: float) -> None:
    """Two people at a table on the quay speak in turn."""
    draw.rectangle((0, 270, WIDTH, 300), fill=palette.far)
    for number, x in enumerate((240, 400)):
        speaks = math.sin(at * 0.7) > 0 if number == 0 else math.sin(at * 0.7) <= 0
        nod = 4 * math.sin(at * 6) if speaks else 0
        draw.ellipse((x - 20, 176 + nod, x + 20, 216 + nod), fill=palette.near)
        draw.rectangle((x - 26, 218, x + 26, 276), fill=palette.near)
        if speaks:
            draw.rounded_rectangle((x - 34, 118, x + 34, 156), radius=12, fill=palette.sun)
    draw.rectangle((280, 246, 360, 254), fill=palette.water)


def _barge(draw: ImageDraw.ImageDraw, palette: Palette, at: float) -> None:
    """A barge brings a pump the size of a bus."""
    x, y = 20 + at * 18, 214 + 3 * math.sin(at * 2)
    draw.polygon([(x, y + 30), (x + 190, y + 30), (x + 172, y + 62), (x + 16, y + 62)], fill=palette.near)
    draw.rounded_rectangle((x + 30, y - 20, x + 150, y + 30), radius=10, fill=(196, 84, 60))
    for number in range(4):
        draw.ellipse((x + 42 + number * 26, y - 8, x + 60 + number * 26, y + 10), fill=palette.sky)


SUBJECTS: dict[str, Subject] = {
    "thermometers": _thermometers,
    "pipe": _pipe,
    "boards": _boards,
    "talk": _talk,
    "barge": _barge,
}


# ---- sound -----------------------------------------------------------------------------------------------


def _audio_frames(film: Film, sample_format: str, samples: int) -> Iterator[av.AudioFrame]:
    """A hum that rises and falls like somebody speaking, with pauses for breath."""
    tone = f"2*PI*({film.pitch}*t-6*cos(2*PI*0.9*t))"
    speaking = "gt(sin(2*PI*0.23*t)+0.8,0)*(0.5+0.5*sin(2*PI*3.3*t))"
    voice = f"0.1*{speaking}*(sin({tone})+0.5*sin(2*{tone})+0.25*sin(3*{tone}))"
    graph = av.filter.Graph()
    source = graph.add(
        "aevalsrc", f"{voice}:s={SAMPLES_PER_SECOND}:c=mono:d={film.seconds}:n={samples}".replace(",", r"\,")
    )
    shape = graph.add(
        "aformat", f"sample_fmts={sample_format}:sample_rates={SAMPLES_PER_SECOND}:channel_layouts=mono"
    )
    sink = graph.add("abuffersink")
    source.link_to(shape)
    shape.link_to(sink)
    graph.configure()
    graph.set_audio_frame_size(samples)
    while True:
        try:
            audio_frame = graph.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            return
        if isinstance(audio_frame, av.AudioFrame):
            yield audio_frame
