// j and k walk through a list marked data-keyboard-list, Enter follows the first link of the row, / goes to the filter,
// ? lists the keys. Single keys can be turned off, as WCAG 2.1.4 asks: speech input types letters.
import { keep, recall } from "./kept.js";

const OFF = "afterword.keys-off";
const ROWS = "[data-keyboard-list] > li, tbody > tr, [data-keyboard-row]";
const dialog = document.querySelector("[data-keys]");

// A box that is ticked takes no letters.
export function isTyping(target) {
  return Boolean(target.closest?.("input:not([type=checkbox]), select, textarea, [contenteditable]"));
}

export const keysAreOff = () => Boolean(recall(OFF));
export const dialogIsOpen = () => Boolean(dialog?.open);

function rows() {
  const list = document.querySelector("[data-keyboard-list]");
  return list ? [...list.querySelectorAll(ROWS)].filter((row) => row.querySelector("a, button")) : [];
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const now = all.findIndex((row) => row.classList.contains("is-current"));
  const next = all[Math.min(Math.max(now + by, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("is-current", row === next));
  next.scrollIntoView({ block: "nearest" });
  (next.querySelector("a.chip") ?? next.querySelector("a, button")).focus({ preventScroll: true });
}

function filter() {
  const field = document.querySelector("[data-filter]");
  field?.focus();
  return Boolean(field);
}

function help() {
  if (!dialog || dialog.open) return false;
  dialog.querySelector("[data-keys-on]").checked = !recall(OFF);
  dialog.showModal();
  return true;
}

const ACTIONS = { j: () => move(1), k: () => move(-1), "/": filter, "?": help };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  const action = ACTIONS[event.key];
  if (!action || dialogIsOpen() || keysAreOff()) return;
  if (action() !== false) event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-keys-open]")) help();
  if (target.closest?.("[data-keys-close]") || target === dialog) dialog.close();
});
dialog?.addEventListener("change", ({ target }) => keep(OFF, target.checked ? null : "1"));
for (const button of document.querySelectorAll("[data-keys-open]")) button.hidden = false;
