// Passkeys: signing in, confirming, and adding one. The form has data-passkey and the options of the server.

/* eslint own/oldest-browsers: "off" -- without these, `isSupported` is false and the page says so */

interface Request {
  request_options: { publicKey: PublicKeyCredentialRequestOptionsJSON };
}
interface Creation {
  creation_options: { publicKey: PublicKeyCredentialCreationOptionsJSON };
}

const isSupported =
  "PublicKeyCredential" in window &&
  "parseRequestOptionsFromJSON" in PublicKeyCredential &&
  "parseCreationOptionsFromJSON" in PublicKeyCredential;
// A passkey belongs to a domain name; an IP address has none.
const hasName = !/^[\d.]+$|^\[/.test(location.hostname);

for (const form of document.querySelectorAll<HTMLFormElement>("form[data-passkey]")) prepare(form);

function prepare(form: HTMLFormElement): void {
  const button = form.querySelector<HTMLButtonElement>("button[type=submit]");
  const say = form.querySelector<HTMLElement>("[data-passkey-status]");
  if (!button || !say) return;
  if (!isSupported || !hasName) {
    say.textContent = (isSupported ? say.dataset.noName : say.dataset.unsupported) ?? "";
    return;
  }
  button.disabled = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void use(form, button, say);
  });
}

async function use(form: HTMLFormElement, button: HTMLButtonElement, say: HTMLElement): Promise<void> {
  button.disabled = true;
  button.setAttribute("aria-busy", "true");
  say.textContent = say.dataset.waiting ?? "";
  try {
    const credential = form.dataset.passkey === "add" ? await create(form) : await get(form);
    const field = form.elements.namedItem("credential");
    if (!(field instanceof HTMLInputElement) || !credential) throw new Error("no credential");
    field.value = JSON.stringify(credential.toJSON());
    form.submit();
  } catch {
    // Cancelled, timed out, or no response: the text on the page covers each.
    say.textContent = say.dataset.stopped ?? "";
    button.disabled = false;
    button.removeAttribute("aria-busy");
  }
}

async function create(form: HTMLFormElement): Promise<PublicKeyCredential | null> {
  const options = (embeddedOptions(form) as Creation).creation_options.publicKey;
  options.authenticatorSelection = {
    ...options.authenticatorSelection,
    residentKey: "required",
    requireResidentKey: true,
    userVerification: "required",
  };
  const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
  return (await navigator.credentials.create({ publicKey })) as PublicKeyCredential | null;
}

async function get(form: HTMLFormElement): Promise<PublicKeyCredential | null> {
  const request = (form.dataset.passkey === "login" ? await fetchOptions(form.action) : embeddedOptions(form)) as Request;
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(request.request_options.publicKey);
  return (await navigator.credentials.get({ publicKey })) as PublicKeyCredential | null;
}

function embeddedOptions(form: HTMLFormElement): unknown {
  return JSON.parse(form.querySelector("script[type='application/json']")?.textContent ?? "null");
}

async function fetchOptions(address: string): Promise<unknown> {
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`answer ${answer.status}`);
  return answer.json();
}
