// A part of the page that is exchanged for another takes the focus with it: into the field that it opens, or back to the
// link that opened it. Without that, whoever works by keyboard would begin again at the top of the page.
let last = "";

document.addEventListener("focusin", ({ target }) => {
  last = target.closest("section[id]")?.id || "";
});
document.addEventListener("htmx:after:swap", () => {
  if (!last || (document.activeElement && document.activeElement !== document.body)) return;
  const place = document.getElementById(last)?.querySelector("textarea, a[hx-get], a[href], button");
  place?.focus({ preventScroll: true });
});
