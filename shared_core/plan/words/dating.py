"""Since when a version of the plan counts."""

from datetime import date

from shared_core.kernel.i18n import N_
from shared_core.kernel.reader import Reader
from shared_core.plan.versions import Dated

_STANDS = {
    "past": N_("{name}, version {version}: from {begins} to {until}."),
    "in_force": N_("{name}, version {version}: in force since {begins}."),
    "coming": N_("{name}, version {version}: comes into force on {begins}."),
}


def version_in_words(dated: Dated, reader: Reader) -> str:
    """ "participants, version 2: comes into force on December 1, 2026." """
    plan = dated.plan
    known = {"name": plan.name, "version": plan.version, "begins": plan.effective_from}
    return reader.say(_STANDS[dated.stands], **known, until=dated.until or date.max)
