// The last step: listening to what was recorded, sending it, or throwing it away.
import { ask, partAddress, Refused } from "./record_send.js";
import { length } from "./record_talk.js";

const SENDING = 360000; // ms: a long recording is put together and looked into

/** `page` gives say(words), details(), refused(error), thrownAway() and goOn(). */
export class Review {
  talk = null;
  busy = false;
  #root;
  #page;
  #dialog;

  constructor(root, dialog, page) {
    this.#root = root;
    this.#page = page;
    this.#dialog = dialog;
    this.#on("send", () => this.send());
    this.#on("listen", () => this.#listen());
    this.#on("on", () => page.goOn());
    this.#on("away", () => this.askAway());
    dialog.querySelector("[data-away-no]").addEventListener("click", () => dialog.close());
    dialog.querySelector("[data-away-yes]").addEventListener("click", () => this.#throwAway());
  }

  #find = (name) => this.#root.querySelector(`[data-${name}]`);
  #on = (name, act) => this.#find(`review-${name}`).addEventListener("click", act);

  open(talk, notice = "") {
    this.talk = talk;
    const { parts, seconds } = talk;
    this.#find("review-words").textContent =
      parts > 1 ? `You recorded ${length(seconds)}, in ${parts} parts.` : `You recorded ${length(seconds)}.`;
    this.#find("review-notice").textContent = notice;
    this.#find("review-notice").hidden = !notice;
    this.#find("review-send").disabled = !seconds;
    this.#silence();
  }

  #silence() {
    for (const sound of this.#root.querySelectorAll("audio")) URL.revokeObjectURL(sound.src);
    this.#find("listen-place").replaceChildren();
  }

  async #listen() {
    if (this.busy) return;
    await this.#saved("It can be heard once all of it is saved.");
    this.#silence();
    this.#page.say("Fetching the recording");
    for (let part = 0; part < this.talk.parts; part += 1) {
      const answer = await fetch(partAddress(this.talk.id, part)).catch(() => null);
      if (!answer?.ok) {
        this.#page.refused(new Refused(answer?.status ?? 0, { detail: "It cannot be fetched just now. Try again in a minute." }));
        return;
      }
      this.#find("listen-place").append(this.#player(await answer.blob(), part));
    }
    this.#root.querySelector("audio").focus();
  }

  #player(blob, part) {
    const box = document.createElement("div");
    const name = document.createElement("p");
    name.className = "govuk-body govuk-!-font-weight-bold govuk-!-margin-bottom-1";
    name.textContent = this.talk.parts > 1 ? `Part ${part + 1}` : "Your recording";
    const sound = document.createElement("audio");
    sound.controls = true;
    sound.setAttribute("aria-label", name.textContent);
    sound.src = URL.createObjectURL(blob);
    sound.addEventListener("loadedmetadata", () => {
      if (sound.duration !== Infinity) return;
      // What a browser records does not say how long it is; looking for its end finds out, in Chromium.
      sound.addEventListener("durationchange", () => (sound.currentTime = 0), { once: true });
      sound.currentTime = 1e9;
    });
    box.append(name, sound);
    return box;
  }

  /** Once the server has all there is; what cannot be sent counts as lost, which was said. */
  async #saved(meanwhile) {
    if (!this.talk.sender.isEmpty && !this.talk.sender.hopeless) this.#page.say(meanwhile);
    this.#waiting(true, meanwhile);
    await this.talk.settled();
    await this.talk.sender.emptied();
    this.#waiting(false);
  }

  #waiting(on, words = "") {
    this.busy = on;
    this.#find("sending").hidden = !on;
    this.#find("sending-words").textContent = words;
    this.#find("review-buttons").hidden = on;
  }

  async send() {
    if (this.busy) return;
    await this.#saved("Saving the last of it");
    this.#waiting(true, "Putting it together");
    this.#page.say("Putting it together");
    this.#find("sending").focus();
    try {
      const { chunks } = await this.#known();
      const made = await ask("POST", `/${this.talk.id}/send`, { chunks, details: this.#page.details() }, { timeout: SENDING });
      await this.talk.forget().catch(() => null); // the page finds it again, and forgets it then
      this.talk = null; // so that leaving asks nothing
      location.assign(`/sessions/${made.id}`);
    } catch (error) {
      this.#waiting(false);
      this.#page.refused(error);
    }
  }

  /** What the server has is what is sent. All of it, unless something could not be taken. */
  async #known() {
    if (!this.talk.sender.hopeless) return this.talk;
    const shown = await ask("GET", `/${this.talk.id}`);
    return { chunks: shown.next_chunk };
  }

  askAway() {
    this.#dialog.showModal();
    this.#dialog.querySelector("[data-away-no]").focus();
  }

  async #throwAway() {
    this.#dialog.close();
    try {
      await ask("DELETE", `/${this.talk.id}`);
    } catch (error) {
      if (error.status !== 404) {
        this.#page.refused(error);
        return;
      }
    }
    await this.talk.forget();
    this.talk = null;
    this.#page.thrownAway();
  }
}
