"""The report of a simulation: one HTML file that stands alone, in Chinese or English, on screen and on paper."""

from platformctl.report.figures import Outcome, outcome
from platformctl.report.page import render

__all__ = ["Outcome", "outcome", "render"]
