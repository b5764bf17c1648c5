// The ratings: 1 to 5 with their anchors, and the lines pinned to each as evidence.
import { make } from "./bench_ask.js";

export class Ratings {
  #fields = [];
  titles = {};

  /** `onRate(name, value or null)`, `onGo(key)` to a line, `onUnpin(name, key)`. */
  constructor(root, { onRate, onGo, onUnpin }) {
    this.onGo = onGo;
    this.onUnpin = onUnpin;
    for (const field of root.querySelectorAll("[data-rating]")) {
      const { rating: name, title } = field.dataset;
      const radios = [...field.querySelectorAll("input[type=radio]")];
      this.titles[name] = title;
      this.#fields.push({ name, field, radios, evidence: field.querySelector("[data-evidence]"), shown: "" });
      field.addEventListener("change", ({ target }) => onRate(name, Number(target.value)));
      field.querySelector("[data-clear]").addEventListener("click", () => {
        onRate(name, null);
        radios[0].focus();
      });
      field.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        if (event.key.toLowerCase() === "g") {
          event.preventDefault();
          this.focus(name);
        }
        const radio = radios[Number(event.key) - 1];
        if (!radio || !event.target.matches("input[type=radio]")) return;
        event.preventDefault();
        radio.focus();
        onRate(name, Number(event.key));
      });
    }
  }

  /** The first that can be rated, or the next one after a name; from the last on to the first. */
  focus(after) {
    const at = this.#fields.findIndex(({ name }) => name === after) + 1;
    const first = [...this.#fields.slice(at), ...this.#fields.slice(0, at)].find(({ radios }) => !radios[0].disabled);
    (first?.radios.find((radio) => radio.checked) ?? first?.radios[0])?.focus();
  }

  draw(draft) {
    const places = new Map(draft.lines.map((line, place) => [line.key, place]));
    for (const one of this.#fields) {
      const skipped = draft.skipped.includes(one.name);
      const value = draft.ratings[one.name];
      for (const radio of one.radios) {
        radio.checked = Number(radio.value) === value;
        radio.disabled = skipped;
      }
      one.field.querySelector("[data-not-here]").hidden = !skipped;
      one.field.querySelector("[data-values]").hidden = skipped;
      one.field.querySelector("[data-clear]").hidden = value === undefined;
      this.#evidence(one, draft, places);
    }
  }

  #evidence(one, draft, places) {
    const lines = (draft.evidence[one.name] ?? []).map((key) => draft.lines[places.get(key)]);
    const shown = lines.map((line) => `${line.key} ${line.text}`).join("\n");
    if (shown === one.shown) return;
    one.shown = shown;
    one.evidence.replaceChildren(...lines.map((line) => this.#row(one, line, places.get(line.key) + 1)));
  }

  #row({ name }, line, number) {
    const words = line.text.length > 90 ? `${line.text.slice(0, 88).trimEnd()} …` : line.text;
    return make("li", {},
      make("button", { type: "button", class: "evoke-link-button", onclick: () => this.onGo(line.key) }, `Line ${number}: ${words}`),
      " ",
      make("button", { type: "button", class: "evoke-link-button evoke-rating__unpin", onclick: () => this.onUnpin(name, line.key) },
        "Unpin", make("span", { class: "govuk-visually-hidden" }, ` line ${number}`)));
  }
}
