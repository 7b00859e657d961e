"""Render page contexts as HTML: the template environment, the frame of every page, addresses of static files."""

from __future__ import annotations

import hashlib
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from markupsafe import Markup

from app.config.version import software
from app.core.fitted_model import FittedModel
from app.presentation.languages import ENGLISH, NAMES
from app.presentation.pages.contexts import LanguageChoice, Link, Site
from app.presentation.translation import (
    ENGLISH_BESIDE,
    catalogue,
    critical,
    gettext,
    language_tag,
    ngettext,
    offered_languages,
    with_english,
)
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

if TYPE_CHECKING:
    from jinja2 import Environment

_DIGITS_SHOWN = 12
_PACKAGE = Path(__file__).resolve().parents[1]


class View(Protocol):
    """A frozen dataclass that names its template; the template gets its fields."""

    template: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


def render(view: View) -> str:
    """Return the HTML of a page."""
    return _marked(environment().get_template(view.template).render(context_of(view)))


def rendered(template: str, macro: str, content: object) -> Markup:
    """Return what a macro of a template makes of its content."""
    made: Markup = getattr(environment().get_template(template).module, macro)(content)
    return made.strip()


def _marked(html: str) -> str:
    """Return a page with its English texts beside a translation marked as English, except those in attributes."""
    return ENGLISH_BESIDE.sub(r'<span class="english" lang="en" dir="ltr">\1</span>', html)


def _text(text: str, /, **values: object) -> Markup:
    """Return a text of a template in the language of the answer, with its values; it has %% for a percent sign."""
    found = gettext(text)
    # The texts of templates and catalogues are HTML; values are escaped.
    return Markup(found) % values if values else Markup(found.replace("%%", "%"))  # noqa: S704


def _critical(text: str, **values: object) -> str:
    return with_english(lambda: gettext(text) % values)


def _at_start(text: str) -> str:
    """Return a text as it begins a sentence; unlike Jinja's `capitalize`, it leaves SII and nouns as they are."""
    return text[:1].upper() + text[1:]


def context_of(view: View) -> dict[str, Any]:
    """Return the context of the view's template: only its fields."""
    return {field.name: getattr(view, field.name) for field in fields(view)}


def site_of(fitted: FittedModel, page: str, depth: int = 0) -> Site:
    """Return the frame of a page that is `depth` folders below the start of the site."""
    return Site(
        page=page,
        root="../" * depth or "./",
        software=_software(),
        model=f"{fitted.id} {fitted.version}",
        digest=fitted.digest,
        citation=fitted.provenance.citation,
        doi=fitted.provenance.doi,
        language=language_tag(),
        direction=language.direction if (language := catalogue()) else "ltr",
        languages=_languages(),
        translation_notice=_translation_notice(),
    )


def _languages() -> tuple[LanguageChoice, ...]:
    """Return the languages to choose from: English, and those that the site offers, if it offers any."""
    offered = offered_languages()
    named = [(ENGLISH, NAMES[ENGLISH]), *((one.tag, one.name) for one in offered)] if offered else []
    return tuple(LanguageChoice(tag, name, tag == language_tag()) for tag, name in named)


def _translation_notice() -> str:
    language = catalogue()
    if language is None or language.review is not None:
        return ""
    return critical(
        N_("No clinician has reviewed this translation. If it differs from the English, the English is right.")
    )


def contact_link(contact: str | None) -> Link | None:
    """Return the link to the contact of the site configuration, an e-mail or https address; None without one."""
    if contact is None:
        return None
    return Link(contact, contact if "://" in contact else f"mailto:{contact}")


def _software() -> str:
    version, commit = software().version, software().commit
    return f"{version} ({commit[:_DIGITS_SHOWN]})" if commit else version


@cache
def environment() -> Environment:
    """Return the template environment: everything escaped, anything undefined an error."""
    # Imported with the first page, so that the start, programs and health checks do not wait for it.
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # noqa: PLC0415

    found = Environment(
        loader=FileSystemLoader(resource_folder("templates")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    found.policies["ext.i18n.trimmed"] = True
    found.install_gettext_callables(gettext, ngettext, newstyle=True)  # type: ignore[attr-defined]
    found.globals["gettext"] = _text  # Jinja's own also fills in the values of a text that has none, 60 times a page
    found.globals["critical"] = _critical
    found.filters["at_start"] = _at_start
    found.filters["static"] = static_address
    return found


@cache
def static_address(name: str) -> str:
    """Return the address of a static file below the site's start; it changes with the file's content."""
    digest = hashlib.sha256((resource_folder("static") / name).read_bytes()).hexdigest()
    return f"static/{name}?v={digest[:_DIGITS_SHOWN]}"


def resource_folder(name: str) -> Path:
    """Return the folder `templates` or `static`: beside `app` in the repository, inside it when installed.

    Raises FileNotFoundError if neither is there: the installation is broken.
    """
    for folder in (_PACKAGE / name, _PACKAGE.parent / name):
        if folder.is_dir():
            return folder
    raise FileNotFoundError(f"The folder {name} is not part of this installation.")
