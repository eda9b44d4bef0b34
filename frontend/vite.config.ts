// Builds one bundle for each file directly in src/, and the manifest that django-vite reads.
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { fonts } from "./fonts.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const entries = readdirSync(`${here}src`)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.endsWith(".test.ts"))
  .map((name) => `${here}src/${name}`);

export default defineConfig({
  root: here,
  base: "/static/",
  publicDir: false,
  plugins: [fonts()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    target: "es2022",
    // A data: address would need its own hole in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: entries,
      // htmx holds an eval for `hx-on`; it is switched off and the policy forbids it.
      checks: { eval: false, bundlerTimings: false },
    },
  },
  test: {
    root: here,
    environment: "happy-dom",
    include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
    restoreMocks: true,
  },
});
