// A session under way: asks how far it is, ever less often, and shows the session once it can be read.
import { sentence, timeLeft } from "./words.js";

const FIRST_WAIT = 700; // ms
const LONGEST_WAIT = 5000;
const LONGEST_WAIT_LOST = 15000;
const SURE_AFTER = 15; // seconds of one stage before its speed says anything
const WORDS = { done: "done", now: "now", later: "to come" };

const place = document.querySelector("[data-progress-of]");
const bar = place.querySelector("progress");
const shown = place.querySelector("[data-progress-shown]");
const time = place.querySelector("[data-progress-time]");
const steps = [...place.querySelectorAll("[data-step]")];
const title = document.title;
let wait = FIRST_WAIT;
let timer = 0;
let asking = false;
let since = null; // { stage, progress, at }: where this stage was when it was first seen to move
let saidAt = -Infinity;

function say(words) {
  const now = performance.now();
  if (words === time.textContent) return;
  if (words && time.textContent && now - saidAt < 20000) return; // a listener is not told at every turn
  time.textContent = words;
  saidAt = now;
}

function showStep(stage) {
  const at = steps.findIndex((step) => step.dataset.step === stage);
  if (at < 0) return;
  steps.forEach((step, index) => {
    const state = index < at ? "done" : index === at ? "now" : "later";
    step.dataset.state = state;
    step.querySelector("[data-step-state]").textContent = WORDS[state];
    if (state === "now") step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
}

/** In words, once the speed of this stage can be told; else nothing. */
function remaining(stage, progress) {
  const now = performance.now();
  if (stage === "queued") return "";
  if (since?.stage !== stage) {
    since = { stage, progress, at: now };
    return "";
  }
  const passed = (now - since.at) / 1000;
  const gained = progress - since.progress;
  if (passed < SURE_AFTER || gained < 2) return "";
  return sentence(timeLeft(((100 - progress) / gained) * passed));
}

function show({ stage, progress }) {
  if (stage === "ready" || stage === "stopped") {
    location.reload();
    return true;
  }
  bar.value = Math.max(bar.value, progress); // it never goes back
  shown.textContent = `${bar.value} %`;
  document.title = `${bar.value} %, ${title}`;
  showStep(stage);
  say(remaining(stage, progress));
  return false;
}

async function ask() {
  clearTimeout(timer);
  if (asking) return;
  asking = true;
  let over = false;
  try {
    const answer = await fetch(`${place.dataset.progressOf}/progress`, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10000),
    });
    if (answer.status === 401 || answer.status === 404) {
      location.reload(); // the page itself says what to do
      return;
    }
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    if (place.dataset.lost) {
      delete place.dataset.lost;
      time.textContent = "";
      wait = FIRST_WAIT;
    }
    over = show(await answer.json());
    wait = Math.min(LONGEST_WAIT, wait * 1.2);
  } catch {
    if (!place.dataset.lost) {
      place.dataset.lost = "true";
      time.textContent = "Evoke cannot be reached just now. The work goes on there, and this page keeps looking.";
    }
    wait = Math.min(LONGEST_WAIT_LOST, wait * 1.5);
  } finally {
    asking = false;
  }
  if (!over) timer = setTimeout(ask, wait);
}

timer = setTimeout(ask, wait);
addEventListener("online", ask);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
