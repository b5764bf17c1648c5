// Values that have to be pasted elsewhere: a button that copies, and says so to eyes and ears.

const SHOWN = 4000; // milliseconds that "Copied" stands on the button

const status = document.createElement("div");
status.setAttribute("role", "status");
status.className = "govuk-visually-hidden";
document.querySelector("main").append(status);

function select(values) {
  const range = document.createRange();
  range.setStartBefore(values[0]);
  range.setEndAfter(values.at(-1));
  const selection = window.getSelection();
  selection.removeAllRanges();
  selection.addRange(range);
}

/** Whether it is copied. Pages that came without encryption have no clipboard: there the browser's old way may do. */
async function copy(text, values) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    select(values);
    try {
      return document.execCommand("copy");
    } catch {
      return false;
    }
  }
}

for (const box of document.querySelectorAll("[data-copy]")) {
  const button = box.querySelector("[data-copy-button]");
  const words = button.querySelector("[data-copy-words]");
  const usual = words.textContent;
  let timer = 0;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const values = [...box.querySelectorAll("code")];
    const copied = await copy(values.map((one) => one.textContent).join("\n"), values);
    words.textContent = copied ? "Copied" : "Press Ctrl and C";
    // Said anew each time, also where it says the same again.
    status.textContent = "";
    requestAnimationFrame(() => {
      status.textContent = copied ? `Copied: ${box.dataset.copy}` : "It is selected. Press Control and C to copy it.";
    });
    clearTimeout(timer);
    timer = setTimeout(() => {
      words.textContent = usual;
    }, SHOWN);
  });
}
