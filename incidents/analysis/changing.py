"""Changes weighed as contributing factors: what their lines could lead to, against what failed, where and when."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

from incidents.analysis.courses import GROWS, course
from incidents.analysis.deviations import shortened
from incidents.analysis.diffs import changed_names, identifiers, read_diff
from incidents.analysis.effects import Effect, effects
from incidents.analysis.observed import Change
from incidents.analysis.origins import names, stem_of
from incidents.analysis.scene import Scene
from incidents.analysis.symptoms import Symptom, symptoms_in
from incidents.analysis.weighing import Candidate, Confidence, Kind, Point, Sort, candidate, point
from incidents.analysis.windows import clock

LEAST_FIT, MOST_FIT = 0.35, 1.2
MOST_FOR_WORDS = 3.0
OF_TEXT = 1.4
NEAR, FAR = 30 * 60.0, 3 * 3600.0
SETTLED = 15 * 60.0


NOT_TELLING: Mapping[Symptom, float] = {
    Symptom.SLOW: 0.4, Symptom.OVERLOAD: 0.6, Symptom.TIMEOUT: 0.7, Symptom.RETRIES: 0.7, Symptom.VALUES: 0.7,
    Symptom.PROVIDER: 0.6, Symptom.MISSING: 0.7,
}  # fmt: skip


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_COMMON = _set(
    "error errors failed failure return returned service server client request requests response handler "
    "handle context http https json string value values with from this that func function class import "
    "type name names data info warn warning status code message select where insert update call calls "
    "count total time seconds after before none null true false default config exceeded could cannot "
    "retry timeout error_ratio upstream ratio rate error_rate duration http_server_duration user users "
    "order orders items item more than less when have does into result results main test start started "
    "stop stopped process processing load loaded read write open close get set put post delete"
)
_NOT_RUN = re.compile(
    r"(?:^|/)(?:docs?|tests?|testdata|__tests__|spec|\.github|\.gitlab|\.circleci|"
    r"examples?)/|_test\.|\.test\.|\.spec\.|(?:^|/)test_|\.md$|\.rst$|"
    r"(?:^|/)(?:codeowners|license|makefile|readme|changelog|\.gitignore|\.editorconfig)|"
    r"golangci|eslint|prettier|pre-commit|\.snap$",
    re.IGNORECASE,
)
_LOOKS = re.compile(
    r"\.(?:css|scss|less|svg|png|jpe?g|ico|woff2?)$|(?:^|/)(?:theme|styles?|tokens|locales?|i18n)\b",
    re.IGNORECASE,
)
_SHARED = re.compile(
    r"(?:^|/)(?:pkg|lib|libs|internal|shared|common|platform|proto|core|config|configs|"
    r"deploy|charts?|k8s|helm|terraform|infra|ops|db|migrations?)/",
    re.IGNORECASE,
)
_PINS = re.compile(
    r"(?:^|/)(?:go\.(?:mod|sum)|package(?:-lock)?\.json|yarn\.lock|requirements\S*\.txt|"
    r"pom\.xml|build\.gradle|cargo\.(?:toml|lock)|gemfile(?:\.lock)?|poetry\.lock)$",
    re.IGNORECASE,
)
_BOUNDED = re.compile(
    r"\bbounded\b|\blru\b|fixed.?size|at most|evict|max(?:imum)?_?(?:size|entries|items|len)|capacity",
    re.IGNORECASE,
)
_TIDY = re.compile(
    r"^(?:docs?|tests?|style|ci|chore|refactor)\b|\b(?:tidy|rename|reformat|typo|lint|"
    r"comment|cleanup|clean up)\b",
    re.IGNORECASE,
)

_LASTING = GROWS | {Symptom.EXPIRED, Symptom.POOL}
_AT_ONCE = frozenset(
    {Symptom.CRASH, Symptom.SCHEMA, Symptom.FORMAT, Symptom.ACCESS, Symptom.HANDSHAKE, Symptom.NAMES}
    | {Symptom.REFUSED, Symptom.SETTING, Symptom.MISSING, Symptom.EXPIRED}
)


def changes(scene: Scene) -> list[Candidate]:
    """Every change that came before the failure, weighed; the order in which they are given does not matter."""
    began = scene.began
    known = scene.observed.changes
    before = sorted(one for one in known if began is None or one.at <= began)
    rare = _rare(known)
    told = _told_names(scene)
    return [_weighed(change, scene, rare, told) for change in before]


def too_late(scene: Scene) -> list[Change]:
    """The changes that came after the failure had begun, so that they cannot have led to it."""
    began = scene.began
    return sorted(one for one in scene.observed.changes if began is not None and one.at > began)


def _weighed(change: Change, scene: Scene, rare: Mapping[str, int], told: frozenset[str]) -> Candidate:
    """Weigh one change; what is not known to have run is at most suspected."""
    best = _mechanism(change, scene)
    weighed = [
        *best, *_words(change, scene, rare, told), *course(change, scene), *_place(change, scene),
        *_time(change, scene), *_nature(change, scene, bool(best)),
    ]  # fmt: skip
    found = candidate(
        change.key, Kind.CHANGE, change.service, _statement(change), weighed, _would_confirm(change, scene)
    )
    if found.confidence == Confidence.PROBABLE and not change.is_live:
        return found._replace(confidence=Confidence.SUSPECTED)
    return found


def _statement(change: Change) -> str:
    where = f" of {change.service}" if change.service else ""
    return f"The {change.kind}{where} at {clock(change.at)} UTC: {shortened(change.text)}."


def _would_confirm(change: Change, scene: Scene) -> str:
    what = scene.origin or "the failing service"
    if change.kind == "flag":
        return f"The errors of {what} stop when the flag is put back, and come again when it is switched."
    if not change.is_live:
        return f"A record that this commit was running in {what} when it failed, and that it fails without the rest."
    return (
        f"{what} works again once this change alone is taken back, or fails the same way in a test with it."
    )


@lru_cache(maxsize=4096)
def _effects(diff: str) -> tuple[Effect, ...]:
    return tuple(effects(read_diff(diff)))


def _mechanism(change: Change, scene: Scene) -> list[Point]:
    """The effect of its lines that fits best what the texts of the failure speak of; without lines, its text."""
    if _is_never_run(change):
        return []
    if not change.diff:
        return _by_its_text(change, scene)
    scored = [
        (one.strength * fit, one, symptom)
        for one in _effects(change.diff)
        for fit, symptom in _fits(one, scene)
    ]
    if not scored:
        return []
    weight, effect, symptom = max(scored, key=lambda one: (one[0], one[1].does, one[2]))
    said = scene.symptoms.found[symptom][0]
    text = (
        f"It {effect.does} (“{shortened(effect.line, 90)}”), which can lead to {symptom.value}; "
        f"“{shortened(said.text, 90)}” speaks of that."
    )
    return [point(weight, Sort.MECHANISM, text, change.ref, said.ref)]


def _by_its_text(change: Change, scene: Scene) -> list[Point]:
    """A change without a diff speaks of what fails: that alone never names it."""
    spoken = [one for one in symptoms_in(change.text) if one in scene.symptoms.found]
    if not spoken:
        return []
    best = max(spoken, key=lambda one: (_telling(one, scene), one))
    said = scene.symptoms.found[best][0]
    text = f"Its text speaks of {best.value}, and so does the failure: “{shortened(said.text, 90)}”."
    return [point(OF_TEXT * _telling(best, scene), Sort.MECHANISM, text, change.ref, said.ref)]


def _fits(effect: Effect, scene: Scene) -> Iterator[tuple[float, Symptom]]:
    """How well an effect explains what was seen: by how much of the texts speaks of what it can lead to."""
    shared = [one for one in effect.leads_to if one in scene.symptoms.found]
    if not shared:
        return
    best = max(shared, key=lambda one: (_telling(one, scene), one))
    more = 0.1 * sum(one != best and _telling(one, scene) > 0.2 for one in shared)
    yield min(_telling(best, scene) + more, MOST_FIT), best


def _telling(symptom: Symptom, scene: Scene) -> float:
    share = scene.symptoms.share(symptom)
    return NOT_TELLING.get(symptom, 1.0) * (LEAST_FIT + (1 - LEAST_FIT) * min(2 * share, 1.0))


def _rare(changes: Iterable[Change]) -> Counter[str]:
    """In how many changes each name stands."""
    return Counter(name for change in changes for name in _names_of(change))


@lru_cache(maxsize=4096)
def _diff_names(diff: str) -> frozenset[str]:
    return changed_names(read_diff(diff))


def _names_of(change: Change) -> frozenset[str]:
    return _diff_names(change.diff) | frozenset(identifiers(change.text))


def _told_names(scene: Scene) -> frozenset[str]:
    """The names in the texts of the failure; not those of services, nor words that every failure has."""
    stems = {stem_of(service) for service in scene.observed.services}
    services = {service.casefold() for service in scene.observed.services}
    found = {name for said in scene.symptoms.said if said.weight > 0.5 for name in identifiers(said.text)}
    found |= {name for one in scene.found if one.is_failing for name in identifiers(one.what)}
    return frozenset(found - stems - services - _COMMON)


def _words(change: Change, scene: Scene, rare: Mapping[str, int], told: frozenset[str]) -> list[Point]:
    """Names that its lines put in or take out, that the failure speaks of, and that few other changes have."""
    if _is_never_run(change):
        return []
    in_lines = _shared(_diff_names(change.diff), told, rare)
    in_text = _shared(frozenset(identifiers(change.text)), told, rare) - in_lines
    weight = sum(_weight(name) for name in in_lines) + 0.5 * sum(_weight(name) for name in in_text)
    if not weight:
        return []
    shown = sorted(in_lines | in_text, key=lambda name: (-len(name), name))[:3]
    said = next((one for one in scene.symptoms.said if shown[0] in set(identifiers(one.text))), None)
    quoted = f": “{shortened(said.text, 90)}”" if said else ""
    text = f"It changes {', '.join(shown)}, of which the failure speaks{quoted}."
    refs = (change.ref, said.ref) if said else (change.ref,)
    return [point(min(weight, MOST_FOR_WORDS), Sort.WORDS, text, *refs)]


def _shared(mine: frozenset[str], told: frozenset[str], rare: Mapping[str, int]) -> frozenset[str]:
    return frozenset(name for name in mine & told if len(name) > 3 and rare[name] <= 3 and not name.isdigit())


def _weight(name: str) -> float:
    """A long or compound name is hardly there by chance."""
    return 1.5 if "_" in name or len(name) > 11 else 1.0 if len(name) > 6 else 0.6


def _place(change: Change, scene: Scene) -> list[Point]:
    origin = scene.origin
    if not origin:
        return []
    if change.service == origin:
        return [point(2.0, Sort.PLACE, f"It changed {origin}, which failed first.", change.ref)]
    touched = [path for path in change.files if names(path.replace("/", " "), origin)]
    if touched:
        return [point(2.0, Sort.PLACE, f"It touches {touched[0]}, which belongs to {origin}.", change.ref)]
    if change.service:
        return _elsewhere(change.service, change, scene)
    others = [
        one
        for one in scene.observed.services
        if any(names(path.replace("/", " "), one) for path in change.files)
    ]
    if others and not any(_SHARED.search(path) for path in change.files):
        return _elsewhere(others[0], change, scene)
    if any(_SHARED.search(path) for path in change.files):
        return [
            point(
                0.75,
                Sort.PLACE,
                f"It touches code or settings that several services share ({change.files[0]}).",
                change.ref,
            )
        ]
    return []


def _elsewhere(service: str, change: Change, scene: Scene) -> list[Point]:
    if service in scene.related:
        return [point(0.75, Sort.PLACE, f"It changed {service}, which {scene.origin} calls.", change.ref)]
    return [
        point(-1.5, Sort.PLACE, f"It changed {service}, not {scene.origin}, which failed first.", change.ref)
    ]


def _time(change: Change, scene: Scene) -> list[Point]:
    if scene.began is None:
        return []
    passed = scene.began - change.at
    lasting = bool(_LASTING & set(scene.symptoms.found)) and bool(_mechanism(change, scene))
    weight = 1.0 if passed <= NEAR or lasting else 0.5 if passed <= FAR else 0.25
    found = [point(weight, Sort.TIME, f"It came {_minutes(passed)} before the failure began.", change.ref)]
    if passed > SETTLED and change.is_live and _shows_at_once(change, scene):
        text = f"It ran for {_minutes(passed)} without this failure, although what it could lead to shows at once."
        found.append(point(-1.5, Sort.TIME, text, change.ref))
    if not change.is_live:
        found.append(
            point(-0.5, Sort.TIME, "No deployment of it is on record before the failure.", change.ref)
        )
    return found


def _shows_at_once(change: Change, scene: Scene) -> bool:
    """Whether all that it could have led to here needs no time and no load to show."""
    could = {one for effect in _effects(change.diff) for one in effect.leads_to & set(scene.symptoms.found)}
    return bool(could) and could <= _AT_ONCE


def _minutes(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} seconds"
    return f"{seconds / 60:.0f} minutes" if seconds < 5400 else f"{seconds / 3600:.1f} hours"


def _is_never_run(change: Change) -> bool:
    return bool(change.files) and all(_NOT_RUN.search(path) for path in change.files)


def _nature(change: Change, scene: Scene, has_mechanism: bool) -> Iterator[Point]:
    """What speaks against a change whatever failed: it does not run, only looks different, or does nothing new."""
    if _is_never_run(change):
        yield point(-5.0, Sort.NATURE, f"Nothing in it runs in production ({change.files[0]}).", change.ref)
    elif change.files and all(
        _LOOKS.search(path) or path.endswith((".html", ".md")) for path in change.files
    ):
        yield point(-4.0, Sort.NATURE, f"It changes looks only ({change.files[0]}).", change.ref)
    elif change.files and all(_PINS.search(path) for path in change.files) and not has_mechanism:
        yield point(
            -1.5, Sort.NATURE, "It raises versions of libraries and changes no line of our own.", change.ref
        )
    elif change.diff and not has_mechanism:
        yield point(-1.5, Sort.NATURE, "Its lines do nothing that could lead to what was seen.", change.ref)
    if _TIDY.search(change.text) and not has_mechanism:
        yield point(-0.5, Sort.NATURE, "Its text says that it only tidies up.", change.ref)
    if has_mechanism and _is_bounded(change) and GROWS & set(scene.symptoms.found):
        yield point(-2.0, Sort.NATURE, "It says itself how much it may keep at most.", change.ref)


def _is_bounded(change: Change) -> bool:
    diff = read_diff(change.diff)
    return any(_BOUNDED.search(line.text) for line in (*diff.added, *diff.comments)) or bool(
        _BOUNDED.search(change.text)
    )
