// Beside the conversation: what the person's codes add up to, how far they have come, and what is saved.
import { figuresOf, scoredLines } from "./bench_figures.js";
import { bandOf, show } from "./bench_show.js";

const BANDS = { below_fair: "not yet fair", fair: "fair", good: "good" };

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export class Figures {
  #scores = [];
  #counts = [];
  #lines = {};

  constructor(root) {
    for (const row of root.querySelectorAll("[data-score]")) {
      const { score, fair, good } = row.dataset;
      if (fair) this.#lines[score] = [Number(fair), Number(good)];
      const cell = row.querySelector("[data-yours]");
      this.#scores.push({ score, cell, none: cell.title });
    }
    for (const row of root.querySelectorAll("[data-count-of]")) {
      this.#counts.push({ code: row.dataset.countOf, cell: row.querySelector("[data-yours]") });
    }
  }

  /** Gives the figures. */
  draw(draft) {
    const figures = figuresOf(draft);
    for (const { code, cell } of this.#counts) put(cell, String(figures.counts[code]));
    for (const { score, cell, none } of this.#scores) {
      const value = figures.scores[score];
      const band = BANDS[bandOf(this.#lines, score, value)];
      put(cell, value === null ? "–" : show(this.#lines, score, value) + (band ? ` ${band}` : ""));
      cell.title = value === null ? none : "";
    }
    return figures;
  }
}

const doubt = (line) => (line.code === null ? -2 : line.machine === null ? -1 : line.machine.confidence ?? 0);

/** The lines that nobody looked at: first those without a code, then what the machine is unsure of, most doubtful
 * first, then the rest. */
export function doubtful(draft) {
  const left = scoredLines(draft).filter((line) => !line.accepted);
  const sure = (line) => Number(Boolean(line.machine) && line.code !== null && !line.machine.unsure);
  return left.sort((one, other) => sure(one) - sure(other) || doubt(one) - doubt(other));
}

export const isUnsure = (line) => !line.accepted && (line.code === null || line.machine === null || line.machine.unsure);

export class Progress {
  #words;
  #bar;

  constructor(root) {
    this.#words = root.querySelector("[data-progress]");
    this.#bar = root.querySelector("[data-progress-bar]");
  }

  draw(draft, { lines, looked_at, uncoded }) {
    const unsure = scoredLines(draft).filter((line) => isUnsure(line) && line.code !== null).length;
    const doubts = draft.lines.some(({ machine }) => machine) ? `, ${unsure} unsure left` : ""; // not where its codes are hidden
    const without = uncoded ? `, ${uncoded} without a code` : "";
    put(this.#words, `${looked_at} of ${lines} looked at${doubts}${without}`);
    this.#bar.max = Math.max(lines, 1);
    this.#bar.value = looked_at;
  }
}

/** What a step did, for the line that tells. */
export const SAID = {
  uncode: "The code is taken away.",
  split: "Split in two. Each half needs its code looked at.",
  join: "Joined.",
  move: "Given to the other speaker.",
  edit_words: "The words are corrected.",
  write_note: "The note is changed.",
  pin: "The evidence is changed.",
  unpin: "The evidence is changed.",
};

const changes = (count) => (count === 1 ? "1 change is" : `${count} changes are`);

/** What the quiet line says of a queue. */
export function savedWords({ state, operations, keptInBrowser }) {
  const count = operations.length;
  const kept = keptInBrowser ? `${changes(count)} kept here and will be sent` : `${changes(count)} not saved yet: keep this page open`;
  if (state === "offline") return `No connection: ${kept}`;
  if (state === "signed-out") return `You are signed out: ${kept} once you sign in again in another window`;
  if (state === "stopped") return "Not saved: this review cannot be changed any more";
  return count ? "Saving" : "All saved";
}
