// An ESLint rule: web and JavaScript APIs must exist in the oldest browsers of package.json (browserslist). It looks up
// MDN's data by the type of the object, so that it finds static methods (`URL.canParse`) and methods of values
// (`[].toSorted`). A line that handles the absence of an API disables the rule and says why.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { ESLintUtils } from "@typescript-eslint/utils";

const require = createRequire(import.meta.url);
const { api, javascript } = require("@mdn/browser-compat-data");
const { browserslist } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
const OLDEST = Object.fromEntries(browserslist.map((line) => line.replace("ios_saf", "safari_ios").split(" >= ")));

/** @param {string} one @param {string} other */
function isNewer(one, other) {
  const [a, b] = [one, other].map((version) => version.replace("≤", "").split(".").map(Number));
  return a[0] !== b[0] ? a[0] > b[0] : (a[1] ?? 0) > (b[1] ?? 0);
}

/** Those of the oldest browsers that lack a feature of MDN's data. */
export function missingIn(feature) {
  const support = feature?.__compat?.support ?? {};
  return Object.entries(OLDEST).filter(([browser, oldest]) => {
    const statements = [support[browser] ?? []].flat().filter((one) => !one.flags && !one.prefix && !one.alternative_name);
    return support[browser] && !statements.some((one) => typeof one.version_added === "string" && !isNewer(one.version_added, oldest));
  });
}

/** The interface or global that declares a property: `Array` for `toSorted`, `URL` for the static `canParse`. */
function ownerOf(declaration) {
  const { parent } = declaration;
  const name = parent?.name?.text ?? parent?.parent?.name?.text ?? "";
  return name.replace(/^Readonly(?=Array|Map|Set)/, "").replace(/(?<=.)Constructor$/, "");
}

export const oldestBrowsers = ESLintUtils.RuleCreator.withoutDocs({
  defaultOptions: [],
  meta: { type: "problem", schema: [], messages: { missing: "{{name}} is missing in {{browsers}}" } },
  create(context) {
    const services = ESLintUtils.getParserServices(context);
    const checker = services.program.getTypeChecker();
    const look = (node, owner, property) => {
      const known = api[owner] ?? javascript.builtins[owner];
      const feature = property === "" ? known : (known?.[property] ?? known?.[`${property}_static`]);
      const browsers = missingIn(feature).map((browser) => browser.join(" "));
      if (browsers.length > 0) context.report({ node, messageId: "missing", data: { name: property ? `${owner}.${property}` : owner, browsers: browsers.join(", ") } });
    };
    const isOfLibrary = (declaration) => /\/lib\.[\w.]+\.d\.ts$/.test(declaration?.getSourceFile().fileName ?? "");
    return {
      "MemberExpression[computed=false]"(node) {
        const type = checker.getApparentType(services.getTypeAtLocation(node.object));
        const types = type.isUnion() ? type.types : [type];
        for (const declaration of types.flatMap((one) => checker.getPropertyOfType(one, node.property.name)?.declarations?.[0] ?? []))
          if (isOfLibrary(declaration)) return look(node.property, ownerOf(declaration), node.property.name);
      },
      NewExpression({ callee }) {
        if (callee.type !== "Identifier") return;
        const [declaration] = services.getSymbolAtLocation(callee)?.declarations ?? [];
        if (isOfLibrary(declaration)) look(callee, callee.name, "");
      },
      "CallExpression > Identifier.callee"(node) {
        const [declaration] = services.getSymbolAtLocation(node)?.declarations ?? [];
        if (isOfLibrary(declaration)) look(node, "Window", node.name), look(node, node.name, "");
      },
    };
  },
});
