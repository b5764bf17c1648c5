// A note: kept as it is written, counted as lines are chosen, and copied whole. Without this its buttons do the same.
const form = document.querySelector("[data-note]");
const said = document.querySelector("[data-note-said]");
const shown = document.querySelector("[data-note-text]");
const copy = document.querySelector("[data-note-copy]");
const WAIT = 3000; // milliseconds without a key

/** Its fields as they are, and what is wanted besides keeping them. */
const sent = (then = "") => {
  const body = new URLSearchParams(new FormData(form));
  body.set("then", then);
  return body;
};

let kept = form ? sent().toString() : "";
let timer = 0;
let leaves = false;

/** Sends the note and shows it as it goes out; gives its text for the clipboard. */
async function send(then, leaving = false) {
  clearTimeout(timer);
  const now = sent().toString();
  const headers = { accept: "application/json" };
  const answer = await fetch(form.action, { method: "POST", body: sent(then), headers, keepalive: leaving });
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.detail ?? "");
  kept = now;
  if (shown && found.sections) draw(found.sections);
  return found.text;
}

/** As the page's template does. */
function draw(sections) {
  for (const old of shown.querySelectorAll("[data-note-section]")) old.remove();
  for (const { title, text, quotations } of sections) {
    const section = document.createElement("section");
    section.dataset.noteSection = "";
    const add = (name, words) => words && section.append(Object.assign(document.createElement(name), { textContent: words }));
    add("h3", title);
    add("p", text);
    for (const one of quotations) add("blockquote", `“${one}”`);
    shown.append(section);
  }
}

async function keep(leaving = false) {
  if (leaves || sent().toString() === kept) return;
  try {
    await send("", leaving);
    said.textContent = "Kept.";
  } catch (error) {
    if (!leaving) said.textContent = `Not kept yet. ${error.message || "It is tried again as you go on."}`;
  }
}

async function copyAll() {
  try {
    const text = await send("copy");
    await navigator.clipboard.writeText(text);
    said.textContent = "Copied. Paste it where you want it.";
  } catch (error) {
    said.textContent = `Not copied. ${error.message || "Choose the text under “The note as it goes out” and copy it."}`;
  }
}

function count(field) {
  const lines = field.closest(".evoke-note-lines");
  if (lines) lines.querySelector("[data-chosen]").textContent = lines.querySelectorAll(":checked").length;
}

if (form) {
  if (navigator.clipboard) {
    copy.hidden = false;
    copy.addEventListener("click", (event) => {
      event.preventDefault();
      copyAll();
    });
  }
  form.addEventListener("input", (event) => {
    count(event.target);
    if (!form.hasAttribute("data-keeps")) return;
    said.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  if (form.hasAttribute("data-keeps")) {
    // Whoever deletes the note means what they have just written too: it is not kept once more on the way.
    document.querySelector("[data-note-delete]")?.addEventListener("submit", () => {
      leaves = true;
      clearTimeout(timer);
    });
    window.addEventListener("pagehide", () => keep(true));
    document.addEventListener("visibilitychange", () => document.hidden && keep(true));
  }
  form.addEventListener("submit", (event) => {
    // A download leaves the page where it is, so it goes on keeping what is written.
    leaves = !["docx", "json"].includes(event.submitter?.value);
    clearTimeout(timer);
    kept = sent().toString();
  });
}
