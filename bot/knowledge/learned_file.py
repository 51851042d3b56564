"""The files of what was learned, in ``knowledge/learned``: JSON that a program writes."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from bot.errors import KnowledgeError, Saying

_FOLDER = "learned"
_T = TypeVar("_T")


def read(folder: Path, name: str, understand: Callable[[Any], _T]) -> _T | None:
    """Read a file of a knowledge folder; None where there is none.

    Args:
        understand: Makes what was learned of the content; where that is built otherwise it
            raises ValueError, LookupError, TypeError or AttributeError.

    Raises:
        KnowledgeError: The file is not what was written.
    """
    path = folder / _FOLDER / name
    if not path.is_file():
        return None
    try:
        return understand(json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, LookupError, TypeError, AttributeError) as error:
        raise KnowledgeError(
            path.name, None, Saying("går inte att läsa; gör den på nytt med make learn")
        ) from error


def write(folder: Path, name: str, text: str) -> Path:
    """Write a file of a knowledge folder; return it."""
    path = folder / _FOLDER / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"{text}\n", encoding="utf-8")
    return path


def a_line_each(weights: Iterable[tuple[str, object]]) -> str:
    """Return an object of features and what each weighs, as JSON with a feature a line.

    Args:
        weights: Feature, and JSON.
    """
    lines = ",\n".join(
        f"{json.dumps(feature, ensure_ascii=False)}:{weight}" for feature, weight in weights
    )
    return f"{{\n{lines}}}"
