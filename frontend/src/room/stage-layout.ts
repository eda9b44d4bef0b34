// Who and what is large on the stage, and what stands beside it: pure, so that every layout can be tested.
import type { ParticipantInfo } from "./protocol.generated";

/** `auto`: what is presented is large, else everybody is alike. `side`: what is presented and the people have half each. */
export const STAGE_LAYOUTS = ["auto", "gallery", "speaker", "side"] as const;
export type StageLayout = (typeof STAGE_LAYOUTS)[number];

/** `content` is what a feature shows, as slides. */
export type StageItem = { kind: "person" | "screen"; person: ParticipantInfo } | { kind: "content" };

export interface StageRequest {
  layout: StageLayout;
  people: readonly ParticipantInfo[];
  /** Those of them whose screen is seen, the newest first. */
  sharing: readonly ParticipantInfo[];
  hasContent: boolean;
  /** The key of what this person wants large. */
  pinned: string | null;
  /** Whom a host shows large to everybody. */
  spotlight: string | null;
  /** Who speaks, or spoke last. */
  active: string | null;
  /** On a phone many tiles are too small to see a face. */
  isSmall: boolean;
}

export interface Arrangement {
  large: StageItem | null;
  tiles: readonly StageItem[];
  /** People who have no tile. */
  more: number;
  isSplit: boolean;
  /** Several are presented: one may choose. */
  choices: readonly StageItem[];
}

const MOST_TILES = 12;
const MOST_ON_PHONE = 6;

export function keyOf(item: StageItem): string {
  return item.kind === "content" ? "content" : `${item.kind}:${item.person.id}`;
}

export function arrange(request: StageRequest): Arrangement {
  const { layout, people, sharing, hasContent } = request;
  const presented: StageItem[] = [...sharing.map((person) => ({ kind: "screen" as const, person })), ...(hasContent ? [{ kind: "content" as const }] : [])];
  const everybody: StageItem[] = people.map((person) => ({ kind: "person", person }));
  const large = largeOf(request, presented, everybody);
  const choices = presented.length > 1 ? presented : [];
  const isPresented = large !== null && large.kind !== "person";
  if (layout === "speaker" && isPresented) {
    const [presenter, last] = [large.kind === "screen" ? large.person.id : "", everybody.slice(-1)];
    const found = [request.active ?? "", presenter].map((id) => everybody.filter((item) => keyOf(item) === `person:${id}`));
    return { large, tiles: found.find((one) => one.length > 0) ?? last, more: 0, isSplit: false, choices };
  }
  const beside = isPresented ? [] : presented;
  const others = everybody.filter((item) => large === null || keyOf(item) !== keyOf(large));
  const shown = withActive(others, MOST_TILES - beside.length, request.active);
  return { large, tiles: [...beside, ...shown], more: others.length - shown.length, isSplit: layout === "side" && large !== null, choices };
}

function largeOf(request: StageRequest, presented: readonly StageItem[], everybody: readonly StageItem[]): StageItem | null {
  const { layout, pinned, spotlight, active, isSmall } = request;
  const find = (key: string): StageItem | undefined => [...presented, ...everybody].find((item) => keyOf(item) === key);
  const chosen = pinned === null ? undefined : find(pinned);
  if (chosen) return chosen;
  if (layout !== "gallery" && presented[0]) return presented[0];
  if (everybody.length < 2) return null;
  const isByTurns = layout === "speaker" || (layout === "auto" && isSmall && everybody.length > MOST_ON_PHONE);
  return find(`person:${spotlight ?? ""}`) ?? (isByTurns ? (find(`person:${active ?? ""}`) ?? everybody.at(-1)) : undefined) ?? null;
}

/** Who speaks has a tile, also in a room with more people than tiles. */
function withActive(people: readonly StageItem[], most: number, active: string | null): readonly StageItem[] {
  const shown = people.slice(0, most);
  const hidden = people.slice(most).find((item) => keyOf(item) === `person:${active ?? ""}`);
  return hidden ? [...shown.slice(0, -1), hidden] : shown;
}

// ---- how large each picture is ------------------------------------------------------------------------------

/** "small" is a tile beside something large, or one of many. */
export type PictureSize = "large" | "small";

/** The pictures that are seen, by the key of each. */
export function picturesOf({ large, tiles, isSplit }: Arrangement): ReadonlyMap<string, PictureSize> {
  const isRoomy = (large === null || isSplit) && tiles.length <= 4;
  const sizes = new Map<string, PictureSize>(tiles.map((item) => [keyOf(item), item.kind === "person" && !isRoomy ? "small" : "large"]));
  if (large) sizes.set(keyOf(large), "large");
  return sizes;
}

// ---- who speaks ---------------------------------------------------------------------------------------------

/** Looks in a row, a quarter of a second each, until somebody else is large. */
const SPEAKS_FOR = 3;
const PAUSES_FOR = 6;

/** Follows who speaks, and not every cough or "yes" between two sentences. */
export class ActiveSpeaker {
  current: string | null = null;
  private silence = PAUSES_FOR;
  private readonly turns = new Map<string, number>();

  /** `speaking` without oneself, whom nobody needs to see large. */
  look(speaking: ReadonlySet<string>): void {
    for (const id of this.turns.keys()) if (!speaking.has(id)) this.turns.delete(id);
    for (const id of speaking) this.turns.set(id, (this.turns.get(id) ?? 0) + 1);
    this.silence = this.current !== null && speaking.has(this.current) ? 0 : this.silence + 1;
    if (this.current !== null && this.silence < PAUSES_FOR) return;
    const [next] = [...this.turns].filter(([, turns]) => turns >= SPEAKS_FOR).sort((one, other) => other[1] - one[1]);
    if (!next) return;
    [this.current] = next;
    this.silence = 0;
  }
}

/** People who share, the one who began last first. */
export class NewestShares {
  private order: string[] = [];

  sort(sharing: readonly ParticipantInfo[]): ParticipantInfo[] {
    const known = this.order.filter((id) => sharing.some((person) => person.id === id));
    this.order = [...sharing.map(({ id }) => id).filter((id) => !known.includes(id)), ...known];
    return [...sharing].sort((one, other) => this.order.indexOf(one.id) - this.order.indexOf(other.id));
  }
}
