"""Real media files for tests: seconds of moving colour and a tone, as different recorders write them."""

from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import NamedTemporaryFile

import av
import av.error
import av.filter
from av.container import OutputContainer
from av.packet import Packet
from av.stream import Disposition, Stream

PER_SECOND = 10


@cache
def webm(seconds: int = 3, *, live: bool = False) -> bytes:
    """With `live` as MediaRecorder writes it: without duration or index."""
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


def _film(
    kind: str,
    video: str,
    audio: str,
    seconds: int,
    options: dict[str, str],
    encoding: dict[str, str] | None = None,
    pixels: str = "yuv420p",
) -> bytes:
    with NamedTemporaryFile(suffix=f".{kind}") as kept:
        _write(kept.name, kind, video, audio, seconds, options, encoding or {}, pixels)
        return Path(kept.name).read_bytes()


def _write(
    path: str,
    kind: str,
    video: str,
    audio: str,
    seconds: int,
    options: dict[str, str],
    encoding: dict[str, str],
    pixels: str,
) -> None:
    with av.open(path, "w", format=kind, options=options) as out:
        picture = out.add_stream(video, rate=PER_SECOND, options=encoding) if video else None
        if picture is not None:
            picture.width, picture.height, picture.pix_fmt = 160, 90, pixels
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


# ---- as other programs write them ------------------------------------------------------------------------


@cache
def with_b_frames(seconds: int = 3) -> bytes:
    """H.264 and AAC in Matroska, which stores no decoding times, as OBS records."""
    return _film("matroska", "libx264", "aac", seconds, {}, {"bf": "3"})


@cache
def starting_at(first: float, seconds: int = 3, kind: str = "webm") -> bytes:
    """Cut out of a longer file: timestamps do not begin at zero."""
    return _remuxed(webm(seconds) if kind == "webm" else mp4(seconds), kind, shift=first)


@cache
def song_with_cover(seconds: int = 2) -> bytes:
    """An M4A as phones and music programs write it: sound, and the album cover as a video stream."""
    with NamedTemporaryFile(suffix=".m4a") as kept:
        with av.open(kept.name, "w", format="mp4") as out:
            sound = out.add_stream("aac", rate=48000, layout="mono")
            cover = out.add_stream("mjpeg", rate=1)
            cover.width, cover.height, cover.pix_fmt = 160, 90, "yuvj420p"
            cover.disposition = Disposition.attached_pic
            still = next(_pictures(1)).reformat(format="yuvj420p")
            still.pts, still.time_base = 0, Fraction(1)
            out.mux(cover.encode(still))
            out.mux(cover.encode(None))
            for heard in _sounds(seconds, sound.format.name, 1024):
                out.mux(sound.encode(heard))
            out.mux(sound.encode(None))
        return Path(kept.name).read_bytes()


@cache
def on_its_side(seconds: int = 2) -> bytes:
    """As a phone held upright records: the picture is sideways, and a display matrix rotates it clockwise."""
    film = bytearray(mp4(seconds))
    head = film.index(b"tkhd")  # of the video, which is the first track
    matrix = (0, 0x10000, 0, -0x10000, 0, 0, 90 << 16, 0, 0x40000000)
    film[head + 44 : head + 80] = b"".join(value.to_bytes(4, "big", signed=True) for value in matrix)
    return bytes(film)


PLACE, MAKER = "+56.6634+016.3562/", "Kamera AB"


def with_place_and_maker(seconds: int = 1) -> bytes:
    """As a phone writes where and by what it was filmed: of the file, and of each track."""
    with NamedTemporaryFile(suffix=".mp4") as kept:
        with (
            av.open(BytesIO(mp4(seconds))) as source,
            av.open(kept.name, "w", options={"movflags": "use_metadata_tags"}) as out,
        ):
            known = {"location": PLACE, "com.apple.quicktime.make": MAKER, "comment": MAKER}
            out.metadata.update(known)
            into = {}
            for stream in source.streams:
                into[stream.index] = out.add_stream_from_template(stream)
                into[stream.index].metadata.update({"handler_name": MAKER, "title": PLACE})
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = into[packet.stream_index]
                    out.mux(packet)
        return Path(kept.name).read_bytes()


@cache
def in_many_colours(seconds: int = 1) -> bytes:
    return _film("mp4", "libx264", "aac", seconds, {}, pixels="yuv444p")


@cache
def of_one_large_picture(width: int, height: int) -> bytes:
    into = BytesIO()
    with av.open(into, "w", format="webm") as out:
        picture = out.add_stream("libvpx", rate=1, options={"deadline": "realtime", "cpu-used": "8"})
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        out.mux(picture.encode(av.VideoFrame(width, height, "yuv420p")))
        out.mux(picture.encode())
    return into.getvalue()


@cache
def larger_than_it_says(width: int, height: int) -> bytes:
    """The file declares 160 × 90, but each frame has that size."""
    into = BytesIO()
    with av.open(BytesIO(of_one_large_picture(width, height))) as large, av.open(into, "w", "webm") as out:
        content = next(bytes(packet) for packet in large.demux(video=0) if packet.size)
        picture = out.add_stream("libvpx", rate=1)
        picture.width, picture.height, picture.pix_fmt = 160, 90, "yuv420p"
        for number in range(5):
            packet = Packet(content)
            packet.time_base, packet.pts, packet.dts = Fraction(1), number, number
            packet.is_keyframe, packet.stream = True, picture
            out.mux(packet)
    return into.getvalue()


@cache
def sound_in_disguise() -> bytes:
    """Begins like a WebM file, but is a format that FFmpeg would detect and play if it could."""
    return b"\x1a\x45\xdf\xa3" + bytes(8) + _film("adts", "", "aac", 2, {})


@cache
def with_a_gap(seconds: int) -> bytes:
    """One second of film, and after such a gap another one."""
    return _remuxed(webm(1), "webm", times=2, gap=seconds)


@cache
def with_two_sounds(seconds: int = 2) -> bytes:
    """Microphone and room as two tracks, as OBS can record."""
    return _remuxed(mp4(seconds), "mp4", sounds=2)


@cache
def with_two_pictures(seconds: int = 1) -> bytes:
    return _remuxed(mp4(seconds), "mp4", pictures=2)


def long_capture(minutes: int) -> bytes:
    """As MediaRecorder writes it for so many minutes, without duration or index: one minute repeated."""
    return _remuxed(webm(60), "webm", times=minutes, options={"live": "1"})


@cache
def with_varying_rate() -> bytes:
    """Frames of increasing duration, as in screen sharing."""
    return _remuxed(webm(3), "webm", stretch=True)


def _remuxed(
    film: bytes,
    kind: str,
    *,
    shift: float = 0,
    times: int = 1,
    gap: float = 0,
    pictures: int = 1,
    sounds: int = 1,
    stretch: bool = False,
    options: dict[str, str] | None = None,
) -> bytes:
    with NamedTemporaryFile(suffix=f".{kind}") as source, NamedTemporaryFile(suffix=f".{kind}") as kept:
        Path(source.name).write_bytes(film)
        # Timestamps stay as given; a muxer would begin at zero.
        flags = {"avoid_negative_ts": "disabled", "use_editlist": "0"} if kind == "mp4" else {}
        with av.open(kept.name, "w", format=kind, options={**flags, **(options or {})}) as out:
            with av.open(source.name) as first:
                into = {
                    stream.index: [
                        out.add_stream_from_template(stream)
                        for _copy in range(pictures if stream.type == "video" else sounds)
                    ]
                    for stream in first.streams
                }
                length = (first.duration or 0) / av.time_base + gap
            for number in range(times):
                with av.open(source.name) as again:
                    for packet in again.demux():
                        if packet.dts is not None and packet.size:
                            _put(out, packet, into[packet.stream_index], shift + number * length, stretch)
        return Path(kept.name).read_bytes()


def _put(
    out: OutputContainer, packet: "Packet[Stream]", into: list[Stream], seconds: float, stretch: bool
) -> None:
    moved = round(Fraction(seconds) / packet.time_base)
    dts, pts, base, content, is_key = (
        packet.dts,
        packet.pts,
        packet.time_base,
        bytes(packet),
        packet.is_keyframe,
    )
    for stream in into:
        copy = Packet(content)
        copy.time_base, copy.is_keyframe, copy.duration = base, is_key, packet.duration
        factor = 1 + float(pts * base) if stretch and stream.type == "video" else 1
        copy.dts, copy.pts = round(dts * factor) + moved, round(pts * factor) + moved
        copy.stream = stream
        out.mux(copy)
