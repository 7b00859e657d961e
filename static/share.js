// A link that holds values: in its fragment, which browsers send to no server. It holds no date and no identity, and opening
// it fills in the form and computes nothing.
const PREFIX = "#values?";
const MODEL = "model";
const DIGITS = 12; // of the digest of the model
const SHARED = new RegExp(
  "^((neutrophils|lymphocytes|platelets|afp)(_unit)?|sorafenib_failed|starting_regorafenib|child_pugh_class|ecog|sorafenib_tolerated)$",
);

/** Return a link to the form that holds the values of `fields`, pairs of name and value, and the model of this page. */
export function linkTo(home, fields) {
  const shared = new URLSearchParams(fields.filter(([name, value]) => value && SHARED.test(name)));
  shared.set(MODEL, modelOfPage());
  return new URL(PREFIX + shared, new URL(home, location.href)).href;
}

/** Return the values that the address of this page holds, and whether the link was made with the model of this page. */
export function sharedValues() {
  const shared = new URLSearchParams(location.hash.slice(PREFIX.length));
  const isSameModel = shared.get(MODEL) === modelOfPage();
  shared.delete(MODEL);
  return { entries: [...shared], isSameModel };
}

function modelOfPage() {
  return document.querySelector("footer .digest").textContent.replace("sha256:", "").slice(0, DIGITS);
}
