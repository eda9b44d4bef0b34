import { beforeEach, describe, expect, it } from "vitest";
import { EditorState, TextSelection, type Command } from "prosemirror-state";
import { insertMention, insertTable, linkAt, setLink, toggleBullets, toggleChecklist, toggleHeading } from "./editor";
import { schema } from "./schema";

let state: EditorState;

beforeEach(() => {
  state = EditorState.create({ schema });
  type("Harbour");
});

function type(text: string): void {
  state = state.apply(state.tr.insertText(text));
}

function run(command: Command): boolean {
  return command(state, (transaction) => (state = state.apply(transaction)));
}

const shown = (): string => state.doc.toString();

describe("commands", () => {
  it("make a heading, and a paragraph again", () => {
    run(toggleHeading(1));
    expect(shown()).toBe('doc(heading("Harbour"))');
    run(toggleHeading(1));
    expect(shown()).toBe('doc(paragraph("Harbour"))');
  });

  it("make a list, another kind of list, and none", () => {
    run(toggleBullets);
    expect(shown()).toBe('doc(bullet_list(list_item(paragraph("Harbour"))))');
    run(toggleChecklist);
    expect(shown()).toBe('doc(check_list(check_item(paragraph("Harbour"))))');
    run(toggleChecklist);
    expect(shown()).toBe('doc(paragraph("Harbour"))');
  });

  it("mention somebody where the cursor is", () => {
    type(" ");
    run(insertMention("p17"));
    type("said");
    expect(shown()).toBe('doc(paragraph("Harbour ", mention, " said"))');
  });

  it("link what is selected, or write the address, and take the link away", () => {
    state = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 1, 8)));
    run(setLink("https://example.org/"));
    expect([shown(), linkAt(state)]).toEqual(['doc(paragraph(link("Harbour")))', "https://example.org/"]);
    run(setLink(null));
    expect(shown()).toBe('doc(paragraph("Harbour"))');
    state = state.apply(state.tr.setSelection(TextSelection.create(state.doc, 8)));
    run(setLink("mailto:anna@example.org"));
    expect(shown()).toBe('doc(paragraph("Harbour", link("anna@example.org")))');
  });

  it("put a table below, and none into a list", () => {
    run(insertTable);
    expect(shown()).toContain("table(table_row(table_header(paragraph), table_header(paragraph), table_header(paragraph))");
    type("Port");
    expect(shown()).toContain('table_header(paragraph("Port"))');
    state = EditorState.create({ schema });
    run(toggleBullets);
    expect(run(insertTable)).toBe(false);
  });
});
