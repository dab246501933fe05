"""The right to read a report: a member whose profile is complete, and whom its audience has; the staff reads all."""

from collections.abc import Callable, Sequence

from chalicelib import campaigns, companies, members
from chalicelib.campaigns import Conditions
from chalicelib.companies import Fact
from chalicelib.market_reports.publication.model import Content
from chalicelib.platform import Context, Principal

PRIVILEGE = "market_reports"


class Reader:
    """The caller as a reader, as they are at this moment, whatever their token says. One call."""

    def __init__(self, context: Context, caller: Principal) -> None:
        self._context = context
        self.member_id = caller.for_member()
        self._member, membership = members.with_membership(context, self.member_id)
        kind = membership.kind if membership and membership.status == "active" else ""
        self.is_staff = kind == "staff"
        self.company_id = membership.owner if membership and kind == "company" else ""
        self.missing: list[Fact] = []
        if not self.is_staff:
            self.missing = companies.missing_facts(context, PRIVILEGE, self._member, membership)

    def audiences(self, contents: Sequence[Content]) -> Callable[[Content], bool]:
        """Whether the audience of one of these has the reader. Reads what the conditions ask for, once for all of them."""
        if self.is_staff or self._member is None:
            return lambda content: self.is_staff
        asked = {each.audience: Conditions.model_validate_json(each.audience) for each in contents if each.audience}
        if not asked:
            return lambda content: True
        known = campaigns.candidates(self._context, [self._member], *asked.values())[self.member_id]
        today = self._context.today
        matching = {audience for audience, each in asked.items() if campaigns.matches(each, known, today)}
        return lambda content: content.audience is None or content.audience in matching
