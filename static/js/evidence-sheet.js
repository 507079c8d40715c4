// On narrow screens the margin lies far below, so a tapped sentence opens its evidence right under itself.
const narrow = window.matchMedia("(width <= 70rem)");

function close() {
  document.querySelector(".evidence-sheet")?.remove();
}

function open(passage) {
  const margin = document.querySelector("[data-evidence-margin]");
  const cited = (passage.dataset.cites || "").split(" ").filter(Boolean);
  const sheet = document.createElement("aside");
  sheet.className = "card evidence-sheet";
  sheet.setAttribute("aria-label", "What this sentence rests on");
  for (const number of cited) {
    const entry = margin?.querySelector(`[data-entry="${CSS.escape(number)}"]`)?.cloneNode(true);
    if (!entry) continue;
    entry.removeAttribute("data-hidden");
    entry.removeAttribute("data-entry");
    sheet.append(entry);
  }
  if (!sheet.childElementCount) sheet.textContent = passage.dataset.statement || "This sentence cites no entry.";
  (passage.closest("p, li") || passage).after(sheet);
}

document.addEventListener("click", (event) => {
  if (!narrow.matches || event.target.closest("a, button, summary, .evidence-sheet")) return;
  const passage = event.target.closest(".passage");
  const again = passage?.dataset.open === "1";
  document.querySelectorAll(".passage[data-open]").forEach((other) => delete other.dataset.open);
  close();
  if (!passage || again) return;
  passage.dataset.open = "1";
  open(passage);
});
