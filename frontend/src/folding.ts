// Folds letters for search as companies/folding.py does; tests/companies/letters.json tests both.

const OWN_LETTERS: Record<string, string> = {
  ł: "l", ø: "o", đ: "d", ß: "ss", æ: "ae", œ: "oe", ı: "i", þ: "th", ð: "d",
};

export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[łøđßæœıþð]/g, (letter) => OWN_LETTERS[letter] ?? letter)
    .replace(/(a)[ae]+|(o)e+|(u)e+/g, "$1$2$3");
}
