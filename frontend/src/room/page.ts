// The data of the page, and small parts that every view uses.
import { html, svg, type TemplateResult } from "lit";
import { initials } from "./recorder";
import { t } from "./translations";

export interface Page {
  /** Empty on the device test, which has no room. */
  room: string;
  ticketUrl: string;
  probeUrl: string;
  backUrl: string;
    signInUrl: string;
    isSignedIn: boolean;
  contactUrl: string;
  /** Where hosts choose films. */
  filmsUrl: string;
  /** Where hosts and speakers upload slides. */
  slidesUrl: string;
  /** Where hosts and speakers upload documents. */
  resourcesUrl: string;
  /** The project's decisions and actions; empty for whoever is no member of the project. */
  projectPanelUrl: string;
  mayWriteInProject: boolean;
  /** Codes of the languages of the meeting's texts. */
  languages: string[];
  title: string;
  subtitle: string;
  icons: string;
  name: string;
  timeZone: string;
  iceServers: RTCIceServer[];
  maySpeak: boolean;
}

let icons = "/static/icons.svg";

export function readPage(id: string): Page {
  const page = JSON.parse(document.getElementById(id)?.textContent ?? "{}") as Page;
  icons = page.icons;
  return page;
}

export function csrfToken(): string {
  return document.querySelector<HTMLInputElement>("input[name=csrfmiddlewaretoken]")?.value ?? "";
}

/** Decorative: hidden from screen readers. */
export function icon(name: string, css = ""): TemplateResult {
  return html`<svg class="icon ${css}" viewBox="0 0 24 24" aria-hidden="true">${svg`<use href="${icons}#i-${name}"></use>`}</svg>`;
}

const TINTS = ["sea", "moss", "slate", "clay", "heather"];

export function avatar(person: { id: string; name: string }, size: "s" | "l" = "s"): TemplateResult {
  const number = [...person.id].reduce((sum, sign) => (sum * 31 + (sign.codePointAt(0) ?? 0)) % 997, 0);
  const place = /^\d+$/.test(person.id) ? Number(person.id) % 5 : number % 5;
  return html`<span class="avatar avatar--${size}" data-tint=${TINTS[place] ?? "sea"} aria-hidden="true">${initials(person.name)}</span>`;
}

const ROLES: Record<string, () => string> = {
  host: () => t("role.host"),
  co_host: () => t("role.co_host"),
  speaker: () => t("role.speaker"),
  interpreter: () => t("role.interpreter"),
  captioner: () => t("role.captioner"),
};

/** The role in words; an attendee has none. */
export function roleInWords(role: string): string {
  return ROLES[role]?.() ?? "";
}
