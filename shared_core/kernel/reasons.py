"""Why pydantic refuses a value, in our own words, so that they can be translated."""

from pydantic_core import ErrorDetails, PydanticCustomError

from shared_core.kernel.errors import Phrase
from shared_core.kernel.i18n import N_

REFUSED = "refused"

WORDS = {
    "string_type": N_("text in quotes belongs here"),
    "int_type": N_("a whole number without quotes belongs here"),
    "bool_type": N_("write true or false"),
    "list_type": N_("a list in square brackets belongs here"),
    "dict_type": N_("a table belongs here"),
    "date_type": N_("write a date like 2026-01-31, without quotes"),
    "literal_error": N_("write one of {expected}"),
    "greater_than_equal": N_("it is at least {ge}"),
    "greater_than": N_("it is more than {gt}"),
    "less_than_equal": N_("it is at most {le}"),
    "less_than": N_("it is less than {lt}"),
    "string_too_short": N_("it has at least {min_length} characters"),
    "string_too_long": N_("it has at most {max_length} characters"),
    "too_short": N_("it has at least {min_length} entries"),
    "too_long": N_("it has at most {max_length} entries"),
    "string_pattern_mismatch": N_("it is not written like that: {pattern}"),
}
"""By pydantic's type of error; the blanks are what pydantic tells with it."""

OF_THE_MACHINE = (
    N_("Address already in use"),
    N_("Cannot assign requested address"),
    N_("File exists"),
    N_("Is a directory"),
    N_("No space left on device"),
    N_("No such file or directory"),
    N_("Not a directory"),
    N_("Permission denied"),
    N_("Read-only file system"),
)
"""What operating systems say most often; a Phrase of it is translated."""

SAME = {
    "int_parsing": "int_type",
    "int_parsing_size": "int_type",
    "int_from_float": "int_type",
    "bool_parsing": "bool_type",
    "tuple_type": "list_type",
    "model_type": "dict_type",
    "model_attributes_type": "dict_type",
    "date_parsing": "date_type",
    "date_from_datetime_parsing": "date_type",
    "date_from_datetime_inexact": "date_type",
}


def refused(message: str, **params: object) -> PydanticCustomError:
    """For validators to raise where the reason has blanks; one without is a ValueError marked with `N_`."""
    return PydanticCustomError(REFUSED, "{reason}", {"reason": Phrase(message, **params)})


def reason(error: ErrorDetails) -> Phrase:
    """Why the value was refused."""
    context = dict(error.get("ctx", {}))
    said = context.get("reason")
    if isinstance(said, Phrase):
        return said
    kind = SAME.get(error["type"], error["type"])
    if kind in WORDS:
        if "expected" in context:
            context["expected"] = context["expected"].replace(" or ", ", ")
        return Phrase(WORDS[kind], **context)
    return Phrase(error["msg"].removeprefix("Value error, ").rstrip("."))
