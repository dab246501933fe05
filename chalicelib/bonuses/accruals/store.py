"""Items of accruals.

ACCRUAL  a case: a sale with its returns, their rates and posted bonuses, compressed, since all returns of a sale are in it. A return that
         is kept with its sale has an ACCRUAL with `within` only
ACCRUED  one document of a case by its business date, for lists and for re-rating. `counts_on` and `tier`: the day and the tier by which
         it was rated; absent for a return that is kept with its sale, so that it is not written again when the sale moves
"""

import json
import zlib
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple

from boto3.dynamodb.conditions import Attr

from chalicelib.bonuses.accruals import keys
from chalicelib.bonuses.accruals.rules import AccrualCase, AccrualGrant, AccrualPlace, Accrued, RatedDocument, earned
from chalicelib.sales import DocumentRef, name_beside, named_beside
from chalicelib.table import (
    Item,
    Key,
    Page,
    Table,
    Transaction,
    company_partition,
    from_item,
    from_wire,
    to_item,
    to_wire,
)

CASE = "case"  # label: the case changed meanwhile
_AFTER_EVERY_DAY = "~"


class Row(NamedTuple):
    """An ACCRUED item."""

    day: date
    ref: DocumentRef
    case: DocumentRef
    rated: tuple[date, str] | None  # the day on which it counts, and its tier

    def key(self, company_id: str) -> Key:
        source, document = self.ref
        return keys.accrued(company_id, self.day, source, name_beside(self.case, source), document)


def load(table: Table, company_id: str, ref: DocumentRef) -> AccrualCase:
    """The posted case; an empty one if there is none yet."""
    return _case(company_id, ref, table.get(keys.accrual(company_id, *ref), consistent=True) or {})


def load_many(table: Table, company_id: str, refs: Iterable[DocumentRef]) -> dict[DocumentRef, AccrualCase]:
    wanted = {keys.accrual(company_id, *ref): ref for ref in refs}
    return {wanted[key]: _case(company_id, wanted[key], item) for key, item in table.get_many(wanted).items()}


def cases_of(table: Table, company_id: str) -> Iterator[AccrualCase]:
    """All cases of the company, page after page; consistent."""
    for item in table.query_all(company_partition(company_id), starts=keys.accruals(), consistent=True):
        source, document = item["sk"].removeprefix(keys.accruals()).split("#", 1)
        yield _case(company_id, (source, document), item)


def save(tx: Transaction, before: AccrualCase, after: AccrualCase) -> None:
    """Refused with label `case` if it changed since `before`, one version earlier."""
    source, document = after.ref
    tx.update(
        keys.accrual(after.company_id, source, document),
        put={
            "company_id": after.company_id,
            "documents": _packed(
                {name_beside(ref, source): _accrued_item(accrued) for ref, accrued in after.accrued.items()}
            ),
            "grants": [[name_beside(grant.ref, source), grant.posting_id, grant.left] for grant in after.grants],
            "version": after.version,
            **({"paid_on": after.paid_on.isoformat()} if after.paid_on else {}),
        },
        remove=("paid_on",) if before.paid_on and not after.paid_on else (),
        when=Attr("version").eq(before.version) if before.version else Attr("version").not_exists(),
        label=CASE,
    )
    was, now = set(_rows(before)), set(_rows(after))
    written = {row.key(after.company_id): row for row in now - was}
    for key, row in written.items():
        tx.put({**key.as_item(), **_row_item(row)})
    for key in {row.key(after.company_id) for row in was - now} - written.keys():
        tx.delete(key)
    for ref in after.accrued.keys() - before.accrued.keys() - {after.ref}:
        within = name_beside(after.ref, ref[0])
        tx.update(keys.accrual(after.company_id, *ref), put={"company_id": after.company_id, "within": within})


def accrued_since(table: Table, company_id: str, first: date) -> Iterator[Row]:
    """Every document with an accrual that is dated this day or later; consistent."""
    between = (keys.accrued_day(first), keys.accrued_day() + _AFTER_EVERY_DAY)
    for item in table.query_all(company_partition(company_id), between=between, consistent=True):
        yield row_of(item)


def page(table: Table, company_id: str, limit: int, after: dict[str, str] | None) -> Page:
    """ACCRUED items, latest day first."""
    return table.query(
        company_partition(company_id), starts=keys.accrued_day(), newest_first=True, limit=limit, after=after
    )


def row_of(item: Item) -> Row:
    source = item["source"]
    return Row(
        day=date.fromisoformat(item["day"]),
        ref=(source, item["document"]),
        case=named_beside(item["case"], source),
        rated=(date.fromisoformat(item["counts_on"]), item["tier"]) if "tier" in item else None,
    )


def _row_item(row: Row) -> Item:
    return {
        "source": row.ref[0],
        "document": row.ref[1],
        "case": name_beside(row.case, row.ref[0]),
        "day": row.day.isoformat(),
        **({"counts_on": row.rated[0].isoformat(), "tier": row.rated[1]} if row.rated else {}),
    }


def _rows(case: AccrualCase) -> Iterator[Row]:
    for ref, accrued in case.accrued.items():
        fact = accrued.fact
        yield Row(fact.day, ref, case.ref, (fact.counts_on, fact.tier) if ref == case.ref else None)


def _case(company_id: str, ref: DocumentRef, item: Item) -> AccrualCase:
    return AccrualCase(
        company_id=company_id,
        ref=ref,
        accrued={named_beside(name, ref[0]): _accrued(each) for name, each in _unpacked(item).items()},
        paid_on=date.fromisoformat(item["paid_on"]) if "paid_on" in item else None,
        within=item.get("within", ""),
        grants=tuple(
            AccrualGrant(named_beside(name, ref[0]), posting_id, left)
            for name, posting_id, left in item.get("grants", ())
        ),
        version=int(item.get("version", 0)),
    )


def _packed(documents: Mapping[str, Item]) -> bytes:
    return zlib.compress(json.dumps(to_wire(documents), ensure_ascii=False, separators=(",", ":")).encode())


def _unpacked(item: Item) -> dict[str, Item]:
    return from_wire(json.loads(zlib.decompress(bytes(item["documents"])))) if "documents" in item else {}


def _accrued_item(accrued: Accrued) -> Item:
    posted = {"posting_id": accrued.posting_id} if accrued.posting_id else {}
    return {**to_item(accrued.fact), **to_item(accrued.place), "amount": accrued.amount, **posted}


def _accrued(item: Item) -> Accrued:
    fact, place = from_item(RatedDocument, item), from_item(AccrualPlace, item)
    return Accrued(fact, earned(fact.bases, fact.rate), item["amount"], place, item.get("posting_id", ""))
