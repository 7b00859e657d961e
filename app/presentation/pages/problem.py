"""Word the pages of problems for people: what happened, whether the entered values are kept, and what to do."""

from dataclasses import dataclass, field

from app.core.fitted_model import FittedModel
from app.presentation.pages.contexts import ProblemPage
from app.presentation.templating import contact_link, site_of
from app.presentation.translation import gettext as _
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later
from app.presentation.translation import ngettext

_TELL = N_("Tell the person who runs this site.")
_OPEN = N_("Open the calculator and enter the values again.")
_BACK = N_("Go back in your browser and send the form again.")
_STILL_WRONG = N_("If this happens again, tell the person who runs this site.")
_UNREADABLE = N_("The form could not be read")


@dataclass(frozen=True, slots=True)
class Words:
    """What a page says of one kind of problem; keys of the catalogue.

    `answers` is whether the other pages of the site answer, so that links to them help; `links` is whether the page
    offers the calculator; `keeps` is whether what was entered is still in the form.
    """

    title: str
    happened: str
    steps: tuple[str, ...]
    answers: bool = True
    links: bool = True
    keeps: bool = True


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One problem: its kind and status, where it happened, and what is known of it.

    `detail` is the sentence for programs, which people read only where this module has no words of its own, or adds it.
    `depth` is that of the path. `wait_seconds` is how long to wait, 0 if unknown. `reference` finds it in the log.
    """

    name: str
    status: int
    title: str
    detail: str
    depth: int
    wait_seconds: int = 0
    reference: str = ""
    contact: str | None = field(default=None, kw_only=True)


_FOR_PROGRAMS = Words(
    N_("This address is for programs"),
    N_("It answers only programs that have permission."),
    (N_("To assess a patient, open the calculator."),),
)
_FAILED = Words(
    N_("Something went wrong"),
    N_("An error in the calculator stopped the answer. No result was made."),
    (_BACK, _STILL_WRONG),
)
WORDS = {
    "malformed": Words(
        _UNREADABLE,
        N_("The calculator received something other than its own form. No result was made."),
        (_OPEN, _STILL_WRONG),
    ),
    "host": Words(
        N_("This address is not set up"),
        N_("The calculator was opened under a name that it was not set up for."),
        (N_("Use the address that your organisation gave you."), N_("If you did, tell the person who runs this site.")),
        answers=False,
        links=False,
    ),
    "unauthorised": _FOR_PROGRAMS,
    "forwarded": _FOR_PROGRAMS,
    "cross-site": Words(
        N_("The form came from another site"),
        N_("For safety, only values from the calculator’s own page are accepted. The values were not used or kept."),
        (_OPEN,),
        keeps=False,
    ),
    "not-found": Words(
        N_("Page not found"),
        N_("There is no page at this address."),
        (N_("Check the address, or open the calculator."),),
    ),
    "method": Words(
        N_("This page cannot be opened like this"),
        N_("The address is part of the calculator but is no page of its own."),
        (N_("Open the calculator."),),
    ),
    "too-large": Words(
        N_("Too much was sent"),
        N_("What was sent is longer than the calculator accepts. No result was made."),
        (N_("Go back in your browser, shorten what you typed or pasted, and send it again."),),
    ),
    "content-encoding": Words(
        _UNREADABLE,
        N_("It was changed on its way to the calculator. No result was made."),
        (N_("Go back and send the form again, or try another browser."), _STILL_WRONG),
    ),
    "media-type": Words(
        _UNREADABLE,
        N_("The calculator received something other than its own form. No result was made."),
        (_OPEN, _STILL_WRONG),
    ),
    "invalid": Words(N_("The values cannot be used"), N_("No result was made."), (_BACK, _STILL_WRONG)),
    "rate": Words(
        N_("Too many requests"),
        N_("More was sent in a minute than this site allows, perhaps by others who share your connection."),
        (_BACK,),
        links=False,
    ),
    "internal": _FAILED,
    "no-store": _FAILED,
    "no-pdf": Words(
        N_("No PDF can be made here"),
        N_("The part of the calculator that makes PDF documents is not installed."),
        (
            N_("Go back in your browser and print the result instead."),
            N_("If you need PDF documents, ask the person who runs this site to install the extra “pdf”."),
        ),
    ),
    "not-ready": Words(
        N_("The calculator is out of order"),
        N_("It checks its numbers when it starts, and one was wrong. It gives no results until this is repaired."),
        (_TELL,),
        answers=False,
        links=False,
    ),
    "withdrawn": Words(
        N_("The model is withdrawn"),
        N_("The calculator gives no results."),
        (N_("Do not rely on its earlier results."), N_("Ask the person who runs this site what to do.")),
        answers=False,
        links=False,
    ),
}
# No problem that the server reports: the browser keeps this page and shows it while the server cannot be reached.
OFFLINE = Words(
    N_("You are offline"),
    N_(
        "The calculator cannot be reached. Values that you entered are kept in this tab: they are in the form again "
        "when the connection is back."
    ),
    (
        N_("Check the connection and try again."),
        N_("No result is made without the server, so that none comes from an old or withdrawn model."),
    ),
    answers=False,
    keeps=False,
)
_DETAILED = ("withdrawn",)  # the detail has the reason that the person who runs the site gave


def offline_page(fitted: FittedModel) -> ProblemPage:
    """Return the page that the browser shows while the server cannot be reached."""
    return _worded(fitted, OFFLINE, Occurrence("offline", 0, "", "", 0))


def problem_page(fitted: FittedModel, what: Occurrence) -> ProblemPage:
    """Return the page of a problem. One that this module does not know is shown with its own title and detail."""
    words = WORDS.get(what.name)
    if words:
        return _worded(fitted, words, what)
    site, contact = site_of(fitted, "problem", what.depth), contact_link(what.contact)
    return ProblemPage(
        site, what.status, what.title, (what.detail,), (), "", contact, keeps=False, answers=True, links=True
    )


def _worded(fitted: FittedModel, words: Words, what: Occurrence) -> ProblemPage:
    happened = [_(words.happened)]
    if what.name in _DETAILED:
        happened.insert(0, f"{what.detail.rstrip('.')}.")
    steps = [_(step) for step in words.steps]
    if what.wait_seconds:
        wait = ngettext("Wait {number} second.", "Wait {number} seconds.", what.wait_seconds)
        steps.insert(0, wait.format(number=what.wait_seconds))
    return ProblemPage(
        site_of(fitted, "problem", what.depth),
        what.status,
        _(words.title),
        tuple(happened),
        tuple(steps),
        what.reference,
        contact_link(what.contact),
        keeps=words.keeps,
        answers=words.answers,
        links=words.links,
    )
