// One recording from its first chunk to its end: numbers the chunks, keeps each, and hands them on to be sent.
import { ask, Sender } from "./record_send.js";

/** No other window may go on with the same recording. Held until the page is closed. */
function claim(id) {
  if (!navigator.locks) return Promise.resolve(true);
  return new Promise((resolve) => {
    navigator.locks.request(`evoke-recording-${id}`, { ifAvailable: true }, (lock) => {
      resolve(Boolean(lock));
      return lock && new Promise(() => {});
    });
  });
}

export class Talk {
  #kept;
  #person;
  #next;
  #parts;
  #part = null;
  #keeping = Promise.resolve();

  constructor(kept, person, shown, { next, parts, seconds }, onChange) {
    this.#kept = kept;
    this.#person = person;
    this.id = shown.id;
    this.microphones = shown.microphones;
    this.mediaType = shown.media_type;
    this.seconds = seconds;
    this.#next = next;
    this.#parts = parts;
    this.sender = new Sender(kept, shown.id, shown.seconds, onChange);
  }

  /** Throws Refused. */
  static async begin({ kept, person, onChange }, details, microphones, mediaType) {
    const shown = await ask("POST", "", { details, microphones, media_type: mediaType });
    await claim(shown.id);
    return new Talk(kept, person, shown, { next: 0, parts: 0, seconds: 0 }, onChange);
  }

  /** With what this browser kept and could not send. Null when another window has it. */
  static async goOn({ kept, person, onChange }, shown) {
    if (!(await claim(shown.id))) return null;
    const waiting = await kept.waiting(shown.id);
    const last = waiting.length ? await kept.get(shown.id, waiting.at(-1)) : null;
    const so_far = {
      next: Math.max(shown.next_chunk, last ? last.number + 1 : 0),
      parts: Math.max(shown.parts, last ? last.part + 1 : 0),
      seconds: Math.max(shown.seconds, last?.seconds ?? 0),
    };
    const talk = new Talk(kept, person, shown, so_far, onChange);
    talk.sender.add(...waiting);
    return talk;
  }

  get parts() {
    return this.#parts;
  }

  get lasting() {
    return this.#kept.lasting;
  }

  /** A recorder starts anew: what comes now is a part of its own. */
  newPart() {
    this.#part = null;
  }

  /** `blob` ends at `seconds` of the whole recording. */
  take(blob, seconds) {
    if (!blob.size) return;
    if (this.#part === null) this.#part = this.#parts++;
    const chunk = { recording: this.id, number: this.#next++, part: this.#part, seconds };
    this.seconds = seconds;
    this.#keeping = this.#keeping.then(async () => {
      const sound = await blob.arrayBuffer();
      await this.#kept.put({ ...chunk, sound }, this.#person).catch(() => this.#keepInPage({ ...chunk, sound }));
      this.sender.add(chunk.number);
    });
  }

  /** The disk is full, say: straight to the server then. */
  #keepInPage(chunk) {
    this.sender.hold(chunk);
  }

  /** Once all that was taken is kept. */
  settled() {
    return this.#keeping;
  }

  /** How many chunks the server has, or is to have. */
  get chunks() {
    return this.#next;
  }

  async forget() {
    await this.#kept.forget(this.id);
  }
}

/** "5 seconds", "12 minutes", "1 hour 5 minutes". */
export function length(seconds) {
  const many = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
  if (seconds < 90) return many(Math.max(1, Math.round(seconds)), "second");
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return many(minutes, "minute");
  const rest = minutes % 60;
  return many(Math.floor(minutes / 60), "hour") + (rest ? ` ${many(rest, "minute")}` : "");
}

/** What is safe and what is not, in a sentence. `seconds` is how much is recorded by now. */
export function savedWords({ sender, lasting }, seconds, running) {
  const unsaved = Math.max(0, seconds - sender.savedSeconds);
  const where = lasting ? "kept on this computer" : "only in this page, so leave it open";
  if (sender.hopeless) return sender.detail;
  if (sender.state === "offline") {
    return `Offline: the last ${length(unsaved)} are ${where}, and sent when the connection is back.`;
  }
  if (sender.state === "signed-out") return `You are signed out. The last ${length(unsaved)} are ${where}.`;
  if (!running && sender.isEmpty) return "All of it is saved.";
  if (!running || (unsaved > 5 && lasting)) return `The last ${length(unsaved)} are ${where}, and being sent.`;
  return `All but the last ${length(Math.max(5, unsaved))} are saved.`;
}
