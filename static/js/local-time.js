// A time that is pointed at or focused says what the person's own clock showed, beside UTC and what the source wrote.
const clock = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short",
});
const utc = new Intl.DateTimeFormat("en-GB", {
  day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", timeZone: "UTC",
});

function tell({ target }) {
  const time = target.closest?.("time[datetime]") ?? target.closest?.(".entry")?.querySelector("time[datetime]");
  if (!time || time.dataset.told) return;
  const at = new Date(time.dateTime);
  if (Number.isNaN(at.getTime())) return;
  time.dataset.told = "1";
  const lines = [`Your time: ${clock.format(at)}`, `${utc.format(at)} UTC`];
  if (time.dataset.written) lines.push(`As written: ${time.dataset.written}`);
  time.title = lines.join("\n");
}

for (const event of ["mouseover", "focusin"]) document.addEventListener(event, tell);
