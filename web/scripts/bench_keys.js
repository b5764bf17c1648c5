// The keys of the bench: what each does, and the sheet that lists them.
import { ask, isAsking, make } from "./bench_ask.js";

/** [key as the browser names it, with Shift or not, what it does, its name for people] */
const KEYS = [
  ["enter", false, "accept", "Enter", "Accept the code and go on"],
  ["enter", true, "accept-turn", "Shift Enter", "Accept every line of this turn and go on to the next turn"],
  ["j", false, "down", "J or ↓", "Next line"],
  ["arrowdown", false, "down"],
  ["k", false, "up", "K or ↑", "Line before"],
  ["arrowup", false, "up"],
  ["u", false, "unsure", "U", "Next line that the machine is unsure of, most doubtful first; Enter then goes on in that order"],
  ["backspace", false, "uncode", "Backspace", "Take the code away"],
  ["delete", false, "uncode"],
  ["t", false, "kind", "T", "Kind of change or sustain talk"],
  ["e", false, "evidence", "E", "Evidence for a rating"],
  ["n", false, "note", "N", "Note on the line"],
  ["w", false, "words", "W", "Correct the words"],
  ["s", false, "split", "S", "Split the line"],
  ["j", true, "join", "Shift J", "Join with the next line"],
  ["m", false, "move", "M", "Move to the other speaker"],
  ["x", true, "swap", "Shift X", "Swap the roles of all speakers"],
  ["z", false, "undo", "Z", "Undo, as often as you like"],
  ["z", true, "redo", "Shift Z", "Do it again"],
  ["g", false, "ratings", "G", "To the ratings, and on to the next; there 1 to 5 rate, and Escape leads back"],
  ["f", false, "sign-off", "F", "Check what is missing, and sign off"],
  ["?", null, "keys", "?", "This list"],
  ["escape", false, "back", "Escape", "Back to the line"],
];
/** Of the player, which listens for them itself. */
const OF_THE_PLAYER = [
  ["Space", "Play and pause"],
  ["← →", "Half a second back or on"],
  ["Shift ← →", "Five seconds back or on"],
  ["R", "Play the line again"],
];
const REPEATS = ["down", "up", "undo", "redo"];
const FIELDS = "input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]";

function meant(event) {
  const key = event.key.toLowerCase();
  return KEYS.find(([name, shift]) => name === key && (shift === null || shift === event.shiftKey))?.[2];
}

/** `acts[name]()` for keys, `code(press)` for a key that gives a code: whether there is one. */
export function listen({ acts, code }) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing || isAsking()) return;
    const { target } = event;
    if (target.closest?.(FIELDS)) return;
    const act = meant(event);
    const own = target.closest?.("a, button, summary, input");
    if (own && (event.key === "Enter" || event.key.startsWith("Arrow"))) return;
    if (act && (!event.repeat || REPEATS.includes(act))) acts[act]();
    else if (act || event.repeat || event.shiftKey || target.matches?.("input") || !code(event.key.toLowerCase())) return;
    event.preventDefault();
  });
}

function table(caption, rows) {
  return make("table", { class: "evoke-keys" }, make("caption", {}, caption), make("tbody", {}, ...rows.map(([keys, does]) =>
    make("tr", {}, make("th", { scope: "row" }, make("kbd", {}, keys)), make("td", {}, does)))));
}

/** `codes` are {role, press, name}. */
export function showKeys(codes, then) {
  const of = (role) => codes.filter((one) => one.role === role).map(({ press, name }) => [press.toUpperCase(), name]);
  const rest = KEYS.filter(([, , , shown]) => shown).map(([, , , shown, does]) => [shown, does]);
  const content = make("div", { class: "evoke-keys__all", tabindex: "0", role: "group", "aria-label": "All keys" },
    table("All lines", rest), table("The practitioner’s lines", of("practitioner")),
    table("The other person’s lines", of("client")),
    ...(document.querySelector(".evoke-player") ? [table("The recording", OF_THE_PLAYER)] : []));
  ask({ title: "Keys", content, no: "Close", then });
}
