// Amounts and times in plain words.

/** 1 234 567 bytes is "1.2 MB". */
export function size(bytes) {
  if (bytes < 1e6) return `${Math.max(1, Math.round(bytes / 1e3))} KB`;
  const mega = bytes / 1e6;
  return `${mega < 10 ? mega.toFixed(1) : Math.round(mega)} MB`;
}

/** How much longer, no finer than anybody can tell. */
export function timeLeft(seconds) {
  if (seconds < 20) return "a few seconds left";
  if (seconds < 50) return "less than a minute left";
  const minutes = Math.round(seconds / 60);
  if (minutes < 2) return "about a minute left";
  if (minutes <= 10) return `about ${minutes} minutes left`;
  if (minutes < 58) return `about ${Math.round(minutes / 5) * 5} minutes left`;
  const hours = Math.round(minutes / 30) / 2;
  return hours === 1 ? "about an hour left" : `about ${hours} hours left`;
}

export const sentence = (words) => `${words[0].toUpperCase()}${words.slice(1)}.`;
