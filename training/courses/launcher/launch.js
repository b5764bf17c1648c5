// Finds the learning system's SCORM API (1.2 or 2004), opens the module in Evoke, asks Evoke how far it is, and says so
// to the system. What the system refuses is said to whoever learns, since nobody else is there to see it.
(function () {
  "use strict";
  const { site, token } = JSON.parse(document.body.dataset.opens);
  const state = document.getElementById("state");
  const EVERY = 10000;
  const FORMS = [
    {
      api: "API_1484_11", start: "Initialize", get: "GetValue", set: "SetValue", keep: "Commit", end: "Terminate",
      code: "GetLastError", words: "GetErrorString", status: "cmi.completion_status", isDone: ["completed"],
      done: { "cmi.completion_status": "completed", "cmi.success_status": "passed" }, leave: { "cmi.exit": "suspend" },
    },
    {
      api: "API", start: "LMSInitialize", get: "LMSGetValue", set: "LMSSetValue", keep: "LMSCommit", end: "LMSFinish",
      code: "LMSGetLastError", words: "LMSGetErrorString", status: "cmi.core.lesson_status", isDone: ["completed", "passed"],
      done: { "cmi.core.lesson_status": "completed" }, leave: { "cmi.core.exit": "suspend" },
    },
  ];
  const BEGUN_ALREADY = "103"; // 2004: the system has called Initialize itself
  let form = null;
  let api = null;
  for (const one of FORMS) {
    if (!api && (api = find(one.api))) form = one;
  }
  let hears = false; // the system has let this page begin
  let completed = false; // Evoke says so
  let told = false; // and the system has taken it
  let opened = false;
  let unheard = false;
  let ended = false; // this page has let go of the system
  let closed = false; // Evoke has ended the package

  // The windows around this one, then the one that opened it, and those around that (SCORM run-time, 3.2 and 3.3).
  function find(name) {
    for (let from of [window, window.opener, window.top && window.top.opener]) {
      for (let up = 0; from && up < 500; up += 1) {
        try {
          if (from[name]) return from[name];
          if (from.parent === from) break;
          from = from.parent;
        } catch (error) {
          break; // another site's window
        }
      }
    }
    return null;
  }

  // Systems throw where they should answer; that is no answer.
  function call(what, ...given) {
    try {
      return String(api[form[what]](...given));
    } catch (error) {
      return "";
    }
  }

  // Why not all of it was taken, or nothing.
  function set(values) {
    let why = "";
    for (const name of Object.keys(values)) {
      if (call("set", name, values[name]) !== "true" && !why) why = trouble();
    }
    return call("keep", "") === "true" || why ? why : trouble();
  }

  // What the system says of its last refusal, for whoever looks after it.
  function trouble() {
    const code = call("code");
    if (!code || code === "0") return "it gave no reason";
    const words = call("words", code);
    return `error ${code}${words ? `: ${words}` : ""}`;
  }

  function newSecret() {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  }

  function say(text) {
    if (state.textContent !== text) state.textContent = text;
  }

  function show(id, shown) {
    document.getElementById(id).hidden = !shown;
  }

  function begin() {
    if (!api) {
      say("Your learning system did not offer its SCORM connection, so it will not hear that you completed the module. Close this page, and open the course from your learning system.");
      return;
    }
    if (call("start", "") !== "true") {
      const why = trouble();
      if (!why.startsWith(`error ${BEGUN_ALREADY}`)) {
        say(`Your learning system did not let this page begin (${why}), so it will not hear that you completed the module. Close this page and open the course again.`);
        return;
      }
    }
    hears = true;
    told = completed = form.isDone.includes(call("get", form.status));
    if (told) say("You have completed this module, and your learning system knows. You can open it again whenever you like.");
    else set({ [form.status]: "incomplete" });
  }

  function tell() {
    show("again", false);
    if (!hears) {
      say("You have completed the module. Your learning system was not told: close this page, and open the course from there again.");
      return;
    }
    const why = set(form.done);
    told = !why;
    say(told
      ? "Completed. Your learning system knows. You can close this page."
      : `You have completed the module, but your learning system did not take it (${why}). This page tries again. If it goes on, close this page and open the course again: nothing is lost.`);
  }

  async function ask() {
    if (told || closed) return;
    if (completed) {
      tell();
      return;
    }
    const of = secret;
    try {
      const answer = await fetch(`${site}/courses/launches/${of}`, { credentials: "omit", cache: "no-store" });
      if (!answer.ok) return;
      const far = await answer.json();
      if (of !== secret || ended || completed) return;
      closed = far.ended;
      if (closed) {
        show("again", false);
        say("This course was ended in Evoke, so your learning system will not hear from it any more. Ask whoever looks after your learning system for the newest package.");
        return;
      }
      completed = far.completed;
      if (completed) tell();
      else if (hears && (unheard || opened !== far.opened)) say(waiting(far.opened));
      opened = far.opened;
      show("again", opened && !completed);
      unheard = false;
    } catch (error) {
      unheard = true;
      say("Evoke cannot be reached just now. Leave this page open: it goes on trying.");
    }
  }

  function waiting(open) {
    return open
      ? "You have opened the module in Evoke. Leave this page open: your learning system hears from it when you have completed the module."
      : "Leave this page open: it tells your learning system when you have completed the module.";
  }

  function open() {
    const address = `${site}/courses/open?package=${encodeURIComponent(token)}&launch=${secret}`;
    document.getElementById("link").href = address;
    show("blocked", !window.open(address, "_blank"));
  }

  // Whoever was signed in to Evoke as somebody else: a launch is one person's.
  function startAgain() {
    secret = newSecret();
    opened = false;
    if (hears) set({ "cmi.suspend_data": secret });
    show("again", false);
    say("Started again. In Evoke, sign out, then press Open the module here and sign in as yourself.");
  }

  begin();
  const kept = hears ? call("get", "cmi.suspend_data") : "";
  let secret = /^[0-9a-f]{64}$/.test(kept) ? kept : newSecret();
  if (hears && secret !== kept) set({ "cmi.suspend_data": secret });
  document.getElementById("open").addEventListener("click", open);
  document.getElementById("anew").addEventListener("click", startAgain);
  ask();
  setInterval(ask, EVERY);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) ask(); // whoever comes back from the module need not wait
  });
  // Suspended, also once it is completed: opened again, it is the same try, which stays completed.
  window.addEventListener("pagehide", () => {
    if (!hears || ended) return;
    ended = true;
    set(form.leave);
    call("end", "");
  });
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) window.location.reload(); // kept by the browser after it had ended
  });
})();
