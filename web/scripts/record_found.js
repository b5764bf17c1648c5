// Recordings that were begun and neither sent nor thrown away, as after a crash or a closed laptop.
import { ask } from "./record_send.js";
import { length } from "./record_talk.js";

const DAY = 24 * 3600 * 1000;

/** The person's own, [shown]; with the seconds that only this browser has. Throws Refused. */
export async function findOpen(kept, person, days) {
  const { recordings } = await ask("GET", "");
  const here = (await kept.recordings()).filter((one) => one.person === person);
  for (const one of here) {
    const open = recordings.find(({ id }) => id === one.id);
    if (open) open.seconds_here = one.seconds;
    else await kept.forget(one.id); // sent, thrown away, or expired
  }
  for (const one of await kept.recordings()) {
    if (Date.now() - one.at > days * DAY) await kept.forget(one.id); // somebody else's, who did not come back
  }
  return recordings.filter((one) => one.next_chunk || one.seconds_here);
}

function when(moment) {
  const time = moment.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const today = new Date().toDateString() === moment.toDateString();
  return today ? time : `${moment.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long" })}, ${time}`;
}

/** `act(what, shown)` is called with "on", "send" or "away". */
export function showFound(place, recordings, days, act) {
  const template = document.querySelector("[data-found-one]");
  place.replaceChildren();
  recordings.forEach((shown, at) => {
    const one = template.content.cloneNode(true);
    const find = (name) => one.querySelector(`[data-one-${name}]`);
    const begun = new Date(shown.begun_at);
    const seconds = Math.max(shown.seconds, shown.seconds_here ?? 0);
    const words = `You have a recording from ${when(begun)} (${length(seconds)}).`;
    const until = new Date(Date.parse(shown.changed_at) + days * DAY).toLocaleDateString("en-GB", { day: "numeric", month: "long" });
    find("words").textContent = shown.details.title ? `${words} “${shown.details.title}”` : words;
    find("words").id = `found-${at}`;
    one.querySelector("[data-one]").setAttribute("aria-labelledby", `found-${at}`);
    find("detail").textContent = `It is kept until ${until}, and then deleted if it is not sent.`;
    for (const what of ["on", "send", "away"]) {
      find(what).setAttribute("aria-describedby", `found-${at}`);
      find(what).addEventListener("click", () => act(what, shown));
    }
    place.append(one);
  });
  place.hidden = !recordings.length;
}
