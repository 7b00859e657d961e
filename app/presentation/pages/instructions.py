"""Make the instructions for use: one page, shown by the site and written to docs/instructions-for-use.md."""

from dataclasses import dataclass
from typing import ClassVar

from app.artefact.store import StudyModel
from app.artefact.study_files import IntendedUse
from app.core.fitted_model import FittedModel
from app.presentation import wording
from app.presentation.model_texts import in_language, use_in_language
from app.presentation.templating import Link, Site, contact_link, site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import in_sentence


@dataclass(frozen=True, slots=True)
class InstructionSection:
    """A part of the instructions: paragraphs, then a list, which is numbered if its items are steps."""

    title: str
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    are_steps: bool = False


@dataclass(frozen=True, slots=True)
class InstructionsPage:
    """The instructions for use. `contact` takes reports of wrong results, None if the site has none."""

    template: ClassVar[str] = "instructions.html.jinja"
    site: Site
    sections: tuple[InstructionSection, ...]
    contact: Link | None


def instructions_page(model: StudyModel, contact: str | None = None) -> InstructionsPage:
    """Return the page of a model. `contact` is that of the site configuration."""
    return InstructionsPage(site_of(model.fitted, "instructions"), instructions(model), contact_link(contact))


def instructions(model: StudyModel) -> tuple[InstructionSection, ...]:
    """Return the parts of the instructions. The last one is on wrong results, so that a contact can follow it."""
    fitted, use = in_language(model.fitted), use_in_language(model.files["intended_use"])
    return (
        InstructionSection(_("What it is for"), (f"{use['purpose']} {use['supports']}",)),
        _users(use),
        InstructionSection(_("Not for"), items=use["not_for"]),
        _steps(fitted),
        _reading(fitted),
        InstructionSection(
            _("The page for the patient"),
            (
                _(
                    "First ask how much the patient wants to know, and check whose values these are. Unfold the "
                    "numbers only if they are wanted. Stay with the patient."
                ),
            ),
        ),
        _limits(fitted, use),
        InstructionSection(
            _("Version"),
            (
                _(
                    "These instructions are for the model {model}. The foot of every page and every print-out names "
                    "the model and the software."
                ).format(model=f"{fitted.id} {fitted.version}"),
            ),
        ),
        InstructionSection(
            _("If a result looks wrong"),
            (
                _(
                    "Do not use it. Compare values and units with the report. Then tell the person who runs this "
                    "installation what looked wrong and when, with the model and the software version. Do not send "
                    "data of a patient: made-up values that show the same error are enough."
                ),
            ),
        ),
    )


def _users(use: IntendedUse) -> InstructionSection:
    user = use["users"][0]
    return InstructionSection(_("Who uses it"), (f"{user['who']}: {in_sentence(user['use'])}.",))


def _steps(fitted: FittedModel) -> InstructionSection:
    return InstructionSection(
        _("How to use it"),
        items=(
            _(
                "Take neutrophils, lymphocytes and platelets from one blood count, and AFP, all as close as possible "
                "to {time_zero}."
            ).format(time_zero=fitted.population.time_zero),
            _("Choose the units that the laboratory report prints. Type each number as printed."),
            _("Answer the questions about the patient. The result then says where the patient differs from the study."),
            _("Press “Show result”. If the form asks about a value, check it on the report."),
            _("Compare the values on the result with the report, and make sure that they are of this patient."),
            _("Print or copy the result. Press “New patient” before the next patient."),
        ),
        are_steps=True,
    )


def _reading(fitted: FittedModel) -> InstructionSection:
    factors = (f"{factor.label} ≥ {wording.cutoff_quantity(factor.cutoff)}" for factor in fitted.factors)
    *others, last = (str(months) for months in fitted.horizons_months)
    return InstructionSection(
        _("How to read the result"),
        items=(
            _("The risk group says how many factors are high: {factors}.").format(factors=wording.joined([*factors])),
            _("Survival is that of the group after {months} months. It is not a forecast for one person.").format(
                months=wording.joined([*others, last])
            ),
            _("Read every number with its range, the 95 % interval: the study had {n} patients.").format(
                n=fitted.population.n
            ),
            _(
                "Read the warnings in a frame first. They name what could change the result, such as a value near a "
                "cut-off."
            ),
            _("Compare with the larger studies below the result. Their estimates of the effect are more reliable."),
        ),
    )


def _limits(fitted: FittedModel, use: IntendedUse) -> InstructionSection:
    return InstructionSection(
        _("Warnings and limits"),
        (use["status"],),
        (
            _("A wrong unit gives a wrong result, and the calculator cannot notice every slip."),
            _("A printed result has no name, unless a record opened the calculator. Write it on the sheet."),
            _(
                "The curves come from {cohorts} simulated copies of the study, because it printed no patient data."
            ).format(cohorts=fitted.provenance.cohorts),
            _("The model has not been tested in other patients."),
            _("Few patients were followed to the end of the curves: the median follow-up was {months} months.").format(
                months=f"{fitted.population.follow_up_median_months:g}"
            ),
        ),
    )


def as_markdown(sections: tuple[InstructionSection, ...]) -> str:
    """Return the instructions as a Markdown document."""
    title = _("Instructions for use")
    lines = [f"# {title}", ""]
    for section in sections:
        lines += [f"## {section.title}", ""]
        for paragraph in section.paragraphs:
            lines += [paragraph, ""]
        lines += [f"{f'{k}.' if section.are_steps else '-'} {item}" for k, item in enumerate(section.items, start=1)]
        lines += [""] if section.items else []
    return "\n".join(lines).rstrip() + "\n"
