"""The storefront. Nothing to edit here: what is yours lies in brand/."""

from shared_core.storefront import create_app

app = create_app("brand")
