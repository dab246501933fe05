"""Items of display deals, beside GRANTED, which prices read.

DISPLAY  a proof: promotion {id, name, name_ru, last}, company_name, inn, shop_address, content_type, state, who and when, reason;
               listed for its company, and for the staff while it waits. `expires_at` while its photo is not confirmed
CHAIN   of an INN: COMPANY#…, its companies, and GRANTED, the deals of all of them {display:{promotion}: last}
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from boto3.dynamodb.conditions import Attr

from chalicelib.pricing.displays import keys
from chalicelib.pricing.offers import store as offers_store
from chalicelib.table import Item, Page, Position, Table, Transaction

# --- proofs -----------------------------------------------------------------------------------------------------------


def read(table: Table, company_id: str, proof_id: str) -> Item | None:
    return table.get(keys.display(company_id, proof_id), consistent=True)


def page(table: Table, company_id: str, limit: int, after: Position) -> Page:
    every = keys.display_list(company_id, "", "").pk
    return table.query(every, index="gsi1", newest_first=True, limit=limit, after=after)


def waiting(table: Table, limit: int, after: Position) -> Page:
    return table.query(keys.displays_waiting("", "").pk, index="gsi2", limit=limit, after=after)


def create(tx: Transaction, item: Item) -> None:
    key = keys.display(item["company_id"], item["proof_id"])
    listed = keys.display_list(item["company_id"], item["created_at"], item["proof_id"])
    tx.create({**key.as_item(), **listed.as_gsi1(), **item})


def put_waiting(tx: Transaction, item: Item, photo: str, at: str) -> None:
    """Mark a proof as waiting with this photo, which nothing replaces; refused with label `proof` unless its photo is being uploaded."""
    tx.update(
        keys.display(item["company_id"], item["proof_id"]),
        put={
            "state": "waiting",
            "photo": photo,
            "sent_at": at,
            **keys.displays_waiting(at, item["proof_id"]).as_gsi2(),
        },
        remove=("expires_at",),
        when=Attr("state").eq("uploading"),
        label="proof",
    )


def decide(tx: Transaction, item: Item, changes: dict[str, Any]) -> None:
    """Write a decision; refused with label `proof` unless the proof waits."""
    tx.update(
        keys.display(item["company_id"], item["proof_id"]),
        put=changes,
        remove=("gsi2pk", "gsi2sk"),
        when=Attr("state").eq("waiting"),
        label="proof",
    )


# --- the companies of an INN ------------------------------------------------------------------------------------------


def join(table: Table, inn: str, company_id: str) -> None:
    table.put({**keys.chain_company(inn, company_id).as_item(), "company_id": company_id})


def leave(table: Table, inn: str, company_id: str) -> None:
    table.delete_many([keys.chain_company(inn, company_id)])


def put_in_chain(tx: Transaction, inn: str, company_id: str, promotion_id: str, last: date) -> None:
    """Add a deal to the chain, and the company that sent the photo to its companies."""
    tx.update(keys.chain_granted(inn), put=offers_store.display_attribute(promotion_id, last))
    tx.put({**keys.chain_company(inn, company_id).as_item(), "company_id": company_id})


def chain(table: Table, inn: str) -> Iterator[str]:
    """The companies of this INN."""
    for item in table.query_all(keys.chain_company(inn, ""), consistent=True):
        yield item["company_id"]


def chain_granted(table: Table, inn: str) -> dict[str, date]:
    """The display deals of the chain, with their last days, by promotion."""
    return offers_store.display_days(table.get(keys.chain_granted(inn), consistent=True))
