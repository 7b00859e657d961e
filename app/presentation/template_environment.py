"""Make the template environment of a language: everything escaped, anything undefined an error.

There is one environment for each language, so that a text that has no values is translated once, when its template is
compiled; the others are translated with each page. Jinja is imported with this module, which the first page imports.
"""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, nodes
from jinja2.ext import InternationalizationExtension
from jinja2.parser import Parser

from app.presentation.languages import Language
from app.presentation.translation import critical


class CompiledTexts(InternationalizationExtension):
    """Extension of Jinja that reads `trans` as its own does, but translates a text that has no values at once."""

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        """Return the translated text as data of the template, or a call that translates it when it is rendered."""
        found = super().parse(parser)
        match found:
            case nodes.Output(
                nodes=[nodes.Call(node=nodes.Name(name="gettext"), args=[nodes.Const(value=text)], kwargs=[])]
            ):
                translated: str = self.environment.language.gettext(text)  # type: ignore[attr-defined]
                # The texts of templates and catalogues are HTML, with %% for a percent sign.
                return nodes.Output([nodes.TemplateData(translated.replace("%%", "%"))], lineno=found.lineno)
        return found


def template_environment(language: Language, folder: Path) -> Environment:
    """Return the environment of the templates in a folder."""
    found = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[CompiledTexts],
    )
    found.extend(language=language)
    found.policies["ext.i18n.trimmed"] = True
    found.install_gettext_translations(language, newstyle=True)  # type: ignore[attr-defined]
    found.globals["critical"] = critical
    found.filters["at_start"] = _at_start
    return found


def _at_start(text: str) -> str:
    """Return a text as it begins a sentence; unlike Jinja's `capitalize`, it leaves SII and nouns as they are."""
    return text[:1].upper() + text[1:]
