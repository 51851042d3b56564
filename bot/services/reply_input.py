"""Values of a letter as a person types them, and a text from a file."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

from bot.errors import UsageError
from bot.templates import FieldType, Template

_LARGEST = 100_000


def values_of(typed: Sequence[str], template: Template) -> dict[str, str | list[str]]:
    """Return what stands in ``name=value``, each name a value that the template takes.

    A list takes a line from each; any other value may be given once.

    Raises:
        UsageError: There is no such value, or it is given twice.
    """
    found: dict[str, str | list[str]] = {}
    for one in typed:
        name, equals, value = one.partition("=")
        field = template.fields.get(name.strip())
        if not equals or field is None:
            raise _unknown(name.strip(), template)
        name = name.strip()
        if field.type is FieldType.LINES:
            lines = found.setdefault(name, [])
            assert isinstance(lines, list)
            lines.append(value)
        elif name in found:
            raise UsageError("--set: uppgiften {name} står två gånger", name=name)
        else:
            found[name] = value
    return found


def text_in(path: Path) -> str:
    """Return the text of a file; UsageError where it cannot be read as UTF-8 or is too long."""
    try:
        content = path.read_bytes()
        if len(content) <= _LARGEST:
            return content.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("--text: filen går inte att läsa som text i UTF-8") from error
    raise UsageError("--text: filen är för stor för ett brev")


def _unknown(name: str, template: Template) -> UsageError:
    near = get_close_matches(name[:60], template.fields, n=1)
    if near:
        return UsageError("--set: mallen har ingen sådan uppgift; menade du {near}?", near=near[0])
    return UsageError(
        "--set: mallen har ingen sådan uppgift; den har {names}", names=", ".join(template.fields)
    )
