import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PartUpload } from "../src/room/upload";

/** A tus server that keeps bytes, and can be told to fail before or after it has kept them. */
class Server {
  kept = "";
  length: string | null = null;
  faults: ("before" | "after" | "gone")[] = [];
  requests: string[] = [];

  readonly fetch = async (_address: RequestInfo | URL, request?: RequestInit): Promise<Response> => {
    const headers = new Headers(request?.headers);
    const method = request?.method ?? "GET";
    this.requests.push(method);
    if (method === "HEAD") return new Response(null, { status: 200, headers: { "Upload-Offset": String(this.kept.length) } });
    const fault = this.faults.shift();
    if (fault === "before") throw new TypeError("network");
    if (fault === "gone") return new Response(null, { status: 410 });
    if (Number(headers.get("Upload-Offset")) !== this.kept.length) return new Response(null, { status: 409 });
    this.kept += await (request?.body as Blob).text();
    this.length = headers.get("Upload-Length") ?? this.length;
    if (fault === "after") throw new TypeError("network");
    return new Response(null, { status: 204, headers: { "Upload-Offset": String(this.kept.length) } });
  };
}

describe("parts of a recording", () => {
  const failed = vi.fn();
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  async function send(server: Server, parts: string[]): Promise<void> {
    const upload = new PartUpload("/uploads/1/", "token", failed, server.fetch);
    for (const part of parts) upload.add(new Blob([part]));
    const finished = upload.finish();
    await vi.runAllTimersAsync();
    await finished;
  }

  it("arrive in order, and the end sends the length of the whole", async () => {
    const server = new Server();
    await send(server, ["one ", "two ", "three"]);
    expect(server.kept).toBe("one two three");
    expect(server.length).toBe("13");
  });

  it("begin with enough bytes for the format check, though the recorder's first part is one byte", async () => {
    const server = new Server();
    const upload = new PartUpload("/uploads/1/", "token", failed, server.fetch);
    upload.add(new Blob(["\x1a"]));
    await vi.runAllTimersAsync();
    expect(server.requests).toEqual([]);
    upload.add(new Blob(["x".repeat(2000)]));
    await vi.runAllTimersAsync();
    expect(server.kept).toHaveLength(2001);
    expect(server.requests).toEqual(["PATCH"]);
  });

  it("are neither lost nor duplicated when the connection breaks before or after they are stored", async () => {
    const server = new Server();
    server.faults = ["before", "after", "before", "before"];
    const parts = ["1", "2", "3"].map((part) => part.repeat(2000));
    await send(server, parts);
    expect(server.kept).toBe(parts.join(""));
    expect(failed).not.toHaveBeenCalled();
  });

  it("are given up, with a notice, when the server refuses them", async () => {
    const server = new Server();
    server.faults = ["gone"];
    await send(server, ["one", "two"]);
    expect(failed).toHaveBeenCalledOnce();
    expect(server.requests).toEqual(["PATCH"]);
  });
});
