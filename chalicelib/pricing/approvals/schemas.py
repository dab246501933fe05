from typing import Annotated, Self, get_args

from pydantic import Field

from chalicelib.platform import Form, ListPage, NameOf, View, narrowed
from chalicelib.platform.approvals.model import Approval, ApprovalKind, ApprovalState
from chalicelib.pricing.offers.model import OfferForm
from chalicelib.pricing.terms.schemas import TermsForm, TermsRequestForm
from chalicelib.tiers import ManualTierForm


class ApprovalDecisionForm(Form):
    note: str = Field(default="", max_length=500)


class ManualTierTermsView(ManualTierForm):
    """The manual tier that was asked for."""


class OfferTermsView(OfferForm):
    """The offer that was asked for."""


class ContractTermsView(TermsForm):
    """The contracts that were asked for, in place of all present ones."""


class ApprovalView(View):
    """A decision above the club's bounds: what was asked for, by whom, and the second person's answer."""

    approval_id: str = Field(description="The id of the manual tier or the offer, once approved.")
    kind: ApprovalKind
    company_id: str
    company_name: Annotated[str | None, NameOf("company_id")] = None
    manual_tier: ManualTierTermsView | None = Field(description="Of this kind, else null.")
    offer: OfferTermsView | None
    terms: ContractTermsView | None
    author: str
    author_name: Annotated[str | None, NameOf("author")] = None
    at: str
    state: ApprovalState
    decided_by: str | None
    decided_by_name: Annotated[str | None, NameOf("decided_by")] = None
    decided_at: str | None
    note: str

    @classmethod
    def of(cls, approval: Approval) -> Self:
        tier, offer, terms = (approval.form if approval.kind == kind else None for kind in get_args(ApprovalKind))
        return cls.from_record(
            approval,
            manual_tier=ManualTierTermsView.model_validate_json(tier) if tier else None,
            offer=OfferTermsView.model_validate_json(offer) if offer else None,
            terms=ContractTermsView(contracts=TermsRequestForm.model_validate_json(terms).contracts) if terms else None,
        )


ApprovalsQuery = narrowed(ApprovalView, same=("kind", "company_id", "author"), day=("at",))


class ApprovalPage(ListPage[ApprovalView]):
    """Oldest first."""
