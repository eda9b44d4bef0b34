// Local media: microphone, camera and screen. Turning the camera off releases it.
import { readItem, writeItem } from "../storage";
import type { TrackKind } from "./signals";

/** Why a device does not work: blocked for this page or by the system, missing, unplugged, in use by another program. */
export type Trouble = "" | "denied" | "system" | "missing" | "unplugged" | "busy" | "unsupported" | "insecure";
export type LocalSource = "microphone" | "camera" | "screen";

type DeviceKind = "microphone" | "camera";

/** A device that was taken by itself: in the place of one that was unplugged or is in use elsewhere, or `back` again. */
export interface DeviceChange {
  kind: DeviceKind;
  why: "unplugged" | "busy" | "back";
  device: string;
}

interface AbsentDevice {
  device: string;
  wasMuted: boolean;
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
}

function choice(): Choice {
  try {
    return JSON.parse(readItem("localStorage", STORAGE_KEY) || "{}") as Choice;
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
  private readonly absent = new Map<DeviceKind, AbsentDevice>();

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
    return this.tracks.get(kind)?.getSettings().deviceId ?? this.chosen[kind] ?? "";
  }

  // ---- microphone ----

  /** Opens the microphone, muted or not. Returns whether that worked. */
  async openMicrophone(): Promise<boolean> {
    if (this.tracks.has("microphone")) return true;
    return (await this.openSource("microphone", this.chosen.microphone)) !== null;
  }

  async setMuted(muted: boolean): Promise<void> {
    this.isMuted = muted;
    if (!muted && !(await this.openMicrophone())) this.isMuted = true;
    const track = this.tracks.get("microphone");
    if (track) track.enabled = !this.isMuted;
    this.changed();
  }

  // ---- camera ----

  async setCamera(on: boolean): Promise<void> {
    if (!on) {
      this.absent.delete("camera");
      this.stopTrack("camera");
    } else if (!this.camera) await this.openSource("camera", this.chosen.camera);
    this.changed();
  }

  // ---- screen ----

  async setScreen(on: boolean): Promise<void> {
    if (!on) {
      this.stopTrack("screen");
      this.stopTrack("screen-sound");
    } else if (!this.screen) await this.takeScreen();
    this.changed();
  }

  private async takeScreen(): Promise<void> {
    if (!hasDevices() || !("getDisplayMedia" in navigator.mediaDevices)) {
      this.trouble.screen = unavailable();
      return;
    }
    try {
      // eslint-disable-next-line own/oldest-browsers -- asked for above
      const stream = await navigator.mediaDevices.getDisplayMedia({ video: { frameRate: { max: 15 } }, audio: true });
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
    if (kind !== "speaker") this.absent.delete(kind);
    writeItem("localStorage", STORAGE_KEY, JSON.stringify(this.chosen));
    if (kind === "microphone" && this.tracks.has("microphone")) {
      this.stopTrack("microphone");
      await this.openMicrophone();
    }
    if (kind === "camera" && this.camera) {
      this.stopTrack("camera");
      await this.setCamera(true);
    }
    this.changed();
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
    await this.takeBack();
    this.changed();
  }

  dismissTrouble(kind: LocalSource): void {
    this.trouble[kind] = "";
    this.changed();
  }

  stop(): void {
    for (const kind of [...this.tracks.keys()]) this.stopTrack(kind);
    this.absent.clear();
    this.isMuted = true;
    this.changed();
  }

  // ---- inside ----

  private async openSource(kind: DeviceKind, device: string | undefined): Promise<MediaStreamTrack | null> {
    if (!hasDevices()) {
      this.trouble[kind] = unavailable();
      return null;
    }
    try {
      return this.use(kind, await openAnyOfKind(constraints(kind, device)));
    } catch (error) {
      const trouble = troubleOf(error);
      const other = trouble === "busy" ? await this.openOther(kind, device ?? "", "busy") : null;
      if (!other) this.trouble[kind] = trouble;
      return other;
    }
  }

  private use(kind: DeviceKind, stream: MediaStream): MediaStreamTrack | null {
    const [track] = stream.getTracks();
    if (!track) return null;
    this.addTrack(kind, track);
    if (kind === "microphone") track.enabled = !this.isMuted;
    this.trouble[kind] = "";
    void this.refreshDevices();
    return track;
  }

  /** The first other device that works. */
  private async openOther(kind: DeviceKind, except: string, why: DeviceChange["why"]): Promise<MediaStreamTrack | null> {
    const wanted = kind === "microphone" ? "audioinput" : "videoinput";
    const all = await navigator.mediaDevices.enumerateDevices();
    for (const { deviceId } of all.filter((one) => one.kind === wanted && one.deviceId !== "" && one.deviceId !== except)) {
      const track = await this.openExactly(kind, deviceId, why);
      if (track) return track;
    }
    return null;
  }

  private async openExactly(kind: DeviceKind, device: string, why: DeviceChange["why"]): Promise<MediaStreamTrack | null> {
    try {
      const track = this.use(kind, await navigator.mediaDevices.getUserMedia(constraints(kind, device)));
      if (track) this.tell({ kind, why, device: track.label });
      return track;
    } catch {
      return null; // unplugged as well, or in use elsewhere
    }
  }

  // ---- unplugged and back ----

  private async unplugged(kind: DeviceKind, track: MediaStreamTrack): Promise<void> {
    const device = track.getSettings().deviceId ?? "";
    const before = this.absent.get(kind); // the device in its place is unplugged, too
    this.absent.set(kind, before ?? { device, wasMuted: this.isMuted });
    this.stopTrack(kind);
    if (!(await this.openOther(kind, device, "unplugged"))) {
      this.trouble[kind] = "unplugged";
      if (kind === "microphone") this.isMuted = true;
    }
    void this.refreshDevices();
    this.changed();
  }

  private async takeBack(): Promise<void> {
    for (const [kind, { device, wasMuted }] of [...this.absent]) {
      const there = kind === "microphone" ? this.devices.microphones : this.devices.cameras;
      if (!there.some(({ deviceId }) => deviceId === device)) continue;
      this.absent.delete(kind);
      if (kind === "microphone" && !this.tracks.has(kind)) this.isMuted = wasMuted;
      if (await this.openExactly(kind, device, "back")) continue;
      if (kind === "microphone" && !this.tracks.has(kind)) this.isMuted = true;
    }
  }

  private tell(detail: DeviceChange): void {
    this.dispatchEvent(new CustomEvent("device", { detail }));
  }

  private addTrack(kind: TrackKind, track: MediaStreamTrack): void {
    this.stopTrack(kind);
    this.tracks.set(kind, track);
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
    const track = this.tracks.get(kind);
    if (!track) return;
    track.onended = null;
    track.stop();
    this.tracks.delete(kind);
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

function exactDevice(device: string | undefined): MediaTrackConstraints {
  return device ? { deviceId: { exact: device } } : {};
}

function constraints(kind: DeviceKind, device: string | undefined): MediaStreamConstraints {
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

function troubleOf(error: unknown): Trouble {
  const name = error instanceof DOMException || error instanceof Error ? error.name : "";
  const isBySystem = error instanceof Error && /system/i.test(error.message); // Chrome's message, always in English
  if (name === "NotAllowedError" || name === "SecurityError") return isBySystem ? "system" : "denied";
  if (name === "NotFoundError" || name === "OverconstrainedError") return "missing";
  return "busy";
}
