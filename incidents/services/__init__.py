"""The only writers of the incidents room."""

from incidents.services.acceptance import set_policy
from incidents.services.catalog import appoint_owner, create_service, dismiss_owner, set_terms
from incidents.services.curation import (
    correct_entry,
    hide_entries,
    hide_entry,
    highlight_entries,
    highlight_entry,
    merge_entries,
    show_entries,
    show_entry,
    split_entry,
    tag_entries,
)
from incidents.services.evidence import ImportOutcome, import_evidence
from incidents.services.hooks import change_hook, create_hook, open_or_close, rotate_secret
from incidents.services.milestones import clear_milestone, set_milestone
from incidents.services.opening import (
    appoint_commander,
    confirm_repeat,
    describe_incident,
    open_incident,
)
from incidents.services.privacy import (
    make_open,
    make_private,
    name_administrator,
    name_reader,
    remove_reader,
)
from incidents.services.statements import add_statement
from incidents.services.undoing import undo

__all__ = [
    "ImportOutcome",
    "add_statement",
    "appoint_commander",
    "appoint_owner",
    "change_hook",
    "clear_milestone",
    "confirm_repeat",
    "correct_entry",
    "create_hook",
    "create_service",
    "describe_incident",
    "dismiss_owner",
    "hide_entries",
    "hide_entry",
    "highlight_entries",
    "highlight_entry",
    "import_evidence",
    "make_open",
    "make_private",
    "merge_entries",
    "name_administrator",
    "name_reader",
    "open_incident",
    "open_or_close",
    "remove_reader",
    "rotate_secret",
    "set_milestone",
    "set_policy",
    "set_terms",
    "show_entries",
    "show_entry",
    "split_entry",
    "tag_entries",
    "undo",
]
