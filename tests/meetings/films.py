"""Real media files for tests: a few seconds of moving colour and a tone, as different recorders write them."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
import av.error
import av.filter

PER_SECOND = 10


@cache
def webm(seconds: int = 3, *, live: bool = False) -> bytes:
    """With `live` as MediaRecorder writes it: neither its length nor an index is in the file."""
    return _film("webm", "libvpx", "libopus", seconds, {"live": "1"} if live else {})


@cache
def mp4(seconds: int = 3, *, fast_start: bool = True) -> bytes:
    return _film("mp4", "libx264", "aac", seconds, {"movflags": "faststart"} if fast_start else {})


@cache
def sound_only(seconds: int = 2) -> bytes:
    return _film("webm", "", "libopus", seconds, {})


@cache
def unfit_for_browsers(seconds: int = 1) -> bytes:
    return _film("mp4", "mpeg4", "aac", seconds, {})


def _film(kind: str, video: str, audio: str, seconds: int, options: dict[str, str]) -> bytes:
    with NamedTemporaryFile(suffix=f".{kind}") as kept:
        _write(kept.name, kind, video, audio, seconds, options)
        return Path(kept.name).read_bytes()


def _write(path: str, kind: str, video: str, audio: str, seconds: int, options: dict[str, str]) -> None:
    with av.open(path, "w", format=kind, options=options) as out:
        picture = out.add_stream(video, rate=PER_SECOND) if video else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 160, 90, "yuv420p"
        sound = out.add_stream(audio, rate=48000, layout="mono")
        if picture is not None:
            for frame in _pictures(seconds):
                out.mux(picture.encode(frame))
            out.mux(picture.encode(None))
        for heard in _sounds(seconds, sound.format.name, 960 if audio == "libopus" else 1024):
            out.mux(sound.encode(heard))
        out.mux(sound.encode(None))


def _pictures(seconds: int) -> Iterator[av.VideoFrame]:
    for number in range(seconds * PER_SECOND):
        frame = av.VideoFrame(160, 90, "yuv420p")
        for plane, shade in zip(frame.planes, (40 + number * 5 % 180, 110, 150), strict=True):
            plane.update(bytes([shade]) * plane.buffer_size)
        frame.pts, frame.time_base = number, Fraction(1, PER_SECOND)
        yield frame


def _sounds(seconds: int, sample_format: str, samples: int) -> Iterator[av.AudioFrame]:
    graph = av.filter.Graph()
    source = graph.add("sine", f"frequency=330:sample_rate=48000:duration={seconds}")
    shape = graph.add("aformat", f"sample_fmts={sample_format}:sample_rates=48000:channel_layouts=mono")
    sink = graph.add("abuffersink")
    source.link_to(shape)
    shape.link_to(sink)
    graph.configure()
    graph.set_audio_frame_size(samples)
    while True:
        try:
            yield graph.pull()
        except (av.error.EOFError, av.error.BlockingIOError):
            return
