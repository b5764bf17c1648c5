// The step that records: which microphones, how loud, and the buttons.
import { Choice, refusal } from "./record_choice.js";
import { HINTS } from "./record_level.js";
import { mediaType, Sound } from "./record_sound.js";

const STOP_EARLY = 5; // seconds before the limit, so that what is recorded is never refused for its length
const WARN_EARLY = 300;
const ENDED = "The browser stopped recording by itself. All until then is kept.";
const AGAIN =
  "Is everybody still happy to be recorded? Then go on. What you record now is added to what is there.";

const clock = (seconds) => {
  const whole = Math.floor(seconds);
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  const rest = String(whole % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
};

/** `page` gives say(words), begin(count, type) → Talk or null, stopped(why), and changed(). */
export class Desk {
  talk = null;
  running = false;
  #root;
  #page;
  #choice;
  #limit;
  #sound = null;
  #base = 0;
  #since = null;
  #spent = 0; // seconds by the wall clock, which a recorder may follow on a busy computer
  #begun = 0;
  #timer = 0;
  #busy = false;
  #warned = false;
  #heard = [];
  #awake = null;

  constructor(root, page, limitMinutes) {
    this.#root = root;
    this.#page = page;
    this.#limit = limitMinutes * 60;
    this.#on("ask", () => this.open());
    this.#on("record", () => (this.#recorderIsPaused ? this.#resume() : this.#record()));
    this.#on("pause", () => this.#pause());
    this.#on("stop", () => this.stop());
    this.#choice = new Choice(root, () => this.talk?.microphones, () => this.open());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => {
      if (this.#sound && !this.running) this.#choice.list().catch((error) => this.#refused(error));
    });
    document.addEventListener("visibilitychange", () => {
      if (document.hidden) this.#sound?.hurry();
      else if (this.running) this.#stayAwake();
    });
    addEventListener("pagehide", () => this.#sound?.hurry());
  }

  #find = (name) => this.#root.querySelector(`[data-desk-${name}]`);
  #on = (name, act) => this.#find(name).addEventListener("click", act);
  #show = (name, wanted) => {
    this.#find(name).hidden = !wanted;
  };

  get #recorderIsPaused() {
    return this.running && this.#since === null;
  }

  /** Seconds recorded, pauses left out. */
  get seconds() {
    return this.#base + (this.#since === null ? 0 : this.#sound.clock - this.#since);
  }

  get #wall() {
    return this.#spent + (this.#since === null ? 0 : (performance.now() - this.#begun) / 1000);
  }

  #run() {
    this.#since = this.#sound.clock;
    this.#begun = performance.now();
  }

  #halt() {
    [this.#base, this.#spent] = [this.seconds, this.#wall];
    this.#since = null;
  }

  /** Asks for the microphones and shows how loud they are. */
  async open() {
    if (this.#busy || this.running) return;
    this.#busy = true;
    this.close();
    this.#base = this.#spent = this.talk?.seconds ?? 0;
    this.#show("how-many", !this.talk);
    const again = this.#find("again");
    again.hidden = !this.talk;
    if (this.talk) again.textContent = AGAIN;
    this.#show("waiting", this.#root.querySelector("[data-desk]").hidden);
    try {
      this.#sound = new Sound(await this.#choice.open(), () => this.#lost());
      if (this.#root.hidden) this.close(); // somebody went back while the browser asked
      else this.#opened();
    } catch (error) {
      this.#refused(error);
    }
    this.#busy = false;
  }

  #opened() {
    const two = this.#choice.count === 2;
    this.#show("waiting", false);
    this.#show("refused", false);
    this.#show("choices", true);
    this.#root.querySelector("[data-desk]").hidden = false;
    this.#meters.forEach((meter, at) => {
      meter.hidden = at > 0 && !two;
      meter.querySelector("[data-meter-name]").textContent = !two ? "Microphone" : at ? "The other person" : "The practitioner";
    });
    this.#find("record-words").textContent = this.talk ? "Go on recording" : "Record";
    this.#heard = [];
    this.#state("ready", "Ready");
    this.#timer = setInterval(() => this.#tick(), 100);
  }

  #refused(error) {
    const [words, help] = refusal(error);
    this.#root.querySelector("[data-desk]").hidden = true;
    this.#show("choices", false);
    this.#show("waiting", false);
    this.#show("refused", true);
    this.#find("refused-words").textContent = words;
    this.#find("refused-help").textContent = help;
    this.#page.say(`${words} ${help}`);
  }

  get #meters() {
    return [...this.#root.querySelectorAll("[data-meter]")];
  }

  #tick() {
    this.#sound.levels.forEach((level, at) => {
      level.read();
      const meter = this.#meters[at];
      meter.querySelector("[data-meter-level]").style.transform = `scaleX(${level.shown / 100})`;
      const bar = meter.querySelector("[data-meter-bar]");
      if (this.#heard[at] === level.hint) return;
      this.#heard[at] = level.hint;
      bar.setAttribute("aria-valuenow", Math.round(level.shown));
      bar.setAttribute("aria-valuetext", HINTS[level.hint]);
      meter.dataset.hint = level.hint;
      meter.querySelector("[data-meter-hint]").textContent = HINTS[level.hint];
      if (["quiet", "loud", "silent"].includes(level.hint)) this.#page.say(HINTS[level.hint]);
    });
    this.#showTime();
  }

  #showTime() {
    const time = this.#find("time");
    if (time.textContent !== clock(this.seconds)) {
      time.textContent = clock(this.seconds);
      this.#page.changed();
      this.#watchLimit();
    }
  }

  #watchLimit() {
    if (this.#since === null) return;
    const left = this.#limit - Math.max(this.seconds, this.#wall);
    if (left < STOP_EARLY) this.stop(`It is as long as Evoke takes, ${this.#limit / 60} minutes, so it stopped there.`);
    else if (left < WARN_EARLY && !this.#warned) {
      this.#warned = true;
      this.#state("recording", `Recording, ${Math.ceil(left / 60)} minutes are left`);
    }
  }

  async #record() {
    if (this.#busy || this.running) return;
    this.#busy = true;
    this.talk ??= await this.#page.begin(this.#choice.count, mediaType());
    const able = this.talk && MediaRecorder.isTypeSupported(this.talk.mediaType);
    if (this.talk && !able) this.#page.stopped("It was begun in another browser. Go on there, or send what is there.");
    if (able) {
      this.talk.newPart();
      try {
        await this.#sound.start(this.talk.mediaType, (blob) => this.#take(blob), () => this.stop(ENDED));
      } catch (error) {
        this.#busy = false;
        this.close();
        this.#refused(error);
        return;
      }
      this.running = true;
      this.#run();
      this.#warned = false;
      this.#buttons();
      this.#state("recording", "Recording");
      this.#find("pause").focus();
      this.#stayAwake();
    }
    this.#busy = false;
  }

  #take(blob) {
    this.talk.take(blob, this.seconds);
    if (this.talk.sender.hopeless && this.running) this.stop(this.talk.sender.detail);
  }

  #pause() {
    this.#halt();
    this.#sound.pause();
    this.#showTime(); // at once: from now on it stands still
    this.#buttons();
    this.#state("paused", "Paused");
    this.#find("record").focus();
  }

  async #resume() {
    await this.#sound.wake().catch(() => null); // the clock shows when it stands still
    this.#sound.goOn();
    this.#run();
    this.#buttons();
    this.#state("recording", "Recording");
    this.#find("pause").focus();
  }

  /** Ends this part of the recording; `why` when nobody chose to. */
  async stop(why = "") {
    if (!this.running) return;
    this.#halt();
    this.running = false;
    this.#state("ready", "Stopping");
    await this.#sound.stop(); // with the last chunk; it is kept and sent while the next step is seen
    this.close();
    this.#page.stopped(why);
  }

  #lost() {
    if (this.running) this.stop("The microphone went away. Was it unplugged? All until then is kept.");
    else this.open();
  }

  #buttons() {
    const paused = this.#recorderIsPaused;
    this.#show("record", !this.running || paused);
    this.#find("record-words").textContent = paused ? "Go on recording" : "Record";
    this.#show("pause", this.running && !paused);
    this.#show("stop", this.running);
    this.#find("stop").classList.toggle("govuk-button--secondary", paused);
    if (this.running) this.#show("choices", false);
    this.#show("again", false);
    this.#show("back", !this.running && !this.talk);
  }

  #state(lamp, words) {
    this.#find("lamp").dataset.state = lamp;
    this.#find("state").textContent = words;
    this.#page.say(words);
  }

  async #stayAwake() {
    this.#awake = await navigator.wakeLock?.request("screen").catch(() => null);
  }

  /** Lets the microphones go. */
  close() {
    clearInterval(this.#timer);
    this.#awake?.release();
    this.#awake = null;
    this.#sound?.close();
    this.#sound = null;
    this.#buttons();
  }
}
