// What a line is asked in a window of its own: its words, a note, where to split it, what it is evidence of.
import { canCut, RATINGS, TALK_KINDS } from "./bench_apply.js";
import { ask, make, submit, textField } from "./bench_ask.js";
import { points } from "./bench_text.js";

export function askWords(line, { take, then }) {
  const { field, content } = textField("Words of the line", line.text, "Keep placeholders such as [child 1] as they are. Enter saves.");
  const onYes = () => field.value.trim() !== line.text && take({ kind: "edit_words", key: line.key, text: field.value });
  ask({ title: "Correct the words", content, yes: "Save the words", onYes, then });
}

export function askNote(line, { take, then }) {
  const { field, content } = textField("Note on this line", line.note, "Empty takes the note away. Enter saves, Shift and Enter is a new line.");
  const onYes = () => field.value.trim() !== line.note && take({ kind: "write_note", key: line.key, text: field.value });
  ask({ title: "Note", content, yes: "Save the note", onYes, then });
}

/** Where a line can be cut: in front of a word. Characters, whole ones. */
function cuts(text) {
  const all = points(text);
  return all.map((_, at) => at).filter((at) => at > 0 && /\s/.test(all[at - 1]) && !/\s/.test(all[at]) && canCut(text, at));
}

/** Behind the end of a sentence where there is one, else nearest to the middle. */
function likelyCut(text, places) {
  const all = points(text);
  const far = (at) => Math.abs(at - all.length / 2);
  const ends = (at) => /[.!?…][”"’')]*\s+$/.test(all.slice(0, at).join(""));
  const best = [...places].sort((one, other) => ends(other) - ends(one) || far(one) - far(other));
  return places.indexOf(best[0]);
}

export function askSplit(line, { take, then, say }) {
  const places = cuts(line.text);
  if (!places.length) return say("This line has only one word: it cannot be split.");
  const all = points(line.text);
  const range = make("input", {
    type: "range", id: "ask-cut", class: "evoke-cut__range", min: "0", max: String(places.length - 1), step: "1",
  });
  range.value = String(likelyCut(line.text, places));
  const [first, second] = [make("span", { class: "evoke-cut__part" }), make("span", { class: "evoke-cut__part" })];
  const shown = make("p", { class: "evoke-cut" }, first, second);
  const draw = () => {
    const at = places[range.value];
    const words = (from, to) => [0, ...places].filter((one) => from <= one && one < to).map((one, index, those) => {
      const text = all.slice(one, those[index + 1] ?? to).join("");
      return make("span", { class: "evoke-cut__word", "data-at": String(one) }, text);
    });
    first.replaceChildren(...words(0, at));
    second.replaceChildren(...words(at, all.length));
    range.setAttribute("aria-valuetext", `before “${all.slice(at, at + 30).join("")}”`);
  };
  range.addEventListener("input", draw);
  shown.addEventListener("click", ({ target }) => {
    const place = places.indexOf(Number(target.closest("[data-at]")?.dataset.at));
    if (place >= 0) range.value = String(place);
    draw();
  });
  draw();
  const content = [
    make("label", { class: "govuk-label", for: "ask-cut" }, "Move the cut with the arrow keys, or choose the word that begins the second line."),
    range, shown,
  ];
  const onYes = () => take({ kind: "split", key: line.key, at: places[range.value] });
  ask({ title: "Split the line", content, yes: "Split here", onYes, then });
}

/** Choices with a number each, which its key chooses too. */
function choices(type, options, { chosen, onKey = () => {} }) {
  const fields = options.map(({ value, label }, place) => {
    const input = make("input", { type, name: "choice", value, id: `choice-${place}` });
    input.checked = chosen.includes(value);
    return { input, row: make("label", { class: "evoke-choice", for: `choice-${place}` }, input, make("kbd", { "aria-hidden": "true" }, String(place + 1)), label) };
  });
  const box = make("div", {
    class: "evoke-choices",
    onkeydown: (event) => {
      if (event.key === "Enter") {
        event.preventDefault();
        submit();
      }
      const field = fields[Number(event.key) - 1];
      if (!field || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      field.input.checked = type === "radio" || !field.input.checked;
      field.input.focus();
      onKey();
    },
  }, ...fields.map(({ row }) => row));
  return { box, values: () => fields.filter(({ input }) => input.checked).map(({ input }) => input.value) };
}

export function askEvidence(line, draft, { take, then, titles, say }) {
  const open = RATINGS.filter((name) => !draft.skipped.includes(name));
  if (!open.length) return say("Nothing can be rated in this session.");
  const chosen = open.filter((name) => draft.evidence[name]?.includes(line.key));
  const { box, values } = choices("checkbox", open.map((value) => ({ value, label: titles[value] })), { chosen });
  const onYes = () => {
    for (const rating of open) {
      const wanted = values().includes(rating);
      if (wanted !== chosen.includes(rating)) take({ kind: wanted ? "pin" : "unpin", key: line.key, rating });
    }
  };
  ask({ title: "This line is evidence for", content: box, yes: "Save", onYes, then });
}

export function askKind(line, { take, then }) {
  const options = TALK_KINDS.map((value) => ({ value, label: value.replace("_", " ") }));
  const { box, values } = choices("radio", [...options, { value: "", label: "none of these" }], { chosen: [line.subtype ?? ""], onKey: submit });
  const onYes = () => {
    const subtype = values()[0] || null;
    if (subtype !== line.subtype || !line.accepted) take({ kind: "recode", key: line.key, code: line.code, subtype });
  };
  ask({ title: "What kind of talk is it?", content: box, yes: "Save", onYes, then });
}

export function askSpeaker(line, draft, { take, then }) {
  const others = Object.entries(draft.speakers).filter(([label]) => label !== line.speaker_label);
  const options = others.map(([value, role]) => ({ value, label: `${value}, ${role}` }));
  const { box, values } = choices("radio", options, { chosen: [options[0].value], onKey: submit });
  const onYes = () => take({ kind: "move", key: line.key, speaker_label: values()[0] });
  ask({ title: "Who said this?", content: box, yes: "Move the line", onYes, then });
}
