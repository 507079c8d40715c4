"""What each kind of GitHub event says: pushes, releases, pull requests, runs, checks and statuses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from incidents.enums import Lane, Trust
from incidents.sources.base import About, Signal, Skipped, first_text, mapping_of, text_of
from incidents.sources.values import When, joined, when, word_of

_OUTCOMES = {
    "success": "succeeded",
    "failure": "failed",
    "error": "ended in an error",
    "cancelled": "was canceled",
    "timed_out": "timed out",
    "skipped": "was skipped",
    "neutral": "ended neutrally",
    "action_required": "waits for a person",
    "pending": "is pending",
    "stale": "became stale",
    "startup_failure": "failed to start",
}
_RUNS = {"workflow_run": "Workflow", "check_run": "Check", "check_suite": "Checks"}
Event = Mapping[str, Any]
Teller = Callable[[Event, str], Signal | Skipped]


def kind_of(event: Event) -> str:
    """Which event it is, by its shape alone; empty for one that is not read here."""
    for kind in ("release", "workflow_run", "check_run", "check_suite", "pull_request"):
        if isinstance(event.get(kind), dict):
            return kind
    return next((kind for kind, marks in _MARKS.items() if all(mark in event for mark in marks)), "")


_MARKS = {
    "push": ("ref", "before", "after"),
    "status": ("state", "sha", "context"),
    "ping": ("zen", "hook_id"),
    "bare_release": ("tag_name", "assets_url"),
    "bare_pull_request": ("merged_at", "number"),
}


def tell(kind: str, event: Event, location: str) -> Signal | Skipped:
    """The fact of an event whose kind ``kind_of`` found."""
    return _TELLERS[kind](event, location)


def repository_of(event: Event) -> str:
    """``acme/site``, from the event or from the address of what a REST answer lists."""
    named = text_of(event, "repository", "full_name") or text_of(event, "base", "repo", "full_name")
    parts = text_of(event, "url").partition("/repos/")[2].split("/")
    return named or ("/".join(parts[:2]) if len(parts) > 2 else "")


def about(event: Event, fingerprint: str = "") -> About:
    """The repository without its owner as the service, and what the fact is about."""
    name = repository_of(event).rsplit("/", 1)[-1]
    return About(services=(name,) if name else (), fingerprint=fingerprint)


def _signal(
    event: Event, at: When, text: str, location: str, *, actor: str, identity: str, key: str
) -> Signal | Skipped:
    if not at.text:
        return Skipped(location, "It has no time, so nobody can say when it happened.")
    actor = actor or text_of(event, "sender", "login")
    return Signal(
        at.text,
        text,
        Lane.CHANGE,
        Trust.OBSERVED,
        location,
        actor,
        identity,
        zone=at.zone,
        about=about(event, key),
    )


def _push(event: Event, location: str) -> Signal | Skipped:
    ref, after = text_of(event, "ref"), text_of(event, "after")
    branch = ref.removeprefix("refs/heads/").removeprefix("refs/tags/")
    repository, commits = repository_of(event), event.get("commits")
    # GitHub gives a push no time of its own; the repository's is the moment in which it was received.
    at = when(event, "repository.pushed_at", "head_commit.timestamp")
    if event.get("deleted") is True:
        told = f"Deleted {'tag' if ref.startswith('refs/tags/') else 'branch'} {branch}"
    else:
        count = len(commits) if isinstance(commits, list) else 0
        how = "Force-pushed" if event.get("forced") is True else "Pushed"
        told = joined(
            how, f"{count} commit{'' if count == 1 else 's'}" if count else "", f"to {branch}@{after[:7]}"
        )
    message = text_of(event, "head_commit", "message").partition("\n")[0]
    return _signal(
        event,
        at,
        joined(joined(told, f"in {repository}" if repository else ""), message, mark=": "),
        location,
        actor=first_text(text_of(event, "sender", "login"), text_of(event, "pusher", "name")),
        identity=joined("push", repository, ref, text_of(event, "before")[:12], after) if after else "",
        key=joined("ref", repository, ref),
    )


def _release(event: Event, location: str) -> Signal | Skipped:
    release = mapping_of(event, "release") or event
    action = text_of(event, "action") if "release" in event else "published"
    if release.get("draft") is True:
        return Skipped(location, "It is a draft of a release, which nobody else can see.", expected=True)
    changed = ("created", "edited", "deleted", "unpublished")
    keys = (
        ("updated_at", "published_at", "created_at") if action in changed else ("published_at", "created_at")
    )
    tag, name, repository = (word_of(release, "tag_name"), word_of(release, "name"), repository_of(event))
    titled = f"“{name}”" if name and name != tag else ""
    kind = "pre-release" if release.get("prerelease") is True else "release"
    told = joined(
        f"{action or 'published'} {kind}".capitalize(), tag, titled, f"of {repository}" if repository else ""
    )
    identity = word_of(release, "id")
    return _signal(
        event,
        when(release, *keys),
        told,
        location,
        actor=text_of(release, "author", "login"),
        identity=joined("release", identity, action) if identity else "",
        key=f"release {identity}" if identity else "",
    )


def _pull_request(event: Event, location: str) -> Signal | Skipped:
    pull = mapping_of(event, "pull_request") or event
    if not text_of(pull, "merged_at"):
        return Skipped(location, "The pull request was not merged, so it changed nothing.", expected=True)
    if "pull_request" in event and text_of(event, "action") not in ("closed", ""):
        return Skipped(
            location, "The pull request had been merged before; this is a later remark.", expected=True
        )
    repository = first_text(repository_of(event), repository_of(pull))
    number, title = word_of(pull, "number"), text_of(pull, "title")
    base = text_of(pull, "base", "ref")
    key = f"pull request {repository}#{number}" if number else ""
    told = joined("Merged", f"{repository}#{number}", f"into {base}" if base else "")
    return _signal(
        event,
        when(pull, "merged_at"),
        joined(told, title, mark=": "),
        location,
        actor=first_text(
            text_of(pull, "merged_by", "login"), text_of(event, "sender", "login"), _author(pull)
        ),
        identity=f"{key} merged" if key else "",
        key=key,
    )


def _author(pull: Event) -> str:
    return text_of(pull, "user", "login")


def _run(event: Event, location: str) -> Signal | Skipped:
    kind = next(name for name in _RUNS if isinstance(event.get(name), dict))
    run, ended = mapping_of(event, kind), text_of(event, kind, "status") == "completed"
    keys = ("completed_at", "updated_at") if ended else ("started_at", "run_started_at", "created_at")
    state = text_of(run, "conclusion") if ended else text_of(run, "status")
    outcome = _OUTCOMES.get(state, f"is {state.replace('_', ' ')}" if state else "changed")
    name = first_text(text_of(run, "name"), text_of(event, "workflow", "name"), text_of(run, "app", "name"))
    branch = first_text(text_of(run, "head_branch"), text_of(run, "check_suite", "head_branch"))
    version = joined(branch, text_of(run, "head_sha")[:7], mark="@")
    repository, identity = repository_of(event), word_of(run, "id")
    where = joined(f"of {repository}" if repository else "", version)
    again = word_of(run, "run_attempt")
    return _signal(
        event,
        when(run, *keys),
        joined(_RUNS[kind], name, where, outcome),
        location,
        actor=text_of(run, "actor", "login"),
        identity=joined(kind, identity, again, state) if identity else "",
        key=joined(kind.replace("_", " "), identity) if identity else "",
    )


def _status(event: Event, location: str) -> Signal | Skipped:
    state = text_of(event, "state")
    repository, sha = repository_of(event), text_of(event, "sha")
    target = joined(repository, sha[:7], mark="@")
    told = joined(
        "Status", text_of(event, "context"), f"of {target}" if target else "", _OUTCOMES.get(state, state)
    )
    identity = word_of(event, "id")
    return _signal(
        event,
        when(event, "updated_at", "created_at"),
        joined(told, text_of(event, "description"), mark=": "),
        location,
        actor="",
        identity=f"status {identity}" if identity else "",
        key=joined("commit", repository, sha),
    )


def _ping(event: Event, location: str) -> Signal | Skipped:
    return Skipped(location, "GitHub only tests whether the address answers.", expected=True)


_TELLERS: Mapping[str, Teller] = {
    "push": _push,
    "release": _release,
    "bare_release": _release,
    "pull_request": _pull_request,
    "bare_pull_request": _pull_request,
    "workflow_run": _run,
    "check_run": _run,
    "check_suite": _run,
    "status": _status,
    "ping": _ping,
}
