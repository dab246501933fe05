from boto3.dynamodb.conditions import Attr

from chalicelib.platform import Context
from chalicelib.table import Page, Transaction, to_item
from chalicelib.tiers.manual_tiers import keys
from chalicelib.tiers.standing.rules import ManualTier


def create_grant(tx: Transaction, company_id: str, grant: ManualTier) -> None:
    tx.create(
        {**keys.manual_tier(company_id, grant.recorded_at, grant.grant_id).as_item(), **to_item(grant)}, label="grant"
    )


def put_withdrawal(tx: Transaction, company_id: str, grant: ManualTier) -> None:
    """Put a withdrawn manual tier; refused with label `grant` if it was withdrawn before."""
    tx.put(
        {**keys.manual_tier(company_id, grant.recorded_at, grant.grant_id).as_item(), **to_item(grant)},
        when=Attr("pk").exists() & Attr("withdrawn_on").not_exists(),
        label="grant",
    )


def grants_page(context: Context, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    return context.table.query(
        keys.manual_tier(company_id), limit=limit, after=after, newest_first=True, consistent=True
    )
