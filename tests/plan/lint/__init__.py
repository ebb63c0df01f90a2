"""The lint of plans."""
