"""The only writers of the incidents room."""

from incidents.services.catalog import appoint_owner, create_service, dismiss_owner
from incidents.services.curation import correct_entry, hide_entry, highlight_entry, show_entry
from incidents.services.evidence import ImportOutcome, import_evidence
from incidents.services.milestones import clear_milestone, set_milestone
from incidents.services.opening import appoint_commander, confirm_repeat, open_incident
from incidents.services.statements import add_statement

__all__ = [
    "ImportOutcome",
    "add_statement",
    "appoint_commander",
    "appoint_owner",
    "clear_milestone",
    "confirm_repeat",
    "correct_entry",
    "create_service",
    "dismiss_owner",
    "hide_entry",
    "highlight_entry",
    "import_evidence",
    "open_incident",
    "set_milestone",
    "show_entry",
]
