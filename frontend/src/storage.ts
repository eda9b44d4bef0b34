// Web storage that never throws: with cookies blocked, in a private window or when full, nothing is stored.

export function writeItem(store: "localStorage" | "sessionStorage", name: string, value: string): void {
  try {
    window[store].setItem(name, value);
  } catch {
    return;
  }
}

export function readItem(store: "localStorage" | "sessionStorage", name: string): string {
  try {
    return window[store].getItem(name) ?? "";
  } catch {
    return "";
  }
}

export function removeItem(store: "localStorage" | "sessionStorage", name: string): void {
  try {
    window[store].removeItem(name);
  } catch {
    return;
  }
}

export function itemNames(store: "localStorage" | "sessionStorage", prefix: string): string[] {
  try {
    return Object.keys(window[store]).filter((name) => name.startsWith(prefix));
  } catch {
    return [];
  }
}
