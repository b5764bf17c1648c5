// The player on the bench. The page says which line is looked at, and the player where it is; neither knows the other.
//   bench:lines {lines, segment}   from the page: the draft's lines, and the keys of the stretch that is scored or null
//   bench:line  {key, started, ended}   from the page: another line is looked at
//   bench:at    {seconds}   from here, while it moves
import { Player } from "./listen.js";

const place = document.getElementById("bench-player");
const session = document.querySelector("[data-bench][data-session]")?.dataset.session;

/** From the first line of the stretch to the last, in seconds. */
function secondsOf(lines, segment) {
  if (!segment) return null;
  const [first, last] = segment.map((key) => lines.find((line) => line.key === key));
  return first?.started != null && last?.ended != null ? [first.started, last.ended] : null;
}

if (place && session) {
  const player = new Player(
    place,
    { onAt: (seconds) => document.dispatchEvent(new CustomEvent("bench:at", { detail: { seconds } })) },
    { everywhere: true },
  );
  document.addEventListener("bench:lines", ({ detail: { lines, segment } }) => {
    player.setLines(lines, secondsOf(lines, segment));
  });
  document.addEventListener("bench:line", ({ detail }) => player.goTo(detail));
  player.load(session);
}
