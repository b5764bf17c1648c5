// One open review in the browser: its draft as the person sees it at once, undo and redo, and what is still to be sent.
import { apply, StepWrong } from "./bench_apply.js";
import { figuresOf } from "./bench_figures.js";
import { ask, dataOf, newId, Queue } from "./bench_queue.js";

const MOST_KEPT = 500; // steps that are undone without asking the server; those before them are asked for

/** Steps that are still to be sent, without those that an undo among them takes back. An undo or redo of what the
 * server has already cannot be carried over to a draft that went on elsewhere. */
function stepsOf(operations) {
  const done = [];
  const undone = [];
  for (const one of operations) {
    if (one.kind === "step") done.push(one);
    else if (one.kind === "undo" && done.at(-1)?.number === one.number) undone.push(done.pop());
    else if (one.kind === "redo" && undone.at(-1)?.number === one.number) done.push(undone.pop());
  }
  return done;
}

const plural = (count) => (count === 1 ? "1 change" : `${count} changes`);

/** `onDraft(draft)` after every change of it; `onStatus()` when what is sent changes; `onSay(words)` tells something
 * that the person did not do themselves. */
export class Review {
  #path;
  #hooks;
  #serverLast = 0;
  #serverRedo = null;
  #done = [];
  #undone = [];
  #waiting = null;
  draft = null;
  steps = 0;

  constructor(id, hooks) {
    this.#path = `/api/v1/reviews/${id}`;
    this.#hooks = hooks;
    this.queue = new Queue(id, {
      onAnswer: (answer) => this.#compare(answer),
      onTrouble: (error, some) => this.#recover(error, some),
      onChange: hooks.onStatus,
    });
  }

  /** Sends first what an earlier window could not. `asked` is the answer that the page asked for while its scripts
   * were still on their way. Throws Refused, or TypeError without a connection. */
  async load(asked) {
    const found = this.queue.adopt();
    if (!found) return this.#begin(await dataOf(await asked));
    asked.catch(() => {});
    await this.queue.run();
    this.#hooks.onSay(`${plural(found)} that an earlier window could not send ${found === 1 ? "is" : "are"} saved now.`);
    this.#begin(await ask("GET", this.#path));
  }

  get last() {
    return this.#done.at(-1)?.number ?? this.#serverLast;
  }

  get canRedo() {
    return this.#undone.length > 0 || this.#serverRedo !== null;
  }

  /** Does `action` now, or once an undo that is asked for has its answer. */
  when(action) {
    if (this.#waiting) this.#waiting.then(() => this.when(action));
    else action();
  }

  /** Throws StepWrong. */
  take(step) {
    this.takeAll([step]);
  }

  /** Steps that are undone and done again together; those before one that cannot be done stay. Throws StepWrong. */
  takeAll(steps) {
    const group = newId();
    const begun = this.draft;
    try {
      for (const step of steps) {
        const before = this.draft;
        this.draft = apply(before, step);
        const number = ++this.steps;
        this.#keep({ number, step, before, after: this.draft, group });
        this.#undone = [];
        this.#serverRedo = null;
        this.queue.push({ kind: "step", id: newId(), step, number });
      }
    } finally {
      if (this.draft !== begun) this.#show(this.draft);
    }
  }

  /** Gives the step that was undone, null where there is none; of one that the server was asked for, its promise. */
  undo() {
    if (!this.#done.length) return this.#serverLast ? this.#remote("undo", this.#serverLast) : null;
    return this.#turn(this.#done, this.#undone, "undo", "before");
  }

  redo() {
    if (!this.#undone.length) return this.#serverRedo ? this.#remote("redo", this.#serverRedo) : null;
    return this.#turn(this.#undone, this.#done, "redo", "after");
  }

  /** Takes the last entry, and those of its group, from one pile to the other. */
  #turn(from, to, kind, side) {
    let entry;
    do {
      entry = from.pop();
      to.push(entry);
      this.queue.push({ kind, number: entry.number });
    } while (entry.group && from.at(-1)?.group === entry.group); // one of an earlier window is of no group
    this.#show(entry[side]);
    return entry.step;
  }

  /** Throws Refused, or TypeError without a connection. */
  async signOff() {
    await this.queue.now();
    return ask("POST", `${this.#path}/sign-off`, { expected: this.steps });
  }

  #keep(entry) {
    this.#done.push(entry);
    if (this.#done.length > MOST_KEPT) this.#serverLast = this.#done.shift().number;
  }

  #show(draft) {
    this.draft = draft;
    this.#hooks.onDraft(draft);
  }

  #begin(state) {
    Object.assign(this, { steps: state.steps, stretch: state.stretch });
    this.#serverLast = state.last;
    this.#serverRedo = state.redo;
    this.#done = [];
    this.#undone = [];
    this.#show(state.draft);
  }

  /** Undoes or redoes a step of before this page was opened. */
  async #remote(kind, number) {
    const asked = (async () => {
      if (this.queue.operations.length) await this.queue.now();
      const before = this.draft;
      const answer = await ask("POST", `${this.#path}/${kind}`, { number });
      const after = patched(before, answer);
      this.#serverLast = answer.last;
      if (kind === "redo") this.#serverRedo = answer.redo;
      const entry = { number, step: stepThatChanged(answer), ...(kind === "undo" ? { before: after, after: before } : { before, after }) };
      if (kind === "undo") this.#undone.push(entry);
      this.#show(after);
      return entry.step;
    })();
    this.#waiting = asked.catch(() => null).then(() => {
      this.#waiting = null;
    });
    return asked;
  }

  /** The server's word counts: where the browser came to something else, its lines are taken, or all is loaded. */
  async #compare(answer) {
    if (this.queue.operations.length || !this.draft) return;
    if (answer.steps !== this.steps || answer.last !== this.last) return this.#reload();
    this.stretch = answer.stretch;
    const mine = new Map(this.draft.lines.map((line) => [line.key, line]));
    const other = answer.lines.filter((line) => JSON.stringify(mine.get(line.key)) !== JSON.stringify(line));
    if (other.length) this.#show(patched(this.draft, answer));
    const { counts } = figuresOf(this.draft);
    if (Object.entries(answer.figures.counts).some(([code, count]) => counts[code] !== count)) await this.#reload();
  }

  async #reload() {
    this.#goOnFrom(await ask("GET", this.#path), []);
  }

  async #recover(error, some) {
    const { code, review, step } = error.data;
    if (code === "out_of_step") return this.#goOnFrom(review, some);
    if (code === "step_refused") {
      const wrong = some[step] ?? some[0];
      this.queue.replace(this.queue.operations.filter((one) => one !== wrong));
      await this.#reload();
      this.#hooks.onSay(`The last change was taken back. ${error.message}`);
      return true;
    }
    const lost = this.queue.operations.length;
    // Closed, or what was said is gone: none of it may stay in this browser.
    if (error.status === 409 || error.status === 410) this.queue.replace([]);
    this.#hooks.onSay(`${error.message} ${plural(lost)} could not be saved.`);
    return false;
  }

  /** The review as it is now, with what is still to be sent put on top. */
  #goOnFrom(state, some) {
    // Sent under its right number and still refused: the server has it already, from another window.
    const known = some.length === 1 && some[0].kind === "step" && some[0].number === state.steps + 1 ? some[0].id : null;
    const waiting = stepsOf(this.queue.operations).filter(({ id }) => id !== known);
    let { draft, steps } = state;
    const fitting = [];
    for (const one of waiting) {
      try {
        draft = apply(draft, one.step);
        fitting.push({ ...one, number: ++steps });
      } catch (error) {
        if (!(error instanceof StepWrong)) throw error;
      }
    }
    this.queue.mostAtOnce = 1;
    this.queue.replace(fitting);
    this.#begin({ ...state, draft, steps, last: fitting.at(-1)?.number ?? state.last, redo: fitting.length ? null : state.redo });
    if (some.length) {
      const lost = waiting.length - fitting.length;
      this.#hooks.onSay(
        `This review went on in another window. It is shown as it is now${fitting.length ? `, with your last ${plural(fitting.length)}` : ""}.` +
          (lost ? ` ${plural(lost)} no longer fitted: look at your last lines again.` : ""),
      );
    }
    return true;
  }
}

/** The draft with what an answer says has changed. */
function patched(draft, answer) {
  const lines = new Map(draft.lines.map((line) => [line.key, line]));
  for (const line of answer.lines) lines.set(line.key, line);
  const { speakers, ratings, evidence, segment, skipped } = answer;
  const keys = answer.keys ?? draft.lines.map((line) => line.key);
  return { lines: keys.map((key) => lines.get(key)), speakers, ratings, evidence, segment, skipped };
}

const stepThatChanged = (answer) => ({ kind: "earlier", key: answer.lines[0]?.key });
