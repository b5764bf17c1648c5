// One small window that asks: for words, a place, a choice. What was wrong is said in it, and nothing typed is lost.
import { StepWrong } from "./bench_apply.js";

const dialog = document.querySelector("[data-ask]");
const form = dialog.querySelector("[data-ask-form]");
const body = dialog.querySelector("[data-ask-body]");
const wrong = dialog.querySelector("[data-ask-wrong]");
const yes = dialog.querySelector("[data-ask-yes]");
const no = dialog.querySelector("[data-ask-no]");
let answer = null;
let back = null;

function giveBack() {
  const then = back;
  back = null;
  then?.();
}

/** Gives the focus back at once: until the next frame it would be in a field that is gone, and a fast key lost there. */
export function close() {
  dialog.close();
  giveBack();
}

async function answered(event) {
  event?.preventDefault();
  if (yes.hidden) return close();
  wrong.textContent = "";
  yes.disabled = true;
  try {
    await answer();
    close();
  } catch (error) {
    if (!(error instanceof StepWrong) && !error.tells) throw error;
    wrong.textContent = error.message;
  } finally {
    yes.disabled = false;
  }
}

form.addEventListener("submit", answered);
no.addEventListener("click", close);
dialog.addEventListener("close", () => dialog.open || giveBack()); // Escape closes it too

export const isAsking = () => dialog.open;
export const submit = () => answered();

/** `content` goes into the window; `onYes` may throw StepWrong, whose words are shown there. `then` gives the focus back. */
export function ask({ title, content, yes: label = "", no: other = "Cancel", onYes = () => {}, then }) {
  dialog.querySelector("[data-ask-title]").textContent = title;
  body.replaceChildren(...[content].flat());
  wrong.textContent = "";
  yes.textContent = label;
  yes.hidden = !label;
  yes.disabled = false;
  no.textContent = other;
  answer = onYes;
  back = then;
  dialog.showModal();
  (body.querySelector("[autofocus], input, textarea, select") ?? (label ? yes : no)).focus();
}

/** An element with attributes and children. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value === true) element.setAttribute(key, "");
    else if (value !== false) element.setAttribute(key, value);
  }
  element.append(...children);
  return element;
}

/** A labelled field to write in. Enter is yes, Shift and Enter a new line. */
export function textField(label, value, hint) {
  const field = make("textarea", { class: "govuk-textarea", id: "ask-text", rows: "4", maxlength: "4000", "aria-describedby": "ask-hint" });
  field.value = value;
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    submit();
  });
  const content = [
    make("label", { class: "govuk-label", for: "ask-text" }, label),
    make("div", { class: "govuk-hint", id: "ask-hint" }, hint),
    field,
  ];
  return { field, content };
}
