"""Whether packets decode: all of the beginning, then one second of each minute."""

from dataclasses import dataclass

import av.error
from av.packet import Packet
from av.stream import Stream

from recordings.media_files.errors import MediaError
from recordings.media_files.kinds import Piece
from recordings.media_files.streams import opened, packets_of, playable_streams

_WHOLE_AT_FIRST = 20.0  # seconds
_THEN_EVERY = 60.0
_FOR = 1.0
_DAMAGED_SHARE = 0.02  # of the packets; a bad connection during capture is no reason to lose an hour
_MAY_DIFFER = 1.0  # seconds between the ends of the source and of its copy


@dataclass
class StreamStats:
    """Of a stream's packets: number, end of the last in seconds; how many were decoded, damaged, and shown."""

    packets: int = 0
    end: float = 0.0
    tried: int = 0
    damaged: int = 0
    shown: int = 0


class DecodeSample:
    """Gets every packet of a stream in order, and decodes some of them."""

    def __init__(self, stream: Stream) -> None:
        stream.codec_context.thread_type = "AUTO"
        stream.codec_context.thread_count = 2
        self.stream = stream
        self.stats = StreamStats()
        self._until = _WHOLE_AT_FIRST
        self._next = _THEN_EVERY

    def take(self, packet: "Packet[Stream]", *, end: float) -> None:
        self.stats.packets += 1
        self.stats.end = max(self.stats.end, end)
        if end > self._until and not self._begins_again(packet, end):
            return
        self.stats.tried += 1
        try:
            self.stats.shown += len(packet.decode())
        except av.error.FFmpegError as error:
            if isinstance(error, MemoryError):
                raise
            self.stats.damaged += 1

    def _begins_again(self, packet: "Packet[Stream]", at: float) -> bool:
        if at < self._next or not packet.is_keyframe:
            return False
        self.stream.codec_context.flush_buffers()
        self._until, self._next = at + _FOR, at + _THEN_EVERY
        return True


def refuse_damaged(streams: list[StreamStats]) -> None:
    """Raises MediaError."""
    tried, damaged = sum(one.tried for one in streams), sum(one.damaged for one in streams)
    if damaged > max(2, tried * _DAMAGED_SHARE):
        raise MediaError("too_much_damage")
    if not any(one.end > 0 for one in streams):
        raise MediaError("nothing_to_play")


def refuse_bad_copy(copy: Piece, kind: str, source: list[StreamStats]) -> None:
    """Decodes the copy like its source: as many packets and frames, and the same end. Raises MediaError."""
    with opened(copy, kind) as container:
        streams = playable_streams(container)
        samples = {stream.index: DecodeSample(stream) for stream in streams}
        for packet in packets_of(container, streams):
            samples[packet.stream_index].take(packet, end=end_of(packet))
    kept = [sample.stats for sample in samples.values()]
    if len(kept) != len(source) or any(not _is_like(*pair) for pair in zip(kept, source, strict=True)):
        raise MediaError("bad_copy")
    refuse_damaged(kept)


def _is_like(copy: StreamStats, source: StreamStats) -> bool:
    return (
        copy.packets == source.packets
        and abs(copy.end - source.end) <= _MAY_DIFFER
        and (copy.shown > 0 or source.shown == 0)
    )


def end_of(packet: "Packet[Stream]") -> float:
    """Seconds."""
    at = packet.pts if packet.pts is not None else packet.dts
    if at is None or packet.time_base is None:
        return 0.0
    return float((at + (packet.duration or 0)) * packet.time_base)
