// Local media: microphone, camera and screen. Turning the camera off releases it.
import { readItem, writeItem } from "../storage";
import type { BlurredCamera } from "./background-blur";
import type { TrackKind } from "./signals";

/** Why a device does not work: blocked for this page or by the system, missing, unplugged, in use by another program; or its background cannot be blurred. */
export type Trouble = "" | "denied" | "system" | "missing" | "unplugged" | "busy" | "unsupported" | "insecure" | "blur";
export type LocalSource = "microphone" | "camera" | "screen";

type DeviceKind = "microphone" | "camera";

/** A device that was taken by itself: in the place of one that was unplugged or is in use elsewhere, or `back` again. */
export interface DeviceChange {
  kind: DeviceKind;
  why: "unplugged" | "busy" | "back";
  device: string;
}

/** What a browser was asked for. It may answer minutes later, once the person has. */
interface Attempt<Kind extends LocalSource = LocalSource> {
  readonly kind: Kind;
  readonly why: "asked" | "unplugged" | "back";
}

export interface Devices {
  microphones: MediaDeviceInfo[];
  cameras: MediaDeviceInfo[];
  speakers: MediaDeviceInfo[];
}

const STORAGE_KEY = "room-devices";

interface Choice {
  microphone?: string;
  camera?: string;
  speaker?: string;
  blursBackground?: boolean;
  /** What the person turned off before they entered. */
  off?: DeviceKind[];
}

export function canBlur(): boolean {
  return typeof OffscreenCanvas !== "undefined" && typeof WebAssembly !== "undefined" && "captureStream" in HTMLCanvasElement.prototype;
}

function choice(): Choice {
  try {
    return (JSON.parse(readItem("localStorage", STORAGE_KEY) || "{}") ?? {}) as Choice;
  } catch {
    return {};
  }
}

/** Fires `change`, and `device` with a DeviceChange. */
export class LocalMedia extends EventTarget {
  readonly tracks = new Map<TrackKind, MediaStreamTrack>();
  readonly trouble: Record<LocalSource, Trouble> = { microphone: "", camera: "", screen: "" };
  isMuted = true;
  devices: Devices = { microphones: [], cameras: [], speakers: [] };
  private readonly chosen: Choice = choice();
  private isWatching = false;
  /** Devices that were unplugged while in use: they are taken again when they are back. */
  private readonly absent = new Map<DeviceKind, string>();
  /** What is still wanted: the answer to any other is stopped. */
  private readonly attempts = new Set<Attempt>();
  /** Asked while they are listed: when a track ends, its device is not. */
  private readonly deviceOf = new WeakMap<MediaStreamTrack, string>();
  /** The camera whose picture `tracks` has blurred. */
  private blurred: BlurredCamera | null = null;
  isPreparingBlur = false;
  /** It failed: whoever turns the camera on again is seen without it, until they ask for it anew or come again. */
  private isBlurGivenUp = false;
  /** Pictures a second while blurring is slow here. */
  slowBlur: number | null = null;

  get microphone(): boolean {
    return this.tracks.has("microphone") && !this.isMuted;
  }

  get camera(): boolean {
    return this.tracks.has("camera");
  }

  get screen(): boolean {
    return this.tracks.has("screen");
  }

  get speaker(): string {
    return this.chosen.speaker ?? "";
  }

  chosenDevice(kind: "microphone" | "camera"): string {
    return this.deviceTrack(kind)?.getSettings().deviceId ?? this.chosen[kind] ?? "";
  }

  /** Whether it was on when the person last left the check before entering. */
  entersWith(kind: DeviceKind): boolean {
    return !this.off().includes(kind);
  }

  rememberForEntry(kind: DeviceKind, on: boolean): void {
    const others = this.off().filter((each) => each !== kind);
    this.chosen.off = on ? others : [...others, kind];
    this.keepChoice();
  }

  private off(): DeviceKind[] {
    return Array.isArray(this.chosen.off) ? this.chosen.off : [];
  }

  // ---- microphone ----

  /** Opens the microphone when it is needed. */
  async setMuted(muted: boolean): Promise<void> {
    this.mute(muted);
    if (!muted && !this.tracks.has("microphone")) await this.open("microphone");
    this.changed();
  }

  private mute(muted: boolean): void {
    this.isMuted = muted;
    const track = this.tracks.get("microphone");
    if (track) track.enabled = !muted;
  }

  // ---- camera ----

  async setCamera(on: boolean): Promise<void> {
    if (!on) this.giveUp("camera");
    else if (!this.camera) await this.open("camera");
    this.changed();
  }

  get blursBackground(): boolean {
    return this.chosen.blursBackground === true && canBlur() && !this.isBlurGivenUp;
  }

  /** The camera is opened anew: nothing of it is seen unblurred meanwhile. */
  async blurBackground(on: boolean): Promise<void> {
    this.chosen.blursBackground = on;
    this.isBlurGivenUp = false;
    this.keepChoice();
    if (this.giveUp("camera")) await this.open("camera");
    this.changed();
  }

  // ---- screen ----

  async setScreen(on: boolean): Promise<void> {
    if (!on) this.giveUp("screen");
    else if (!this.screen) await this.attempt("screen", "asked", (attempt) => this.takeScreen(attempt));
    this.changed();
  }

  private async takeScreen(attempt: Attempt): Promise<void> {
    if (!hasDevices() || !("getDisplayMedia" in navigator.mediaDevices)) {
      this.trouble.screen = unavailable();
      return;
    }
    try {
      // eslint-disable-next-line own/oldest-browsers -- asked for above
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true });
      if (!this.attempts.has(attempt)) {
        discard(stream);
        return;
      }
      const [picture] = stream.getVideoTracks();
      const [sound] = stream.getAudioTracks();
      if (picture) this.addTrack("screen", picture);
      if (sound) this.addTrack("screen-sound", sound);
      this.trouble.screen = "";
    } catch (error) {
      // Cancelling the browser's dialog is no error.
      this.trouble.screen = troubleOf(error) === "denied" ? "" : troubleOf(error);
    }
  }

  // ---- choosing ----

  async choose(kind: "microphone" | "camera" | "speaker", device: string): Promise<void> {
    this.chosen[kind] = device;
    this.keepChoice();
    if (kind !== "speaker" && this.giveUp(kind)) await this.open(kind);
    this.changed();
  }

  private keepChoice(): void {
    writeItem("localStorage", STORAGE_KEY, JSON.stringify(this.chosen));
  }

  async refreshDevices(): Promise<void> {
    if (!hasDevices()) return;
    if (!this.isWatching) {
      this.isWatching = true;
      navigator.mediaDevices.addEventListener("devicechange", () => void this.refreshDevices());
    }
    const all = (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.deviceId !== "");
    const of = (kind: MediaDeviceKind): MediaDeviceInfo[] => all.filter((device) => device.kind === kind);
    this.devices = { microphones: of("audioinput"), cameras: of("videoinput"), speakers: of("audiooutput") };
    for (const kind of ["microphone", "camera"] as const) {
      const track = this.deviceTrack(kind);
      const device = track && deviceBehind(track, this.listed(kind));
      if (track && device) this.deviceOf.set(track, device);
    }
    this.changed();
    await this.takeBack();
  }

  dismissTrouble(kind: LocalSource): void {
    this.trouble[kind] = "";
    this.changed();
  }

  stop(): void {
    for (const kind of ["microphone", "camera", "screen"] as const) this.giveUp(kind);
    this.mute(true);
    this.changed();
  }

  // ---- inside ----

  private listed(kind: DeviceKind): MediaDeviceInfo[] {
    return kind === "microphone" ? this.devices.microphones : this.devices.cameras;
  }

  private isAsked(kind: LocalSource, why?: Attempt["why"]): boolean {
    return [...this.attempts].some((attempt) => attempt.kind === kind && (!why || attempt.why === why));
  }

  private async attempt<Kind extends LocalSource>(kind: Kind, why: Attempt["why"], work: (attempt: Attempt<Kind>) => Promise<unknown>): Promise<void> {
    const attempt = { kind, why };
    this.attempts.add(attempt);
    try {
      await work(attempt);
    } finally {
      this.attempts.delete(attempt);
      // The next microphone would be heard without having been turned on.
      if (kind === "microphone" && !this.tracks.has(kind) && !this.isAsked(kind)) this.mute(true);
      this.changed();
    }
  }

  /** Turns off what is on, and what the browser has still to answer. Returns whether there was any. */
  private giveUp(kind: LocalSource): boolean {
    const wasWanted = this.tracks.has(kind) || this.isAsked(kind);
    this.forgetAttempts(kind);
    this.stopTrack(kind);
    if (kind === "screen") this.stopTrack("screen-sound");
    else this.absent.delete(kind);
    return wasWanted;
  }

  private forgetAttempts(kind: LocalSource): void {
    for (const attempt of [...this.attempts]) if (attempt.kind === kind) this.attempts.delete(attempt);
  }

  private async open(kind: DeviceKind): Promise<void> {
    const device = this.chosen[kind] ?? "";
    await this.attempt(kind, "asked", async (attempt) => {
      if (!hasDevices()) {
        this.trouble[kind] = unavailable();
        return;
      }
      try {
        await this.use(attempt, await openAnyOfKind(constraints(kind, device)));
      } catch (error) {
        const trouble = troubleOf(error);
        if (trouble === "busy" && (await this.openOther(attempt, device, "busy"))) return;
        if (this.attempts.has(attempt)) this.trouble[kind] = trouble;
      }
    });
  }

  /** The first answer counts: whatever else was asked for is not wanted any more. */
  private async use(attempt: Attempt<DeviceKind>, stream: MediaStream): Promise<MediaStreamTrack | null> {
    const { kind, why } = attempt;
    const [track] = stream.getTracks();
    const blurred = track && kind === "camera" && this.attempts.has(attempt) ? await this.withBlur(track) : null;
    if (!track || !this.attempts.has(attempt)) {
      blurred?.stop();
      discard(stream);
      return null;
    }
    this.forgetAttempts(kind);
    if (why === "back") this.absent.delete(kind);
    const isHeardAgain = why === "back" && !this.tracks.has(kind);
    this.addTrack(kind, track, blurred);
    if (kind === "microphone") this.mute(this.isMuted || isHeardAgain);
    this.trouble[kind] = "";
    void this.refreshDevices();
    return track;
  }

  /** The first other device that works. Returns whether there was one. */
  private async openOther(attempt: Attempt<DeviceKind>, except: string, why: DeviceChange["why"]): Promise<boolean> {
    const wanted = attempt.kind === "microphone" ? "audioinput" : "videoinput";
    const all = await navigator.mediaDevices.enumerateDevices();
    for (const { deviceId } of all.filter((one) => one.kind === wanted && one.deviceId !== "" && one.deviceId !== except)) {
      if (!this.attempts.has(attempt)) return false;
      if (await this.openExactly(attempt, deviceId, why)) return true;
    }
    return false;
  }

  private async openExactly(attempt: Attempt<DeviceKind>, device: string, why: DeviceChange["why"]): Promise<boolean> {
    const { kind } = attempt;
    try {
      const track = await this.use(attempt, await navigator.mediaDevices.getUserMedia(constraints(kind, device)));
      if (track) this.tell({ kind, why, device: track.label });
      return track !== null;
    } catch (error) {
      if (troubleOf(error) === "denied") this.absent.delete(kind); // is not asked again at each change of devices
      return false; // unplugged as well, or in use elsewhere
    }
  }

  /** What is published instead of the camera, if its background is blurred: then the camera itself is never seen. */
  private async withBlur(source: MediaStreamTrack): Promise<BlurredCamera | null> {
    if (!this.blursBackground) return null;
    this.isPreparingBlur = true;
    this.slowBlur = null;
    this.changed();
    try {
      const { BlurredCamera } = await import("./background-blur");
      const blurred: BlurredCamera = await BlurredCamera.of(source, {
        slow: (rate) => {
          this.slowBlur = rate;
          this.changed();
        },
        failed: () => this.blurFailed(blurred),
      });
      return blurred;
    } catch (error) {
      source.stop();
      this.isBlurGivenUp = true;
      console.warn("The background could not be blurred", error);
      throw new UnableToBlur();
    } finally {
      this.isPreparingBlur = false;
    }
  }

  private blurFailed(blurred: BlurredCamera): void {
    if (blurred !== this.blurred) return;
    this.isBlurGivenUp = true;
    this.giveUp("camera");
    this.trouble.camera = "blur";
    this.changed();
  }

  // ---- unplugged and back ----

  private async unplugged(kind: DeviceKind, track: MediaStreamTrack): Promise<void> {
    const device = this.deviceOf.get(track) ?? "";
    // Where the device in its place is unplugged, too, the first is waited for.
    if (device && !this.absent.has(kind)) this.absent.set(kind, device);
    this.stopTrack(kind);
    this.trouble[kind] = "unplugged"; // some browsers ask the person before they give another one
    this.changed();
    await this.attempt(kind, "unplugged", (attempt) => this.openOther(attempt, device, "unplugged"));
    void this.refreshDevices();
  }

  private async takeBack(): Promise<void> {
    for (const [kind, device] of this.absent) {
      if (this.isAsked(kind, "back") || !this.listed(kind).some(({ deviceId }) => deviceId === device)) continue;
      await this.attempt(kind, "back", (attempt) => this.openExactly(attempt, device, "back"));
    }
  }

  private tell(detail: DeviceChange): void {
    this.dispatchEvent(new CustomEvent("device", { detail }));
  }

  /** The track of the device, where `tracks` may have its blurred picture. */
  private deviceTrack(kind: DeviceKind): MediaStreamTrack | undefined {
    return kind === "camera" && this.blurred ? this.blurred.source : this.tracks.get(kind);
  }

  private addTrack(kind: TrackKind, track: MediaStreamTrack, blurred: BlurredCamera | null = null): void {
    this.stopTrack(kind);
    this.tracks.set(kind, blurred?.track ?? track);
    if (kind === "camera") this.blurred = blurred;
    // Unplugged, or stopped by the browser's own “Stop sharing”.
    track.onended = () => {
      if (kind === "screen") void this.setScreen(false);
      else if (kind === "microphone" || kind === "camera") void this.unplugged(kind, track);
      else {
        this.stopTrack(kind);
        this.changed();
      }
    };
  }

  private stopTrack(kind: TrackKind): void {
    const track = kind === "camera" ? this.deviceTrack(kind) : this.tracks.get(kind);
    if (!track) return;
    track.onended = null;
    track.stop();
    this.tracks.delete(kind);
    if (kind !== "camera") return;
    this.blurred?.stop();
    this.blurred = this.slowBlur = null;
  }

  private changed(): void {
    this.dispatchEvent(new Event("change"));
  }
}

function hasDevices(): boolean {
  return "mediaDevices" in navigator && "getUserMedia" in navigator.mediaDevices;
}

/** Browsers give devices to secure contexts only. */
function unavailable(): Trouble {
  return window.isSecureContext ? "unsupported" : "insecure";
}

/** What Chromium calls the one that the system prefers; it stays in the list when that one is unplugged. */
const ALIASES = ["default", "communications"];

function deviceBehind(track: MediaStreamTrack, listed: MediaDeviceInfo[]): string | undefined {
  const { deviceId = "", groupId } = track.getSettings();
  if (!ALIASES.includes(deviceId)) return deviceId;
  return listed.find((device) => device.groupId === groupId && !ALIASES.includes(device.deviceId))?.deviceId;
}

function discard(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

function exactDevice(device: string): MediaTrackConstraints {
  return device ? { deviceId: { exact: device } } : {};
}

function constraints(kind: DeviceKind, device: string): MediaStreamConstraints {
  if (kind === "microphone") return { audio: { ...exactDevice(device), echoCancellation: true, noiseSuppression: true, autoGainControl: true } };
  return { video: { ...exactDevice(device), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } } };
}

/** The chosen device may have been unplugged since: then any of its kind. */
async function openAnyOfKind(wanted: MediaStreamConstraints): Promise<MediaStream> {
  try {
    return await navigator.mediaDevices.getUserMedia(wanted);
  } catch (error) {
    if (!(error instanceof OverconstrainedError)) throw error;
    return navigator.mediaDevices.getUserMedia({ audio: Boolean(wanted.audio), video: Boolean(wanted.video) });
  }
}

/** Also when the browser cannot, the worker does not start, or its files do not arrive. */
class UnableToBlur extends Error {}

function troubleOf(error: unknown): Trouble {
  if (error instanceof UnableToBlur) return "blur";
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  const isBySystem = error instanceof Error && /system/i.test(error.message); // Chrome's message, always in English
  if (name === "NotAllowedError" || name === "SecurityError") return isBySystem ? "system" : "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
