"""List the titles of columns, the words before dates, and the words of headings."""

from enum import StrEnum

from app.reports.vocabulary.phrases import Phrases


class Column(StrEnum):
    """What a column of a table holds."""

    NAME = "name"
    VALUE = "value"
    PREVIOUS = "previous"
    PREVIOUS_DAY = "previous_day"
    DATED = "dated"
    PERCENTAGE = "percentage"
    UNIT = "unit"
    RANGE = "range"
    DAY = "day"
    OTHER_DAY = "other_day"
    FLAG = "flag"
    INDEX = "index"
    PATIENT = "patient"
    OTHER = "other"


_TITLES: dict[tuple[Column, ...], str] = {
    (Column.NAME,): (
        "test; tests; test name; test description; analyte; component; components; investigation; parameter; "
        "parameters; examination; assay; untersuchung; analyse; analysen; bezeichnung; messgröße; kenngröße; "
        "examen; examens; analyses; paramètre; prueba; pruebas; determinación; parámetro; exame; exames; "
        "parâmetro; esame; esami; analisi; parametro; tahlil; tetkik; test adı; tahlil adı; badanie; "
        "nazwa badania; vizsgálat; vizsgálat neve; megnevezés; 검사명; 검사항목; 항목; 検査項目; 検査名; "
        "項目; 项目; 项目名称; 检验项目; 检测项目; 缩写; 代号; 英文缩写; 简称; التحليل; الفحص; اسم التحليل"
    ),
    (Column.VALUE,): (
        "result; results; value; values; your value; your result; current result; current result and flag; "
        "current; current value; observed value; today; new; new value; attuale; actuel; actuelle; actual; "
        "atual; güncel; aktualny; aktualny wynik; latest; latest result; ergebnis; ergebnisse; resultat; "
        "messwert; wert; aktueller wert; aktuell; befund; résultat; résultats; valeur; valeur actuelle; "
        "resultado; resultados; resultado actual; valor; valor actual; resultado atual; valor atual; esito; "
        "risultato; risultati; valore; valore attuale; sonuç; sonuçlar; sonucu; wynik; wyniki; eredmény; "
        "érték; 결과; 결과값; 결과치; 검사결과; 結果; 検査結果; 今回; 今回値; 測定値; 結果値; 结果; "
        "检验结果; 检测结果; 测定结果; 本次结果; النتيجة; نتيجة"
    ),
    (
        Column.PREVIOUS,
        Column.PREVIOUS_DAY,
    ): (
        "previous result and date; previous value and date; prior result and date; vorwert/datum; "
        "vorwert mit datum; résultat antérieur et date; anterior y fecha"
    ),
    (Column.PREVIOUS,): (
        "previous; previous result; previous results; previous value; prior; prior result; prior value; "
        "prev; prev.; last; last result; last value; old; history; historical; baseline; vorwert; vorwerte; "
        "vorbefund; vorbefunde; vorergebnis; letzter wert; antériorité; antériorités; résultat antérieur; "
        "résultats antérieurs; valeur antérieure; antérieur; précédent; résultat précédent; anterior; "
        "resultado anterior; valor anterior; resultados anteriores; previo; resultado previo; precedente; "
        "precedenti; valore precedente; risultato precedente; esito precedente; önceki; önceki sonuç; "
        "önceki değer; poprzedni; poprzedni wynik; wynik poprzedni; előző; előző eredmény; előző érték; "
        "이전결과; 이전; 이전값; 이전치; 전회; 전회결과; 前回; 前回値; 前回結果; 上次; 上次结果; 历史结果; "
        "前次结果; السابقة; النتيجة السابقة"
    ),
    (Column.UNIT,): (
        "units; unit; units of measure; uom; einheit; einheiten; einh.; unité; unités; unidades; unidad; "
        "unidade; u.m.; um; unità; unità di misura; birim; birimi; sonuç birimi; jednostka; jednostki; "
        "jedn.; jm; j.m.; mértékegység; egység; 단위; 単位; 单位; الوحدة; الوحدات; وحدة"
    ),
    (Column.RANGE,): (
        "ref range & units; reference range & units; ref range and units; reference interval; "
        "reference intervals; reference range; reference ranges; reference; ref range; ref. range; "
        "ref.   range; ref rng; latest ref rng; ref. interval; ref interval; ref; ref.; standard range; "
        "normal range; normal; normal values; range; biological ref interval; biological reference interval; "
        "biological ref. interval; bio. ref. interval; reference value; reference values; expected range; "
        "limits; interval; referenzbereich; referenz; referenzwert; referenzwerte; ref.-bereich; "
        "ref.bereich; normbereich; normwert; normwerte; norm; valeurs de référence; valeur de référence; "
        "valeurs usuelles; intervalle de référence; intervalles de référence; référence; références; normes; "
        "valores de referencia; valor de referencia; rango de referencia; intervalo de referencia; rango; "
        "referencia; valores de referência; valor de referência; intervalo de referência; referência; "
        "valori di riferimento; valore di riferimento; intervallo di riferimento; intervalli di riferimento; "
        "riferimento; val. rif.; v.r.; referans değeri; referans değerleri; referans aralığı; referans; "
        "normal değer; zakres referencyjny; zakres; norma; wartości referencyjne; zakres norm; "
        "referencia tartomány; ref. tartomány; referenciatartomány; 참고치; 참고범위; 정상범위; 참고값; "
        "참조범위; 基準値; 基準範囲; 基準; 参考値; 参考区间; 参考范围; 参考值; 正常值; 正常参考值; "
        "المعدل الطبيعي; القيم المرجعية; المجال المرجعي; القيمة المرجعية; القيم الطبيعية"
    ),
    (Column.FLAG,): (
        "flag; flags; abnormal; abn; interpretation; h/l; status; indicator; bewertung; markierung; "
        "indicador; 提示; 判定; 판정; flagi; uyarı; jel; oznaczenie; العلامة"
    ),
    (Column.DAY,): (
        "date; date/time; date collected; collected; collection date; sample date; datum; fecha; data; "
        "tarih; dátum; 日付; 採取日; 日期; 날짜; 검사일; التاريخ; date of sample"
    ),
    (Column.INDEX,): (
        "row; no; no.; nr; nr.; lp; lp.; #; code; site code; loinc; loinc code; site; lab; lab code; 序号; "
        "编号; 번호; 순번; 番号; no．"
    ),
    (Column.PATIENT,): (
        "patient; patient id; patient name; mrn; name; surname; id; hospital number; patient no; nhs number; "
        "patientin; nom; nombre; paciente; paziente; nome; hasta; pacjent; 患者; 患者id; 姓名; 氏名; 환자; "
        "환자명; 등록번호; المريض"
    ),
}
TITLES = Phrases((spelling.strip(), kinds) for kinds, row in _TITLES.items() for spelling in row.split(";"))


class DayWord(StrEnum):
    """What a word before a date means."""

    SAMPLED = "sampled"
    SAMPLED_DAY_FIRST = "sampled_day_first"
    PREVIOUS = "previous"
    OTHER = "other"


_DAY_WORDS: dict[DayWord, str] = {
    DayWord.SAMPLED: (
        "collected; collected on; date collected; collection date; date of collection; collection; "
        "date/time collected; collection date/time; collected date; collected date/time; sample date; "
        "date of sample; sample; sampled; sampled on; sample taken; sample taken on; sample collected; "
        "sample collected on; specimen collected; specimen date; specimen taken; taken; taken on; drawn; "
        "drawn on; date drawn; blood drawn; draw date; collection time; drawn date; bled; date taken; "
        "sampling date; sampling time; date of sampling; received sample of; 採取日; 採血日; 採取日時; "
        "採血日時; 採取; 採血; 採取年月日; 検体採取日; 采集时间; 采集日期; 标本采集时间; 采样时间; 采样日期; "
        "采血时间; 采样; 抽血时间; 採檢時間; 採檢日期; 채취일; 채취일시; 채혈일; 채혈일시; 채취; 채혈; "
        "검체채취일; 검체채취일시; 검체채취; mintavétel; mintavétel ideje; mintavétel dátuma; "
        "mintavétel időpontja"
    ),
    DayWord.SAMPLED_DAY_FIRST: (
        "entnahme; entnahmedatum; entnahme am; entnommen; entnommen am; entnahmezeit; blutentnahme; "
        "blutentnahme am; blutentnahme vom; probenentnahme; probenahme; abnahme; abnahmedatum; abnahme am; "
        "abnahmezeit; probe vom; probendatum; probennahme; entn.; prélèvement; prélèvement du; prélevé le; "
        "prélevé; date de prélèvement; date du prélèvement; prélèvement le; prélèvement effectué le; "
        "prélevée le; extracción; fecha de extracción; fecha extracción; fecha de toma; toma de muestra; "
        "fecha de toma de muestra; fecha de la muestra; fecha muestra; extraído; fecha de recolección; "
        "coleta; coletado; coletado em; coleta em; data da coleta; data de coleta; data coleta; colheita; "
        "data da colheita; data de colheita; colhido em; prelievo; prelievo del; data prelievo; "
        "data del prelievo; data di prelievo; prelevato; prelevato il; eseguito il prelievo; numune alma; "
        "numune alım; numune tarihi; numune alma tarihi; numune alım tarihi; numune alma zamanı; örnek alma; "
        "kan alma; kan alma tarihi; pobranie; data pobrania; pobrano; pobrano dnia; data i godzina pobrania; "
        "materiał pobrano; data pobrania materiału; السحب; تاريخ السحب; تاريخ أخذ العينة; تاريخ العينة; "
        "أخذ العينة; تاريخ سحب العينة; дата взятия; дата забора; взятие"
    ),
    DayWord.PREVIOUS: (
        "previous; previous result; previously; prior; last; vorbefund; vorbefund vom; vorwert; vorwert vom; "
        "antériorité; antériorité du; antérieur; antérieur du; anterior; precedente; precedente del; önceki; "
        "poprzednie; poprzedni; előző; 前回; 上次; 이전; 전회; vorbefunde; résultat antérieur du; "
        "résultat du; السابق"
    ),
    DayWord.OTHER: (
        "printed; print; print date; printed on; date printed; reported; date reported; report date; "
        "reported on; received; date received; received on; verified; validated; authorised; authorized; "
        "released; resulted; result date; approved; entered; date entered; ordered; requested; date ordered; "
        "order date; request date; registered; finalised; completed; issued; signed; updated; last updated; "
        "dictated; typed; discharge; discharged; admission; admitted; visit; appointment; next appointment; "
        "follow-up; valid until; expires; expiry; seen; reviewed; clinic; imaging; ct; mri; biopsy; started; "
        "transfusion; transfused; born; date of birth; dob; d.o.b.; birth date; birthdate; year of birth; "
        "yob; geb.; geb; geboren; geboren am; geburtsdatum; né le; née le; né(e) le; date de naissance; "
        "fecha de nacimiento; nacimiento; nacido; data de nascimento; nascimento; nato il; nata il; "
        "data di nascita; doğum tarihi; doğum; data urodzenia; ur.; született; születési dátum; "
        "születési idő; 生年月日; 出生日期; 出生; 생년월일; تاريخ الميلاد; druck; druckdatum; gedruckt; "
        "gedruckt am; ausdruck; befunddatum; befund vom; eingang; eingangsdatum; probeneingang; freigabe; "
        "validiert; auftrag; auftragsdatum; erstellt; édité le; édition; imprimé le; imprimé; validé le; "
        "reçu le; réception; dossier du; édition du; compte rendu du; enregistré le; emisión; "
        "fecha de emisión; impreso; fecha de impresión; recepción; fecha de recepción; fecha de validación; "
        "validado; informe; fecha de informe; petición; fecha de petición; solicitud; recebido; recebimento; "
        "emitido em; emissão; data de emissão; liberado em; liberação; data de liberação; impressão; "
        "cadastro; entrada; stampa; data stampa; stampato; accettazione; data accettazione; refertato; "
        "data referto; referto del; validazione; ricevuto; onay; onay tarihi; sonuç tarihi; rapor tarihi; "
        "kabul; kabul tarihi; laboratuvar kabul; istem; istem tarihi; basım; wydruk; data wydruku; "
        "data wyniku; przyjęcie; data przyjęcia; data wykonania; autoryzacja; rejestracja; data rejestracji; "
        "nyomtatva; nyomtatás; kiadás; érkezés; beérkezés; validálás; lelet dátuma; 報告日; 報告日時; "
        "受付日; 受付日時; 検査日; 印刷日; 発行日; 依頼日; 受付; 報告; 报告时间; 报告日期; 接收时间; "
        "接收日期; 审核时间; 打印时间; 打印日期; 送检时间; 送检日期; 检验日期; 检验时间; 申请时间; 收样时间; "
        "접수일; 접수일시; 보고일; 보고일시; 결과보고; 출력일; 출력일시; 처방일; 접수; 보고; تاريخ الطباعة; "
        "تاريخ التقرير; تاريخ الاستلام; الطباعة; التقرير"
    ),
}
DAY_WORDS = Phrases((spelling.strip(), word) for word, row in _DAY_WORDS.items() for spelling in row.split(";"))
_PANELS = (
    "full blood count; fbc; cbc; complete blood count; complete blood picture; blood count; "
    "blood counts; haematology; hematology; tumour markers; tumor markers; tumour marker; tumor marker; "
    "biochemistry; chemistry; cbc with differential; cbc with auto differential; cbc w/ diff; bloods; "
    "laboratory results; lab results; labs; laboratory; results; pathology results; blood results; "
    "details; blutbild; großes blutbild; kleines blutbild; hämatologie; tumormarker; klinische chemie; "
    "differentialblutbild; labor; laborwerte; hémogramme; numération; nfs; hématologie; "
    "marqueurs tumoraux; biochimie; hemograma; hemograma completo; hematología; hematologia; "
    "marcadores tumorales; marcadores tumorais; bioquímica; eritrograma; leucograma; plaquetograma; "
    "emocromo; esame emocromocitometrico; ematologia; marcatori tumorali; marker tumorali; "
    "tam kan sayımı; tam kan; hemogram; hematoloji; tümör belirteçleri; biyokimya; morfologia; "
    "morfologia krwi; markery nowotworowe; vérkép; hematológia; tumormarkerek; 血常规; 血液常规; "
    "肿瘤标志物; 血球計算; 血液検査; 血液一般; 腫瘍マーカー; 末梢血液一般; 일반혈액검사; 종양표지자; "
    "혈액검사; 전혈구검사; تعداد الدم الكامل; صورة الدم الكاملة; صورة الدم; دلالات الأورام"
)
PANELS = Phrases((spelling.strip(), True) for spelling in _PANELS.split(";"))
_REPORTS = (
    "report; laboratory report; lab report; pathology report; final report; befund; befundbericht; "
    "laborbefund; laborbericht; endbefund; compte rendu; compte-rendu; résultats d'analyses; informe; "
    "informe de laboratorio; laudo; resultado de exames; referto; rapporto di prova; rapor; "
    "laboratuvar raporu; tahlil sonuçları; sprawozdanie; sprawozdanie z badań; lelet; laborlelet; "
    "報告書; 検査報告書; 检验报告单; 检验报告; 报告单; 검사결과지; 검사보고서; تقرير; تقرير المختبر"
)
REPORTS = Phrases((spelling.strip(), True) for spelling in _REPORTS.split(";"))
_SPECIMEN_LABELS = (
    "specimen; specimen type; specimen source; sample; sample type; source; material; "
    "untersuchungsmaterial; probenmaterial; probe; échantillon; nature; nature du prélèvement; muestra; "
    "tipo de muestra; amostra; materiale; campione; numune; numune türü; materiał; minta; 검체; 검체명; "
    "材料; 検体; 检体; 标本; 标本类型; 样本类型; 样本; العينة; نوع العينة"
)
SPECIMEN_LABELS = Phrases((spelling.strip(), True) for spelling in _SPECIMEN_LABELS.split(";"))
