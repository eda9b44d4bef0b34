// Subsets Inter to the letters of the six languages. Others come from the system's fonts.
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";
import type { Plugin } from "vite";

const range = (first: number, last: number): string =>
  String.fromCodePoint(...Array.from({ length: last - first + 1 }, (_, offset) => first + offset));

const LETTERS = {
  latin: range(0x20, 0x7e) + range(0xa0, 0xff) + "‐‑–—‘’‚“”„•…‹›€−→←×",
  "latin-ext": "ĄąĆćČčĘęĖėĮįŁłŃńŚśŠšŲųŪūŹźŻżŽžŐőŘř",
};

/** Writes styles/cut/inter-*.woff2, which fonts.css imports, with every build. */
export function fonts(): Plugin {
  const folder = fileURLToPath(new URL("styles/cut/", import.meta.url));
  const resolve = createRequire(import.meta.url).resolve;
  return {
    name: "fonts",
    async buildStart() {
      await mkdir(folder, { recursive: true });
      for (const [part, letters] of Object.entries(LETTERS)) {
        const whole = await readFile(resolve(`@fontsource-variable/inter/files/inter-${part}-wght-normal.woff2`));
        const weights = { wght: { min: 400, max: 600 } };
        await writeFile(`${folder}inter-${part}.woff2`, await subsetFont(whole, letters, { targetFormat: "woff2", variationAxes: weights }));
      }
    },
  };
}
