"""The shop over HTTP, as in tests/storefront, for people who mean it no good."""

from tests.storefront.conftest import brand_dir, clock, front, settings

__all__ = ["brand_dir", "clock", "front", "settings"]
