"""Hold the texts of errors and warnings about inputs.

The keys are the codes of InputError and InputWarning, with `.case` where one code has several causes. An error has two
texts: what is wrong, and the likely fix.
"""

from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

_WRITE = N_("Write the number and its unit, for example {number} {unit}.")
_AS_PRINTED = N_("Enter the number that the laboratory printed.")
_CHECK_UNIT = N_("Check the number and the unit that the laboratory printed.")
_OTHER_UNIT = N_("It would be usual in {usual_unit}: check the unit that the laboratory printed.")
_BELOW = N_("{value} {unit} is below what is possible for {analyte} ({low} to {high} {canonical_unit}).")
_ABOVE = N_("{value} {unit} is above what is possible for {analyte} ({low} to {high} {canonical_unit}).")
_GIVE_IN = N_("Give the result in {offered}.")
_OTHER_FIELD = N_("Check that the value belongs to this field; {analyte} is given in {offered}.")
_AS_QUANTITY = N_("Send it as a valueQuantity.")
_OPEN_RECORD = N_(
    "Check them in the patient's record. Enter the current values by hand, or wait until the results are complete."
)
_MEASURE_AGAIN = N_("Measure again; the model is for values at the start of regorafenib.")

ERRORS: dict[str, tuple[str, str]] = {
    # the number
    "missing": (N_("The value is missing."), _WRITE),
    "missing.with_unit": (N_("The value and its unit are missing."), _WRITE),
    "missing.number": (N_("The value is missing."), N_("Enter the number, for example {number}.")),
    "missing.no_result": (
        N_("There is no usable result of {analyte}."),
        N_("Check the reasons why results were not used, or enter the value by hand."),
    ),
    "missing.none_sent": (
        N_("There is no result of {analyte}."),
        N_("Send an Observation with a code that is read, or enter the value by hand."),
    ),
    "missing.parameter": (
        N_("The value is missing."),
        N_("Send it as a valueQuantity, or send Observations."),
    ),
    "not_a_number": (N_("The value is not a number."), _WRITE),
    "missing.json": (N_("The value is missing."), N_("Add it.")),
    "not_a_number.json": (N_("The value is not a number."), N_("Send a JSON number, not a text.")),
    "not_a_number.text": (N_("The value is a text."), N_("Send a JSON number.")),
    "not_a_number.text_without_number": (N_("The value is a text without a number."), _AS_QUANTITY),
    "not_finite": (N_("The value is not a finite number."), _WRITE),
    "too_long": (N_("The number has more than {limit} digits."), N_("Give it as the laboratory does.")),
    "too_long.entry": (N_("The entry has more than {limit} characters."), _WRITE),
    "negative": (N_("The value is negative."), N_("Check the number.")),
    "not_a_number.words": (N_("The entry does not begin with a number."), _AS_PRINTED),
    "not_a_number.words_afp": (
        N_("The entry does not begin with a number."),
        N_("Enter the number that the laboratory printed. A limit such as <2 can be entered too."),
    ),
    "not_a_number.approximate": (N_("An approximate value cannot be used."), _AS_PRINTED),
    "not_a_number.lost_power": (
        N_("The digits before the unit may be a power of ten whose raised digit was lost."),
        N_("Write the power as 10^3, or the number without a space."),
    ),
    "not_a_number.range": (N_("A range cannot be used."), _AS_PRINTED),
    "two_readings": (
        N_("The mark between the digits can mean decimals or thousands."),
        N_("Enter {readings}."),
    ),
    "no_quantity": (N_("There is no quantity."), N_("Send value, unit, system and code.")),
    "not_a_text": (N_("The quantity's {name} is not a text."), N_("See FHIR Quantity.")),
    # the comparator
    "comparator_unknown": (N_("The comparator is not known."), N_("Use <, <=, >= or >.")),
    "comparator_on_count": (
        N_("A count must be exact: one above or below a limit cannot be used."),
        N_("Ask the laboratory for the number itself."),
    ),
    "comparator_undecided": (
        N_("{comparator} {value} {unit} does not say on which side of {cutoff} {cutoff_unit} the value lies."),
        N_("Ask the laboratory for the number itself, after dilution if need be."),
    ),
    # the unit
    "unit_missing": (
        N_("The unit is missing."),
        N_("Choose or write the unit that the report prints, for example {offered}."),
    ),
    "unit_missing.json": (N_("The unit is missing."), N_('Give the unit, for example "{unit}".')),
    "unit_missing.code": (N_("The UCUM code is missing."), N_("Send the code with the system.")),
    "unit_differs": (
        N_("The unit typed with the number is {typed_unit}, and the unit chosen is {chosen_unit}."),
        N_("Check the unit that the laboratory printed, and give it once."),
    ),
    "unit_percent": (
        N_("A percentage is not a count."),
        N_("Give the absolute count, for example in {offered}."),
    ),
    "unit_molar": (N_("Molar units are not accepted."), _GIVE_IN),
    "unit_of_another_analyte.count": (N_("'{unit}' is a unit of blood counts."), _OTHER_FIELD),
    "unit_of_another_analyte.afp": (N_("'{unit}' is a unit of AFP."), _OTHER_FIELD),
    "unit_unknown.two_meanings": (N_("The unit '{unit}' has two meanings: {meanings}."), _GIVE_IN),
    "unit_unknown": (N_("The unit '{unit}' is not one that {analyte} can be read in."), _GIVE_IN),
    "unit_undecided": (
        N_(
            "From {lowest} to {highest} IU/mL the side of the cut-off depends on the conversion factor, which is "
            "itself uncertain ({factor} to {highest_factor} ng per IU)."
        ),
        N_("Confirm in ng/mL with the laboratory."),
    ),
    "unit_system": (
        N_("The unit '{unit}' is of a unit system that is not read."),
        N_("Use the system {system}, or add the unit to the site configuration (local_unit)."),
    ),
    "unit_not_ucum": (
        N_("The unit is declared as UCUM, where it means something else or nothing."),
        N_("Send {canonical_unit}, or the printed unit without a system."),
    ),
    "unit_contradiction": (N_("Unit and code of the quantity differ."), N_("Ask which is right.")),
    # the value
    "zero": (
        N_("The count is zero."),
        N_("Check the result; a count below the limit of the analyser cannot be used."),
    ),
    "zero.divisor": (
        N_("The count is zero: nothing can be divided by it."),
        N_("Check the result; a count below the limit of the analyser cannot be used."),
    ),
    "implausible.below": (_BELOW, _CHECK_UNIT),
    "implausible.below_other_unit": (_BELOW, _OTHER_UNIT),
    "implausible.above": (_ABOVE, _CHECK_UNIT),
    "implausible.above_other_unit": (_ABOVE, _OTHER_UNIT),
    # the samples
    "not_a_date.json": (N_("The date cannot be read."), N_('Write it as "2026-11-02".')),
    "not_a_date": (N_("The date cannot be read."), N_("Write it as 2026-11-02.")),
    "in_the_future.blood_count": (
        N_("The sample date of the blood count is in the future."),
        N_("Check the day, month and year."),
    ),
    "in_the_future.afp": (
        N_("The sample date of AFP is in the future."),
        N_("Check the day, month and year."),
    ),
    "too_long_ago.blood_count": (
        N_("The sample date of the blood count is more than {years} years ago."),
        N_("Check the day, month and year."),
    ),
    "too_long_ago.afp": (
        N_("The sample date of AFP is more than {years} years ago."),
        N_("Check the day, month and year."),
    ),
    "sample_too_old.blood_count": (
        N_("The newest usable blood count is {days} days old; this site accepts {oldest_days} days."),
        _MEASURE_AGAIN,
    ),
    "sample_too_old.afp": (
        N_("The newest usable AFP is {days} days old; this site accepts {oldest_days} days."),
        _MEASURE_AGAIN,
    ),
    "newer_result.blood_count": (
        N_("Newer results of the blood count exist that could change the risk group: {results}."),
        _OPEN_RECORD,
    ),
    "newer_result.afp": (
        N_("Newer results of AFP exist that could change the risk group: {results}."),
        _OPEN_RECORD,
    ),
    "contradicted": (
        N_("The record has different values for the same time: {results}."),
        N_("Check in the patient's record which value is right, and enter it by hand."),
    ),
    # the patient
    "not_a_class": (
        N_("The Child-Pugh class is A, B or C."),
        N_("Give the class letter, not the score, or leave it out."),
    ),
    "out_of_range": (
        N_("The ECOG performance status is a whole number from 0 to {highest}."),
        N_("Check the number, or leave it out."),
    ),
    "not_an_answer": (N_("The answer is not known."), N_("Choose yes, no or not known.")),
}

_OLD_COUNT = N_(
    "The sample of the blood count is {days} days old. The model is for values at the start of regorafenib."
)
_OLD_AFP = N_("The sample of AFP is {days} days old. The model is for values at the start of regorafenib.")
WARNINGS: dict[str, str] = {
    "read_as": N_("'{text}' was read as {quantity}."),
    "unusual": N_(
        "{analyte}: {value} {unit} is unusual (usually {low} to {high}). Check the decimal point and the unit."
    ),
    "unusual.zero": N_("An AFP of 0 is unusual: laboratories print a limit such as <2. Check the value."),
    "sii_unusual": N_(
        "SII is above {limit}, which is unusual: check the decimal points and units of the three counts."
    ),
    "afp_converted": N_("AFP was converted with 1 IU = {factor} ng; laboratories differ."),
    "afp_near_cutoff": N_("If this AFP was converted from IU, check the factor: 1 IU is about {factor} ng."),
    "nlr_unusual.below": N_(
        "The ratio of neutrophils to lymphocytes is below {limit}: check the decimal points and units of both counts."
    ),
    "nlr_unusual.above": N_(
        "The ratio of neutrophils to lymphocytes is above {limit}: check the decimal points and units of both counts."
    ),
    "sample_old.blood_count": _OLD_COUNT,
    "sample_old.afp": _OLD_AFP,
    "sample_outdated.blood_count": _OLD_COUNT,
    "sample_outdated.afp": _OLD_AFP,
    "samples_apart": N_("Blood count and AFP were taken {days} days apart."),
    "manual_count": N_("A manual count was used. The record also has, for the same time: {results}."),
    "newer_results": N_(
        "There are newer results that were not used: {results}. The risk group would be the same with any of them."
    ),
}
