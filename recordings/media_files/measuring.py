"""Measures a playable copy and draws its poster image."""

from fractions import Fraction
from pathlib import Path

import av
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from recordings.media_files.kinds import Piece
from recordings.media_files.results import Measured, sha256_of
from recordings.media_files.streams import codec_name, opened, playable_streams

_POSTER_WIDTH = 1280
_QUALITY = 85


def measure(copy: Piece, kind: str, *, poster: Path) -> Measured:
    """Also writes a JPEG of the frame at a tenth of the duration, if there is a picture. Raises MediaError."""
    with opened(copy, kind) as container:
        streams = playable_streams(container)
        seconds = round((container.duration or 0) / av.time_base, 3)
        video = next((stream for stream in streams if isinstance(stream, VideoStream)), None)
        still = _picture_at(container, video, seconds / 10) if video is not None else None
        width, height = (
            _draw(still, video, poster) if still is not None and video is not None else (None, None)
        )
        return Measured(
            duration_seconds=seconds,
            content_type=f"{'video' if video is not None else 'audio'}/{kind}",
            codecs=", ".join(codec_name(stream) for stream in streams),
            width=width,
            height=height,
            size=copy.path.stat().st_size,
            sha256=sha256_of(copy.path),
        )


def _picture_at(container: InputContainer, stream: VideoStream, seconds: float) -> VideoFrame | None:
    """The first frame after that time; if there is none, the last before it."""
    if stream.time_base:
        container.seek(int(Fraction(seconds) / stream.time_base), stream=stream, backward=True)
    picture = None
    for picture in container.decode(stream):
        if (picture.time or 0) >= seconds - 1:
            break
    return picture


def _draw(picture: VideoFrame, stream: VideoStream, target: Path) -> tuple[int, int]:
    """Upright and with square pixels; returns its displayed size."""
    shape = stream.sample_aspect_ratio or Fraction(1)
    shown_width = max(1, round(picture.width * shape))
    width = min(_POSTER_WIDTH, shown_width)
    height = max(1, round(picture.height * width / shown_width))
    image = picture.reformat(width=width, height=height, format="rgb24").to_image()  # type: ignore[no-untyped-call]
    turned = image.rotate(picture.rotation, expand=True)
    turned.save(target, "JPEG", quality=_QUALITY)
    is_on_its_side = picture.rotation % 180 != 0
    return (picture.height, shown_width) if is_on_its_side else (shown_width, picture.height)
