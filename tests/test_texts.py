"""What the speaker says, and that both languages are complete."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from hypothesis import given
from hypothesis import strategies as st

import bot.triage
import functionmail.automatic
from bot import texts, vocabulary
from bot.dunning import DeadlineCode
from bot.duty import Because
from bot.knowledge import bundled_folder, hours, load
from bot.notifying import Alert, AlertCode, sentence
from bot.plan import Withheld
from bot.promises import Feedback
from bot.reply_rules import DraftState, Policy
from bot.services.reply_suggestions import Fits
from bot.stop_list import Part, Remark
from bot.texts import names_in, speaker
from bot.texts.codes import CODES
from bot.triage.cues import Says
from bot.triage.reading import Place
from bot.worktime import model as worktime
from functionmail.automatic import NoAnswer
from functionmail.message import Fault
from tests import catalogues

STOCKHOLM = ZoneInfo("Europe/Stockholm")
SPRING = datetime(2026, 3, 4, 13, 5, tzinfo=UTC)

SHIPPED = load(bundled_folder())
SWEDISH_NAMES = SHIPPED.names_in("sv")

swedish = speaker("sv")
english = speaker("en")

CODES_OF_OTHERS = {
    "alert": AlertCode,
    "deadline": DeadlineCode,
    "duty": Because,
    "fault": Fault,
    "feedback": Feedback,
    "no_answer": NoAnswer,
    "stop_list": Remark,
    "stop_part": Part,
    "withheld": Withheld,
    "where": Place,
}
A_RULE = re.compile(r'"((?:tag|matter|kind|spam|protected|complaint)\.[a-z_]+)"')
AN_AUTHOR_RULE = re.compile(
    r'(?:_automatic\(|_bounce\(|rule=)"([a-z_]+)"|^        \("([a-z]+)", _[a-z]+\(reading', re.M
)
ENUMS = {
    "kind": vocabulary.Kind,
    "urgent": vocabulary.Urgency,
    "stage": vocabulary.InvoiceStage,
    "status": vocabulary.Status,
    "channel": vocabulary.Channel,
    "language": vocabulary.Language,
    "missing": vocabulary.Missing,
    "outcome": vocabulary.Outcome,
    "ignored": vocabulary.IgnoredBecause,
    "mode": vocabulary.Mode,
    "event": vocabulary.EventKind,
    "action": vocabulary.ActionKind,
    "action_state": vocabulary.ActionState,
    "why_missing": vocabulary.Missing,
    "policy": Policy,
    "draft_state": DraftState,
    "fits": Fits,
}


def test_every_code_that_a_module_can_return_has_a_sentence():
    codes = [
        f"{prefix}.{item.value}"
        for prefix, enum in (ENUMS | CODES_OF_OTHERS).items()
        for item in enum
    ]
    assert len(codes) > 100
    assert [code for code in codes if not CODES.get(code)] == []


def test_every_rule_of_triage_has_a_sentence():
    sources = Path(bot.triage.__file__).parent.glob("*.py")
    literal = {rule for path in sources for rule in A_RULE.findall(path.read_text("utf-8"))}
    made = {f"matter.{says.value}" for says in Says if says is not Says.AGAINST}
    assert len(literal) > 5
    assert [rule for rule in sorted(literal | made) if f"reason.{rule}" not in CODES] == []


def test_every_rule_that_tells_machines_from_people_has_a_sentence():
    sources = Path(functionmail.automatic.__file__).parent.glob("*.py")
    found = {
        rule
        for path in sources
        for pair in AN_AUTHOR_RULE.findall(path.read_text("utf-8"))
        for rule in pair
        if rule
    }
    assert len(found) > 5
    assert [rule for rule in sorted(found) if f"reason.{rule}" not in CODES] == []


def test_every_note_about_hours_and_days_has_a_sentence():
    notes = {hours.EXTRA_CLOSED, hours.EXTRA_OPEN, hours.SQUEEZE_DAY}
    notes |= {worktime.OPEN, worktime.OUTSIDE_HOURS, worktime.WEEKEND}
    notes |= {f"day.{eve}" for eve in hours.Eve}
    for year in range(hours.FIRST_YEAR, hours.LAST_YEAR + 1):
        notes.update(hours.days_off(year, ("public", "de_facto")).values())
    assert len(notes) == 32
    assert [note for note in sorted(notes) if note not in CODES] == []


def test_names_of_the_city_stand_in_the_knowledge_and_not_among_the_codes():
    assert not {code.partition(".")[0] for code in CODES} & {"process", "matter", "mailbox", "team"}


def test_a_reason_needs_nothing_but_the_words_it_saw():
    needs = {code: names_in(CODES[code]) for code in CODES if code.startswith("reason.")}
    assert len(needs) > 20
    assert {code: names for code, names in needs.items() if not names <= {"words"}} == {}


@pytest.mark.parametrize("code", AlertCode)
def test_an_alert_can_be_said_with_the_values_that_it_has(code):
    values = {"cases": 3, "by": "16:30", "due": "2026-03-03 16:30", "until": "2026-03-03 16:30"}
    values |= {"invoice": "40012345", "amount_ore": 125_000, "count": 12, "file": "tags.yaml"}
    values |= {"urgent": 1, "unanswered": 2, "today": 0, "place": "kundreskontra"}
    assert sentence(Alert(key="k", code=code, values=values), swedish, SWEDISH_NAMES)


SPELT_ALIKE = {"by.process", "by.team", "by.tertial"}
"""Words that are the same in both languages."""


def test_english_has_a_sentence_of_its_own_for_every_code():
    def is_alike(code):
        values = dict.fromkeys(names_in(CODES[code]), "X")
        return english.code(code, **values) == swedish.code(code, **values)

    assert {code for code in CODES if is_alike(code)} == SPELT_ALIKE


def test_an_unknown_code_is_said_as_it_is():
    assert swedish.code("reason.not.known", words="x") == "reason.not.known"


def test_a_language_tag_with_a_country_finds_its_language():
    assert speaker("en-GB").language == "en"
    assert speaker("en_US").language == "en"


@pytest.mark.parametrize("language", ["", "xx", "../en", "fi-FI"])
def test_an_unknown_language_is_answered_in_swedish(language):
    assert speaker(language).code("status.closed") == "Avslutat"


def test_a_missing_value_is_an_error():
    with pytest.raises(KeyError, match="antal"):
        swedish("{antal} nya", fler=1)


@pytest.mark.parametrize("sentence", ["{a.__class__}", "{a[0]}", "{0}", "{}", "{a!r}", "{a:>9}"])
def test_a_sentence_cannot_reach_into_a_value(sentence):
    with pytest.raises(ValueError, match="plain"):
        swedish(sentence, a="x")


@given(st.text())
def test_a_value_is_never_read_as_a_sentence(value):
    assert swedish("<{a}>", a=value) == f"<{value}>"


def test_plural_follows_the_number():
    assert swedish.plural("{n} mejl", "{n} mejlen", 1) == "1 mejl"
    assert swedish.plural("{n} mejl", "{n} mejlen", 0) == "0 mejlen"


def test_plural_groups_a_large_number_and_takes_more_values():
    said = swedish.plural("{n} av {mejl}", "{n} av {mejl}", 12345, mejl="x")
    assert said == "12\N{NO-BREAK SPACE}345 av x"


def test_a_moment_is_shown_as_the_clock_on_the_wall_in_both_languages():
    assert swedish.moment(SPRING, STOCKHOLM) == "onsdag 4 mars kl. 14:05"
    assert english.moment(SPRING, STOCKHOLM) == "Wednesday 4 March at 14:05"


def test_a_moment_follows_the_clock_change():
    before = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)
    assert swedish.moment(before, STOCKHOLM).endswith("01:59")
    assert swedish.moment(before + timedelta(minutes=1), STOCKHOLM).endswith("03:00")


def test_a_naive_moment_is_refused():
    with pytest.raises(ValueError, match="aware"):
        swedish.moment(SPRING.replace(tzinfo=None), STOCKHOLM)


def test_a_day_is_said_with_or_without_its_year():
    assert swedish.date(date(2026, 3, 4)) == "onsdag 4 mars"
    assert english.date(date(2026, 3, 4), year=True) == "Wednesday 4 March 2026"


@pytest.mark.parametrize(
    ("span", "said"),
    [
        (timedelta(0), "0 minuter"),
        (timedelta(seconds=59), "under en minut"),
        (timedelta(minutes=65), "1 timme och 5 minuter"),
        (timedelta(hours=2), "2 timmar"),
        (timedelta(days=2, hours=1, minutes=7), "2 dygn och 1 timme"),
        (timedelta(days=2, minutes=7), "2 dygn"),
    ],
)
def test_a_duration_is_said_in_its_two_largest_units(span, said):
    assert swedish.duration(span) == said


def test_working_time_is_never_said_in_days():
    assert (
        swedish.duration(timedelta(hours=27, minutes=5), days=False, short=True) == "27 tim 5 min"
    )


@pytest.mark.parametrize(("days", "said"), [(1, "1 d 2 tim"), (2, "2 d 2 tim"), (21, "21 d 2 tim")])
def test_a_short_duration_has_the_same_short_words_for_one_and_for_many(days, said):
    assert swedish.duration(timedelta(days=days, hours=2), short=True) == said


def test_a_negative_duration_is_refused():
    with pytest.raises(ValueError, match="negative"):
        swedish.duration(timedelta(minutes=-5))


def test_numbers_shares_and_lists_follow_the_language():
    assert swedish.number(1234.5, decimals=1) == "1\N{NO-BREAK SPACE}234,5"
    assert english.number(1234.5, decimals=1) == "1,234.5"
    assert swedish.percent(0.934) == "93\N{NO-BREAK SPACE}%"
    assert swedish.listing(["a", "b", "c"]) == "a, b och c"
    assert english.listing([]) == ""


def test_importing_the_texts_loads_no_library():
    code = "import sys, bot.texts; sys.exit('babel' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.fixture
def catalogue() -> Catalog:
    made = Catalog(locale="en")
    made.add("Hej {namn}", "Hello {namn}")
    made.add(("{n} ärende", "{n} ärenden"), ("{n} case", "{n} cases"))
    return made


USED = {"Hej {namn}": "a.py:1", ("{n} ärende", "{n} ärenden"): "a.py:2"}


def test_a_finished_catalogue_has_no_faults(catalogue):
    assert list(catalogues.faults(catalogue, USED)) == []


def test_a_missing_sentence_is_named_with_its_place(catalogue):
    lines = list(catalogues.faults(catalogue, {**USED, "Ny": "b.py:7"}))
    assert lines == ["b.py:7: not in the catalogue: 'Ny'"]


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        ("", "not translated"),
        ("Hello", "other values"),
        ("Hello {name}", "other values"),
        ("Hello {namn.x}", "plain"),
    ],
)
def test_an_unfinished_translation_is_a_fault(catalogue, translation, fault):
    catalogue["Hej {namn}"].string = translation
    (line,) = catalogues.faults(catalogue, USED)
    assert fault in line


def test_a_fuzzy_translation_is_a_fault(catalogue):
    catalogue["Hej {namn}"].flags.add("fuzzy")
    (line,) = catalogues.faults(catalogue, USED)
    assert "fuzzy" in line


def test_a_sentence_that_is_no_longer_used_is_a_fault(catalogue):
    (line,) = catalogues.faults(catalogue, {"Hej {namn}": "a.py:1"})
    assert "no longer used" in line


def test_updating_adds_what_is_missing_for_a_translator(catalogue, tmp_path):
    path = tmp_path / "en" / "LC_MESSAGES" / "sammadag.po"
    path.parent.mkdir(parents=True)
    sentences = {**USED, "Ny {dag}": "b.py:7", ("en {n}", "fler {n}"): "b.py:8"}
    assert catalogues.update(catalogue, sentences) == 2
    catalogues.write(path, catalogue)
    again = catalogues.read(path)
    assert again["Ny {dag}"].string == ""
    assert again["Hej {namn}"].string == "Hello {namn}"
    assert len(list(catalogues.faults(again, sentences))) == 2


def test_sentences_are_found_in_code_and_in_pages(tmp_path):
    package = tmp_path / "bot"
    package.mkdir()
    (package / "a.py").write_text(
        'say("Ett")\nself._say("Två {x}", x=1)\nsay.code("kind.x")\nT = {"k": mark("Tre")}\n'
        'say.plural("{n} dag", "{n} dagar", n)\nsay(variable)\nother("Nej")\n',
        "utf-8",
    )
    (package / "p.html").write_text(
        '<p>{{ say("Fyra") }}{{ say.plural("{n} rad", "{n} rader", 3) }}</p>', "utf-8"
    )
    found = catalogues.find(package, {"kind.x": "Kod"})
    assert set(found.sentences) == {
        "Ett",
        "Två {x}",
        "Tre",
        ("{n} dag", "{n} dagar"),
        "Fyra",
        ("{n} rad", "{n} rader"),
        "Kod",
    }
    assert found.faults == []


@pytest.mark.parametrize("call", ['say(f"Hej {x}")', 'say("Hej " + x)', 'say("Hej %s" % x)'])
def test_a_sentence_that_is_put_together_is_a_fault(tmp_path, call):
    (tmp_path / "a.py").write_text(call, "utf-8")
    (line,) = catalogues.find(tmp_path, {}).faults
    assert "put together" in line


def test_a_code_without_a_sentence_is_a_fault(tmp_path):
    (tmp_path / "a.py").write_text('self.say.code("kind.case")\nsay.code("kind.cse")\n', "utf-8")
    (line,) = catalogues.find(tmp_path, {"kind.case": "Ärende"}).faults
    assert "a.py:2: no sentence for the code 'kind.cse'" in line


@pytest.mark.parametrize(("age_s", "said"), [(-60, "Mejl"), (60, "Mail")])
def test_a_compiled_catalogue_is_read_as_long_as_its_source_has_not_changed(
    tmp_path, monkeypatch, age_s, said
):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source, compiled = folder / "sammadag.po", folder / "sammadag.mo"
    source.write_text('msgid "Mejl"\nmsgstr "Mail"\n', "utf-8")
    with compiled.open("wb") as file:
        write_mo(file, Catalog("en"))
    os.utime(compiled, (source.stat().st_mtime - age_s,) * 2)
    monkeypatch.setattr(texts, "CATALOGUES", tmp_path)
    assert texts._catalogue.__wrapped__("en").gettext("Mejl") == said
