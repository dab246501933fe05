"""The items of results: a `CompanyResult` beside each company of a wave, written again on each look."""

from collections.abc import Iterable, Iterator

from chalicelib.platform import Context
from chalicelib.retention.results import keys
from chalicelib.retention.results.model import CompanyResult
from chalicelib.table import from_item, to_item


def save(context: Context, found: CompanyResult) -> None:
    listed = keys.result_list(found.wave_id, found.unit, found.company_id).as_gsi1()
    context.table.put({**keys.company_result(found.company_id, found.wave_id).as_item(), **listed, **to_item(found)})


def read(context: Context, wave_id: str, company_ids: Iterable[str]) -> dict[str, CompanyResult]:
    """By company, what the latest look found. One call a hundred."""
    found = context.table.get_many([keys.company_result(each, wave_id) for each in company_ids], consistent=True)
    return {item["company_id"]: from_item(CompanyResult, item) for item in found.values()}


def results(context: Context, wave_id: str) -> Iterator[CompanyResult]:
    """Of all companies of the wave; page after page."""
    for item in context.table.query_all(keys.result_list(wave_id, "", "").pk, index="gsi1"):
        yield from_item(CompanyResult, item)


def remove(context: Context, wave_id: str, company_id: str) -> None:
    """Safe to repeat."""
    context.table.delete_many([keys.company_result(company_id, wave_id)])
