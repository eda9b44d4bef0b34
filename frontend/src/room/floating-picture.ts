// Picture-in-picture: a small window over other programs, which follows what is large on the stage.

/** Firefox has a control of its own on each picture instead. */
export function hasPictureInPicture(): boolean {
  return "pictureInPictureEnabled" in document && document.pictureInPictureEnabled; // eslint-disable-line own/oldest-browsers -- this is the check
}

/** Milliseconds: on a track without frames, `play` would wait for ever; the press counts for five seconds. */
const FIRST_FRAME_WITHIN = 3_000;

/** For a video that stays on the page: one that is moved would lose its window. */
export class FloatingPicture {
  private video: HTMLVideoElement | null = null;
  private track: MediaStreamTrack | null = null;

  /* eslint-disable own/oldest-browsers -- only where hasPictureInPicture() */
  /** In a user gesture. */
  async toggle(video: HTMLVideoElement, track: MediaStreamTrack | null): Promise<void> {
    if (document.pictureInPictureElement) {
      await document.exitPictureInPicture();
      return;
    }
    if (!track) return;
    this.video = video;
    this.track = null;
    this.follow(track);
    try {
      await Promise.race([video.play(), new Promise((resolve) => setTimeout(resolve, FIRST_FRAME_WITHIN))]);
      await video.requestPictureInPicture(); // refuses without a frame
    } catch (error) {
      this.closed();
      throw error;
    }
    video.addEventListener("leavepictureinpicture", () => this.closed(), { once: true });
  }

  /* eslint-enable own/oldest-browsers */

  /** The last picture stays when there is none. */
  follow(track: MediaStreamTrack | null): void {
    if (!this.video || !track || track === this.track) return;
    this.track = track;
    this.video.srcObject = new MediaStream([track]);
    void this.video.play().catch(() => undefined); // replaced meanwhile
  }

  private closed(): void {
    if (this.video) this.video.srcObject = null;
    this.video = this.track = null;
  }
}
