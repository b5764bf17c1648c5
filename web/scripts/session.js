// Reading a coded session: numbers that lead to their lines, only the unsure lines, and keys to walk with.

const KEYS_KEPT = "evoke.keys";

const talk = document.querySelector(".evoke-talk");
const tools = talk.querySelector("[data-tools]");
const status = talk.querySelector("[data-tools-status]");
const lines = [...talk.querySelectorAll("[data-line]")];
const turns = [...talk.querySelectorAll("[data-turn]")];
const bar = talk.querySelector("[data-marks]");
const onlyUnsure = talk.querySelector("[data-only-unsure]");
const useKeys = talk.querySelector("[data-use-keys]");
let marked = []; // the lines of the chosen number, in order
let chosen = null; // { link, name }
let here = null; // the line last gone to

const plural = (count, one, many) => `${count} ${count === 1 ? one : many}`;
const summaryOf = (line) => line.querySelector("summary");

function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Storage may be shut off; then it holds for this page only.
  }
}

function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function goTo(line, block) {
  here = line;
  summaryOf(line).focus({ preventScroll: true });
  line.scrollIntoView({ block });
}

function tellMarks() {
  const at = marked.indexOf(here);
  const place = at < 0 ? plural(marked.length, "line", "lines") : `line ${at + 1} of ${marked.length}`;
  bar.querySelector("[data-marks-words]").textContent = `${chosen.name}: ${place}`;
  status.textContent = `${chosen.name}: ${place}`;
}

function clearMarks() {
  for (const line of marked) line.classList.remove("evoke-line--marked");
  chosen?.link.removeAttribute("aria-current");
  marked = [];
  chosen = null;
  bar.hidden = true;
}

function mark(link) {
  clearMarks();
  const ids = new Set(link.dataset.count.split(" ").map((id) => `u${id}`));
  marked = lines.filter((line) => ids.has(line.id));
  if (!marked.length) return;
  if (onlyUnsure?.checked && marked.some((line) => line.hidden)) {
    onlyUnsure.checked = false;
    filter();
  }
  chosen = { link, name: link.dataset.name };
  for (const line of marked) line.classList.add("evoke-line--marked");
  link.setAttribute("aria-current", "true");
  bar.hidden = false;
  goTo(marked[0], "center");
  tellMarks();
}

/** To the next line (or the one before): of the marked ones where there are marks, else of those shown. */
function walk(step, among = marked.length ? marked : lines.filter((line) => !line.hidden)) {
  if (!among.length) return;
  const focused = document.activeElement?.closest("[data-line]");
  const from = focused ?? here;
  const order = lines.indexOf(from);
  const next = step > 0
    ? among.find((line) => lines.indexOf(line) > order)
    : among.findLast((line) => order >= 0 && lines.indexOf(line) < order);
  if (next) {
    goTo(next, "nearest");
    if (chosen) tellMarks();
  } else {
    status.textContent = step > 0 ? "This is the last line." : "This is the first line.";
  }
}

function filter() {
  const only = Boolean(onlyUnsure?.checked);
  for (const line of lines) line.hidden = only && !("unsure" in line.dataset);
  for (const turn of turns) turn.hidden = [...turn.querySelectorAll("[data-line]")].every((line) => line.hidden);
  return only;
}

function onlyUnsureChanged() {
  clearMarks();
  here = null;
  const left = filter() ? lines.filter((line) => !line.hidden).length : lines.length;
  status.textContent = onlyUnsure.checked
    ? `Showing ${plural(left, "unsure line", "unsure lines")} of ${lines.length}.`
    : `Showing all ${plural(left, "line", "lines")}.`;
}

function typing(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
}

function pressed(event) {
  if (!useKeys.checked || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  const key = event.key.toLowerCase();
  if (key !== "j" && key !== "k") return;
  event.preventDefault();
  walk(key === "j" ? 1 : -1);
}

if (tools && lines.length) {
  tools.hidden = false;
  tools.addEventListener("submit", (event) => event.preventDefault());
  for (const line of lines) {
    // Who arrives by a key hears the line, not only its code.
    const text = line.querySelector(".evoke-line__text");
    text.id = `${line.id}-text`;
    summaryOf(line).setAttribute("aria-describedby", text.id);
  }
  for (const link of document.querySelectorAll("[data-count]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      mark(link);
    });
  }
  bar.querySelector("[data-previous]").addEventListener("click", () => walk(-1, marked));
  bar.querySelector("[data-next]").addEventListener("click", () => walk(1, marked));
  bar.querySelector("[data-clear]").addEventListener("click", () => {
    const back = here ?? marked[0];
    clearMarks();
    status.textContent = "The marks are cleared.";
    goTo(back, "nearest");
  });
  onlyUnsure?.addEventListener("change", onlyUnsureChanged);
  useKeys.checked = remembered(KEYS_KEPT) !== "off";
  useKeys.addEventListener("change", () => remember(KEYS_KEPT, useKeys.checked ? "on" : "off"));
  document.addEventListener("keydown", pressed);
  if (onlyUnsure?.checked) filter(); // the browser kept it checked over a reload
}
