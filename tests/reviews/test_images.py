"""Pictures in a text are lines of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.images import Picture, in_words, picture_of, written


def test_line_names_a_picture_and_what_it_shows() -> None:
    assert picture_of("  ![Errors by minute](image:12) ") == Picture(12, "Errors by minute")


@pytest.mark.parametrize(
    "line",
    [
        "![Errors](https://elsewhere.example/x.png)",
        "![Errors](image:12) and words",
        "![Errors](image:x)",
        "[Errors](image:12)",
        "![Err]ors](image:12)",
        "![Errors](image:99999999999999999999)",
        f"![{'x' * 301}](image:1)",
    ],
)
def test_anything_else_is_no_picture(line: str) -> None:
    assert picture_of(line) is None


@given(st.integers(0, 10**18 - 1), st.text(max_size=400))
def test_whatever_a_file_is_called_its_line_is_a_picture(pk: int, name: str) -> None:
    found = picture_of(written(pk, name))
    assert found is not None and found.pk == pk


def test_where_no_picture_can_stand_its_words_do() -> None:
    assert in_words("![Errors  by minute](image:12)") == "Picture: Errors by minute"
    assert in_words("See ![](image:3) and [E3]") == "See Picture and [E3]"
    assert in_words("![A](https://elsewhere.example/x.png)") == "![A](https://elsewhere.example/x.png)"
