// While the form is filled in: the working of SII and doubtful values, as the server says them. Nothing is computed here.
import { watchEntries } from "./entries.js";
import { watchUnits } from "./units.js";

const PAUSE_MS = 1000; // longer than between two keys, so that a number is not judged before it is complete
const watched = new WeakSet();

/** Watch the form of the page that is shown, if it has one and it is not watched yet. */
export function watchForm() {
  const form = document.querySelector("#calculator");
  if (!form || watched.has(form)) return;
  watched.add(form);
  watchUnits(form);
  watchValues(form);
  watchEntries(form);
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
