"""Read the units that laboratories print: which UCUM code a printed label stands for, each with a public source.

A label of a count is what is counted (a power of ten, or a word such as Tsd.) over a volume. Capital and small letters
count where their meanings differ: G is giga and g is gram, and M can be million or thousand.
"""

import re
import unicodedata
from dataclasses import dataclass

_SSMIX2 = "https://github.com/nhoHQ/SSMIX2_support_documents/blob/master/doc/ascii_units.md"
_FINNGEN = "https://github.com/FINNGEN/kanta_lab_preprocessing/blob/main/finngen_qc/data/unit_mapping.txt"
_MCODE = "https://www.hl7.org/fhir/us/mcode/2019Sep/ValueSet-obf-lab-EquivalentUnitsVS-thousand-per-uL.html"
_HEALTHVAULT = "https://github.com/nschonni/healthvault-docs: vocabulary wc.lab-results-units"
_UNITSLAB = "https://unitslab.com/node/9"
_MIMIC = "https://github.com/MIT-LCP/mimic-code/issues/1768"
_AARTHI = "http://aarthiscan.com/platelet-count/"
_HEALTH_SITE = "https://www.thehealthsite.com/topics/complete-blood-count/"
_OHIO = "https://ohiohealth.testcatalog.org/show/LAB299-1"
_AGILUS = "https://www.scribd.com/document/709174683/Medical-Test-Report"


@dataclass(frozen=True, slots=True)
class Printed:
    """How laboratories print a part of a unit: the spellings, what they stand for in UCUM, and where they are seen.

    A multiple (`10*3`) is printed over one kind of volume: `uL` and the same volume as mm3, or `L`.
    """

    spellings: tuple[str, ...]
    code: str
    source: str
    over: str = ""


def _printed(spellings: str, code: str, source: str, over: str = "") -> Printed:
    return Printed(tuple(spellings.split()), code, source, over)


CELLS = (
    _printed("cells cell", "", _HEALTHVAULT),
    _printed("#", "", _MIMIC),
    _printed("個", "", _SSMIX2),
    _printed("kpl", "", _FINNGEN),
)
MULTIPLES = (
    _printed("K k", "10*3", "http://ltd.aruplab.com/tests/pub/0040320", "uL"),
    _printed("thousand", "10*3", _MCODE, "uL"),
    _printed("thou", "10*3", _AGILUS, "uL"),
    _printed("thous", "10*3", "http://www.cmmc.org/cmmclab/search.taf?do=detail&id=48", "uL"),
    _printed("th", "10*3", "https://stlukescedarrapids.testcatalog.org/show/PLTCNT", "uL"),
    _printed("tsd. tsd", "10*3", "https://github.com/FFTibet/Shiny-App-Project-ALL/blob/main/bloodtable.md", "uL"),
    _printed("mila", "10*3", "https://www.lucaventuri.it/emocromo-o-esame-emocromocitometrico", "uL"),
    _printed("千", "10*3", "https://www.houju.or.jp: reference values of the blood count", "uL"),
    _printed("万", "10*4", "http://www.city.fujisawa.kanagawa.jp/hospital/section/laboratory/hematology.html", "uL"),
    _printed("lakh lakhs lac lacs", "10*5", f"{_AARTHI}; {_HEALTH_SITE}", "uL"),
    _printed("G", "10*9", "http://www.e-sante.be/nfs-numeration-formule-sanguine-hemogramme/2/guide/428", "L"),
    _printed("giga gpt", "10*9", _UNITSLAB, "L"),
    _printed(
        "bil", "10*9", "https://github.com/ml4oncology/make-clinical-dataset/blob/main/src/preprocess/epr/lab.py", "L"
    ),
)
VOLUMES = (
    _printed("uL ul", "uL", _SSMIX2),
    _printed("UL", "uL", "https://github.com/NoTranslationLayer/biomarkerdash/pull/13"),
    _printed("mcL mcl MCL", "uL", f"{_OHIO}; {_SSMIX2}"),
    _printed("microL microl", "uL", "http://www.labdxtest.com: Davis's Laboratory and Diagnostic Tests, 425250"),
    _printed("mm3 mm*3", "mm3", _SSMIX2),
    _printed("MM3", "mm3", "https://stlukescedarrapids.testcatalog.org/show/PLTCNT"),
    _printed("cumm Cumm CUMM", "mm3", "https://github.com/mohammadsaif5611-AL-Jadeed-TechLabs/Advance-Blood-Lab"),
    _printed("cmm CMM", "mm3", _AARTHI),
    _printed("cu.mm Cu.mm CU.MM", "mm3", "https://github.com/sameetpatil5/tata-brp: my_datasets/test_chunk.md"),
    _printed("mmc", "mm3", "http://www.isit100.fe.it/analisi/analisi/sangue/emocromo.htm"),
    _printed("nL nl", "nL", "https://github.com/afairgiant/MediKeep/issues/514"),
    _printed("L l", "L", _UNITSLAB),
)
# The ways to print 10*9, each with the letter n for the exponent. A multiplication sign may stand before it.
POWERS = (
    _printed("10*n 10^n", "10*n", _SSMIX2),
    _printed("10En 10en", "10*n", f"https://github.com/NoTranslationLayer/biomarkerdash/pull/13; {_FINNGEN}"),
    _printed("En en", "10*n", _FINNGEN),
    _printed("10(n)", "10*n", "https://til.dlslab.com/physicians/test-directory-view-test/?test=5640"),
    _printed("10xn 10Xn", "10*n", _SSMIX2),
    _printed("10+n", "10*n", "HL7 Continuity of Care Document, sample: leukocytes of 2000-03-23, 6.7 10+3/ul"),
)
AFP_UNITS = (
    _printed("mcg/L mcg/l", "ug/L", _SSMIX2),
    _printed("mcg/mL mcg/ml", "ug/mL", _SSMIX2),
    _printed("IU/mL IU/ml iu/mL iu/ml", "[IU]/mL", f"https://unitslab.com/node/99; {_SSMIX2}"),
    _printed(
        "UI/mL UI/ml", "[IU]/mL", "https://es.iliveok.com/health/alfa-fetoproteina-en-la-sangre_105354i15979.html"
    ),
    _printed("U/mL U/ml", "[IU]/mL", "https://e-sante.fr/alpha-foetoproteine-afp/guide/378"),
    _printed("IE/mL IE/ml", "[IU]/mL", "https://github.com/openfoodfacts/openfoodfacts-server/issues/352"),
    _printed("МЕ/мл", "[IU]/mL", "https://diseases.medelement.com/indicator/715"),
    _printed("нг/мл", "ng/mL", "https://letolays.ru/analiz-krovi-na-afp-cena: Invitro, АФП"),
    _printed("kU/L kU/l ku/L ku/l", "k[IU]/L", f"{_HEALTHVAULT}; {_FINNGEN}"),
    _printed("kIU/L kIU/l", "k[IU]/L", "https://github.com/openfoodfacts/openfoodfacts-server/issues/352"),
    _printed("kUI/L kUI/l", "k[IU]/L", "https://github.com/openfoodfacts/openfoodfacts-server/issues/352"),
    _printed(
        "kIE/L kIE/l",
        "k[IU]/L",
        "https://regionblekinge.se: Analysportalen för klinisk kemi, AFP - S (Alfa-fetoprotein)",
    ),
)
# Labels that mean thousand in one country and million in another are not read. M and m are million in reports from the
# United States, and thousand as the Roman numeral. mil is thousand in Portuguese and Spanish, and million in English;
# mill is million in English, and thousands (millares) in Spanish.
TWO_MEANINGS = (
    Printed(("M", "m"), "10*6 10*3", "https://github.com/MIT-LCP/mimic-code/issues/321"),
    Printed(("mil", "Mil", "MIL", "mill", "Mill", "MILL"), "10*3 10*6", f"{_AGILUS}: mil/µL of red cells"),
)

_CELLS = tuple(spelling for row in CELLS for spelling in row.spellings)
_MULTIPLES = {spelling: row for row in MULTIPLES for spelling in row.spellings}
_VOLUMES = {spelling: row.code for row in VOLUMES for spelling in row.spellings}
_AFP = {spelling: row.code for row in AFP_UNITS for spelling in row.spellings}
_AMBIGUOUS = {spelling: row.code for row in TWO_MEANINGS for spelling in row.spellings}
_POWER = re.compile(
    "|".join(re.escape(spelling).replace("n", "([0-9]{1,2})") for row in POWERS for spelling in row.spellings)
)
_TIMES = re.compile(r"[xX*](?=[0-9Ee千万])")
_TEN_OR_MORE = re.compile(r"10+")
_LOST_SUPERSCRIPT = re.compile(r"[xX*]?10([1-9][0-9]?)")
_FACTOR_IN_BRACES = re.compile(r"\{(?:[xX]?10[*^]([0-9]{1,2})|[Kk])\}")
_SUPERSCRIPT = re.compile("[⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_PLAIN = str.maketrans("⁺⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "+-0123456789")
# Characters that look alike or are not seen. The case of letters is never changed.
_SAME = str.maketrans(
    {"μ": "u", "×": "x", "∗": "*", "−": "-", "∕": "/", "⁄": "/", "ˆ": "^", "·": "", "\u200e": "", "\u200f": ""}
)


def normalised(text: str) -> str:
    """Return a unit without blanks, in plain characters: 10^9 for 10⁹ and for the escaped 10\\S\\9 of HL7 version 2."""
    with_carets = _SUPERSCRIPT.sub(lambda match: "^" + match[0].translate(_PLAIN), text.replace("\\S\\", "^"))
    plain = unicodedata.normalize("NFKC", with_carets).translate(_SAME)
    return "".join(plain.split()).replace("^^", "^").replace("mm^3", "mm3")


def ucum_of_afp(label: str) -> str | None:
    """Return the UCUM code of a printed unit of AFP, which is normalised; None if it is not known."""
    return _AFP.get(label)


def ucum_of_count(label: str) -> str | None:
    """Return the UCUM code of a printed unit of a count, which is normalised; None if it is not known."""
    number, _, printed_volume = label.partition("/")
    volume = _VOLUMES.get(printed_volume)
    if volume is None:
        return None
    cells = next((word for word in _CELLS if number.lower().endswith(word)), "")
    factor = _factor(number[: len(number) - len(cells)], "uL" if volume == "mm3" else volume)
    return None if factor is None else f"{factor}/{volume}"


def two_meanings(label: str) -> tuple[str, str] | None:
    """Return the two UCUM codes that a printed unit, which is normalised, may stand for; None if it is not such a unit.

    103/uL may be 10*3/uL that lost its superscript; a factor in braces means nothing to UCUM; the words are a table.
    """
    number, _, printed_volume = label.partition("/")
    volume = _VOLUMES.get(printed_volume)
    if volume is None:
        return None
    if match := _LOST_SUPERSCRIPT.fullmatch(number):
        one, other = f"10*{match[1]}", f"10{match[1]}"
    elif match := _FACTOR_IN_BRACES.fullmatch(number):
        one, other = f"10*{match[1] or 3}", ""
    elif number in _AMBIGUOUS:
        one, other = _AMBIGUOUS[number].split()
    else:
        return None
    return f"{one}/{volume}", f"{other}/{volume}"


def _factor(printed: str, volume: str) -> str | None:
    """Return the factor that is printed before the volume as UCUM (10*3); empty if there is none, None if not known."""
    if not printed:
        return ""
    without_sign = printed[1:] if _TIMES.match(printed) else printed
    if match := _POWER.fullmatch(without_sign):
        return f"10*{next(filter(None, match.groups()))}"
    if _TEN_OR_MORE.fullmatch(without_sign):
        return without_sign
    multiple = _MULTIPLES.get(without_sign) or _MULTIPLES.get(without_sign.lower())
    return multiple.code if multiple and multiple.over == volume else None
