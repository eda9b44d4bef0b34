// Strict, typed rules for all TypeScript; exceptions say why.
import js from "@eslint/js";
import tseslint from "typescript-eslint";
import { oldestBrowsers } from "./oldest-browsers.js";

export default tseslint.config(
  { ignores: ["**/dist/**", "static/**"] },
  js.configs.recommended,
  { files: ["**/oldest-browsers.js"], languageOptions: { globals: { URL: "readonly" } } },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: {
      parserOptions: { project: "./tsconfig.json", tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      eqeqeq: "error",
      "no-console": ["error", { allow: ["warn", "error"] }],
      // Numbers are safe in template strings.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Lit's event handlers return nothing of interest: `@click=${() => this.send()}`.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // The letters of a name, for its initials.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
    },
  },
  {
    // Each exception in the code says how the absence is handled.
    files: ["**/src/**/*.ts"],
    ignores: ["**/*.test.ts"],
    plugins: { own: { rules: { "oldest-browsers": oldestBrowsers } } },
    rules: { "own/oldest-browsers": "error" },
  },
  {
    // state.ts imports them: with a value from it the modules go in a circle, and the built page has no reducers.
    files: ["**/src/room/features/*/state.ts", "**/src/room/changes.ts", "**/src/room/roles.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^(\\.\\./\\.\\.|\\.)/state$", allowTypeImports: true, message: "Types alone may come from state.ts." }] },
      ],
    },
  },
  {
    files: ["**/*.test.ts"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
