"""Arrange the context of the result page for the document: its texts in the order of the page, and its drawings.

templates/result.typ sets it. Everything is a text, a list of texts or a drawing; nothing is computed here.
"""

from collections.abc import Callable, Iterable
from typing import Any

from app.core.applicability import Status
from app.presentation import wording
from app.presentation.pages.contexts import Table
from app.presentation.pages.record import PatientBanner
from app.presentation.pages.result_context import CaveatRow, ResultPage
from app.presentation.pdf.drawings import Drawings
from app.presentation.translation import critical, ngettext
from app.presentation.translation import gettext as _

_MOST_OF_A_NAME = 120  # characters
_REGIONS = {"zh-Hans": "CN"}
_LITTLE = 2  # caveats that could change the answer
_NO_BREAK = "\u00a0"


def result_contents(
    page: ResultPage, drawings: Drawings, paper: str, can_print: Callable[[str], bool], remark: str = ""
) -> dict[str, Any]:
    """Return what the template gets. `paper` is a name that Typst knows; `remark` is about the document as a whole.

    `can_print` returns whether the fonts have all characters of a text. A name is printed in full or not at all.
    """
    return {
        "paper": paper,
        "amount": _amount(page),
        **_language(page.site.language),
        "remarks": [text for text in (remark, page.site.translation_notice) if text],
        "title": page.answer.subject,
        "patient": _patient(page, can_print),
        "differs": _differs(page),
        **_answer(page, drawings),
        "changes": _changes(page),
        **_numbers(page),
        **_ratios(page, drawings),
        "larger": _larger(page),
        "limits": _section(_("Method and limits"), [_joined(one) for one in page.about]),
        "criteria": _section(_("Does the study fit this patient?"), _criteria(page)),
        **_about(page),
    }


def _language(tag: str) -> dict[str, str | None]:
    """Return a language as Typst has it: its code, and the region that says how Chinese is written."""
    return {"language": tag.partition("-")[0], "region": _REGIONS.get(tag)}


def _patient(page: ResultPage, can_print: Callable[[str], bool]) -> dict[str, Any]:
    """Return the patient of the record, or what else filled in the form, and the labels of lines to write on."""
    banner = (page.record.banner if page.record else None) or PatientBanner()
    name, unknown = wording.visible(banner.name), banner.unknown
    if not can_print(name):
        name, unknown = "", _("The patient’s name has characters that cannot be printed here. Write it by hand.")
    if len(name) > _MOST_OF_A_NAME:
        name = f"{name[:_MOST_OF_A_NAME]}…"
    return {
        "labels": {"name": _("Patient:"), "born": _("Date of birth:"), "reader": _("Read by:")},
        "name": name,
        "born": wording.visible(banner.born),
        "unknown": unknown,
    }


def _differs(page: ResultPage) -> dict[str, Any]:
    differing = [one.text for one in page.reasons if one.status == Status.DIFFERS]
    return {"title": page.applicability_line if page.applicability == Status.DIFFERS else "", "lines": differing}


def _answer(page: ResultPage, drawings: Drawings) -> dict[str, Any]:
    answer = page.answer
    rows = [[row.after, row.alive, row.alive_ci] for row in answer.survival]
    curve = _(
        "Thick line and band: the group’s Kaplan-Meier curve with its 95 %% interval, from %(cohorts)s reconstructed "
        "cohorts; faded where fewer than five were still observed."
    )
    return {
        "factors": [
            {
                "label": one.label,
                "value": _unbroken(one.value),
                "word": one.word,
                "side": f"({_unbroken(one.side)})",
                "high": one.is_high,
            }
            for one in page.factors
        ],
        "group": {
            "label": answer.group_label,
            "count": _("(of %(group_count)s)") % {"group_count": answer.group_count},
            "meaning": f"{answer.cell_label}: {answer.group_meaning}.",
            "patients": _("%(group_n)s of the %(study_size)s patients.")
            % {"group_n": answer.group_n, "study_size": answer.study_size},
        },
        "alive": {
            "head": [_("After"), _("Alive, of 100"), _("95 % interval")],
            "rows": [*rows, [_("Median"), answer.median, answer.median_ci]],
        },
        "scales": [
            {"svg": svg, "alt": scale.description} for svg, scale in zip(drawings.scales, page.scales, strict=True)
        ],
        "first": [_lead(one) for one in page.first],
        "source": {
            "lead": critical("One hospital, simulated (reconstructed) curves, never validated."),
            "rest": page.population,
        },
        "curve": {
            "svg": drawings.curve,
            "alt": answer.charts[0].description,
            "caption": curve % {"cohorts": answer.cohorts},
        },
        "beside": [*map(_lead, page.beside), *_fit(page)],
    }


def _fit(page: ResultPage) -> Iterable[dict[str, str]]:
    """Yield how the patient compares with the study, unless the notice above the answer does."""
    answers = "; ".join(one.answer for one in page.reasons if one.answer)
    if page.applicability != Status.DIFFERS:
        yield {"lead": page.applicability_line, "rest": " ".join(filter(None, (answers, page.applicability_rest)))}


def _changes(page: ResultPage) -> dict[str, Any]:
    changes = page.record.changes if page.record else ()
    title = ngettext("One value differs from the record", "%(count)s values differ from the record", len(changes))
    return {
        "title": title % {"count": len(changes)} if changes else "",
        "lines": [wording.visible(change) for change in changes],
    }


def _numbers(page: ResultPage) -> dict[str, Any]:
    answer = page.answer
    is_dated = any(row.sampled_on for row in page.inputs)
    days = {row: row.sampled_on or _("not stated") for row in page.inputs}
    return {
        "numbers": {
            "title": _("Numbers"),
            "inputs": {
                "caption": _("Values entered and used"),
                "head": [_("Analyte"), _("As given"), _("As used"), *([_("Sampled on")] if is_dated else [])],
                "rows": [
                    [row.label, _unbroken(row.given), _unbroken(row.canonical), *([days[row]] if is_dated else [])]
                    for row in page.inputs
                ],
            },
            "survival": {
                "caption": _("Overall survival (95 % interval), at risk as range over the cohorts"),
                "head": [
                    _("After"),
                    _("This risk group, Kaplan-Meier"),
                    _("%(cell_label)s, Cox-predicted") % {"cell_label": answer.cell_label},
                    _("At risk"),
                ],
                "rows": [
                    [
                        row.after,
                        _unbroken(f"{row.kaplan_meier} ({row.kaplan_meier_ci})"),
                        _unbroken(f"{row.cox} ({row.cox_ci})"),
                        row.at_risk,
                    ]
                    for row in answer.survival
                ],
            },
            "workings": [
                *(f"{one.name}: {one.working} ({one.word}: {one.side})" for one in page.factors),
                *(["; ".join(page.other_indices)] if _has_room(page) else []),
                *([page.firmness] if page.firmness else []),
            ],
            "notes": [
                _joined_texts(answer.group_deaths, answer.interval_note),
                *([_shares(page)] if _has_room(page) else []),
            ],
        }
    }


def _shares(page: ResultPage) -> str:
    answer = page.answer
    share = _("%(share)s at %(after)s")
    text = _(
        "The group’s intervals are wide for two reasons. Part of the uncertainty (variance) comes from the individual "
        "data not being published: %(shares)s. The rest comes from the small number of patients."
    )
    return text % {"shares": ", ".join(share % {"share": row.share, "after": row.after} for row in answer.survival)}


def _ratios(page: ResultPage, drawings: Drawings) -> dict[str, Any]:
    answer = page.answer
    return {
        "hazard": {
            "title": _("Hazard ratios, this study and others"),
            "svg": drawings.forest,
            "alt": "; ".join((answer.forests[0].title, *(f"{row.label}: {row.ratio}" for row in answer.ratios))),
            "caption": _(
                "Squares: this study’s model. Circles: other studies. This study is small and its estimates are "
                "probably too large; the larger studies are the better guide to the size of the effect."
            ),
            "items": [f"{row.label}: {row.ratio}, {_in_one_line(row.p_value)}" for row in answer.ratios if row.p_value],
        }
    }


def _larger(page: ResultPage) -> dict[str, Any]:
    found = page.answer.alternatives
    if found is None:
        return {"title": ""}
    return {
        "title": _("What larger studies found"),
        "summary": f"{found.summary}.",
        "remark": _("An assumption, not the published model."),
        "tables": [_table(found.table)] if _has_room(page) else [],
    }


def _criteria(page: ResultPage) -> list[str]:
    """Return the criteria that are not stated, unless a caveat lists them; the others are beside the answer."""
    if page.applicability == Status.NOT_STATED:
        return []
    return [one.text for one in page.reasons if one.status == Status.NOT_STATED]


def _about(page: ResultPage) -> dict[str, Any]:
    site = page.site
    parts = [
        _("Computed %(computed_at)s") % {"computed_at": page.computed_at},
        _("model %(model)s") % {"model": site.model},
        _("software %(software)s") % {"software": site.software},
    ]
    disclaimer = critical("Research software, not a medical device.")
    return {
        "about": {
            "title": _("About this result"),
            "provenance": f"{' · '.join(parts)}. {site.citation} doi:{site.doi} · {site.digest}",
            "disclaimer": disclaimer,
            "remark": critical("It does not predict one person’s survival or who benefits from a treatment."),
        },
        "footer": {"left": _("Research software, not a medical device."), "right": parts[0]},
    }


def _amount(page: ResultPage) -> str:
    """Return how much there is to say: little, much, or most, if changed values of a record are listed."""
    if page.record and page.record.changes:
        return "most"
    return "much" if page.applicability == Status.DIFFERS or len(page.first) > _LITTLE else "little"


def _has_room(page: ResultPage) -> bool:
    """Return whether two pages have room for details that the page has too."""
    return _amount(page) != "most"


def _section(title: str, items: list[str]) -> dict[str, Any]:
    return {"title": title if items else "", "items": items}


def _table(table: Table) -> dict[str, Any]:
    return {
        "caption": table.caption,
        "head": list(table.head),
        "rows": [[_unbroken(cell) if isinstance(cell, str) else cell.text for cell in row] for row in table.rows],
    }


def _lead(caveat: CaveatRow) -> dict[str, str]:
    return {"lead": caveat.lead, "rest": caveat.rest}


def _joined(caveat: CaveatRow) -> str:
    return _joined_texts(caveat.lead, caveat.rest)


def _joined_texts(*texts: str) -> str:
    return " ".join(filter(None, texts))


def _in_one_line(text: str) -> str:
    return text.replace(" ", _NO_BREAK)


def _unbroken(text: str) -> str:
    """Return a text whose numbers keep their percent sign in the same line."""
    return text.replace(" %", f"{_NO_BREAK}%")
