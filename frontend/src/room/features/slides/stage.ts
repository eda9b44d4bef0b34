// The page on stage, in step with the speaker: a picture with its text, the pointer, and for who presents the controls.
import { html, nothing, svg, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { icon } from "../../page";
import type { ShownPage, ShownSlides } from "../../protocol.generated";
import { areShortcutsOn, isWriting } from "../../shortcuts";
import { may } from "../../state";
import { t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext } from "../registry";
import { pageForKey, placeOn } from "./state";

const PRELOAD_WITHIN = 3_000; // spread, so that a large room does not ask at one moment
const POINTER_STAYS = 4_000;
const SIZES = "(max-width: 40rem) 100vw, 66vw";

export function pageInWords({ pages, page }: ShownSlides): string {
  return t("slides.page_of", { n: page.number, all: pages });
}

function sources(page: ShownPage, address: string): string {
  return `${address}small.webp ${Math.round(page.width / 2)}w, ${address}large.webp ${page.width}w`;
}

@customElement("room-slides")
export class RoomSlides extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) slides!: ShownSlides;
  /** Of the pointer: the element is drawn again with each state. */
  @property({ attribute: false }) now!: RoomContext["state"];
  @state() private isPointing = false;
  @state() private hasFailed = false;
  @state() private pointerGone = false;
  private preloading: ReturnType<typeof setTimeout> | undefined;
  private fading: ReturnType<typeof setTimeout> | undefined;
  private drawnPointer: unknown = null;

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("keydown", this.pressed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("keydown", this.pressed);
    clearTimeout(this.preloading);
    clearTimeout(this.fading);
  }

  private get mayTurn(): boolean {
    return may(this.now, "slides.turn");
  }

  protected override willUpdate(changes: PropertyValues<this>): void {
    const before = changes.get("slides");
    if (changes.has("slides") && before?.page.picture !== this.slides.page.picture) this.hasFailed = false;
    const { pointer } = this.now.slides;
    if (pointer !== this.drawnPointer) this.pointerMoved(pointer);
  }

  /** A pointer that nobody moves any more goes: its last message may have been lost. */
  private pointerMoved(pointer: unknown): void {
    this.drawnPointer = pointer;
    this.pointerGone = false;
    clearTimeout(this.fading);
    if (pointer) this.fading = setTimeout(() => (this.pointerGone = true), POINTER_STAYS);
  }

  protected override updated(changes: PropertyValues<this>): void {
    const before = changes.get("slides");
    if (!changes.has("slides") || before?.page.next === this.slides.page.next) return;
    clearTimeout(this.preloading);
    const { next } = this.slides.page;
    const wait = this.mayTurn ? 0 : Math.random() * PRELOAD_WITHIN;
    if (next) this.preloading = setTimeout(() => this.preload(next), wait);
  }

  private preload(address: string): void {
    const picture = new Image();
    picture.sizes = SIZES;
    picture.srcset = sources(this.slides.page, address);
  }

  private get current(): number {
    return this.now.slides.heading ?? this.slides.page.number;
  }

  private turn(page: number): void {
    if (page >= 1 && page <= this.slides.pages) void this.here.room.slides.turn(page);
  }

  private readonly pressed = (event: KeyboardEvent): void => {
    if (!this.mayTurn || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey || event.defaultPrevented) return;
    const target = event.target instanceof Element ? event.target : document.body;
    const isHere = this.contains(target);
    if (!isHere && (!this.now.slides.isMine || !areShortcutsOn() || hasKeysOfItsOwn(target))) return;
    const page = pageForKey(this.current, this.slides.pages, event.key);
    if (page === null) return;
    event.preventDefault();
    this.turn(page);
  };

  private readonly moved = (event: PointerEvent): void => {
    if (!this.isPointing) return;
    const box = (event.currentTarget as Element).getBoundingClientRect();
    this.here.room.slides.point(placeOn(this.slides.page, box, { x: event.clientX, y: event.clientY }));
  };

  private readonly left = (): void => {
    if (this.isPointing) this.here.room.slides.point(null);
  };

  private togglePointer(): void {
    this.left();
    this.isPointing = !this.isPointing;
  }

  protected override render(): TemplateResult {
    const { page, title } = this.slides;
    return html`<figure class="slides ${this.isPointing ? "slides--pointing" : ""}" data-page=${page.number} @pointermove=${this.moved} @pointerleave=${this.left}>
      ${this.hasFailed
        ? html`<p class="slides__failed" role="status">${icon("warning")}<span>${t("slides.picture_failed")}</span><button class="button button--small" type="button" @click=${() => (this.hasFailed = false)}>${t("slides.again")}</button></p>`
        : html`<img src=${`${page.picture}large.webp`} srcset=${sources(page, page.picture)} sizes=${SIZES} width=${page.width} height=${page.height} alt=${[pageInWords(this.slides), page.text].filter(Boolean).join(". ")} draggable="false" @error=${() => (this.hasFailed = true)} />`}
      ${this.pointer(page)}
      <figcaption class="visually-hidden">${title}</figcaption>
      ${this.mayTurn ? this.controls() : nothing}
      ${this.slides.download && !this.mayTurn ? html`<a class="slides__download button button--small" href=${this.slides.download} download>${icon("download")}<span>${t("slides.download")}</span></a>` : nothing}
    </figure>`;
  }

  private pointer({ width, height }: ShownPage): TemplateResult | typeof nothing {
    const { pointer } = this.now.slides;
    if (!pointer || this.pointerGone) return nothing;
    return html`<svg class="slides__pointer" viewBox="0 0 ${width} ${height}" aria-hidden="true">${svg`<circle cx=${pointer.x * width} cy=${pointer.y * height} r=${Math.max(width, height) / 90}></circle>`}</svg>`;
  }

  private controls(): TemplateResult {
    const { page, pages } = this.slides;
    return html`<div class="slides__controls" role="group" aria-label=${t("slides.controls")}>
      ${this.button("previous", "left", t("slides.previous"), () => this.turn(this.current - 1), page.number === 1)}
      <span class="slides__number">${page.number} / ${pages}</span>
      ${this.button("next", "right", t("slides.next"), () => this.turn(this.current + 1), page.number === pages)}
      ${this.button("pointer", "pin", t("slides.pointer"), () => this.togglePointer(), false, this.isPointing)}
      ${this.button("hide", "cross", t("slides.hide"), () => void this.here.room.slides.hide())}
    </div>`;
  }

  /** Not `disabled` at the ends: the focus would be lost there. */
  private button(name: string, sign: string, word: string, act: () => void, isOff = false, isOn: boolean | null = null): TemplateResult {
    return html`<button class="button button--small button--plain" type="button" data-slides=${name} title=${word} aria-label=${word} aria-disabled=${isOff ? "true" : nothing} aria-pressed=${isOn === null ? nothing : String(isOn)} @click=${() => (isOff ? undefined : act())}>${icon(sign)}</button>`;
  }
}

/** Where arrows mean something else. */
function hasKeysOfItsOwn(target: Element): boolean {
  return isWriting(target) || target.closest("[role=tablist], [role=group][tabindex], dialog, details.menu, .scroll, video, audio") !== null;
}
