import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { DOMParser, DOMSerializer } from "prosemirror-model";
import * as Y from "yjs";
import type { Command, Reply, RoomEvent } from "../../protocol.generated";
import { Refused } from "../../socket";
import { fromBase64, toBase64 } from "./base64";
import { addressOf, ROOT, safeAddress, schema } from "./schema";
import { NotesSession, type NotesRoom } from "./session";

const DOCUMENT = "m4k7tq2w9x1c";

/** A room with one document, as the server keeps it: every update is merged, numbered, and told to everybody. */
class Room {
  readonly doc = new Y.Doc();
  readonly clients: Client[] = [];
  number = 0;

  client(): Client {
    const client = new Client(this);
    this.clients.push(client);
    return client;
  }

  tell(event: RoomEvent): void {
    for (const client of this.clients) if (client.online) client.dispatchEvent(new CustomEvent("received", { detail: event }));
  }
}

class Client extends EventTarget implements NotesRoom {
  online = true;
  refusal: Refused | null = null;
  sent: Command[] = [];
  private pieces: Uint8Array[] = [];

  constructor(private readonly room: Room) {
    super();
  }

  readonly actions = { isOpen: (): boolean => this.online, send: (command: Command): Promise<Reply> => this.answer(command) };

  come(): void {
    this.online = true;
    this.dispatchEvent(new CustomEvent("received", { detail: { ev: "welcome" } }));
  }

  private async answer(command: Command): Promise<Reply> {
    await Promise.resolve();
    if (!this.online) throw new Error("disconnected");
    this.sent.push(command);
    if (this.refusal && command.do === "notes.update") throw this.refusal;
    if (command.do === "notes.open") return { re: 1, update: toBase64(Y.encodeStateAsUpdate(this.room.doc, command.vector ? fromBase64(command.vector) : undefined)), next: null, number: this.room.number };
    if (command.do === "notes.names") return { re: 1, names: Object.fromEntries((command.ids ?? []).map((id) => [id, `Name of ${id}`])) };
    if (command.do === "notes.update") return this.take(command.update, command.more ?? false);
    return { re: 1 };
  }

  private take(update: string, more: boolean): Reply {
    this.pieces.push(fromBase64(update));
    if (more) return { re: 1, number: null };
    const whole = this.pieces.flatMap((piece) => [...piece]);
    this.pieces = [];
    Y.applyUpdate(this.room.doc, Uint8Array.from(whole));
    this.room.number += 1;
    this.room.tell({ ev: "notes.updated", document: DOCUMENT, number: this.room.number, update: whole.length > 40_000 ? null : toBase64(Uint8Array.from(whole)) });
    return { re: 1, number: this.room.number };
  }
}

function type(session: NotesSession, text: string): void {
  const paragraph = new Y.XmlElement("paragraph");
  paragraph.insert(0, [new Y.XmlText(text)]);
  session.doc.getXmlFragment(ROOT).push([paragraph]);
}

const read = (doc: Y.Doc): string => doc.getXmlFragment(ROOT).toJSON().replace(/<\/?paragraph>/g, "|");
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(3_000);

describe("a document", () => {
  let room: Room;
  const sessions: NotesSession[] = [];
  const join = async (client = room.client()): Promise<[NotesSession, Client]> => {
    const session = new NotesSession(client, DOCUMENT);
    sessions.push(session);
    await session.load();
    return [session, client];
  };

  beforeEach(() => {
    vi.useFakeTimers();
    room = new Room();
  });
  afterEach(() => {
    for (const session of sessions.splice(0)) session.close();
    vi.useRealTimers();
  });

  it("is the same for all who write in it", async () => {
    const [[a], [b]] = [await join(), await join()];
    type(a, "Heat");
    expect(a.saving).toBe("saving");
    await settle();
    type(b, "Cold");
    await settle();
    expect([read(a.doc), a.saving]).toEqual(["|Heat||Cold|", "saved"]);
    expect(read(b.doc)).toBe(read(a.doc));
  });

  it("takes what was written without a connection, and brings what others wrote meanwhile", async () => {
    const [[a, client], [b]] = [await join(), await join()];
    client.online = false;
    type(a, "offline");
    type(b, "meanwhile");
    await settle();
    expect([a.saving, read(room.doc)]).toEqual(["offline", "|meanwhile|"]);
    client.come();
    await settle();
    expect(a.saving).toBe("saved");
    expect([read(a.doc), read(b.doc)]).toEqual([read(room.doc), read(room.doc)]);
    expect(read(room.doc)).toContain("|offline|");
  });

  it("is read again when an update was missed or does not fit into a frame", async () => {
    const [[a], [b, client]] = [await join(), await join()];
    client.online = false;
    type(a, "missed");
    await settle();
    client.online = true;
    type(a, "next");
    await settle();
    expect(read(b.doc)).toBe("|missed||next|");
    type(a, "x".repeat(90_000));
    await settle();
    expect(read(b.doc)).toBe(read(room.doc));
  });

  it("says why something was not stored, and sends nothing more then", async () => {
    for (const [detail, saving] of [["document_full", "full"], ["too_large", "too_large"], ["other", "not_saved"]] as const) {
      const [session, client] = await join();
      client.refusal = new Refused("not_now", detail);
      type(session, "never");
      await settle();
      expect(session.saving).toBe(saving);
    }
  });

  it("sends again what was too fast, and everything of its own after a gap", async () => {
    const [session, client] = await join();
    for (const refusal of [new Refused("too_fast", ""), new Refused("not_now", "gap")]) {
      client.refusal = refusal;
      type(session, refusal.code);
      await vi.advanceTimersByTimeAsync(500);
      client.refusal = null;
      await settle();
      expect(session.saving).toBe("saved");
    }
    expect(read(room.doc)).toBe("|too_fast||not_now|");
  });

  it("sends what is unsent before it is closed", async () => {
    const [session, client] = await join();
    client.online = false;
    type(session, "last words");
    await settle();
    session.close();
    client.come();
    await settle();
    expect(read(room.doc)).toBe("|last words|");
    expect(client.sent.at(-1)?.do).toBe("notes.close");
  });

  it("asks once for the names of those mentioned", async () => {
    const [session, client] = await join();
    expect([session.nameOf("p1"), session.nameOf("p2")]).toEqual(["", ""]);
    await settle();
    expect([session.nameOf("p1"), session.nameOf("p2")]).toEqual(["Name of p1", "Name of p2"]);
    expect(client.sent.filter((command) => command.do === "notes.names")).toHaveLength(1);
  });
});

describe("what is pasted", () => {
  const pasted = (html: string): string => {
    const place = document.createElement("div");
    place.innerHTML = html;
    const out = document.createElement("div");
    out.append(DOMSerializer.fromSchema(schema).serializeFragment(DOMParser.fromSchema(schema).parse(place).content));
    return out.innerHTML;
  };

  it("keeps what notes have, and nothing else", () => {
    expect(pasted('<h1 style="color:red" onclick="x()">T</h1><p class="MsoNormal"><b>b</b> <i>i</i></p>')).toBe("<h3>T</h3><p><strong>b</strong> <em>i</em></p>");
    expect(pasted('<p>a<script>alert(1)</script><svg onload="x()"></svg><img src="x" onerror="x()"><iframe src="https://x"></iframe></p>')).not.toMatch(/script|svg|img|iframe|onload|onerror/);
    expect(pasted("<ul><li>one</li></ul>")).toBe("<ul><li><p>one</p></li></ul>");
  });

  it("links to the web and to email addresses alone", () => {
    expect(pasted('<p><a href="https://example.org/">x</a></p>')).toContain('href="https://example.org/"');
    for (const href of ["javascript:alert(1)", " JavaScript:alert(1)", "data:text/html,x", "file:///etc/passwd", "//example.org", "https://a b"]) {
      expect(pasted(`<p><a href="${href}">x</a></p>`)).toBe("<p>x</p>");
      expect(safeAddress(href)).toBeNull();
      expect(DOMSerializer.fromSchema(schema).serializeNode(schema.text("x", [schema.mark("link", { href })])).nodeName).toBe("SPAN");
    }
    expect(["example.org/map", "anna@example.org", "https://x.org", "mailto:a@b.se", "no", ""].map(addressOf)).toEqual(["https://example.org/map", "mailto:anna@example.org", "https://x.org", "mailto:a@b.se", null, null]);
  });
});

describe("bytes in JSON", () => {
  it("come back as they were", () => {
    const bytes = Uint8Array.from({ length: 100_000 }, (_, at) => at % 256);
    expect(fromBase64(toBase64(bytes)).join()).toBe(bytes.join());
  });
});
