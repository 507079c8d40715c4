"""Two people's changes of one text: equal to git's merge where git has one, and nothing of either is lost."""

from __future__ import annotations

import random
import re
import subprocess
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from reviews.merging import Agreed, Conflict, Merge, both, merge

WORDS = ("the", "proxy", "error", "rate", "rose", "and", "we", "saw", "it", "fall", "again", "slowly")
DEEDS = ("word", "word", "append", "line", "paragraph", "delete word", "delete line")
SHORT, WHOLE = range(150), range(150, 1150)


def sentence(chance: random.Random) -> str:
    words = [chance.choice(WORDS) for _ in range(chance.randint(3, 9))]
    return " ".join(words).capitalize() + "." + chance.choice(["", f" [E{chance.randint(1, 30)}]"])


def document(chance: random.Random) -> str:
    paragraphs = []
    for _ in range(chance.randint(0, 7)):
        mark = chance.choice(["", "", "- "])
        paragraphs.append(mark + " ".join(sentence(chance) for _ in range(chance.randint(1, 4))))
    return "".join(
        paragraph + chance.choice(["\n\n", "\n\n", "\n"]) for paragraph in paragraphs
    ).rstrip() + chance.choice(["", "\n"])


def edited(
    text: str, chance: random.Random, name: str, deeds: Sequence[str] = DEEDS
) -> tuple[str, list[str]]:
    """The text after one to four edits of one person, and the words that are theirs alone."""
    mine = []
    for number in range(chance.randint(1, 4)):
        word = f"{name}{number}"
        text, is_typed = _edited_once(text, chance, word, chance.choice(deeds))
        if is_typed:
            mine.append(word)
    return text, [word for word in mine if word in text]


def _edited_once(text: str, chance: random.Random, word: str, deed: str) -> tuple[str, bool]:
    lines = text.split("\n")
    at = chance.randrange(len(lines))
    words = lines[at].split(" ")
    place = chance.randrange(len(words))
    if deed == "word":
        words[place] = word
    elif deed == "append":
        words.append(f"{word.capitalize()} {word}.")
    elif deed == "delete word":
        del words[place]
    lines[at] = " ".join(words)
    if deed == "line":
        lines.insert(at, f"- {word}")
    elif deed == "paragraph":
        lines[at:at] = [f"{word} is what happened.", ""]
    elif deed == "delete line":
        del lines[at]
    elif deed == "move":
        lines.insert(chance.randrange(len(lines)), lines.pop(at))
    return "\n".join(lines), deed in ("word", "append", "line", "paragraph")


def by_git(base: str, ours: str, theirs: str, where: Path) -> str | None:
    """What git makes of it, or nothing where git finds a conflict."""
    for name, text in (("base", base), ("ours", ours), ("theirs", theirs)):
        (where / name).write_bytes(text.encode())
    command = ["git", "merge-file", "-p", "--diff3", "ours", "base", "theirs"]
    done = subprocess.run(command, cwd=where, capture_output=True, check=False)
    assert 0 <= done.returncode < 128, done.stderr
    return None if done.returncode else done.stdout.decode()


def shown(merged: Merge) -> str:
    """Everything that a person would see of it."""
    return "".join(
        f"{part.ours}{part.theirs}" if isinstance(part, Conflict) else part.text for part in merged.parts
    )


def check(seed: int, where: Path) -> tuple[bool, bool]:
    """One pair of editors, every other pair moving lines too; whether git and whether we merged it."""
    chance = random.Random(seed)
    deeds = DEEDS if seed % 2 else (*DEEDS, "move")
    base = document(chance)
    ours, mine = edited(base, chance, "ours", deeds)
    theirs, hers = edited(base, chance, "theirs", deeds)
    merged = merge(base, ours, theirs)
    git = by_git(base, ours, theirs, where)
    if git is not None:
        assert merged.is_clean and merged.composed() == git, seed
    assert all(word in shown(merged) for word in mine + hers), seed
    if "move" not in deeds:  # a moved line is deleted and typed at once: counting its words says nothing
        _check_deletions(base, ours, theirs, merged, seed)
    assert mirrored(merge(base, theirs, ours)) == merged, seed
    _check_sides(merged, ours, theirs, seed)
    return git is not None, merged.is_clean


def words_of(text: str) -> Counter[str]:
    return Counter(re.findall(r"\w+", text))


def _check_deletions(base: str, ours: str, theirs: str, merged: Merge, seed: int) -> None:
    """No word is there more or less often in a clean merge than both sides together can account for."""
    if not merged.is_clean:
        return
    before, a, b = words_of(base), words_of(ours), words_of(theirs)
    found = words_of(merged.composed())
    for word in before | a | b:
        gone = max(before[word] - a[word], 0), max(before[word] - b[word], 0)
        come = max(a[word] - before[word], 0), max(b[word] - before[word], 0)
        assert found[word] <= before[word] - max(gone) + sum(come), (seed, word)
        assert found[word] >= before[word] - sum(gone) + max(come), (seed, word)


def _check_sides(merged: Merge, ours: str, theirs: str, seed: int) -> None:
    """Choosing one side everywhere drops no word of that side."""
    for text, name in ((ours, "ours"), (theirs, "theirs")):
        chosen = merged.composed([_picker(name)] * len(merged.conflicts))
        assert not re.findall(rf"{name}\d", text) or set(re.findall(rf"{name}\d", text)) <= set(
            re.findall(rf"{name}\d", chosen)
        ), seed


def _picker(name: str) -> Callable[[Conflict], str]:
    return lambda conflict: str(getattr(conflict, name))


def mirrored(merged: Merge) -> Merge:
    return Merge(
        tuple(
            Conflict(part.base, part.theirs, part.ours) if isinstance(part, Conflict) else part
            for part in merged.parts
        )
    )


def test_random_editors_merge_as_git_does_and_lose_no_word(tmp_path: Path) -> None:
    outcomes = Counter(check(seed, tmp_path) for seed in SHORT)
    assert outcomes[True, True] > 20, "git merged too few of them to compare with"
    assert outcomes[False, True] > 5, "words were never merged"
    assert outcomes[False, False] > 10, "there was never a conflict"


@pytest.mark.soak
def test_a_thousand_random_editors_merge_as_git_does(tmp_path: Path) -> None:
    for seed in WHOLE:
        check(seed, tmp_path)


@pytest.mark.parametrize("seed", range(40))
def test_one_editor_or_the_same_edit_twice_is_that_edit(seed: int) -> None:
    chance = random.Random(seed)
    base = document(chance)
    ours, _ = edited(base, chance, "ours")
    assert merge(base, ours, ours).composed() == ours
    assert merge(base, base, ours).composed() == ours
    assert merge(base, ours, base).composed() == ours


def only(merged: Merge) -> Conflict:
    (conflict,) = merged.conflicts
    return conflict


def test_changes_of_different_words_of_one_sentence_are_put_together() -> None:
    merged = merge(
        "The proxy failed at noon for two hours.",
        "The old proxy failed at noon for two hours.",
        "The proxy failed at noon for three hours.",
    )
    assert merged.composed() == "The old proxy failed at noon for three hours."


def test_changes_of_neighboring_words_are_a_conflict_of_the_sentence() -> None:
    merged = merge(
        "It began. It lasted two hours. It ended.",
        "It began. It lasted three hours. It ended.",
        "It began. It lasted two days. It ended.",
    )
    assert merged.parts == (
        Agreed("It began. "),
        Conflict("It lasted two hours. ", "It lasted three hours. ", "It lasted two days. "),
        Agreed("It ended."),
    )


def test_sentences_added_at_one_place_are_a_conflict_that_both_puts_one_after_the_other() -> None:
    merged = merge("It began. [E1]", "It began. [E1] We saw it.", "It began. [E1] They did not.")
    assert only(merged) == Conflict("", " We saw it.", " They did not.")
    assert merged.composed([both]) == "It began. [E1] We saw it. They did not."


def test_both_keeps_paragraphs_apart_and_items_in_one_list() -> None:
    merged = merge("One.\n", "One.\n\nMine.\n", "One.\n\nHers.\n")
    assert merged.composed([both]) == "One.\n\nMine.\n\nHers.\n"
    merged = merge("- One\n", "- One\n- Mine\n", "- One\n- Hers\n")
    assert merged.composed([both]) == "- One\n- Mine\n- Hers\n"


def test_sentence_that_one_deleted_and_the_other_changed_is_a_conflict() -> None:
    merged = merge(
        "It began. It was slow. It ended.", "It began. It ended.", "It began. It was very slow. It ended."
    )
    assert (only(merged).ours.strip(), only(merged).theirs.strip()) == ("", "It was very slow.")
    assert merged.composed([both]) == "It began. It was very slow. It ended."


def test_paragraph_written_anew_is_not_mixed_with_a_changed_word() -> None:
    merged = merge(
        "The proxy failed and the error rate rose.",
        "Nobody knows what the cause of it was, and we may never.",
        "The proxy failed and the error count rose.",
    )
    assert only(merged).ours == "Nobody knows what the cause of it was, and we may never."


def test_text_that_both_wrote_from_nothing_is_a_conflict() -> None:
    assert only(merge("", "Mine.", "Hers.")) == Conflict("", "Mine.", "Hers.")
    assert merge("Some.", "", "").composed() == ""


def test_choices_that_do_not_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="1 conflicts need as many choices, not 0"):
        merge("", "Mine.", "Hers.").composed()


def test_conflict_is_placed_by_the_sentence_that_it_follows() -> None:
    merged = merge("One. Two. Three.", "One. Two. Mine.", "One. Two. Hers.")
    assert merged.before(only(merged)) == "Two."
    merged = merge("One.", "Mine.", "Hers.")
    assert merged.before(only(merged)) == ""
