"""Select the four values from a patient's Observations: the latest complete blood draw and the newest AFP near it."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from operator import itemgetter
from typing import NamedTuple

from app.config.site import SiteConfiguration
from app.core.analytes import Analyte
from app.core.dates import SampleDates
from app.core.errors import InputError, InputWarning
from app.core.fitted_model import FittedModel
from app.core.labs import Lab
from app.core.units.local import LocalUnits
from app.ehr.fhir.reading.blood_draws import COUNTS, Draw, latest_complete_draw
from app.ehr.fhir.reading.bundles import Found, newest_versions
from app.ehr.fhir.reading.codes import NOT_AN_ANALYTE, Coded, LaboratoryCodes, laboratory_codes
from app.ehr.fhir.reading.criteria import StatedCriterion
from app.ehr.fhir.reading.newer_results import CONTRADICTED, NEWER_RESULT, changed_side, newer_results, newer_warning
from app.ehr.fhir.reading.observations import Rejection, Result, read_observation, rejection_of, standing_of
from app.ehr.fhir.reading.references import Reference
from app.ehr.fhir.reading.repeated_results import contradictions, without_repeats
from app.ehr.fhir.reading.resources import objects_in, reference_of
from app.ehr.fhir.reading.subjects import Unresolved, common_patient, mismatches_of, subject_of
from app.ehr.fhir.reading.times import EffectiveTime, effective_time

SAMPLE_TOO_OLD = "sample_too_old"
# Values that the record holds and that must not be used; a person has to look at them.
FIRST_ERRORS = (NEWER_RESULT, CONTRADICTED, SAMPLE_TOO_OLD)
# Reasons why Observations of every record are not used. They explain nothing that is missing.
ORDINARY_REASONS = ("repeated", "replaced", "not_latest_draw", "outside_window")
MOST_RESULTS = 100  # of one analyte; older ones are counted
_MOST_LISTED = 200  # Observations that were not used; further ones are counted
INCLUDED = "included"
NONE_SENT = "none_sent"


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """The limits of a site: codes, units, the time between counts of a draw and from there to AFP, and the age of both.

    The artefact gives the cut-offs that decide whether a newer result matters.
    """

    codes: LaboratoryCodes
    units: LocalUnits
    same_draw: timedelta
    afp_window: timedelta
    oldest: timedelta
    accept_afp_units: bool
    fitted: FittedModel


class _Candidate(NamedTuple):
    """An Observation that may be a result of one of the four, the meaning of its code, and the time of its sample."""

    found: Found
    coded: Coded
    time: EffectiveTime | None


@dataclass(frozen=True, slots=True)
class LabReading:
    """The four values or the error for each; their sources; and every Observation that was not used, with the reason.

    `labelled` are the analytes whose unit was printed text, not declared UCUM. `subject` is the patient: the one asked
    for, or the one that all Observations name; None if they name none. `warnings` come first in every answer.
    `counted` is how many Observations were not listed, by code: those of no analyte, those beyond MOST_RESULTS, those
    that a search included, and those beyond the longest list. `criteria` is what the record says of the study's
    criteria. `refused` are the results that would be used if `labs` had no error in their place.
    """

    labs: Mapping[Analyte, Lab | InputError]
    sampled_on: SampleDates
    sources: Mapping[Analyte, Result]
    rejected: tuple[Rejection, ...]
    labelled: tuple[Analyte, ...] = ()
    subject: Reference | Unresolved | None = None
    warnings: tuple[InputWarning, ...] = ()
    counted: Mapping[str, int] = field(default_factory=dict)
    criteria: tuple[StatedCriterion, ...] = ()
    refused: Mapping[Analyte, Result] = field(default_factory=dict, compare=False, repr=False)

    @property
    def missing(self) -> tuple[Analyte, ...]:
        """The analytes without a usable result."""
        return tuple(analyte for analyte in Analyte if analyte not in self.sources)

    @property
    def first_warnings(self) -> tuple[InputWarning, ...]:
        """The warnings that a person must see before using the values; FIRST_ERRORS come first."""
        errors = dict.fromkeys(lab for lab in self.labs.values() if isinstance(lab, InputError))
        return (
            *(
                InputWarning(error.field, error.code, error.case, error.parameters)
                for error in errors
                if error.code in FIRST_ERRORS
            ),
            *self.warnings,
        )


def reading_rules(site: SiteConfiguration, fitted: FittedModel) -> ReadingRules:
    """Return the rules of a site."""
    return ReadingRules(
        laboratory_codes(site),
        site.units,
        timedelta(minutes=site.same_draw_minutes),
        timedelta(days=site.afp_window_days),
        timedelta(days=site.oldest_sample_days),
        site.accept_afp_units,
        fitted,
    )


def read_labs(
    found: Iterable[Found], rules: ReadingRules, *, now: datetime, patient: Reference | Unresolved | None = None
) -> LabReading:
    """Read Observations into the latest blood draw that is complete and the newest AFP near it.

    Every subject must be `patient`; without it all must name the same subject, or none. Resources of other
    types are skipped. If a newer result could change the risk group, two values of one time differ, or a sample is too
    old, `labs` has an InputError instead of the value.
    """
    observations = newest_versions(_observations(found))
    candidates, counted = _newest(observations, rules.codes)
    subjects = [subject_of(one.found) for one in candidates]
    mismatches = mismatches_of([one.found for one in candidates], subjects, patient)
    results: list[Result] = []
    rejected: list[Rejection] = []
    of_refused_unit: list[Rejection] = []
    for candidate, subject, mismatch in zip(candidates, subjects, mismatches, strict=True):
        one = read_observation(candidate.found, candidate.coded, candidate.time, subject, mismatch, now, rules.units)
        if isinstance(one, Rejection):
            rejected.append(one)
        elif one.lab.given.unit.is_international and not rules.accept_afp_units:
            refused_unit = rejection_of(one, "unit_refused", unit=one.lab.given.unit_text)
            of_refused_unit.append(replace(refused_unit, is_result=True))
        else:
            results.append(one)
    results, repeated = without_repeats(results, rules.codes)
    results.sort(key=lambda result: result.effective.order, reverse=True)
    rejected += of_refused_unit + repeated
    draw = latest_complete_draw(results, rules.same_draw)
    chosen = _with_afp(draw, results, rules.afp_window)
    newer = newer_results(chosen, results, rejected)
    differing, notes = contradictions(chosen, rules.fitted)
    rejected += [rejection_of(chosen[analyte], CONTRADICTED) for analyte in differing]
    refused = differing | changed_side(chosen, newer, rules.fitted)
    dates = _sample_dates(chosen)
    refused |= {analyte: error for analyte, error in age_errors(dates, rules, now).items() if analyte in chosen}
    about = patient or common_patient(subjects)
    usable = {analyte: one for analyte, one in chosen.items() if analyte not in refused}
    if isinstance(about, Reference) and about.is_absolute:
        usable = {analyte: _on_its_server(one) for analyte, one in usable.items()}
    rejected += _unused(results, chosen, rules)
    counted["not_listed"] = max(0, len(rejected) - _MOST_LISTED)
    return LabReading(
        labs={
            analyte: usable[analyte].lab if analyte in usable else refused.get(analyte) or _missing(analyte, rejected)
            for analyte in Analyte
        },
        sampled_on=_sample_dates(usable),
        sources=usable,
        rejected=tuple(sorted(rejected, key=_newest_result_first)[:_MOST_LISTED]),
        labelled=tuple(analyte for analyte in Analyte if analyte in usable and usable[analyte].is_label),
        subject=about,
        warnings=() if refused else (*newer_warning(newer), *notes),
        counted={code: number for code, number in counted.items() if number},
        refused={analyte: chosen[analyte] for analyte in refused},
    )


def age_errors(dates: SampleDates, rules: ReadingRules, now: datetime) -> dict[Analyte, InputError]:
    """Return an error for each analyte whose sample is older than the site accepts."""
    errors: dict[Analyte, InputError] = {}
    for analytes, day, case in ((COUNTS, dates.blood_count, "blood_count"), ((Analyte.AFP,), dates.afp, "afp")):
        if day is not None and (age := (now.date() - day).days) > rules.oldest.days:
            error = InputError(analytes[0].value, SAMPLE_TOO_OLD, case, days=age, oldest_days=rules.oldest.days)
            errors |= dict.fromkeys(analytes, error)
    return errors


def _newest(observations: Sequence[Found], codes: LaboratoryCodes) -> tuple[list[_Candidate], Counter[str]]:
    """Return the newest Observations of each analyte, and how many others there are, by reason.

    An Observation without a time may be the newest. Observations with the same time as the last kept are kept too.
    """
    counted: Counter[str] = Counter()
    # Each kind has its own limit, so that Observations that are not results cannot displace results.
    of_analyte: dict[tuple[Analyte | None, str], tuple[list[_Candidate], list[tuple[datetime, _Candidate]]]] = {}
    for one in observations:
        coded = codes.read_observation(one.resource)
        if coded.fault == NOT_AN_ANALYTE:
            counted[NOT_AN_ANALYTE] += 1
        else:
            time = effective_time(one.resource)
            standing = "contained" if one.container else standing_of(one.resource)
            undated, dated = of_analyte.setdefault((coded.analyte, standing), ([], []))
            if time is None:
                undated.append(_Candidate(one, coded, None))
            else:
                dated.append((time.order, _Candidate(one, coded, time)))
    kept = []
    for undated, dated in of_analyte.values():
        dated.sort(key=itemgetter(0), reverse=True)
        oldest = dated[MOST_RESULTS - 1][0] if len(dated) >= MOST_RESULTS else None
        newest = [one for order, one in dated if oldest is None or order >= oldest]
        kept += undated[:MOST_RESULTS] + newest
        counted["older_result"] += len(dated) - len(newest)
        counted["undated_result"] += max(0, len(undated) - MOST_RESULTS)
    return kept, counted


def _observations(found: Iterable[Found]) -> list[Found]:
    """Return the Observations, those too that another resource contains; such are not read, but named."""
    observations = []
    for one in found:
        if one.resource.get("resourceType") == "Observation":
            observations.append(one)
        if "contained" in one.resource:
            for inside in objects_in(one.resource, "contained"):
                if inside.get("resourceType") == "Observation":
                    container = reference_of(one.resource) or str(one.resource.get("resourceType"))
                    observations.append(Found(inside, one.base, one.beside, container=container))
    return observations


def _on_its_server(result: Result) -> Result:
    """Return a result with an absolute reference, or with none if its server is not known.

    Beside an absolute subject a relative reference would name another server.
    """
    base = result.found.base
    return replace(result, reference=f"{base}/{result.reference}" if base and result.reference else None)


def _with_afp(draw: Draw | None, newest: list[Result], window: timedelta) -> dict[Analyte, Result]:
    """Return the draw with the newest AFP within the window around it; without a draw, the newest AFP alone."""
    near = [
        one
        for one in newest
        if one.analyte is Analyte.AFP
        and (draw is None or one.effective.is_within(window, draw[Analyte.NEUTROPHILS].effective))
    ]
    return {**(draw or {}), **({Analyte.AFP: near[0]} if near else {})}


def _sample_dates(chosen: Mapping[Analyte, Result]) -> SampleDates:
    """Return the days of blood count and AFP; the earlier day if a draw has two."""
    days: list[date] = [chosen[analyte].effective.day for analyte in COUNTS if analyte in chosen]
    afp = chosen.get(Analyte.AFP)
    return SampleDates(min(days, default=None), afp.effective.day if afp else None)


def _unused(results: list[Result], chosen: Mapping[Analyte, Result], rules: ReadingRules) -> list[Rejection]:
    used = {id(result) for result in chosen.values()}
    days = f"{rules.afp_window.total_seconds() / 86400:g}"
    minutes = f"{rules.same_draw.total_seconds() / 60:g}"
    has_draw = chosen.keys() >= set(COUNTS)
    rejections = []
    for result in results:
        if id(result) in used:
            continue
        if result.analyte is Analyte.AFP:
            rejections.append(rejection_of(result, "outside_window", days=days))
        elif has_draw:
            rejections.append(rejection_of(result, "not_latest_draw"))
        else:
            rejections.append(rejection_of(result, "incomplete_draw", minutes=minutes))
    return rejections


def _newest_result_first(one: Rejection) -> tuple[bool, float]:
    return (not one.is_result, -one.latest.timestamp() if one.latest else float("-inf"))


def _missing(analyte: Analyte, rejected: Sequence[Rejection]) -> InputError:
    is_explained = any(one.analyte in (analyte, None) for one in rejected)
    return InputError(analyte.value, "missing", "no_result" if is_explained else NONE_SENT, analyte=analyte)
