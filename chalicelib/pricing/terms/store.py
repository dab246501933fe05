"""TERMS: the contracts of a company in one item, since every price reads it: currency, contracts, version."""

from collections.abc import Sequence

from chalicelib.platform import Context
from chalicelib.pricing import keys
from chalicelib.pricing.rules import Contract
from chalicelib.pricing.terms.model import ContractForm
from chalicelib.table import Item, Table, Transaction, at_version

VERSION = "version"  # label: the terms have another one


def terms(table: Table, company_id: str) -> Item | None:
    return table.get(keys.terms(company_id), consistent=True)


def contract_forms(item: Item | None) -> list[ContractForm]:
    return [ContractForm.model_validate_json(text) for text in item["contracts"]] if item else []


def contracts(item: Item | None) -> list[Contract]:
    return [form.contract()._replace(currency=item["currency"]) for form in contract_forms(item)] if item else []


def weight(terms: Sequence[ContractForm]) -> int:
    """Bytes of these contracts in the item."""
    return sum(len(text.encode()) for text in _texts(terms))


def _texts(terms: Sequence[ContractForm]) -> list[str]:
    return [each.model_dump_json(exclude_defaults=True) for each in terms]


def replace_terms(
    tx: Transaction,
    context: Context,
    company_id: str,
    terms: Sequence[ContractForm],
    *,
    currency: str,
    author: str,
    version: int,
    approved_by: str = "",
) -> None:
    """Refused with label `VERSION` unless the stored terms have this version; 0 for no terms."""
    tx.put(
        {
            **keys.terms(company_id).as_item(),
            # One text per contract: half the bytes and the read time of maps.
            "contracts": _texts(terms),
            "currency": currency,
            "version": version + 1,
            "author": author,
            **({"approved_by": approved_by} if approved_by else {}),
            "at": context.at,
        },
        when=at_version(version),
        label=VERSION,
    )


def check_version(tx: Transaction, company_id: str, version: int) -> None:
    """Refused with label `VERSION` unless the stored terms have this version; 0 for no terms."""
    tx.check(keys.terms(company_id), at_version(version), label=VERSION)
