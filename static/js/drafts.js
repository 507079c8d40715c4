// What is typed in a form marked data-draft is sent to the server as its person's draft, two seconds after the last key.
// The form says where the words are: with the server, or in this browser alone (see unsaved.js) and why.
import { isDoor, renewTokens } from "./answers.js";

const WAIT = 2_000;
const AGAIN = 10_000;
const OFFLINE = "Offline: kept in this browser";
const SIGNED_OUT = "Signed out: kept in this browser, sign in in another tab";
const TOO_LONG = "Too long for a draft: kept in this browser";
const BROKEN = "Not kept as a draft: kept in this browser";

const drafts = new Map(); // form to {timer, sent}

function say(form, words, tone = "") {
  const state = form.querySelector("[data-draft-state]");
  if (!state || state.textContent === words) return;
  state.textContent = words;
  state.dataset.tone = tone;
}

function packed(form) {
  const data = new FormData();
  for (const name of ["csrfmiddlewaretoken", "body", "version"]) data.append(name, form.elements[name].value);
  return data;
}

const post = (form, more) =>
  fetch(form.dataset.draft, {
    method: "POST",
    body: packed(form),
    headers: { Accept: "text/plain" },
    credentials: "same-origin",
    ...more,
  });

// The answer, with a form token of the present sign-in where the page's own is too old.
async function answerTo(form) {
  const answer = await post(form);
  if (answer.headers.get("X-Afterword-Refused") !== "form token") return answer;
  return (await renewTokens()) ? post(form) : null;
}

async function outcome(form) {
  try {
    const answer = await answerTo(form);
    if (!answer || isDoor(answer)) return { words: SIGNED_OUT };
    if (answer.ok) return { words: await answer.text(), isKept: true };
    return { words: [413, 422].includes(answer.status) ? TOO_LONG : BROKEN };
  } catch {
    return { words: OFFLINE };
  }
}

async function send(form) {
  const draft = drafts.get(form);
  const body = form.elements.body.value;
  if (!draft || !form.isConnected || form.classList.contains("htmx-request") || draft.sent === body) return;
  const { words, isKept } = await outcome(form);
  if (!drafts.has(form)) return; // saved meanwhile
  say(form, words, isKept ? "" : "ask");
  if (isKept) draft.sent = body;
  if (form.elements.body.value !== draft.sent) plan(form, isKept ? WAIT : AGAIN);
}

function plan(form, wait = WAIT) {
  const draft = drafts.get(form);
  if (!draft) return;
  clearTimeout(draft.timer);
  draft.timer = setTimeout(() => send(form), wait);
}

function watch(form) {
  if (drafts.has(form)) return;
  drafts.set(form, { timer: 0, sent: form.elements.body.value });
  form.addEventListener("input", () => plan(form));
  form.addEventListener("submit", () => clearTimeout(drafts.get(form)?.timer));
  if (!("unsavedDraft" in form.dataset)) return;
  drafts.get(form).sent = null;
  plan(form, 0);
}

function watchAll() {
  for (const form of drafts.keys()) if (!form.isConnected) drafts.delete(form);
  document.querySelectorAll("form[data-draft]").forEach(watch);
}

// Leaving for another tab or program may be leaving for good.
function hurry() {
  for (const [form, draft] of drafts) {
    if (!form.isConnected || form.elements.body.value === draft.sent) continue;
    clearTimeout(draft.timer);
    if (document.visibilityState === "hidden") post(form, { keepalive: true }).catch(() => {});
    plan(form);
  }
}

document.addEventListener("afterword:answered", ({ detail: { form, saved } }) => {
  if (saved) drafts.delete(form);
  else plan(form);
});
document.addEventListener("visibilitychange", hurry);
window.addEventListener("online", hurry);
document.addEventListener("htmx:after:swap", watchAll);
watchAll();
