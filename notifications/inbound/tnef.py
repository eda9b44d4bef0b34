"""Answers that Outlook wrapped in a winmail.dat (TNEF, [MS-OXTNEF]): of these only the message class is read.

It says what was answered. Which event it is about, and after which change, stands in a form of Microsoft's own.
"""

import struct

from notifications.inbound.calendar_replies import Answer
from notifications.inbound.messages import IncomingMail

SIGNATURE = struct.pack("<I", 0x223E9F78)
HEADER = struct.Struct("<BII")  # level, attribute, length
FIRST, CHECKSUM = 6, 2  # bytes before the first attribute, and after each
MESSAGE_CLASS = 0x00078008
LONGEST_CLASS = 100
ANSWERS = {
    "IPM.Microsoft Schedule.MtgRespP": Answer.ACCEPTED,
    "IPM.Microsoft Schedule.MtgRespA": Answer.TENTATIVE,
    "IPM.Microsoft Schedule.MtgRespN": Answer.DECLINED,
    "IPM.Schedule.Meeting.Resp.Pos": Answer.ACCEPTED,
    "IPM.Schedule.Meeting.Resp.Tent": Answer.TENTATIVE,
    "IPM.Schedule.Meeting.Resp.Neg": Answer.DECLINED,
}


def answer_of(mail: IncomingMail) -> Answer | None:
    """None for an email without a winmail.dat, or with one that answers no invitation."""
    part = mail.first("application/ms-tnef", "application/vnd.ms-tnef")
    return ANSWERS.get(message_class(part.content)) if part is not None else None


def message_class(content: bytes) -> str:
    """Empty where there is none."""
    if not content.startswith(SIGNATURE):
        return ""
    position = FIRST
    while (start := position + HEADER.size) <= len(content):
        _level, attribute, length = HEADER.unpack_from(content, position)
        if attribute == MESSAGE_CLASS:
            name = content[start : start + min(length, LONGEST_CLASS)]
            return name.partition(b"\0")[0].decode("ascii", "replace")
        position = start + length + CHECKSUM
    return ""
