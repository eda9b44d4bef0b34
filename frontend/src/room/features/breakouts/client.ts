// Going to a breakout room and coming back. The connection to the main room stays open all the while.
import { readItem, removeItem, writeItem } from "../../../storage";
import type { RoomActions } from "../../actions";
import type { BreakoutPrepare, PersonRef, RoomEvent } from "../../protocol.generated";
import { NoEntry, Refused, type Ticket } from "../../socket";
import { isHost } from "../../state";
import { openBreakouts, ownGroup } from "./state";

/** `room` is the one of their group, `here` whether they have gone there. */
export interface Listed extends PersonRef {
  room: string | null;
  here: boolean;
}

export interface PeopleOfGroups {
  people: Listed[];
  total: number;
  next: string | null;
}

/** "left": the whole meeting; a page that is loaded again returns into the group. */
export type BackBecause = "chosen" | "closed" | "moved" | "lost" | "left";

/** What the room's client does for it. */
export interface Journey {
  /** Shows the breakout room in the place of the main room, or with null the main room again. */
  show: (room: string | null) => void;
  /** Once the main room or the other breakout room is shown. */
  tell: (what: "breakouts.closed" | "breakouts.moved" | "breakouts.lost") => void;
}

const STORAGE_KEY = "breakout-room";
const PAGES = 10;

export class BreakoutRooms {
  /** The breakout room that one is in. */
  inside: string | null = null;
  /** Of the first connection. */
  private firstTicket: Ticket | null = null;

  constructor(
    private readonly room: RoomActions,
    private readonly journey: Journey,
  ) {}

  // ---- going and coming ----

  /** Without `room` to the own group. */
  async join(room: string | null = null): Promise<boolean> {
    const reply = await this.room.reply({ do: "breakout.join", ...(room === null ? {} : { room }) });
    if (!reply) return false;
    this.goTo(String(reply.room), { ticket: String(reply.ticket), url: String(reply.url) });
    return true;
  }

  private goTo(room: string, ticket: Ticket | null = null): void {
    if (this.inside === room) return;
    this.inside = room;
    this.firstTicket = ticket;
    writeItem("sessionStorage", STORAGE_KEY, room);
    this.journey.show(room);
  }

  /** A ticket for each connection to the breakout room. */
  async ticket(room: string): Promise<Ticket> {
    const ready = this.firstTicket;
    this.firstTicket = null;
    if (ready) return ready;
    try {
      const reply = await this.room.send({ do: "breakout.join", room });
      return { ticket: String(reply.ticket), url: String(reply.url) };
    } catch (error) {
      if (error instanceof Refused && error.code !== "too_fast" && error.code !== "unavailable") throw new NoEntry();
      throw error;
    }
  }

  comeBack(because: BackBecause): void {
    if (this.inside === null) return;
    this.inside = null;
    if (because !== "left") removeItem("sessionStorage", STORAGE_KEY);
    this.journey.show(null);
    if (because !== "left" && because !== "chosen") this.journey.tell(`breakouts.${because}`);
    if (because !== "closed" && because !== "left" && this.room.isOpen()) void this.room.send({ do: "breakout.leave" }).catch(() => undefined);
  }

  /** Of the main room, after they have changed its state. */
  handle(event: RoomEvent): void {
    if (event.ev === "welcome" || event.ev === "admitted") this.cameIn();
    else if (event.ev === "breakout.closed") this.comeBack("closed");
    else if (event.ev === "breakout.moved") this.groupChanged(event.moves.some(({ person }) => person === this.room.state().you?.id));
  }

  /** After a break, or in a page that was loaded again: back into the breakout room. */
  private cameIn(): void {
    const state = this.room.state();
    const last = this.inside ?? readItem("sessionStorage", STORAGE_KEY);
    if (!last || state.you?.admission !== "admitted") return;
    const mayEnter = isHost(state.you) ? openBreakouts(state)?.rooms.some(({ id }) => id === last) : openBreakouts(state) && ownGroup(state)?.id === last;
    if (!mayEnter) {
      removeItem("sessionStorage", STORAGE_KEY);
      this.comeBack(openBreakouts(state) ? "moved" : "closed");
    } else if (this.inside === null) this.goTo(last);
    else void this.room.send({ do: "breakout.join", room: last }).catch(() => undefined); // others see where one is
  }

  private groupChanged(isOwn: boolean): void {
    const state = this.room.state();
    if (!isOwn || this.inside === null || isHost(state.you)) return;
    const group = ownGroup(state);
    if (group === undefined) this.comeBack("moved");
    else if (group.id !== this.inside) {
      this.goTo(group.id);
      this.journey.tell("breakouts.moved");
    }
  }

  // ---- commands ----

  prepare(content: Omit<BreakoutPrepare, "do">): Promise<boolean> {
    return this.room.ask({ do: "breakout.prepare", ...content });
  }

  open(): Promise<boolean> {
    return this.room.ask({ do: "breakout.open" });
  }

  close(): Promise<boolean> {
    return this.room.ask({ do: "breakout.close" });
  }

  extend(minutes: number | null): Promise<boolean> {
    return this.room.ask({ do: "breakout.extend", minutes });
  }

  move(person: string, room: string | null): Promise<boolean> {
    return this.room.ask({ do: "breakout.move", person, room });
  }

  rename(room: string, name: string): Promise<boolean> {
    return this.room.ask({ do: "breakout.rename", room, name });
  }

  announce(text: string): Promise<boolean> {
    return this.room.ask({ do: "breakout.announce", text });
  }

  askHelp(on: boolean): Promise<boolean> {
    return this.room.ask({ do: "breakout.help", on });
  }

  /** Of one group, or everybody but the hosts; rejects while disconnected. */
  async people(room: string | null): Promise<Listed[]> {
    const found: Listed[] = [];
    let after: string | null = null;
    for (let page = 0; page < PAGES; page++) {
      const reply = (await this.room.send({ do: "breakout.people", ...(room === null ? {} : { room }), ...(after === null ? {} : { after }) })) as unknown as PeopleOfGroups;
      found.push(...reply.people);
      after = reply.next;
      if (after === null) break;
    }
    return found;
  }
}
