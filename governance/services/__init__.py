"""The writers of the governance room."""

from governance.services.absence import delegate, end_delegation, set_calendar
from governance.services.connections import remove_connection, save_connection, test_connection
from governance.services.notices import choose_notices, read_notices, stop_mail, tell
from governance.services.people import add_member, change_roles, create_organization, remove_member
from governance.services.programs import close_account, issue_token, open_account, revoke_token
from governance.services.sign_on import map_group, unmap_group

__all__ = [
    "add_member",
    "change_roles",
    "choose_notices",
    "close_account",
    "create_organization",
    "delegate",
    "end_delegation",
    "issue_token",
    "map_group",
    "open_account",
    "read_notices",
    "remove_connection",
    "remove_member",
    "revoke_token",
    "save_connection",
    "set_calendar",
    "stop_mail",
    "tell",
    "test_connection",
    "unmap_group",
]
