// The room's socket: enters with a ticket, notices a dead line, comes back by itself with growing pauses.
import { ServerClock } from "./clock";
import { CLOSE, type Command, type Reply, type RoomEvent } from "./protocol.generated";
import type { Ending, Link } from "./state";

export interface Ticket {
  ticket: string;
  url: string;
}

export class NoEntry extends Error {
  constructor(readonly ending: "no_entry" | "signed_out" = "no_entry") {
    super(ending);
  }
}

export class Refused extends Error {
  constructor(
    readonly code: string,
    detail: string,
  ) {
    super(detail || code);
  }
}

export interface Line {
  fetchTicket: () => Promise<Ticket>;
  /** The newest event that is known here, or null for a newcomer. */
  since: () => number | null;
  onEvents: (events: RoomEvent[]) => void;
  onLink: (link: Link, ending: Ending) => void;
}

const PING_EVERY = 8_000;
const SILENT_FOR = 20_000;
const REPLY_WITHIN = 15_000;
const LONGEST_PAUSE = 10_000;

/** Full jitter, so that a thousand browsers do not come back in the same moment. */
export function pauseBefore(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_PAUSE, 500 * 2 ** attempt);
  return most / 4 + random() * most * 0.75;
}

const ENDINGS: Partial<Record<number, Ending>> = {
  [CLOSE.noEntry]: "no_entry",
  [CLOSE.signedOut]: "signed_out",
  [CLOSE.removed]: "removed",
};

interface Waiting {
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class RoomSocket {
  readonly clock = new ServerClock();
  private socket: WebSocket | null = null;
  private readonly waiting = new Map<number, Waiting>();
  private lastId = 0;
  private attempt = 0;
  private heardAt = 0;
  private saidHelloAt = 0;
  private isWelcome = false;
  private isStopped = true;
  private pause: number | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private pulse: ReturnType<typeof setInterval> | undefined;
  private refusals = 0;

  constructor(private readonly line: Line) {}

  start(): void {
    this.isStopped = false;
    this.refusals = 0;
    this.pulse = setInterval(() => this.feelPulse(), PING_EVERY / 4);
    window.addEventListener("online", this.comeBackNow);
    window.addEventListener("offline", this.lineWentDead);
    void this.connect();
  }

  stop(ending: Ending): void {
    this.isStopped = true;
    clearTimeout(this.retry);
    clearInterval(this.pulse);
    window.removeEventListener("online", this.comeBackNow);
    window.removeEventListener("offline", this.lineWentDead);
    this.drop();
    this.line.onLink("closed", ending);
  }

  get isOpen(): boolean {
    return this.isWelcome;
  }

  /** Resolves with the server's reply; rejects with Refused, or with an Error when the line breaks before it comes. */
  send(command: Command): Promise<Reply> {
    const { socket } = this;
    if (!socket || !this.isWelcome) return Promise.reject(new Error("offline"));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(id, new Error("no reply")), REPLY_WITHIN);
      this.waiting.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ id, ...command }));
    });
  }

  // ---- connecting ----

  private async connect(): Promise<void> {
    clearTimeout(this.retry);
    let ticket: Ticket;
    try {
      ticket = await this.line.fetchTicket();
    } catch (error) {
      this.noTicket(error);
      return;
    }
    if (this.isStopped || this.socket) return;
    this.heardAt = performance.now();
    const socket = new WebSocket(new URL(ticket.url, location.href.replace(/^http/, "ws")));
    this.socket = socket;
    socket.onopen = () => {
      this.saidHelloAt = performance.now();
      socket.send(JSON.stringify({ do: "hello", ticket: ticket.ticket, since: this.line.since() }));
    };
    socket.onmessage = (message) => socket === this.socket && this.hear(String(message.data));
    socket.onclose = (closing) => socket === this.socket && this.closed(closing.code);
  }

  private noTicket(error: unknown): void {
    if (error instanceof NoEntry) this.stop(error.ending);
    else this.again();
  }

  private closed(code: number): void {
    const ending = ENDINGS[code];
    // A ticket may have run out on a slow line: once more with a fresh one before giving up.
    if (ending === "no_entry" && this.refusals++ === 0) {
      this.drop();
      this.again();
    } else if (ending) this.stop(ending);
    else {
      this.drop();
      this.again();
    }
  }

  private again(): void {
    if (this.isStopped) return;
    this.line.onLink("reconnecting", "");
    clearTimeout(this.retry);
    const pause = this.pause ?? pauseBefore(this.attempt++);
    this.pause = null;
    this.retry = setTimeout(() => void this.connect(), pause);
  }

  private drop(): void {
    const { socket } = this;
    this.socket = null;
    this.isWelcome = false;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    for (const id of [...this.waiting.keys()]) this.settle(id, new Error("line broke"));
  }

  private readonly comeBackNow = (): void => {
    this.attempt = 0;
    if (!this.socket && !this.isStopped) void this.connect();
  };

  private readonly lineWentDead = (): void => {
    if (!this.socket) return;
    this.drop();
    this.again();
  };

  // ---- hearing ----

  private hear(frame: string): void {
    this.heardAt = performance.now();
    const parsed = JSON.parse(frame) as unknown;
    const parts = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
    const events: RoomEvent[] = [];
    for (const part of parts) {
      if (isReply(part)) this.answered(part);
      else if (isEvent(part)) events.push(part);
    }
    for (const event of events) this.notice(event);
    if (events.length > 0) this.line.onEvents(events);
  }

  private notice(event: RoomEvent): void {
    if (event.ev === "going_away") this.pause = event.retry_after_ms * (0.5 + Math.random() / 2);
    if (event.ev !== "welcome") return;
    this.clock.hear(event.at, performance.now() - this.saidHelloAt);
    this.isWelcome = true;
    this.attempt = 0;
    this.refusals = 0;
    this.line.onLink("open", "");
  }

  private answered(reply: Reply): void {
    this.settle(reply.re, reply.error ? new Refused(reply.error, reply.detail ?? "") : reply);
  }

  private settle(id: number, outcome: Reply | Error): void {
    const waiting = this.waiting.get(id);
    if (!waiting) return;
    this.waiting.delete(id);
    clearTimeout(waiting.timer);
    if (outcome instanceof Error) waiting.reject(outcome);
    else waiting.resolve(outcome);
  }

  private feelPulse(): void {
    const silent = performance.now() - this.heardAt;
    if (!this.socket) return;
    if (silent > SILENT_FOR) this.lineWentDead();
    else if (this.isWelcome && silent > PING_EVERY) void this.ping();
  }

  private async ping(): Promise<void> {
    const began = performance.now();
    try {
      const reply = await this.send({ do: "ping" });
      this.clock.hear(String(reply.at), performance.now() - began);
    } catch {
      return; // the line broke
    }
  }
}

function isReply(part: unknown): part is Reply {
  return typeof part === "object" && part !== null && "re" in part;
}

function isEvent(part: unknown): part is RoomEvent {
  return typeof part === "object" && part !== null && "ev" in part;
}
