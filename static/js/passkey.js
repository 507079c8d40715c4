// Passkeys: a form with `data-passkey` asks the device, puts what it answers into the form, and sends it.
// "sign-in" fetches its question when it is pressed; "use" and "add" find theirs on the page.
const able = Boolean(window.PublicKeyCredential && navigator.credentials);

const toBytes = (text) => Uint8Array.from(
  atob(text.replaceAll("-", "+").replaceAll("_", "/").padEnd(Math.ceil(text.length / 4) * 4, "=")),
  (letter) => letter.charCodeAt(0),
);
const toText = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)))
  .replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
const withBytes = (list) => (list ?? []).map((item) => ({ ...item, id: toBytes(item.id) }));

async function question(form) {
  if (form.dataset.passkey !== "sign-in") return JSON.parse(document.getElementById("passkey-data").textContent);
  const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error("no question");
  return answer.json();
}

function plain(credential) {
  const { response } = credential;
  const said = { clientDataJSON: toText(response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) said[name] = toText(response[name]);
  }
  if (response.getTransports) said.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: said,
  };
}

function make(options, alone) {
  const need = alone ? "required" : "discouraged";
  return navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      user: { ...options.user, id: toBytes(options.user.id) },
      excludeCredentials: withBytes(options.excludeCredentials),
      authenticatorSelection: {
        ...options.authenticatorSelection,
        residentKey: need,
        requireResidentKey: alone,
        userVerification: alone ? "required" : options.authenticatorSelection?.userVerification,
      },
    },
  });
}

function use(options) {
  return navigator.credentials.get({
    publicKey: {
      ...options,
      challenge: toBytes(options.challenge),
      allowCredentials: withBytes(options.allowCredentials),
    },
  });
}

async function ask(form) {
  const asked = await question(form);
  if (form.dataset.passkey === "add") {
    return make(asked.creation_options.publicKey, form.elements.passwordless?.checked ?? false);
  }
  return use(asked.request_options.publicKey);
}

function say(form, sentence) {
  const place = form.querySelector('[role="alert"]');
  place.textContent = sentence;
  place.hidden = false;
}

async function send(event) {
  const form = event.target;
  if (!form.matches?.("[data-passkey]")) return;
  event.preventDefault();
  try {
    form.elements.credential.value = JSON.stringify(plain(await ask(form)));
  } catch (problem) {
    say(form, problem.name === "InvalidStateError"
      ? "This device holds a passkey for you already. Choose another device, or remove the old one."
      : "The device gave no passkey. Try again, or choose another way.");
    return;
  }
  form.submit();
}

if (able) {
  document.addEventListener("submit", send, true); // before "sending.js" takes the form for sent
  for (const form of document.querySelectorAll("[data-passkey]")) form.hidden = false;
  for (const word of document.querySelectorAll("[data-without-passkeys]")) word.hidden = true;
}
