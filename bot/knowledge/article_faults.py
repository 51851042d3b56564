"""Where the articles do not agree with the rest of the knowledge: keys that do not exist."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Final

from bot.knowledge.articles import ArticleFile, read_articles
from bot.knowledge.comparing import Errors, unknown, values
from bot.knowledge.files import Files
from bot.texts import mark

_HEAD: Final = ()


def faults(folder: Path, files: Files) -> Errors:
    """Yield everything that is wrong with the articles of a folder.

    Silent about keys of a file that could not be read.
    """
    articles, errors = read_articles(folder)
    yield from errors
    matters = None
    if files.matters is not None:
        matters = {str(matter.key) for matter in files.matters.content.matters}
    processes = None
    if files.processes is not None:
        processes = {str(process.key) for process in files.processes.content.processes}
    owners = None
    if processes is not None and files.organisation is not None:
        owners = processes | {str(team.key) for team in files.organisation.content.teams}
    for article in articles:
        yield from _unknown_keys(article, matters, processes, owners)


def _unknown_keys(
    article: ArticleFile,
    matters: AbstractSet[str] | None,
    processes: AbstractSet[str] | None,
    owners: AbstractSet[str] | None,
) -> Errors:
    head = article.head
    entry = [(_HEAD, head.content)]
    yield from unknown(head, mark("ärendetypen"), values(entry, "matters"), matters)
    yield from unknown(head, mark("processen"), values(entry, "processes"), processes)
    yield from unknown(head, mark("ägaren"), values(entry, "owner"), owners)
