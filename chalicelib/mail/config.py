from collections.abc import Mapping
from string import Formatter
from types import MappingProxyType
from urllib.parse import quote

from pydantic import ValidationInfo, field_validator

from chalicelib.platform import Section

NOTHING: Mapping[str, str] = MappingProxyType({})


class Letters(Section, name="letters"):
    """Settle times: the wait for the mail service's report on an unanswered attempt. The lease: a worker's hold on a letter."""

    settle_minutes: int
    code_settle_minutes: int
    lease_seconds: int


class PortalPages(Section, name="letters.pages"):
    """The pages of the portal to which letters and notifications lead, by the thing that they tell of.

    An address below the portal's, or a whole one. It may name the ids that the default names; without a path it is the portal itself.
    """

    # of a partner
    order: str = "/orders/{order_id}"
    cart: str = "/cart"
    tier: str = "/tier"
    bonuses: str = "/bonuses"
    goods: str = "/goods/{entitlement_id}"
    offers: str = "/offers"
    catalogue: str = "/catalogue"
    display: str = "/displays/{proof_id}"
    displays: str = "/displays"
    demand: str = "/demands/{demand_id}"
    report: str = "/reports/{report_id}"
    export: str = "/exports/{export_id}"
    company: str = "/company"
    people: str = "/companies/{company_id}/people"  # the company's owner and its manager read the same letter
    invitations: str = "/invitations"
    # of a distributor
    distributor_order: str = "/distributor/orders/{order_id}"
    webhook: str = "/distributor/webhooks/messages/{message_id}"
    webhooks: str = "/distributor/webhooks"
    # of the staff
    staff_order: str = "/staff/orders/{order_id}"
    staff_company: str = "/staff/companies/{company_id}"
    case: str = "/staff/companies/{company_id}/case"
    statement: str = "/staff/companies/{company_id}/statement"
    portfolio: str = "/staff/companies"
    calls: str = "/staff/calls"
    issue: str = "/staff/campaigns/{issue_id}"

    @field_validator("*")
    @classmethod
    def _leads_to_a_page(cls, pattern: str, field: ValidationInfo) -> str:
        if pattern and not pattern.startswith(("/", "https://", "http://")):
            raise ValueError("a page begins with / or https://")
        default = str(cls.model_fields[str(field.field_name)].default)
        if unknown := sorted(ids_of(pattern) - ids_of(default)):
            raise ValueError(f"the page has no {unknown[0]}")
        return pattern

    def address(self, portal_url: str, page: str, about: Mapping[str, str] = NOTHING) -> str:
        """The address of a page for the ids of a thing. The portal's own without a page, or where an id of the pattern is not told."""
        pattern = getattr(self, page) if page else ""
        if not ids_of(pattern) <= about.keys():
            return portal_url
        path = str(pattern).format_map({name: quote(value, safe="") for name, value in about.items()})
        return path if path.startswith(("https://", "http://")) else portal_url.rstrip("/") + path


def ids_of(pattern: str) -> set[str]:
    """The ids that a pattern names. Raises ValueError for a brace without its other one."""
    return {name for _, name, _, _ in Formatter().parse(pattern) if name is not None}
