// Text as the server counts and cuts it: in whole characters, with its notion of blanks, letters and digits.

const BLANK = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANKS = new RegExp(`[${BLANK}]+`, "g");
const LEADING = new RegExp(`^[${BLANK}]+`);
const TRAILING = new RegExp(`[${BLANK}]+$`);
const NOT_PRINTABLE = /[\p{C}\p{Z}]/u;

export const points = (text) => Array.from(text);
export const trimStart = (text) => text.replace(LEADING, "");
export const trimEnd = (text) => text.replace(TRAILING, "");
export const trim = (text) => trimStart(trimEnd(text));
export const words = (text) => trim(text).split(BLANKS).filter(Boolean);
export const isAlphanumeric = (one) => /^[\p{L}\p{N}]$/u.test(one);

/** Without control characters; line ends and tabs stay. */
export const plain = (text) =>
  points(text.toWellFormed?.() ?? text).filter((one) => "\n\t ".includes(one) || !NOT_PRINTABLE.test(one)).join("");
