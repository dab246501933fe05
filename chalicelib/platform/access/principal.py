"""The caller of a request, from the verified token."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from chalicelib.platform.access.scopes import BASE_SCOPE, RESOURCE_SERVER
from chalicelib.platform.http.problems import Problem


class Principal(NamedTuple):
    """The caller. At most one of `company_id` and `distributor_id` is set; a machine client has no `member_id`.

    `subject`: who did it, a member or a machine client. Nothing here comes from path, query or body.
    """

    subject: str
    scopes: frozenset[str]
    member_id: str | None = None
    kind: str = ""
    role: str = ""
    company_id: str | None = None
    distributor_id: str | None = None

    @classmethod
    def from_claims(cls, claims: Mapping[str, Any]) -> "Principal":
        """Claims as API Gateway hands them over: all strings. Raises 401 for a token that is not one of ours."""
        granted = str(claims.get("scope", "")).split()
        if BASE_SCOPE not in granted:
            raise Problem("unauthorized")
        kind = claims.get("club_kind", "")
        owner = claims.get("club_owner") or None
        return cls(
            subject=claims.get("club_member") or claims.get("client_id") or claims["sub"],
            scopes=frozenset(name.removeprefix(f"{RESOURCE_SERVER}/") for name in granted) - {"api"},
            member_id=claims.get("club_member") or None,
            kind=kind,
            role=claims.get("club_role", ""),
            company_id=owner if kind == "company" else None,
            distributor_id=owner if kind == "distributor" else None,
        )

    @property
    def acting(self) -> str:
        """The caller, and the company or distributor that they act for, in one word.

        A member who changes company is another caller to cursors and idempotency keys.
        """
        return f"{self.subject}#{self.company_id or self.distributor_id or self.kind}"

    def for_member(self) -> str:
        if self.member_id is None:
            raise Problem("scope_missing", "Only a member can do this.")
        return self.member_id

    def for_company(self) -> str:
        if self.company_id is None:
            raise Problem("scope_missing", "Only a member of a company can do this.")
        return self.company_id

    def for_machine(self) -> str:
        """The id of the machine client."""
        if self.member_id is not None:
            raise Problem("scope_missing", "Only a machine client can do this.")
        return self.subject

    def for_distributor(self) -> str:
        if self.distributor_id is None:
            raise Problem("scope_missing", "Only a person or a machine client of a distributor can do this.")
        return self.distributor_id
