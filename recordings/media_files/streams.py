"""The picture and sound streams of a file, if browsers play them, within limits.

Browsers play WebM (VP8, VP9 or AV1 with Opus or Vorbis) and MP4 (H.264, AV1 or VP9 with AAC, MP3 or Opus).
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import av
import av.error
from av.audio.stream import AudioStream
from av.container import InputContainer
from av.packet import Packet
from av.stream import Disposition, Stream
from av.video.stream import VideoStream

from recordings.media_files.errors import MediaError, is_disk_full
from recordings.media_files.kinds import MP4, WEBM, Piece

MOST_PIXELS = 4096 * 2304
_FITS = {
    WEBM: {"vp8", "vp9", "av1", "opus", "vorbis"},
    MP4: {"h264", "av1", "vp9", "aac", "mp3", "opus"},
}
_CODEC_OF_DECODER = {
    "libvpx": "vp8",
    "libvpx-vp9": "vp9",
    "libdav1d": "av1",
    "libopus": "opus",
    "mp3float": "mp3",
}
_PLAYED_H264 = {"yuv420p", "yuvj420p", "nv12"}


@contextmanager
def opened(piece: Piece, kind: str) -> Iterator[InputContainer]:
    """Only the demuxer of its kind reads a file. Raises MediaError."""
    demuxer = "matroska" if kind == WEBM else "mov"
    try:
        container = av.open(piece.address, format=demuxer, metadata_errors="ignore")
    except (av.error.FFmpegError, ValueError) as error:
        if is_disk_full(error):
            raise
        raise MediaError("damaged") from error
    with container:
        yield container


def playable_streams(container: InputContainer) -> list[Stream]:
    """The picture and all sound streams, the one to play first; without covers and subtitles. Raises MediaError."""
    pictures = [stream for stream in container.streams.video if not _is_still(stream)]
    if len(pictures) > 1:
        raise MediaError("several_pictures", count=len(pictures))
    streams: list[Stream] = [*pictures, *_sound_first_to_play(container.streams.audio)]
    if not streams:
        raise MediaError("nothing_in_it")
    fitting_kind(streams)
    for stream in streams:
        _refuse_beyond_limits(stream)
        # No larger picture is decoded, whatever the container declares.
        stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    return streams


def _is_still(stream: VideoStream) -> bool:
    """An album cover, or thumbnails for a timeline."""
    stills = Disposition.attached_pic | Disposition.timed_thumbnails | Disposition.still_image
    return bool(stream.disposition & stills)


def _sound_first_to_play(streams: Sequence[AudioStream]) -> list[AudioStream]:
    return sorted(streams, key=lambda stream: not stream.disposition & Disposition.default)


def _refuse_beyond_limits(stream: Stream) -> None:
    if not isinstance(stream, VideoStream):
        return
    context = stream.codec_context
    if context.width * context.height > MOST_PIXELS:
        raise MediaError("too_many_pixels", width=context.width, height=context.height)
    if codec_of(stream) == "h264" and context.pix_fmt and context.pix_fmt not in _PLAYED_H264:
        raise MediaError("odd_colours", format=context.pix_fmt)


def fitting_kind(streams: list[Stream]) -> str:
    codecs = {codec_of(stream) for stream in streams}
    for kind, known in _FITS.items():
        if codecs <= known:
            return kind
    raise MediaError("not_for_browsers", codecs=" + ".join(sorted(codecs)))


def codec_of(stream: Stream) -> str:
    name = stream.codec_context.name
    return _CODEC_OF_DECODER.get(name, name)


def codec_name(stream: Stream) -> str:
    """As in RFC 6381: `avc1.42c01e`, `mp4a.40.2`, `vp8`."""
    name = codec_of(stream)
    extradata = stream.codec_context.extradata or b""
    if name == "h264":
        return f"avc1.{extradata[1:4].hex()}" if extradata[:1] == b"\x01" else "avc1"
    return {"aac": "mp4a.40.2", "mp3": "mp4a.69", "av1": "av01"}.get(name, name)


def packets_of(container: InputContainer, streams: list[Stream]) -> Iterator["Packet[Stream]"]:
    """Up to the end, or to where the file breaks off: the beginning of a capture is worth keeping."""
    packets = container.demux(*streams)
    while True:
        try:
            packet = next(packets)
        except (StopIteration, av.error.FFmpegError):
            return
        if packet.size:
            yield packet
