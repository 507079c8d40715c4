// The button that turns the theme around. Choosing what the system shows anyway goes back to following the system.
import { keep } from "./kept.js";

const root = document.documentElement;
const systemDark = window.matchMedia("(prefers-color-scheme: dark)");
const buttons = document.querySelectorAll("[data-theme-toggle]");

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : systemDark.matches;
}

function show() {
  for (const button of buttons) button.setAttribute("aria-pressed", String(isDark()));
}

function turn() {
  const dark = !isDark();
  const theme = dark ? "dark" : "light";
  if (dark === systemDark.matches) delete root.dataset.theme;
  else root.dataset.theme = theme;
  keep("afterword.theme", root.dataset.theme ?? null);
  show();
}

for (const button of buttons) {
  button.hidden = false;
  button.addEventListener("click", turn);
}
systemDark.addEventListener("change", show);
show();
