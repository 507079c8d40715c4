// Typed words outlive a closed tab, a lost connection and an expired sign-in: forms marked data-unsaved are kept in this
// browser until the server has them or their person signs out, offered again when the page returns, and leaving asks first.
import { keep, recall } from "./kept.js";

const PREFIX = "afterword.unsaved.";
const SENT = "afterword.sent";
const UNKEPT = ["hidden", "password", "file", "submit"];
const key = (form) => PREFIX + (form.dataset.unsaved || location.pathname);
const fields = (form) => [...form.elements].filter((field) => field.name && !UNKEPT.includes(field.type));
const isSwitch = (field) => ["checkbox", "radio"].includes(field.type);

function values(form) {
  return fields(form).map((field) => (isSwitch(field) ? field.checked : field.value));
}

function restore(form, kept) {
  fields(form).forEach((field, index) => {
    if (isSwitch(field)) field.checked = Boolean(kept[index]);
    else field.value = kept[index] ?? field.value;
  });
}

function choice(words, act) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = words;
  button.addEventListener("click", act);
  return button;
}

function offer(form, kept) {
  const note = document.createElement("div");
  note.className = "callout callout-ask";
  note.setAttribute("role", "status");
  const words = document.createElement("p");
  words.textContent = "You typed something here that was not saved.";
  const choices = document.createElement("div");
  choices.className = "row";
  choices.append(
    choice("Put it back", () => {
      restore(form, kept);
      form.dataset.dirty = "1";
      note.remove();
    }),
    choice("Throw it away", () => {
      keep(key(form), null);
      note.remove();
    }),
  );
  note.append(words, choices);
  form.prepend(note);
}

// What was kept, or nothing where it cannot be read any more or the form has other fields by now.
function keptOf(form) {
  try {
    const kept = JSON.parse(recall(key(form)));
    return Array.isArray(kept) && kept.length === fields(form).length ? kept : null;
  } catch {
    return null;
  }
}

function watch(form) {
  if (form.dataset.watched) return;
  form.dataset.watched = "1";
  const start = JSON.stringify(values(form));
  const kept = keptOf(form);
  const refused = form.querySelector(".errors, [role=alert]");
  if (kept && JSON.stringify(kept) === start) keep(key(form), null);
  else if (kept && !refused) offer(form, kept);
  form.addEventListener("input", () => {
    const now = JSON.stringify(values(form));
    form.dataset.dirty = now === start ? "" : "1";
    keep(key(form), now === start ? null : now);
  });
  form.addEventListener("submit", () => {
    if (form.dataset.dirty) keep(key(form), JSON.stringify(values(form))); // a sign-out in another tab took the copy
    form.dataset.dirty = "";
    sessionStorage.setItem(SENT, JSON.stringify([key(form), location.pathname]));
  });
}

function watchAll() {
  document.querySelectorAll("form[data-unsaved]").forEach(watch);
}

// The server has what was sent when the page that follows the form is one of ours, came from it, and refuses nothing.
// A sign-in page, an error page or a page reached otherwise proves nothing: then the copy stays.
function settle() {
  const sent = sessionStorage.getItem(SENT);
  if (!sent) return;
  sessionStorage.removeItem(SENT);
  const [copy, from] = JSON.parse(sent);
  const [visit] = performance.getEntriesByType("navigation");
  const followed = visit?.type === "navigate" && document.referrer && new URL(document.referrer).pathname === from;
  const refused = document.querySelector("form[data-unsaved] .errors, form[data-unsaved] [role=alert]");
  if (followed && !refused && document.querySelector(".sidebar .nav")) keep(copy, null);
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsaved][data-dirty='1']")) event.preventDefault();
});
// What became of a form that was sent by htmx is told by answers.js.
document.addEventListener("afterword:answered", ({ detail: { form, saved } }) => {
  if (!form?.matches("[data-unsaved]")) return;
  sessionStorage.removeItem(SENT);
  if (saved) keep(key(form), null);
  else form.dataset.dirty = "1";
});
document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/sign-out/")) return;
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) keep(name, null);
});
document.addEventListener("htmx:after:swap", watchAll);
settle();
watchAll();
