// A form that was sent says so, and cannot be sent twice by a second click.
function settle() {
  for (const form of document.querySelectorAll(".is-sending")) form.classList.remove("is-sending");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.classList.contains("is-sending")) {
    event.preventDefault();
    return;
  }
  form.classList.add("is-sending");
});

window.addEventListener("pageshow", settle);
document.addEventListener("htmx:after:request", settle);
// Who is asked about unsaved words may stay; then nothing was sent.
window.addEventListener("beforeunload", (event) => {
  if (event.defaultPrevented) setTimeout(settle);
});
