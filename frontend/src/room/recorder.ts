// Records the room in the host's browser: the stage drawn on a canvas, all audio mixed, uploaded in parts, so that a
// closed tab loses at most the last part.
import { PartUpload } from "./upload";

export interface SceneItem {
  name: string;
  picture: MediaStreamTrack | null;
  sound: MediaStreamTrack[];
  isScreen: boolean;
}

const WIDTH = 1280;
const HEIGHT = 720;
const PART_EVERY = 4_000;
const PICTURES_PER_SECOND = 12;
// VP8 first: it needs the least CPU beside the call.
const KINDS = ["video/webm;codecs=vp8,opus", "video/webm;codecs=vp9,opus", "video/webm", "video/mp4"];

export function recordingKind(): string | null {
  if (typeof MediaRecorder === "undefined") return null;
  return KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? null;
}

/** Fires `change` when it starts or stops, `failed` when parts cannot be uploaded. */
export class Recorder extends EventTarget {
  isRecording = false;
  private scene: () => SceneItem[] = () => [];
  private readonly canvas = document.createElement("canvas");
  private readonly videos = new Map<MediaStreamTrack, HTMLVideoElement>();
  private readonly voices = new Map<MediaStreamTrack, MediaStreamAudioSourceNode>();
  private audio: AudioContext | null = null;
  private mix: MediaStreamAudioDestinationNode | null = null;
  private ticker: Worker | null = null;
  private recorder: MediaRecorder | null = null;
  private upload: PartUpload | null = null;

  constructor(private readonly csrf: string) {
    super();
    this.canvas.width = WIDTH;
    this.canvas.height = HEIGHT;
  }

  start(address: string, scene: () => SceneItem[]): void {
    const kind = recordingKind();
    if (kind === null || this.isRecording) throw new Error("cannot record");
    this.scene = scene;
    this.upload = new PartUpload(address, this.csrf, () => this.fail());
    this.audio = new AudioContext();
    this.mix = this.audio.createMediaStreamDestination();
    const pictures = this.canvas.captureStream(PICTURES_PER_SECOND);
    const stream = new MediaStream([...pictures.getVideoTracks(), ...this.mix.stream.getAudioTracks()]);
    this.recorder = new MediaRecorder(stream, { mimeType: kind, videoBitsPerSecond: 1_500_000, audioBitsPerSecond: 96_000 });
    this.recorder.ondataavailable = ({ data }) => this.upload?.add(data);
    this.ticker = new Worker(new URL("./ticker.ts", import.meta.url), { type: "module" });
    this.ticker.onmessage = () => this.drawAndRest();
    this.drawAndRest();
    this.recorder.start(PART_EVERY);
    this.isRecording = true;
    window.addEventListener("beforeunload", warn);
    this.dispatchEvent(new Event("change"));
  }

  /** Resolves when the last part has been uploaded, or given up. */
  async stop(): Promise<void> {
    const { recorder, upload } = this;
    if (!recorder || !this.isRecording) return;
    this.isRecording = false;
    await new Promise((resolve) => {
      recorder.onstop = resolve;
      recorder.stop();
    });
    this.putAway();
    await upload?.finish();
    this.dispatchEvent(new Event("change"));
  }

  private fail(): void {
    this.dispatchEvent(new Event("failed"));
  }

  private putAway(): void {
    window.removeEventListener("beforeunload", warn);
    this.ticker?.terminate();
    void this.audio?.close();
    for (const video of this.videos.values()) video.srcObject = null;
    this.videos.clear();
    this.voices.clear();
    this.recorder = this.ticker = this.audio = this.mix = null;
  }

  // ---- drawing and mixing ----

  /** Rests at least twice as long as drawing took, so that the call has the CPU. */
  private drawAndRest(): void {
    const began = performance.now();
    this.draw();
    const took = performance.now() - began;
    this.ticker?.postMessage(Math.max(1000 / PICTURES_PER_SECOND - took, took * 2));
  }

  private draw(): void {
    const shown = this.scene();
    this.mixVoices(shown.flatMap((one) => one.sound));
    this.dropVideos(new Set(shown.map((one) => one.picture)));
    const context = this.canvas.getContext("2d", { alpha: false });
    if (!context) return;
    context.fillStyle = "#101e23";
    context.fillRect(0, 0, WIDTH, HEIGHT);
    for (const [one, box] of layout(shown)) this.drawOne(context, one, box);
  }

  private drawOne(context: CanvasRenderingContext2D, one: SceneItem, box: Box): void {
    context.save();
    context.beginPath();
    context.rect(box.x, box.y, box.width, box.height);
    context.clip();
    context.fillStyle = "#1a2c32";
    context.fillRect(box.x, box.y, box.width, box.height);
    const video = one.picture && this.videoOf(one.picture);
    if (video && video.videoWidth > 0) drawFitted(context, video, box, one.isScreen);
    else drawInitials(context, one.name, box);
    drawName(context, one.name, box);
    context.restore();
  }

  private videoOf(track: MediaStreamTrack): HTMLVideoElement {
    const known = this.videos.get(track);
    if (known) return known;
    const video = document.createElement("video");
    video.muted = true;
    // eslint-disable-next-line own/oldest-browsers -- Firefox plays in the page anyway
    video.playsInline = true;
    video.srcObject = new MediaStream([track]);
    void video.play().catch(() => undefined);
    this.videos.set(track, video);
    return video;
  }

  private dropVideos(kept: Set<MediaStreamTrack | null>): void {
    for (const [track, video] of this.videos) {
      if (kept.has(track)) continue;
      video.srcObject = null;
      this.videos.delete(track);
    }
  }

  private mixVoices(tracks: MediaStreamTrack[]): void {
    const { audio, mix } = this;
    if (!audio || !mix) return;
    for (const [track, source] of this.voices) {
      if (tracks.includes(track)) continue;
      source.disconnect();
      this.voices.delete(track);
    }
    for (const track of tracks) {
      if (this.voices.has(track) || track.readyState === "ended") continue;
      const source = audio.createMediaStreamSource(new MediaStream([track]));
      source.connect(mix);
      this.voices.set(track, source);
    }
  }
}

function warn(event: BeforeUnloadEvent): void {
  event.preventDefault();
}

// ---- layout ----------------------------------------------------------------------------------------------

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const GAP = 12;

/** A shared screen with people in a column beside it, else people in a grid. */
export function layout<One extends { isScreen: boolean }>(shown: readonly One[]): [One, Box][] {
  const screen = shown.find((one) => one.isScreen);
  const people = shown.filter((one) => !one.isScreen);
  if (!screen) return inGrid(people, { x: 0, y: 0, width: WIDTH, height: HEIGHT });
  const side = 240;
  const column = people.slice(0, 4).map<[One, Box]>((one, place) => [one, { x: WIDTH - side - GAP, y: GAP + place * 162, width: side, height: 150 }]);
  return [[screen, { x: GAP, y: GAP, width: WIDTH - side - 3 * GAP, height: HEIGHT - 2 * GAP }], ...column];
}

function inGrid<One>(people: readonly One[], area: Box): [One, Box][] {
  const columns = Math.ceil(Math.sqrt(people.length));
  const rows = Math.ceil(people.length / Math.max(1, columns));
  const width = (area.width - (columns + 1) * GAP) / columns;
  const height = (area.height - (rows + 1) * GAP) / rows;
  return people.map((one, place) => {
    const row = Math.floor(place / columns);
    return [one, { x: GAP + (place % columns) * (width + GAP), y: GAP + row * (height + GAP), width, height }];
  });
}

function drawFitted(context: CanvasRenderingContext2D, video: HTMLVideoElement, box: Box, isWhole: boolean): void {
  const pick = isWhole ? Math.min : Math.max;
  const scale = pick(box.width / video.videoWidth, box.height / video.videoHeight);
  const width = video.videoWidth * scale;
  const height = video.videoHeight * scale;
  context.drawImage(video, box.x + (box.width - width) / 2, box.y + (box.height - height) / 2, width, height);
}

function drawInitials(context: CanvasRenderingContext2D, name: string, box: Box): void {
  context.fillStyle = "#9bdce1";
  context.font = `600 ${Math.round(box.height / 4)}px "Inter Variable", sans-serif`;
  context.textAlign = "center";
  context.textBaseline = "middle";
  context.fillText(initials(name), box.x + box.width / 2, box.y + box.height / 2);
}

function drawName(context: CanvasRenderingContext2D, name: string, box: Box): void {
  context.font = '400 20px "Inter Variable", sans-serif';
  context.textAlign = "start";
  context.textBaseline = "middle";
  const width = Math.min(context.measureText(name).width + 20, box.width - 16);
  context.fillStyle = "#0a1519";
  context.fillRect(box.x + 8, box.y + box.height - 40, width, 32);
  context.fillStyle = "#e9f0f1";
  context.fillText(name, box.x + 18, box.y + box.height - 23, width - 16);
}

export function initials(name: string): string {
  const words = name.split(/\s+/).filter(Boolean);
  return words
    .slice(0, 2)
    .map((word) => [...word][0])
    .join("")
    .toLocaleUpperCase();
}
