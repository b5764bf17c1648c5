// Sends the form of a new session with true progress. Without this script the browser sends it as any form.
import { clearErrors, showErrors } from "./form_errors.js";
import { size, timeLeft } from "./words.js";

const SHOW_AFTER = 400; // ms; what is sent sooner needs no bar
const ASK_FIRST_FROM = 5e6; // bytes; a file that takes a while waits until the rest of the form is known to be right
const SURE_AFTER = 3000; // ms before the speed says how long it will take
const KEPT = "Everything you entered is still here.";

const form = document.querySelector("[data-upload]");
const find = (name) => form.querySelector(`[data-upload-${name}]`);
const [panel, words, detail, status, send] = ["progress", "words", "detail", "status", "send"].map(find);
const progress = panel.querySelector("progress");
let request = null;
let announced = 0;

function beforeSending() {
  const errors = {};
  for (const box of form.querySelectorAll("[data-needed]")) {
    if (!box.checked) errors[box.name] = box.dataset.needed;
  }
  const file = form.elements.file.files[0];
  const limit = Number(form.dataset.limitMb);
  if (file && file.size > limit * 1e6) {
    errors.file = `This file has ${size(file.size)}; ${limit} MB is the most that can be sent. Choose a smaller one.`;
  }
  return errors;
}

/** Gives the details without a file. The server says what is wrong with them, or that nothing was sent. */
function ask() {
  const details = new FormData(form);
  details.delete("file");
  details.delete("transcript");
  const asking = post(() => {
    if (asking.status === 422 && read(asking).code === "nothing_sent") sendAll();
    else answered();
  });
  asking.send(details);
}

function post(onLoad) {
  request = new XMLHttpRequest();
  request.addEventListener("load", onLoad);
  request.addEventListener("error", () => failed(`The connection was lost, so nothing was added. ${KEPT} Check the network and send again.`));
  request.addEventListener("abort", stopped);
  request.open("POST", form.action);
  request.setRequestHeader("Accept", "application/json");
  return request;
}

function sendAll() {
  const begun = performance.now();
  post(answered);
  request.upload.addEventListener("progress", (event) => sent(event, begun));
  request.upload.addEventListener("load", checking);
  request.send(new FormData(form));
}

function start() {
  if (request) return;
  const early = beforeSending();
  if (Object.keys(early).length) {
    showErrors(form, early);
    return;
  }
  clearErrors(form);
  announced = 0;
  if (form.elements.file.files[0]?.size >= ASK_FIRST_FROM) ask();
  else sendAll();
  send.setAttribute("aria-disabled", "true");
  progress.value = 0;
  words.textContent = "Sending";
  detail.textContent = "";
  setTimeout(() => {
    if (!request) return;
    panel.hidden = false;
    send.hidden = true;
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
  }, SHOW_AFTER);
}

function sent(event, begun) {
  if (!event.lengthComputable) return;
  const share = event.loaded / event.total;
  const percent = Math.floor(share * 100);
  progress.value = percent;
  const parts = [`${size(event.loaded)} of ${size(event.total)}`, `${percent} %`];
  const passed = performance.now() - begun;
  if (passed > SURE_AFTER && share > 0.01 && share < 1) parts.push(timeLeft((passed / 1000) * (1 / share - 1)));
  detail.textContent = parts.join(", ");
  const quarter = Math.floor(percent / 25);
  if (quarter > announced && percent < 100 && !panel.hidden) {
    announced = quarter;
    status.textContent = `${percent} % sent`;
  }
}

function checking() {
  progress.removeAttribute("value");
  words.textContent = "All is sent. Now it is checked";
  status.textContent = "All is sent. Now it is checked.";
}

function idle() {
  request = null;
  panel.hidden = true;
  send.hidden = false;
  send.removeAttribute("aria-disabled");
}

function read({ responseText }) {
  try {
    return JSON.parse(responseText) ?? {};
  } catch {
    return {}; // a proxy's page, say; the status code speaks for it
  }
}

function answered() {
  const code = request.status;
  const said = read(request);
  if (code === 201 && String(said.location).startsWith("/")) {
    request = null; // so that leaving asks nothing
    location.assign(said.location);
    return;
  }
  idle();
  if (code === 401) showErrors(form, { "": signInAgain() });
  else if (said.fields) showErrors(form, said.fields);
  else if (said.detail && code < 500 && code !== 403) showErrors(form, { file: said.detail });
  else if (code === 413) showErrors(form, { file: "This file is larger than what can be sent here. Choose a smaller one." });
  else showErrors(form, { "": said.detail ?? `It could not be taken just now. ${KEPT} Wait a minute and send again.` });
}

function signInAgain() {
  const all = document.createDocumentFragment();
  const link = document.createElement("a");
  link.href = "/sign-in";
  link.target = "_blank";
  link.textContent = "Sign in again (opens in a new tab)";
  all.append(`You are no longer signed in. ${KEPT} `, link, ", then come back and send again.");
  return all;
}

function failed(message) {
  idle();
  status.textContent = "";
  showErrors(form, { "": message });
}

function stopped() {
  idle();
  status.textContent = `Sending was stopped. ${KEPT}`;
  send.focus();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  start();
});
find("cancel").addEventListener("click", () => request?.abort());
addEventListener("beforeunload", (event) => {
  if (request) event.preventDefault();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) idle(); // came back to it with the browser's own button
});
