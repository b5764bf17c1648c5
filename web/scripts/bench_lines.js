// The conversation on the bench: one option of a list for each line, and only those drawn anew that changed.
import { TALK_KINDS } from "./bench_apply.js";
import { scoredLines } from "./bench_figures.js";

const FIRST_DRAWN = 100; // lines; those after them come once these are seen
const DRAWN_AT_ONCE = 250;
const FIRST_NAMES = { NC: "Not coded" };

function part(className, text) {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

const unseen = (text) => part("govuk-visually-hidden", text);

export function clock(seconds) {
  const whole = Math.floor(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** "87 %": rounding never makes a share certain or impossible. */
function share(value) {
  const percent = Math.round(value * 100);
  if (percent === 100 && value < 1) return "over 99\u00a0%";
  return percent === 0 && value > 0 ? "under 1\u00a0%" : `${percent}\u00a0%`;
}

export class Lines {
  #box;
  #names;
  #titles;
  #shown = new Map(); // key → {line, flags, element}
  #spoken = null;
  #draft = null;
  #most = FIRST_DRAWN;
  current = null;

  /** `names` says "CR" or "Q open" in words, `titles` a rating's name; `onSelect(line)` follows the current line. */
  constructor(box, { names, titles, onSelect }) {
    this.#box = box;
    this.#names = names;
    this.#titles = titles;
    this.onSelect = onSelect;
    box.addEventListener("click", ({ target }) => {
      const line = target.closest("[data-key]");
      if (line) this.select(line.dataset.key);
    });
    box.addEventListener("focusin", ({ target }) => {
      const key = target.closest("[data-key]")?.dataset.key;
      if (key && key !== this.current) this.select(key, { focus: false });
    });
  }

  nameOf({ code, subtype }) {
    if (code === null) return "No code";
    const kind = TALK_KINDS.includes(subtype) ? subtype.replace("_", " ") : subtype;
    const name = this.#names[code] ?? FIRST_NAMES[code] ?? code;
    return kind ? `${name}, ${kind}` : name;
  }

  draw(draft) {
    if (!this.#draft) this.#drawOn();
    this.#draft = draft;
    this.#drawFirst(draft);
  }

  #drawOn() {
    requestAnimationFrame(() => setTimeout(() => {
      this.#most += DRAWN_AT_ONCE;
      this.#drawFirst(this.#draft);
      if (this.#most < this.#draft.lines.length) this.#drawOn();
    }));
  }

  #drawFirst(draft) {
    const pins = this.#pinsOf(draft);
    const scored = draft.segment && new Set(scoredLines(draft).map(({ key }) => key));
    const shown = new Map();
    let at = this.#box.firstElementChild;
    draft.lines.slice(0, this.#most).forEach((line, place) => {
      const first = draft.lines[place - 1]?.speaker_label !== line.speaker_label;
      const last = draft.lines[place + 1]?.speaker_label !== line.speaker_label;
      const flags = [first, last, !scored || scored.has(line.key), pins.get(line.key) ?? ""].join();
      const known = this.#shown.get(line.key);
      let element = known?.element;
      if (known?.line !== line || known.flags !== flags) {
        element = this.#element(line, { first, last, outside: scored && !scored.has(line.key), pins: pins.get(line.key) });
        if (known) {
          if (at === known.element) at = element;
          const focused = document.activeElement === known.element;
          known.element.replaceWith(element);
          if (focused) element.focus({ preventScroll: true });
        }
      }
      if (element === at) at = at.nextElementSibling;
      else this.#box.insertBefore(element, at);
      shown.set(line.key, { line, flags, element });
    });
    while (at) {
      const next = at.nextElementSibling;
      at.remove();
      at = next;
    }
    this.#shown = shown;
  }

  element(key) {
    return this.#shown.get(key)?.element;
  }

  select(key, { focus = true, block = "nearest" } = {}) {
    if (!this.#shown.has(key)) {
      this.#most = Infinity;
      this.#drawFirst(this.#draft);
    }
    const found = this.#shown.get(key);
    if (!found) return;
    const before = this.element(this.current);
    if (before) this.#mark(before, false);
    this.current = key;
    this.#mark(found.element, true);
    if (focus) found.element.focus({ preventScroll: true });
    found.element.scrollIntoView({ block });
    this.onSelect(found.line);
  }

  /** Marks the line that is heard at `seconds`, and follows it while it is in sight. */
  speak(seconds) {
    const now = [...this.#shown.values()].find(
      ({ line }) => line.started !== null && line.started <= seconds && seconds < (line.ended ?? line.started),
    )?.element;
    if (!now || now === this.#spoken) return;
    const followed = !this.#spoken || inSight(this.#spoken);
    this.#spoken?.classList.remove("evoke-bench-line--spoken");
    now.classList.add("evoke-bench-line--spoken");
    this.#spoken = now;
    if (followed) now.scrollIntoView({ block: "nearest" });
  }

  #mark(element, current) {
    element.classList.toggle("evoke-bench-line--current", current);
    element.setAttribute("aria-selected", String(current));
    element.tabIndex = current ? 0 : -1;
  }

  #pinsOf(draft) {
    const pins = new Map();
    for (const [name, keys] of Object.entries(draft.evidence)) {
      for (const key of keys) pins.set(key, [pins.get(key), this.#titles[name]].filter(Boolean).join(", "));
    }
    return pins;
  }

  #element(line, { first, last, outside, pins }) {
    const element = document.createElement("div");
    const classes = [line.role, first && "first", last && "last", outside && "outside", line.accepted && "seen"];
    element.className = `evoke-bench-line ${classes.filter(Boolean).map((name) => `evoke-bench-line--${name}`).join(" ")}`;
    element.setAttribute("role", "option");
    element.dataset.key = line.key;
    this.#mark(element, line.key === this.current);
    if (first) element.append(who(line));
    element.append(part("evoke-bench-line__text", line.text), " ", this.#codes(line, outside));
    if (line.note) element.append(" ", labelled("evoke-bench-line__note", "Note: ", line.note));
    if (pins) element.append(" ", labelled("evoke-bench-line__pins", "Evidence for ", pins));
    return element;
  }

  #codes(line, outside) {
    const codes = part("evoke-bench-line__codes", "");
    const { code, machine } = line;
    if (code === null) codes.append(part("evoke-bench-line__none", "No code yet"));
    else codes.append(chip(line, this.#names[code]), part("evoke-line__name", this.nameOf(line)));
    if (line.accepted) codes.append(ticked());
    if (outside) codes.append(part("evoke-quiet", "not scored"));
    if (machine) this.#machine(codes, line);
    return codes;
  }

  /** The other layer: always there where it differs, and as long as nobody looked. */
  #machine(codes, { code, subtype, accepted, machine }) {
    const sure = machine.confidence === null ? "" : share(machine.confidence);
    const differs = machine.code !== code || machine.subtype !== subtype;
    if (differs) {
      const said = machine.subtype ? `${machine.code} ${machine.subtype.replace("_", " ")}` : machine.code;
      codes.append(part("evoke-bench-line__machine", `machine: ${said} ${sure}`.trim()));
    }
    if (machine.unsure && !accepted) codes.append(part("evoke-unsure", `unsure ${differs ? "" : sure}`.trim()));
    else if (!differs && !accepted && sure) codes.append(part("evoke-bench-line__sure", sure));
  }
}

function who(line) {
  const said = line.speaker_label.toLowerCase() === line.role ? line.speaker_label : `${line.speaker_label}, ${line.role}`;
  const element = part("evoke-bench-line__who", said);
  if (line.started !== null) element.append(" ", part("evoke-turn__time", clock(line.started)));
  element.append(unseen(". "));
  return element;
}

function chip({ code, role }, name) {
  const element = part(`evoke-chip evoke-chip--${role} evoke-bench-line__chip--${code.toLowerCase()}`, code);
  if (name && name !== code) element.setAttribute("aria-hidden", "true"); // its name follows
  return element;
}

function ticked() {
  const element = part("evoke-bench-line__seen", "");
  const tick = part("", "✓");
  tick.setAttribute("aria-hidden", "true");
  element.append(tick, unseen(" looked at"));
  return element;
}

function labelled(className, label, text) {
  const element = part(className, "");
  element.append(part("evoke-quiet", label), text);
  return element;
}

function inSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return bottom > 0 && top < innerHeight;
}
