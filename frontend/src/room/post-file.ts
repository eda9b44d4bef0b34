// Sends a file to a page of the service, in one request.

/** Empty when it has arrived, else why not, in words; null when the server gave none. */
export async function postFile(address: string, csrf: string, body: FormData): Promise<string | null> {
  try {
    const answer = await fetch(address, { method: "POST", credentials: "same-origin", body, headers: { "X-CSRFToken": csrf, Accept: "application/json" } });
    if (answer.ok) return "";
    const { detail } = (await answer.json()) as { detail?: string };
    return detail ?? null;
  } catch {
    return null;
  }
}
