// A media track as <video> or <audio>.
import { html, LitElement, type PropertyValues, type TemplateResult } from "lit";
import { customElement, property } from "lit/decorators.js";

abstract class TrackElement extends LitElement {
  @property({ attribute: false }) track: MediaStreamTrack | null = null;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected abstract readonly player: HTMLMediaElement | null;

  protected override updated(changes: PropertyValues<this>): void {
    if (changes.has("track")) this.show();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.hasUpdated) this.show();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    if (this.player) this.player.srcObject = null;
  }

  private show(): void {
    const { player, track } = this;
    if (!player) return;
    player.srcObject = track ? new MediaStream([track]) : null;
    if (track) void player.play().catch((error: unknown) => this.refused(error));
  }

  private refused(error: unknown): void {
    if (error instanceof DOMException && error.name === "NotAllowedError")
      this.dispatchEvent(new Event("audio-blocked", { bubbles: true }));
  }
}

@customElement("room-video")
export class RoomVideo extends TrackElement {
  @property({ type: Boolean }) mirrored = false;
  @property({ type: Boolean }) whole = false;

  protected get player(): HTMLMediaElement | null {
    return this.querySelector("video");
  }

  protected override render(): TemplateResult {
    return html`<video class=${`picture ${this.mirrored ? "picture--mirrored" : ""} ${this.whole ? "picture--whole" : ""}`} autoplay playsinline .muted=${true}></video>`;
  }
}

@customElement("room-audio")
export class RoomAudio extends TrackElement {
  @property() speaker = "";
  /** 0 to 1. */
  @property({ type: Number }) volume = 1;

  protected get player(): HTMLMediaElement | null {
    return this.querySelector("audio");
  }

  protected override render(): TemplateResult {
    return html`<audio autoplay></audio>`;
  }

  protected override updated(changes: PropertyValues<this>): void {
    super.updated(changes);
    if (changes.has("speaker") && this.speaker) void this.useSpeaker();
    if (changes.has("volume")) this.setVolume();
  }

  /** On iPhones only the keys change the volume: what should be quiet is then silent. */
  private setVolume(): void {
    const { player, volume } = this;
    if (!player) return;
    player.volume = volume;
    player.muted = volume === 0 || (Math.abs(player.volume - volume) > 0.01 && volume < 0.5);
  }

  /** Not every browser supports `setSinkId`. */
  private async useSpeaker(): Promise<void> {
    const { player } = this;
    // eslint-disable-next-line own/oldest-browsers -- checked in the same line
    if (player && "setSinkId" in player) await player.setSinkId(this.speaker).catch(() => undefined);
  }
}
