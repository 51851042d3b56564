"""Whether somebody mentions a reminder, collection or Kronofogden."""

from __future__ import annotations

import pytest

from bot.services.deadlines import mentions_collection


@pytest.mark.parametrize(
    "said",
    [
        "Vi har fått en påminnelse på fakturan.",
        "Fakturan är redan PÅMIND en gång",
        "den går till inkasso på torsdag",
        "de inkasserar den annars",
        "Inkassokrav!",
        "det ligger hos Kronofogden",
        "ärendet är hos KFM",
        "Vi fick ett kravbrev i går",
        "We received a reminder yesterday",
        "it has gone to debt collection",
        "a letter from the collection agency",
    ],
)
def test_a_mention_is_heard_in_either_language(said):
    assert mentions_collection(said)


@pytest.mark.parametrize(
    "said",
    [
        "",
        "Vi ber om anstånd till den 30 april.",
        "Kan ni makulera fakturan? Den är dubbel.",
        "Could we please have more time to pay?",
        "Jag minns inte vilket nummer den hade.",
    ],
)
def test_what_mentions_none_of_it_is_not_taken_for_it(said):
    assert not mentions_collection(said)


def test_a_mention_far_down_in_a_very_long_mail_is_not_looked_for():
    assert mentions_collection("x " * 100 + "inkasso")
    assert not mentions_collection("x " * 100_000 + "inkasso")
