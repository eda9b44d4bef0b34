// What changed between two states of a line. Positions count characters (code points), as the server's do, not UTF-16 units.
import type { Edit } from "../../protocol.generated";

/** The one edit that leads from one text to the other; null when they are the same. */
export function editBetween(before: string, after: string): Edit | null {
  if (before === after) return null;
  const old = [...before];
  const now = [...after];
  const shorter = Math.min(old.length, now.length);
  let start = 0;
  while (start < shorter && old[start] === now[start]) start += 1;
  let same = 0;
  while (same < shorter - start && old[old.length - 1 - same] === now[now.length - 1 - same]) same += 1;
  return { at: start, erase: old.length - same - start, insert: now.slice(start, now.length - same).join("") };
}

export function edited(text: string, edits: readonly Edit[]): string {
  const letters = [...text];
  for (const { at, erase, insert } of edits) letters.splice(at, erase, ...insert);
  return letters.join("");
}
