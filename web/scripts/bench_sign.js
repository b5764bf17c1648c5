// Signing off: what is missing, with the way to it, and then the end of the review.
import { ask, close, make } from "./bench_ask.js";
import { figuresOf, scoredLines } from "./bench_figures.js";

const lines = (count, has, have) => (count === 1 ? `1 line ${has}` : `${count} lines ${have}`);

/** A reason that is shown in the window. */
class NotNow extends Error {
  tells = true;
}

function row(text, done, go) {
  const mark = make("span", { class: "evoke-check__mark", "aria-hidden": "true" }, done ? "✓" : "•");
  const way = go ? [" ", make("button", { type: "button", class: "evoke-link-button", autofocus: true, onclick: go }, "Go to the first")] : [];
  return make("li", { class: `evoke-check__row${done ? " evoke-check__row--done" : ""}` }, mark, make("span", {}, text, ...way));
}

function checks(draft, titles, go) {
  const scored = scoredLines(draft);
  const { uncoded } = figuresOf(draft);
  const without = scored.find((line) => line.code === null);
  const unseen = scored.filter((line) => !line.accepted && line.code !== null);
  const open = Object.keys(titles).filter((name) => !draft.skipped.includes(name) && draft.ratings[name] === undefined);
  return [
    uncoded
      ? row(`${lines(uncoded, "has no code", "have no code")}. Each needs one before you can sign off: NC or Neutral where nothing else fits.`, false, () => go(without.key))
      : row("Every line has a code.", true),
    unseen.length
      ? row(`You have not looked at ${unseen.length === 1 ? "1 line" : `${unseen.length} lines`}: signing off takes over the machine’s code there.`, false, () => go(unseen[0].key))
      : !uncoded && row("You have looked at every line.", true),
    open.length ? row(`Not rated: ${open.map((name) => titles[name]).join(", ")}. You can sign off without.`, false) : row("Everything that can be rated is rated.", true),
  ].filter(Boolean);
}

async function sent(review) {
  if (!review.queue.operations.length) return;
  await Promise.race([review.queue.now(), new Promise((resolve) => setTimeout(resolve, 8000))]);
  if (review.queue.operations.length) {
    throw new NotNow("Your last changes are not saved yet. They are kept here: try again when the connection is back.");
  }
}

/** What is missing has the focus, so that a second key too many signs nothing off. `onDone()` once it is signed off; `go(key)` leads to a line. */
export function askSignOff(review, { titles, go, then, onDone }) {
  const way = (key) => {
    close();
    go(key);
  };
  const { uncoded } = figuresOf(review.draft);
  const onYes = async () => {
    await sent(review);
    try {
      await review.signOff();
    } catch (error) {
      throw new NotNow(error.message && error.status ? error.message : "Evoke did not answer. Nothing is lost: try again in a moment.");
    }
    onDone();
  };
  ask({
    title: "Sign off", content: make("ul", { class: "evoke-check" }, ...checks(review.draft, titles, way)),
    yes: uncoded ? "" : "Sign off", no: "Go on reviewing", onYes, then,
  });
}
