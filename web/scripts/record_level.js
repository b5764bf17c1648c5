// How loud a microphone is, in words that say what to do.

const WINDOW = 50; // readings, 5 seconds: people pause
const SILENT = -65; // dB below full scale, of the loudest reading
const QUIET = -38;
const CLIPPED = 0.985; // of full scale
const OFTEN = 4; // readings of the window: one slammed door is no reason to move
const FLOOR = -60;

export const HINTS = {
  listening: "Say something",
  good: "Good",
  quiet: "Very quiet: move closer",
  loud: "Too loud: move back a little",
  silent: "No sound: is the microphone muted?",
};

/** Reads one Web Audio analyser about ten times a second. */
export class Level {
  hint = "listening";
  /** 0 to 100, for the eye. */
  shown = 0;
  #analyser;
  #samples;
  #loudness = [];
  #clipped = [];

  constructor(analyser) {
    this.#analyser = analyser;
    this.#samples = new Float32Array(analyser.fftSize);
  }

  read() {
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let squares = 0;
    let peak = 0;
    for (const sample of this.#samples) {
      squares += sample * sample;
      peak = Math.max(peak, Math.abs(sample));
    }
    const loudness = 10 * Math.log10(squares / this.#samples.length + 1e-12);
    this.#loudness.push(loudness);
    this.#clipped.push(peak >= CLIPPED);
    if (this.#loudness.length > WINDOW) {
      this.#loudness.shift();
      this.#clipped.shift();
    }
    const now = Math.max(0, Math.min(100, ((loudness - FLOOR) / -FLOOR) * 100));
    this.shown = Math.max(now, this.shown * 0.8); // falls slowly, as meters do
    this.hint = this.#judge();
  }

  #judge() {
    const loudest = Math.max(...this.#loudness);
    if (this.#clipped.filter(Boolean).length >= OFTEN) return "loud";
    if (loudest >= QUIET) return "good";
    if (this.#loudness.length < WINDOW / 2) return "listening";
    return loudest < SILENT ? "silent" : "quiet";
  }
}
