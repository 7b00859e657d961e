"""Compile the message catalogues of translations when the project is built or installed."""

from pathlib import Path
from typing import Any

import polib
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CompileCatalogues(BuildHookInterface):  # type: ignore[misc]
    """Writes each messages.mo beside its messages.po."""

    def initialize(self, _version: str, _build_data: dict[str, Any]) -> None:
        """Compile before the files are collected."""
        for path in Path(self.root, "app", "presentation", "translations").glob("*/LC_MESSAGES/messages.po"):
            polib.pofile(str(path)).save_as_mofile(str(path.with_suffix(".mo")))
