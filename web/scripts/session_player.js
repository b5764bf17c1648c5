// The player on a session's page: there when somebody asks for it, and its place leads to what is said.
import { Player } from "./listen.js";

const place = document.querySelector("[data-player]");
const open = place?.querySelector("[data-listen]");

/** One for each turn that has times. */
const turns = [...document.querySelectorAll("[data-turn][data-started]")].map((turn) => ({
  key: turn.id,
  started: Number(turn.dataset.started),
  ended: Number(turn.dataset.ended),
  role: turn.dataset.role,
  text: turn.querySelector(".evoke-turn__label")?.textContent ?? "",
}));

/** The time at a turn becomes a button that plays from there. */
function hearFrom(player, turn) {
  const time = document.getElementById(turn.key).querySelector("span.evoke-turn__time");
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: time.textContent });
  button.className = "evoke-link-button evoke-turn__time";
  button.setAttribute("aria-label", `Listen from ${time.textContent}`);
  button.addEventListener("click", () => {
    player.goTo(turn);
    player.again({ on: true });
  });
  time.replaceWith(button);
}

if (open) {
  open.hidden = false;
  open.addEventListener("click", async () => {
    const player = new Player(place);
    player.setLines(turns);
    await player.load(place.dataset.player);
    place.querySelector("[data-play]")?.focus();
    for (const turn of turns) hearFrom(player, turn);
  });
}
