// Typed words outlive a closed tab, a lost connection and an expired sign-in: forms marked data-unsaved are kept in this
// browser until they are saved, offered again when the page returns, and leaving asks first.
const PREFIX = "afterword.unsaved.";
const key = (form) => PREFIX + (form.dataset.unsaved || location.pathname);
const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit"].includes(field.type));

function values(form) {
  return fields(form).map((field) => (["checkbox", "radio"].includes(field.type) ? field.checked : field.value));
}

function restore(form, kept) {
  fields(form).forEach((field, index) => {
    if (["checkbox", "radio"].includes(field.type)) field.checked = kept[index];
    else field.value = kept[index] ?? field.value;
  });
}

function offer(form, kept) {
  const note = document.createElement("p");
  note.className = "callout callout-ask";
  note.setAttribute("role", "status");
  const words = document.createElement("span");
  words.textContent = "You typed something here that was not saved. ";
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-small";
  button.textContent = "Put it back";
  button.addEventListener("click", () => {
    restore(form, kept);
    note.remove();
    form.dataset.dirty = "1";
  });
  note.append(words, button);
  form.prepend(note);
}

function watch(form) {
  if (form.dataset.watched) return;
  form.dataset.watched = "1";
  const start = JSON.stringify(values(form));
  const kept = localStorage.getItem(key(form));
  const refused = form.querySelector(".errors, [role=alert]");
  if (kept && kept !== start && !refused) offer(form, JSON.parse(kept));
  form.addEventListener("input", () => {
    const now = JSON.stringify(values(form));
    form.dataset.dirty = now === start ? "" : "1";
    localStorage.setItem(key(form), now);
  });
  form.addEventListener("submit", () => {
    form.dataset.dirty = "";
    sessionStorage.setItem(PREFIX + "sent", key(form));
  });
}

function watchAll() {
  document.querySelectorAll("form[data-unsaved]").forEach(watch);
}

// A form that was sent and does not come back with an error has been saved: forget its copy.
const sent = sessionStorage.getItem(PREFIX + "sent");
if (sent && !document.querySelector("form[data-unsaved] .errors, form[data-unsaved] [role=alert]")) {
  const page = document.querySelector("[data-signed-in]") || document.querySelector(".sidebar .nav");
  if (page) {
    localStorage.removeItem(sent);
    sessionStorage.removeItem(PREFIX + "sent");
  }
}

window.addEventListener("beforeunload", (event) => {
  if (document.querySelector("form[data-unsaved][data-dirty='1']")) event.preventDefault();
});
document.addEventListener("htmx:after:swap", watchAll);
watchAll();
