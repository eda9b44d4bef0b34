// The room's socket: joins with a ticket, detects a dead connection, reconnects with growing pauses.
import { ServerClock } from "./clock";
import { CLOSE, type Command, type Reply, type RoomEvent } from "./protocol.generated";
import type { CloseReason, Link } from "./state";

export interface Ticket {
  ticket: string;
  url: string;
}

export class NoEntry extends Error {
  constructor(readonly closeReason: "no_entry" | "signed_out" | "removed" | "locked" = "no_entry") {
    super(closeReason);
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

export interface SocketCallbacks {
  fetchTicket: () => Promise<Ticket>;
  /** The number of the newest event received, or null at the first connection. */
  since: () => number | null;
  onEvents: (events: RoomEvent[]) => void;
  onLink: (link: Link, closeReason: CloseReason) => void;
}

const PING_EVERY = 8_000;
const SILENT_FOR = 20_000;
const REPLY_WITHIN = 15_000;
const LONGEST_PAUSE = 10_000;

/** Milliseconds, with jitter, so that a thousand browsers do not reconnect in the same moment. */
export function backoff(attempt: number, random: () => number = Math.random): number {
  const most = Math.min(LONGEST_PAUSE, 500 * 2 ** attempt);
  return most / 4 + random() * most * 0.75;
}

const CLOSE_REASONS: Partial<Record<number, CloseReason>> = {
  [CLOSE.noEntry]: "no_entry",
  [CLOSE.signedOut]: "signed_out",
  [CLOSE.removed]: "removed",
  [CLOSE.breakoutOver]: "breakout_over",
  [CLOSE.locked]: "locked",
};

interface PendingReply {
  resolve: (reply: Reply) => void;
  reject: (error: Error) => void;
  timer: ReturnType<typeof setTimeout>;
}

export class RoomSocket {
  readonly clock = new ServerClock();
  private socket: WebSocket | null = null;
  private readonly pending = new Map<number, PendingReply>();
  private lastId = 0;
  private attempt = 0;
  private lastReceivedAt = 0;
  private helloSentAt = 0;
  private isWelcome = false;
  private isStopped = true;
  private pause: number | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private heartbeatTimer: ReturnType<typeof setInterval> | undefined;
  private refusals = 0;

  constructor(private readonly callbacks: SocketCallbacks) {}

  start(): void {
    this.isStopped = false;
    this.refusals = 0;
    this.heartbeatTimer = setInterval(() => this.heartbeat(), PING_EVERY / 4);
    window.addEventListener("online", this.reconnectNow);
    window.addEventListener("offline", this.connectionLost);
    void this.connect();
  }

  stop(closeReason: CloseReason): void {
    this.isStopped = true;
    clearTimeout(this.retry);
    clearInterval(this.heartbeatTimer);
    window.removeEventListener("online", this.reconnectNow);
    window.removeEventListener("offline", this.connectionLost);
    this.drop();
    this.callbacks.onLink("closed", closeReason);
  }

  get isOpen(): boolean {
    return this.isWelcome;
  }

  /** Resolves with the server's reply; rejects with Refused, or with an Error when the connection breaks first. */
  send(command: Command): Promise<Reply> {
    const { socket } = this;
    if (!socket || !this.isWelcome) return Promise.reject(new Error("offline"));
    const id = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => this.settle(id, new Error("no reply")), REPLY_WITHIN);
      this.pending.set(id, { resolve, reject, timer });
      socket.send(JSON.stringify({ id, ...command }));
    });
  }

  // ---- connecting ----

  private async connect(): Promise<void> {
    clearTimeout(this.retry);
    let ticket: Ticket;
    try {
      ticket = await this.callbacks.fetchTicket();
    } catch (error) {
      this.noTicket(error);
      return;
    }
    if (this.isStopped || this.socket) return;
    this.lastReceivedAt = performance.now();
    const socket = new WebSocket(new URL(ticket.url, location.href.replace(/^http/, "ws")));
    this.socket = socket;
    socket.onopen = () => {
      this.helloSentAt = performance.now();
      socket.send(JSON.stringify({ do: "hello", ticket: ticket.ticket, since: this.callbacks.since() }));
    };
    socket.onmessage = (message) => socket === this.socket && this.receive(String(message.data));
    socket.onclose = (closing) => socket === this.socket && this.closed(closing.code);
  }

  private noTicket(error: unknown): void {
    if (error instanceof NoEntry) this.stop(error.closeReason);
    else this.reconnect();
  }

  private closed(code: number): void {
    const closeReason = CLOSE_REASONS[code];
    // The ticket may have expired on a slow connection: once more with a new one.
    if (closeReason === "no_entry" && this.refusals++ === 0) {
      this.drop();
      this.reconnect();
    } else if (closeReason) this.stop(closeReason);
    else {
      this.drop();
      this.reconnect();
    }
  }

  private reconnect(): void {
    if (this.isStopped) return;
    this.callbacks.onLink("reconnecting", "");
    clearTimeout(this.retry);
    const pause = this.pause ?? backoff(this.attempt++);
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
    for (const id of [...this.pending.keys()]) this.settle(id, new Error("disconnected"));
  }

  private readonly reconnectNow = (): void => {
    this.attempt = 0;
    if (!this.socket && !this.isStopped) void this.connect();
  };

  private readonly connectionLost = (): void => {
    if (!this.socket) return;
    this.drop();
    this.reconnect();
  };

  // ---- receiving ----

  private receive(frame: string): void {
    this.lastReceivedAt = performance.now();
    const parsed = JSON.parse(frame) as unknown;
    const parts = Array.isArray(parsed) ? (parsed as unknown[]) : [parsed];
    const events: RoomEvent[] = [];
    for (const part of parts) {
      if (isReply(part)) this.answered(part);
      else if (isEvent(part)) events.push(part);
    }
    for (const event of events) this.handle(event);
    if (events.length > 0) this.callbacks.onEvents(events);
  }

  private handle(event: RoomEvent): void {
    if (event.ev === "going_away") this.pause = event.retry_after_ms * (0.5 + Math.random() / 2);
    if (event.ev !== "welcome") return;
    this.clock.sync(event.at, performance.now() - this.helloSentAt);
    this.isWelcome = true;
    this.attempt = 0;
    this.refusals = 0;
    this.callbacks.onLink("open", "");
  }

  private answered(reply: Reply): void {
    this.settle(reply.re, reply.error ? new Refused(reply.error, reply.detail ?? "") : reply);
  }

  private settle(id: number, outcome: Reply | Error): void {
    const pending = this.pending.get(id);
    if (!pending) return;
    this.pending.delete(id);
    clearTimeout(pending.timer);
    if (outcome instanceof Error) pending.reject(outcome);
    else pending.resolve(outcome);
  }

  private heartbeat(): void {
    const silent = performance.now() - this.lastReceivedAt;
    if (!this.socket) return;
    if (silent > SILENT_FOR) this.connectionLost();
    else if (this.isWelcome && silent > PING_EVERY) void this.ping();
  }

  private async ping(): Promise<void> {
    const began = performance.now();
    try {
      const reply = await this.send({ do: "ping" });
      this.clock.sync(String(reply.at), performance.now() - began);
    } catch {
      return; // disconnected
    }
  }
}

function isReply(part: unknown): part is Reply {
  return typeof part === "object" && part !== null && "re" in part;
}

function isEvent(part: unknown): part is RoomEvent {
  return typeof part === "object" && part !== null && "ev" in part;
}
