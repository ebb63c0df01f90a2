"""Goods: what suppliers send in feeds becomes products, variants and offers."""
