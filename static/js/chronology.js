// Keys of the chronology: x selects the current row, h highlights it, m merges what is selected, u takes back what was
// just done. Also the notice that says so, and what the address asks to be shown.
import { dialogIsOpen, isTyping, keysAreOff } from "./keyboard.js";
import { current, press, toggle } from "./selection.js";

function highlight() {
  if (document.querySelector(".entry-pick:checked")) return press("highlight");
  const star = current()?.querySelector("[data-star]");
  star?.click();
  return Boolean(star);
}

function undo() {
  const button = document.querySelector("[data-undo]");
  button?.click();
  return Boolean(button);
}

const ACTIONS = { x: toggle, h: highlight, m: () => press("merge"), u: undo };

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = document.querySelector("[data-chronology]") && ACTIONS[event.key];
  if (!action || isTyping(event.target) || dialogIsOpen() || keysAreOff()) return;
  if (action() !== false) event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-told-close]")) document.querySelector("#told").replaceChildren();
});

// #e123 of a row that is not on this page asks for the stretch that holds it.
const asked = /^#e(\d+)$/.exec(location.hash);
const list = document.querySelector("[data-chronology]");
if (asked && list && !document.getElementById(`e${asked[1]}`)) {
  const address = new URL(location.href);
  if (address.searchParams.get("at") !== `E${asked[1]}`) {
    address.searchParams.set("at", `E${asked[1]}`);
    location.replace(address);
  }
}
// ?at=E123 without a fragment: the row comes into view.
if (!location.hash) document.querySelector(".entry.is-looked-at")?.scrollIntoView({ block: "center" });
