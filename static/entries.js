// What was typed is kept for this tab, so that leaving the page loses nothing. "Clear all" can be undone. Values of a record
// are not kept; there the browser asks before edited values are lost.
const KEY = "sii-afp.entries";

/** Keep what is typed into the form. Fill an empty form with what was kept. `chooseUnits` chooses those not yet chosen. */
export function watchEntries(form, chooseUnits) {
  if (form.dataset.record === "sample") return; // neither kept, nor in place of what is kept
  if ("record" in form.dataset) return warnBeforeLeaving(form);
  form.addEventListener("input", () => keep(form));
  form.addEventListener("change", () => keep(form));
  watchClear(form, chooseUnits);
  if (location.hash.startsWith("#values?")) return fillShared(form, chooseUnits);
  if (entriesOf(form).length) return keep(form);
  const kept = read();
  if (!kept.length) return;
  fill(form, kept, chooseUnits);
  form.querySelector(".kept").textContent = form.dataset.kept;
}

/** Fill the form with the values of a link, in place of all others, and remove them from the address. Nothing is sent. */
async function fillShared(form, chooseUnits) {
  const { sharedValues } = await import("./share.js");
  const { entries, isSameModel } = sharedValues();
  history.replaceState(history.state, "", location.pathname);
  fill(form, entries, chooseUnits);
  form.querySelector(".kept").textContent = isSameModel ? form.dataset.shared : form.dataset.sharedBefore;
  keep(form);
}

/** A record opened the form: what was kept is of another patient, and nothing of this one is kept. Ask before it is lost. */
function warnBeforeLeaving(form) {
  drop();
  let isEdited = false;
  form.addEventListener("input", () => (isEdited = true));
  addEventListener("beforeunload", (event) => {
    if (isEdited && form.isConnected) event.preventDefault();
  });
}

/** Forget what was kept: the next patient begins. */
export function drop() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // The browser keeps nothing.
  }
}

function watchClear(form, chooseUnits) {
  const said = form.querySelector(".cleared [role=status]");
  const undo = form.querySelector("[data-action=undo]");
  let before = [];
  form.querySelector("[data-action=clear]").addEventListener("click", (event) => {
    event.preventDefault();
    if (undo.hidden) before = allOf(form);
    import("./problems.js").then(({ removeRemarks }) => removeRemarks(form));
    fill(form, [], chooseUnits);
    form.querySelector(".kept").textContent = "";
    said.textContent = form.dataset.cleared;
    undo.hidden = false;
    form.querySelector("input[type=text]").focus();
  });
  undo.addEventListener("click", () => {
    fill(form, before, chooseUnits);
    said.textContent = form.dataset.restored;
    undo.hidden = true;
    form.querySelector("input[type=text]").focus();
  });
  form.addEventListener("input", (event) => {
    if (!event.isTrusted) return;
    said.textContent = "";
    undo.hidden = true;
  });
}

/** Return name and value of each field that a person fills in. */
function allOf(form) {
  return [...new FormData(form)];
}

/** Return them if anything was typed or answered; a chosen unit alone is nothing to keep. */
function entriesOf(form) {
  const all = allOf(form);
  return all.some(([name, value]) => value.trim() && !/_(unit|report)$/.test(name)) ? all : [];
}

/** Put these values into the fields, and have them checked as if they were typed. */
function fill(form, entries, chooseUnits) {
  const values = new Map(entries);
  for (const field of form.querySelectorAll("input:not([type=hidden]), select")) {
    const value = values.get(field.name) ?? "";
    if (field.type === "radio") field.checked = field.value === value;
    else field.value = value;
    if (field.selectedIndex < 0) field.append(new Option(value, value, true, true)); // printed by a report
  }
  form.querySelector(".more").open ||= entries.some(([name, value]) => name.endsWith("_date") && value);
  chooseUnits(form);
  const labs = form.querySelector(".labs");
  for (const kind of ["input", "change"]) labs.dispatchEvent(new Event(kind, { bubbles: true }));
}

function keep(form) {
  const entries = entriesOf(form);
  if (!entries.length) return drop();
  try {
    sessionStorage.setItem(KEY, JSON.stringify(entries));
  } catch {
    // The browser keeps nothing.
  }
}

function read() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) ?? [];
  } catch {
    return [];
  }
}
