"""Read UCUM codes by their structure, exactly: cells, mass or international units in a volume, case-sensitive.

The grammar is that of The Unified Code for Units of Measure, version 2.1, sections 2.1 and 2.2. The symbols are those
that such a concentration can have: 10* and 10^, metre, litre, gram and the international unit, with metric prefixes.
"""

import re
from dataclasses import dataclass
from fractions import Fraction

MAXIMUM_LENGTH = 40
_PREFIXES = dict(zip("YZEPTGMk", range(24, 0, -3), strict=True)) | {"h": 2, "da": 1, "d": -1, "c": -2}
_PREFIXES |= dict(zip("munpfazy", range(-3, -27, -3), strict=True))
_TOKEN = re.compile(
    r"(?P<operator>[./])|(?P<open>\()|(?P<close>\))|\{(?P<annotation>[!-z|~]*)\}"
    r"|(?P<ten>10[*^])(?P<power>[+-]?[0-9]{1,2})"
    rf"|(?P<prefix>{'|'.join(_PREFIXES)})?(?P<symbol>[lLgm]|\[[iI]U\])(?P<exponent>[+-]?[0-9]{{1,2}})?(?![A-Za-z0-9\[])"
    r"|(?P<integer>[1-9][0-9]{0,5})(?![0-9*^+A-Za-z\[-])"
)


@dataclass(frozen=True, slots=True)
class UcumTerm:
    """The value of an expression in grams, metres and international units, the exponent of each, and what it is of.

    `annotations` are the texts in braces; `integers` are the factors other than 1 that are written as plain numbers;
    `has_power` is whether a power of ten such as 10*3 is among the factors.
    """

    value: Fraction = Fraction(1)
    gram: int = 0
    metre: int = 0
    international_unit: int = 0
    annotations: tuple[str, ...] = ()
    integers: tuple[int, ...] = ()
    has_power: bool = False

    def times(self, other: "UcumTerm", sign: int) -> "UcumTerm":
        """Return the product with another term, or the quotient if `sign` is -1."""
        return UcumTerm(
            self.value * other.value**sign,
            self.gram + sign * other.gram,
            self.metre + sign * other.metre,
            self.international_unit + sign * other.international_unit,
            self.annotations + other.annotations,
            self.integers + other.integers,
            self.has_power or other.has_power,
        )


_SYMBOLS = {
    "l": UcumTerm(Fraction(1, 1000), metre=3),
    "L": UcumTerm(Fraction(1, 1000), metre=3),
    "g": UcumTerm(gram=1),
    "m": UcumTerm(metre=1),
    "[iU]": UcumTerm(international_unit=1),
    "[IU]": UcumTerm(international_unit=1),
}


def parse_ucum(code: str) -> UcumTerm | None:
    """Return what a UCUM code means; None if it is none, has other symbols, or is longer than 40 characters.

    Not read although UCUM defines them: a bare 10* or 10^, which may have lost its exponent; an annotation that divides
    (per cell); and prefixes of powers of two.
    """
    if len(code) > MAXIMUM_LENGTH:
        return None
    tokens = _tokens(code)
    if tokens is None:
        return None
    sign = 1
    if tokens and tokens[0]["operator"] == "/":
        tokens, sign = tokens[1:], -1
    parser = _Parser(tokens)
    found = parser.term(sign)
    return found if parser.is_at_end else None


def _tokens(code: str) -> list[dict[str, str | None]] | None:
    tokens, position = [], 0
    while position < len(code):
        match = _TOKEN.match(code, position)
        if match is None:
            return None
        tokens.append(match.groupdict())
        position = match.end()
    return tokens


class _Parser:
    """Read terms from left to right: a division applies to the next component alone."""

    def __init__(self, tokens: list[dict[str, str | None]]) -> None:
        self._tokens = tokens
        self._position = 0

    @property
    def is_at_end(self) -> bool:
        return self._position == len(self._tokens)

    def term(self, sign: int = 1) -> UcumTerm | None:
        found = UcumTerm()
        while (component := self._component(sign)) is not None:
            found = found.times(component, sign)
            operator = self._next("operator")
            if operator is None:
                return found
            sign = -1 if operator == "/" else 1
        return None

    def _component(self, sign: int) -> UcumTerm | None:
        if self._next("open"):
            inner = self.term()
            return inner if self._next("close") else None
        unit = self._integer() or self._unit()
        annotation = self._next("annotation")
        if annotation is None:
            return unit
        if unit is None and sign < 0:
            return None
        return (unit or UcumTerm()).times(UcumTerm(annotations=(annotation,)), 1)

    def _integer(self) -> UcumTerm | None:
        digits = self._next("integer")
        if digits is None:
            return None
        number = int(digits)
        return UcumTerm(Fraction(number), integers=(number,) if number > 1 else ())

    def _unit(self) -> UcumTerm | None:
        if self.is_at_end:
            return None
        token = self._tokens[self._position]
        if token["ten"]:
            self._position += 1
            return UcumTerm(Fraction(10) ** int(token["power"] or ""), has_power=True)
        if token["symbol"]:
            self._position += 1
            symbol, exponent = _SYMBOLS[token["symbol"]], int(token["exponent"] or 1)
            prefix = Fraction(10) ** _PREFIXES[token["prefix"]] if token["prefix"] else Fraction(1)
            return UcumTerm(
                (prefix * symbol.value) ** exponent,
                symbol.gram * exponent,
                symbol.metre * exponent,
                symbol.international_unit * exponent,
            )
        return None

    def _next(self, kind: str) -> str | None:
        """Return the text of the next token and pass it, if it is of this kind."""
        if self.is_at_end or self._tokens[self._position][kind] is None:
            return None
        self._position += 1
        return self._tokens[self._position - 1][kind]
