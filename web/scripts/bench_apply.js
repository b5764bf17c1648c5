// Doing a step in the browser: a draft and a step in, the next draft out, as the server does it. A draft is never
// changed, so that the one before can be gone back to.
import { isAlphanumeric, plain, points, trim, trimEnd, trimStart, words } from "./bench_text.js";

const MOST_WORDS = 4000; // characters of a line, and of a note
const OTHER = { practitioner: "client", client: "practitioner" };
const CODES = {
  practitioner: ["GI", "Persuade", "PWP", "Q", "SR", "CR", "AF", "Seek", "Emphasize", "Confront", "NC"],
  client: ["CT", "ST", "FN"],
};
export const TALK_KINDS = ["desire", "ability", "reason", "need", "commitment", "activation", "taking_steps"];
export const RATINGS = [
  "cultivating_change_talk", "softening_sustain_talk", "partnership", "empathy", "purposefulness",
  "clarity_about_concerns", "child_focus",
];

/** A step that cannot be done; the message says what to do. */
export class StepWrong extends Error {}

export const subtypesOf = (code) =>
  code === "Q" ? ["open", "closed"] : code === "CT" || code === "ST" ? TALK_KINDS : [];

/** Throws StepWrong. */
export const apply = (draft, step) => DOES[step.kind](draft, step);

export const placeOf = (draft, key) => draft.lines.findIndex((line) => line.key === key);

function find(draft, key) {
  const place = placeOf(draft, key);
  if (place < 0) throw new StepWrong(`There is no line ${key} any more. Load the page again to see the lines as they are.`);
  return [place, draft.lines[place]];
}

const withLine = (draft, place, line) => ({ ...draft, lines: draft.lines.with(place, line) });

function recode(draft, { key, code, subtype = null }) {
  const [place, line] = find(draft, key);
  if (!CODES[line.role].includes(code) || (subtype !== null && !subtypesOf(code).includes(subtype))) {
    throw new StepWrong(`A line of the ${line.role} cannot have this code. Choose one of theirs.`);
  }
  return withLine(draft, place, { ...line, code, subtype, accepted: true });
}

function accept(draft, { key }) {
  const [place, line] = find(draft, key);
  if (line.code === null) throw new StepWrong("This line has no code to accept. Give it one.");
  return withLine(draft, place, { ...line, accepted: true });
}

function uncode(draft, { key }) {
  const [place, line] = find(draft, key);
  return withLine(draft, place, { ...line, code: null, subtype: null, accepted: false });
}

/** Not inside a word, nor inside a placeholder, [child 1]. */
function betweenWords(before, after) {
  const inside = before.lastIndexOf("[") > before.lastIndexOf("]") && after.includes("]");
  return !inside && !(isAlphanumeric(before.at(-1)) && isAlphanumeric(after[0]));
}

/** Whether `text` can be cut in front of its character `at`. */
export function canCut(text, at) {
  const all = points(text);
  const [before, after] = [all.slice(0, Math.max(at, 0)), all.slice(Math.max(at, 0))];
  return Boolean(trim(before.join("")) && trim(after.join(""))) && betweenWords(before, after);
}

function split(draft, { key, at }) {
  const [place, line] = find(draft, key);
  if (!canCut(line.text, at)) throw new StepWrong("Put the cut between two words of the line.");
  const all = points(line.text);
  const timed = line.started !== null && line.ended !== null;
  const middle = timed ? line.started + ((line.ended - line.started) * at) / all.length : null;
  const part = { accepted: false, machine: null, joined: [] };
  const first = { ...line, ...part, key: `${key}.1`, text: trimEnd(all.slice(0, at).join("")), ended: middle };
  const second = { ...line, ...part, key: `${key}.2`, text: trimStart(all.slice(at).join("")), started: middle, note: "" };
  return renamed({ ...draft, lines: draft.lines.toSpliced(place, 1, first, second) }, key, first.key, second.key);
}

function join(draft, { key }) {
  const [place, line] = find(draft, key);
  const after = draft.lines[place + 1];
  if (!after || after.speaker_label !== line.speaker_label) {
    throw new StepWrong("The next line is not of the same speaker. Move it first, or join another.");
  }
  if (points(line.text).length + points(after.text).length >= MOST_WORDS) {
    throw new StepWrong("Together these lines are too long: a line has at most 4,000 characters.");
  }
  const coded = line.code !== null ? line : after;
  const joined = {
    ...line, text: `${line.text} ${after.text}`, code: coded.code, subtype: coded.subtype,
    note: [line.note, after.note].filter(Boolean).join("\n"), ended: after.ended, machine: null,
    accepted: line.accepted && after.accepted && line.code === after.code,
    joined: [...line.joined, after.key, ...after.joined],
  };
  return renamed({ ...draft, lines: draft.lines.toSpliced(place, 2, joined) }, after.key, key, key);
}

/** Whatever named the line `key` names `now`; where a segment ends with it, `last`. */
function renamed(draft, key, now, last) {
  const evidence = Object.fromEntries(Object.entries(draft.evidence).map(
    ([name, keys]) => [name, [...new Set(keys.map((one) => (one === key ? now : one)))]],
  ));
  const [from, to] = draft.segment ?? [];
  const segment = draft.segment && [from === key ? now : from, to === key ? last : to];
  return { ...draft, evidence, segment };
}

function inRole(line, role) {
  if (role === line.role) return line;
  const theirs = line.machine && CODES[role].includes(line.machine.code);
  const { code, subtype } = theirs ? line.machine : { code: null, subtype: null };
  return { ...line, role, code, subtype, accepted: false };
}

function move(draft, { key, speaker_label }) {
  const [place, line] = find(draft, key);
  if (!Object.hasOwn(draft.speakers, speaker_label)) {
    throw new StepWrong("Move the line to one of the speakers of this conversation.");
  }
  return withLine(draft, place, inRole({ ...line, speaker_label }, draft.speakers[speaker_label]));
}

function swapRoles(draft) {
  const swapped = Object.entries(draft.speakers).map(([label, role]) => [label, OTHER[role]]);
  const speakers = Object.fromEntries(swapped);
  return { ...draft, speakers, lines: draft.lines.map((line) => inRole(line, speakers[line.speaker_label])) };
}

function short(text) {
  if (points(text).length > MOST_WORDS) throw new StepWrong("Shorten this to 4,000 characters.");
  return text;
}

function editWords(draft, step) {
  const [place, line] = find(draft, step.key);
  const text = words(plain(step.text)).join(" ");
  if (!text) throw new StepWrong("A line cannot be empty. Where nothing was said, join it with the line beside it.");
  return withLine(draft, place, { ...line, text: short(text) });
}

function writeNote(draft, step) {
  const [place, line] = find(draft, step.key);
  return withLine(draft, place, { ...line, note: short(trim(plain(step.text))) });
}

function checkRating(draft, name) {
  if (!RATINGS.includes(name)) throw new StepWrong("Choose one of the ratings that are shown.");
  if (draft.skipped.includes(name)) {
    throw new StepWrong("This cannot be rated here: the session has no change goal, or it is too short.");
  }
}

function pin(draft, { key, rating }) {
  find(draft, key);
  checkRating(draft, rating);
  const keys = [...new Set([...(draft.evidence[rating] ?? []), key])];
  return { ...draft, evidence: { ...draft.evidence, [rating]: keys } };
}

function unpin(draft, { key, rating }) {
  const kept = Object.entries(draft.evidence).map(
    ([name, keys]) => [name, keys.filter((one) => name !== rating || one !== key)],
  );
  return { ...draft, evidence: Object.fromEntries(kept.filter(([, keys]) => keys.length)) };
}

function rate(draft, { name, value = null }) {
  checkRating(draft, name);
  const { [name]: _, ...others } = draft.ratings;
  if (value === null) return { ...draft, ratings: others };
  if (![1, 2, 3, 4, 5].includes(value)) throw new StepWrong("Rate in whole numbers from 1 to 5.");
  return { ...draft, ratings: { ...others, [name]: value } };
}

function chooseSegment(draft, { first = null, last = null }) {
  if (first === null && last === null) return { ...draft, segment: null };
  if (first === null || last === null) throw new StepWrong("Choose both the first and the last line of the stretch.");
  if (find(draft, first)[0] > find(draft, last)[0]) {
    throw new StepWrong("The stretch ends before it begins. Choose a later last line.");
  }
  return { ...draft, segment: [first, last] };
}

const DOES = {
  recode, accept, uncode, split, join, move, swap_roles: swapRoles, edit_words: editWords, write_note: writeNote, pin,
  unpin, rate, choose_segment: chooseSegment,
};
