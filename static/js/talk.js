// Comments beside the text. Where there is a margin, the threads of the section that is being read lie in it, beside the
// text; elsewhere they stay under their section. A thread and its sentence show each other.
// A section's threads are [data-talk="summary"]; a thread carries data-about="passage-summary-3".
import { dialogIsOpen, isTyping, keysAreOff } from "./keyboard.js";

const wide = window.matchMedia("(width > 70rem)");
const margin = () => document.querySelector("[data-talk-margin]");
const talks = () => [...document.querySelectorAll(".talk[data-talk]:not([data-talk=entries])")];
const inMargin = () => margin()?.querySelector(".talk");

// Nobody's words are taken from under their hands: what is being typed in stays where it is.
const isBusy = (talk) =>
  talk.contains(document.activeElement) || Boolean(talk.querySelector("form[data-dirty='1'], .talk-new form"));

// Back under its section; a section that was drawn anew brings its own threads, newer than these.
function sendHome(talk) {
  const section = document.getElementById(talk.dataset.talk);
  if (!section || section.querySelector(".talk[data-talk]")) talk.remove();
  else section.append(talk);
}

function show(key) {
  const [slot, now] = [margin(), inMargin()];
  if (!slot) return;
  const next = talks().find((talk) => talk.dataset.talk === key && !slot.contains(talk));
  if (now && (now.dataset.talk !== key || next)) sendHome(now);
  if (next) slot.append(next);
  settle();
}

function settle() {
  const [slot, talk] = [margin(), inMargin()];
  if (slot) slot.hidden = !talk?.querySelector(".thread");
}

// The last section that began above the upper third of the window.
function sectionRead() {
  const line = window.innerHeight / 3;
  const sections = [...document.querySelectorAll(".document-section")];
  const above = sections.filter((section) => section.getBoundingClientRect().top <= line);
  return (above.at(-1) ?? sections[0])?.id;
}

function follow() {
  const now = inMargin();
  if (now && isBusy(now)) return;
  if (wide.matches) show(sectionRead());
  else if (now) {
    sendHome(now);
    settle();
  }
}

let waiting = false;
function followSoon() {
  if (waiting || !margin()) return;
  waiting = true;
  requestAnimationFrame(() => {
    waiting = false;
    follow();
  });
}

function go(thread) {
  const key = thread.closest(".talk")?.dataset.talk;
  if (wide.matches && key && key !== "entries") show(key);
  const folded = thread.closest("details");
  if (folded) folded.open = true;
  thread.focus({ preventScroll: true });
  thread.scrollIntoView({ block: "nearest" });
}

function goToHash() {
  const place = document.getElementById(location.hash.slice(1));
  if (place?.matches(".thread")) go(place);
  else if (place?.matches(".passage")) place.focus();
}

async function compose(link) {
  const key = link.dataset.slot.replace(/^talk-|-new$/g, "");
  if (wide.matches && key !== "entries") show(key);
  const target = document.getElementById(link.dataset.slot);
  if (!target.querySelector("form[data-dirty='1']")) {
    const { pathname, search } = new URL(link.href);
    await window.htmx.ajax("GET", pathname + search, { target, swap: "outerHTML" });
  }
  settle();
  const field = document.getElementById(link.dataset.slot)?.querySelector("textarea");
  field?.scrollIntoView({ block: "nearest" });
  field?.focus({ preventScroll: true });
}

function leave(link) {
  const [place, form] = [link.closest(".talk-new"), link.closest("form")];
  form.remove();
  settle();
  const back = document.getElementById(new URL(link.href).hash.slice(1));
  if (place && back?.matches(".passage")) back.focus();
}

function pressed(event) {
  const plain = event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey;
  const link = plain && event.target.closest?.("a.talk-add, a.talk-mark, a.talk-count, a[data-talk-cancel]");
  if (!link || !margin()) return;
  const thread = link.hash && document.getElementById(link.hash.slice(1));
  if (link.matches(".talk-add") && window.htmx && document.getElementById(link.dataset.slot)) compose(link);
  else if (link.matches("[data-talk-cancel]")) leave(link);
  else if (thread?.matches(".thread")) go(thread);
  else return;
  event.preventDefault();
}

function pair({ target }) {
  const thread = target.closest?.(".thread[data-about]");
  const passage = target.closest?.(".passage[id]");
  for (const one of document.querySelectorAll(".is-talked")) one.classList.remove("is-talked");
  document.getElementById(thread?.dataset.about)?.classList.add("is-talked");
  if (!passage) return;
  for (const one of document.querySelectorAll(`.thread[data-about="${passage.id}"]`)) one.classList.add("is-talked");
}

function shortcut(event) {
  if (event.key !== "c" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (isTyping(event.target) || dialogIsOpen() || keysAreOff()) return;
  const link = event.target.closest?.(".passage")?.querySelector(".talk-add");
  if (!link) return;
  event.preventDefault();
  link.click();
}

// A thread that was drawn anew takes the focus that its old self had.
let held = "";
document.addEventListener("htmx:before:swap", () => {
  held = document.activeElement?.closest?.(".thread[id], .talk-new")?.id ?? "";
});
document.addEventListener("htmx:after:swap", () => {
  if (!margin()) return;
  const now = inMargin();
  const fresh = now && document.getElementById(now.dataset.talk)?.querySelector(".talk[data-talk]");
  if (fresh) show(now.dataset.talk);
  const place = held && document.activeElement === document.body && document.getElementById(held);
  const next = place?.matches?.(".talk-new") ? place.nextElementSibling : place;
  if (next?.matches?.(".thread")) next.focus({ preventScroll: true });
  held = "";
  settle();
});
document.addEventListener("click", pressed);
document.addEventListener("keydown", shortcut);
for (const event of ["mouseover", "focusin"]) document.addEventListener(event, pair);
window.addEventListener("scroll", followSoon, { passive: true });
window.addEventListener("hashchange", goToHash);
wide.addEventListener("change", followSoon);
follow();
if (margin() && location.hash) goToHash();
