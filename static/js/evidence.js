// A sentence under the pointer or the focus shows, in the margin, the entries that it rests on.
// Sentences carry data-cites="12 13"; margin items carry data-entry="12".
const margin = () => document.querySelector("[data-evidence-margin]");

function show(passage) {
  const place = margin();
  if (!place || passage.classList.contains("is-marked")) return;
  for (const other of document.querySelectorAll(".passage.is-marked")) other.classList.remove("is-marked");
  passage.classList.add("is-marked");
  const cited = new Set((passage.dataset.cites || "").split(" ").filter(Boolean));
  const near = new Set((passage.dataset.near || "").split(" ").filter(Boolean));
  let shown = 0;
  for (const item of place.querySelectorAll("[data-entry]")) {
    const isCited = cited.has(item.dataset.entry);
    const isShown = isCited || near.has(item.dataset.entry);
    item.toggleAttribute("data-hidden", !isShown);
    item.classList.toggle("is-cited", isCited);
    shown += isShown ? 1 : 0;
  }
  const hint = place.querySelector("[data-evidence-hint]");
  if (hint) {
    hint.hidden = shown > 0;
    hint.textContent = passage.dataset.statement || hint.dataset.none;
  }
}

for (const event of ["mouseover", "focusin"]) {
  document.addEventListener(event, ({ target }) => {
    const passage = target.closest?.(".passage");
    if (passage) show(passage);
  });
}
