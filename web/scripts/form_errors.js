// Mistakes in a form, shown in the GOV.UK way: a summary on top with links, and a sentence at each field.

const part = (name, text) => {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
};

const groupOf = (form, field) => form.querySelector(`[data-field="${CSS.escape(field)}"]`);

function describe(input, id, wanted) {
  const ids = new Set((input.getAttribute("aria-describedby") ?? "").split(/\s+/).filter(Boolean));
  if (wanted) ids.add(id);
  else ids.delete(id);
  if (ids.size) input.setAttribute("aria-describedby", [...ids].join(" "));
  else input.removeAttribute("aria-describedby");
}

const inputsOf = (group) => group.querySelectorAll("fieldset, input:not([type=radio], [type=checkbox]), select, textarea");

const redden = (group, on) => {
  group.classList.toggle("govuk-form-group--error", on);
  for (const kind of ["input", "textarea", "select", "file-upload"]) {
    for (const input of group.querySelectorAll(`.govuk-${kind}`)) input.classList.toggle(`govuk-${kind}--error`, on);
  }
};

function showAtField(group, field, sentence) {
  const id = `${field}-error`;
  const said = part("p", ` ${sentence}`);
  said.id = id;
  said.className = "govuk-error-message";
  const word = part("span", "Error:");
  word.className = "govuk-visually-hidden";
  said.prepend(word);
  const before = group.querySelector(".govuk-radios, .govuk-checkboxes, .govuk-file-upload, .govuk-input, .govuk-select, .govuk-textarea");
  (before ?? group.lastElementChild).before(said);
  redden(group, true);
  for (const input of inputsOf(group)) describe(input, id, true);
}

/** Takes all errors off the page. */
export function clearErrors(form) {
  document.querySelector("[data-error-summary]").hidden = true;
  document.title = document.title.replace(/^Error: /, "");
  for (const group of form.querySelectorAll("[data-field]")) {
    const id = `${group.dataset.field}-error`;
    group.querySelector(`#${CSS.escape(id)}`)?.remove();
    redden(group, false);
    for (const input of inputsOf(group)) describe(input, id, false);
  }
}

/** `errors` maps a field's name to its sentence; a name that is no field of the form stands in the summary alone. */
export function showErrors(form, errors) {
  clearErrors(form);
  const summary = document.querySelector("[data-error-summary]");
  const list = summary.querySelector("ul");
  list.replaceChildren();
  for (const [field, sentence] of Object.entries(errors)) {
    const item = document.createElement("li");
    const group = groupOf(form, field);
    if (group) {
      for (let fold = group.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      const link = part("a", sentence);
      link.href = `#${field}`;
      item.append(link);
      showAtField(group, field, sentence);
    } else {
      item.append(typeof sentence === "string" ? document.createTextNode(sentence) : sentence);
    }
    list.append(item);
  }
  document.title = `Error: ${document.title}`;
  summary.hidden = false;
  summary.tabIndex = -1;
  summary.scrollIntoView({ block: "start" });
  summary.focus({ preventScroll: true });
}
