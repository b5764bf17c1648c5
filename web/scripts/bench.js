// The bench: a coach reviews the machine's coding. Each key acts at once here; what it did is sent behind it.
import { StepWrong, TALK_KINDS } from "./bench_apply.js";
import { isAsking } from "./bench_ask.js";
import { askEvidence, askKind, askNote, askSpeaker, askSplit, askWords } from "./bench_forms.js";
import { leaveRoom } from "./bench_fit.js";
import { listen, showKeys } from "./bench_keys.js";
import { Lines } from "./bench_lines.js";
import { Ratings } from "./bench_ratings.js";
import { Review } from "./bench_review.js";
import { doubtful, Figures, isUnsure, Progress, SAID, savedWords } from "./bench_side.js";
import { scoredLines } from "./bench_figures.js";
import { askSignOff } from "./bench_sign.js";
import { Stretch } from "./bench_stretch.js";

const root = document.querySelector("[data-bench]");
const one = (name) => root.querySelector(`[data-${name}]`);
const [desk, notice, saved, status] = [one("desk"), one("notice"), one("saved"), one("status")];
const codes = [...root.querySelectorAll("[data-code]")].map((button) => {
  const { code, subtype, press, name } = button.dataset;
  return { button, code, subtype: subtype || null, press, name, role: button.closest("[data-codes]").dataset.codes };
});
const names = Object.fromEntries(codes.map(({ code, name, subtype }) => [code, subtype ? "Question" : name]));
let way = "order"; // or "unsure": where Enter goes on to
let leaving = false;

const figures = new Figures(root);
const progress = new Progress(root);
const stretch = new Stretch(root);
const ratings = new Ratings(root, {
  onRate: (name, value) => review.draft.ratings[name] !== (value ?? undefined) && take({ kind: "rate", name, value }),
  onGo: (key) => lines.select(key, { block: "center" }),
  onUnpin: (rating, key) => take({ kind: "unpin", rating, key }),
});
const lines = new Lines(one("lines"), { names, titles: ratings.titles, onSelect: showLine });
const review = new Review(root.dataset.review, { onDraft: draw, onStatus: drawSaved, onSay: tell });

function say(words) {
  status.textContent = words && status.textContent === words ? `${words}\u00a0` : words; // said again where it is the same
}

/** What the person did not do themselves: it stays until it is closed. */
function tell(words) {
  one("notice-words").textContent = words;
  notice.hidden = false;
}

function draw(draft) {
  lines.draw(draft);
  progress.draw(draft, figures.draw(draft));
  ratings.draw(draft);
  stretch.told = review.stretch;
  stretch.draw(draft);
  document.dispatchEvent(new CustomEvent("bench:lines", { detail: { lines: draft.lines, segment: draft.segment } }));
  one("do='undo'").disabled = !review.last;
  one("do='redo'").disabled = !review.canRedo;
  const here = current();
  if (here) showLine(here);
}

function drawSaved() {
  const words = savedWords(review.queue);
  if (saved.textContent !== words) saved.textContent = words;
  saved.classList.toggle("evoke-bench__saved--waits", !["saved", "saving"].includes(review.queue.state));
}

const current = () => review.draft.lines.find(({ key }) => key === lines.current);
const placeOf = (key) => review.draft.lines.findIndex((line) => line.key === key);

function showLine(line) {
  const unsureFirst = way === "unsure" ? ". Going on: unsure first" : "";
  one("desk-line").textContent = `Line ${placeOf(line.key) + 1} of ${review.draft.lines.length}${unsureFirst}`;
  for (const { button, code, subtype } of codes) {
    const exact = !subtype || subtype === line.subtype;
    button.setAttribute("aria-pressed", String(code === line.code && exact));
  }
  for (const group of root.querySelectorAll("[data-codes]")) group.hidden = group.dataset.codes !== line.role;
  one("do='kind'").hidden = line.code !== "CT" && line.code !== "ST";
  if (showLine.told === line.key) return;
  showLine.told = line.key;
  const { started, ended, key } = line;
  document.dispatchEvent(new CustomEvent("bench:line", { detail: { started, ended, key } }));
}

function take(step) {
  say(""); // what was done before is no longer what happened last
  review.take(step);
  if (step.key && placeOf(step.key) < 0) lines.select(`${step.key}.1`);
  if (SAID[step.kind]) say(SAID[step.kind]);
}

function walk(step) {
  way = "order";
  const next = review.draft.lines[placeOf(lines.current) + step];
  if (next) lines.select(next.key);
  else say(step > 0 ? "This is the last line." : "This is the first line.");
}

function goDoubtful() {
  const left = doubtful(review.draft);
  const at = left.findIndex(({ key }) => key === lines.current);
  const others = way === "unsure" && at >= 0 ? [...left.slice(at + 1), ...left.slice(0, at)] : left.toSpliced(at, at < 0 ? 0 : 1);
  const [next] = others;
  if (!next) {
    way = "order";
    return say(left.length ? "This is the last line to look at." : "You have looked at every line.");
  }
  way = "unsure";
  lines.select(next.key, { block: isUnsure(next) ? "center" : "nearest" });
}

function accept() {
  const line = current();
  if (!line.accepted) {
    take({ kind: "accept", key: line.key });
    say(`Accepted: ${lines.nameOf(line)}.`);
  }
  if (way === "unsure") goDoubtful();
  else walk(1);
}

/** What is not looked at of this turn, in one go. */
function acceptTurn() {
  const all = review.draft.lines;
  const label = current().speaker_label;
  let [first, last] = [placeOf(lines.current), placeOf(lines.current)];
  while (all[first - 1]?.speaker_label === label) first -= 1;
  while (all[last + 1]?.speaker_label === label) last += 1;
  const turn = all.slice(first, last + 1).filter((line) => !line.accepted);
  review.takeAll(turn.filter((line) => line.code !== null).map(({ key }) => ({ kind: "accept", key })));
  const without = turn.find((line) => line.code === null);
  if (without) {
    lines.select(without.key);
    return say("This line has no code to accept. Give it one.");
  }
  say(turn.length === 1 ? "1 line accepted." : `${turn.length} lines accepted.`);
  if (last + 1 < all.length) lines.select(all[last + 1].key);
}

function giveCode({ code, subtype, name }) {
  const line = current();
  const kept = subtype ?? ((code === "CT" || code === "ST") && TALK_KINDS.includes(line.subtype) ? line.subtype : null);
  if (line.code !== code || line.subtype !== kept || !line.accepted) take({ kind: "recode", key: line.key, code, subtype: kept });
  say(`${name}.`);
}

async function goBack(kind) {
  const place = placeOf(lines.current);
  const step = await review[kind]();
  if (!step) return say(kind === "undo" ? "There is nothing to undo." : "There is nothing to do again.");
  say(kind === "undo" ? "Undone." : "Done again.");
  const last = review.draft.lines.length - 1;
  const there = [step.key, `${step.key}.1`, lines.current].find((key) => key && placeOf(key) >= 0);
  lines.select(there ?? review.draft.lines[Math.min(place, last)].key);
}

/** With nothing said of what was done before. */
function quietly(go) {
  say("");
  go();
}

const then = () => lines.select(lines.current);
const tools = () => ({ take, then, say, titles: ratings.titles });
const acts = {
  accept,
  "accept-turn": acceptTurn,
  down: () => quietly(() => walk(1)),
  up: () => quietly(() => walk(-1)),
  unsure: () => quietly(goDoubtful),
  undo: () => goBack("undo"),
  redo: () => goBack("redo"),
  uncode: () => current().code !== null && take({ kind: "uncode", key: lines.current }),
  split: () => askSplit(current(), tools()),
  join: () => take({ kind: "join", key: lines.current }),
  words: () => askWords(current(), tools()),
  note: () => askNote(current(), tools()),
  evidence: () => askEvidence(current(), review.draft, tools()),
  kind: () => ["CT", "ST"].includes(current().code) ? askKind(current(), tools()) : say("Only change talk and sustain talk have a kind."),
  keys: () => showKeys(codes, then),
  ratings: () => ratings.focus(),
  back: then,
  move() {
    const others = Object.keys(review.draft.speakers).filter((label) => label !== current().speaker_label);
    if (others.length === 1) take({ kind: "move", key: lines.current, speaker_label: others[0] });
    else if (others.length) askSpeaker(current(), review.draft, tools());
    else say("There is only one speaker.");
  },
  swap() {
    take({ kind: "swap_roles" });
    say("The roles are swapped. Lines that had codes of the other role need new ones. Z takes it back.");
  },
  stretch: () => take(stretch.other(review.draft)),
  "sign-off": () => askSignOff(review, { ...tools(), go: (key) => lines.select(key, { block: "center" }), onDone: end }),
};

function end() {
  leaving = true;
  location.assign(`/sessions/${root.dataset.session}`);
}

/** What cannot be done is said; nothing else goes wrong quietly. */
function act(action) {
  review.when(async () => {
    try {
      await action();
    } catch (error) {
      if (!(error instanceof StepWrong) && !error.status && !(error instanceof TypeError && !navigator.onLine)) throw error;
      say(error.message && !(error instanceof TypeError) ? error.message : "Without a connection this cannot be done. Try again when it is back.");
    }
  });
}

function code(press) {
  const found = codes.find((entry) => entry.press === press && entry.role === current()?.role);
  if (found) act(() => giveCode(found));
  return Boolean(found);
}

function wire() {
  listen({ acts: Object.fromEntries(Object.entries(acts).map(([name, does]) => [name, () => act(does)])), code });
  root.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-do], [data-code]");
    if (!button) return;
    if (button.dataset.do) act(acts[button.dataset.do]);
    else act(() => giveCode(codes.find((entry) => entry.button === button)));
  });
  one("notice-close").addEventListener("click", () => {
    notice.hidden = true;
    then();
  });
  one("put-away").addEventListener("submit", () => {
    leaving = true;
    review.queue.replace([]);
  });
  addEventListener("beforeunload", (event) => {
    if (!leaving && review.queue.operations.length) event.preventDefault();
  });
  document.addEventListener("bench:at", ({ detail }) => lines.speak(detail.seconds));
  leaveRoom(one("bar"), desk);
}

try {
  await review.load(window.evokeReview);
  desk.hidden = false;
  wire();
  drawSaved();
  const start = scoredLines(review.draft).find((line) => !line.accepted) ?? review.draft.lines[0];
  if (start && !isAsking()) lines.select(start.key);
  root.dataset.ready = "";
  requestAnimationFrame(() => setTimeout(() => {
    root.dataset.painted = Math.round(performance.now()); // ms since the page was asked for
  }));
} catch (error) {
  one("progress").textContent = error.status ? error.message : "The conversation could not be loaded. Load the page again.";
  if (!error.status) throw error;
}
