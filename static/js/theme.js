// Sets the chosen theme before the first paint; blocking on purpose, and tiny for that reason.
const chosenTheme = localStorage.getItem("afterword.theme");
if (chosenTheme === "light" || chosenTheme === "dark") {
  document.documentElement.dataset.theme = chosenTheme;
}
