// What was done and the server has not said yes to: kept in this browser, sent in order, sent again after a break.
// Each step has an id of its own, and each undo and redo a number, so that nothing is done twice.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15_000;
const MOST_STEPS = 200;
const WRONG = [403, 404, 409, 410, 413, 422]; // waiting does not heal these
const MOST_CHARACTERS = 16_000; // of steps in one request: even written as escapes they fit what the server takes

/** An answer that is no success. `data` is what it holds. */
export class Refused extends Error {
  constructor(status, data) {
    super(data.detail ?? "");
    this.status = status;
    this.data = data;
  }
}

/** Throws Refused, or TypeError without a connection. */
export async function ask(method, path, body) {
  return dataOf(await fetch(path, {
    method, headers: { accept: "application/json", ...(body && { "content-type": "application/json" }) },
    body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000),
  }));
}

/** Throws Refused. */
export async function dataOf(answer) {
  const data = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, data);
  return data;
}

/** The lists of what is unsent of a review, one for each window that has or had it open. */
class Kept {
  #prefix;
  #mine;
  working = true;

  constructor(review) {
    this.#prefix = `evoke.bench.${review}.`;
    this.#mine = this.#prefix + crypto.getRandomValues(new Uint32Array(2)).join("");
  }

  write(operations) {
    try {
      if (operations.length) localStorage.setItem(this.#mine, JSON.stringify(operations));
      else localStorage.removeItem(this.#mine);
      this.working = true;
    } catch {
      this.working = false; // storage is full or shut off: then it is kept in this window alone
    }
  }

  /** What windows that were closed too early left, oldest first. It is this one's now. */
  adopt() {
    try {
      const names = Object.keys(localStorage).filter((name) => name.startsWith(this.#prefix) && name !== this.#mine);
      const lists = names.map((name) => JSON.parse(localStorage.getItem(name)));
      const found = lists.sort((one, other) => one[0].at - other[0].at).flat();
      this.write(found);
      if (this.working) for (const name of names) localStorage.removeItem(name);
      return found;
    } catch {
      return [];
    }
  }
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const hex = Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0"));
  return hex.join("").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-8$4-$5");
}

/** `operations` are {kind: "step", id, step, number}, {kind: "undo", number} or {kind: "redo", number}. `state` is
 * saved, saving, offline, signed-out or stopped; `onAnswer` gets each answer, `onTrouble` a Refused that no
 * waiting heals with the operations it answers, and says whether to go on. */
export class Queue {
  #path;
  #kept;
  #wake = null;
  #running = null;
  operations = [];
  state = "saved";
  mostAtOnce = MOST_STEPS;

  constructor(review, { onAnswer, onTrouble, onChange }) {
    this.#path = `/api/v1/reviews/${review}`;
    this.#kept = new Kept(review);
    this.onAnswer = onAnswer;
    this.onTrouble = onTrouble;
    this.onChange = onChange;
    addEventListener("online", () => this.#wake?.());
  }

  get keptInBrowser() {
    return this.#kept.working;
  }

  adopt() {
    this.operations = this.#kept.adopt();
    return this.operations.length;
  }

  push(operation) {
    this.operations.push({ ...operation, at: Date.now() });
    this.#kept.write(this.operations);
    this.run();
  }

  replace(operations) {
    this.operations = operations;
    this.#kept.write(operations);
  }

  /** Tries at once instead of waiting. */
  now() {
    this.#wake?.();
    return this.run();
  }

  /** Until all is sent, or it cannot be. */
  run() {
    this.#running ??= this.#empty().finally(() => {
      this.#running = null;
    });
    return this.#running;
  }

  async #empty() {
    let wait = FIRST_WAIT;
    while (this.operations.length && this.state !== "stopped") {
      const some = this.#first();
      this.#say(this.state === "offline" ? "offline" : "saving");
      const answer = await this.#send(some).catch((error) => error);
      if (!(answer instanceof Error)) {
        this.replace(this.operations.slice(some.length));
        wait = FIRST_WAIT;
        this.#say("saving");
        await this.onAnswer(answer);
      } else if (WRONG.includes(answer.status)) {
        if (!(await this.#heal(answer, some))) this.#say("stopped");
      } else {
        this.#say(answer.status === 401 ? "signed-out" : "offline");
        await this.#pause(wait);
        wait = Math.min(LONGEST_WAIT, wait * 2);
      }
    }
    this.mostAtOnce = MOST_STEPS;
    if (this.state !== "stopped") this.#say("saved");
  }

  /** Whether to go on. Without a connection it is tried again. */
  async #heal(refused, some) {
    try {
      return await this.onTrouble(refused, some);
    } catch (error) {
      if (WRONG.includes(error.status)) return false;
      await this.#pause(LONGEST_WAIT);
      return true;
    }
  }

  /** An undo or a redo, or as many steps in a row as go in one request. */
  #first() {
    const count = this.operations.findIndex(({ kind }) => kind !== "step");
    if (count === 0) return [this.operations[0]];
    const steps = this.operations.slice(0, Math.min(count < 0 ? MOST_STEPS : count, this.mostAtOnce));
    let characters = 0;
    const some = steps.filter(({ step }) => (characters += JSON.stringify(step).length) <= MOST_CHARACTERS);
    return some.length ? some : steps.slice(0, 1);
  }

  #send(some) {
    const [{ kind, number }] = some;
    if (kind !== "step") return ask("POST", `${this.#path}/${kind}`, { number });
    const steps = some.map(({ id, step }) => ({ client_id: id, step }));
    return ask("POST", `${this.#path}/steps`, { expected: number - 1, steps });
  }

  #say(state) {
    this.state = state;
    this.onChange();
  }

  #pause(milliseconds) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
