import { fold } from "../folding";
// Search in the transcript: shows the passages that hold all the words, in any case and without accents.

export function searchTranscript(): void {
  const input = document.querySelector<HTMLInputElement>("[data-transcript-search]");
  const transcript = document.querySelector<HTMLElement>("[data-transcript]");
  if (!input || !transcript) return;
  const passages = [...transcript.querySelectorAll<HTMLElement>("li")];
  const texts = passages.map((passage) => fold(passage.textContent));
  const rest = transcript.querySelector("details");
  input.addEventListener("input", () => {
    const words = fold(input.value).split(/\s+/).filter(Boolean);
    if (words.length && rest) rest.open = true;
    for (const [place, passage] of passages.entries()) {
      passage.hidden = !words.every((word) => texts[place]?.includes(word));
    }
  });
}
