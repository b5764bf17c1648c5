// The picture of a recording: how loud it is when, what is said when under it, and where the player is.

const LINES = 8; // px for what is said, under the wave

const colour = (canvas, name) => getComputedStyle(canvas).getPropertyValue(`--evoke-${name}`).trim();

/** `peaks` are bytes, `rate` of them a second. */
export function readPeaks({ peaks, rate, seconds }) {
  return { peaks: Uint8Array.from(atob(peaks), (one) => one.charCodeAt(0)), rate, seconds };
}

/** The loudest peak from `from` up to before `to` seconds, 0 to 1. */
export function loudest({ peaks, rate }, from, to) {
  let found = 0;
  const last = Math.min(peaks.length, Math.max(Math.ceil(to * rate), Math.floor(from * rate) + 1));
  for (let at = Math.max(0, Math.floor(from * rate)); at < last; at += 1) found = Math.max(found, peaks[at]);
  return found / 255;
}

/** Which line is said at a moment: the last that has begun. `lines` are in order, of those that have times. */
export function lineAt(lines, at) {
  let low = 0;
  let high = lines.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines[middle].started <= at) low = middle + 1;
    else high = middle;
  }
  return lines[low - 1] ?? null;
}

/** Draws what lies from `from` to `to` seconds. `segment` is what is scored, null for all; `current` a line's key. */
export function drawWave(canvas, sound, { from, to, at, lines, current, segment }) {
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  const sharp = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * sharp) || canvas.height !== Math.round(height * sharp)) {
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(height * sharp);
  }
  const draw = canvas.getContext("2d");
  draw.setTransform(sharp, 0, 0, sharp, 0, 0);
  draw.clearRect(0, 0, width, height);
  if (!width || to <= from) return;
  const x = (seconds) => ((seconds - from) / (to - from)) * width;
  if (segment) {
    draw.fillStyle = colour(canvas, "unsure-tint");
    draw.fillRect(x(segment[0]), 0, x(segment[1]) - x(segment[0]), height);
  }
  const tall = height - LINES - 2;
  draw.fillStyle = colour(canvas, "ink");
  for (let column = 0; column < width; column += 1) {
    const left = from + (column / width) * (to - from);
    if (left >= sound.seconds) break;
    const half = Math.max(0.5, (loudest(sound, left, left + (to - from) / width) * tall) / 2);
    draw.fillRect(column, tall / 2 - half, 1, 2 * half);
  }
  const shades = { practitioner: colour(canvas, "practitioner"), client: colour(canvas, "client") };
  for (const line of lines) {
    if (line.ended < from || line.started > to) continue;
    const left = x(line.started);
    draw.fillStyle = shades[line.role] ?? shades.client;
    draw.globalAlpha = line.key === current ? 1 : 0.45;
    const [top, high] = line.key === current ? [height - LINES, LINES] : [height - LINES + 2, LINES - 4];
    draw.fillRect(left, top, Math.max(1, x(line.ended) - left - 1), high);
  }
  draw.globalAlpha = 1;
  draw.fillStyle = colour(canvas, "unsure-edge");
  draw.fillRect(x(at) - 1, 0, 2, height);
}

/** The moment that a click on the picture means. */
export function momentOf(event, { from, to }) {
  const box = event.currentTarget.getBoundingClientRect();
  return from + ((event.clientX - box.left) / box.width) * (to - from);
}
