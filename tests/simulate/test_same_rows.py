"""A made-up history leaves the rows that the real house leaves of the same mails and acts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.app import open_database
from bot.cases import CaseNumber
from bot.services.reading import Arrival
from bot.settings import Settings
from bot.simulate import write_pieces
from bot.simulate.history import History, Wishes, first_day
from bot.simulate.hours import moment
from bot.simulate.mail_moulds import MailMould
from bot.simulate.player import Act, Habits
from bot.simulate.rows import COLUMNS, Rows
from bot.simulate.workers import moulds_of
from bot.store.bulk import writing
from bot.store.packing import unpack_text
from functionmail.message import RawMessage
from tests.city import SECRET, shipped_material
from tests.simulate.comparing import differences
from tests.simulate.replaying import Replay

pytestmark = pytest.mark.slow

END = datetime(2026, 11, 25, 13, 0, tzinfo=UTC)


BUSY = Habits(
    looks=1,
    undoes=0.3,
    hands_over=0.2,
    corrects=0.3,
    moves=0.4,
    logs=0.2,
    waits=0.4,
    asks=0.8,
    merges=0.2,
)


def any_mould(_mould: MailMould) -> bool:
    return True


def compare(
    folder: Path,
    wishes: Wishes,
    habits: Habits,
    *,
    moulds_for: int | None = None,
    opening: Callable[[MailMould], bool] = any_mould,
) -> dict[str, object]:
    """Return what differs in a history and in the real house that does the same.

    Args:
        moulds_for: As many moulds as a history of so many cases has; default: as this has.
        opening: Which moulds open cases.
    """
    made, real = folder / "made.db", folder / "real.db"
    settings = Settings.model_validate(
        {"database_url": f"sqlite:///{made}", "secret_key": SECRET, "twin_wait": 20}
    )
    history = History(wishes, settings, shipped_material())
    many = replace(wishes, cases=moulds_for or wishes.cases)
    drafts = History(many, settings, shipped_material()).drafts()
    moulds = moulds_of([(kind, history.maker.make(draft)) for kind, draft in drafts])
    moulds = replace(moulds, opening=tuple(filter(opening, moulds.opening)))
    acts: list[Act] = []
    numbers: dict[int, CaseNumber] = {}
    database = open_database(settings)

    def pieces() -> Iterator[Rows]:
        for piece in range(history.pieces):
            rows = history.play(piece, moulds, acts=acts, habits=habits)
            numbers.update(
                {row[0]: CaseNumber(year=row[1], serial=row[2]) for row in rows["case_file"]}
            )
            yield rows

    with writing(database.engine, COLUMNS) as into:
        write_pieces(pieces(), into)
    database.close()
    otherwise = {numbers[case] for case in judged_otherwise(history, made, acts)}
    assert len(otherwise) <= wishes.cases // 50 + 1
    kept = [
        act
        for act in acts
        if act.name in ("mail", "call") or numbers.get(act.case_id) not in otherwise
    ]
    replay = Replay(folder / "mail", f"sqlite:///{real}", numbers)
    replay.play(kept, END)
    replay.city.close()
    return dict(differences(made, real, {str(number) for number in otherwise}))


def judged_otherwise(history: History, made: Path, acts: list[Act]) -> Iterator[int]:
    """Yield the cases with a mail of which the reader finds otherwise than its mould.

    Names and places are words too, and weigh a little; where it stood nearly even they decide.
    """
    with closing(sqlite3.connect(made)) as connection:
        told = {
            mid: json.loads(unpack_text(triage))
            for mid, triage in connection.execute(
                "SELECT mid, triage FROM message_triage JOIN message ON message.id = message_id"
            )
        }
    for act in acts:
        if act.name == "mail" and act.case_id is not None:
            reading = history.city.reader.read(
                Arrival(
                    mailbox=act.values["mailbox"],
                    raw=RawMessage(
                        key=act.values["key"],
                        received_at=moment(act.at),
                        content=act.values["content"],
                    ),
                )
            )
            found = reading.triage.as_json()
            guessed = told[reading.message.message_id]
            if _firm(guessed) != _firm(found):
                yield act.case_id


def _firm(triage: Mapping[str, Any]) -> dict[str, Any]:
    """Return what does not come from weighing words."""
    rules = [one["rule"] for one in triage["reasons"] if "learned" not in one["rule"]]
    return {**triage, "confidence": None, "reasons": rules}


def test_forty_cases_with_which_people_do_a_lot_are_as_the_real_house_leaves_them(tmp_path):
    wishes = Wishes(cases=40, seed=4, first=(END - timedelta(days=2)).date(), end=END)
    assert compare(tmp_path, wishes, BUSY) == {}


def gives_cause_for_letters(mould: MailMould) -> bool:
    found = mould.found
    return bool(found.missing or found.complaint or found.misdirected or found.protected)


@pytest.mark.timeout(300)
def test_letters_that_the_house_drafts_and_sends_are_as_the_real_house_leaves_them(tmp_path):
    first = (END - timedelta(days=60)).date()
    wishes = Wishes(cases=150, seed=3, first=first, end=END)
    opening = gives_cause_for_letters
    assert compare(tmp_path, wishes, BUSY, moulds_for=20_000, opening=opening) == {}
    with closing(sqlite3.connect(tmp_path / "real.db")) as connection:
        written = connection.execute("SELECT DISTINCT template, state FROM reply_draft").fetchall()
    assert {
        ("delayed", "open"),
        ("information_needed", "open"),
        ("information_needed", "sent"),
        ("information_reminder", "open"),
        ("moved_to_process", "open"),
        ("payment_stop_facts", "sent"),
        ("remark_received", "sent"),
    } <= set(written)


@pytest.mark.timeout(900)
def test_a_thousand_cases_are_as_the_real_house_leaves_them(tmp_path):
    wishes = Wishes(cases=1_000, seed=1, first=first_day(END.date(), 1), end=END)
    assert compare(tmp_path, wishes, Habits()) == {}
