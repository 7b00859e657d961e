"""Words for what could not be read of a pasted report: why an analyte or a number was left out, and what to do."""

from app.presentation.messages import Message
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.reports.results import Reason, StopSign
from app.reports.stop_signs import MOST_BYTES, MOST_LINES

_BY_HAND = N_("Check the report and enter the value in the form.")
_CHOOSE = N_("Choose the right one, or enter the value in the form.")
_IF_RESULT = N_("Choose it only if the report shows that it is the result.")

# Why it was left out, and what to do.
REASONS: dict[Reason, tuple[str, str]] = {
    Reason.NOT_FOUND: (
        N_("The text has no number that belongs to this name."),
        N_("Paste the part of the report that has it, or enter the value in the form."),
    ),
    Reason.PERCENTAGE: (
        N_("It is a percentage, and a count is needed."),
        N_("Enter the absolute count in the form."),
    ),
    Reason.COUNT_OR_PERCENTAGE: (
        N_("The text does not say whether it is a count or a percentage."),
        N_("Choose it only if the report shows that it is a count."),
    ),
    Reason.PREVIOUS: (
        N_("The report marks it as an earlier result."),
        N_("Choose it only if you want the earlier result."),
    ),
    Reason.OLDER_DAY: (
        N_("The text has a newer result."),
        N_("Choose it only if you want the older result."),
    ),
    Reason.OTHER_SPECIMEN: (
        N_("It was not measured in blood, serum or plasma."),
        N_("Enter the result of a blood sample in the form."),
    ),
    Reason.REFERENCE: (
        N_("It is a reference range or a limit, not a result."),
        _BY_HAND,
    ),
    Reason.SEVERAL_NUMBERS: (
        N_("The row has several numbers, and it is not certain which one is the result."),
        _CHOOSE,
    ),
    Reason.COLUMN_UNCERTAIN: (
        N_("The table may have several columns, and it is not certain which one the number belongs to."),
        _IF_RESULT,
    ),
    Reason.ROW_UNCERTAIN: (
        N_(
            "The rows of the table may be of different patients or samples, "
            "and it is not certain which row has the result."
        ),
        N_("Choose a number only if its row is of this patient and of the right sample."),
    ),
    Reason.LIMIT_OR_RESULT: (
        N_("It may be a limit of the reference range instead of the result."),
        _IF_RESULT,
    ),
    Reason.CHANGE: (
        N_("The row may describe a change over time, and it is not certain which result is the latest."),
        _CHOOSE,
    ),
    Reason.NAME_UNCERTAIN: (
        N_("Some lines have numbers but no name, so it is not certain which name each number belongs to."),
        _IF_RESULT,
    ),
    Reason.OTHER_COLUMN: (
        N_("It is in a column with an unknown title."),
        _BY_HAND,
    ),
    Reason.SEVERAL_VALUES: (
        N_("The text has different values, and it is not certain which one is the result."),
        _CHOOSE,
    ),
    Reason.ANOTHER_NOT_READ: (
        N_("The text has another number that may be the newer result, and it was not read."),
        N_("Choose this one only if it is the newest result."),
    ),
    Reason.DAYS_UNCERTAIN: (
        N_("The text has dates, and it is not certain which day each result belongs to."),
        _CHOOSE,
    ),
    Reason.TWO_READINGS: (
        N_("The number can be read in two ways: with decimals, or with a separator of thousands."),
        N_("Enter it in the form without a separator of thousands."),
    ),
    Reason.DAMAGED: (
        N_("The digits may be damaged, or something is written next to them that is not understood."),
        N_("Enter the value in the form as the original report prints it."),
    ),
    Reason.UNIT_UNKNOWN: (
        N_("Its unit is not known."),
        N_("Ask the laboratory which unit it is, and enter the value in the form in a unit that the form offers."),
    ),
    Reason.UNIT_OF_ANOTHER_ANALYTE: (
        N_("Its unit cannot belong to this value."),
        _BY_HAND,
    ),
    Reason.UNITS_DIFFER: (
        N_("The row has two different units."),
        _BY_HAND,
    ),
    Reason.IMPOSSIBLE: (
        N_("The number is not possible in the unit that is printed."),
        N_("Check number and unit in the original report, and enter the value in the form."),
    ),
    Reason.NOT_REPORTED: (
        N_("The report gives no valid result, for example because it is pending, cancelled or clotted."),
        N_("Wait for the result, or enter another valid result in the form."),
    ),
    Reason.PRELIMINARY: (
        N_("The report marks the result as preliminary."),
        N_("Wait for the final result."),
    ),
    Reason.NAME_NOT_UNDERSTOOD: (
        N_("The words beside the name are not understood: it may be another test."),
        N_("Check the name in the report before you use a number."),
    ),
    Reason.ONLY_A_PART: (
        N_("It is the number of atypical, reactive or variant lymphocytes, which are only a part of the lymphocytes."),
        N_("Enter the absolute count of all lymphocytes in the form."),
    ),
    Reason.PARTS_APART: (
        N_(
            "The report counts atypical, reactive or variant lymphocytes apart, "
            "and it is not certain whether the lymphocyte count includes them."
        ),
        N_("Choose it only if it is the count of all lymphocytes, or enter that count in the form."),
    ),
    Reason.REPLACED: (
        N_("The report replaces it with another result."),
        N_("Use the result that replaces it."),
    ),
    Reason.STOPPED: (
        N_("Nothing was read from this text."),
        _BY_HAND,
    ),
}

STOPS: dict[StopSign, tuple[str, str]] = {
    StopSign.TOO_LONG: (
        N_("The text is too long: at most {bytes} bytes and {lines} lines are read."),
        N_("Paste only the part with the blood count and AFP."),
    ),
    StopSign.TWO_PATIENTS: (
        N_("The text seems to belong to two patients: it has two names, numbers or birth dates."),
        N_("Paste the report of one patient only."),
    ),
    StopSign.COLUMN_BY_COLUMN: (
        N_("The text lists the names and then the numbers, so it is not certain which belong together."),
        N_("Copy the table so that each row has its name and its number, or enter the values in the form."),
    ),
}


def reason_message(reason: Reason) -> Message:
    """Return why an analyte or a number was left out, and what to do."""
    why, remedy = REASONS[reason]
    return Message(_(why), _(remedy))


def stop_message(stop: StopSign) -> Message:
    """Return why nothing was read, and what to do."""
    why, remedy = STOPS[stop]
    return Message(_(why).format(bytes=f"{MOST_BYTES:,}", lines=MOST_LINES), _(remedy))


def empty_message() -> Message:
    """Return that there is no text, and what to do."""
    return Message(_("There is no text."), _("Paste the report into the field."))
