"""List the words beside names and numbers in a report, by what they say of the number."""

from enum import StrEnum

from app.reports.vocabulary.phrases import Phrases


class Word(StrEnum):
    """What a word in a row says."""

    HARMLESS = "harmless"
    ABSOLUTE = "absolute"
    PERCENTAGE = "percentage"
    FLAG = "flag"
    PREVIOUS = "previous"
    THRESHOLD = "threshold"
    AFTER_RANGE = "after_range"
    NOT_REPORTED = "not_reported"
    UNRELIABLE = "unreliable"
    MOVEMENT = "movement"
    CONDITION = "condition"
    NEGATION = "negation"
    OTHER_SPECIMEN = "other_specimen"
    BLOOD = "blood"


_WORDS: dict[Word, str] = {
    Word.HARMLESS: (
        "serum; plasma; blood; tumor; tumour; level; levels; value; total; tumor marker; tumour marker; "
        "marker; auto; automated; manual; by; in; or; of; and; with; the; his; her; my; your; is; are; was; "
        "were; of the; today; todays; result; results; test; tests; bloods; quantitative; quant; "
        "quantitative test; conc; concentration; mass/volume; entitic volume; serum or plasma; method; "
        "immunoassay; eclia; clia; cmia; elisa; chemiluminescence; impedance; optical; fluorescence; edta; "
        "citrate; electrical impedance; flow cytometry; calculated; measured; differential; diff; s; p; b; "
        "se; sp; im blut; im serum; blut; vollblut; gesamt; i.s.; und; mit; im; der; die; das; wert; heute; "
        "ergebnis; automatisch; masch.; sang; sérum; et; avec; soit; le; la; les; des; du; de; taux; dosage; "
        "résultat; sanguines; sanguin; cytométrie; ou; sangre; suero; y; con; en; los; las; el; recuento; "
        "totales; sangue; soro; siero; e; com; os; no sangue; contagem; conteggio; conta; ovvero; "
        "corresponde; corresponde a; entspricht; entsprechend; d.h.; i.e.; kan; serumda; ve; düzeyi; krew; "
        "krwi; w; surowica; w surowicy; i; 일반혈액검사; cbc; 혈구세포; 장비측정; 정밀면역검사; 정밀; 혈액; "
        "혈청; 종양표지자; 定量; 血清; 血液; 全血; 测定; 検査; 化学发光法; 化学发光; 電気抵抗法; الدم; "
        "المصل; في; в; крови"
    ),
    Word.ABSOLUTE: (
        "absolute; abs; abs.; count; counts; number; #; #/volume; absolute count; abs count; absolut; "
        "absolute zahl; absolutwert; absolutzahl; anzahl; zahl; absolu; absolus; absolue; absolues; "
        "valeur absolue; valeurs absolues; nombre; numération; absolutos; absoluto; absolutas; absoluta; "
        "valor absoluto; recuento absoluto; número absoluto; v.a.; assoluti; assoluto; valore assoluto; "
        "conta assoluta; n.; sayısı; mutlak; mutlak sayı; liczba; liczba bezwzględna; bezwzględna; "
        "wartość bezwzględna; abszolút; szám; abszolút szám; 절대값; 절대수; 절대치; 수; 数; 絶対数; 絶対値; "
        "实数; 計数; 绝对值; 绝对数; 计数; مطلق; المطلق; المطلقة; عدد; العدد المطلق; абс; абс."
    ),
    Word.PERCENTAGE: (
        "percent; percentage; pct; relative; rel; rel.; relativ; prozent; pourcentage; porcentaje; "
        "porcentual; relativo; relativos; percentuale; percentual; yüzde; oranı; procent; odsetek; százalék; "
        "arány; 백분율; 비율; 百分比; 百分数; 百分率; 比率; نسبة; النسبة; per 100 wbc"
    ),
    Word.FLAG: (
        "high; low; below range; above range; below; above; normal; abnormal; critical; critically low; "
        "critically high; within range; hoch; niedrig; erhöht; erniedrigt; haut; bas; élevé; alto; bajo; "
        "baixo; basso; elevado; yüksek; düşük; wysoki; niski; 高; 低; 偏高; 偏低; 正常; 높음; 낮음; مرتفع; "
        "منخفض; طبيعي; not estab; not estab."
    ),
    Word.PREVIOUS: (
        "previous; previously; prior; prev; prev.; last; earlier; formerly; before; baseline; old; ago; "
        "yesterday; last month; last week; last year; original; previous result; previously reported as; "
        "previously reported; initially; vorher; zuvor; vorwert; vw; vorbefund; letzter wert; gestern; "
        "antérieur; antérieure; antériorité; précédent; précédente; auparavant; previo; previa; anterior; "
        "anteriormente; antes; précédemment; precedente; precedentemente; prima; önceki; poprzednio; "
        "poprzedni; poprzednia; előző; 이전; 전회; 前回; 上次; 以前; السابق; السابقة; سابقا"
    ),
    Word.THRESHOLD: (
        "above; below; under; over; less than; more than; greater than; up to; at least; at most; trigger; "
        "threshold; cut-off; cutoff; cut off; target; normal; normal range; goal; values above; "
        "values below; normal value; normal values; reference; reference range; ref; ref.; ref range; range; "
        "max; max.; min; min.; limit; upper limit; lower limit; uln; lln; norm; if; when; until; only; über; "
        "unter; bis; kleiner; größer; mindestens; höchstens; ab; grenzwert; normwert; normbereich; referenz; "
        "referenzbereich; inférieur à; supérieur à; inférieure à; supérieure à; jusqu'à; inf. à; sup. à; "
        "norme; normes; valeurs de référence; vn; menor de; mayor de; menor que; mayor que; menor; mayor; "
        "hasta; até; inferior a; superior a; vr; v.r.; v.n.; fino a; inferiore a; superiore a; inferiore; "
        "superiore; rif; rif.; minore di; maggiore di; do; poniżej; powyżej; norma; altında; üstünde; "
        "referans; legfeljebb; 基準値; 基準; 参考; 参考值; 참고치; 정상"
    ),
    Word.AFTER_RANGE: (
        "以下; 未満; 以上; 超; 未满; 미만; 이하; 이상; 초과; veya altı; or less; or below; or lower; ve altı"
    ),
    Word.NOT_REPORTED: (
        "not reported; dnr; pending; to follow; result to follow; results to follow; cancelled; canceled; "
        "not done; not performed; not tested; not available; n/a; tnp; qns; test not performed; "
        "not calculated; unable to report; unable to calculate; awaited; awaiting; in progress; in process; "
        "outstanding; specimen rejected; rejected; recollect; repeat; repeat sample; insufficient; "
        "ausstehend; folgt; in arbeit; nicht bestimmt; nicht bestimmbar; nicht auswertbar; nachforderung; "
        "storniert; kein material; n.b.; en cours; à venir; non réalisé; non rendu; annulé; pendiente; "
        "en proceso; no realizado; cancelado; pendente; em andamento; não realizado; in corso; non eseguito; "
        "annullato; segue; bekleniyor; çalışılıyor; iptal; oczekuje; w trakcie; w toku; folyamatban; 검사중; "
        "보고예정; 취소; 検査中; 報告待ち; 中止; 待查; 待报; 未做; 未检; 检测中; قيد الانتظار; لم يجرى"
    ),
    Word.UNRELIABLE: (
        "clot; clots; clotted; clumped; clumping; clumps; platelet clumps; platelet clumping; aggregates; "
        "platelet aggregates; unreliable; not valid; invalid; not reliable; haemolysed; hemolyzed; "
        "hemolysed; haemolyzed; contaminated; diluted; suspect; questionable; satellitism; "
        "pseudothrombocytopenia; pseudothrombocytopaenia; fibrin; estimated; estimate; approximate; "
        "approximately; approx; about; ca; circa; ungefähr; etwa; geronnen; koaguliert; gerinnsel; "
        "aggregate; thrombozytenaggregate; hämolytisch; nicht verwertbar; unter vorbehalt; coagulé; "
        "coagulée; agrégats; agrégats plaquettaires; amas; hémolysé; sous réserve; ininterprétable; "
        "coagulado; coagulada; agregados; agregados plaquetarios; hemolizado; no valorable; hemolizada; "
        "grumos; grumos plaquetários; agregados plaquetários; coaguli; coagulato; aggregati; "
        "aggregati piastrinici; emolizzato; non attendibile; pıhtılı; pıhtı; hemolizli; skrzep; agregaty; "
        "hemoliza; alvadt; 응고; 응집; 용혈; 재채혈; 凝固; 凝集; 溶血; 参考値; 凝块; 聚集; متخثر; متجلط; "
        "عينة متحللة"
    ),
    Word.MOVEMENT: (
        "rose; fell; from; went; rising; falling; trend; trending; increased; decreased; dropped; climbed; "
        "doubled; halved; came down; went up; up from; down from; now; to; then; between; change; changed; "
        "gestiegen; gefallen; angestiegen; abgefallen; von; auf; jetzt; passé; passée; passant; augmenté; "
        "diminué; puis; maintenant; subió; bajó; aumentó; descendió; ahora; subiu; caiu; agora; aumentata; "
        "aumentato; sceso; scesa; salito; ora; yükseldi; düştü; wzrosło; spadło"
    ),
    Word.CONDITION: (
        "if; when; until; unless; hold; stop; reduce; wenn; falls; sobald; solange; si; lorsque; quand; cuando; se; "
        "quando; jeśli; gdy; eğer; ha"
    ),
    Word.NEGATION: (
        "no; none; not seen; absent; nil; never; not detected; keine; kein; aucun; aucune; absence; "
        "ausencia; ninguno; nessun; assenti; assente; ausentes; ausente; without; yok; brak; 없음; なし; "
        "未见; 无; لا يوجد"
    ),
    Word.BLOOD: (
        "blood; whole blood; venous blood; peripheral blood; serum; plasma; edta blood; edta; blut; "
        "edta-blut; vollblut; sang; sang total; sérum; sangre; suero; sangre total; sangue; sangue venoso; "
        "soro; siero; kan; tam kan; krew; surowica; vér; szérum; 血液; 全血; 静脈血; 静脉血; 血清; 血漿; "
        "血浆; 혈액; 전혈; 혈청; 혈장; دم; الدم; مصل; المصل; serum or plasma; im blut; im serum; i.s.; "
        "no sangue; w surowicy"
    ),
    Word.OTHER_SPECIMEN: (
        "ascites; ascitic; ascitic fluid; pleural; pleural fluid; peritoneal; peritoneal fluid; fluid; "
        "body fluid; urine; csf; cerebrospinal; cerebrospinal fluid; synovial; pericardial; bone marrow; "
        "marrow; stool; drain; bal; lavage; dialysate; amniotic; cord blood; sputum; bile; aszites; "
        "aszitespunktat; pleurapunktat; pleura; erguss; pleuraerguss; urin; liquor; knochenmark; punktat; "
        "drainage; ascite; liquide d'ascite; liquide pleural; liquide; urines; urinaire; lcr; épanchement; "
        "moelle; líquido ascítico; líquido pleural; líquido; orina; ascítico; médula; liquido ascitico; "
        "liquido pleurico; liquido; versamento; urina; idrar; asit; asit sıvısı; plevra; bos; mocz; płyn; "
        "płyn z jamy otrzewnej; vizelet; hasi folyadék; ascitesz; 腹水; 胸水; 尿; 尿液; 髄液; 脳脊髄液; "
        "骨髄; 羊水; 脑脊液; 胸腔积液; 腹腔积液; 骨髓; 복수; 흉수; 소변; 뇌척수액; 골수; استسقاء; بول; "
        "البول; سائل; السائل; النخاع"
    ),
}
_MEANINGS: dict[str, frozenset[Word]] = {}
for _kind, _row in _WORDS.items():
    for _spelling in _row.split(";"):
        _MEANINGS[_spelling.strip()] = _MEANINGS.get(_spelling.strip(), frozenset()) | {_kind}
# A word may say two things: below is a flag after a number, and announces a threshold before one.
WORDS = Phrases(_MEANINGS.items())
