// What becomes of an htmx request that was not answered as hoped. Only an answer that is the fragment (2xx, or 422 with
// its errors) is put on the page; after anything else the page stays as it is, typed words with it, and a notice says
// what to do. A page that is older than the person's sign-in gets the form token of the present one.
const LOST = ["The connection is lost.", "Try again when it is back."];
const SIGNED_OUT = ["You are signed out.", "Sign in again in another tab, then come back and try again."];
const RENEWED = ["You have signed in anew since this page was opened.", "Try again now."];
const TOO_LARGE = ["This text is too large.", "Shorten it, or split it, and try again."];
const GONE = ["This is not here any more.", "Copy what you typed, if anything, and reload the page."];
const BROKEN = ["Something broke on our side.", "Try again in a moment."];
const SAFE = "Nothing was saved, and what you typed is still here.";

let notice = null;

function hush() {
  notice?.remove();
  notice = null;
}

function say([why, next], typed, address) {
  hush();
  notice = document.createElement("div");
  notice.className = "notice callout callout-warn";
  notice.setAttribute("role", "alert");
  const words = document.createElement("p");
  words.textContent = [why, typed && SAFE, next].filter(Boolean).join(" ");
  const row = document.createElement("div");
  row.className = "row";
  if (address) row.append(door(address));
  row.append(closer());
  notice.append(words, row);
  document.body.append(notice);
}

function door(address) {
  const link = document.createElement("a");
  link.className = "btn btn-small";
  link.href = address;
  link.target = "_blank";
  link.textContent = "Sign in again";
  return link;
}

function closer() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small btn-quiet";
  button.textContent = "Close";
  button.addEventListener("click", hush);
  return button;
}

const tokens = () => [...document.querySelectorAll("input[name=csrfmiddlewaretoken]")];

// The page's own address is asked for a token that fits the present sign-in; whether there is one.
export async function renewTokens() {
  const answer = await fetch(location.pathname + location.search, { credentials: "same-origin" });
  if (!answer.ok || isDoor(answer)) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const fresh = page.querySelector("input[name=csrfmiddlewaretoken]")?.value;
  if (!fresh) return false;
  tokens().forEach((field) => (field.value = fresh));
  return true;
}

const isPost = (context) => context.request.method === "POST";
export const isDoor = (answer) => answer.redirected && new URL(answer.url).pathname.endsWith("/sign-in/");
const isPage = (text) => /^\s*<!doctype/i.test(text);
const isFragment = ({ response: { raw, status }, text }) => !isDoor(raw) && (raw.ok || status === 422) && !isPage(text);

// The server's own sentence, for a refusal that is a page.
function sentenceOf(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  return page.querySelector(".solo-card p")?.textContent.trim() || "";
}

async function explain({ response, text }, typed) {
  const { raw, status } = response;
  if (isDoor(raw)) return say(SIGNED_OUT, typed, new URL(raw.url).pathname);
  if (raw.headers.get("X-Afterword-Refused") === "form token") {
    return (await renewTokens()) ? say(RENEWED, typed) : say(SIGNED_OUT, typed, "/sign-in/");
  }
  if (status === 403 || status === 422) return say([sentenceOf(text), ""], typed);
  if (status === 404) return say(GONE, typed);
  return say(status === 413 ? TOO_LARGE : BROKEN, typed);
}

// Tells whoever keeps the form's words whether the server has them now.
function tell(context, saved) {
  const form = context.sourceElement?.closest?.("form");
  if (form && isPost(context)) {
    document.dispatchEvent(new CustomEvent("afterword:answered", { detail: { form, saved } }));
  }
}

document.addEventListener("htmx:after:request", (event) => {
  const context = event.detail.ctx;
  const isDrawn = isFragment(context);
  tell(context, isDrawn && context.response.raw.ok);
  if (isDrawn) return hush();
  event.preventDefault();
  explain(context, isPost(context)).catch(() => say(LOST, isPost(context)));
});
document.addEventListener("htmx:error", ({ detail }) => {
  if (!detail.ctx || detail.ctx.response) return;
  tell(detail.ctx, false);
  say(LOST, isPost(detail.ctx));
});
// Back from the door in another tab: the next try can go through at once.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && notice?.querySelector("a")) {
    renewTokens().then((isIn) => isIn && say(RENEWED, true)).catch(() => {});
  }
});
