// A player for a session's recording: its picture, what is said when, and keys that do not leave the text.
import { getSound, NoSound } from "./listen_sound.js";
import { drawWave, lineAt, momentOf, readPeaks } from "./listen_wave.js";

const NEAR = 40; // seconds that the larger picture shows
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2];
const STEP = 0.5; // seconds of an arrow key; with Shift
const STRIDE = 5;
const ALONG = 10; // seconds around what is playing, in which lines are walked without a jump
const TAIL = 0.15; // seconds after a line that is said again

const WORDS = `
<div class="evoke-player" role="group" aria-label="The recording">
  <div class="evoke-player__pictures">
    <canvas class="evoke-player__whole" aria-hidden="true" data-whole></canvas>
    <canvas class="evoke-player__near" role="img" data-near></canvas>
  </div>
  <input class="evoke-player__place" type="range" min="0" step="0.5" value="0" aria-label="Position in the recording" data-place>
  <div class="evoke-player__do">
    <button type="button" class="evoke-tool evoke-tool--main" data-play>Play <kbd aria-hidden="true">Space</kbd></button>
    <button type="button" class="evoke-tool" data-back>Back 5 s <kbd aria-hidden="true">Shift ←</kbd></button>
    <button type="button" class="evoke-tool" data-on>On 5 s <kbd aria-hidden="true">Shift →</kbd></button>
    <button type="button" class="evoke-tool" data-again>Line again <kbd aria-hidden="true">R</kbd></button>
    <label class="evoke-player__speed">Speed <select data-speed></select></label>
    <span class="evoke-player__time" data-time></span>
  </div>
</div>`;

export const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
};

const counted = (count, one) => `${count} ${one}${count === 1 ? "" : "s"}`;
const spoken = (seconds) => `${counted(Math.floor(seconds / 60), "minute")} ${counted(Math.floor(seconds) % 60, "second")}`;

/** Whether a key belongs to what has the focus: a field, or a button that Space presses. */
function takesKey(event, place) {
  const on = event.target instanceof Element ? event.target : document.body;
  if (on === place || event.ctrlKey || event.metaKey || event.altKey) return on !== place;
  if (on.closest("input, textarea, select, [contenteditable], dialog")) return true;
  return event.key === " " && on.closest("button, summary, a[href], [role=button]") !== null;
}

/** `hooks`: `onAt(seconds)` while the player moves. With `everywhere` its keys work wherever the focus is. */
export class Player {
  #place;
  #hooks;
  #audio = new Audio();
  #sound = null;
  #lines = [];
  #segment = null;
  #current = null;
  #until = null;
  #parts = {};

  constructor(place, hooks = {}, { everywhere = false } = {}) {
    this.#place = place;
    this.#hooks = hooks;
    this.#audio.preload = "metadata";
    (everywhere ? document : place).addEventListener("keydown", (event) => this.#pressed(event));
  }

  /** Whether there is a recording. A failure is told in the place, with a way to try again. */
  async load(session) {
    this.#tell("Loading the recording …");
    try {
      const sound = await getSound(session, () => this.#tell("The sound is being made ready. You can go on meanwhile."));
      if (!sound) {
        this.#place.replaceChildren();
        return false;
      }
      this.#sound = readPeaks(sound);
      this.#audio.src = sound.source;
      this.#build();
    } catch (error) {
      if (!(error instanceof NoSound || error instanceof TypeError)) throw error;
      this.#tell(error instanceof NoSound ? error.message : "There is no connection.", () => this.load(session));
    }
    return true;
  }

  get at() {
    return this.#audio.currentTime;
  }

  /** What is said when: [{key, started, ended, role, text}]. `segment` are the seconds that are scored. */
  setLines(lines, segment = null) {
    this.#lines = lines.filter(({ started, ended }) => started !== null && ended !== null)
      .sort((one, other) => one.started - other.started);
    this.#segment = segment;
    this.#show();
  }

  /** The line that is looked at now: where the player is elsewhere, it goes to its beginning. Who walks along with what
   * is playing is not pulled forth and back by it. */
  goTo(line) {
    this.#current = line;
    this.#until = null;
    if (line?.started === null || line?.started === undefined || !this.#sound) return this.#show();
    const along = !this.#audio.paused && Math.abs(line.started - this.at) < ALONG;
    if (along || this.#saidNow()?.key === line.key) return this.#show();
    return this.seek(line.started);
  }

  seek(seconds) {
    if (!this.#sound) return;
    this.#audio.currentTime = Math.min(Math.max(0, seconds), Math.max(0, this.#sound.seconds - 0.05));
    this.#moved();
  }

  toggle() {
    this.#until = null;
    if (this.#audio.paused) this.#play();
    else this.#audio.pause();
  }

  /** Plays the current line from its beginning. Where nothing was playing it stops behind it, unless it is to go `on`. */
  again({ on = false } = {}) {
    const line = this.#current?.started != null ? this.#current : this.#saidNow();
    if (!line || !this.#sound) return;
    const playing = on || (!this.#audio.paused && this.#until === null);
    this.seek(line.started);
    this.#until = playing ? null : line.ended + TAIL;
    this.#play();
  }

  #play() {
    this.#audio.play().catch(() => this.#tell("The sound cannot be played. Load the page again."));
  }

  #saidNow() {
    return lineAt(this.#lines, this.at + 0.02);
  }

  #tell(words, again = null) {
    const told = document.createElement("p");
    told.className = "evoke-note";
    told.setAttribute("role", "status");
    told.textContent = words;
    if (again) {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "Try again" });
      button.className = "evoke-link-button";
      button.addEventListener("click", again);
      told.append(" ", button);
    }
    this.#place.replaceChildren(told);
  }

  #build() {
    this.#place.innerHTML = WORDS;
    for (const name of ["whole", "near", "place", "play", "back", "on", "again", "speed", "time"]) {
      this.#parts[name] = this.#place.querySelector(`[data-${name}]`);
    }
    const { whole, near, place, play, back, on, again, speed } = this.#parts;
    near.setAttribute("aria-label", `How loud the recording is, ${spoken(this.#sound.seconds)} long. The conversation below says it in words.`);
    place.max = String(this.#sound.seconds);
    for (const one of SPEEDS) speed.add(new Option(`${one} ×`, String(one), one === 1, one === 1));
    play.addEventListener("click", () => this.toggle());
    back.addEventListener("click", () => this.seek(this.at - STRIDE));
    on.addEventListener("click", () => this.seek(this.at + STRIDE));
    again.addEventListener("click", () => this.again());
    speed.addEventListener("change", () => {
      this.#audio.playbackRate = Number(speed.value);
    });
    place.addEventListener("input", () => this.seek(Number(place.value)));
    whole.addEventListener("click", (event) => this.seek(momentOf(event, this.#all())));
    near.addEventListener("click", (event) => this.seek(momentOf(event, this.#window())));
    for (const name of ["play", "pause", "ended"]) this.#audio.addEventListener(name, () => this.#playing());
    this.#audio.addEventListener("timeupdate", () => this.#moved());
    this.#audio.addEventListener("error", () => this.#tell("The sound cannot be played. Load the page again."));
    new ResizeObserver(() => this.#show()).observe(this.#place);
    this.#playing();
  }

  #playing() {
    const { play } = this.#parts;
    play.firstChild.textContent = this.#audio.paused ? "Play " : "Pause ";
    this.#show();
    if (!this.#audio.paused) requestAnimationFrame(() => this.#frame());
  }

  #frame() {
    if (this.#audio.paused) return;
    if (this.#until !== null && this.at >= this.#until) {
      this.#audio.pause();
      this.#until = null;
    }
    this.#show();
    requestAnimationFrame(() => this.#frame());
  }

  #moved() {
    this.#show();
    this.#hooks.onAt?.(this.at);
  }

  #all() {
    return { from: 0, to: this.#sound.seconds };
  }

  #window() {
    const long = Math.min(NEAR, this.#sound.seconds);
    const from = Math.min(Math.max(0, this.at - long / 3), this.#sound.seconds - long);
    return { from, to: from + long };
  }

  #show() {
    const { whole, near, place, time } = this.#parts;
    if (!whole) return;
    const said = this.#audio.paused && this.#current ? this.#current : this.#saidNow();
    const shown = { at: this.at, lines: this.#lines, current: said?.key, segment: this.#segment };
    drawWave(whole, this.#sound, { ...shown, ...this.#all() });
    drawWave(near, this.#sound, { ...shown, ...this.#window() });
    place.value = String(this.at);
    place.setAttribute("aria-valuetext", said?.text ? `${spoken(this.at)}: ${said.text}` : spoken(this.at));
    time.textContent = `${clock(this.at)} of ${clock(this.#sound.seconds)}`;
  }

  #pressed(event) {
    if (!this.#sound || event.defaultPrevented || takesKey(event, this.#parts.place)) return;
    const far = event.shiftKey ? STRIDE : STEP;
    const does = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.seek(this.at - far),
      ArrowRight: () => this.seek(this.at + far),
      r: () => this.again(),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!does || (event.repeat && event.key === " ")) return;
    event.preventDefault();
    does();
  }
}
