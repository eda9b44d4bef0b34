// The room's header: title, live or not, recorded or not, connection.
import { html, nothing, type TemplateResult } from "lit";
import { icon, type Page } from "../page";
import type { RoomClient } from "../room-client";
import type { RoomInfo } from "../protocol.generated";
import type { Quality } from "../link-quality";
import { mayPublish } from "../state";
import { formatTime, localized, t, tn } from "../translations";

export function headView(room: RoomClient, page: Page): TemplateResult {
  const { room: now, link } = room.state;
  const title = now ? localized(now.title) : null;
  return html`<header class="room__header">
    <a class="skip" href="#stage">${t("skip")}</a>
    ${icon("mark", "room__mark")}
    <div class="room__title">
      <h1 lang=${title?.language ?? nothing}>${title?.text ?? page.title}</h1>
      <p>${subtitleNow(now, page)}</p>
    </div>
    <div class="room__status">
      ${now?.state === "live" && now.started_at ? html`<strong class="badge badge--live">${t("live")}</strong>${elapsed(now.started_at, room.now())}` : nothing}
      ${now ? html`<p class="status" data-status="recording">${now.recording ? html`${icon("record")}${t("recorded")}` : t("not_recorded")}</p>` : nothing}
      ${room.view.savesData ? html`<p class="status" data-status="saving">${t("view.saving")}</p>` : nothing}
      ${room.view.isSilent ? html`<p class="status" data-status="silent">${t("view.silent")}</p>` : nothing}
      ${now?.locked ? html`<p class="status" data-status="locked">${t("locked")}</p>` : nothing}
      <p class="status" role="status" data-status="line" data-link=${link}>${lineInWords(room)}</p>
    </div>
  </header>`;
}

/** Host and end of the meeting, which may be extended. A project room has no end. */
function subtitleNow(now: RoomInfo | null, page: Page): string {
  if (now?.kind === "breakout") return page.title;
  const { subtitle } = page;
  if (!now?.ends_at || now.kind === "project") return subtitle;
  return [subtitle, t("until", { time: formatTime(now.ends_at) })].filter(Boolean).join(" · ");
}

function elapsed(startedAt: string, now: number): TemplateResult {
  const minutes = Math.max(0, Math.floor((now - Date.parse(startedAt)) / 60_000));
  return html`<p class="status only-wide">${tn("minutes", minutes)}</p>`;
}

const QUALITIES: Record<Quality, () => string> = {
  good: () => t("line.connected"),
  weak: () => t("line.weak"),
  poor: () => t("line.poor"),
};

function lineInWords(room: RoomClient): TemplateResult {
  const { link, you, room: now } = room.state;
  if (link === "connecting" || !now) return html`${icon("signal")}${t("line.connecting")}`;
  if (link === "reconnecting") return html`${icon("warning")}${t("line.reconnecting")}`;
  if (you?.admission === "waiting" && now.state === "live") return html`${icon("clock")}${t("line.lobby")}`;
  const isMuted = mayPublish(room.state) && !room.media.microphone;
  const isGood = room.quality === "good";
  const words = [...(isMuted ? [t("line.muted")] : []), ...(isMuted && isGood ? [] : [QUALITIES[room.quality]()])];
  const sign = isGood ? "signal" : "warning";
  return html`${icon(isMuted ? "mic-off" : sign)}${words.join(" · ")}`;
}
