// A sentence under the pointer or the focus shows the entries that it rests on: in the margin beside it, or in a sheet
// under it. An entry of the margin shows every sentence that rests on it.
// Sentences carry data-cites="12 13" and data-near="11"; entries carry data-entry="12".
import { openSheet } from "./evidence-sheet.js";

const noHover = window.matchMedia("(width <= 70rem)");
const margin = () => document.querySelector("[data-evidence-margin]");
const numbers = (words) => new Set((words || "").split(" ").filter(Boolean));

function mark(passage) {
  for (const other of document.querySelectorAll(".passage.is-marked")) other.classList.remove("is-marked");
  passage.classList.add("is-marked");
}

// Shows the entries of a sentence in the margin; returns what is shown there, entries or the words that there are none.
function select(place, passage) {
  const cited = numbers(passage.dataset.cites);
  const near = numbers(passage.dataset.near);
  for (const item of place.querySelectorAll("[data-entry]")) {
    const isCited = cited.has(item.dataset.entry);
    item.toggleAttribute("data-hidden", !isCited && !near.has(item.dataset.entry));
    item.classList.toggle("is-cited", isCited);
  }
  const shown = [...place.querySelectorAll("[data-entry]:not([data-hidden])")];
  const hint = place.querySelector("[data-evidence-hint]");
  if (!hint) return shown;
  hint.hidden = shown.length > 0;
  hint.textContent = passage.dataset.statement || hint.dataset.none;
  return shown.length ? shown : [hint];
}

function show(passage) {
  const place = margin();
  if (!place || passage.classList.contains("is-marked")) return;
  mark(passage);
  openSheet(passage, select(place, passage));
}

function showKin(entry) {
  for (const passage of document.querySelectorAll(".passage")) {
    passage.classList.toggle("is-kin", Boolean(entry) && numbers(passage.dataset.cites).has(entry.dataset.entry));
  }
}

function look({ type, target }) {
  const passage = target.closest?.(".passage");
  if (passage && !(type === "mouseover" && noHover.matches)) show(passage);
  if (type !== "click") showKin(target.closest?.("[data-evidence-margin] [data-entry]"));
}

for (const event of ["mouseover", "focusin", "click"]) document.addEventListener(event, look);
