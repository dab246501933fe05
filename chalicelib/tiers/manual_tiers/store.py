from boto3.dynamodb.conditions import Attr

from chalicelib.platform import Context
from chalicelib.table import Item, Page, Transaction, to_item
from chalicelib.tiers.manual_tiers import keys
from chalicelib.tiers.standing.rules import ManualTier


def create_grant(tx: Transaction, company_id: str, grant: ManualTier) -> None:
    tx.create(_item(company_id, grant), label="grant")


def put_withdrawal(tx: Transaction, company_id: str, grant: ManualTier) -> None:
    """Put a withdrawn manual tier; refused with label `grant` if it was withdrawn before."""
    tx.put(_item(company_id, grant), when=Attr("pk").exists() & Attr("withdrawn_on").not_exists(), label="grant")


def grants_page(context: Context, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    return context.table.query(
        keys.manual_tier(company_id), limit=limit, after=after, newest_first=True, consistent=True
    )


def page(context: Context, limit: int, after: dict[str, str] | None) -> Page:
    """Those of all companies, newest first."""
    listed = keys.manual_tier_list("", "").pk
    return context.table.query(listed, index="gsi1", newest_first=True, limit=limit, after=after)


def _item(company_id: str, grant: ManualTier) -> Item:
    return {
        **keys.manual_tier(company_id, grant.recorded_at, grant.grant_id).as_item(),
        **keys.manual_tier_list(grant.recorded_at, grant.grant_id).as_gsi1(),
        "company_id": company_id,
        **to_item(grant),
    }
