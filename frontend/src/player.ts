// Pages of recordings: player controls, chapters, transcript; and the resumable upload, also of a project's files.
import "../styles/recordings.css";
import { Player } from "./player/controls";
import { followChapters } from "./player/chapters";
import { searchTranscript } from "./player/transcript";

for (const element of document.querySelectorAll<HTMLElement>("[data-needs-script]")) element.hidden = false;

const section = document.querySelector<HTMLElement>("[data-player]");
const media = section?.querySelector<HTMLMediaElement>("video, audio");
if (section && media) {
  const player = new Player(section, media);
  followChapters(player);
  searchTranscript();
}

const form = document.querySelector<HTMLFormElement>("[data-uploader]");
if (form) void import("./player/uploading").then(({ Uploading }) => new Uploading(form));
