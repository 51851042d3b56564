from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functionmail.automatic import spam

SIGNS = (*spam._ADVERTISING, *spam._PHISHING, *spam._AGAINST)


@pytest.mark.parametrize("sign", SIGNS, ids=lambda sign: sign.code)
def test_a_sign_is_found_wherever_its_pattern_matches(sign):
    @given(st.from_regex(sign.pattern))
    def found(text):
        assert list(sign.wordings(text))

    found()
