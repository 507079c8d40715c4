"""The writers of the governance room."""

from governance.services.connections import remove_connection, save_connection, test_connection
from governance.services.people import add_member, change_roles, create_organization, remove_member

__all__ = [
    "add_member",
    "change_roles",
    "create_organization",
    "remove_connection",
    "remove_member",
    "save_connection",
    "test_connection",
]
