"""Items of promotions.

PROMOTION   a promotion with its state; listed by its last day
RUNNING     all approved promotions that have not ended, in one item, since prices read it: promotions {id: form}, and `exhausted`,
            the ids of those with a reached limit
"""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple

from chalicelib.pricing.promotions import keys
from chalicelib.pricing.promotions.model import PromotionForm
from chalicelib.pricing.rules import Promotion
from chalicelib.table import Item, Page, Table, Transaction, at_version

StoredPromotionState = Literal["draft", "approved", "ended"]


class StoredPromotion(NamedTuple):
    """A stored promotion with its state. `author`: the person of its last change."""

    promotion_id: str
    form: PromotionForm
    state: StoredPromotionState
    created_at: str
    approved_at: str | None
    ended_on: date | None
    version: int
    author: str = ""

    @property
    def promotion(self) -> Promotion:
        """The promotion, with its real last day if it was ended early."""
        planned = self.form.promotion(self.promotion_id)
        return planned if self.ended_on is None else planned._replace(last=self.ended_on - timedelta(days=1))


def promotion(table: Table, promotion_id: str) -> StoredPromotion | None:
    item = table.get(keys.promotion(promotion_id), consistent=True)
    return stored(item) if item else None


def stored(item: Item) -> StoredPromotion:
    return StoredPromotion(
        promotion_id=item["promotion_id"],
        form=PromotionForm.model_validate_json(item["form"]),
        state=item["state"],
        created_at=item["created_at"],
        approved_at=item.get("approved_at"),
        ended_on=date.fromisoformat(item["ended_on"]) if "ended_on" in item else None,
        version=int(item["version"]),
        author=item["author"],
    )


def put_promotion(tx: Transaction, found: StoredPromotion, *, author: str, at: str) -> None:
    """Put the version `found.version`; refused with label `version` unless the previous one is stored."""
    unchanged = at_version(found.version - 1)
    life = {"approved_at": found.approved_at, "ended_on": found.ended_on.isoformat() if found.ended_on else None}
    tx.put(
        {
            **keys.promotion(found.promotion_id).as_item(),
            **keys.promotion_list(found.form.last, found.promotion_id).as_gsi1(),
            "promotion_id": found.promotion_id,
            "form": found.form.model_dump_json(exclude_defaults=True),
            "state": found.state,
            "created_at": found.created_at,
            **{name: value for name, value in life.items() if value is not None},
            "version": found.version,
            "author": author,
            "at": at,
        },
        when=unchanged,
        label="version",
    )


def promotion_page(table: Table, limit: int, after: dict[str, str] | None) -> Page:
    every = keys.promotion_list(None, "")
    return table.query(every.pk, index="gsi1", newest_first=True, limit=limit, after=after)


def ended_since(table: Table, first: date) -> Iterator[StoredPromotion]:
    """The promotions with a last day of `first` or later."""
    every = keys.promotion_list(None, "")
    between = keys.promotion_list(first, "").sk, keys.promotion_list(date.max, "~").sk
    return map(stored, table.query_all(every.pk, index="gsi1", between=between))


def running(item: Item | None) -> list[Promotion]:
    """The promotions of RUNNING in the order of their approval."""
    used_up = exhausted(item)
    return [
        PromotionForm.model_validate_json(text).promotion(promotion_id)._replace(exhausted=promotion_id in used_up)
        for promotion_id, text in (item["promotions"] if item else {}).items()
    ]


def exhausted(item: Item | None) -> frozenset[str]:
    return frozenset(item.get("exhausted", ())) if item else frozenset()


def running_item(table: Table, *, consistent: bool = False) -> Item | None:
    return table.get(keys.running_promotions(), consistent=consistent)


def replace_running(
    tx: Transaction, present: Item | None, promotions: Mapping[str, Any], exhausted: Collection[str], at: str
) -> None:
    """Replace RUNNING; refused with label `running` after a concurrent change."""
    version = int(present["version"]) if present else 0
    unchanged = at_version(version)
    item = {
        **keys.running_promotions().as_item(),
        "promotions": dict(promotions),
        "exhausted": sorted(promotions.keys() & exhausted),
        "version": version + 1,
        "at": at,
    }
    tx.put(item, when=unchanged, label="running")
