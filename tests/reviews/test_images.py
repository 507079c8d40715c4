"""Pictures in a text are lines of their own."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews.images import Picture, named_in, picture_of, written


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


def test_every_picture_of_every_text_is_found() -> None:
    texts = ["Words\n![A](image:1)\n\n![B](image:2)", "![A](image:1)", "see ![C](image:3)"]
    assert named_in(texts) == {1, 2}
