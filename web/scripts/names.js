// Checking names: words selected in the conversation go into the list of what else is to be replaced.
const talk = document.querySelector("[data-talk]");
const pick = document.querySelector("[data-pick]");
const add = document.querySelector("[data-pick-add]");
const status = document.querySelector("[data-pick-status]");
const list = document.querySelector("#more");
const MOST = 80; // characters: more is no name

function selected() {
  const selection = document.getSelection();
  if (!selection || selection.isCollapsed || !talk.contains(selection.anchorNode) || !talk.contains(selection.focusNode)) return "";
  const words = selection.toString().trim().replace(/\s+/g, " ");
  return words.length <= MOST && !words.includes("[") ? words : "";
}

document.addEventListener("selectionchange", () => {
  const words = selected();
  pick.hidden = !words;
  if (words) add.textContent = `Replace “${words}”`;
});

add.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
add.addEventListener("click", () => {
  const words = selected();
  if (!words) return;
  const lines = list.value.split("\n").filter((line) => line.trim());
  if (!lines.includes(words)) lines.push(words);
  list.value = lines.join("\n");
  status.textContent = `“${words}” is in the list of what else should be replaced.`;
  document.getSelection().removeAllRanges();
});
