"""Kinds of values that several configuration files hold."""

import re
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator

from shared_core.kernel.i18n import N_
from shared_core.kernel.money import known_currency

_LOCALE = re.compile(r"[a-z]{2,3}([-_][A-Za-z]{2,4})*")


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(N_('this time zone is not known; write it like "Asia/Shanghai"')) from error
    return value


def _currency(value: str) -> str:
    if not known_currency(value):
        raise ValueError(N_('this is not an ISO 4217 currency; write it like "CNY"'))
    return value


def _locale(value: str) -> str:
    if not _LOCALE.fullmatch(value):
        raise ValueError(N_('write a language like "en" or "zh-CN"'))
    return value


ZoneName = Annotated[str, AfterValidator(_zone)]
CurrencyCode = Annotated[str, AfterValidator(_currency)]
LocaleName = Annotated[str, AfterValidator(_locale)]
