from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.automatic import spam
from functionmail.automatic.signs import Signs, compiled, starts_of

SIGNS = (*spam._ADVERTISING.signs, *spam._PHISHING.signs, *spam._AGAINST.signs)


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.code)
def test_a_sign_is_found_wherever_its_pattern_matches(sign):
    @given(st.from_regex(compiled("|".join(sign.patterns))))
    def found(text):
        assert Signs(sign).seen(text, starts_of(text)) == [sign]

    found()
