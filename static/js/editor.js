// The editor of a section: a toolbar, entries behind "#", people behind "@", and pictures that are pasted, dropped or
// chosen. Everything ends up as plain text in the field, so that undo, drafts and saving see nothing special.
import "../vendor/markdown-toolbar-element-2.2.3/markdown-toolbar-element.js";
import "../vendor/text-expander-element-2.9.4/text-expander-element.js";

const editors = new WeakSet();

function say(editor, words) {
  editor.querySelector("[data-editor-state]").textContent = words;
}

// Typed as if by hand, so that the field's own undo takes it back.
function insert(field, words) {
  field.focus();
  if (!document.execCommand("insertText", false, words)) {
    field.setRangeText(words, field.selectionStart, field.selectionEnd, "end");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

async function options(address, words) {
  const answer = await fetch(`${address}?q=${encodeURIComponent(words)}`, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return { matched: false };
  const box = document.createElement("template");
  box.innerHTML = await answer.text();
  const list = box.content.querySelector("ul");
  return { matched: Boolean(list), fragment: list };
}

function expand(editor) {
  const expander = editor.querySelector("text-expander");
  expander.addEventListener("text-expander-change", (event) => {
    const { key, provide, text } = event.detail;
    provide(options(key === "#" ? editor.dataset.entries : editor.dataset.people, text).catch(() => ({ matched: false })));
  });
  expander.addEventListener("text-expander-value", (event) => {
    const { item } = event.detail;
    if (item.getAttribute("aria-disabled") !== "true") event.detail.value = item.dataset.value;
  });
  expander.addEventListener("text-expander-activate", () => requestAnimationFrame(() => settle(editor)));
}

// The list opens where one types; near the right edge it moves back into the window.
// A field of several lines stays what it is: the roles of a list are told by what it controls and where it points.
function settle(editor) {
  const field = editor.querySelector("textarea");
  for (const name of ["role", "aria-expanded", "aria-haspopup"]) field.removeAttribute(name);
  const list = editor.querySelector(".options");
  const over = list ? list.getBoundingClientRect().right - (document.documentElement.clientWidth - 8) : 0;
  if (over > 0) list.style.left = `${list.offsetLeft - over}px`;
}

// A picture stands on a line of its own.
function onOwnLine(field, line) {
  const before = field.value.slice(0, field.selectionStart);
  const after = field.value.slice(field.selectionEnd);
  return `${!before || before.endsWith("\n") ? "" : "\n\n"}${line}${!after || after.startsWith("\n") ? "" : "\n\n"}`;
}

async function upload(editor, file) {
  const field = editor.querySelector("textarea");
  const data = new FormData();
  data.append("csrfmiddlewaretoken", editor.closest("form").elements.csrfmiddlewaretoken.value);
  data.append("file", file, file.name || "picture.png");
  say(editor, `Keeping ${file.name || "the picture"} …`);
  try {
    const answer = await fetch(editor.dataset.pictures, { method: "POST", body: data, headers: { Accept: "text/plain" } });
    if (answer.redirected) return say(editor, "Signed out: sign in in another tab, then paste the picture again.");
    const words = await answer.text();
    if (!answer.ok) return say(editor, answer.status === 422 ? words : "The picture was not kept. Try again.");
    insert(field, onOwnLine(field, words));
    say(editor, "The picture is kept as evidence. What stands in the square brackets is read to those who cannot see it.");
  } catch {
    say(editor, "Offline: paste the picture again when the connection is back.");
  }
}

const pictures = (list) => [...(list || [])].filter((file) => file.type.startsWith("image/"));

async function take(editor, event, files) {
  if (!files.length) return;
  event.preventDefault();
  for (const file of files) await upload(editor, file);
}

function watch(editor) {
  if (editors.has(editor)) return;
  editors.add(editor);
  const field = editor.querySelector("textarea");
  editor.querySelectorAll("markdown-toolbar, [data-editor-tools]").forEach((tools) => tools.removeAttribute("hidden"));
  expand(editor);
  field.addEventListener("paste", (event) => take(editor, event, pictures(event.clipboardData?.files)));
  field.addEventListener("drop", (event) => take(editor, event, pictures(event.dataTransfer?.files)));
  editor.querySelector("[data-picture]").addEventListener("change", async ({ target }) => {
    for (const file of pictures(target.files)) await upload(editor, file);
    target.value = "";
  });
  editor.querySelectorAll("[data-insert]").forEach((button) =>
    button.addEventListener("click", () => {
      const before = field.value.slice(0, field.selectionStart);
      insert(field, `${!before || /\s$/.test(before) ? "" : " "}${button.dataset.insert}`);
    }),
  );
}

const watchAll = () => document.querySelectorAll("[data-editor]").forEach(watch);

document.addEventListener("htmx:after:swap", watchAll);
watchAll();
