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

// With the version that the words were typed over: what others saved since is merged with them, never overwritten.
function copyOf(form) {
  return { values: values(form), version: form.elements.version?.value ?? "", at: Date.now() };
}

function restore(form, kept) {
  fields(form).forEach((field, index) => {
    if (isSwitch(field)) field.checked = Boolean(kept.values[index]);
    else field.value = kept.values[index] ?? field.value;
  });
  if (kept.version && form.elements.version) form.elements.version.value = kept.version;
  form.dataset.dirty = "1";
  form.dispatchEvent(new Event("input", { bubbles: true }));
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
      note.remove();
      restore(form, kept);
    }),
    choice("Throw it away", () => {
      keep(key(form), null);
      note.remove();
    }),
  );
  note.append(words, choices);
  return note;
}

function foldedAway(note, summary) {
  const details = document.createElement("details");
  details.append(Object.assign(document.createElement("summary"), { textContent: summary }), note);
  return details;
}

// The server may keep a draft too, from here or from another device: the newer of the two is offered, the other folded.
function place(form, kept) {
  const draft = form.parentElement.querySelector("[data-draft-offer]");
  if (draft?.querySelector("[data-draft-body]")?.textContent === kept.values[0]) return;
  const note = offer(form, kept);
  if (!draft) return form.prepend(note);
  const isNewer = kept.at > Date.parse(form.dataset.draftAt);
  if (!isNewer) return form.before(foldedAway(note, "An older copy is kept in this browser"));
  draft.replaceWith(note);
  note.after(foldedAway(draft, "An older copy is kept as your draft"));
}

// What was kept, or nothing where it cannot be read any more or the form has other fields by now.
function keptOf(form) {
  try {
    const kept = JSON.parse(recall(key(form)));
    return kept?.values?.length === fields(form).length ? kept : null;
  } catch {
    return null;
  }
}

function watch(form) {
  if (form.dataset.watched) return;
  form.dataset.watched = "1";
  if ("unsavedHeld" in form.dataset) return; // the words are in the copy and the draft until it is decided about them
  const start = "unsavedDraft" in form.dataset ? null : JSON.stringify(values(form));
  const kept = keptOf(form);
  const refused = form.querySelector(".errors, [role=alert]");
  if (kept && JSON.stringify(kept.values) === JSON.stringify(values(form))) keep(key(form), null);
  else if (kept && !refused) place(form, kept);
  const note = () => {
    const isStart = JSON.stringify(values(form)) === start;
    form.dataset.dirty = isStart ? "" : "1";
    keep(key(form), isStart ? null : JSON.stringify(copyOf(form)));
  };
  form.addEventListener("input", note);
  if (start === null && !kept) note();
  form.addEventListener("submit", () => {
    if (form.dataset.dirty) keep(key(form), JSON.stringify(copyOf(form))); // a sign-out in another tab took the copy
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
  else if (!("unsavedHeld" in form.dataset)) form.dataset.dirty = "1";
});
document.addEventListener("submit", ({ target }) => {
  if (!target.action.endsWith("/sign-out/")) return;
  for (const name of Object.keys(localStorage).filter((one) => one.startsWith(PREFIX))) keep(name, null);
});
document.addEventListener("htmx:after:swap", watchAll);
settle();
watchAll();
