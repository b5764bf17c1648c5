// A talk with a simulated parent, without loading the page anew: one's own line at once, a pause, then the answer.
const FASTEST = 700; // ms that an answer takes at least, as if somebody thought about it
const SLOWEST = 2600;
const PER_LETTER = 14;

const place = document.querySelector("[data-talk]");
const form = place.querySelector("[data-talk-form]");
const turns = place.querySelector("[data-talk-turns]");
const said = form.elements.said;
const back = place.querySelector("[data-talk-back]");
const kept = `evoke ${place.dataset.talk}`;
let busy = false;

place.querySelector("[data-talk-hint]").hidden = false;
if (!said.value) said.value = sessionStorage.getItem(kept) ?? ""; // what was typed before a reload

function bubble(who, name) {
  const turn = document.createElement("li");
  turn.className = `evoke-turn evoke-turn--${who}`;
  turn.innerHTML =
    '<p class="evoke-turn__who"><span class="evoke-turn__label"></span></p>' +
    '<div class="evoke-turn__said"><div class="evoke-line"><p class="evoke-line__text"></p></div></div>';
  turn.querySelector(".evoke-turn__label").textContent = name;
  return turn;
}

function own(text) {
  const turn = bubble("practitioner", "You");
  const line = turn.querySelector(".evoke-line__text");
  if (text) line.textContent = text;
  else line.append(Object.assign(document.createElement("em"), { textContent: "You say nothing for a moment." }));
  return turn;
}

function thinking() {
  const turn = bubble("client", turns.dataset.name);
  const dots = document.createElement("span");
  dots.className = "evoke-talk__dots";
  dots.append(...Array.from({ length: 3 }, () => document.createElement("span")));
  turn.querySelector(".evoke-line__text").append(dots);
  turn.setAttribute("aria-hidden", "true");
  return turn;
}

function intoView(element) {
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  element.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
}

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

async function ask(silent) {
  const sent = new FormData(form);
  if (silent) sent.set("silent", "yes");
  const answer = await fetch(form.action, {
    method: "POST",
    body: new URLSearchParams(sent),
    headers: { Accept: "application/json" },
  });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) return told;
  if (answer.status === 401) location.assign("/sign-in?next=" + encodeURIComponent(place.dataset.talk));
  if (answer.status === 409) location.reload(); // it went on elsewhere, or is over: the page says how it stands
  throw new Error(told.message ?? told.detail ?? "");
}

function showError(message) {
  const group = form.querySelector('[data-field="said"]');
  group.classList.add("govuk-form-group--error");
  group.querySelector(".govuk-error-message")?.remove();
  const shown = document.createElement("p");
  shown.id = "said-error";
  shown.className = "govuk-error-message";
  shown.setAttribute("role", "alert");
  shown.textContent = message || "That did not reach Evoke. What you typed is kept: try it again in a moment.";
  said.before(shown);
}

function clearError() {
  form.querySelector('[data-field="said"]').classList.remove("govuk-form-group--error");
  form.querySelector(".govuk-error-message")?.remove();
}

function goOn(told) {
  form.elements.position.value = told.position;
  form.elements.client_id.value = told.client_id;
  back.elements.position.value = told.position - 1;
  back.hidden = false;
  const minutes = place.querySelector("[data-talk-time]");
  minutes.textContent = minutes.textContent.replace(/\d+/, told.minutes + 1);
  place.querySelector("[data-talk-unread]").hidden = !told.unread;
  place.querySelector("[data-talk-distress]").hidden = !told.distress;
}

async function send(silent) {
  const text = silent ? "" : said.value.trim();
  if (busy || (!silent && !text)) return;
  busy = true;
  clearError();
  const mine = own(text);
  const theirs = thinking();
  document.getElementById("last")?.removeAttribute("id");
  turns.append(mine, theirs);
  intoView(theirs);
  const began = performance.now();
  try {
    const asked = ask(silent); // reads the form now
    said.value = "";
    const told = await asked;
    const pause = Math.min(SLOWEST, Math.max(FASTEST, told.reply.length * PER_LETTER));
    await wait(Math.max(0, pause - (performance.now() - began)));
    sessionStorage.removeItem(kept);
    if (told.over) {
      location.reload();
      return;
    }
    const answer = bubble("client", turns.dataset.name);
    answer.id = "last";
    answer.querySelector(".evoke-line__text").textContent = told.reply;
    theirs.replaceWith(answer);
    intoView(answer);
    goOn(told);
  } catch (error) {
    mine.remove();
    theirs.remove();
    said.value = text;
    showError(error.message);
  } finally {
    busy = false;
    said.focus({ preventScroll: true });
  }
}

form.addEventListener("submit", (event) => {
  const silent = event.submitter?.name === "silent";
  if (!silent && !said.value.trim()) return; // the server says what to do
  event.preventDefault();
  send(silent);
});

said.addEventListener("input", () => sessionStorage.setItem(kept, said.value));
said.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  if (said.value.trim()) form.requestSubmit(form.querySelector("[data-talk-send]"));
});
