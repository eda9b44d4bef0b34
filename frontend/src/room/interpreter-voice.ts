// The voice of an interpreter: a copy of the microphone's track, which is published in the place of it.

export class InterpreterVoice {
  private language = "";
  private source: MediaStreamTrack | null = null;
  private copy: MediaStreamTrack | null = null;

  /** For this channel. A new channel, or a new microphone, gets a new copy; it is silent while `isHeard` is false. */
  of(source: MediaStreamTrack | undefined, language: string, isHeard: boolean): MediaStreamTrack | null {
    if (source !== this.source || language !== this.language) {
      this.end();
      this.copy = source?.clone() ?? null;
      this.source = source ?? null;
      this.language = language;
    }
    if (this.copy) this.copy.enabled = isHeard;
    return this.copy;
  }

  end(): void {
    this.copy?.stop();
    this.copy = this.source = null;
    this.language = "";
  }
}
