// How the room is laid out: the panel beside the stage, as a sheet under it, or sliding over it.

export type Layout = "side" | "sheet" | "over";
export type PanelSize = "closed" | "half" | "full";

/** A phone that is held sideways, or a page that is enlarged as much: the stage needs the whole height. */
const OVER = "(orientation: landscape) and (max-height: 29.99rem)";
const SHEET = "(max-width: 44.99rem), (max-width: 59.99rem) and (orientation: portrait)";

/** Tells when the window has another layout. */
export class LayoutQuery {
  private readonly over = matchMedia(OVER);
  private readonly sheet = matchMedia(SHEET);

  constructor(private readonly changed: () => void) {}

  get layout(): Layout {
    if (this.over.matches) return "over";
    return this.sheet.matches ? "sheet" : "side";
  }

  listen(): void {
    for (const query of [this.over, this.sheet]) query.addEventListener("change", this.changed);
  }

  stop(): void {
    for (const query of [this.over, this.sheet]) query.removeEventListener("change", this.changed);
  }
}

/** The size of the panel, kept for each layout: turning a phone and back changes nothing. */
export class PanelSizes {
  private readonly sizes: Record<Layout, PanelSize> = { side: "half", sheet: "half", over: "closed" };

  of(layout: Layout): PanelSize {
    return this.sizes[layout];
  }

  /** Beside the stage the panel is always open. */
  set(layout: Layout, size: PanelSize): void {
    if (layout !== "side") this.sizes[layout] = size;
  }

  open(layout: Layout): void {
    if (this.sizes[layout] === "closed") this.sizes[layout] = "half";
  }
}

const SMALLEST = 5;
const WIDTH = 6;

/** How many controls a bar of this width holds, in rem; on the narrowest phone five that share the width. */
export function controlsThatFit(width: number): number {
  return Math.max(SMALLEST, Math.floor(width / WIDTH));
}
