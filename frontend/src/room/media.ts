// Local media: microphone, camera and screen. Turning the camera off releases it.
import { readItem, writeItem } from "../storage";
import type { TrackKind } from "./signals";

/** Why a device does not work: blocked for this page or by the system, missing, unplugged, in use by another program. */
export type Trouble = "" | "denied" | "system" | "missing" | "unplugged" | "busy" | "unsupported" | "insecure";
export type LocalSource = "microphone" | "camera" | "screen";

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

export class LocalMedia extends EventTarget {
  readonly tracks = new Map<TrackKind, MediaStreamTrack>();
  readonly trouble: Record<LocalSource, Trouble> = { microphone: "", camera: "", screen: "" };
  isMuted = true;
  devices: Devices = { microphones: [], cameras: [], speakers: [] };
  private readonly chosen: Choice = choice();
  private isWatching = false;

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
    const track = await this.openSource("microphone", {
      audio: { ...exactDevice(this.chosen.microphone), echoCancellation: true, noiseSuppression: true, autoGainControl: true },
    });
    if (track) track.enabled = !this.isMuted;
    return track !== null;
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
    if (!on) this.stopTrack("camera");
    else if (!this.camera) {
      const size = { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 24, max: 30 } };
      await this.openSource("camera", { video: { ...exactDevice(this.chosen.camera), ...size } });
    }
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
    this.changed();
  }

    dismissTrouble(kind: LocalSource): void {
    this.trouble[kind] = "";
    this.changed();
  }

  stop(): void {
    for (const kind of [...this.tracks.keys()]) this.stopTrack(kind);
    this.isMuted = true;
    this.changed();
  }

  // ---- inside ----

  private async openSource(kind: "microphone" | "camera", wanted: MediaStreamConstraints): Promise<MediaStreamTrack | null> {
    if (!hasDevices()) {
      this.trouble[kind] = unavailable();
      return null;
    }
    try {
      const stream = await openAnyOfKind(wanted);
      const [track] = stream.getTracks();
      if (!track) return null;
      this.addTrack(kind, track);
      this.trouble[kind] = "";
      void this.refreshDevices();
      return track;
    } catch (error) {
      this.trouble[kind] = troubleOf(error);
      return null;
    }
  }

  private addTrack(kind: TrackKind, track: MediaStreamTrack): void {
    this.stopTrack(kind);
    this.tracks.set(kind, track);
    // Unplugged, or stopped by the browser's own “Stop sharing”.
    track.onended = () => {
      if (kind === "screen") void this.setScreen(false);
      else {
        if (kind === "microphone" || kind === "camera") this.trouble[kind] = "unplugged";
        this.stopTrack(kind);
        if (kind === "microphone") this.isMuted = true;
        void this.refreshDevices();
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
