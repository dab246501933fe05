"""Scopes, and the roles that carry them. Pure data and one function: the sign-in triggers import this without pydantic.

A token carries its scopes as `club/<scope>`. Every token also carries `club/api`, which the gateway asks for.
"""

from typing import Literal

RESOURCE_SERVER = "club"
BASE_SCOPE = "club/api"

SCOPES: dict[str, str] = {
    "me": "own profile, consents and session",
    "company.claim": "claim to act for a company",
    "company.read": "the company's profile, tier and purchases",
    "company.write": "change the company's profile",
    "people.read": "the company's people",
    "people.write": "invite, confirm, change and remove the company's people",
    "catalog.read": "products with the company's own prices",
    "orders.read": "the company's orders",
    "orders.write": "place and cancel orders",
    "bonuses.read": "the company's bonuses, periods, and goods owed to it",
    "bonuses.write": "redeem bonuses, choose goods",
    "reports.read": "closed market reports",
    "fulfilment.read": "the distributor's orders",
    "fulfilment.write": "accept, reject and ship the distributor's orders",
    "distributor.webhooks": "the distributor's webhook",
    "distributor.write": "change the distributor's contacts and people",
    "staff.companies.read": "all companies and pending claims",
    "staff.companies.write": "confirm people, hand companies over",
    "staff.reports.write": "publish market reports",
    "staff.imports.read": "follow imports",
    "staff.imports.write": "upload sales files",
    "staff.catalog.read": "products with their prices in all price types, and their cost",
    "staff.catalog.write": "change products, stock, categories and pictures",
    "staff.demands.read": "partners' wishes for goods that they cannot order",
    "staff.demands.write": "answer partners' wishes",
    "staff.terms.write": "agree prices, discounts and conditions with a company",
    "staff.terms.approve": "give tiers and offers above the bounds of a manager",
    "staff.promotions.write": "draft, approve and end promotions",
    "staff.orders.read": "all companies' orders, and overdue responses of distributors",
    "staff.orders.write": "place and cancel orders for a company",
    "staff.distributors.read": "distributors, their regions and people",
    "staff.distributors.write": "change distributors, their regions and people",
    "staff.campaigns.read": "segments, their audiences, and the letters planned",
    "staff.campaigns.write": "save segments and plan letters",
    "staff.contacts.read": "whether a member may be contacted, and when they were",
    "staff.contacts.write": "note contacts with members",
    "staff.calls": "the list of companies to call, and the outcomes of calls",
    "staff.retention.read": "waves of winning companies back, their results, and the companies that go quiet",
    "staff.retention.write": "plan waves of winning companies back",
    "staff.people.read": "the staff",
    "staff.people.write": "change the staff",
    "staff.journal.read": "who wrote what for the club",
    "staff.letters.read": "addresses that get no letters, and why",
    "staff.letters.write": "let letters go to an address again",
    "staff.bonuses.read": "all companies' bonuses, and requests to the staff",
    "staff.bonuses.write": "adjust bonuses, complete redemptions, ship goods, register machine clients",
    "staff.bonuses.approve": "approve adjustments and limits of machine clients above what one person gives alone",
    "staff.tiers.read": "tier ladders, simulations, and manual tiers",
    "staff.tiers.write": "draw up and activate tier ladders",
    "staff.tiers.grant": "grant and withdraw manual tiers",
    "staff.analytics.read": "the club's figures",
    "staff.analytics.write": "rebuild the figures of purchases",
    "staff.queries.write": "ask about all lines of the club",
    "machine.catalog": "write products, stock and categories",
    "machine.accruals": "grant bonuses of a coalition, within limits",
    "machine.payments": "record payments of documents",
}

_EVERY_MEMBER = frozenset({"me", "company.claim", "reports.read"})
_COMPANY = frozenset({"company.read", "catalog.read", "orders.read"})

COMPANY_ROLES: dict[str, frozenset[str]] = {
    "owner": _COMPANY
    | {"company.write", "people.read", "people.write", "orders.write", "bonuses.read", "bonuses.write"},
    "buyer": _COMPANY | {"people.read", "orders.write", "bonuses.read", "bonuses.write"},
    "accountant": _COMPANY | {"people.read", "bonuses.read"},
    "engineer": frozenset({"company.read", "catalog.read"}),
}

# All people of a distributor may do the same.
DISTRIBUTOR_ROLES: dict[str, frozenset[str]] = {
    "operator": frozenset({"fulfilment.read", "fulfilment.write", "distributor.webhooks", "distributor.write"})
}

# Scopes that the owner may give to a machine client: of a back office, of a partner of the coalition, of a distributor.
MACHINE_SCOPES = (
    *(scope for scope in SCOPES if scope.startswith("machine.")),
    "fulfilment.read",
    "fulfilment.write",
    "staff.imports.read",
    "staff.imports.write",
    "staff.orders.read",
)

# Scopes that everybody on the staff needs to answer a partner.
_STAFF = frozenset(
    {
        "staff.companies.read",
        "staff.catalog.read",
        "staff.distributors.read",
        "staff.people.read",
        "staff.demands.read",
        "staff.demands.write",
    }
)

_SALES = _STAFF | frozenset(
    {
        "staff.companies.write",
        "staff.tiers.read",
        "staff.tiers.grant",
        "staff.bonuses.read",
        "staff.terms.write",
        "staff.orders.read",
        "staff.orders.write",
        "staff.letters.read",
        "staff.letters.write",
        "staff.contacts.read",
        "staff.contacts.write",
        "staff.calls",
    }
)

StaffRole = Literal["manager", "head_of_sales", "marketing", "operations", "admin"]

STAFF_ROLES: dict[str, frozenset[str]] = {
    "manager": _SALES,
    "head_of_sales": _SALES
    | {
        "staff.bonuses.approve",
        "staff.terms.approve",
        "staff.retention.read",
        "staff.retention.write",
        "staff.analytics.read",
        "staff.queries.write",
    },
    "marketing": _STAFF
    | frozenset(
        {
            "staff.reports.write",
            "staff.promotions.write",
            "staff.contacts.read",
            "staff.contacts.write",
            "staff.campaigns.read",
            "staff.campaigns.write",
            "staff.letters.read",
            "staff.analytics.read",
            "staff.queries.write",
        }
    ),
    "operations": _STAFF
    | frozenset(
        {
            "staff.imports.read",
            "staff.imports.write",
            "staff.catalog.write",
            "staff.distributors.write",
            "staff.orders.read",
            "staff.tiers.read",
            "staff.tiers.write",
            "staff.tiers.grant",
            "staff.bonuses.read",
            "staff.bonuses.write",
            "staff.letters.read",
            "staff.letters.write",
            "staff.analytics.read",
            "staff.analytics.write",
        }
    ),
    "admin": frozenset(scope for scope in SCOPES if scope.startswith("staff.")),
}


_ROLES = {"company": COMPANY_ROLES, "distributor": DISTRIBUTOR_ROLES, "staff": STAFF_ROLES}


def roles_with(kind: str, scope: str) -> list[str]:
    """The roles of company, distributor or staff that carry the scope."""
    return sorted(role for role, scopes in _ROLES.get(kind, {}).items() if scope in scopes)


def staff_roles(scope: str) -> list[str]:
    """The staff roles that carry the scope."""
    return roles_with("staff", scope)


def is_current(scope: str) -> bool:
    """True for the readings that a leaver might take along, a distributor's, the club's own and the sums of a company."""
    theirs = scope.startswith(("staff.", "machine.", "distributor.", "fulfilment."))
    return theirs or scope in ("company.read", "bonuses.read")


def scopes_of(kind: str, role: str) -> frozenset[str]:
    """Scopes of a confirmed membership. `kind`: company, distributor, staff, or empty for a member who acts for nobody yet.

    A role that is not known has no scopes of its own.
    """
    if kind == "company":
        return _EVERY_MEMBER | COMPANY_ROLES.get(role, frozenset())
    if kind == "distributor":
        return frozenset({"me"}) | DISTRIBUTOR_ROLES.get(role, frozenset())
    if kind == "staff":
        return frozenset({"me", "reports.read"}) | STAFF_ROLES.get(role, frozenset())
    return _EVERY_MEMBER
