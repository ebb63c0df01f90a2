"""How fast the shop is, as ratios measured side by side: `python -m tests.bench`. See docs/benchmark.md.

Nothing here is a test; figures of speed are looked at by people.
"""
