// Who took part and what they agreed to: what is usual for the kind of conversation, and a line that says it in short.

const USUAL = { role_play: ["staff", "Colleague"], simulated: ["actor", "Actor"], real_practice: ["family_member", "Family member"] };
const fold = document.querySelector("[data-people]");
const form = fold?.closest("form");
const field = (number, name) => form.elements[`person-${number}-${name}`];
const lower = (words) => words.charAt(0).toLowerCase() + words.slice(1);

/** The scopes ticked for anybody, in the order of the form. */
function uses(of) {
  const ticked = [...of.querySelectorAll("[data-scope]:checked")].filter((box) => field(box.name.split("-")[1], "who").value);
  const words = new Map(ticked.map((box) => [box.dataset.scope, lower(of.querySelector(`label[for="${box.id}"]`).textContent)]));
  return words;
}

/** Says aloud what goes beyond feedback, on the page that is read together. */
export function nameFurtherUses(of) {
  const further = [...uses(of)].filter(([scope]) => scope !== "supervision").map(([, words]) => words);
  of.querySelector("[data-further]").hidden = !further.length;
  of.querySelector("[data-further-words]").textContent = further.join(", ");
}

function sayShortly() {
  const people = [1, 2, 3, 4, 5, 6].filter((number) => field(number, "who").value);
  const who = people.map((number) => lower(field(number, "label").value.trim() || field(number, "who").selectedOptions[0].textContent));
  const what = [...uses(form).values()];
  fold.querySelector("[data-people-words]").textContent = `${who.join(", ") || "nobody yet"}; ${what.join(", ") || "nothing yet"}`;
}

function usualFor(kind) {
  const [who, label] = USUAL[kind];
  const before = Object.values(USUAL).some(([one, words]) => field(2, "who").value === one && field(2, "label").value === words);
  if (before) {
    field(2, "who").value = who;
    field(2, "label").value = label;
    // A family is asked one by one: nothing is taken for granted.
    field(2, "supervision").checked = kind !== "real_practice";
  }
  if (kind === "real_practice") fold.open = true;
}

if (fold) {
  form.addEventListener("change", (event) => {
    if (event.target.name === "kind") usualFor(event.target.value);
    sayShortly();
  });
  sayShortly();
}
