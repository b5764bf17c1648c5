// A live session, on the screen and on phones: asks every two seconds whether it went on, and then shows the page anew.
const EVERY = 2000; // ms
const LONGEST_WAIT = 15000;

const place = document.querySelector("[data-live]");
const answered = place.querySelector("[data-answered]");
const words = place.querySelector("#words");
let wait = EVERY;
let timer = 0;

function showCount(count) {
  if (!answered || answered.textContent === String(count)) return;
  answered.textContent = count;
  place.querySelector("[data-answered-words]").textContent = count === 1 ? "answer is in" : "answers are in";
}

/** Whether somebody is in the middle of writing what was not sent. */
function isWriting() {
  return Boolean(words) && words.value.trim() !== words.defaultValue.trim();
}

/** A reload keeps the place on the page; after a form was sent it would send it again. */
function showAnew() {
  if (location.pathname === place.dataset.page) location.reload();
  else location.replace(place.dataset.page);
}

function goOn() {
  if (!isWriting()) {
    showAnew();
    return;
  }
  place.querySelector("[data-moved]").hidden = false; // what they wrote stays in sight
  for (const button of place.querySelectorAll("form button")) button.disabled = true;
}

async function ask() {
  clearTimeout(timer);
  try {
    const answer = await fetch(place.dataset.live, {
      headers: { Accept: "application/json" },
      signal: AbortSignal.timeout(10000),
    });
    if (answer.status === 401 || answer.status === 404) {
      location.replace(place.dataset.gone); // the page there says what to do
      return;
    }
    if (!answer.ok) throw new Error(`answer ${answer.status}`);
    const state = await answer.json();
    showCount(state.answered);
    if (state.mark !== place.dataset.mark) {
      goOn();
      return;
    }
    if (state.over) return;
    wait = EVERY;
  } catch {
    wait = Math.min(LONGEST_WAIT, wait * 1.5); // out of reach: it keeps looking, ever less often
  }
  timer = setTimeout(ask, wait);
}

timer = setTimeout(ask, wait);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) ask();
});
