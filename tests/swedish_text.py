"""Hypothesis strategies for text as Swedes write it."""

from __future__ import annotations

from hypothesis import strategies as st

LETTERS = "abcdefghijklmnopqrstuvwxyzåäöABCDEFGHIJKLMNOPQRSTUVWXYZÅÄÖéÉüÜ"
PUNCTUATION = " .,:;!?-/()[]0123456789§½%&'\"–—”“’…€"

swedish_words = st.text(LETTERS, min_size=1, max_size=12)
swedish_lines = st.text(LETTERS + PUNCTUATION, max_size=120).map(
    lambda text: " ".join(text.split())
)
swedish_texts = st.lists(swedish_lines, max_size=12).map("\n".join)
