import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { inside, room, welcome, you } from "../../../../tests/samples";
import type { Page } from "../../page";
import { reduce, type State } from "../../state";
import type { RoomContext } from "../registry";
import { projectFeature, RoomProject } from "./view";

const panel = (actions: string, { said = "", text = "", isOpen = false } = {}): string => `<div data-part="form"${said && ` data-said="${said}"`}><details${isOpen ? " open" : ""}><summary>Add</summary>
  <form method="post"><input name="text" value="${text}"${isOpen ? ' aria-invalid="true"' : ""}><button name="add" value="action">Action</button></form></details></div>
  <div data-part="lists"><p>${actions}</p><form method="post"><button name="done" value="a1">Done</button></form></div>`;
const inProject = reduce(inside(), welcome({ room: { ...room, kind: "project" } }));
const changed = (state: State): State => reduce(state, { ev: "project.changed" });
const announce = vi.fn();
let place: RoomProject;
let answers: Response[];
let sent: ReturnType<typeof vi.fn<typeof fetch>>;

const here = (state: State, page: Partial<Page> = { projectPanelUrl: "/panel/", mayWriteInProject: true }): RoomContext => ({ state, page, announce, showTab: vi.fn() }) as unknown as RoomContext;
const textField = (): HTMLInputElement => place.querySelector<HTMLInputElement>("[name=text]")!;
const press = async (selector: string): Promise<void> => {
  place.querySelector<HTMLButtonElement>(selector)!.click();
  await settled();
};

async function settled(): Promise<void> {
  for (let n = 0; n < 10; n++) await Promise.resolve();
  await new Promise((done) => setTimeout(done));
  await place.updateComplete;
}

beforeEach(async () => {
  answers = [new Response(panel("One"))];
  sent = vi.fn<typeof fetch>(() => (answers.length > 0 ? Promise.resolve(answers.shift()!) : Promise.reject(new TypeError("offline"))));
  vi.stubGlobal("fetch", sent);
  announce.mockClear();
  place = new RoomProject();
  place.here = here(inProject);
  place.now = { ...inProject, link: "open" };
  place.isOpen = true;
  document.body.append(place);
  await settled();
});

afterEach(() => {
  place.remove();
  vi.unstubAllGlobals();
});

describe("the panel of a project", () => {
  it("loads its lists again after a change, and leaves alone what is being typed", async () => {
    textField().value = "Half a sent";
    answers = [new Response(panel("Two"))];
    place.now = changed(place.now);
    await settled();
    expect(place.textContent).toContain("Two");
    expect(textField().value).toBe("Half a sent");
    place.now = { ...place.now, count: 7 };
    await settled();
    expect(sent).toHaveBeenCalledTimes(2);
  });

  it("sends what the pressed button says, and shows a refused form with what was typed", async () => {
    textField().value = "Ask";
    answers = [new Response(panel("One", { text: "Ask", isOpen: true }), { status: 422 }), new Response(panel("One, Ask", { said: "Action added." }))];
    await press("[name=add]");
    expect([...(sent.mock.calls[1]![1]!.body as FormData).entries()]).toEqual([["text", "Ask"], ["add", "action"]]);
    expect(document.activeElement).toBe(textField());
    await press("[name=add]");
    expect(announce).toHaveBeenCalledWith("Action added.");
    expect([place.querySelector("[data-part=lists]")!.textContent, textField().value]).toEqual([expect.stringContaining("One, Ask"), ""]);
  });

  it.each(["offline", "signed out"])("that was %s keeps the form and says that nothing was saved", async (what) => {
    textField().value = "Ask";
    if (what === "signed out") answers = [Object.defineProperty(new Response("<p>Sign in</p>"), "redirected", { value: true })];
    await press("[name=add]");
    expect(place.querySelector("[role=alert]")).not.toBeNull();
    expect(textField().value).toBe("Ask");
  });

  it("begins a form with one line of a message", async () => {
    place.begin("Who asks\nfor the depths? ".padEnd(400, "x"));
    await settled();
    expect([textField().value.slice(0, 24), textField().value.length, document.activeElement]).toEqual(["Who asks for the depths?", 300, textField()]);
  });
});

describe("making a message an action", () => {
  const offered = (state: State, page: Partial<Page>): boolean => projectFeature.textAction!.isShown(here(state, page));

  it("is offered to members who write, in the project's own room", () => {
    expect(offered(inProject, { projectPanelUrl: "/p/", mayWriteInProject: true })).toBe(true);
    expect(offered(inProject, { projectPanelUrl: "/p/", mayWriteInProject: false })).toBe(false);
    expect(offered(inProject, { projectPanelUrl: "", mayWriteInProject: false })).toBe(false);
    const inGroup = reduce(inside(), welcome({ you: you(), room: { ...room, kind: "breakout" } }));
    expect(offered(inGroup, { projectPanelUrl: "/p/", mayWriteInProject: true })).toBe(false);
  });
});
