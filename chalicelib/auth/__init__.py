"""Who is calling, and what their role allows."""

from chalicelib.auth.principal import Principal
from chalicelib.auth.scopes import COMPANY_ROLES, SCOPES, STAFF_ROLES, scopes_of

__all__ = ["COMPANY_ROLES", "SCOPES", "STAFF_ROLES", "Principal", "scopes_of"]
