// Figures for people: "2.1 : 1", "45 %", "7", and the band they fall into. As the server shows them.

/** `lines` are {name: [fair, good]}. */
export function bandOf(lines, name, value) {
  if (value === null || !lines[name]) return null;
  const [fair, good] = lines[name];
  return value >= good ? "good" : value >= fair ? "fair" : "below_fair";
}

/** A tie goes to the even digit, as on the server. */
function fixed(value, digits) {
  const scaled = value * 10 ** digits;
  const tie = Number.isInteger(value * 2 ** (digits + 1)) && Math.abs(scaled % 1) === 0.5;
  return tie ? (2 * Math.round(scaled / 2) / 10 ** digits).toFixed(digits) : value.toFixed(digits);
}

/** Rounding never lifts a value over a line: 1.96 is not 2. */
export function show(lines, name, value) {
  const share = name.startsWith("percent") || name === "practitioner_talk_share";
  const whole = share || name === "questions_in_a_row" || name.startsWith("total_");
  let digits = whole ? 0 : 1;
  while (bandOf(lines, name, Number(fixed(value, digits))) !== bandOf(lines, name, value)) digits += 1;
  let number = fixed(value, digits);
  if (digits) number = number.replace(/0+$/, "").replace(/\.$/, "");
  if (name === "reflection_to_question") return `${number}\u00a0:\u00a01`;
  return share ? `${number}\u00a0%` : number;
}
