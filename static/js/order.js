// Sections are put into another order by dragging their titles; the buttons beside each do the same without a mouse.
let dragged = null;

const rows = (list) => [...list.querySelectorAll(".order-row")];

function rowUnder(list, y) {
  return rows(list).find((row) => y < row.getBoundingClientRect().top + row.offsetHeight / 2) || null;
}

function send(row, to) {
  const form = row.querySelector("form");
  const place = document.createElement("input");
  Object.assign(place, { type: "hidden", name: "to", value: to });
  form.append(place);
  form.submit();
}

document.querySelectorAll("[data-order]").forEach((list) => {
  const before = rows(list);
  before.forEach((row) => (row.draggable = true));
  list.addEventListener("dragstart", (event) => {
    dragged = event.target.closest(".order-row");
    dragged?.classList.add("order-dragged");
    event.dataTransfer.effectAllowed = "move";
  });
  list.addEventListener("dragover", (event) => {
    if (!dragged) return;
    event.preventDefault();
    list.insertBefore(dragged, rowUnder(list, event.clientY));
  });
  list.addEventListener("dragend", () => {
    const row = dragged;
    dragged = null;
    row?.classList.remove("order-dragged");
    const to = rows(list).indexOf(row);
    if (row && to !== before.indexOf(row)) send(row, to);
  });
});
