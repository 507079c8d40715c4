"""The only writers of action items."""

from remediation.services.completion import complete_action_item, verify_action_item
from remediation.services.judging import judge_recommendation
from remediation.services.planning import plan_action_item, remove_action_item, revise_action_item

__all__ = [
    "complete_action_item",
    "judge_recommendation",
    "plan_action_item",
    "remove_action_item",
    "revise_action_item",
    "verify_action_item",
]
