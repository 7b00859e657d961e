"""Render page contexts as HTML: the template environment, the frame of every page, addresses of static files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

from markupsafe import Markup

from app.config.version import software
from app.core.fitted_model import FittedModel
from app.presentation.languages import ENGLISH, NAMES, Catalogue, Language
from app.presentation.translation import ENGLISH_BESIDE, critical, language, offered_languages
from app.presentation.translation import gettext_noop as N_  # noqa: N812 - the usual name for texts translated later

if TYPE_CHECKING:
    from jinja2 import Environment

_DIGITS_SHOWN = 12
_NOTICE = N_("No clinician has reviewed this translation. If it differs from the English, the English is right.")
_PACKAGE = Path(__file__).resolve().parents[1]


class View(Protocol):
    """A frozen dataclass that names its template; the template gets its fields."""

    template: ClassVar[str]
    __dataclass_fields__: ClassVar[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class LanguageChoice:
    """A language that the reader can choose, by its tag and its own name."""

    tag: str
    name: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Site:
    """What every page shows around its content.

    `page` is the name of the page, for the navigation; `root` leads from it to the site's start, for relative links.
    `model` is id and version of the fitted model, `digest` that of its file. `language` is the tag of the page's
    language, and `direction` is ltr or rtl; `languages` are those to choose from, none if there is only one.
    `translation_notice` is empty unless no clinician has reviewed the translation.
    """

    page: str
    root: str
    software: str
    model: str
    digest: str
    citation: str
    doi: str
    language: str
    direction: str
    languages: tuple[LanguageChoice, ...]
    translation_notice: str


@dataclass(frozen=True, slots=True)
class Link:
    """A text that leads to another site."""

    text: str
    url: str


def render(view: View) -> str:
    """Return the HTML of a page."""
    html = environment(language()).get_template(view.template).render(context_of(view))
    # English texts beside a translation are marked as English, except those in attributes.
    return ENGLISH_BESIDE.sub(r'<span class="english" lang="en" dir="ltr">\1</span>', html)


def rendered(template: str, macro: str, content: object) -> Markup:
    """Return what a macro of a template makes of its content."""
    made: Markup = getattr(environment(language()).get_template(template).module, macro)(content)
    return made.strip()


def context_of(view: View) -> dict[str, Any]:
    """Return the context of the view's template: only its fields."""
    return {field.name: getattr(view, field.name) for field in fields(view)}


def site_of(fitted: FittedModel, page: str, depth: int = 0) -> Site:
    """Return the frame of a page that is `depth` folders below the start of the site."""
    chosen = language()
    return Site(
        page=page,
        root="../" * depth or "./",
        software=_software(),
        model=f"{fitted.id} {fitted.version}",
        digest=fitted.digest,
        citation=fitted.provenance.citation,
        doi=fitted.provenance.doi,
        language=chosen.tag,
        direction=chosen.direction,
        languages=_languages(offered_languages(), chosen.tag),
        translation_notice=critical(_NOTICE) if chosen.needs_english else "",
    )


@cache
def _languages(offered: tuple[Catalogue, ...], chosen: str) -> tuple[LanguageChoice, ...]:
    """Return the languages to choose from: English, and those that the site offers, if it offers any."""
    named = [(ENGLISH, NAMES[ENGLISH]), *((one.tag, one.name) for one in offered)] if offered else []
    return tuple(LanguageChoice(tag, name, tag == chosen) for tag, name in named)


def contact_link(contact: str | None) -> Link | None:
    """Return the link to the contact of the site configuration, an e-mail or https address; None without one."""
    if contact is None:
        return None
    return Link(contact, contact if "://" in contact else f"mailto:{contact}")


@cache
def _software() -> str:
    version, commit = software().version, software().commit
    return f"{version} ({commit[:_DIGITS_SHOWN]})" if commit else version


@lru_cache(maxsize=len(NAMES))
def environment(of: Language) -> Environment:
    """Return the template environment of a language."""
    # Imported with the first page, so that the start, programs and health checks do not wait for Jinja.
    from app.presentation.template_environment import template_environment  # noqa: PLC0415

    found = template_environment(of, resource_folder("templates"))
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
