// Takes the chunks of a recording to Evoke in order, however often the connection is lost.

const API = "/api/v1/recordings-in-progress";
const FIRST_WAIT = 1000; // ms
const LONGEST_WAIT = 15000;
const GIVE_UP_AFTER = 20000; // ms for one request; the next try comes soon after

/** What went wrong, in the server's words: {status, code, detail, fields}. Status 0: there was no answer. */
export class Refused extends Error {
  constructor(status, said) {
    super(said.detail ?? "");
    Object.assign(this, { status, code: said.code ?? "", detail: said.detail ?? "", fields: said.fields });
  }
}

/** Asks the API. `body` is an object for JSON, or bytes. Throws Refused. */
export async function ask(method, path, body, { timeout = GIVE_UP_AFTER } = {}) {
  const bytes = body instanceof ArrayBuffer;
  const headers = { Accept: "application/json" };
  if (body !== undefined) headers["Content-Type"] = bytes ? "application/octet-stream" : "application/json";
  let answer;
  try {
    const signal = AbortSignal.timeout(timeout);
    answer = await fetch(API + path, { method, headers, signal, body: bytes ? body : JSON.stringify(body) });
  } catch {
    throw new Refused(0, {});
  }
  const said = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Refused(answer.status, said);
  return said;
}

const DELETED =
  "The browser deleted a piece of the recording before Evoke had it, as some do when the disk is full. What came before it is saved: send that, or throw it away and record again.";

/** A chunk is no longer where it was kept: no second try brings it back. */
class Deleted extends Error {}

export const partAddress = (recording, part) => `${API}/${recording}/parts/${part}`;

/** `onChange` is told after every change of `state`: "saved", "saving", "offline", "signed-out", "full" or "broken". */
export class Sender {
  state = "saved";
  detail = "";
  savedSeconds = 0;
  #kept;
  #recording;
  #waiting = [];
  #running = false;
  #wake = null;
  #onChange;
  #hopeless = false;
  #held = new Map();

  constructor(kept, recording, savedSeconds, onChange) {
    this.#kept = kept;
    this.#recording = recording;
    this.savedSeconds = savedSeconds;
    this.#onChange = onChange;
    addEventListener("online", () => this.#wake?.());
  }

  get hopeless() {
    return this.#hopeless;
  }

  get isEmpty() {
    return this.#waiting.length === 0;
  }

  /** Chunks that are kept already, by number. */
  add(...numbers) {
    if (this.#hopeless) return;
    this.#waiting.push(...numbers);
    if (!this.#running) this.#run();
  }

  /** Once nothing waits any more, or something never can be sent. */
  async emptied() {
    this.#wake?.(); // once: what fails then waits its time
    while (this.#waiting.length && !this.#hopeless) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  /** A chunk that could not be kept in the browser. */
  hold(chunk) {
    this.#held.set(chunk.number, chunk);
  }

  #say(state, detail = "") {
    this.state = state;
    this.detail = detail;
    this.#onChange();
  }

  async #run() {
    this.#running = true;
    let wait = FIRST_WAIT;
    while (this.#waiting.length && !this.#hopeless) {
      try {
        await this.#sendOne(this.#waiting[0]);
        this.#waiting.shift();
        wait = FIRST_WAIT;
        this.#say(this.#waiting.length ? "saving" : "saved");
      } catch (error) {
        if (!(error instanceof Refused || error instanceof Deleted)) console.warn("a chunk is tried again", error);
        this.#judge(error);
        if (!this.#hopeless) await this.#pause(wait);
        wait = Math.min(LONGEST_WAIT, wait * 2);
      }
    }
    this.#running = false;
  }

  async #sendOne(number) {
    const chunk = this.#held.get(number) ?? (await this.#kept.get(this.#recording, number));
    if (!chunk) throw new Deleted();
    const query = new URLSearchParams({ part: chunk.part, seconds: chunk.seconds.toFixed(2) });
    await ask("PUT", `/${this.#recording}/chunks/${number}?${query}`, chunk.sound);
    this.savedSeconds = Math.max(this.savedSeconds, chunk.seconds);
    if (!this.#held.delete(number)) await this.#kept.remove(this.#recording, number);
  }

  #judge(error) {
    const { status, detail } = error;
    if (error instanceof Deleted) this.#stop("broken", DELETED);
    else if (status === 401) this.#say("signed-out");
    else if (status === 413) this.#stop("full", detail);
    else if ([403, 404, 409, 422].includes(status)) this.#stop("broken", detail);
    else this.#say("offline"); // no answer, or the server has trouble of its own
  }

  #stop(state, detail) {
    this.#hopeless = true;
    this.#say(state, detail);
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
