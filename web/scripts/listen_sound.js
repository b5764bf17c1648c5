// Getting the sound of a session's recording: it is made ready once, which takes a while the first time.

const WAITS = [500, 1000, 2000, 3000]; // milliseconds between two looks; the last one again and again

export class NoSound extends Error {}

async function ask(method, path) {
  const answer = await fetch(path, { method, headers: { accept: "application/json" } });
  const data = await answer.json().catch(() => ({}));
  return { ok: answer.ok, status: answer.status, data };
}

const later = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Gives {peaks, rate, seconds, source}, null where there is no recording. `onWait()` when it has to be waited for.
 * Throws NoSound, with a sentence for people. */
export async function getSound(session, onWait) {
  const path = `/api/v1/sessions/${session}`;
  const asked = await ask("POST", `${path}/listening`);
  if (asked.status === 404) return null;
  if (!asked.ok) throw new NoSound(asked.data.detail ?? "The recording cannot be listened to just now.");
  for (let looks = 0; ; looks += 1) {
    const found = await ask("GET", `${path}/peaks`);
    if (found.ok) return { ...found.data, source: `${path}/sound` };
    if (found.data.state !== "working") {
      throw new NoSound(found.data.detail ?? "The recording cannot be listened to just now.");
    }
    onWait();
    await later(WAITS[Math.min(looks, WAITS.length - 1)]);
  }
}
