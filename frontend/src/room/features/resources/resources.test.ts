import { afterEach, describe, expect, it, vi } from "vitest";
import { inside, nobody, someone, welcome } from "../../../../tests/samples";
import type { RoomActions } from "../../actions";
import type { ResourceInfo, RoomEvent } from "../../protocol.generated";
import { Refused } from "../../socket";
import { reduce, type State } from "../../state";
import { ResourceCommands } from "./client";
import { problemOf, withScheme } from "./state";
import { sizeInWords } from "./view";

const resource = (id: string, more: Partial<ResourceInfo> = {}): ResourceInfo => ({ id, kind: "link", title: id, url: "https://heat.example/", host: "heat.example", type: "", size: 0, at: "", ...more });
const shared = (seq: number, id: string, meeting = "m"): RoomEvent => ({ ev: "resource.shared", seq, meeting, resource: resource(id), by: someone("3"), at: "" });
const ids = ({ resources }: State): string[] => resources.map(({ id }) => id);

describe("resources", () => {
  it("are those of the snapshot, and come and go", () => {
    const first = reduce(inside(), welcome({ snapshot: { ...nobody, resources: [resource("a")] } }));
    const second = reduce(first, shared(11, "b"));
    expect(ids(second)).toEqual(["a", "b"]);
    const renamed = reduce(second, { ev: "resource.changed", seq: 12, resource: resource("a", { title: "Map of 2027" }), at: "" });
    expect(renamed.resources.map(({ title }) => title)).toEqual(["Map of 2027", "b"]);
    expect(ids(reduce(second, { ev: "resource.removed", seq: 12, resource: "a", by: null, at: "" }))).toEqual(["b"]);
    expect(ids(reduce(second, { ev: "resources", resources: [resource("c")] }))).toEqual(["c"]);
  });

  it("are not those of another meeting of a project room, but those of the room itself", () => {
    expect(ids(reduce(inside(), shared(11, "b", "other")))).toEqual([]);
    expect(ids(reduce(inside(), shared(11, "b", "")))).toEqual(["b"]);
  });
});

describe("a link", () => {
  it.each([
    ["", "https://heat.example", "title"],
    ["Map", "", "address"],
    ["Map", "heat", "address"],
    ["Map", "http://heat.example", "address"],
    ["Map", "javascript:alert(1)", "address"],
    ["Map", "https://bank.example@heat.example", "address"],
    ["Map", " heat.example/map ", ""],
  ])("with the title %j and the address %j has the problem %j", (title, address, problem) => {
    expect(problemOf(title, address)).toBe(problem);
  });

  it("gets its scheme", () => {
    expect([withScheme(" heat.example "), withScheme("http://heat.example")]).toEqual(["https://heat.example", "http://heat.example"]);
  });

  it("that is refused says what is wrong", async () => {
    const notify = vi.fn();
    const outcomes = [];
    for (const code of ["", "bad_field", "not_now", "too_fast", "unavailable"]) {
      const send = (): Promise<never> => Promise.reject(code ? new Refused(code, "") : new Error("gone"));
      outcomes.push(await new ResourceCommands({ send, notify } as unknown as RoomActions, "").share("a", "b.example"));
    }
    expect(outcomes).toEqual(["failed", "address", "full", "failed", "failed"]);
    expect((notify.mock.calls as [{ what: string }][]).map(([notice]) => notice.what)).toEqual(["refused", "too_fast", "refused"]);
  });
});

describe("a document", () => {
  afterEach(() => vi.unstubAllGlobals());

  it("is sent with its title, and a refusal is in words or unknown", async () => {
    const answers = [new Response("{}", { status: 201 }), new Response('{"detail": "Too large."}', { status: 422 }), new Response("<html>", { status: 502 })];
    const sent = vi.fn<typeof fetch>(() => Promise.resolve(answers.shift()!));
    vi.stubGlobal("fetch", sent);
    const commands = new ResourceCommands({} as RoomActions, "secret");
    const results = [];
    for (let n = 0; n < 3; n++) results.push(await commands.upload("/upload/", new File(["x"], "a.pdf"), "Prices"));
    expect(results).toEqual(["", "Too large.", null]);
    expect((sent.mock.calls[0]![1]!.body as FormData).get("title")).toBe("Prices");
  });

  it("has a size in kilobytes or megabytes", () => {
    expect([1, 2048, 5 * 1024 * 1024].map(sizeInWords)).toEqual(["1 kB", "2 kB", "5.0 MB"]);
  });
});
