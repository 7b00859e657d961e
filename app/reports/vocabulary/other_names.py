"""List the names of other tests, so that no number beside one of them is read: each row with a public source."""

from app.core.analytes import Analyte
from app.reports.vocabulary.analyte_names import Name, NameRow

_MEDIKEEP = "https://github.com/afairgiant/MediKeep: tests/fixtures/lab_text_samples.py"
_QUEST = "https://testdirectory.questdiagnostics.com: CBC (includes diff/plt)"
_MIMIC = "https://github.com/MIT-LCP/mimic-code/issues/643"
_SNUH = "https://www.snuh.org: 혈액검사"
_FNOS = "https://github.com/timor-m/fnos-app-health-records/issues/3"
_FUJISAWA = "http://www.city.fujisawa.kanagawa.jp/hospital/section/laboratory/hematology.html"
_UNITSLAB = "https://unitslab.com"
_LAROUSSE = "https://www.larousse.fr: numération formule sanguine"
_ITALIAN = "ch.personalhealthy: LabsParserTest"


def _other(spellings: str, source: str) -> NameRow:
    return NameRow(Name(None), spellings, source)


# Lymphocytes that a laboratory counts apart from the others, so that the printed lymphocytes are not all of them.
PARTS_OF_LYMPHOCYTES = NameRow(
    Name(Analyte.LYMPHOCYTES, is_part=True),
    (
        "atypical lymphocytes; atypical lymphs; atyp lymphs; atyp. lymphs; atyp lymph; atypical lymphocyte; "
        "lymphs, atypical; lymphocytes, atypical; lymphocytes atypical; reactive lymphocytes; "
        "reactive lymphs; variant lymphocytes; variant lymphs; lymphocytes, reactive; lymphocytes, variant; "
        "atypische lymphozyten; reaktive lymphozyten; lymphozyten, atypisch; lymphocytes atypiques; "
        "linfocitos atípicos; linfocitos reactivos; linfócitos atípicos; linfócitos reativos; "
        "linfociti atipici; linfociti reattivi; atipik lenfosit; limfocyty atypowe; 비정형림프구; "
        "異型リンパ球; 异型淋巴细胞; 非典型淋巴细胞; 異型淋巴球"
    ),
    _QUEST,
)
OTHER_NAMES = (
    _other(
        "band neutrophils; absolute band neutrophils; neutrophils, band; neutrophils band; bands; band; "
        "stabs; stab; segs; seg; segmented neutrophils; seg neutrophils; seg.neutrophil; "
        "neutrophils, segmented; neutrophils segmented; segmented; band forms; neutrophil bands; polys; "
        "metamyelocytes; absolute metamyelocytes; myelocytes; absolute myelocytes; promyelocytes; blasts; "
        "immature neutrophils; hypersegmented neutrophils; toxic neutrophils; neutrophil precursors",
        _QUEST,
    ),
    _other(
        "segmentkernige; segmentkernige granulozyten; stabkernige; segmentkernige neutrophile; "
        "stabkernige neutrophile; granulozyten; unreife granulozyten; granulocytes; granulocyte; gran#; "
        "gran%; gra#; gra%; gran; immature granulocytes; immature grans; immature gran; ig#; ig%; ig; mid#; "
        "mid%; mxd#; mxd%; mid; mixed cells; nrbc; nrbc#; nrbc%; nucleated rbc; large unstained cells; luc; "
        "luc#; luc%; granulocitos; granulócitos; granulociti; granulocyty",
        _MEDIKEEP,
    ),
    _other(
        "segmentados; segmentado; neutrófilos segmentados; neutrofilos segmentados; bastonetes; bastões; cayados;"
        "abastonados; neutrófilos en banda; neutrófilos bastonetes; neutrófilos bastões; mielócitos; metamielócitos;"
        "promielócitos; mielocitos; metamielocitos; blastos; neutrofili segmentati; neutrofili a banda;"
        "granulociti immaturi; granulocitos inmaduros; granulócitos imaturos; granulocytes immatures; myélocytes;"
        "métamyélocytes; çomak; parçalı; pałeczki; segmenty; neutrofile pałeczkowate; neutrofile segmentowane",
        "https://labsaudeonline.com.br: hemograma",
    ),
    _other(
        "eosinophils; eosinophil; eos; eos#; eos%; eo#; eo%; basophils; basophil; baso; basos; baso#; baso%; "
        "ba#; ba%; monocytes; monocyte; mono; monos; mono#; mono%; mo#; mo%; eosinophile; basophile; "
        "monozyten; éosinophiles; polynucléaires éosinophiles; polynucléaires basophiles; basophiles; "
        "monocitos; monócitos; eosinófilos; basófilos; monociti; eosinofili; basofili; "
        "granulociti eosinofili; granulociti basofili; eozinofil; bazofil; monosit; monocyty; eozynofile; "
        "bazofile; monocita; 호산구; 호염기구; 단핵구; 봉상호중구; 好酸球; 好塩基球; 単球; 嗜酸性粒细胞; "
        "嗜碱性粒细胞; 单核细胞; 中间细胞; 桿状核球; 分葉核球; 杆状核中性粒细胞; 分叶核中性粒细胞; "
        "嗜酸性粒细胞绝对值; 嗜碱性粒细胞绝对值; 单核细胞绝对值; 嗜酸性粒细胞百分比; 嗜碱性粒细胞百分比; "
        "单核细胞百分比; 嗜酸性粒细胞计数; 嗜碱性粒细胞计数; 单核细胞计数; 単球数; 好酸球数",
        f"{_SNUH}; {_FUJISAWA}; {_FNOS}",
    ),
    _other(
        "absolute eosinophils; absolute basophils; absolute monocytes; absolute eosinophil count; "
        "absolute monocyte count; absolute basophil count; aec; amc; eosabs; basosabs; monosabs; monoabs; "
        "eosinophils/100 leukocytes; basophils/100 leukocytes; monocytes/100 leukocytes",
        _QUEST,
    ),
    _other(
        "cd4; cd4+; cd3; cd3+; cd8; cd8+; cd19; cd19+; cd4+ lymphocytes; cd3+ lymphocytes; cd8+ lymphocytes; "
        "cd4 lymphocytes; cd3 lymphocytes; cd8 lymphocytes; t lymphocytes; b lymphocytes; nk lymphocytes; "
        "t-lymphocytes; b-lymphocytes; t-lymphozyten; b-lymphozyten; t lymphozyten; b lymphozyten; "
        "lymphocytes t; lymphocytes b; linfocitos t; linfocitos b; linfócitos t; linfócitos b; linfociti t; "
        "linfociti b; nk cells; t cells; b cells; lymphocytes cd4; lymphocytes cd3; lymphocytes cd8; "
        "linfocitos cd4; linfociti cd4; lymphozyten cd4; t淋巴细胞; b淋巴细胞; tリンパ球; bリンパ球; "
        "t림프구; lymphoma; lymphoma cells; lymph node; lymph nodes; lymphoblasts; prolymphocytes; "
        "plasma cells",
        _MIMIC,
    ),
    _other(
        "mpv; pdw; pct; p-lcr; p-lcc; plcr; plcc; ipf; ipf#; mean platelet volume; mean plt volume; "
        "platelet mean volume; platelet distribution width; plateletcrit; platelet crit; large platelets; "
        "giant platelets; immature platelet fraction; immature platelets; reticulated platelets; "
        "platelet estimate; platelet morphology; platelets on smear; platelet large cell ratio; "
        "platelet large cell count; platelet function; platelet aggregation; platelet antibody; "
        "platelet antibodies; platelet transfusion; platelet transfusions; platelet concentrate; "
        "platelet concentrates; plt estimate; plt morphology; mittleres thrombozytenvolumen; "
        "mittl. thrombozytenvol.; thrombozytenvolumen; volume plaquettaire moyen; vpm; "
        "volumen plaquetario medio; vmp; volume plaquetário médio; volume piastrinico medio; piastrinocrito; "
        "plaquetócrito; ortalama trombosit hacmi; 평균혈소판용적; 혈소판분포폭; 평균혈소판체적; 혈소판용적; "
        "平均血小板容積; 血小板容積; 血小板分布幅; 平均血小板体积; 血小板压积; 血小板分布宽度; 血小板比容; "
        "大血小板比率; 大型血小板比率; 大血小板数; 大血小板计数; 血小板平均体积; 血小板体积分布宽度; "
        "血小板抗体",
        f"{_QUEST}; {_FNOS}",
    ),
    _other(
        "afp-l3; afp-l3%; afp l3; afp l3%; afpl3; afp-l3 fraction; % afp-l3; l3; afp mom; "
        "afp multiple of the median; mom afp; afp (fluid); afp fluid; amniotic afp; afp, amniotic fluid; "
        "afp amniotic fluid; afp ratio; maternal afp; afp, maternal; maternal serum afp; msafp; afp, csf; "
        "afp csf; afp, fluid; afp-l3 %; alpha-fetoprotein l3; alpha fetoprotein l3; 甲胎蛋白异质体; "
        "甲胎蛋白异质体比率; 甲胎异质体; afp异质体; afpレクチン分画; afp-l3分画; pivka-ii; pivka; pivka ii; "
        "dcp; des-gamma-carboxy prothrombin; des-gamma-carboxyprothrombin; 异常凝血酶原; afp doubling time; "
        "alpha-1-antitrypsin; alpha 1 antitrypsin; α-1-antitrypsin; α1-antitrypsin; alpha-1-antitripsina; "
        "alpha-1-antitrypsine; alpha-1-globulin; alpha-2-globulin; alpha-2-macroglobulin; "
        "alpha-1-acid glycoprotein; 알파태아단백-l3",
        f"{_FNOS}; {_FUJISAWA}",
    ),
    _other(
        "neutrophil-lymphocyte ratio; neutrophil lymphocyte ratio; neutrophil/lymphocyte ratio; "
        "neutrophil-to-lymphocyte ratio; neutrophil to lymphocyte ratio; nlr; neut/lymph ratio; n/l ratio; "
        "platelet-lymphocyte ratio; platelet/lymphocyte ratio; platelet lymphocyte ratio; "
        "platelet-to-lymphocyte ratio; platelet to lymphocyte ratio; plr; lymphocyte-monocyte ratio; "
        "lymphocyte/monocyte ratio; lymphocyte-to-monocyte ratio; lmr; mlr; "
        "systemic immune-inflammation index; systemic immune inflammation index; sii; pni; "
        "nötrofil/lenfosit oranı; nötrofil lenfosit oranı; neutrophilen-lymphozyten-quotient; nlq; "
        "índice neutrófilo-linfocito; índice neutrófilo/linfocito; rapporto neutrofili/linfociti; "
        "호중구/림프구비",
        "https://github.com/kousiksc-1/labreports",
    ),
    _other(
        "wbc; wcc; white blood cell count; white blood cells; white cells; white cell count; "
        "total white cell count; total leucocyte count; total leukocyte count; tlc; leukocytes; leucocytes; "
        "white count; leukozyten; leucocitos; leucócitos; leucociti; globuli bianchi; glóbulos blancos; "
        "lökosit; leukocyty; leukociták; fehérvérsejt; 백혈구; 백혈구수; 白血球; 白血球数; 白细胞; "
        "白细胞计数; 白細胞計數; كريات الدم البيضاء; лейкоциты; rbc; red blood cells; red cell count; "
        "red cells; erythrocytes; erythrozyten; hématies; globules rouges; globules blancs; hematíes; "
        "eritrocitos; eritrócitos; hemácias; globuli rossi; eritrociti; eritrosit; erytrocyty; 적혈구; "
        "적혈구수; 赤血球; 赤血球数; 红细胞; 红细胞计数; hb; hgb; hemoglobin; haemoglobin; "
        "haemoglobin concentration; hämoglobin; hémoglobine; hemoglobina; emoglobina; hemoglobin a1c; hba1c; "
        "혈색소; 헤모글로빈; ヘモグロビン; 血色素; 血色素量; 血红蛋白; الهيموغلوبين; hct; haematocrit; "
        "hematocrit; hämatokrit; hématocrite; hematocrito; hematócrito; ematocrito; ht; mcv; mch; mchc; rdw; "
        "rdw-cv; rdw-sd; retic; reticulocytes; retikulozyten; réticulocytes; reticulocitos",
        f"{_MEDIKEEP}; {_LAROUSSE}; {_ITALIAN}",
    ),
    _other(
        "alt; ast; alp; ggt; gamma gt; γ-gt; got; gpt; sgot; sgpt; bilirubin; bili; total bilirubin; "
        "bilirubine; bilirrubina; bilirubina; albumin; alb; albumine; albúmina; albumina; inr; pt; ptt; "
        "aptt; quick; fibrinogen; creatinine; creat; kreatinin; créatinine; creatinina; urea; bun; egfr; "
        "sodium; potassium; chloride; calcium; magnesium; phosphate; glucose; glukose; crp; esr; ldh; cea; "
        "ca 19-9; ca19-9; ca 125; ca125; psa; ferritin; ferritine; ferritina; iron; tsh; ammonia; d-dimer; "
        "procalcitonin; lipase; amylase; cholesterol; hcg; beta-hcg; bsg; harnstoff; alkaline phosphatase; "
        "total protein; protein; globulin; uric acid; vitamin b12; folate; hbv dna",
        _UNITSLAB,
    ),
    _other("706-2; 5905-5; 713-8; 711-2; 704-7; 742-7; 6690-2; 32623-1; 53991-6; 42719-4", "https://loinc.org"),
)
