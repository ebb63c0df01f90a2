"""The journal of a shop, judged by somebody else: beancount, with all the checks of `bean-check`."""

from beancount import loader
from beancount.ops import validation
from sqlalchemy.orm import Session

from shared_core import ledger


def faults(session: Session, zone: str) -> list[str]:
    """What beancount finds wrong with the exported journal."""
    text = "\n".join(ledger.export_beancount(session, zone=zone)) + "\n"
    _, errors, _ = loader.load_string(text, extra_validations=validation.HARDCORE_VALIDATIONS)
    return [str(each) for each in errors]
