// While the form is filled in: one unit for the three counts, and what the server says of the values. Nothing is computed here.
import { watchEntries } from "./entries.js";

const PAUSE_MS = 1000; // longer than between two keys, so that a number is not judged before it is complete
const UNIT_KEY = "sii-afp.count-unit"; // all that is remembered on this computer
const COUNTS = ["neutrophils", "lymphocytes", "platelets"];
const watched = new WeakSet();

/** Watch the form of the page that is shown, if it has one and it is not watched yet. */
export function watchForm() {
  const form = document.querySelector("#calculator");
  if (!form || watched.has(form)) return;
  watched.add(form);
  watchUnits(form);
  watchValues(form);
  watchEntries(form, chooseAgain);
}

/** Ask the server about the values when a field is left, when a unit is chosen, or after a pause. */
function watchValues(form) {
  const labs = form.querySelector(".labs");
  let timer;
  let pending;
  let isEdited = false;
  const check = async () => {
    clearTimeout(timer);
    if (!isEdited) return;
    isEdited = false;
    pending = new AbortController();
    try {
      const response = await fetch(form.dataset.check, {
        method: "POST",
        body: new URLSearchParams(new FormData(form)),
        signal: pending.signal,
      });
      if (response.ok) tell(form, await response.json());
    } catch {
      // The hints are a help only: the result itself says what is wrong.
    }
  };
  labs.addEventListener("input", (event) => {
    pending?.abort();
    forget(form, event.target);
    isEdited = true;
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  });
  labs.addEventListener("change", check);
  labs.addEventListener("focusout", check);
  form.addEventListener("submit", () => clearTimeout(timer));
}

/** Remove what was said of the value before it was edited, so that it is not read as of the new one. */
function forget(form, edited) {
  const name = edited.id.replace("_unit", "");
  for (const place of form.querySelectorAll(name in form.elements ? `#working, #${name}-live` : "#working, .live")) {
    place.textContent = "";
  }
}

function tell(form, said) {
  for (const [name, text] of Object.entries(said)) {
    const place = form.querySelector(name === "working" ? "#working" : `#${name}-live`);
    if (place && place.textContent !== text) place.textContent = text;
  }
}

/** Choose the remembered unit where nothing was typed, and let the choice for all counts set each of them. */
function watchUnits(form) {
  const common = form.querySelector("#count_unit");
  for (const sent of form.querySelectorAll("[name^=count_unit]")) sent.removeAttribute("name"); // each count has its own
  chooseAgain(form);
  common.addEventListener("change", () => {
    for (const name of COUNTS) form.elements[`${name}_unit`].value = common.value;
    if (!("site" in common.dataset)) remember(common.value);
  });
  form.addEventListener("keydown", chooseMicro);
  form.querySelector("#afp_unit").addEventListener("keydown", sendByEnter);
}

/** Choose the unit of the site or the remembered one for each value that is empty and has no unit. */
function chooseAgain(form) {
  const common = form.querySelector("#count_unit");
  const known = "site" in common.dataset ? "" : remembered();
  for (const select of form.querySelectorAll(".unit:not(.at-counts) select")) {
    if (select.value || form.elements[select.name.replace("_unit", "")].value.trim()) continue;
    select.value = select.dataset.preset || (select.name === "afp_unit" ? "" : known);
    if (select.selectedIndex < 0) select.value = ""; // not on offer
  }
  if (common.value) return;
  const [unit, ...others] = new Set(COUNTS.map((name) => form.elements[`${name}_unit`].value));
  common.value = others.length ? common.dataset.preset || known : unit;
  if (common.selectedIndex < 0) common.value = "";
}

/** The Enter key sends the form from the last unit too, once it is chosen; the space key opens the list. */
function sendByEnter(event) {
  const select = event.target;
  if (event.key !== "Enter" || !select.value || !CSS.supports("selector(:open)") || select.matches(":open")) return;
  event.preventDefault();
  select.form.requestSubmit();
}

/** The key "u" finds units that begin with "µ", which few keyboards have. */
function chooseMicro(event) {
  const select = event.target;
  if (event.key !== "u" || !select.matches("select") || event.ctrlKey || event.metaKey || event.altKey) return;
  const micro = [...select.options].find((option) => option.text.startsWith("µ"));
  if (!micro || micro.selected) return;
  event.preventDefault();
  select.value = micro.value;
  select.dispatchEvent(new Event("input", { bubbles: true }));
  select.dispatchEvent(new Event("change", { bubbles: true }));
}

function remembered() {
  try {
    return localStorage.getItem(UNIT_KEY) ?? "";
  } catch {
    return ""; // the browser keeps nothing
  }
}

function remember(unit) {
  try {
    if (unit) localStorage.setItem(UNIT_KEY, unit);
    else localStorage.removeItem(UNIT_KEY);
  } catch {
    // The browser keeps nothing: the unit is chosen again for the next patient.
  }
}
