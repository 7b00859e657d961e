// One unit for the three counts. The choice is remembered on this computer, but where the site has made it; nothing else is.
const KEY = "sii-afp.count-unit";
const COUNTS = ["neutrophils", "lymphocytes", "platelets"];

/** Choose the remembered unit where nothing was typed, and let the choice for all counts set each of them. */
export function watchUnits(form) {
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
export function chooseAgain(form) {
  const known = "site" in form.querySelector("#count_unit").dataset ? "" : remembered();
  for (const select of form.querySelectorAll(".labs select")) {
    const value = form.querySelector(`#${select.id.replace("_unit", "")}`);
    if (select.value || value?.value.trim()) continue;
    select.value = select.dataset.preset || (select.id === "afp_unit" ? "" : known);
    if (select.selectedIndex < 0) select.value = ""; // not on offer
  }
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
    return localStorage.getItem(KEY) ?? "";
  } catch {
    return ""; // the browser keeps nothing
  }
}

function remember(unit) {
  try {
    if (unit) localStorage.setItem(KEY, unit);
    else localStorage.removeItem(KEY);
  } catch {
    // The browser keeps nothing: the unit is chosen again for the next patient.
  }
}
