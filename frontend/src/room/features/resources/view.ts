// The tab of links and documents; hosts and speakers share and remove them there.
import { html, nothing, type TemplateResult } from "lit";
import { customElement, property, state } from "lit/decorators.js";
import { repeat } from "lit/directives/repeat.js";
import { icon } from "../../page";
import type { ResourceInfo, RoomEvent } from "../../protocol.generated";
import { may, type State } from "../../state";
import { formatNumber, t } from "../../translations";
import { RoomElement } from "../../views/error-boundary";
import type { RoomContext, RoomFeature } from "../registry";
import { LARGEST_FILE } from "./client";
import { problemOf } from "./state";

const LONGEST_TITLE = 120;
const LONGEST_ADDRESS = 800;
const ACCEPT = ".pdf,.png,.jpg,.jpeg,.webp,.odt,.ods,.odp,.docx,.xlsx,.pptx,.txt,.csv";
const MEGABYTE = 1024 * 1024;

export function sizeInWords(bytes: number): string {
  return bytes < MEGABYTE ? `${formatNumber(Math.max(1, Math.round(bytes / 1024)))} kB` : `${formatNumber(bytes / MEGABYTE, 1)} MB`;
}

const aboutIt = ({ kind, host, type, size }: ResourceInfo): string => (kind === "link" ? host : `${type.toUpperCase()}, ${sizeInWords(size)}`);

@customElement("room-resources")
export class RoomResources extends RoomElement {
  @property({ attribute: false }) here!: RoomContext;
  @property({ attribute: false }) now!: State;
  @state() private linkProblem: "" | "title" | "address" | "full" = "";
  @state() private fileProblem = "";
  @state() private isBusy = false;

  private readonly share = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const [title, address] = ["title", "address"].map((name) => (form.elements.namedItem(name) as HTMLInputElement).value) as [string, string];
    this.linkProblem = problemOf(title, address);
    if (this.linkProblem === "") {
      const outcome = await this.here.room.resources.share(title, address);
      if (outcome === "shared") form.reset();
      else if (outcome !== "failed") this.linkProblem = outcome;
    }
    await this.updateComplete;
    form.querySelector<HTMLElement>(this.linkProblem === "address" ? "#resource-address" : "#resource-title")?.focus();
  };

  private readonly upload = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (this.isBusy) return;
    const form = event.currentTarget as HTMLFormElement;
    const file = form.querySelector<HTMLInputElement>("input[type=file]")?.files?.[0];
    if (!file) this.fileProblem = t("resources.choose_file");
    else if (file.size > LARGEST_FILE) this.fileProblem = t("resources.too_large");
    else {
      this.fileProblem = "";
      this.isBusy = true;
      const problem = await this.here.room.resources.upload(this.here.page.resourcesUrl, file, (form.elements.namedItem("title") as HTMLInputElement).value);
      this.isBusy = false;
      this.fileProblem = problem ?? t("resources.not_uploaded");
      if (problem === "") form.reset();
    }
    if (this.fileProblem) form.querySelector<HTMLElement>("input[type=file]")?.focus();
  };

  private async removeOne(resource: ResourceInfo): Promise<void> {
    const question = { title: t("resources.remove_title"), text: `${resource.title}. ${t("resources.remove_text")}`, yes: t("resources.remove"), no: t("resources.keep"), isGrave: true };
    if (!(await this.here.ask(question)) || !(await this.here.room.resources.remove(resource.id))) return;
    await this.updateComplete;
    this.querySelector<HTMLElement>(".scroll")?.focus();
  }

  // ---- rendering ----

  protected override render(): TemplateResult {
    const { resources } = this.now;
    return html`<div class="scroll" tabindex="0" role="group" aria-label=${t("resources")}>
      <section class="panel-section" aria-labelledby="resources-h">
        <h2 id="resources-h">${t("resources")}</h2>
        ${resources.length === 0 ? html`<p class="soft">${t("resources.empty")}</p>` : html`<ul class="poll-list">${repeat(resources, ({ id }) => id, (resource) => this.one(resource))}</ul>`}
        ${resources.length > 0 && this.now.room?.meeting ? html`<p class="small soft">${t("resources.on_page")}</p>` : nothing}
      </section>
      ${may(this.now, "resource.share") ? html`${this.linkForm()}${this.fileForm()}` : nothing}
    </div>`;
  }

  private one(resource: ResourceInfo): TemplateResult {
    return html`<li data-resource=${resource.id}>
      <p>${resourceLink(resource, html`${icon(resource.kind === "link" ? "link" : "download")}<bdi>${resource.title}</bdi>`)}<br><span class="small soft">${aboutIt(resource)}</span></p>
      ${may(this.now, "resource.remove") ? html`<p class="actions"><button class="button button--small button--plain" type="button" data-act="remove" @click=${() => void this.removeOne(resource)}>${t("resources.remove")}<span class="visually-hidden"> ${resource.title}</span></button></p>` : nothing}
    </li>`;
  }

  private linkForm(): TemplateResult {
    const problems = { title: t("resources.bad_title"), address: t("resources.bad_address"), full: t("resources.not_shared") };
    const isWrong = (field: string): boolean => this.linkProblem === field;
    return html`<section class="panel-section" aria-labelledby="resource-link-h">
      <h2 id="resource-link-h">${t("resources.link_title")}</h2>
      <form class="stack stack--close" novalidate data-form="link" @submit=${this.share}>
        <label for="resource-title">${t("resources.name")}</label>
        <input class="input" id="resource-title" name="title" maxlength=${LONGEST_TITLE} autocomplete="off" aria-invalid=${isWrong("title") ? "true" : nothing} aria-describedby=${isWrong("title") ? "resource-problem" : nothing} />
        <label for="resource-address">${t("resources.address")}</label>
        <input class="input" id="resource-address" name="address" type="url" inputmode="url" maxlength=${LONGEST_ADDRESS} autocomplete="off" placeholder="https://" aria-invalid=${isWrong("address") ? "true" : nothing} aria-describedby="resource-problem" />
        <p class="small ${this.linkProblem ? "problem" : "soft"}" id="resource-problem" role="status">${this.linkProblem ? problems[this.linkProblem] : t("resources.address_hint")}</p>
        <p class="actions"><button class="button button--small" type="submit">${icon("send")}${t("resources.share")}</button></p>
      </form>
    </section>`;
  }

  private fileForm(): TemplateResult {
    return html`<section class="panel-section" aria-labelledby="resource-file-h">
      <h2 id="resource-file-h">${t("resources.file_title")}</h2>
      <form class="stack stack--close" novalidate data-form="file" @submit=${this.upload}>
        <label for="resource-file">${t("resources.file")}</label>
        <input class="input" id="resource-file" name="file" type="file" accept=${ACCEPT} aria-describedby="resource-file-problem" aria-invalid=${this.fileProblem ? "true" : nothing} />
        <p class="small ${this.fileProblem ? "problem" : "soft"}" id="resource-file-problem" role="status">${this.fileProblem || (this.isBusy ? t("resources.uploading") : t("resources.file_hint"))}</p>
        <label for="resource-file-title">${t("resources.name")} <span class="small soft">(${t("resources.name_hint")})</span></label>
        <input class="input" id="resource-file-title" name="title" maxlength=${LONGEST_TITLE} autocomplete="off" />
        <p class="actions"><button class="button button--small" type="submit" aria-busy=${this.isBusy ? "true" : nothing}>${icon("up")}${t("resources.upload")}</button></p>
      </form>
    </section>`;
  }
}

/** A link opens beside the room, which stays; a document is downloaded. */
function resourceLink({ kind, url }: ResourceInfo, text: TemplateResult): TemplateResult {
  if (kind === "file") return html`<a class="resource" href=${url} download>${text}</a>`;
  return html`<a class="resource" href=${url} target="_blank" rel="noopener noreferrer">${text}<span class="visually-hidden"> (${t("resources.new_window")})</span></a>`;
}

function received(event: RoomEvent, here: RoomContext): void {
  if (event.ev !== "resource.shared" || event.by?.id === here.state.you?.id) return;
  const { kind, title, url } = event.resource;
  const text = t("resources.shared_says", { title });
  if (here.isTabOpen("resources")) here.announce(text);
  else here.toast(text, { word: kind === "link" ? t("resources.open") : t("resources.download"), href: url, isFile: kind === "file" }, `resource ${event.resource.id}`);
}

export const resourcesFeature: RoomFeature = {
  tab: {
    id: "resources",
    label: () => t("resources"),
    isShown: (state) => state.room?.kind !== "breakout" && (state.resources.length > 0 || may(state, "resource.share")),
    count: ({ resources }) => resources.length,
    render: (here) => html`<room-resources .here=${here} .now=${here.state}></room-resources>`,
  },
  received,
};

declare global {
  interface HTMLElementTagNameMap {
    "room-resources": RoomResources;
  }
}
