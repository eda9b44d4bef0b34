// Compresses scripts, styles, and the blur with its model with Brotli, beside the gzip that collectstatic makes: WhiteNoise serves what is smallest.
import { readFile, writeFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";
import type { Plugin } from "vite";

export function brotli(): Plugin {
  return {
    name: "brotli",
    async writeBundle({ dir = "" }, files) {
      for (const name of Object.keys(files)) {
        if (/\.(js|css|wasm|tflite)$/.test(name)) await writeFile(`${dir}/${name}.br`, brotliCompressSync(await readFile(`${dir}/${name}`)));
      }
    },
  };
}
