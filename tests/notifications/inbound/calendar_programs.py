"""Calendar replies, byte for byte in the forms in which the common calendar programs write them.

Built after real replies: which parts there are, how they are encoded, how lines are folded, where names, zones and
comments stand. `docs/replies.md` says how a person checks the programs themselves once.
"""

import base64
import quopri
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.timezone import now

from meetings.models import Registration
from notifications import reply_addresses
from tests import factories
from tests.factories import NOW


@dataclass(frozen=True)
class Written:
    """What stands in a reply."""

    to: str
    attendee: str
    uid: str
    answer: str = "ACCEPTED"
    sequence: int = 0
    stamp: datetime = NOW
    message_id: str = "<reply-1@mail.example.org>"
    comment: str = ""
    authentication: str = ""

    @property
    def stamped(self) -> str:
        return f"{self.stamp.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def crlf(text: str) -> bytes:
    return text.lstrip("\n").replace("\r\n", "\n").replace("\n", "\r\n").encode()


def folded(line: str) -> str:
    """At 75 octets (RFC 5545, 3.1)."""
    pieces = [line[:75]]
    rest = line[75:]
    while rest:
        pieces.append(" " + rest[:74])
        rest = rest[74:]
    return "\n".join(pieces)


def in_base64(text: str) -> str:
    encoded = base64.b64encode(crlf(text)).decode()
    return "\n".join(encoded[start : start + 76] for start in range(0, len(encoded), 76))


def authenticated(written: Written) -> str:
    return f"Authentication-Results: {written.authentication}\n" if written.authentication else ""


def gmail(written: Written) -> bytes:
    """Google Calendar: mixed(alternative(text, HTML, calendar as it is), ics); the comment is a parameter."""
    comment = f';X-RESPONSE-COMMENT="{written.comment}"' if written.comment else ""
    attendee = folded(
        f"ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={written.answer};CN={written.attendee}"
        f";X-NUM-GUESTS=0{comment}:mailto:{written.attendee}"
    )
    organizer = folded(f"ORGANIZER;CN=Southern Baltic Cleantech:mailto:{written.to}")
    event = f"""
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20270114T090000Z
DTEND:20270114T100000Z
DTSTAMP:{written.stamped}
{organizer}
UID:{written.uid}
{attendee}
CREATED:20261203T092000Z
DESCRIPTION:Join here: https://webinars.example.org/j/abc/\\n\\nTwo winters in
  Klaipėda.
LAST-MODIFIED:20261203T093000Z
LOCATION:https://webinars.example.org/j/abc/
SEQUENCE:{written.sequence}
STATUS:CONFIRMED
SUMMARY:Heat from harbour water
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
""".lstrip()
    return crlf(f"""
{authenticated(written)}MIME-Version: 1.0
Reply-To: Jonas <{written.attendee}>
Sender: Google Calendar <calendar-notification@google.com>
Auto-Submitted: auto-generated
Message-ID: {written.message_id}
Date: Thu, 03 Dec 2026 09:30:00 +0000
Subject: =?UTF-8?Q?Accepted=3A_Heat_from_harbour_water_=40_Thu_Jan_14=2C_2027?=
From: Jonas <{written.attendee}>
To: {written.to}
Content-Type: multipart/mixed; boundary="000000000000d1"

--000000000000d1
Content-Type: multipart/alternative; boundary="000000000000d2"

--000000000000d2
Content-Type: text/plain; charset="UTF-8"; format=flowed; delsp=yes
Content-Transfer-Encoding: base64

{in_base64("Jonas has replied to this invitation.")}
--000000000000d2
Content-Type: text/html; charset="UTF-8"
Content-Transfer-Encoding: quoted-printable

<html><body>Jonas has replied.</body></html>
--000000000000d2
Content-Type: text/calendar; charset="UTF-8"; method=REPLY
Content-Transfer-Encoding: 7bit

{event}
--000000000000d2--
--000000000000d1
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{in_base64(event)}
--000000000000d1--
""")


WINDOWS_ZONE = """
BEGIN:VTIMEZONE
TZID:W. Europe Standard Time
BEGIN:STANDARD
DTSTART:16010101T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=10
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;INTERVAL=1;BYDAY=-1SU;BYMONTH=3
END:DAYLIGHT
END:VTIMEZONE
""".strip()


def microsoft_event(written: Written, method: str = "REPLY", extra: str = "") -> str:
    """Both of Microsoft's: MAILTO in capitals, local times with a zone of Windows, folding at odd places."""
    comment = folded(f"COMMENT;LANGUAGE=en-GB:{written.comment}") + "\n" if written.comment else ""
    attendee = folded(f"ATTENDEE;PARTSTAT={written.answer};CN=Jonas Kazlauskas:MAILTO:{written.attendee}")
    start = "20270114T100000" if method == "REPLY" else "20270114T140000"
    end = "20270114T110000" if method == "REPLY" else "20270114T150000"
    return f"""
BEGIN:VCALENDAR
METHOD:{method}
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
{WINDOWS_ZONE}
BEGIN:VEVENT
{attendee}
{comment}UID:{written.uid}
SUMMARY;LANGUAGE=en-GB:Accepted: Heat from harbour water
DTSTART;TZID=W. Europe Standard Time:{start}
DTEND;TZID=W. Europe Standard Time:{end}
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{written.stamped}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{written.sequence}
LOCATION;LANGUAGE=en-GB:https://webinars.example.org/j/abc/
X-MICROSOFT-CDO-APPT-SEQUENCE:{written.sequence}
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-DISALLOW-COUNTER:FALSE
{extra}END:VEVENT
END:VCALENDAR
""".lstrip()


def exchange(written: Written, method: str = "REPLY", extra: str = "") -> bytes:
    """Exchange and Outlook on the web: alternative(text, HTML, calendar in base64)."""
    return crlf(f"""
{authenticated(written)}From: "Kazlauskas, Jonas" <{written.attendee}>
To: Southern Baltic Cleantech <{written.to}>
Subject: Accepted: Heat from harbour water
Thread-Topic: Heat from harbour water
Date: Thu, 3 Dec 2026 09:30:00 +0000
Message-ID: {written.message_id}
Accept-Language: en-GB, sv-SE
Content-Language: en-GB
X-MS-Has-Attach:
X-MS-TNEF-Correlator:
X-MS-Exchange-Organization-AuthSource: AM0PR01.example.org
Content-Type: multipart/alternative;
	boundary="_000_AM0PR01MB_"
MIME-Version: 1.0

--_000_AM0PR01MB_
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

--_000_AM0PR01MB_
Content-Type: text/html; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

<html><body></body></html>
--_000_AM0PR01MB_
Content-Type: text/calendar; charset="utf-8"; method={method}
Content-Transfer-Encoding: base64

{in_base64(microsoft_event(written, method, extra))}
--_000_AM0PR01MB_--
""")


def outlook(written: Written) -> bytes:
    """Outlook for the desktop with a POP or IMAP account: the calendar alone, in quoted-printable."""
    event = microsoft_event(written).replace(
        "PRODID:Microsoft Exchange Server 2010", "PRODID:-//Microsoft Corporation//Outlook 16.0 MIMEDIR//EN"
    )
    body = quopri.encodestring(event.encode()).decode()
    return crlf(f"""
{authenticated(written)}From: "Jonas Kazlauskas" <{written.attendee}>
To: <{written.to}>
Subject: Accepted: Heat from harbour water
Date: Thu, 3 Dec 2026 11:30:00 +0200
Message-ID: {written.message_id}
MIME-Version: 1.0
Content-Type: text/calendar; method=REPLY;
	charset="utf-8"
Content-Transfer-Encoding: quoted-printable
X-Mailer: Microsoft Outlook 16.0
Content-Language: en-gb

{body}""")


def apple(written: Written) -> bytes:
    """Calendar of macOS and iOS: mixed(alternative(text, calendar), ics); no STATUS, REQUEST-STATUS instead."""
    organizer = folded(f"ORGANIZER;CN=Southern Baltic Cleantech:mailto:{written.to}")
    attendee = folded(
        f'ATTENDEE;CN="Jonas Kazlauskas";CUTYPE=INDIVIDUAL;EMAIL="{written.attendee}";PARTSTAT={written.answer}'
        f":mailto:{written.attendee}"
    )
    comment = folded(f"COMMENT:{written.comment}") + "\n" if written.comment else ""
    event = f"""
BEGIN:VCALENDAR
CALSCALE:GREGORIAN
VERSION:2.0
METHOD:REPLY
PRODID:-//Apple Inc.//iPhone OS 18.1//EN
BEGIN:VEVENT
TRANSP:OPAQUE
DTEND:20270114T100000Z
{organizer}
UID:{written.uid}
DTSTAMP:{written.stamped}
{comment}DESCRIPTION:Join here
SEQUENCE:{written.sequence}
SUMMARY:Heat from harbour water
LAST-MODIFIED:20261203T093000Z
DTSTART:20270114T090000Z
CREATED:20261203T092000Z
{attendee}
REQUEST-STATUS:2.0;Success
END:VEVENT
END:VCALENDAR
""".lstrip()
    return crlf(f"""
{authenticated(written)}From: Jonas Kazlauskas <{written.attendee}>
Content-Type: multipart/mixed; boundary=Apple-Mail-6F0A
Content-Transfer-Encoding: 7bit
Mime-Version: 1.0 (1.0)
Subject: Accepted: Heat from harbour water
Message-Id: {written.message_id}
Date: Thu, 3 Dec 2026 11:30:00 +0200
To: {written.to}
X-Mailer: iPhone Mail (22B83)

--Apple-Mail-6F0A
Content-Type: multipart/alternative;
	boundary=Apple-Mail-6F0B

--Apple-Mail-6F0B
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Jonas Kazlauskas replied.
--Apple-Mail-6F0B
Content-Type: text/calendar; charset=utf-8; method=REPLY; name=iCal.ics
Content-Transfer-Encoding: quoted-printable

{quopri.encodestring(event.encode()).decode()}
--Apple-Mail-6F0B--

--Apple-Mail-6F0A
Content-Type: application/ics; name="iCal-20261203-113000.ics"
Content-Disposition: attachment; filename="iCal-20261203-113000.ics"
Content-Transfer-Encoding: base64

{in_base64(event)}
--Apple-Mail-6F0A--
""")


def thunderbird(written: Written) -> bytes:
    """Thunderbird: mixed(alternative(text, calendar in base64), invite.ics); RSVP=FALSE stays on the attendee."""
    organizer = folded(f'ORGANIZER;CN="Southern Baltic Cleantech":mailto:{written.to}')
    attendee = folded(
        f"ATTENDEE;CN=Jonas;RSVP=FALSE;PARTSTAT={written.answer};ROLE=REQ-PARTICIPANT:mailto:{written.attendee}"
    )
    comment = folded(f"COMMENT:{written.comment}") + "\n" if written.comment else ""
    event = f"""
BEGIN:VCALENDAR
PRODID:-//Mozilla.org/NONSGML Mozilla Calendar V1.1//EN
VERSION:2.0
METHOD:REPLY
BEGIN:VEVENT
CREATED:20261203T092000Z
LAST-MODIFIED:20261203T093000Z
DTSTAMP:{written.stamped}
UID:{written.uid}
SUMMARY:Heat from harbour water
STATUS:CONFIRMED
{organizer}
{attendee}
{comment}DTSTART:20270114T090000Z
DTEND:20270114T100000Z
SEQUENCE:{written.sequence}
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
""".lstrip()
    return crlf(f"""
{authenticated(written)}Date: Thu, 03 Dec 2026 11:30:00 +0200
MIME-Version: 1.0
User-Agent: Mozilla Thunderbird
Message-ID: {written.message_id}
To: {written.to}
From: Jonas <{written.attendee}>
Subject: Event Invitation Reply: Heat from harbour water
Content-Type: multipart/mixed; boundary="------------6D0C"

--------------6D0C
Content-Type: multipart/alternative; boundary="------------6D0D"

--------------6D0D
Content-Type: text/plain; charset=UTF-8
Content-Transfer-Encoding: 8bit

Jonas has answered the event invitation.

--------------6D0D
Content-Type: text/calendar; method=REPLY; charset=UTF-8
Content-Transfer-Encoding: base64

{in_base64(event)}
--------------6D0D--
--------------6D0C
Content-Type: application/ics; name="invite.ics"
Content-Disposition: attachment; filename="invite.ics"
Content-Transfer-Encoding: base64

{in_base64(event)}
--------------6D0C--
""")


Program = Callable[[Written], bytes]
PROGRAMS: dict[str, Program] = {
    "gmail": gmail,
    "outlook": outlook,
    "exchange": exchange,
    "apple": apple,
    "thunderbird": thunderbird,
}


# ---- to a registration ------------------------------------------------------------------------------------


def decline(registration: Registration, **fields: object) -> Written:
    given: dict[str, object] = {
        "to": reply_addresses.reply_address(registration.meeting_id, registration.person_id),
        "attendee": registration.person.email,
        "uid": registration.meeting.uid,
        "answer": "DECLINED",
        "stamp": now(),
    }
    return Written(**{**given, **fields})  # type: ignore[arg-type]


def upcoming() -> Registration:
    meeting = factories.meeting(starts_at=now().replace(second=0, microsecond=0) + timedelta(days=9))
    return factories.registration(meeting=meeting)
