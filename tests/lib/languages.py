"""The words of a text that were not looked up in a language which brackets every sentence."""

import re

_MARKUP = re.compile(r"\\(?=[^\w\s])")
_WORD = re.compile(r"[A-Za-z]{2,}")


def words_outside(text: str, data: tuple[str, ...] = ()) -> list[str]:
    """Return the words of a text that are in no brackets and are no data."""
    depth, outside = 0, []
    for character in _MARKUP.sub("", text):
        depth += (character == "[") - (character == "]")
        if depth == 0 and character != "]":
            outside.append(character)
    found = "".join(outside)
    for one in sorted(data, key=len, reverse=True):
        found = found.replace(one, "")
    return _WORD.findall(found)
