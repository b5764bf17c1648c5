// Finds the learning system's SCORM API (1.2 or 2004), opens the module in Evoke, asks Evoke how far it is, and says so.
(function () {
  "use strict";
  const { site, token } = JSON.parse(document.body.dataset.opens);
  const state = document.getElementById("state");
  const EVERY = 10000;
  const api = find("API_1484_11") ? of2004(find("API_1484_11")) : find("API") ? of12(find("API")) : null;
  let done = false;
  let ended = false;
  let unheard = false;

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

  function of12(found) {
    return {
      start: () => found.LMSInitialize(""),
      get: () => found.LMSGetValue("cmi.core.lesson_status"),
      isDone: (said) => said === "completed" || said === "passed",
      begun: () => set(found, "LMSSetValue", "LMSCommit", { "cmi.core.lesson_status": "incomplete" }),
      keep: (secret) => set(found, "LMSSetValue", "LMSCommit", { "cmi.suspend_data": secret }),
      kept: () => found.LMSGetValue("cmi.suspend_data"),
      completed: () => set(found, "LMSSetValue", "LMSCommit", { "cmi.core.lesson_status": "completed" }),
      end: () => { set(found, "LMSSetValue", "LMSCommit", { "cmi.core.exit": done ? "" : "suspend" }); found.LMSFinish(""); },
    };
  }

  function of2004(found) {
    return {
      start: () => found.Initialize(""),
      get: () => found.GetValue("cmi.completion_status"),
      isDone: (said) => said === "completed",
      begun: () => set(found, "SetValue", "Commit", { "cmi.completion_status": "incomplete" }),
      keep: (secret) => set(found, "SetValue", "Commit", { "cmi.suspend_data": secret }),
      kept: () => found.GetValue("cmi.suspend_data"),
      completed: () => set(found, "SetValue", "Commit", { "cmi.completion_status": "completed", "cmi.success_status": "passed" }),
      end: () => { set(found, "SetValue", "Commit", { "cmi.exit": done ? "normal" : "suspend" }); found.Terminate(""); },
    };
  }

  function set(found, setter, commit, values) {
    for (const name of Object.keys(values)) found[setter](name, values[name]);
    found[commit]("");
  }

  function newSecret() {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
  }

  function say(text) {
    state.textContent = text;
  }

  async function ask(secret) {
    if (done) return;
    try {
      const answer = await fetch(`${site}/courses/launches/${secret}`, { credentials: "omit", cache: "no-store" });
      if (answer.ok && (await answer.json()).completed) {
        done = true;
        if (api) api.completed();
        say("Completed. Your learning system knows. You can close this page.");
      } else if (answer.ok && unheard) {
        unheard = false;
        say("Evoke answers again. Leave this page open until you have completed the module.");
      }
    } catch (error) {
      unheard = true;
      say("Evoke cannot be reached just now. This page goes on trying.");
    }
  }

  if (api) api.start();
  else say("Your learning system did not offer its SCORM connection, so it will not hear that you completed the module.");
  done = Boolean(api) && api.isDone(api.get());
  if (done) say("You have completed this module. You can open it again whenever you like.");
  else if (api) api.begun();
  const kept = api ? api.kept() : "";
  const secret = /^[0-9a-f]{64}$/.test(kept) ? kept : newSecret();
  if (api && secret !== kept) api.keep(secret);
  document.getElementById("open").addEventListener("click", () => {
    window.open(`${site}/courses/open?package=${encodeURIComponent(token)}&launch=${secret}`, "_blank");
  });
  ask(secret);
  setInterval(() => ask(secret), EVERY);
  window.addEventListener("pagehide", () => {
    if (api && !ended) {
      ended = true;
      api.end();
    }
  });
})();
