// The step that records: which microphones, how loud, and the buttons.
import { HINTS } from "./record_level.js";
import { listenTo, mediaType, microphones, Sound } from "./record_sound.js";

const STOP_EARLY = 5; // seconds before the limit, so that what is recorded is never refused for its length
const WARN_EARLY = 300;
const REFUSED = {
  NotAllowedError: [
    "Evoke may not use the microphone.",
    "Choose the sign before this page’s address (a lock, a slider or a microphone), allow the microphone, and try again.",
  ],
  NotFoundError: ["No microphone is found.", "Plug one in, or switch it on in the settings of this device, and try again."],
  NotReadableError: ["The microphone is in use.", "Close other programs that use it, such as a video call, and try again."],
};

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
  #limit;
  #sound = null;
  #base = 0;
  #since = null;
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
    for (const select of this.#lists) select.addEventListener("change", () => this.#chosen(select));
    for (const radio of root.querySelectorAll("[name=microphones]")) radio.addEventListener("change", () => this.open());
    navigator.mediaDevices?.addEventListener?.("devicechange", () => {
      if (this.#sound && !this.running) this.#list().catch((error) => this.#refused(error));
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

  get #lists() {
    return [...this.#root.querySelectorAll("[data-choice-list]")];
  }

  get #count() {
    return this.talk?.microphones ?? Number(this.#root.querySelector("[name=microphones]:checked").value);
  }

  get #recorderIsPaused() {
    return this.running && this.#since === null;
  }

  /** Seconds recorded, pauses left out. */
  get seconds() {
    return this.#base + (this.#since === null ? 0 : this.#sound.clock - this.#since);
  }

  /** Asks for the microphones and shows how loud they are. */
  async open() {
    if (this.#busy || this.running) return;
    this.#busy = true;
    this.close();
    this.#base = this.talk?.seconds ?? 0;
    this.#show("how-many", !this.talk);
    const again = this.#find("again");
    again.hidden = !this.talk;
    if (this.talk) again.textContent = "Is everybody still happy to be recorded? Then go on. What you record now is added to what is there.";
    this.#show("waiting", this.#root.querySelector("[data-desk]").hidden);
    const streams = [];
    try {
      streams.push(await this.#stream(0));
      await this.#list(streams[0]);
      if (this.#count === 2) streams.push(await listenTo(this.#lists[1].value));
      this.#sound = new Sound(streams, () => this.#lost());
      this.#opened();
    } catch (error) {
      for (const stream of streams) for (const track of stream.getTracks()) track.stop();
      this.#refused(error);
    }
    this.#busy = false;
  }

  async #stream(at) {
    try {
      return await listenTo(this.#lists[at].value);
    } catch (error) {
      if (error.name !== "OverconstrainedError") throw error; // it was taken away: any other will do
      return listenTo("");
    }
  }

  async #list(first) {
    const found = await microphones();
    const used = first?.getAudioTracks()[0].getSettings().deviceId;
    this.#lists.forEach((select, at) => {
      const before = at ? select.value : used ?? select.value;
      select.replaceChildren(...found.map(({ deviceId, label }) => new Option(label, deviceId)));
      const other = found.find((one) => one.deviceId !== this.#lists[0].value)?.deviceId;
      const keep = found.some((one) => one.deviceId === before) && !(at && before === this.#lists[0].value);
      select.value = keep ? before : at ? other ?? "" : found[0]?.deviceId ?? "";
    });
    const two = this.#root.querySelector("[name=microphones][value='2']");
    two.disabled = found.length < 2;
    this.#find("two-hint").textContent = two.disabled
      ? "Only one is found. Plug in another to choose this"
      : "Then Evoke is never in doubt about who speaks";
    if (this.#count === 2 && found.length < 2) throw new DOMException("", this.talk ? "OnlyOneError" : "NotFoundError");
  }

  #chosen(select) {
    const other = this.#lists.find((one) => one !== select);
    if (this.#count === 2 && other.value === select.value) {
      other.value = [...other.options].find((option) => option.value !== select.value)?.value ?? "";
    }
    this.open();
  }

  #opened() {
    const two = this.#count === 2;
    this.#show("waiting", false);
    this.#show("refused", false);
    this.#show("choices", true);
    this.#root.querySelector("[data-desk]").hidden = false;
    this.#root.querySelector("[data-choice='2']").hidden = !two;
    this.#root.querySelector("[data-choice-name]").textContent = two ? "The practitioner’s microphone" : "Microphone";
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
    const only = ["Only one microphone is found.", "This recording was begun with two. Plug in the second one and try again, or send what is there."];
    const [words, help] = error.name === "OnlyOneError" ? only : REFUSED[error.name] ?? REFUSED.NotReadableError;
    if (!(error.name in REFUSED)) console.warn(error);
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
    const time = this.#find("time");
    if (time.textContent !== clock(this.seconds)) {
      time.textContent = clock(this.seconds);
      this.#page.changed();
      this.#watchLimit();
    }
  }

  #watchLimit() {
    if (this.#since === null) return;
    const left = this.#limit - this.seconds;
    if (left < STOP_EARLY) this.stop(`It is as long as Evoke takes, ${this.#limit / 60} minutes, so it stopped there.`);
    else if (left < WARN_EARLY && !this.#warned) {
      this.#warned = true;
      this.#state("recording", `Recording, ${Math.ceil(left / 60)} minutes are left`);
    }
  }

  async #record() {
    if (this.#busy || this.running) return;
    this.#busy = true;
    this.talk ??= await this.#page.begin(this.#count, mediaType());
    const able = this.talk && MediaRecorder.isTypeSupported(this.talk.mediaType);
    if (this.talk && !able) this.#page.stopped("It was begun in another browser. Go on there, or send what is there.");
    if (able) {
      this.talk.newPart();
      await this.#sound.start(this.talk.mediaType, (blob) => this.#take(blob));
      this.running = true;
      this.#since = this.#sound.clock;
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
    this.#base = this.seconds;
    this.#since = null;
    this.#sound.pause();
    this.#buttons();
    this.#state("paused", "Paused");
    this.#find("record").focus();
  }

  async #resume() {
    await this.#sound.wake();
    this.#sound.goOn();
    this.#since = this.#sound.clock;
    this.#buttons();
    this.#state("recording", "Recording");
    this.#find("pause").focus();
  }

  /** Ends this part of the recording; `why` when nobody chose to. */
  async stop(why = "") {
    if (!this.running) return;
    this.#base = this.seconds;
    this.#since = null;
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
