// Microphones and what records them: one for everybody, or two as the left and the right channel.
import { Level } from "./record_level.js";

const TYPES = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4"];
const CHUNK = 2000; // ms: what a computer that is closed can lose, with the time to keep it
const LONGEST_START = 5000; // ms
const BITS = 48000; // a second and channel

export const mediaType = () => TYPES.find((type) => MediaRecorder.isTypeSupported(type));

/** Why nothing can be recorded here: "insecure", "unsupported", or "". */
export function obstacle() {
  if (!isSecureContext) return "insecure";
  const able = navigator.mediaDevices?.getUserMedia && globalThis.MediaRecorder && globalThis.AudioContext;
  return able && mediaType() ? "" : "unsupported";
}

/** A stream of one microphone. Throws the browser's own DOMException. */
export function listenTo(deviceId) {
  const audio = {
    // Noise suppression and echo cancelling take the second person in the room for a disturbance.
    noiseSuppression: false, echoCancellation: false, autoGainControl: true,
    ...(deviceId ? { deviceId: { exact: deviceId } } : {}),
  };
  return navigator.mediaDevices.getUserMedia({ audio });
}

/** [{deviceId, label}]; the names are known once a microphone was allowed. */
export async function microphones() {
  const all = await navigator.mediaDevices.enumerateDevices();
  // Chromium lists the default one twice, under another name.
  const inputs = all.filter((one) => one.kind === "audioinput" && !["default", "communications"].includes(one.deviceId));
  return inputs.map(({ deviceId, label }, at) => ({ deviceId, label: label || `Microphone ${at + 1}` }));
}

/** The open microphones put together. `onLost` is called when one of them goes away. */
export class Sound {
  levels = [];
  #context;
  #streams;
  #out;
  #recorder = null;

  constructor(streams, onLost) {
    this.#streams = streams;
    const context = (this.#context = new AudioContext());
    this.#out = new MediaStreamAudioDestinationNode(context, { channelCount: streams.length });
    const merger = new ChannelMergerNode(context, { numberOfInputs: streams.length });
    merger.connect(this.#out);
    streams.forEach((stream, channel) => {
      const source = new MediaStreamAudioSourceNode(context, { mediaStream: stream });
      const mono = new GainNode(context, { channelCount: 1, channelCountMode: "explicit" });
      const analyser = new AnalyserNode(context, { fftSize: 4096 });
      source.connect(mono).connect(merger, 0, channel);
      mono.connect(analyser);
      this.levels.push(new Level(analyser));
      stream.getAudioTracks()[0].addEventListener("ended", onLost);
    });
  }

  /** `onChunk` gets a Blob every two seconds, and the last one before `stop` resolves. `onEnd` is called when the
   * recorder ends, also by itself, as after an error. */
  async start(type, onChunk, onEnd) {
    await this.wake();
    const options = { mimeType: type, audioBitsPerSecond: BITS * this.#streams.length };
    this.#recorder = new MediaRecorder(this.#out.stream, options);
    this.#recorder.addEventListener("dataavailable", ({ data }) => onChunk(data));
    this.#recorder.addEventListener("stop", onEnd);
    this.#recorder.start(CHUNK);
  }

  /** Seconds of sound that went through: on a busy computer less than passed. */
  get clock() {
    return this.#context.currentTime;
  }

  /** Throws where the device's sound does not start, on which some browsers wait for ever. */
  async wake() {
    const late = new Promise((resolve) => setTimeout(resolve, LONGEST_START));
    await Promise.race([this.#context.resume(), late]);
    if (this.#context.state !== "running") throw new DOMException("", "NoSoundError");
  }

  pause() {
    this.#recorder.requestData();
    this.#recorder.pause();
  }

  goOn() {
    this.#recorder.resume();
  }

  /** Hands over at once what is recorded: the page may be about to go. */
  hurry() {
    if (this.#recorder?.state === "recording") this.#recorder.requestData();
  }

  stop() {
    return new Promise((resolve) => {
      if (!this.#recorder || this.#recorder.state === "inactive") return resolve();
      this.#recorder.addEventListener("stop", () => resolve(), { once: true });
      this.#recorder.stop();
    });
  }

  close() {
    for (const stream of this.#streams) for (const track of stream.getTracks()) track.stop();
    this.#context.close();
  }
}
