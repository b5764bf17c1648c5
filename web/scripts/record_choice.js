// Which microphones: one for everybody, or one for each of two people.
import { listenTo, microphones } from "./record_sound.js";

const SEVERAL = "Then Evoke is never in doubt about who speaks";
const ONLY_ONE = "Only one is found. Plug in another to choose this";
/** By the name of the browser's error: what is wrong, and what to do. */
const REFUSED = {
  NotAllowedError: [
    "Evoke may not use the microphone.",
    "Choose the sign before this page’s address (a lock, a slider or a microphone), allow the microphone, and try again.",
  ],
  NotFoundError: ["No microphone is found.", "Plug one in, or switch it on in the settings of this device, and try again."],
  OnlyOneError: [
    "Only one microphone is found.",
    "This recording was begun with two. Plug in the second one and try again, or send what is there.",
  ],
  NoSoundError: [
    "The sound of this device does not start.",
    "Check that it has a loudspeaker or headphones, restart the browser, and try again.",
  ],
  NotReadableError: ["The microphone is in use.", "Close other programs that use it, such as a video call, and try again."],
};

export function refusal(error) {
  if (!(error.name in REFUSED)) console.warn(error);
  return REFUSED[error.name] ?? REFUSED.NotReadableError;
}

/** `given()` is how many microphones a recording has that was begun already, else undefined. */
export class Choice {
  #root;
  #given;

  constructor(root, given, onChange) {
    this.#root = root;
    this.#given = given;
    for (const select of this.#lists) {
      select.addEventListener("change", () => {
        this.#keepApart(select);
        onChange();
      });
    }
    for (const radio of root.querySelectorAll("[name=microphones]")) radio.addEventListener("change", onChange);
  }

  get #lists() {
    return [...this.#root.querySelectorAll("[data-choice-list]")];
  }

  get count() {
    return this.#given() ?? Number(this.#root.querySelector("[name=microphones]:checked").value);
  }

  /** Their streams; throws the browser's DOMException, with what was opened closed again. */
  async open() {
    const streams = [];
    try {
      streams.push(await this.#first());
      await this.list(streams[0]);
      if (this.count === 2) streams.push(await listenTo(this.#lists[1].value));
      return streams;
    } catch (error) {
      for (const stream of streams) for (const track of stream.getTracks()) track.stop();
      throw error;
    }
  }

  async #first() {
    try {
      return await listenTo(this.#lists[0].value);
    } catch (error) {
      if (error.name !== "OverconstrainedError") throw error; // it was taken away: any other will do
      return listenTo("");
    }
  }

  /** Offers what there is now. `first` is a stream of the first one chosen. */
  async list(first) {
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
    this.#root.querySelector("[data-desk-two-hint]").textContent = two.disabled ? ONLY_ONE : SEVERAL;
    if (this.count === 2 && two.disabled) throw new DOMException("", this.#given() ? "OnlyOneError" : "NotFoundError");
    this.#name();
  }

  #name() {
    const two = this.count === 2;
    this.#root.querySelector("[data-choice='2']").hidden = !two;
    this.#root.querySelector("[data-choice-name]").textContent = two ? "The practitioner’s microphone" : "Microphone";
  }

  /** One microphone cannot be both people's: they change places. */
  #keepApart(select) {
    const other = this.#lists.find((one) => one !== select);
    if (this.count === 2 && other.value === select.value) {
      other.value = [...other.options].find((option) => option.value !== select.value)?.value ?? "";
    }
  }
}
