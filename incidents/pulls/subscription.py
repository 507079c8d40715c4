"""Amazon SNS: confirming the subscription of an address, at an address of our own making.

The message that asks for it was proven to be Amazon's; of it only the token is used. No credential is needed.
"""

from __future__ import annotations

import httpx2

from governance.connections import GuardedTransport
from governance.connections.http import TIMEOUT, USER_AGENT
from governance.errors import OutsideError
from incidents.hooks import sns


def confirm(topic_arn: str, token: str, *, transport: httpx2.BaseTransport | None = None) -> None:
    """Confirm; raises ``OutsideError`` when Amazon refuses or cannot be reached."""
    try:
        address = sns.confirmation_address(topic_arn, token)
    except ValueError as error:
        raise OutsideError(str(error), permanent=True) from error
    with httpx2.Client(
        headers={"User-Agent": USER_AGENT},
        timeout=TIMEOUT,
        transport=transport or GuardedTransport(),
        follow_redirects=False,
        trust_env=False,
    ) as client:
        try:
            answer = client.get(address)
        except httpx2.HTTPError as error:
            raise OutsideError("Amazon SNS cannot be reached. It is tried again.") from error
    if answer.status_code != 200:
        raise OutsideError(
            f"Amazon SNS refused the confirmation with status {answer.status_code}. Ask SNS to send it again.",
            permanent=400 <= answer.status_code < 500,
        )
