"""What a shop looks like: its templates laid over the core's, its colours and type as one stylesheet.

A template in brand/theme/templates shadows the core's page of the same name; `{% extends "core:product.html" %}`
takes the core's page and changes one block. Block names are public: removing one is a major release.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from jinja2 import Environment

from shared_core.kernel import i18n
from shared_core.storefront.brand import BrandConfig
from shared_core.storefront.pictures import raised
from shared_core.web import templating
from shared_core.web.statics import Statics, version_of

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Theme:
    """Templates, stylesheet and files of one shop."""

    environment: Environment
    statics: Statics
    stylesheet: bytes
    stylesheet_version: str
    catalogues: Path

    @classmethod
    def open(cls, brand_dir: Path, brand: BrandConfig, *, reload: bool) -> "Theme":
        """`reload`: look at every use whether a template was changed, for those who are writing one."""
        stylesheet = stylesheet_of(brand, brand_dir / "theme" / "tokens.css")
        statics = Statics({"brand": brand_dir / "theme" / "assets"})
        environment = templating.environment(
            TEMPLATES,
            zone=brand.zone,
            asset=statics.url,
            shadowing=[brand_dir / "theme" / "templates"],
            reload=reload,
        )
        version = version_of(stylesheet)
        environment.globals.update(brand=brand, theme_url=f"/theme.css?v={version}")
        return cls(environment, statics, stylesheet, version, brand_dir / "locale")

    def translate(self, locale: str) -> Callable[[str], str]:
        """gettext for `locale`, the shop's own catalogue over the core's."""
        return i18n.translations(locale, self.catalogues).gettext

    def translate_plural(self, locale: str) -> Callable[[str, str, int], str]:
        """ngettext for `locale`."""
        return i18n.translations(locale, self.catalogues).ngettext

    def render(self, name: str, context: Mapping[str, object]) -> str:
        return self.environment.get_template(name).render(context)


def stylesheet_of(brand: BrandConfig, tokens: Path) -> bytes:
    """Brand colours and type as CSS custom properties, then the partner's own tokens.css when there is one."""
    colours, fonts = brand.colours, brand.type
    values = {
        "color-primary": colours.primary,
        "color-on-primary": colours.on_primary,
        "color-accent": colours.accent,
        "color-on-accent": colours.on_accent,
        "color-paper": colours.paper,
        "color-ink": colours.ink,
        "color-raised": raised(colours.paper),
        "font-display": fonts.display,
        "font-text": fonts.text,
    }
    lines = "".join(f"  --{name}: {value};\n" for name, value in values.items())
    own = tokens.read_text(encoding="utf-8") if tokens.is_file() else ""
    return f":root {{\n{lines}}}\n{own}".encode()
