// Builds one bundle for each file directly in src/, and the manifest that django-vite reads.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { brotli } from "./brotli.ts";
import { fonts } from "./fonts.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const entries = readdirSync(`${here}src`)
  .filter((name) => name.endsWith(".ts") && !name.endsWith(".d.ts") && !name.endsWith(".test.ts"))
  .map((name) => `${here}src/${name}`);

const { browserslist } = JSON.parse(readFileSync(`${here}../package.json`, "utf8")) as { browserslist: string[] };
/** The oldest browsers of package.json in the form of esbuild: `safari >= 15.4` is `safari15.4`. */
const targets = browserslist.map((line) => line.replace("ios_saf", "ios").replace(" >= ", ""));

const ELEMENTS = ["device-toast", "live-room", "registry", "stage", "stage-content"].map((name) => `tests/${name}.test.ts`);

export default defineConfig({
  root: here,
  base: "/static/",
  publicDir: false,
  plugins: [fonts(), brotli()],
  resolve: { alias: [{ find: /^(fs|path)$/, replacement: `${here}src/room/nothing.ts` }] },
  build: {
    outDir: "dist",
    emptyOutDir: true,
    manifest: true,
    target: targets,
    // A data: URL would need an exception in the content security policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: entries,
      // htmx has an eval for `hx-on`; it is turned off, and the content security policy forbids it.
      checks: { eval: false, bundlerTimings: false },
    },
  },
  test: {
    root: here,
    environment: "happy-dom",
    restoreMocks: true,
    projects: [
      // An element is defined once in a page, so that each of these files needs a page of its own.
      { extends: true, test: { name: "elements", include: ELEMENTS } },
      {
        extends: true,
        test: {
          name: "modules",
          include: ["src/**/*.test.ts", "tests/**/*.test.ts"],
          exclude: ELEMENTS,
          isolate: false,
          setupFiles: ["tests/clean.ts"],
        },
      },
    ],
  },
});
