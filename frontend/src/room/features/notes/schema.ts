// What notes consist of. What is pasted keeps only this; engagement/notes/content.py reads the same names.
import { Schema, type MarkSpec, type MarkType, type Node, type NodeSpec, type NodeType } from "prosemirror-model";
import { tableNodes } from "prosemirror-tables";

/** The name of the shared type in the document. */
export const ROOT = "notes";

const ADDRESS = /^(?:https?:\/\/|mailto:)[^\s<>"'\\]+$/i;
const LONGEST_ADDRESS = 800;

/** The address if a link may have it: on the web, or an email address; else null. */
export function safeAddress(given: unknown): string | null {
  return typeof given === "string" && given.length <= LONGEST_ADDRESS && ADDRESS.test(given) ? given : null;
}

/** What somebody typed: `example.org` and `name@example.org` are completed. */
export function addressOf(typed: string): string | null {
  const text = typed.trim();
  if (/^[^\s@/:]+@[^\s@/:]+\.[^\s@/:]+$/.test(text)) return safeAddress(`mailto:${text}`);
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+(?:[/?#]\S*)?$/i.test(text)) return safeAddress(`https://${text}`);
  return safeAddress(text);
}

const tables = tableNodes({ tableGroup: "block", cellContent: "(paragraph | list)+", cellAttributes: {} });

const nodes: Record<string, NodeSpec> = {
  doc: { content: "block+" },
  paragraph: { group: "block", content: "inline*", parseDOM: [{ tag: "p" }], toDOM: () => ["p", 0] },
  heading: {
    group: "block",
    content: "inline*",
    defining: true,
    attrs: { level: { default: 1 } },
    parseDOM: [1, 2, 3, 4, 5, 6].map((level) => ({ tag: `h${level}`, attrs: { level: Math.min(level, 2) } })),
    // The panel and the page have headings of their own above these.
    toDOM: (node) => [headingLevel(node) === 1 ? "h3" : "h4", 0],
  },
  bullet_list: { group: "block list", content: "list_item+", parseDOM: [{ tag: "ul" }], toDOM: () => ["ul", 0] },
  ordered_list: { group: "block list", content: "list_item+", parseDOM: [{ tag: "ol" }], toDOM: () => ["ol", 0] },
  list_item: { content: "paragraph (paragraph | list)*", defining: true, parseDOM: [{ tag: "li" }], toDOM: () => ["li", 0] },
  check_list: { group: "block list", content: "check_item+", parseDOM: [{ tag: "ul[data-checklist]", priority: 60 }], toDOM: () => ["ul", { "data-checklist": "" }, 0] },
  check_item: {
    content: "paragraph (paragraph | list)*",
    defining: true,
    attrs: { done: { default: false } },
    parseDOM: [{ tag: "li[data-done]", priority: 60, getAttrs: (item) => ({ done: item.dataset.done === "true" }) }],
    toDOM: (node) => ["li", { "data-done": String(node.attrs.done === true) }, 0],
  },
  ...tables,
  mention: {
    group: "inline",
    inline: true,
    atom: true,
    attrs: { person: {} },
    parseDOM: [{ tag: "span[data-mention]", getAttrs: (span) => (/^[0-9a-z-]{1,24}$/.test(span.dataset.mention ?? "") ? { person: span.dataset.mention } : false) }],
    toDOM: (node) => ["span", { "data-mention": String(node.attrs.person) }],
  },
  hard_break: { group: "inline", inline: true, selectable: false, parseDOM: [{ tag: "br" }], toDOM: () => ["br"] },
  text: { group: "inline" },
};

const marks: Record<string, MarkSpec> = {
  link: {
    inclusive: false,
    attrs: { href: {} },
    parseDOM: [{ tag: "a[href]", getAttrs: (link) => (safeAddress(link.getAttribute("href")) === null ? false : { href: link.getAttribute("href") }) }],
    // What others wrote has not been pasted here: the address is looked at again.
    toDOM: (mark) => {
      const href = safeAddress(mark.attrs.href);
      return href === null ? ["span", 0] : ["a", { href, rel: "noopener noreferrer nofollow", target: "_blank" }, 0];
    },
  },
  em: { parseDOM: [{ tag: "em" }, { tag: "i", getAttrs: (one) => one.style.fontStyle !== "normal" && null }, { style: "font-style=italic" }], toDOM: () => ["em", 0] },
  strong: {
    // Google's documents wrap everything in a <b> that is not bold.
    parseDOM: [{ tag: "strong" }, { tag: "b", getAttrs: (one) => one.style.fontWeight !== "normal" && null }, { style: "font-weight", getAttrs: (value) => /^(?:bold(?:er)?|[6-9]\d\d)$/.test(value) && null }],
    toDOM: () => ["strong", 0],
  },
};

export const schema = new Schema({ nodes, marks });

export const headingLevel = (node: Node): number => (node.attrs.level === 1 ? 1 : 2);

export function nodeType(name: string): NodeType {
  const found = schema.nodes[name];
  if (!found) throw new Error(name);
  return found;
}

export function markType(name: string): MarkType {
  const found = schema.marks[name];
  if (!found) throw new Error(name);
  return found;
}
