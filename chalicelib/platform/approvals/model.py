from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

ApprovalKind = Literal["manual_tier", "offer", "terms"]


class ApprovalState(StrEnum):
    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True)
class Approval:
    """A decision above the club's bounds. `form`: the request's, as JSON. `approval_id` becomes the id of a manual tier or an offer.

    waiting ──approve, by somebody else than the author──▶ approved
        └─────reject─────────────────────────────────────▶ rejected
    """

    approval_id: str
    kind: ApprovalKind
    company_id: str
    form: str
    author: str
    at: str
    state: ApprovalState = ApprovalState.WAITING
    decided_by: str = ""
    decided_at: str = ""
    note: str = ""
