"""A seekable copy: packets as they are, with duration and index, starting at zero.

MediaRecorder writes neither duration nor index, without which players cannot seek.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import av.error
from av.container import InputContainer, OutputContainer
from av.packet import Packet
from av.stream import Stream

from recordings.media_files.checking import DecodeSample, StreamStats, end_of, refuse_damaged
from recordings.media_files.errors import MediaError, is_disk_full
from recordings.media_files.kinds import WEBM, Piece
from recordings.media_files.streams import codec_of, fitting_kind, opened, packets_of, playable_streams

LONGEST = 24 * 3600  # seconds
_MAY_LACK = 2.0  # seconds between the declared duration and the last frame
_MAY_STEP_BACK = 1  # second: a larger step is another recording
_LONGEST_DELAY = 64  # packets decoded before the first is shown; H.264 has 16 at most


def playable_copy(pieces: list[Piece], kind: str, folder: Path) -> tuple[Path, str, list[StreamStats]]:
    """The copy, its kind, and the statistics of each stream. Raises MediaError; OSError when the disk is full."""
    with opened(pieces[0], kind) as first:
        streams = playable_streams(first)
        copy_kind = fitting_kind(streams)
        target = folder / f"recording.{copy_kind}"
        options = {"cues_to_front": "1"} if copy_kind == WEBM else {"movflags": "faststart"}
        try:
            with av.open(str(target), "w", format=copy_kind, options=options) as out:
                copying = Copying(out, streams)
                copying.add(first, streams)
                for piece in pieces[1:]:
                    with opened(piece, kind) as container:
                        copying.add(container, playable_streams(container))
        except (av.error.FFmpegError, ValueError) as error:
            if is_disk_full(error) or isinstance(error, MemoryError):
                raise
            raise MediaError("do_not_fit_together") from error
    return target, copy_kind, copying.stats


class Copying:
    """Concatenates pieces into one file."""

    def __init__(self, out: OutputContainer, streams: list[Stream]) -> None:
        self.out = out
        self.streams = streams
        self.into = [out.add_stream_from_template(stream) for stream in streams]
        self.stats = [StreamStats() for _stream in streams]
        self.last: list[Fraction | None] = [None for _stream in streams]
        self.begins_at = Fraction(0)

    def add(self, container: InputContainer, streams: list[Stream]) -> None:
        """Appends a piece after those before it. Raises MediaError."""
        _refuse_unlike(self.streams, streams)
        shift = self.begins_at - _start_of(container, streams)
        place = {stream.index: number for number, stream in enumerate(streams)}
        samples = [DecodeSample(stream) for stream in streams]
        for packet in _with_decoding_times(packets_of(container, streams), streams):
            number = place[packet.stream_index]
            samples[number].take(packet, end=end_of(packet))
            self._put(packet, number, shift)
        self._finish([sample.stats for sample in samples], container, shift)

    def _put(self, packet: "Packet[Stream]", number: int, shift: Fraction) -> None:
        base = packet.time_base
        moved = round(shift / base)
        packet.dts = (packet.dts or 0) + moved
        packet.pts = packet.dts if packet.pts is None else packet.pts + moved
        last = self.last[number]
        if last is not None and packet.dts * base <= last:
            if last - packet.dts * base > _MAY_STEP_BACK:
                raise MediaError("times_jump_back", at=int(last))
            packet.dts = int(last / base) + 1
            packet.pts = max(packet.pts, packet.dts)
        if packet.pts * base > LONGEST:
            raise MediaError("too_long", hours=LONGEST // 3600)
        self.last[number] = packet.dts * base
        packet.stream = self.into[number]
        self.out.mux(packet)

    def _finish(self, stats: list[StreamStats], container: InputContainer, shift: Fraction) -> None:
        refuse_damaged(stats)
        start = self.begins_at - shift
        end = max(one.end for one in stats)
        claimed = container.duration / av.time_base if container.duration else None
        # Matroska declares an end, MP4 a duration.
        reached = end if "matroska" in container.format.name else end - float(start)
        if claimed and reached < claimed * 0.98 - _MAY_LACK:
            raise MediaError("breaks_off", end=int(reached), length=int(claimed))
        for whole, piece in zip(self.stats, stats, strict=True):
            whole.end = max(whole.end, piece.end + float(shift))
            whole.packets += piece.packets
            whole.tried += piece.tried
            whole.shown += piece.shown
        self.begins_at = Fraction(max(one.end for one in self.stats)).limit_denominator(1_000_000)


def _refuse_unlike(first: list[Stream], following: list[Stream]) -> None:
    """A file must have one picture and one sound format throughout. Raises MediaError."""
    if [_format_of(stream) for stream in first] != [_format_of(stream) for stream in following]:
        raise MediaError("pieces_differ")


def _format_of(stream: Stream) -> tuple[object, ...]:
    context = stream.codec_context
    return (
        codec_of(stream),
        *(getattr(context, name, None) for name in ("width", "height", "sample_rate", "extradata")),
    )


def _start_of(container: InputContainer, streams: list[Stream]) -> Fraction:
    """Time of the first picture or sound; packets with negative times only prime the decoder."""
    starts = [
        stream.start_time * stream.time_base for stream in streams if stream.start_time and stream.time_base
    ]
    at_zero = len(starts) < len(streams)
    return Fraction(0) if at_zero else max(Fraction(0), min(starts))


def _with_decoding_times(
    packets: Iterator["Packet[Stream]"], streams: list[Stream]
) -> Iterator["Packet[Stream]"]:
    """Matroska stores no decoding times, and FFmpeg does not guess the first ones of a stream with B-frames."""
    waiting: dict[int, list[Packet[Stream]]] = {stream.index: [] for stream in streams}
    for packet in packets:
        held = waiting.get(packet.stream_index)
        if held is None:
            if packet.dts is None:
                packet.dts = packet.pts
            yield packet
            continue
        held.append(packet)
        if packet.dts is not None or len(held) > _LONGEST_DELAY:
            del waiting[packet.stream_index]
            yield from _dated(held)
    for held in waiting.values():
        yield from _dated(held)


def _dated(held: "list[Packet[Stream]]") -> "list[Packet[Stream]]":
    """Counts back from the first known decoding time, or from the earliest picture."""
    shown = [packet.pts for packet in held if packet.pts is not None]
    step = max(1, held[0].duration or 1)
    known = held[-1].dts if held[-1].dts is not None else min(shown, default=0)
    for number, packet in enumerate(held):
        packet.dts = known - (len(held) - 1 - number) * step
    return held
