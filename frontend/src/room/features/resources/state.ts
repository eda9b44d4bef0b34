// Links and documents that were given to everybody, oldest first.
import type { ResourceInfo } from "../../protocol.generated";
import type { FromSnapshot, Reducers } from "../../state";

export type Resources = readonly ResourceInfo[];

/** A project room has several meetings; what was shared between them is in all. */
export const reducers: Reducers<"resources" | "resource.shared" | "resource.changed" | "resource.removed"> = {
  resources: (state, { resources }) => ({ ...state, resources }),
  "resource.shared": (state, { meeting, resource }) => (meeting === "" || meeting === state.room?.meeting ? { ...state, resources: [...state.resources, resource] } : state),
  "resource.changed": (state, { resource }) => ({ ...state, resources: state.resources.map((known) => (known.id === resource.id ? resource : known)) }),
  "resource.removed": (state, { resource }) => ({ ...state, resources: state.resources.filter(({ id }) => id !== resource) }),
};

export const withSnapshot: FromSnapshot = (state, snapshot) => ({ ...state, resources: snapshot.resources });

export type LinkProblem = "" | "title" | "address";

/** What can be seen before the server does: no title, or no https address with a host that has a dot. */
export function problemOf(title: string, address: string): LinkProblem {
  if (title.trim() === "") return "title";
  return isHttps(withScheme(address)) ? "" : "address";
}

export function withScheme(address: string): string {
  const typed = address.trim();
  return typed.includes("://") ? typed : `https://${typed}`;
}

function isHttps(address: string): boolean {
  try {
    const { protocol, hostname, username, password } = new URL(address);
    return protocol === "https:" && hostname.includes(".") && username === "" && password === "";
  } catch {
    return false;
  }
}
