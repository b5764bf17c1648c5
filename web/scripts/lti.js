// Pages that a learning platform shows within its own. Where a browser blocks their cookies, the platform may keep a
// secret for them (LTI client-side postMessages 1.0), so that a launch ends in the browser that began it.

const WAIT = 1500; // milliseconds; a platform that does not answer holds nobody up
let asked = 0;

/** The frame that keeps things: one by name beside this one, or the page around it. */
function keeper(name) {
  const around = window.opener ?? window.parent;
  if (!name || name === "_parent") return around;
  try {
    return around.frames[name] ?? around;
  } catch {
    return around; // another site's frames have names for nobody but it
  }
}

function ask(message, frame, origin) {
  return new Promise((resolve) => {
    const id = `evoke-${(asked += 1)}`;
    const timer = setTimeout(() => resolve(null), WAIT);
    window.addEventListener("message", function heard(event) {
      if (event.origin !== origin || event.data?.message_id !== id) return;
      if (event.data.subject !== `${message.subject}.response`) return;
      window.removeEventListener("message", heard);
      clearTimeout(timer);
      resolve(event.data.error ? null : (event.data.value ?? null));
    });
    const to = keeper(frame);
    if (to && to !== window) to.postMessage({ ...message, message_id: id }, origin);
    else resolve(null);
  });
}

const put = document.querySelector("[data-lti-put]");
if (put) {
  const { ltiPut: key, value, frame, origin } = put.dataset;
  await ask({ subject: "lti.put_data", key, value }, frame, origin);
  window.location.replace(put.href);
}

const field = document.querySelector("[data-lti-get]");
if (field) {
  const { ltiGet: key, frame, origin } = field.dataset;
  const button = field.form.querySelector("button");
  button.disabled = true; // pressed before the platform has answered, it would open nothing
  field.value = (await ask({ subject: "lti.get_data", key }, frame, origin)) ?? "";
  button.disabled = false;
}

document.querySelector("[data-lti-send]")?.submit();

if (document.querySelector("[data-lti-close]")) {
  (window.opener ?? window.parent).postMessage({ subject: "org.imsglobal.lti.close" }, "*");
}
