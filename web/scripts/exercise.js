// An exercise: what is written is kept as it is written, and Ctrl+Enter sends it.
const form = document.querySelector("[data-exercise]");
const field = form?.querySelector("textarea");
const WAIT = 1200; // milliseconds without a key

if (field && form.dataset.draft) {
  const said = document.querySelector("[data-draft-said]");
  let kept = field.value;
  let timer = 0;
  let sent = false;

  const keep = async (leaving = false) => {
    clearTimeout(timer);
    const text = field.value;
    if (sent || text === kept) return;
    const body = new URLSearchParams({ answer: text, client_id: form.elements.client_id.value });
    try {
      const answer = await fetch(form.dataset.draft, { method: "POST", body, keepalive: leaving });
      if (!answer.ok) throw new Error(answer.status);
      kept = text;
      said.textContent = "Kept.";
    } catch {
      if (!leaving) said.textContent = "Not kept yet. It is tried again as you go on.";
    }
  };

  field.addEventListener("input", () => {
    said.textContent = "";
    clearTimeout(timer);
    timer = setTimeout(keep, WAIT);
  });
  window.addEventListener("pagehide", () => keep(true));
  document.addEventListener("visibilitychange", () => document.hidden && keep(true));
  window.addEventListener("pageshow", () => sent && location.reload()); // gone back to: it is a new form
  form.addEventListener("submit", () => {
    sent = true;
    clearTimeout(timer);
  });
  field.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  if (!field.value) field.focus({ preventScroll: true });
}
