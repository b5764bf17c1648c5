// Speaking instead of typing: what was heard is put into the text box, to be read and corrected before it is sent.
import { refusal } from "./record_choice.js";
import { HINTS } from "./record_level.js";
import { listenTo, mediaType, obstacle, Sound } from "./record_sound.js";

const ADDRESS = "/spoken-answers";
const LONGEST = 90; // seconds
const SHORTEST = 0.5;
const LOOK = 100; // ms between two looks at the clock and the level
const ASK = 700; // ms between two questions whether it is heard
const SLOW = 20000; // ms after which it is said that it takes long
const TYPE = "You can type instead.";
const UNREACHED = "That did not reach Evoke. What you said is kept in this page: check the network and send it again, or type it.";
const WAITS = {
  sending: "Sending…",
  hearing: "Writing it down…",
  behind: `Another recording is being written down, and yours comes next. ${TYPE}`,
  slow: `It takes longer than usual. ${TYPE}`,
};

const clock = (seconds) => `${Math.floor(seconds / 60)}:${String(Math.floor(seconds) % 60).padStart(2, "0")}`;

/** Says to the person what to do. With `again`, what was recorded can be sent once more. */
class Unheard extends Error {
  constructor(words, again = false) {
    super(words);
    this.again = again;
  }
}

async function call(method, path = "", body = undefined) {
  let answer;
  try {
    answer = await fetch(ADDRESS + path, { method, body, headers: { Accept: "application/json" } });
  } catch {
    throw new Unheard(UNREACHED, true);
  }
  if (answer.status === 401) throw new Unheard("You are no longer signed in. Sign in again in another tab, then send it again here.", true);
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Unheard(told.detail ?? UNREACHED, answer.status === 429 || answer.status >= 500);
  return told;
}

class Speaker {
  #root;
  #field;
  #sound = null;
  #pieces = [];
  #blob = null; // what could not be sent yet
  #timer = 0;
  #since = 0;
  #id = ""; // of what is waited for
  #round = 0; // what comes back for an earlier one is not wanted any more

  constructor(root) {
    this.#root = root;
    this.#field = document.getElementById(root.dataset.speak);
    this.#on("begin", () => this.#begin());
    this.#on("stop", () => this.#stop());
    this.#on("again", () => this.#again());
    this.#on("cancel", () => this.#end("before", "begin"));
    this.#on("give-up", () => this.#end("before", "begin"));
    this.#field.form.addEventListener("submit", () => this.#quiet());
    addEventListener("pagehide", () => this.#end("before"));
    root.hidden = false;
  }

  #find = (name) => this.#root.querySelector(`[data-speak-${name}]`);
  #on = (name, act) => this.#find(name).addEventListener("click", act);

  #say(name, words) {
    const place = this.#find(name);
    place.textContent = words;
    place.hidden = !words;
  }

  #quiet() {
    this.#say("told", "");
    this.#say("doubts", "");
    this.#keep(null);
  }

  #keep(blob) {
    this.#blob = blob;
    this.#find("again").hidden = !blob;
  }

  #tell(words) {
    this.#find("status").textContent = words;
  }

  /** Shows one of the three states; `focus` names the button that has the keyboard then. */
  #show(state, focus) {
    for (const one of ["before", "recording", "waiting"]) this.#find(one).hidden = one !== state;
    if (focus) this.#find(focus).focus({ preventScroll: true });
  }

  async #begin() {
    if (this.#sound) return;
    const round = ++this.#round;
    this.#quiet();
    let sound = null;
    try {
      sound = new Sound([await listenTo()], () => this.#stop());
      if (round !== this.#round) return sound.close();
      this.#sound = sound;
      this.#pieces = [];
      await sound.start(mediaType(), (piece) => this.#pieces.push(piece), () => {});
    } catch (error) {
      sound?.close();
      this.#sound = null;
      this.#failed(refusal(error).join(" "));
      return;
    }
    this.#since = sound.clock;
    this.#timer = setInterval(() => this.#look(), LOOK);
    this.#look();
    this.#show("recording", "stop");
    this.#tell("Recording.");
  }

  get #seconds() {
    return this.#sound.clock - this.#since;
  }

  #look() {
    const level = this.#sound.levels[0];
    level.read();
    this.#find("level").style.transform = `scaleX(${level.shown / 100})`;
    this.#find("clock").textContent = clock(Math.min(this.#seconds, LONGEST));
    const silent = level.hint === "silent" ? HINTS.silent : "";
    if (this.#find("told").textContent !== silent) {
      this.#say("told", silent);
      this.#tell(silent);
    }
    if (this.#seconds >= LONGEST) this.#stop();
  }

  async #stop() {
    const sound = this.#sound;
    if (!sound || !this.#timer) return;
    const seconds = this.#seconds;
    const round = this.#round;
    this.#close();
    this.#wait(WAITS.sending);
    this.#show("waiting", "give-up");
    this.#say("told", "");
    await sound.stop();
    sound.close();
    if (round !== this.#round) return;
    if (seconds < SHORTEST) this.#failed("That was too short to be heard. Choose “Speak instead” and say it again.");
    else await this.#hear(new Blob(this.#pieces), round);
  }

  #again() {
    const blob = this.#blob;
    this.#quiet();
    this.#wait(WAITS.sending);
    this.#show("waiting", "give-up");
    this.#hear(blob, ++this.#round);
  }

  async #hear(blob, round) {
    try {
      const { id } = await call("POST", "", blob);
      if (round !== this.#round) return forget(id);
      this.#id = id;
      const heard = await this.#heard(round);
      if (!heard) return undefined; // not waited for any more
      if (heard.problem) throw new Unheard(heard.problem);
      this.#put(heard);
    } catch (error) {
      if (!(error instanceof Unheard)) throw error;
      if (round === this.#round) this.#failed(error.message, error.again ? blob : null);
    }
    return undefined;
  }

  async #heard(round) {
    const begun = performance.now();
    let lost = 0;
    while (round === this.#round) {
      const told = await call("GET", `/${this.#id}`).catch((error) => {
        if (++lost > 5 || !error.again) throw error;
        return { state: "waiting" };
      });
      if (round !== this.#round) break;
      if (told.state !== "waiting") return told;
      const slow = performance.now() - begun > SLOW;
      this.#wait(told.behind ? WAITS.behind : slow ? WAITS.slow : WAITS.hearing);
      await new Promise((resolve) => setTimeout(resolve, ASK));
    }
    return null;
  }

  #wait(words) {
    if (this.#find("waits").textContent === words) return;
    this.#find("waits").textContent = words;
    this.#tell(words);
  }

  /** Behind what stands in the box already. */
  #put({ text, doubts }) {
    const field = this.#field;
    const before = field.value.trimEnd();
    field.value = before ? `${before} ${text}` : text;
    field.dispatchEvent(new Event("input", { bubbles: true })); // it is kept as what is typed
    this.#end("before");
    const read = "This is what was heard. Read it, and put right what is not what you said.";
    const unsure = doubts.length ? `Not sure it heard this right: ${doubts.map((one) => `“${one}”`).join(", ")}` : "";
    this.#say("told", read);
    this.#say("doubts", unsure);
    this.#tell(unsure ? `${read} ${unsure}` : read);
    field.focus();
    field.setSelectionRange(field.value.length, field.value.length);
  }

  #failed(words, blob = null) {
    this.#end("before", "begin");
    this.#keep(blob);
    this.#say("told", words);
    this.#tell(words);
  }

  #close() {
    clearInterval(this.#timer);
    this.#timer = 0;
    this.#sound = null;
  }

  /** Whatever goes on: nothing is recorded or waited for after it, and the server forgets what it has. */
  #end(state, focus) {
    this.#round += 1;
    const sound = this.#sound;
    this.#close();
    sound?.close();
    if (this.#id) forget(this.#id);
    this.#id = "";
    this.#wait("");
    this.#say("told", "");
    this.#tell("");
    this.#show(state, focus);
  }
}

/** What cannot be told now goes by itself within the hour. */
function forget(id) {
  fetch(`${ADDRESS}/${id}`, { method: "DELETE", headers: { Accept: "application/json" }, keepalive: true }).catch(() => {});
}

if (!obstacle()) for (const root of document.querySelectorAll("[data-speak]")) new Speaker(root);
