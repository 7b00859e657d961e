// While the form is filled in: the working of SII and doubtful units, as the server says them. Nothing is computed here.
const PAUSE_MS = 350;
const COUNTS = ["neutrophils", "lymphocytes", "platelets"];
const watched = new WeakSet();

/** Watch the form of the page that is shown, if it has one and it is not watched yet. */
export function watchForm() {
  const form = document.querySelector("#calculator");
  if (!form || watched.has(form)) return;
  watched.add(form);
  let timer;
  let pending;
  const check = async () => {
    pending?.abort();
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
  form.querySelector(".labs").addEventListener("input", (event) => {
    pending?.abort();
    forget(form, event.target);
    offerSameUnit(form);
    clearTimeout(timer);
    timer = setTimeout(check, PAUSE_MS);
  });
}

/** Remove what was said of the value before it was edited, so that it is not read as of the new one. */
function forget(form, edited) {
  const changed = edited.closest(".field") ?? form;
  for (const place of [form.querySelector("#working"), ...changed.querySelectorAll(".live")]) {
    if (place) place.textContent = "";
  }
}

function tell(form, said) {
  for (const [name, text] of Object.entries(said)) {
    const place = form.querySelector(name === "working" ? "#working" : `#${name}-live`);
    if (place && place.textContent !== text) place.textContent = text;
  }
}

/** Offer the first chosen unit of a count for the counts that have none: a click of the reader, never a guess. */
function offerSameUnit(form) {
  const selects = COUNTS.map((name) => form.querySelector(`#${name}_unit`));
  const chosen = selects.find((select) => select.value);
  const open = selects.filter((select) => !select.value);
  form.querySelector(".same-unit")?.remove();
  if (!chosen || !open.length) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "same-unit";
  button.textContent = form.dataset.sameUnit.replace("UNIT", chosen.selectedOptions[0].text);
  button.addEventListener("click", () => {
    for (const select of open) select.value = chosen.value;
    form.querySelector(`#${open[0].id.replace("_unit", "")}`).focus();
    form.querySelector(".labs").dispatchEvent(new Event("input"));
  });
  chosen.closest(".field").append(button);
}
