// Reads a calendar from standard input with ical.js and says what it understood.
import { readFileSync } from "node:fs";
import ICAL from "ical.js";

const calendar = new ICAL.Component(ICAL.parse(readFileSync(0, "utf8")));
const entry = calendar.getFirstSubcomponent("vevent");
const event = new ICAL.Event(entry);
console.log(
  JSON.stringify({
    method: calendar.getFirstPropertyValue("method"),
    uid: event.uid,
    sequence: event.sequence ?? 0,
    status: entry.getFirstPropertyValue("status"),
    start: event.startDate.toJSDate().toISOString().replace(".000Z", "Z"),
    end: event.endDate.toJSDate().toISOString().replace(".000Z", "Z"),
    summary: event.summary,
    attendees: event.attendees.map((attendee) => attendee.getFirstValue()),
  }),
);
