// The upload form of recordings and of a project's files: resumable (tus), with progress and pause; continues after a break or a reload.
import { DetailedError, type HttpResponse, Upload } from "tus-js-client";
import { isSamePerson, renewCsrfToken, messageFor } from "../islands/problems";
import { filled } from "./time";

const PART = 4 * 1024 * 1024;
const MEGABYTE = 1_000_000;
// An unfinished earlier upload exists: the host chooses whether to continue it.
const UNFINISHED = 428;
const FORBIDDEN = 403;
const GONE = 404;
const TOO_LARGE = 413;
const DISK_FULL = 507;

export class Uploading {
  private upload: Upload | null = null;
  private isPaused = false;
  private recording = "";
  private isTokenNew = false;

  constructor(private readonly form: HTMLFormElement) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.isTokenNew = false;
      void this.begin();
    });
    this.pauseButton?.addEventListener("click", () => this.pauseOrGoOn());
  }

  /** `resumeUrl`: the unfinished upload of the same file, if another browser began it. */
  private async begin(resumeUrl: string | null = null): Promise<void> {
    const file = this.form.querySelector<HTMLInputElement>('input[type="file"]')?.files?.[0];
    const { endpoint, meeting, project, file: versionOf, largest, tooLarge } = this.form.dataset;
    const place = [meeting ?? project, versionOf].filter(Boolean).join("-");
    if (!file || !endpoint) return;
    this.say("");
    this.showComplaint("");
    if (file.size > Number(largest)) {
      this.showComplaint(tooLarge ?? "");
      return;
    }
    const metadata: Record<string, string> = { filename: file.name, filetype: file.type, ...(project ? { project, ...(versionOf ? { file: versionOf } : {}) } : { meeting: meeting ?? "" }), ...(this.replaces ? { replace: "1" } : {}) };
    this.upload = new Upload(file, {
      endpoint,
      uploadUrl: resumeUrl,
      metadata,
      // The choice is for this attempt only: a later new start must not replace anybody else's upload.
      onUploadUrlAvailable: () => {
        delete metadata.replace;
        this.forgetUnfinished();
      },
      chunkSize: PART,
      retryDelays: [0, 1000, 3000, 5000, 10_000, 20_000, 30_000],
      removeFingerprintOnSuccess: true,
      headers: { "X-CSRFToken": this.csrf },
      fingerprint: (chosen) => Promise.resolve(["recording", place, file.name, chosen.size, file.lastModified].join("-")),
      onProgress: (sent, total) => this.showProgress(sent, total),
      onChunkComplete: () => this.say(""),
      onAfterResponse: (_request, response) => {
        this.recording = response.getHeader("Recording-Location") ?? this.recording;
      },
      onShouldRetry: (error) => {
        const status = error.originalResponse?.getStatus() ?? 0;
        // 409 on a part is a wrong offset; on creation, that somebody else is uploading.
        const isPart = error.originalRequest.getMethod() === "PATCH";
        const again = status === 0 || (status === 409 && isPart) || status === 423 || status >= 500;
        const said = status === DISK_FULL ? error.originalResponse?.getBody() : undefined;
        if (again) this.say(said ?? this.form.dataset.broken ?? "");
        return again;
      },
      onError: (error) => void this.failed(error),
      onSuccess: () => this.done(),
    });
    const [earlier] = resumeUrl ? [] : await this.upload.findPreviousUploads();
    if (earlier && !this.replaces) this.upload.resumeFromPreviousUpload(earlier);
    this.busy(true);
    this.upload.start();
  }

  private pauseOrGoOn(): void {
    const { upload, pauseButton: button } = this;
    if (!upload || !button) return;
    this.isPaused = !this.isPaused;
    [button.textContent, button.dataset.goOn] = [button.dataset.goOn ?? "", button.textContent];
    this.say(this.isPaused ? (this.form.dataset.stopped ?? "") : "");
    if (this.isPaused) void upload.abort();
    else upload.start();
  }

  private done(): void {
    this.say(this.form.dataset.done ?? "");
    if (this.recording) location.assign(this.recording);
    else location.reload();
  }

  private async failed(error: Error): Promise<void> {
    const response = error instanceof DetailedError ? error.originalResponse : null;
    const resumeUrl = response?.getStatus() === UNFINISHED ? response.getHeader("Location") : null;
    if (resumeUrl) return this.begin(resumeUrl);
    if (response?.getHeader("X-Form-Problem") === "expired" && !this.isTokenNew && (await this.isSignedIn())) {
      this.isTokenNew = true;
      await renewCsrfToken();
      return this.begin();
    }
    this.busy(false);
    if (response?.getStatus() === UNFINISHED) this.offer(response.getBody());
    else this.showComplaint(await this.wordsFor(response));
  }

  /** Plain text is a message of the server; HTML is not shown. */
  private async wordsFor(response: HttpResponse | null): Promise<string> {
    const { refused, signedOut, gone, failed } = this.form.dataset;
    if (response?.getHeader("Content-Type")?.startsWith("text/plain")) return [refused, response.getBody()].join(" ");
    const status = response?.getStatus() ?? 0;
    if ([FORBIDDEN, GONE, TOO_LARGE].includes(status) && !(await this.isSignedIn())) return signedOut ?? "";
    // A part of an upload that does not exist is refused for its size first.
    if (status === GONE || status === TOO_LARGE) return gone ?? "";
    return (status >= 400 && status < 500 ? messageFor(status) : failed) ?? "";
  }

  /** False without a response. */
  private isSignedIn(): Promise<boolean> {
    return isSamePerson().catch(() => true);
  }

  private offer(words: string): void {
    const choice = this.form.querySelector<HTMLElement>("[data-unfinished]");
    const box = this.form.querySelector<HTMLElement>("[data-replace]");
    if (choice) choice.hidden = false;
    if (box) box.hidden = false;
    this.say("");
    this.write("[data-unfinished-words]", words);
    box?.querySelector("input")?.focus();
  }

  /** The upload runs: there is nothing left to choose. */
  private forgetUnfinished(): void {
    const choice = this.form.querySelector<HTMLElement>("[data-unfinished]");
    const box = choice?.querySelector<HTMLInputElement>('input[type="checkbox"]');
    if (choice) choice.hidden = true;
    if (box) box.checked = false;
  }

  // ---- rendering ----

  private showProgress(sent: number, total: number): void {
    const progress = this.form.querySelector("progress");
    if (progress) progress.value = total ? (100 * sent) / total : 0;
    const words = filled(this.form.dataset.sent ?? "", megabytes(sent), megabytes(total));
    this.write("[data-sent-words]", words);
  }

  private busy(isBusy: boolean): void {
    const progress = this.form.querySelector<HTMLElement>("[data-progress]");
    if (progress) progress.hidden = !isBusy;
    if (this.pauseButton) this.pauseButton.hidden = !isBusy;
    const start = this.form.querySelector<HTMLButtonElement>("[data-start]");
    if (start) start.disabled = isBusy;
  }

  private say(words: string): void {
    this.write("[data-status]", words);
  }

  private showComplaint(words: string): void {
    this.write("[data-error]", words);
    const place = this.form.querySelector<HTMLElement>("[data-complaint]");
    if (place) place.hidden = !words;
  }

  private write(selector: string, words: string): void {
    const place = this.form.querySelector(selector);
    if (place) place.textContent = words;
  }

  private get pauseButton(): HTMLButtonElement | null {
    return this.form.querySelector("[data-pause]");
  }

  private get replaces(): boolean {
    return this.form.querySelector<HTMLInputElement>('[data-unfinished] input[type="checkbox"]')?.checked ?? false;
  }

  private get csrf(): string {
    return this.form.querySelector<HTMLInputElement>('input[name="csrfmiddlewaretoken"]')?.value ?? "";
  }
}

function megabytes(bytes: number): string {
  const digits = bytes < 10 * MEGABYTE ? 1 : 0;
  return (bytes / MEGABYTE).toLocaleString(document.documentElement.lang, { maximumFractionDigits: digits });
}
