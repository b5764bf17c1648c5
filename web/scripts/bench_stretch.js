// Which part of a long conversation is scored, and the way to the other choice.

const same = (one, other) => one?.join("/") === other?.join("/");

export class Stretch {
  #place;
  #words;
  #button;
  /** What the server says of it: {chance, by_chance, words, chance_words, whole_words}. */
  told = null;

  constructor(root) {
    this.#place = root.querySelector("[data-stretch]");
    this.#words = this.#place.querySelector("[data-stretch-words]");
    this.#button = this.#place.querySelector("button");
  }

  /** A short conversation is scored whole, and nothing is said about it. */
  draw({ segment }) {
    const told = this.told;
    this.#place.hidden = !told?.chance && !segment;
    if (this.#place.hidden) return;
    const byChance = told.by_chance || same(segment, told.chance);
    this.#words.textContent = !segment ? told.whole_words : byChance ? told.chance_words : told.words || "Scoring a part.";
    this.#button.textContent = segment ? "Score all of it instead" : "Score the 20 minutes that chance chose instead";
  }

  /** The step that chooses what is not chosen now. */
  other({ segment }) {
    const [first, last] = segment ? [null, null] : this.told.chance;
    return { kind: "choose_segment", first, last };
  }
}
