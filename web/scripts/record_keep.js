// What is recorded and not saved by Evoke yet, kept in this browser so that a crash cannot take it.
// A chunk goes from here as soon as the server has it: no copy stays on the computer.

const NAME = "evoke-recordings";

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

const written = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });

/** A browser that deletes a site's data ends the connection to it for good: then nothing is kept here any more. */
const unlessEnded = (error) => {
  if (error.name !== "InvalidStateError") throw error;
};

const allOf = (recording) => IDBKeyRange.bound([recording, 0], [recording, Infinity]);

class InBrowser {
  lasting = true;
  #database;

  constructor(database) {
    this.#database = database;
  }

  #begin(mode, durability = "relaxed") {
    return this.#database.transaction(["chunks", "recordings"], mode, { durability });
  }

  /** `chunk` is {recording, number, part, seconds, sound: ArrayBuffer}; `person` is whose it is. */
  async put(chunk, person) {
    const writing = this.#begin("readwrite", "strict"); // on the disk before it counts as kept
    writing.objectStore("chunks").put(chunk, [chunk.recording, chunk.number]);
    writing.objectStore("recordings").put({ id: chunk.recording, person, seconds: chunk.seconds, at: Date.now() });
    await written(writing);
  }

  /** Undefined for one that the browser has deleted. */
  async get(recording, number) {
    try {
      return await done(this.#begin("readonly").objectStore("chunks").get([recording, number]));
    } catch (error) {
      return unlessEnded(error);
    }
  }

  async remove(recording, number) {
    try {
      const writing = this.#begin("readwrite");
      writing.objectStore("chunks").delete([recording, number]);
      await written(writing);
    } catch (error) {
      unlessEnded(error);
    }
  }

  /** The numbers of the chunks that wait, in order. */
  async waiting(recording) {
    const keys = await done(this.#begin("readonly").objectStore("chunks").getAllKeys(allOf(recording)));
    return keys.map(([, number]) => number);
  }

  async forget(recording) {
    try {
      const writing = this.#begin("readwrite");
      writing.objectStore("chunks").delete(allOf(recording));
      writing.objectStore("recordings").delete(recording);
      await written(writing);
    } catch (error) {
      unlessEnded(error);
    }
  }

  /** Every recording that was kept here: {id, person, seconds, at}. */
  recordings() {
    return done(this.#begin("readonly").objectStore("recordings").getAll());
  }
}

/** For a browser that keeps nothing (some private windows): lost with the page, which the page says. */
class InPage {
  lasting = false;
  #chunks = new Map();

  async put(chunk) {
    this.#chunks.set(chunk.number, chunk);
  }

  async get(_recording, number) {
    return this.#chunks.get(number);
  }

  async remove(_recording, number) {
    this.#chunks.delete(number);
  }

  async waiting() {
    return [...this.#chunks.keys()].sort((a, b) => a - b);
  }

  async forget() {
    this.#chunks.clear();
  }

  async recordings() {
    return [];
  }
}

export async function openKept() {
  try {
    const opening = indexedDB.open(NAME, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("chunks");
      opening.result.createObjectStore("recordings", { keyPath: "id" });
    };
    return new InBrowser(await done(opening));
  } catch {
    return new InPage();
  }
}
