"""Find defects of the layout of a page at a width: text that is cut, parts that overlap, scrolling sideways."""

from pathlib import Path

from playwright.sync_api import Page

_DEFECTS = Path(__file__).with_suffix(".js").read_text("utf-8")
# A copy of the page in a frame, because a frame changes its width much faster than a window.
_WIDE_AT = """async ([narrowest, widest]) => {
  document.querySelectorAll("[type=radio], [type=checkbox]").forEach(it => it.toggleAttribute("checked", it.checked));
  const copy = document.documentElement.cloneNode(true);
  copy.querySelectorAll("script").forEach(one => one.remove());
  copy.querySelectorAll("[autofocus]").forEach(one => one.removeAttribute("autofocus"));
  const frame = document.createElement("iframe");
  frame.style.cssText = "position: fixed; top: 0; left: 0; height: 720px; border: 0";
  document.body.append(frame);
  const inside = frame.contentDocument;
  const loaded = new Promise(resolve => { frame.addEventListener("load", resolve, { once: true }); });
  inside.open();
  inside.write("<!doctype html>" + copy.outerHTML);
  inside.close();
  await loaded;
  const found = [];
  for (let width = narrowest; width <= widest; width += 1) {
    frame.style.width = `${width}px`;
    if (inside.documentElement.scrollWidth > width) found.push(width);
  }
  const sheets = [...inside.styleSheets].reduce((count, sheet) => count + sheet.cssRules.length, 0);
  frame.remove();
  if (!sheets) throw new Error("The copy of the page has no styles.");
  return found;
}"""
_BROKEN_WORDS = """() => {
  const found = [], range = document.createRange();
  const texts = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode, part = text.parentElement;
    if (!part.checkVisibility() || part.closest("svg, .digest, .visually-hidden")) continue;
    for (const { 0: word, index } of text.data.matchAll(/[\\p{L}\\p{M}\\p{N}]+/gu)) {
      range.setStart(text, index);
      range.setEnd(text, index + word.length);
      if (new Set([...range.getClientRects()].map(line => Math.round(line.top))).size > 1) found.push(word);
    }
  }
  return found;
}"""
_TEXT_SPACING = """
* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important; }
p { margin-bottom: 2em !important; }
"""


def layout_defects(page: Page) -> list[str]:
    """Return the defects of the page as it is."""
    found: list[str] = page.evaluate(_DEFECTS)
    return found + (["the page scrolls sideways"] if scrolls_sideways(page) else [])


def scrolls_sideways(page: Page) -> bool:
    """Return whether the page is wider than its window."""
    is_wider: bool = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return is_wider


def broken_words(page: Page) -> list[str]:
    """Return the words of <main> that are on two lines, except digests; for languages with blanks between words."""
    found: list[str] = page.evaluate(_BROKEN_WORDS)
    return found


def widths_that_scroll(page: Page, widths: range) -> list[int]:
    """Return the widths at which the page scrolls sideways; its context must bypass the content security policy."""
    found: list[int] = page.evaluate(_WIDE_AT, [widths[0], widths[-1]])
    return found


def space_text(page: Page, *, is_spaced: bool = True) -> None:
    """Set the text spacing of WCAG 1.4.12, or the normal one."""
    page.evaluate(
        "s => { const sheet = new CSSStyleSheet(); sheet.replaceSync(s); document.adoptedStyleSheets = [sheet]; }",
        _TEXT_SPACING if is_spaced else "",
    )


def unfold(page: Page) -> None:
    """Open every part that can be folded."""
    page.evaluate("document.querySelectorAll('details').forEach(part => { part.open = true })")
