"""Writing settings into a partner's TOML without losing a comment."""

from collections.abc import Mapping
from pathlib import Path

import tomlkit
from tomlkit.items import Table

from platformctl.failures import BadAnswer
from platformctl.messages import translate
from shared_core import storefront


def set_brand_values(brand_dir: Path, values: Mapping[str, str]) -> None:
    """Set dotted keys of brand.toml ("shipping.flat" -> "8") and check the whole. Raises BadAnswer and ConfigError."""
    file = brand_dir / "brand.toml"
    document = tomlkit.parse(file.read_text("utf-8"))
    for dotted, value in values.items():
        section, _, key = dotted.partition(".")
        if "." in key:
            raise BadAnswer(
                key=dotted, value=value, reason=translate("brand.toml has sections and keys, no third level")
            )
        table = document.setdefault(section, tomlkit.table())
        if not isinstance(table, Table):
            raise BadAnswer(key=dotted, value=value, reason=translate("this is not a section of brand.toml"))
        table[key] = _value(value)
    file.write_text(tomlkit.dumps(document), "utf-8")
    storefront.load_brand(brand_dir)


def _value(text: str) -> object:
    """true and false are switches, all else is text (brand.toml writes amounts and percentages as text)."""
    return {"true": True, "false": False}.get(text, text)
