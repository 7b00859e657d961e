"""List the names that laboratories print for the four analytes, each row with a public source.

A neutrophil or lymphocyte name without more says nothing on count or percentage; qualifiers beside it may.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from app.core.analytes import LOINC, Analyte

_MEDIKEEP = "https://github.com/afairgiant/MediKeep: tests/fixtures/lab_text_samples.py"
_CRATE = "CRATE: crate_anon/nlp_manager/parse_haematology.py"
_LAROUSSE = "https://www.larousse.fr: numération formule sanguine"
_FNOS = "https://github.com/timor-m/fnos-app-health-records/issues/3"
_E3ARABI = "https://e3arabi.com: complete blood count"
_HEMOGRAM = "https://hemogram.gen.tr"
_ITALIAN = "ch.personalhealthy: LabsParserTest"
_FUJISAWA = "http://www.city.fujisawa.kanagawa.jp/hospital/section/laboratory/hematology.html"
_SYNEVO = "https://www.synevo.pl: morfologia krwi"
_LOINC = "https://loinc.org"


class Sense(StrEnum):
    """What a name says of the number beside it."""

    PLAIN = "plain"
    ABSOLUTE = "absolute"
    PERCENTAGE = "percentage"


@dataclass(frozen=True, slots=True)
class Name:
    """An analyte's name as printed; without an analyte, the name of another test."""

    analyte: Analyte | None
    sense: Sense = Sense.PLAIN
    is_part: bool = False


@dataclass(frozen=True, slots=True)
class NameRow:
    """Spellings of one name, separated by semicolons, and where they are seen."""

    name: Name
    spellings: str
    source: str

    def entries(self) -> Iterator[tuple[str, Name]]:
        """Yield each spelling with its name."""
        for spelling in self.spellings.split(";"):
            yield spelling.strip(), self.name


def _row(analyte: Analyte, sense: Sense, spellings: str, source: str) -> NameRow:
    return NameRow(Name(analyte, sense), spellings, source)


_N, _L, _P, _A = Analyte.NEUTROPHILS, Analyte.LYMPHOCYTES, Analyte.PLATELETS, Analyte.AFP
_PLAIN, _ABSOLUTE, _PERCENT = Sense.PLAIN, Sense.ABSOLUTE, Sense.PERCENTAGE

NEUTROPHILS = (
    _row(_N, _ABSOLUTE, "anc; neutroabs; neutabs; neut#; neu#; ne#; neutrophils#; neutrophil#", _MEDIKEEP),
    _row(_N, _PERCENT, "neut%; neu%; ne%; neutophilpct; neutrophilpct; neutpct; polymorphs; polymorph", _MEDIKEEP),
    _row(_N, _PERCENT, "neutrophils/100 leukocytes; neutrophils/leukocytes", _LOINC),
    _row(_N, _PLAIN, "neutrophils; neutrophil; neuts; neut; neu; neutrophilic granulocytes", _CRATE),
    _row(_N, _PLAIN, "neutrophile; neutrophilen; neutrophile granulozyten; neutrophile gran.", _MEDIKEEP),
    _row(_N, _PLAIN, "polynucléaires neutrophiles; poly. neutrophiles; neutrophiles; pnn", _LAROUSSE),
    _row(_N, _PLAIN, "neutrófilos; neutrofilos; neutrófilo", "https://labsaudeonline.com.br: hemograma"),
    _row(_N, _PLAIN, "neutrofili; granulociti neutrofili; neutrofili granulociti", _ITALIAN),
    _row(_N, _PLAIN, "nötrofil; nötrofiller", _HEMOGRAM),
    _row(_N, _PLAIN, "neutrofile; neutrofilia granulocyty; neutrofil granulocita; neutrofil", _SYNEVO),
    _row(_N, _PLAIN, "нейтрофилы", "https://letolays.ru: общий анализ крови"),
    _row(_N, _PLAIN, "호중구; 중성구; 好中球; 嗜中性球; 嗜中性粒细胞; 中性粒细胞; 中性粒細胞", _FNOS),
    _row(_N, _ABSOLUTE, "호중구수; 절대호중구수; 절대호중구; 호중구 절대값; 호중구절대값; 호중구#; 중성구#", _FNOS),
    _row(_N, _ABSOLUTE, "好中球数; 好中球絶対数; 好中球実数", _FUJISAWA),
    _row(
        _N,
        _ABSOLUTE,
        "中性粒细胞绝对值; 中性粒细胞绝对数; 中性粒细胞计数; 中性粒细胞数; 中性粒细胞#; 嗜中性粒细胞绝对值",
        _FNOS,
    ),
    _row(_N, _ABSOLUTE, "中性粒細胞絕對值; 中性粒細胞計數; 嗜中性球絕對值", _FNOS),
    _row(
        _N,
        _PERCENT,
        "中性粒细胞百分比; 中性粒细胞百分数; 中性粒细胞百分率; 中性粒细胞比率; 中性粒细胞%; 好中球比率; 好中球%",
        _FNOS,
    ),
    _row(_N, _PERCENT, "호중구%; 호중구비율; 분획호중구; n.segment", "https://www.snuh.org: 혈액검사"),
    _row(_N, _PLAIN, "العدلات; العدلة; الخلايا المتعادلة", _E3ARABI),
    _row(_N, _ABSOLUTE, "العدلات المطلقة; العدد المطلق للعدلات", _E3ARABI),
)
LYMPHOCYTES = (
    _row(_L, _ABSOLUTE, "alc; lymphsabs; lymphabs; lym#; lymph#; ly#; lymphocytes#; lymphs#", _MEDIKEEP),
    _row(_L, _PERCENT, "lym%; lymph%; ly%; lymphopct; lymphocytepct; lymphpct", _MEDIKEEP),
    _row(_L, _PERCENT, "lymphocytes/100 leukocytes; lymphocytes/leukocytes", _LOINC),
    _row(_L, _PLAIN, "lymphocytes; lymphocyte; lymphs; lymph; lym", f"{_MEDIKEEP}; {_CRATE}"),
    _row(_L, _PLAIN, "lymphozyten; lympho; lymphozyten gesamt", _MEDIKEEP),
    _row(_L, _PLAIN, "linfocitos; linfócitos; linfociti; linfociti totali", _ITALIAN),
    _row(_L, _PLAIN, "lenfosit; lenfositler; limfocyty; limfocita; limfocitak", f"{_HEMOGRAM}; {_SYNEVO}"),
    _row(_L, _PLAIN, "лимфоциты; 림프구; 임파구; リンパ球; 淋巴细胞; 淋巴細胞; 淋巴球", f"{_FNOS}; {_FUJISAWA}"),
    _row(
        _L,
        _ABSOLUTE,
        "림프구수; 절대림프구수; 림프구 절대값; 림프구절대값; 림프구#; リンパ球数; リンパ球絶対数; リンパ球実数",
        _FUJISAWA,
    ),
    _row(
        _L,
        _ABSOLUTE,
        "淋巴细胞绝对值; 淋巴细胞绝对数; 淋巴细胞计数; 淋巴细胞数; 淋巴细胞#; 淋巴細胞絕對值; 淋巴細胞計數",
        _FNOS,
    ),
    _row(
        _L,
        _PERCENT,
        "淋巴细胞百分比; 淋巴细胞百分数; 淋巴细胞百分率; 淋巴细胞比率; 淋巴细胞%; リンパ球比率; リンパ球%; 림프구%",
        _FNOS,
    ),
    _row(_L, _PLAIN, "اللمفاويات; الخلايا اللمفاوية; الليمفاويات", _E3ARABI),
    _row(_L, _ABSOLUTE, "اللمفاويات المطلقة; الليمفاويات المطلقة", _E3ARABI),
)
PLATELETS = (
    _row(
        _P,
        _PLAIN,
        "platelets; platelet; plt; plts; plt#; plt count; thrombocytes; thrombocyte",
        f"{_MEDIKEEP}; {_CRATE}",
    ),
    _row(_P, _PLAIN, "thrombozyten; thrombocyten; trombocyten; trombocyter", _MEDIKEEP),
    _row(_P, _PLAIN, "plaquettes; plaquettes sanguines; plaquetas; piastrine", f"{_LAROUSSE}; {_ITALIAN}"),
    _row(_P, _PLAIN, "trombosit; trombositler; płytki krwi; płytki; trombocita; vérlemezke; тромбоциты", _SYNEVO),
    _row(
        _P,
        _PLAIN,
        "혈소판; 혈소판수; 血小板; 血小板数; 血小板計数; 血小板计数; 血小板計數; 血小板总数",
        f"{_FNOS}; {_FUJISAWA}",
    ),
    _row(_P, _PLAIN, "الصفائح; الصفائح الدموية; الصفيحات; الصفيحات الدموية", _E3ARABI),
)
AFP = (
    _row(_A, _PLAIN, "afp; alpha-fetoprotein; alpha fetoprotein; alphafetoprotein; alpha feto protein", _MEDIKEEP),
    _row(_A, _PLAIN, "alpha-1-fetoprotein; alpha-1 fetoprotein; alpha1-fetoprotein; alpha 1 fetoprotein", _LOINC),
    _row(_A, _PLAIN, "alpha-foetoprotein; alpha foetoprotein; alpha-1-foetoprotein; alphafoetoprotein", _CRATE),
    _row(_A, _PLAIN, "α-fetoprotein; α fetoprotein; α1-fetoprotein; α-1-fetoprotein; α-foetoprotein", _MEDIKEEP),
    _row(_A, _PLAIN, "alpha-foetoprotéine; alpha foetoprotéine; alphafoetoprotéine; alpha-fœtoprotéine", _LAROUSSE),
    _row(_A, _PLAIN, "alpha-1-foetoprotéine; alpha 1 foetoprotéine; alpha foeto protéine; αfœtoprotéine", _LAROUSSE),
    _row(_A, _PLAIN, "alfafetoproteína; alfa-fetoproteína; alfa fetoproteína; alfa feto proteína", _ITALIAN),
    _row(_A, _PLAIN, "alfa-1-fetoproteína; alfa 1 fetoproteína; alfa1-fetoproteína; alfa-1 fetoproteína", _ITALIAN),
    _row(
        _A,
        _PLAIN,
        ("alfa-fetoprotein; alfa fetoprotein; alfafetoprotein; alfa feto protein; α-fetoproteína"),
        _HEMOGRAM,
    ),
    _row(_A, _PLAIN, "альфа-фетопротеин; афп", "https://letolays.ru/analiz-krovi-na-afp-cena"),
    _row(
        _A,
        _PLAIN,
        "甲胎蛋白; 甲胎蛋白定量; 甲胎蛋白测定; 甲胎蛋白測定; 甲种胎儿球蛋白; 甲型胎儿蛋白; afp定量; 甲型胎兒蛋白",
        _FNOS,
    ),
    _row(_A, _PLAIN, "α-フェトプロテイン; αフェトプロテイン; アルファフェトプロテイン; afp定量値", _FUJISAWA),
    _row(_A, _PLAIN, "알파태아단백; 알파페토단백; 알파피토프로틴", "https://www.snuh.org: 종양표지자"),
    _row(_A, _PLAIN, "ألفا فيتوبروتين; ألفا فيتو بروتين; ألفافيتوبروتين", _E3ARABI),
)
LOINC_CODES = tuple(
    NameRow(Name(analyte, Sense.ABSOLUTE), ";".join(code.value for code in codes), _LOINC)
    for analyte, codes in LOINC.items()
)
LOINC_PERCENTAGES = (
    _row(_N, _PERCENT, "770-8; 26511-6; 23761-0", _LOINC),
    _row(_L, _PERCENT, "736-9; 26478-8; 737-7", _LOINC),
)
ANALYTE_NAMES = (*NEUTROPHILS, *LYMPHOCYTES, *PLATELETS, *AFP, *LOINC_CODES, *LOINC_PERCENTAGES)
