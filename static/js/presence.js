// Who is writing where. A section that is open for writing says so every ten seconds, and the page of a review asks every
// twenty; never while the tab is hidden, and without a word when the connection is lost.
const TICK = 10_000;
let ticks = 0;

const form = () => document.querySelector("form[data-presence]");

function draw(writers) {
  for (const place of document.querySelectorAll("[data-writing]")) {
    const words = writers[place.dataset.writing] ?? "";
    if (place.textContent.trim() !== words) place.textContent = words;
  }
}

function sign(of, more = {}) {
  const data = new FormData();
  data.append("csrfmiddlewaretoken", of.elements.csrfmiddlewaretoken.value);
  for (const [name, value] of Object.entries(more)) data.append(name, value);
  return data;
}

function asked() {
  const open = form();
  if (open) return fetch(open.dataset.presence, { method: "POST", body: sign(open), redirect: "manual" });
  const page = document.querySelector("[data-writers]");
  return page && ticks % 2 === 0 ? fetch(page.dataset.writers, { redirect: "manual" }) : null;
}

async function tick() {
  ticks += 1;
  if (document.visibilityState === "hidden") return;
  try {
    const answer = await asked();
    if (answer?.ok) draw(await answer.json());
  } catch {
    // Whoever is writing will show again when the connection does.
  }
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden") return;
  ticks = 1;
  tick();
});
window.addEventListener("pagehide", () => {
  const open = form();
  if (open) navigator.sendBeacon(open.dataset.presence, sign(open, { gone: "1" }));
});
setInterval(tick, TICK);
