// On narrow screens the menu starts closed; without this script it is open, and still works.
const narrow = window.matchMedia("(width <= 48rem)");

function fit() {
  for (const menu of document.querySelectorAll("[data-menu]")) {
    menu.open = !narrow.matches;
    menu.dataset.menu = "fitted";
  }
}

fit();
narrow.addEventListener("change", fit);
