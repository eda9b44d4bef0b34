// The picture of a camera with the background blurred, made in a worker of this page: nothing of it leaves the browser.

export interface FromBlurWorker {
  picture?: ImageBitmap;
  isReady?: boolean;
  hasFailed?: boolean;
}

const LOADED_WITHIN = 30_000;
const LOOK_EVERY = 5_000;
/** Pictures a second below which people are told. */
const SLOW = 10;

export class UnableToBlur extends Error {}

export interface BlurCallbacks {
  /** Pictures a second while they are few, else null. */
  slow: (rate: number | null) => void;
  failed: () => void;
}

export class BlurredCamera {
  private readonly canvas = document.createElement("canvas");
  private readonly video = document.createElement("video");
  private readonly worker = new Worker(new URL("./background-blur-worker.ts", import.meta.url), { type: "module" });
  /** What others see. */
  readonly track: MediaStreamTrack;
  private pictures = 0;
  private looked = performance.now();
  private emptyLooks = 0;
  private watch: ReturnType<typeof setInterval> | undefined;

  private constructor(
    readonly source: MediaStreamTrack,
    private readonly callbacks: BlurCallbacks,
  ) {
    const { width = 640, height = 360 } = source.getSettings();
    Object.assign(this.canvas, { width, height }); // the track says the size that it began with
    const [track] = this.canvas.captureStream().getVideoTracks();
    if (!track) throw new UnableToBlur("a canvas without a stream");
    this.track = track;
    this.video.muted = true;
    // eslint-disable-next-line own/oldest-browsers -- Firefox plays in the page anyway
    this.video.playsInline = true;
    this.video.srcObject = new MediaStream([source]);
    void this.video.play().catch(() => undefined);
  }

  /** Resolves with the first picture. Rejects with UnableToBlur, and stops the camera then. */
  static async of(source: MediaStreamTrack, callbacks: BlurCallbacks): Promise<BlurredCamera> {
    const camera = new BlurredCamera(source, callbacks);
    try {
      await camera.begin();
    } catch (error) {
      camera.stop();
      throw error;
    }
    return camera;
  }

  stop(): void {
    clearInterval(this.watch);
    this.worker.terminate();
    this.video.srcObject = null;
    this.source.stop();
    this.track.stop();
  }

  private begin(): Promise<void> {
    return new Promise((resolve, reject) => {
      const failed = (): void => reject(new UnableToBlur());
      const timer = setTimeout(failed, LOADED_WITHIN);
      this.worker.onerror = failed;
      this.worker.onmessage = ({ data }: MessageEvent<FromBlurWorker>) => {
        if (data.hasFailed) failed();
        if (data.isReady) void this.send();
        if (!data.picture) return;
        clearTimeout(timer);
        this.draw(data.picture);
        this.goOn();
        resolve();
      };
    });
  }

  private goOn(): void {
    this.worker.onerror = () => this.callbacks.failed();
    this.worker.onmessage = ({ data }: MessageEvent<FromBlurWorker>) => {
      if (data.picture) this.draw(data.picture);
      if (data.isReady) void this.send();
    };
    this.looked = performance.now();
    this.watch = setInterval(() => this.look(), LOOK_EVERY);
  }

  private async send(): Promise<void> {
    try {
      const picture = await createImageBitmap(this.video);
      this.worker.postMessage(picture, [picture]);
    } catch {
      setTimeout(() => void this.send(), 200); // the camera has no picture yet
    }
  }

  private draw(picture: ImageBitmap): void {
    const { canvas } = this;
    const { width, height } = picture;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d", { alpha: false })?.drawImage(picture, 0, 0);
    picture.close();
    this.pictures += 1;
  }

  private look(): void {
    const now = performance.now();
    const rate = (this.pictures * 1000) / (now - this.looked);
    this.pictures = 0;
    this.looked = now;
    // Once may be a computer that slept.
    this.emptyLooks = rate === 0 && !this.source.muted ? this.emptyLooks + 1 : 0;
    if (this.emptyLooks > 1) this.callbacks.failed();
    else if (!document.hidden) this.callbacks.slow(rate < SLOW ? Math.max(1, Math.round(rate)) : null);
  }
}
