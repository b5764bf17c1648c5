// What a draft counts to, as the server counts it: volleys, counts, summary scores, and how far a person has come.
import { words } from "./bench_text.js";

const PRACTITIONER = ["GI", "Persuade", "PWP", "Q", "SR", "CR", "AF", "Seek", "Emphasize", "Confront"];
const CLIENT = ["CT", "ST", "FN"];
const LISTENING = "yeah|yes|yep|yup|yah?|right|ok|okay|sure|oh|ah|i see|uh ?huh|m+|h+m+|m+h+m+";
const BACK_CHANNEL = new RegExp(`^(?:${LISTENING})(?: (?:${LISTENING}))*$`);
const CLOSING_MARKS = /[ \t\n"'”’)\]]+$/;
const ASKS_FOR_ANSWER = new Set(["Q", "Seek", "SR", "CR"]);

// A line's words are looked at once, however often the counts are made anew.
const known = new Map();

function heard(text) {
  let found = known.get(text);
  if (!found) {
    const said = text.toLowerCase().match(/[\p{L}\p{N}]+/gu)?.join(" ") ?? "";
    found = {
      backChannel: !said || BACK_CHANNEL.test(said), speaks: /[\p{L}\p{N}_]/u.test(text),
      asks: text.replace(CLOSING_MARKS, "").endsWith("?"), words: words(text).length,
    };
    if (known.size > 20_000) known.clear();
    known.set(text, found);
  }
  return found;
}

export function scoredLines(draft) {
  if (!draft.segment) return draft.lines;
  const place = (key) => draft.lines.findIndex((line) => line.key === key);
  return draft.lines.slice(place(draft.segment[0]), place(draft.segment[1]) + 1);
}

/** A back-channel that answers the question or reflection just made is a turn of its own. */
function answers(line, before) {
  if (line.code === "CT" || line.code === "ST") return true;
  if (!before || !heard(line.text).speaks) return false;
  return before.code === null ? heard(before.text).asks : ASKS_FOR_ANSWER.has(before.code);
}

/** The codes of each volley, in order; a volley is the practitioner's talk until the client really answers. */
function volleysOf(lines) {
  const volleys = [];
  let open = false;
  let said = null;
  for (const line of lines) {
    if (line.role === "client") {
      if (!heard(line.text).backChannel || answers(line, said)) open = false;
      continue;
    }
    if (!open) volleys.push(new Set());
    open = true;
    said = line;
    if (line.code !== null && line.code !== "NC") volleys.at(-1).add(line.code);
  }
  for (const codes of volleys) {
    if (codes.has("CR")) codes.delete("SR");
    if (codes.has("PWP")) codes.delete("Persuade");
  }
  return volleys;
}

function longestQuestionRun(volleys) {
  let longest = 0;
  let run = 0;
  for (const codes of volleys) {
    run = codes.has("Q") && !codes.has("SR") && !codes.has("CR") ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

const ratio = (part, whole, scale = 1) => (whole ? (scale * part) / whole : null);
const mean = (one, other) => (one === undefined || other === undefined ? null : (one + other) / 2);

/** {volleys, counts by code, open_questions, closed_questions, scores by name (null: not enough to score), lines,
 * uncoded, looked_at}; the last three are of the lines that are scored. */
export function figuresOf(draft) {
  const lines = scoredLines(draft);
  const volleys = volleysOf(lines);
  const counts = Object.fromEntries([...PRACTITIONER, ...CLIENT].map((code) => [code, 0]));
  for (const codes of volleys) for (const code of codes) counts[code] += 1;
  const spoken = { practitioner: 0, client: 0 };
  let [open, closed, uncoded, lookedAt] = [0, 0, 0, 0];
  for (const line of lines) {
    spoken[line.role] += heard(line.text).words;
    if (line.role === "client" && line.code !== null) counts[line.code] += 1;
    if (line.code === "Q" && line.subtype === "open") open += 1;
    if (line.code === "Q" && line.subtype === "closed") closed += 1;
    uncoded += line.code === null;
    lookedAt += line.accepted;
  }
  const reflections = counts.SR + counts.CR;
  const rated = draft.ratings;
  const scores = {
    technical_global: mean(rated.cultivating_change_talk, rated.softening_sustain_talk),
    relational_global: mean(rated.partnership, rated.empathy),
    reflection_to_question: ratio(reflections, counts.Q),
    percent_complex_reflections: ratio(counts.CR, reflections, 100),
    total_mi_adherent: counts.AF + counts.Seek + counts.Emphasize,
    total_mi_non_adherent: counts.Confront + counts.Persuade,
    percent_change_talk: ratio(counts.CT, counts.CT + counts.ST, 100),
    percent_open_questions: ratio(open, open + closed, 100),
    practitioner_talk_share: ratio(spoken.practitioner, spoken.practitioner + spoken.client, 100),
    questions_in_a_row: longestQuestionRun(volleys),
  };
  return {
    volleys: volleys.length, counts, open_questions: open, closed_questions: closed, scores, lines: lines.length,
    uncoded, looked_at: lookedAt,
  };
}
