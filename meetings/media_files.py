"""What a recording's file is, measured with PyAV: whether it plays to its end, how long it is, and its copies.

Browsers play WebM (VP8, VP9 or AV1 with Opus or Vorbis) and MP4 (H.264, AV1 or VP9 with AAC, MP3 or Opus). Whatever
comes in is copied, without encoding anew, into one of the two with its length and index in place: what MediaRecorder
writes has neither, so nobody could jump in it.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import InputContainer
from av.packet import Packet
from av.stream import Stream
from av.video.stream import VideoStream
from django.utils.translation import gettext as _

WEBM = "webm"
MP4 = "mp4"
_FITS = {
    WEBM: {"vp8", "vp9", "av1", "opus", "vorbis"},
    MP4: {"h264", "av1", "vp9", "aac", "mp3", "opus"},
}
_DECODE_WHOLE = 15 * 60  # seconds; of longer ones the sound and each key picture are decoded
_MAY_LACK = 2.0  # seconds between the length a file claims and where its last picture is
_POSTER_WIDTH = 1280
_DAMAGED_SHARE = 0.02  # of the packets; a line that stuttered is no reason to lose an hour


class UnableToPlay(Exception):
    """The file is no recording that a browser plays; `message` says why, in the active language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Measured:
    """A file as it is: length in seconds, pixels, bytes; `codecs` as RFC 6381 writes them."""

    duration_seconds: float
    content_type: str
    codecs: str
    width: int | None
    height: int | None
    size: int
    sha256: str


def kind_of(head: bytes) -> str | None:
    """`webm`, `mp4`, or None when a file that begins like this is neither. The name of a file says nothing."""
    if head[:4] == b"\x1a\x45\xdf\xa3":  # EBML (RFC 8794)
        return WEBM
    if head[4:8] in {b"ftyp", b"moov", b"styp"}:  # ISO/IEC 14496-12
        return MP4
    return None


def check(path: Path) -> None:
    """Plays the file to its end. Raises UnableToPlay."""
    with _opened(path) as container:
        streams = playable_streams(container)
        _claimed = container.duration / av.time_base if container.duration else None
        end = _play(container, streams, whole=(_claimed or 0) <= _DECODE_WHOLE)
        if end <= 0:
            raise UnableToPlay(_("There is nothing in this file to play."))
        if _claimed and end < _claimed * 0.98 - _MAY_LACK:
            raise UnableToPlay(
                _("The file breaks off at %(end)s of %(length)s. Send it again from the start.")
                % {"end": clock(end), "length": clock(_claimed)}
            )


def playable_copy(source: Path, folder: Path, name: str) -> Path:
    """A copy that browsers play and jump in, below `folder`; the packets stay as they are. Raises UnableToPlay."""
    with _opened(source) as container:
        streams = playable_streams(container)
        kind = _kind_that_fits(streams)
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{name}.{kind}"
        options = {"cues_to_front": "1"} if kind == WEBM else {"movflags": "faststart"}
        try:
            with av.open(str(target), "w", format=kind, options=options) as copy:
                into = {stream.index: copy.add_stream_from_template(stream) for stream in streams}
                for packet in _in_order(container, streams):
                    packet.stream = into[packet.stream.index]
                    copy.mux(packet)
        except (av.error.FFmpegError, ValueError) as error:
            raise UnableToPlay(_("The pictures and sound in this file do not fit together.")) from error
    return target


def measure(path: Path) -> Measured:
    """Of a playable copy. Raises UnableToPlay."""
    with _opened(path) as container:
        streams = playable_streams(container)
        video = next((stream for stream in streams if isinstance(stream, VideoStream)), None)
        media = "video" if video is not None else "audio"
        return Measured(
            duration_seconds=round((container.duration or 0) / av.time_base, 3),
            content_type=f"{media}/{_kind_that_fits(streams)}",
            codecs=", ".join(codec_name(stream) for stream in streams),
            width=video.codec_context.width if video is not None else None,
            height=video.codec_context.height if video is not None else None,
            size=path.stat().st_size,
            sha256=sha256_of(path),
        )


def draw_poster(path: Path, target: Path, *, at_seconds: float) -> Path | None:
    """The picture at that moment as a JPEG, or None where a recording has only sound."""
    with _opened(path) as container:
        if not container.streams.video:
            return None
        stream = container.streams.video[0]
        if stream.time_base:
            container.seek(int(at_seconds / stream.time_base), stream=stream, backward=True)
        picture = next(
            (frame for frame in container.decode(stream) if (frame.time or 0) >= at_seconds - 1), None
        )
        if picture is None:
            return None
        width = min(_POSTER_WIDTH, picture.width)
        height = max(2, round(picture.height * width / picture.width / 2) * 2)
        with av.open(str(target), "w", format="image2", options={"update": "1"}) as image:
            still = image.add_stream("mjpeg", rate=1)
            still.width, still.height, still.pix_fmt = width, height, "yuvj420p"
            small = picture.reformat(width=width, height=height, format="yuvj420p")
            small.pts, small.time_base = 0, Fraction(1)
            image.mux(still.encode(small))
            image.mux(still.encode(None))
    return target


def sha256_of(path: Path) -> str:
    with path.open("rb") as source:
        return hashlib.file_digest(source, "sha256").hexdigest()


def clock(seconds: float) -> str:
    """`12:40`, and `1:02:40` from an hour on."""
    hours, rest = divmod(int(seconds), 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


# ---- inside a file ---------------------------------------------------------------------------------------


@contextmanager
def _opened(path: Path) -> Iterator[InputContainer]:
    """Only what looks like a recording is given to the demuxer, and only to the one for its kind."""
    with path.open("rb") as source:
        kind = kind_of(source.read(12))
    if kind is None:
        raise UnableToPlay(_("This is not a WebM or MP4 file."))
    try:
        container = av.open(str(path), format="matroska" if kind == WEBM else "mov", metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError) as error:
        raise UnableToPlay(_("The file is damaged or was not sent whole.")) from error
    with container:
        yield container


def playable_streams(container: InputContainer) -> list[Stream]:
    """The first picture and the first sound; covers, subtitles and the like are left out. Raises UnableToPlay."""
    streams: list[Stream] = [*container.streams.video[:1], *container.streams.audio[:1]]
    if not streams:
        raise UnableToPlay(_("There is neither sound nor picture in this file."))
    _kind_that_fits(streams)
    return streams


def _kind_that_fits(streams: list[Stream]) -> str:
    codecs = {stream.codec_context.name for stream in streams}
    names = {_CODEC_OF_DECODER.get(codec, codec) for codec in codecs}
    for kind, known in _FITS.items():
        if names <= known:
            return kind
    raise UnableToPlay(
        _("Browsers do not play %(codecs)s. Export the recording as MP4 with H.264 and AAC, or as WebM.")
        % {"codecs": " + ".join(sorted(names))}
    )


_CODEC_OF_DECODER = {
    "libvpx": "vp8",
    "libvpx-vp9": "vp9",
    "libdav1d": "av1",
    "libopus": "opus",
    "mp3float": "mp3",
}


def codec_name(stream: Stream) -> str:
    """As in RFC 6381: `avc1.42c01e`, `mp4a.40.2`, `vp8`."""
    name = _CODEC_OF_DECODER.get(stream.codec_context.name, stream.codec_context.name)
    extradata = stream.codec_context.extradata or b""
    if name == "h264":
        return f"avc1.{extradata[1:4].hex()}" if extradata[:1] == b"\x01" else "avc1"
    return {"aac": "mp4a.40.2", "mp3": "mp4a.69", "av1": "av01"}.get(name, name)


def _play(container: InputContainer, streams: list[Stream], *, whole: bool) -> float:
    """Decodes and returns where the last picture or sound ends, in seconds."""
    for stream in streams:
        stream.codec_context.thread_type = "AUTO"
        if stream.type == "video" and not whole:
            stream.codec_context.skip_frame = "NONKEY"
    end, count, damaged = 0.0, 0, 0
    for packet in _packets(container, streams):
        count += 1
        try:
            packet.decode()
        except av.error.FFmpegError:
            damaged += 1
        end = max(end, _end_of(packet))
    if damaged > max(2, count * _DAMAGED_SHARE):
        raise UnableToPlay(_("The file is damaged: too much of it cannot be played."))
    return end


def _end_of(packet: "Packet[Stream]") -> float:
    if packet.pts is None or packet.time_base is None:
        return 0.0
    return float((packet.pts + (packet.duration or 0)) * packet.time_base)


def _packets(container: InputContainer, streams: list[Stream]) -> Iterator["Packet[Stream]"]:
    """Until the end or the place where the file breaks off: what there is of a capture is worth keeping."""
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        if packet.size:
            yield packet


def _in_order(container: InputContainer, streams: list[Stream]) -> Iterator["Packet[Stream]"]:
    """Without packets whose time steps back, which a muxer refuses."""
    last: dict[int, int] = {}
    for packet in _packets(container, streams):
        if packet.dts is None or packet.dts <= last.get(packet.stream.index, packet.dts - 1):
            continue
        last[packet.stream.index] = packet.dts
        yield packet
