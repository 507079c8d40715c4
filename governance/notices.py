"""Which kinds of notices reach people by which ways when they have not chosen; pure.

The page always shows everything, so that nothing is missed by a setting. Mail and Slack can be chosen for each kind.
"""

from __future__ import annotations

from governance.enums import NoticeChannel, NoticeKind

#: Ways that a person may switch on and off.
CHOOSABLE = (NoticeChannel.MAIL, NoticeChannel.SLACK)

#: What waits for the person, or changes what they stand behind, goes out by mail; the rest can be read on the page.
BY_MAIL = frozenset(
    {
        NoticeKind.SIGNATURE_NEEDED,
        NoticeKind.SIGNATURE_VOIDED,
        NoticeKind.CHANGES_REQUESTED,
        NoticeKind.QUESTION_ASSIGNED,
        NoticeKind.MENTIONED,
        NoticeKind.DELEGATED,
        NoticeKind.DEADLINE_NEAR,
        NoticeKind.DEADLINE_MISSED,
        NoticeKind.ESCALATED,
    }
)
BY_SLACK = frozenset({NoticeKind.SIGNATURE_NEEDED, NoticeKind.QUESTION_ASSIGNED, NoticeKind.MENTIONED})


def by_default(kind: NoticeKind, channel: NoticeChannel) -> bool:
    """Whether a kind goes through a channel for somebody who has not said so."""
    if channel == NoticeChannel.MAIL:
        return kind in BY_MAIL
    return kind in BY_SLACK if channel == NoticeChannel.SLACK else True
