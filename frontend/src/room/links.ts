// Finds web addresses in text: http and https only.
export interface TextPart {
  text: string;
  address: string;
}

const ADDRESS = /https?:\/\/[^\s<>"]+/gi;
/** Punctuation after an address belongs to the sentence. */
const CLOSING = /[.,;:!?'’”»)\]]+$/;

export function linkify(text: string): TextPart[] {
  const found: TextPart[] = [];
  let end = 0;
  for (const { 0: match, index } of text.matchAll(ADDRESS)) {
    const address = isAddress(match) ? withoutClosing(match) : "";
    if (!address) continue;
    if (index > end) found.push({ text: text.slice(end, index), address: "" });
    found.push({ text: address, address });
    end = index + address.length;
  }
  if (end < text.length) found.push({ text: text.slice(end), address: "" });
  return found;
}

/** Not with a name before the host, as in https://bank.example@other.example. `URL.canParse` is missing before Safari 17. */
function isAddress(text: string): boolean {
  try {
    const { hostname, username, password } = new URL(text);
    return hostname !== "" && username === "" && password === "";
  } catch {
    return false;
  }
}

/** Keeps a closing bracket that was opened inside the address. */
function withoutClosing(match: string): string {
  const address = match.replace(CLOSING, "");
  const next = match.slice(address.length, address.length + 1);
  const isOpened = address.split("(").length > address.split(")").length;
  return next === ")" && isOpened ? `${address})` : address;
}
