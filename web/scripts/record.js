// Recording a conversation: about it, consent, microphones, and what becomes of it. One step is seen at a time.
import { clearErrors, showErrors } from "./form_errors.js";
import { Desk } from "./record_desk.js";
import { findOpen, showFound } from "./record_found.js";
import { openKept } from "./record_keep.js";
import { Review } from "./record_review.js";
import { nameFurtherUses } from "./people.js";
import { obstacle } from "./record_sound.js";
import { savedWords, Talk } from "./record_talk.js";

const NEEDED = "Ask everybody, and confirm that all have said yes. Without that Evoke records nothing.";
const OBSTACLES = {
  insecure:
    "Browsers give the microphone only to pages with a secure address, one that begins with https. Ask whoever runs Evoke for it.",
  unsupported: "This browser cannot record. A current Firefox, Chrome, Edge or Safari can.",
};

const root = document.querySelector("[data-recorder]");
const form = root.querySelector("[data-form]");
const status = root.querySelector("[data-status]");
const found = root.querySelector("[data-found]");
const { person, days, limitMinutes } = root.dataset;
const step = (name) => root.querySelector(`[data-step="${name}"]`);
let kept;
let talk = null;
let shownStep = "";

function say(words) {
  if (status.textContent !== words) status.textContent = words;
}

function details() {
  const sent = {};
  for (const [name, value] of new FormData(form)) if (name !== "microphones") sent[name] = value;
  return sent;
}

function show(name) {
  for (const section of root.querySelectorAll("[data-step]")) section.hidden = section.dataset.step !== name;
  found.hidden = name !== "details" || Boolean(talk) || !found.children.length;
  if (shownStep === "desk" && name !== "desk") desk.close();
  if (shownStep && shownStep !== name) {
    scrollTo(0, 0);
    step(name).querySelector("[data-step-heading]").focus({ preventScroll: true });
  }
  shownStep = name;
  changed();
  if (name === "desk") desk.open();
  if (name === "review") review.open(talk, review.notice);
}

const CHECKS = {
  details() {
    const date = form.elements.held_on;
    if (!date.value) return { held_on: "Enter the day the conversation takes place." };
    if (date.max && date.value > date.max) return { held_on: "The date is in the future. Enter the day the conversation takes place." };
    return {};
  },
  consent: () => (form.elements.agreement_confirmed.checked ? {} : { agreement_confirmed: NEEDED }),
};

function go(name) {
  const forwards = { details: "consent", consent: "desk" }[shownStep] === name;
  const errors = (forwards && CHECKS[shownStep]()) || {};
  if (Object.keys(errors).length) return showErrors(form, errors);
  clearErrors(form);
  if (talk && shownStep === "details") return show("review"); // everybody agreed before it was recorded
  if (name === "consent") {
    nameThePractitioner();
    nameFurtherUses(form);
  }
  return show(name);
}

function nameThePractitioner() {
  const chosen = form.elements.practitioner?.selectedOptions[0]?.textContent.replace(/ \(you\)$/, "");
  if (chosen) for (const place of root.querySelectorAll("[data-name=practitioner]")) place.textContent = chosen;
}

let said = "saved";

/** Says what is saved, to the eye at every change and to the ear when it is something else. */
function changed() {
  if (!talk) return;
  const words = savedWords(talk, desk.running ? desk.seconds : talk.seconds, desk.running);
  for (const place of root.querySelectorAll("[data-saved]")) {
    if (place.textContent !== words) place.replaceChildren(words, ...(talk.sender.state === "signed-out" ? [signIn()] : []));
  }
  root.dataset.saving = talk.sender.state;
  const state = talk.sender.state === "saving" ? "saved" : talk.sender.state;
  if (state !== said) say(state === "saved" ? "The connection is back. It is saved as you talk." : words);
  said = state;
}

function signIn() {
  const all = document.createDocumentFragment();
  const link = document.createElement("a");
  link.href = "/sign-in";
  link.target = "_blank";
  link.className = "govuk-link";
  link.textContent = "Sign in again (opens in a new tab)";
  all.append(" ", link);
  return all;
}

const LOST = "Evoke cannot be reached just now. What is recorded stays kept. Check the network and try again.";

function refused({ status: code, detail, fields }) {
  if (fields?.agreement_confirmed) show("consent");
  else if (fields) show("details");
  const signedOut = document.createDocumentFragment();
  signedOut.append("You are no longer signed in. Nothing is lost.", signIn());
  showErrors(form, fields ?? { "": code === 401 ? signedOut : detail || LOST });
}

const context = () => ({ kept, person, onChange: changed });

const desk = new Desk(step("desk"), {
  say,
  changed,
  async begin(count, type) {
    try {
      clearErrors(form);
      talk = await Talk.begin(context(), details(), count, type);
    } catch (error) {
      refused(error);
    }
    return talk;
  },
  stopped(why) {
    review.notice = why;
    if (why) say(why);
    show("review");
  },
}, Number(limitMinutes));

const review = new Review(step("review"), root.querySelector("[data-away]"), {
  say,
  details,
  refused,
  goOn: () => show("desk"),
  thrownAway() {
    talk = desk.talk = null;
    form.elements.agreement_confirmed.checked = false;
    say("The recording was thrown away.");
    look();
  },
});

/** Fills the form with what was said about a recording when it was begun. */
function fill(given) {
  for (const box of form.querySelectorAll("[data-scope]")) box.checked = box.name in given;
  for (const [name, value] of Object.entries(given)) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = true;
    else if (field) field.value = value;
  }
}

async function takeUp(what, shown) {
  clearErrors(form);
  const taken = await Talk.goOn(context(), shown);
  if (!taken) return showErrors(form, { "": "This recording is open in another window of this browser. Go on there." });
  talk = desk.talk = taken;
  fill(shown.details);
  review.notice = "";
  show(what === "on" ? "desk" : "review");
  if (what === "send") review.send();
  if (what === "away") review.askAway();
}

async function look() {
  let open = [];
  try {
    open = await findOpen(kept, person, Number(days));
  } catch {
    // Offline or signed out: what follows says so as soon as it matters.
  }
  showFound(found, open, Number(days), takeUp);
  show("details");
}

async function start() {
  const why = obstacle();
  if (why) {
    root.querySelector("[data-obstacle]").hidden = false;
    root.querySelector("[data-obstacle-words]").textContent = OBSTACLES[why];
    return;
  }
  kept = await openKept();
  await look();
}

form.addEventListener("submit", (event) => event.preventDefault()); // Enter in a field is no step
for (const button of root.querySelectorAll("[data-go]")) button.addEventListener("click", () => go(button.dataset.go));
addEventListener("beforeunload", (event) => {
  if (desk.running || (talk && review.talk && !talk.sender.isEmpty && !talk.sender.hopeless)) event.preventDefault();
});
start();
