// A stretch of the swim lanes is chosen by drawing over it; the same is reached by the links and fields without a script.
const MARK = "http://www.w3.org/2000/svg";
const LEAST = 6;
let drag = null;

// Where a pointer is, in units of the drawing and inside of its lanes.
function place(svg, event) {
  const { left, width } = svg.getBoundingClientRect();
  const units = ((event.clientX - left) / width) * svg.viewBox.baseVal.width;
  const first = Number(svg.dataset.left);
  return Math.min(Math.max(units, first), first + Number(svg.dataset.width));
}

function moment(svg, units) {
  const [from, to] = [Date.parse(svg.dataset.from), Date.parse(svg.dataset.to)];
  const share = (units - Number(svg.dataset.left)) / Number(svg.dataset.width);
  return `${new Date(from + share * (to - from)).toISOString().slice(0, 19).replace("T", " ")}`;
}

function draw(event) {
  const now = place(drag.svg, event);
  drag.now = now;
  drag.mark.setAttribute("x", Math.min(drag.start, now));
  drag.mark.setAttribute("width", Math.abs(now - drag.start));
}

function begin(event) {
  const svg = event.target.closest?.("svg[data-zoom]");
  if (!svg || event.button || event.pointerType === "touch") return;
  event.preventDefault();
  const start = place(svg, event);
  const mark = document.createElementNS(MARK, "rect");
  mark.setAttribute("class", "lanes-drag");
  mark.setAttribute("y", 20);
  mark.setAttribute("height", svg.viewBox.baseVal.height - 50);
  svg.append(mark);
  drag = { svg, start, now: start, mark };
}

function end(isDone) {
  if (!drag) return;
  const { svg, start, now, mark } = drag;
  drag = null;
  mark.remove();
  if (!isDone || Math.abs(now - start) < LEAST) return;
  const address = new URL(location.href);
  for (const name of ["after", "before", "at", "did"]) address.searchParams.delete(name);
  address.searchParams.set("from", moment(svg, Math.min(start, now)));
  address.searchParams.set("to", moment(svg, Math.max(start, now)));
  address.hash = "";
  location.assign(address);
}

document.addEventListener("pointerdown", begin);
document.addEventListener("pointermove", (event) => drag && draw(event));
document.addEventListener("pointerup", () => end(true));
document.addEventListener("pointercancel", () => end(false));
document.addEventListener("keydown", ({ key }) => key === "Escape" && end(false));
