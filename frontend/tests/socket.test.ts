import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { RoomEvent } from "../src/room/protocol.generated";
import { NoEntry, backoff, RoomSocket } from "../src/room/socket";

/** The server's end of each socket that the page opens. */
class Wire {
  static all: Wire[] = [];
  static get last(): Wire {
    const wire = Wire.all.at(-1);
    if (!wire) throw new Error("nothing has connected");
    return wire;
  }

  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((closing: { code: number }) => void) | null = null;
  sent: Record<string, unknown>[] = [];
  isClosed = false;

  constructor() {
    Wire.all.push(this);
  }

  send(frame: string): void {
    this.sent.push(JSON.parse(frame) as Record<string, unknown>);
  }

  close(): void {
    this.isClosed = true;
  }

  say(frame: unknown): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  welcome(): void {
    this.onopen?.();
    this.say({ ev: "welcome" });
  }
}

describe("the room's socket", () => {
  const heard: RoomEvent[] = [];
  const links: string[] = [];
  let since: number | null = null;
  let socket: RoomSocket;
  const fetchTicket = vi.fn(() => Promise.resolve({ ticket: "t", url: "/ws/rooms/r/" }));

  beforeEach(async () => {
    vi.useFakeTimers();
    vi.stubGlobal("WebSocket", Wire);
    Wire.all = [];
    heard.length = links.length = 0;
    since = null;
    fetchTicket.mockReset().mockImplementation(() => Promise.resolve({ ticket: "t", url: "/ws/rooms/r/" }));
    socket = new RoomSocket({
      fetchTicket,
      since: () => since,
      onEvents: (events) => heard.push(...events),
      onLink: (link, closeReason) => links.push(closeReason ? `${link} ${closeReason}` : link),
    });
    socket.start();
    await vi.advanceTimersByTimeAsync(0);
  });

  afterEach(() => {
    socket.stop("left");
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it("says hello with its ticket first", () => {
    Wire.last.welcome();
    expect(Wire.last.sent).toEqual([{ do: "hello", ticket: "t", since: null }]);
    expect(links).toEqual(["open"]);
  });

  it("asks with a new ticket for what it missed after a break", async () => {
    Wire.last.welcome();
    since = 41;
    Wire.last.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(2_000);
    Wire.last.welcome();
    expect(Wire.all).toHaveLength(2);
    expect(fetchTicket).toHaveBeenCalledTimes(2);
    expect(Wire.last.sent[0]).toMatchObject({ do: "hello", since: 41 });
    expect(links).toEqual(["open", "reconnecting", "open"]);
  });

  it("detects a connection that is dead and not closed", async () => {
    Wire.last.welcome();
    const dead = Wire.last;
    await vi.advanceTimersByTimeAsync(30_000);
    expect(dead.sent.some((frame) => frame.do === "ping")).toBe(true);
    expect(dead.isClosed).toBe(true);
    expect(links).toContain("reconnecting");
  });

  it("keeps trying while there is no network", async () => {
    Wire.last.welcome();
    fetchTicket.mockImplementation(() => Promise.reject(new TypeError("network")));
    Wire.last.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(25_000);
    fetchTicket.mockImplementation(() => Promise.resolve({ ticket: "t2", url: "/ws/rooms/r/" }));
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    Wire.last.welcome();
    expect(links.at(-1)).toBe("open");
    expect(Wire.all).toHaveLength(2);
  });

  it.each([
    [4402, "closed signed_out"],
    [4403, "closed removed"],
  ])("stays closed after %i", async (code, expected) => {
    Wire.last.welcome();
    Wire.last.onclose?.({ code });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Wire.all).toHaveLength(1);
    expect(links.at(-1)).toBe(expected);
  });

  it("tries once more with a new ticket when the first was refused, then stops", async () => {
    Wire.last.onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(Wire.all).toHaveLength(2);
    Wire.last.onclose?.({ code: 4401 });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(Wire.all).toHaveLength(2);
    expect(links.at(-1)).toBe("closed no_entry");
  });

  it.each(["no_entry", "removed", "signed_out"] as const)("stops when there is no ticket for this person: %s", async (reason) => {
    Wire.last.welcome();
    fetchTicket.mockImplementation(() => Promise.reject(new NoEntry(reason)));
    Wire.last.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(links.at(-1)).toBe(`closed ${reason}`);
  });

  it("says that the sign-in has ended when that is why there is no ticket", async () => {
    Wire.last.welcome();
    fetchTicket.mockImplementation(() => Promise.reject(new NoEntry("signed_out")));
    Wire.last.onclose?.({ code: 1006 });
    await vi.advanceTimersByTimeAsync(5_000);
    expect(links.at(-1)).toBe("closed signed_out");
  });

  it("reconnects when a server that stops said so", async () => {
    Wire.last.welcome();
    Wire.last.say({ ev: "going_away", retry_after_ms: 4_000 });
    Wire.last.onclose?.({ code: 1012 });
    await vi.advanceTimersByTimeAsync(1_900);
    expect(Wire.all).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(2_200);
    expect(Wire.all).toHaveLength(2);
  });

  it("matches replies with commands, also among events in one frame", async () => {
    Wire.last.welcome();
    const asked = socket.send({ do: "people.list", query: "" });
    const refused = socket.send({ do: "chat.send", text: "x", client_id: "x1" });
    Wire.last.say([{ re: 2, error: "too_fast", detail: "slowly" }, { ev: "presence", count: 2 }, { re: 1, ok: true, total: 2 }]);
    await expect(asked).resolves.toMatchObject({ total: 2 });
    await expect(refused).rejects.toMatchObject({ code: "too_fast" });
    expect(heard.at(-1)).toEqual({ ev: "presence", count: 2 });
  });

  it("rejects pending commands when the connection breaks", async () => {
    Wire.last.welcome();
    const asked = socket.send({ do: "chat.send", text: "x", client_id: "x1" });
    Wire.last.onclose?.({ code: 1006 });
    await expect(asked).rejects.toThrow("disconnected");
  });
});

describe("the pause before another try", () => {
  it("grows, differs between browsers, and has a maximum", () => {
    expect(backoff(0, () => 1)).toBe(500);
    expect(backoff(3, () => 1)).toBe(4_000);
    expect(backoff(30, () => 1)).toBe(10_000);
    expect(backoff(3, () => 0)).toBe(1_000);
  });
});
