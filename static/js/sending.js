// A form that was sent says so, and cannot be sent twice by a second click.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (form.classList.contains("is-sending")) {
    event.preventDefault();
    return;
  }
  form.classList.add("is-sending");
});

window.addEventListener("pageshow", () => {
  document.querySelectorAll(".is-sending").forEach((form) => form.classList.remove("is-sending"));
});
document.addEventListener("htmx:after:request", () => {
  document.querySelectorAll(".is-sending").forEach((form) => form.classList.remove("is-sending"));
});
