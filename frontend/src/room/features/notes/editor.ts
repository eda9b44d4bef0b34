// The editor: ProseMirror on a Yjs document, with cursors of the others.
import { baseKeymap, chainCommands, exitCode, setBlockType, toggleMark } from "prosemirror-commands";
import { InputRule, inputRules, textblockTypeInputRule, wrappingInputRule } from "prosemirror-inputrules";
import { keymap } from "prosemirror-keymap";
import type { Node, NodeType } from "prosemirror-model";
import { liftListItem, sinkListItem, splitListItem, wrapInList } from "prosemirror-schema-list";
import { EditorState, Plugin, TextSelection, type Command } from "prosemirror-state";
import { goToNextCell, tableEditing } from "prosemirror-tables";
import { Decoration, DecorationSet, EditorView, type NodeView } from "prosemirror-view";
import { redo, undo, yCursorPlugin, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import { t } from "../../translations";
import { markType, nodeType, ROOT, safeAddress, schema } from "./schema";
import type { NotesSession } from "./session";

export const [strong, em, link] = [markType("strong"), markType("em"), markType("link")];
const [paragraph, heading, hardBreak, mentionNode] = [nodeType("paragraph"), nodeType("heading"), nodeType("hard_break"), nodeType("mention")];
const [bulletList, orderedList, checkList] = [nodeType("bullet_list"), nodeType("ordered_list"), nodeType("check_list")];
const [listItem, checkItem] = [nodeType("list_item"), nodeType("check_item")];

export interface EditorOptions {
  session: NotesSession;
  isEditable: () => boolean;
  /** After every change of text or selection. */
  changed: () => void;
  /** Somebody typed @. */
  mention: () => void;
}

export function createEditor(place: HTMLElement, options: EditorOptions): EditorView {
  const { session } = options;
  const state = EditorState.create({
    schema,
    plugins: [
      ySyncPlugin(session.doc.getXmlFragment(ROOT)),
      yCursorPlugin(session.awareness, { cursorBuilder, selectionBuilder: () => ({ class: "notes-selection" }) }),
      yUndoPlugin(),
      keys(),
      keymap(baseKeymap),
      rules(options.mention),
      tableEditing(),
      placeholder(options.isEditable),
      new Plugin({ view: () => ({ update: options.changed }) }),
    ],
  });
  return new EditorView(place, {
    state,
    editable: options.isEditable,
    attributes: { class: "notes-text", role: "textbox", "aria-multiline": "true", "aria-label": t("notes.text"), dir: "auto" },
    nodeViews: {
      mention: (node) => new Mention(node, session),
      check_item: (node, view, getPos) => new CheckItem(node, view, getPos, session),
    },
    handleClickOn: (_view, _pos, _node, _nodePos, event) => followLink(event, options.isEditable()),
  });
}

// ---- commands ------------------------------------------------------------------------------------------------

const itemOf = (list: NodeType): NodeType => (list === checkList ? checkItem : listItem);

/** Makes a list, changes its kind, or ends it. */
function toggleList(type: NodeType): Command {
  return (state, dispatch, view) => {
    const { $from } = state.selection;
    for (let depth = $from.depth; depth > 0; depth -= 1) {
      const list = $from.node(depth);
      if (list.type === type) return liftListItem(itemOf(type))(state, dispatch, view);
      if (!list.type.spec.group?.includes("list")) continue;
      if (dispatch) {
        const items = list.content.content.map((item) => itemOf(type).create(null, item.content));
        const before = $from.before(depth);
        const tr = state.tr.replaceWith(before, before + list.nodeSize, type.create(null, items));
        dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve($from.pos))));
      }
      return true;
    }
    return wrapInList(type)(state, dispatch, view);
  };
}

export const [toggleBullets, toggleNumbers, toggleChecklist] = [toggleList(bulletList), toggleList(orderedList), toggleList(checkList)];

export function toggleHeading(level: 1 | 2): Command {
  return (state, dispatch, view) => {
    const { parent } = state.selection.$from;
    const isSame = parent.type === heading && parent.attrs.level === level;
    return (isSame ? setBlockType(paragraph) : setBlockType(heading, { level }))(state, dispatch, view);
  };
}

export const insertTable: Command = (state, dispatch) => {
  const cell = (type: NodeType): Node => type.create(null, paragraph.create());
  const row = (type: NodeType): Node => nodeType("table_row").create(null, [cell(type), cell(type), cell(type)]);
  const [header, plain] = [nodeType("table_header"), nodeType("table_cell")];
  const table = nodeType("table").create(null, [row(header), row(plain), row(plain)]);
  if (!canInsertBlock(state)) return false;
  if (dispatch) {
    const tr = state.tr.replaceSelectionWith(table);
    dispatch(tr.setSelection(TextSelection.near(tr.doc.resolve(Math.min(state.selection.from + 1, tr.doc.content.size)))).scrollIntoView());
  }
  return true;
};

function canInsertBlock({ selection: { $from } }: EditorState): boolean {
  return $from.depth === 1;
}

export function insertMention(person: string): Command {
  return (state, dispatch) => {
    dispatch?.(state.tr.replaceSelectionWith(mentionNode.create({ person })).insertText(" ").scrollIntoView());
    return true;
  };
}

/** The address of the link that the selection is in. */
export function linkAt(state: EditorState): string {
  const found = state.selection.$from.marks().find((mark) => mark.type === link) ?? state.doc.nodeAt(state.selection.from)?.marks.find((mark) => mark.type === link);
  return typeof found?.attrs.href === "string" ? found.attrs.href : "";
}

/** Links the selection, or the link that the cursor is in; without either the address itself is written. Null unlinks. */
export function setLink(href: string | null): Command {
  return (state, dispatch) => {
    let { from, to } = state.selection;
    if (state.selection.empty) ({ from, to } = aroundLink(state));
    if (!dispatch) return true;
    const tr = state.tr;
    if (from === to && href !== null) {
      tr.insertText(href.replace(/^mailto:/i, ""), from);
      to = tr.mapping.map(from);
    }
    tr.removeMark(from, to, link);
    if (href !== null) tr.addMark(from, to, link.create({ href }));
    dispatch(tr.scrollIntoView());
    return true;
  };
}

function aroundLink(state: EditorState): { from: number; to: number } {
  const { $from } = state.selection;
  const href = linkAt(state);
  let [from, to] = [$from.pos, $from.pos];
  if (href === "") return { from, to };
  $from.parent.forEach((child, offset) => {
    const start = $from.start() + offset;
    if (start <= $from.pos && start + child.nodeSize >= $from.pos && child.marks.some((mark) => mark.type === link && mark.attrs.href === href)) [from, to] = [start, start + child.nodeSize];
  });
  return { from, to };
}

// ---- keys and rules ------------------------------------------------------------------------------------------

/** Tab leaves the text, as everywhere on the page, except from one cell of a table to the next; Ctrl+] and Ctrl+[ indent. */
function keys(): Plugin {
  const breakLine: Command = chainCommands(exitCode, (state, dispatch) => {
    dispatch?.(state.tr.replaceSelectionWith(hardBreak.create()).scrollIntoView());
    return true;
  });
  return keymap({
    "Mod-z": undo,
    "Mod-y": redo,
    "Shift-Mod-z": redo,
    "Mod-b": toggleMark(strong),
    "Mod-i": toggleMark(em),
    "Shift-Enter": breakLine,
    Enter: chainCommands(splitListItem(listItem), splitListItem(checkItem, { done: false })),
    "Mod-]": chainCommands(sinkListItem(listItem), sinkListItem(checkItem)),
    "Mod-[": chainCommands(liftListItem(listItem), liftListItem(checkItem)),
    Tab: goToNextCell(1),
    "Shift-Tab": goToNextCell(-1),
  });
}

function rules(mention: () => void): Plugin {
  return inputRules({
    rules: [
      textblockTypeInputRule(/^(#{1,2})\s$/, heading, (match) => ({ level: match[1]?.length ?? 1 })),
      wrappingInputRule(/^\s*[-*]\s$/, bulletList),
      wrappingInputRule(/^1\.\s$/, orderedList),
      wrappingInputRule(/^\[ ?\]\s$/, checkList),
      new InputRule(/(?:^|\s)@$/, () => {
        setTimeout(mention);
        return null;
      }),
    ],
  });
}

function placeholder(isEditable: () => boolean): Plugin {
  return new Plugin({
    props: {
      decorations: ({ doc }) => {
        const first = doc.firstChild;
        if (doc.childCount > 1 || !first?.isTextblock || first.content.size > 0) return null;
        const words = isEditable() ? t("notes.placeholder") : t("notes.empty");
        return DecorationSet.create(doc, [Decoration.node(0, first.nodeSize, { "data-placeholder": words })]);
      },
    },
  });
}

// ---- what is shown -------------------------------------------------------------------------------------------

const TINTS = ["sea", "moss", "slate", "clay", "heather"];

function cursorBuilder(user: { id?: string; name?: string }): HTMLElement {
  const cursor = document.createElement("span");
  cursor.className = "notes-cursor";
  cursor.dataset.tint = TINTS[Number((user.id ?? "").replace(/\D/g, "")) % TINTS.length] ?? "sea";
  const name = document.createElement("span");
  name.textContent = user.name ?? "";
  cursor.append("\u2060", name, "\u2060");
  return cursor;
}

/** In a text that is edited a click sets the cursor; with Ctrl or ⌘ it follows. */
function followLink(event: MouseEvent, isEditable: boolean): boolean {
  const place = event.target instanceof Element ? event.target.closest("a[href]") : null;
  const href = safeAddress(place?.getAttribute("href"));
  if (href === null || (isEditable && !event.ctrlKey && !event.metaKey)) return false;
  window.open(href, "_blank", "noopener,noreferrer");
  return true;
}

class Mention implements NodeView {
  readonly dom = document.createElement("span");

  constructor(
    private readonly node: Node,
    private readonly session: NotesSession,
  ) {
    this.dom.dataset.mention = String(node.attrs.person);
    session.addEventListener("change", this.draw);
    this.draw();
  }

  private readonly draw = (): void => {
    const person = String(this.node.attrs.person);
    const name = this.session.nameOf(person) || (this.session.names.has(person) ? t("notes.somebody") : "…");
    if (this.dom.textContent !== `@${name}`) this.dom.textContent = `@${name}`;
  };

  ignoreMutation(): boolean {
    return true;
  }

  destroy(): void {
    this.session.removeEventListener("change", this.draw);
  }
}

class CheckItem implements NodeView {
  readonly dom = document.createElement("li");
  readonly contentDOM = document.createElement("div");
  private readonly box = document.createElement("input");

  constructor(
    private node: Node,
    private readonly view: EditorView,
    private readonly getPos: () => number | undefined,
    private readonly session: NotesSession,
  ) {
    const label = document.createElement("label");
    label.contentEditable = "false";
    const words = document.createElement("span");
    words.className = "visually-hidden";
    words.textContent = t("notes.done");
    this.box.type = "checkbox";
    this.box.addEventListener("change", this.toggle);
    label.append(this.box, words);
    this.dom.append(label, this.contentDOM);
    session.addEventListener("change", this.draw); // the text may have become editable, or be so no longer
    this.draw();
  }

  private readonly toggle = (): void => {
    const at = this.getPos();
    if (at === undefined || !this.view.editable) this.draw();
    else this.view.dispatch(this.view.state.tr.setNodeAttribute(at, "done", this.box.checked));
  };

  private readonly draw = (): void => {
    this.box.checked = this.node.attrs.done === true;
    this.box.disabled = !this.view.editable;
    this.dom.dataset.done = String(this.box.checked);
  };

  destroy(): void {
    this.session.removeEventListener("change", this.draw);
  }

  update(node: Node): boolean {
    if (node.type !== this.node.type) return false;
    this.node = node;
    this.draw();
    return true;
  }

  stopEvent(event: Event): boolean {
    return event.target === this.box;
  }

  ignoreMutation(mutation: { type: string; target: globalThis.Node }): boolean {
    return mutation.type !== "selection" && !this.contentDOM.contains(mutation.target);
  }
}
