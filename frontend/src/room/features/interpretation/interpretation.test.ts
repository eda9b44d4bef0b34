import { beforeEach, describe, expect, it, vi } from "vitest";
import { inside, nobody, room, someone, welcome, you } from "../../../../tests/samples";
import type { RoomActions } from "../../actions";
import { InterpreterVoice } from "../../interpreter-voice";
import type { InterpretationChannelInfo, RoomEvent } from "../../protocol.generated";
import { INITIAL_STATE, reduce, type State } from "../../state";
import { ListeningChoice } from "./client";
import { heardChannel, isOnAir, originalVolume, ownChannel, wantedChannels } from "./state";

const [ines, ivan] = [someone("2"), someone("3")];
const swedish: InterpretationChannelInfo = { language: "sv", interpreters: [ines, ivan], on_air: "2", offered_to: null };
const polish: InterpretationChannelInfo = { language: "pl", interpreters: [someone("4")], on_air: "4", offered_to: null };
const changed = (channel: InterpretationChannelInfo, seq = 11): RoomEvent => ({ ev: "interpretation.changed", seq, meeting: "m", channel, by: null, at: "" });
const opened: RoomEvent = { ev: "interpretation.opened", seq: 11, meeting: "m", language: "sv", by: null, at: "" };
const withChannels = (id: string, listening = ""): State => ({
  ...reduce(INITIAL_STATE, welcome({ you: you({ id }), snapshot: { ...nobody, interpretation: [swedish, polish] } })),
  listening: { language: listening, original: 0.15 },
});

describe("channels", () => {
  it("are opened, changed and closed by events of this meeting", () => {
    const open = reduce(inside(), opened);
    expect(open.interpretation).toEqual([{ language: "sv", interpreters: [], on_air: null, offered_to: null }]);
    const taken = reduce(open, changed(swedish, 12));
    expect(taken.interpretation).toEqual([swedish]);
    expect(reduce(taken, { ev: "interpretation.closed", seq: 13, meeting: "m", language: "sv", by: null, at: "" }).interpretation).toEqual([]);
    expect(reduce(inside(), { ...opened, meeting: "other" }).interpretation).toEqual([]);
    expect(reduce(inside(), { ev: "interpretation", interpretation: [polish] }).interpretation).toEqual([polish]);
  });

  it("are those of the snapshot, whatever was missed", () => {
    expect(reduce(inside(), welcome({ seq: 11, missed: [opened] })).interpretation).toEqual([]);
  });

  it("know who is in them, and who is on air", () => {
    expect([ownChannel(withChannels("3"))?.language, isOnAir(withChannels("3"))]).toEqual(["sv", false]);
    expect([ownChannel(withChannels("2"))?.language, isOnAir(withChannels("2"))]).toEqual(["sv", true]);
    expect(ownChannel(withChannels("9"))).toBeUndefined();
  });
});

describe("what is heard", () => {
  it("is the chosen channel over the lowered original, once the interpreter arrives", () => {
    const listener = withChannels("9", "sv");
    expect([...wantedChannels(listener)]).toEqual(["sv"]);
    expect([originalVolume(listener, false), originalVolume(listener, true)]).toEqual([1, 0.15]);
    expect(originalVolume(withChannels("9"), true)).toBe(1);
  });

  it("is the original where the channel is not open", () => {
    expect(heardChannel(withChannels("9", "lt"))).toBeUndefined();
    expect(originalVolume(withChannels("9", "lt"), true)).toBe(1);
  });

  it("is never the own voice, and under a relay no original", () => {
    expect(heardChannel(withChannels("2", "sv"))).toBeUndefined();
    expect(originalVolume(withChannels("2", "pl"), true)).toBe(0);
    expect(originalVolume(withChannels("3", "sv"), true)).toBe(0.15); // who stands by hears both
  });
});

describe("the choice", () => {
  let state: State;
  const actions = { state: () => state, update: (change: (state: State) => State) => (state = change(state)) } as unknown as RoomActions;
  const choice = (language = "sv"): ListeningChoice => new ListeningChoice(actions, () => language);

  beforeEach(() => {
    localStorage.clear();
    state = withChannels("9");
  });

  it("is the channel in the reader's language, told once", () => {
    const mine = choice();
    mine.enter();
    expect(state.listening.language).toBe("sv");
    expect([mine.wasChosenForReader(), mine.wasChosenForReader()]).toEqual([true, false]);
    choice("de").enter();
    expect(state.listening.language).toBe("");
  });

  it("is not made for interpreters", () => {
    state = withChannels("4");
    choice().enter();
    expect(state.listening.language).toBe("");
  });

  it("is kept for the meeting, and for this one alone", () => {
    const mine = choice();
    mine.enter();
    mine.listen("pl");
    mine.setOriginal(0.4);
    state = withChannels("9");
    choice().enter();
    expect(state.listening).toEqual({ language: "pl", original: 0.4 });
    state = { ...withChannels("9"), room: { ...room, meeting: "other" } };
    choice("de").enter();
    expect(state.listening).toEqual({ language: "", original: 0.15 });
  });

  it("is not lost to what else is in the storage", () => {
    for (const stored of ["[", "null", JSON.stringify({ "r m": { language: 7, original: 9 } })]) {
      localStorage.setItem("room-interpretation", stored);
      state = withChannels("9");
      choice().enter();
      expect(state.listening).toEqual({ language: "sv", original: 0.15 });
    }
  });
});

describe("the voice of an interpreter", () => {
  const stopped = vi.fn();
  const track = (): MediaStreamTrack => ({ enabled: true, stop: stopped, clone: () => track() }) as unknown as MediaStreamTrack;

  it("is a copy of the microphone, silent while another is on air", () => {
    const voice = new InterpreterVoice();
    const microphone = track();
    const copy = voice.of(microphone, "sv", false);
    expect([copy?.enabled, microphone.enabled]).toEqual([false, true]);
    expect(voice.of(microphone, "sv", true)).toBe(copy);
    expect(copy?.enabled).toBe(true);
  });

  it("ends with the microphone, the channel and the right to speak", () => {
    const voice = new InterpreterVoice();
    const microphone = track();
    const copies = [voice.of(microphone, "sv", true), voice.of(microphone, "pl", true), voice.of(track(), "pl", true)];
    expect(new Set(copies).size).toBe(3);
    expect(voice.of(undefined, "pl", true)).toBeNull();
    expect(stopped).toHaveBeenCalledTimes(3);
  });
});
