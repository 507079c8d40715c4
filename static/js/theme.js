// Sets the chosen theme before the first paint; blocking on purpose, and tiny for that reason.
document.documentElement.dataset.script = "on";
try {
  const chosen = localStorage.getItem("afterword.theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch {
  // Storage is forbidden: the theme follows the system.
}
