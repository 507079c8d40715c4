// A part of the page that is exchanged for another takes the focus with it: into the field that it opens, or back to the
// link that opened it. Where nothing of that part is left, the part around it takes the focus; a list of parts gives it to
// the first of them as a whole, so that one key too many decides nothing. Without that, whoever works by keyboard would
// begin again at the top of the page.
const FIELDS = "textarea, a[hx-get], a[href], button";
let around = [];

const sectionsAround = (element) => {
  const section = element?.closest("section[id]");
  return section ? [section.id, ...sectionsAround(section.parentElement)] : [];
};

const within = (id) => {
  const place = document.getElementById(id);
  return place?.querySelector(place.matches("[data-parts]") ? "[tabindex='-1']" : FIELDS);
};

document.addEventListener("focusin", ({ target }) => {
  around = sectionsAround(target);
});
document.addEventListener("htmx:after:swap", () => {
  if (document.activeElement && document.activeElement !== document.body) return;
  around.map(within).find(Boolean)?.focus({ preventScroll: true });
});
