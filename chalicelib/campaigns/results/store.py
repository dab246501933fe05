"""Items of results: counted again as a whole, and never added to."""

from collections.abc import Sequence

from chalicelib.campaigns.results import keys
from chalicelib.campaigns.results.model import Results, SeriesResults
from chalicelib.table import Table, from_item, to_item


def write(table: Table, results: Results) -> None:
    table.put({**keys.results(results.issue_id).as_item(), **to_item(results)})


def read(table: Table, issue_ids: Sequence[str]) -> dict[str, Results]:
    """By issue, of those that were counted; one call per 100."""
    wanted = {keys.results(each): each for each in issue_ids}
    return {wanted[key]: from_item(Results, item) for key, item in table.get_many(wanted).items()}


def write_series(table: Table, results: SeriesResults) -> None:
    table.put({**keys.series_results(results.series_id).as_item(), **to_item(results)})


def read_series(table: Table, series_id: str) -> SeriesResults | None:
    return table.read(SeriesResults, keys.series_results(series_id))
