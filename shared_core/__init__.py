"""The commerce core behind every storefront and the supply hub: rooms stacked so that imports only point down."""

__version__ = "0.1.0"
