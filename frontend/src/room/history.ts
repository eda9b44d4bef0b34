// What was said before one came: every durable event up to a number, page by page.
import type { Command, Reply, RoomEvent } from "./protocol";

export async function eventsBefore(end: number, send: (command: Command) => Promise<Reply>): Promise<RoomEvent[]> {
  const events: RoomEvent[] = [];
  for (let last = 0, more = true; more && last < end - 1; ) {
    const reply = await send({ do: "since", seq: last });
    const page = reply.missed as (RoomEvent & { seq: number })[];
    events.push(...page);
    last = page.at(-1)?.seq ?? end;
    more = reply.complete === false && page.length > 0;
  }
  return events;
}
