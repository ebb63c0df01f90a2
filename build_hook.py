"""Build hook: the storefront template travels in the wheel as one opaque zip.

A plain folder would be byte-compiled by the installer, and its dotfiles and modes would depend on the build backend.
"""

import runpy
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

TARGET = "platformctl/_template.zip"


class TemplateHook(BuildHookInterface):  # type: ignore[type-arg]
    """Adds the template's zip to wheels; an editable install reads the folder itself."""

    PLUGIN_NAME = "custom"

    @property
    def packed(self) -> Path:
        """Where the zip lies while the wheel is built."""
        return Path(self.directory) / ".template.zip"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling before the wheel is packed; `version` is "editable" for editable installs."""
        if version == "editable":
            return
        source = runpy.run_path(str(Path(self.root) / "platformctl" / "template_source.py"))
        source["write_zip"](Path(self.root), self.packed)
        build_data["force_include"][str(self.packed)] = TARGET

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Called by hatchling after the wheel is packed: the loose zip is no longer needed."""
        self.packed.unlink(missing_ok=True)
