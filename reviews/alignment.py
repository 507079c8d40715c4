"""Which parts of a text were replaced by which, in the way that git finds them, so that our merges equal its merges.

The search is Myers' O(ND) from both ends (1986), with three habits of git's: what stands in one text only is set aside
first, and so is what stands everywhere among it; a search that takes too long is cut at its furthest point; and a
change that could as well stand some lines further down stands there, or where the other text changed too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

PATIENCE = 256  # edits that one search may go through before it is cut
_SEEN_EVERYWHERE, _WINDOW = 2, 100
_FAR = 1 << 60


@dataclass(frozen=True)
class Change:
    """``before[start:end]`` became ``after[at:until]``; one of the two may be empty."""

    start: int
    end: int
    at: int
    until: int


def changes(before: Sequence[Hashable], after: Sequence[Hashable], patience: int = PATIENCE) -> list[Change]:
    """The changes from one sequence to the other, in order; two of them never touch each other."""
    first, second = _Side(before), _Side(after)
    _mark(first, second, patience)
    _settle(first, second)
    _settle(second, first)
    return _collected(first, second)


class _Side:
    """A sequence, and what of it is changed; the marks have one unchanged place before and behind."""

    def __init__(self, items: Sequence[Hashable]) -> None:
        self.items = items
        self.marks = bytearray(len(items) + 2)

    def mark(self, place: int) -> None:
        self.marks[place + 1] = 1

    def is_marked(self, place: int) -> bool:
        return bool(self.marks[place + 1])


def _mark(first: _Side, second: _Side, patience: int) -> None:
    head, tail = _ends(first.items, second.items)
    left = _worth_comparing(first, second, head, tail)
    right = _worth_comparing(second, first, head, tail)
    _Search(first, second, left, right, patience).run()


def _ends(before: Sequence[Hashable], after: Sequence[Hashable]) -> tuple[int, int]:
    """How many items both have in common at the beginning, and then at the end."""
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    return head, tail


def _worth_comparing(side: _Side, other: _Side, head: int, tail: int) -> list[int]:
    """The places that may have a partner on the other side; the rest is marked as changed."""
    counted = Counter(other.items)
    often = _rough_root(len(side.items))
    end = len(side.items) - tail
    kinds = [min(_kind(counted[side.items[place]], often), 2) for place in range(head, end)]
    kept = []
    for offset, kind in enumerate(kinds):
        if kind == 1 or (kind == _SEEN_EVERYWHERE and not _is_lost_among_changes(kinds, offset)):
            kept.append(head + offset)
        else:
            side.mark(head + offset)
    return kept


def _kind(count: int, often: int) -> int:
    """0 for what the other side does not have, 1 for what it has, 2 for what it has often."""
    if not count:
        return 0
    return _SEEN_EVERYWHERE if count >= often else 1


def _rough_root(number: int) -> int:
    """A power of two near the square root, never below it."""
    root = 1
    while number > 0:
        root, number = root * 2, number >> 2
    return root


def _is_lost_among_changes(kinds: Sequence[int], place: int) -> bool:
    """Whether an item that stands everywhere has, on both sides, far more changed neighbors than others of its kind."""
    gone_before, common_before = _neighbors(kinds, range(place - 1, max(place - _WINDOW, 0) - 1, -1))
    last = min(place + _WINDOW, len(kinds) - 1)
    gone_behind, common_behind = _neighbors(kinds, range(place + 1, last + 1))
    if not gone_before or not gone_behind:
        return False
    common = common_before + common_behind + 2
    return common * 4 < common + gone_before + gone_behind


def _neighbors(kinds: Sequence[int], places: range) -> tuple[int, int]:
    gone = common = 0
    for place in places:
        if kinds[place] == 1:
            break
        if kinds[place] == 0:
            gone += 1
        else:
            common += 1
    return gone, common


class _Search:
    """Finds what two sides have in common, and marks the rest."""

    def __init__(
        self, first: _Side, second: _Side, left: Sequence[int], right: Sequence[int], patience: int
    ) -> None:
        self.sides = (first, second)
        self.places = (left, right)
        self.a = [first.items[place] for place in left]
        self.b = [second.items[place] for place in right]
        self.patience = max(patience, _rough_root(len(self.a) + len(self.b)) if patience == PATIENCE else 0)

    def run(self) -> None:
        boxes = [(0, len(self.a), 0, len(self.b))]
        while boxes:
            a0, a1, b0, b1 = self._shrunk(*boxes.pop())
            if a0 == a1 or b0 == b1:
                self._mark(0, a0, a1)
                self._mark(1, b0, b1)
            else:
                a, b = self._middle(a0, a1, b0, b1)
                boxes += [(a0, a, b0, b), (a, a1, b, b1)]

    def _mark(self, which: int, start: int, end: int) -> None:
        for index in range(start, end):
            self.sides[which].mark(self.places[which][index])

    def _shrunk(self, a0: int, a1: int, b0: int, b1: int) -> tuple[int, int, int, int]:
        a, b = self.a, self.b
        while a0 < a1 and b0 < b1 and a[a0] == b[b0]:
            a0, b0 = a0 + 1, b0 + 1
        while a0 < a1 and b0 < b1 and a[a1 - 1] == b[b1 - 1]:
            a1, b1 = a1 - 1, b1 - 1
        return a0, a1, b0, b1

    def _middle(self, a0: int, a1: int, b0: int, b1: int) -> tuple[int, int]:
        """A point on a shortest way through the box: two searches from its corners meet there."""
        a, b = self.a, self.b
        lowest, highest = a0 - b1, a1 - b0
        front_low = front_high = a0 - b0
        back_low = back_high = a1 - b1
        front, back = {front_low: a0}, {back_low: a1}
        is_odd = (front_low - back_low) & 1
        for cost in range(1, _FAR):
            front_low, front_high = _widened(front, front_low, front_high, lowest, highest, -1)
            for diagonal in range(front_high, front_low - 1, -2):
                below, above = front[diagonal - 1], front[diagonal + 1]
                x = below + 1 if below >= above else above
                y = x - diagonal
                while x < a1 and y < b1 and a[x] == b[y]:
                    x, y = x + 1, y + 1
                front[diagonal] = x
                if is_odd and back_low <= diagonal <= back_high and back[diagonal] <= x:
                    return x, y
            back_low, back_high = _widened(back, back_low, back_high, lowest, highest, _FAR)
            for diagonal in range(back_high, back_low - 1, -2):
                below, above = back[diagonal - 1], back[diagonal + 1]
                x = below if below < above else above - 1
                y = x - diagonal
                while x > a0 and y > b0 and a[x - 1] == b[y - 1]:
                    x, y = x - 1, y - 1
                back[diagonal] = x
                if not is_odd and front_low <= diagonal <= front_high and x <= front[diagonal]:
                    return x, y
            if cost >= self.patience:
                forth = [_inside(front[d], d, a0, a1, b0, b1) for d in range(front_high, front_low - 1, -2)]
                home = [_inside(back[d], d, a0, a1, b0, b1) for d in range(back_high, back_low - 1, -2)]
                furthest, nearest = max(forth, key=sum), min(home, key=sum)
                return furthest if sum(furthest) - a0 - b0 > a1 + b1 - sum(nearest) else nearest
        raise AssertionError("two searches always meet")


def _widened(
    reached: dict[int, int], low: int, high: int, lowest: int, highest: int, unreached: int
) -> tuple[int, int]:
    """One diagonal more on each side, or one less where the box ends; beyond them nothing is reached."""
    if low > lowest:
        low -= 1
        reached[low - 1] = unreached
    else:
        low += 1
    if high < highest:
        high += 1
        reached[high + 1] = unreached
    else:
        high -= 1
    return low, high


def _inside(x: int, diagonal: int, a0: int, a1: int, b0: int, b1: int) -> tuple[int, int]:
    """The point at ``x`` on a diagonal, moved along it into the box."""
    x = min(max(x, a0, b0 + diagonal), a1, b1 + diagonal)
    return x, x - diagonal


class _Run:
    """A stretch of changed places of one side, empty between two neighbors that are unchanged; walks and slides."""

    def __init__(self, side: _Side) -> None:
        self.side = side
        self.start = self.end = 0
        self._grow_down()

    @property
    def is_empty(self) -> bool:
        return self.start == self.end

    def _grow_down(self) -> None:
        while self.side.is_marked(self.end):
            self.end += 1

    def _grow_up(self) -> None:
        while self.side.is_marked(self.start - 1):
            self.start -= 1

    def next(self) -> bool:
        """To the following run; false at the end."""
        if self.end == len(self.side.items):
            return False
        self.start = self.end = self.end + 1
        self._grow_down()
        return True

    def previous(self) -> None:
        self.start = self.end = self.start - 1
        self._grow_up()

    def slide_up(self) -> bool:
        """One place towards the beginning, swallowing a run that is met; false where the text forbids it."""
        items = self.side.items
        if self.start == 0 or items[self.start - 1] != items[self.end - 1]:
            return False
        self.start, self.end = self.start - 1, self.end - 1
        self.side.marks[self.start + 1], self.side.marks[self.end + 1] = 1, 0
        self._grow_up()
        return True

    def slide_down(self) -> bool:
        items = self.side.items
        if self.end == len(items) or items[self.start] != items[self.end]:
            return False
        self.side.marks[self.start + 1], self.side.marks[self.end + 1] = 0, 1
        self.start, self.end = self.start + 1, self.end + 1
        self._grow_down()
        return True


def _settle(side: _Side, other: _Side) -> None:
    """Slide every change as far down as it goes, or to where the other side has one as well."""
    run, partner = _Run(side), _Run(other)
    while True:
        if not run.is_empty:
            _settle_run(run, partner)
        if not run.next():
            return
        partner.next()


def _settle_run(run: _Run, partner: _Run) -> None:
    size = -1
    while size != run.end - run.start:
        size = run.end - run.start
        while run.slide_up():
            partner.previous()
        highest = run.end
        met = not partner.is_empty
        while run.slide_down():
            partner.next()
            met = met or not partner.is_empty
    if run.end != highest and met:
        while partner.is_empty:
            run.slide_up()
            partner.previous()


def _collected(first: _Side, second: _Side) -> list[Change]:
    found = []
    a = b = 0
    while a < len(first.items) or b < len(second.items):
        start, at = a, b
        while first.is_marked(a):
            a += 1
        while second.is_marked(b):
            b += 1
        if (a, b) != (start, at):
            found.append(Change(start, a, at, b))
        else:
            a, b = a + 1, b + 1
    return found
