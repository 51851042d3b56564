"""What is wrong with a value in a file, in a sentence: the faults of pydantic's models and TOML.

Settings, knowledge, templates and the command line explain their faults through this table;
where the value stands is for them to say. What stood there is never repeated, since it may be
a secret.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from tomllib import TOMLDecodeError
from typing import Any, Final

from bot.errors import BadValue, Saying
from bot.texts import mark

_WRONG_FORM: Final = mark("har fel form")
_NUMBER: Final = mark("ska vara ett tal")
_WHOLE_NUMBER: Final = mark("ska vara ett heltal")
_TEXT: Final = mark("ska vara en text; sätt citattecken omkring")
_TRUTH: Final = mark("ska vara true eller false")
_LIST: Final = mark("ska vara en lista")
_TABLE: Final = mark("ska vara nycklar med värden")
_DAY: Final = mark("ska vara en dag, som 2026-03-31")
_TIME: Final = mark("ska vara ett klockslag, som 16:30")
_INSTANT: Final = mark("ska vara en tidpunkt med tidszon, som 2026-03-31T08:00:00+02:00")
_ONE_OF: Final = mark("ska vara något av: {expected}")
_TOO_FEW: Final = mark("har för få delar; minst {min_length} behövs")
_TOO_MANY: Final = mark("har för många delar; högst {max_length} får plats")

FAULTS: Final[Mapping[str, str]] = {
    "missing": mark("saknas"),
    "extra_forbidden": mark("finns inte; kontrollera stavningen"),
    "invalid_key": mark("är ingen giltig nyckel"),
    "none_required": mark("ska vara tomt"),
    "json_invalid": mark("går inte att läsa"),
    "recursion_loop": mark("är nästlat för djupt"),
    "string_type": _TEXT,
    "string_unicode": mark("har tecken som inte går att läsa"),
    "string_too_short": mark("är för kort; minst {min_length} tecken behövs"),
    "string_too_long": mark("är för långt; högst {max_length} tecken får plats"),
    "string_pattern_mismatch": _WRONG_FORM,
    "value_error": _WRONG_FORM,
    "int_type": _WHOLE_NUMBER,
    "int_parsing": _WHOLE_NUMBER,
    "int_parsing_size": mark("är ett för stort tal"),
    "int_from_float": _WHOLE_NUMBER,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "greater_than": mark("ska vara större än {gt}"),
    "greater_than_equal": mark("ska vara minst {ge}"),
    "less_than": mark("ska vara mindre än {lt}"),
    "less_than_equal": mark("ska vara högst {le}"),
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "enum": _ONE_OF,
    "literal_error": _ONE_OF,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "iterable_type": _LIST,
    "too_short": _TOO_FEW,
    "too_long": _TOO_MANY,
    "dict_type": _TABLE,
    "mapping_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "date_type": _DAY,
    "date_parsing": _DAY,
    "date_from_datetime_parsing": _DAY,
    "date_from_datetime_inexact": _DAY,
    "time_type": _TIME,
    "time_parsing": _TIME,
    "datetime_type": _INSTANT,
    "datetime_parsing": _INSTANT,
    "datetime_object_invalid": _INSTANT,
    "datetime_from_date_parsing": _INSTANT,
    "timezone_aware": _INSTANT,
    "zoneinfo_str": mark("är ingen känd tidszon; skriv till exempel Europe/Stockholm"),
    "path_type": mark("ska vara en sökväg"),
}
"""Type of a fault, as pydantic names it -> its sentence; values are those of the fault."""

_QUOTED: Final = re.compile(r"'([^']*)'")
_LINE: Final = re.compile(r"at line (\d{1,9})")


def what_is_wrong(kind: str, context: Mapping[str, Any]) -> Saying:
    """Explain one fault that pydantic found in a value.

    Args:
        kind: The ``type`` of the fault.
        context: Its ``ctx``: bounds, lengths, or the error that one of our validators raised.
    """
    error = context.get("error")
    if isinstance(error, BadValue):
        return Saying(error.source, **error.values)
    source = FAULTS.get(kind)
    if source is None:
        return Saying("värdet passar inte här ({kind})", kind=kind)
    values = {name: value for name, value in context.items() if f"{{{name}}}" in source}
    if "expected" in values:
        values["expected"] = ", ".join(_QUOTED.findall(str(values["expected"])))
    return Saying(source, **values)


def not_toml() -> Saying:
    """Say that a file cannot be read as TOML; see `toml_line`."""
    return Saying("är inte TOML; kontrollera likhetstecken, citattecken och klamrar")


def toml_line(error: TOMLDecodeError) -> int | None:
    """Return the line on which a file ceases to be TOML, None if it is the end."""
    found = _LINE.search(str(error))
    return None if found is None else int(found[1])
