// Where the screen is narrow the margin lies far below, so a sentence that is tapped or focused opens its evidence right
// under itself. The sheet holds copies: a fragment swapped around it never takes the margin away.
const narrow = window.matchMedia("(width <= 70rem)");
const sheet = document.createElement("div");
sheet.className = "card evidence-sheet";
sheet.setAttribute("role", "region");
sheet.setAttribute("aria-label", "What this sentence rests on");

function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-quiet btn-small";
  button.textContent = "Close";
  button.addEventListener("click", closeSheet);
  return button;
}

// Opens the sheet under the sentence and keeps the sentence where it is, though a sheet above it may have closed.
export function openSheet(passage, parts) {
  if (!narrow.matches) return;
  const before = passage.getBoundingClientRect().top;
  sheet.replaceChildren(...parts.map((part) => part.cloneNode(true)), closeButton());
  const block = passage.closest("li, p") ?? passage;
  if (block.matches("li")) block.append(sheet);
  else block.after(sheet);
  window.scrollBy({ top: passage.getBoundingClientRect().top - before, behavior: "instant" });
}

export function closeSheet() {
  const marked = document.querySelector(".passage.is-marked");
  if (sheet.contains(document.activeElement)) marked?.focus({ preventScroll: true });
  sheet.remove();
  marked?.classList.remove("is-marked");
}

document.addEventListener("keydown", ({ key }) => {
  if (key === "Escape" && !document.querySelector("dialog[open]")) closeSheet();
});
narrow.addEventListener("change", closeSheet);
