// Uploads the parts of a recording in order (tus 1.0), each at the offset that the server has.

const VERSION = { "Tus-Resumable": "1.0.0" };
const LONGEST_PAUSE = 15_000;
const GIVE_UP_AFTER = 10 * 60_000;

/** Bytes. A recorder's first part may be a single byte, too little for the server to check the format. */
const LEAST_TO_BEGIN = 1024;

class FinalError extends Error {}

export class PartUpload {
  private readonly parts: Blob[] = [];
  private offset = 0;
  private total = 0;
  private working: Promise<void> | null = null;
  private hasFailed = false;

  constructor(
    private readonly address: string,
    private readonly csrf: string,
    private readonly onFailure: () => void,
    private readonly fetcher: typeof fetch = (...request) => fetch(...request),
  ) {}

  add(part: Blob): void {
    if (part.size === 0 || this.hasFailed) return;
    this.total += part.size;
    this.parts.push(part);
    if (this.total >= LEAST_TO_BEGIN) this.working ??= this.work();
  }

  /** Waits for every part, then sends the length of the whole. */
  async finish(): Promise<void> {
    await (this.working ?? this.work());
    if (this.hasFailed) return;
    await this.withRetries(() => this.patch(new Blob([]), { "Upload-Length": String(this.total) }));
  }

  private async work(): Promise<void> {
    while (this.parts.length > 0 && !this.hasFailed) await this.deliver(new Blob(this.parts.splice(0)));
    this.working = null;
  }

  /** A part may have arrived although the response did not: a retry asks for the server's offset first. */
  private async deliver(part: Blob): Promise<void> {
    const end = this.offset + part.size;
    const begin = this.offset;
    await this.withRetries(async (isRetry) => {
      if (isRetry) this.offset = await this.askOffset();
      if (this.offset >= end) return;
      await this.patch(part.slice(this.offset - begin), {});
    });
  }

  private async patch(body: Blob, headers: Record<string, string>): Promise<void> {
    const answer = await this.fetcher(this.address, {
      method: "PATCH",
      credentials: "same-origin",
      body,
      headers: {
        ...VERSION,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": String(this.offset),
        "X-CSRFToken": this.csrf,
        ...headers,
      },
    });
    this.offset = offsetOf(answer) ?? this.offset + body.size;
  }

  private async askOffset(): Promise<number> {
    const answer = await this.fetcher(this.address, { method: "HEAD", credentials: "same-origin", headers: VERSION });
    return offsetOf(answer) ?? this.offset;
  }

  private async withRetries(attempt: (isRetry: boolean) => Promise<void>): Promise<void> {
    const began = performance.now();
    for (let pause = 500, tries = 0; ; pause = Math.min(LONGEST_PAUSE, pause * 2), tries++) {
      try {
        await attempt(tries > 0);
        return;
      } catch (error) {
        if (error instanceof FinalError || performance.now() - began > GIVE_UP_AFTER) {
          this.giveUp();
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  private giveUp(): void {
    if (!this.hasFailed) this.onFailure();
    this.hasFailed = true;
    this.parts.length = 0;
  }
}

/** 409 is a wrong offset, which a retry corrects; other 4xx will not succeed. */
function offsetOf(answer: Response): number | null {
  if (!answer.ok) {
    const isFinal = answer.status >= 400 && answer.status < 500 && ![408, 409, 423, 429].includes(answer.status);
    throw isFinal ? new FinalError(String(answer.status)) : new Error(String(answer.status));
  }
  const offset = answer.headers.get("Upload-Offset");
  return offset === null ? null : Number(offset);
}
