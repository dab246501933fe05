"""Companies as a table for SQL, by their id: what a sole trader is called by is a person's name."""

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from chalicelib.companies.model import Company
from chalicelib.platform import local_day, moment
from chalicelib.platform.registry.datasets import Column, Dataset, Image, ItemRows, Row, Source
from chalicelib.table import Key

COMPANIES = Dataset(
    "companies",
    "Companies, without names, INN and people",
    (
        Column("company_id", "text", "The company"),
        Column("region", "text", "Its region"),
        Column("currency", "text", "In which it buys"),
        Column("distributor_id", "text", "Its distributor"),
        Column("joined_into", "text", "The company that it turned out to be"),
        Column("origin", "text", "`member` or `import`: who named it first"),
        Column("created_on", "day", "The day on which the club knew it first"),
    ),
)


def _company(item: Image, zone: ZoneInfo) -> Iterable[ItemRows]:
    company = Company.from_item(item)
    row: Row = {
        "company_id": company.company_id,
        "region": company.region,
        "currency": company.currency,
        "distributor_id": company.distributor_id,
        "joined_into": company.joined_into,
        "origin": company.origin,
        "created_on": local_day(moment(company.created_at), zone),
    }
    yield ItemRows(COMPANIES, Key(item["pk"], item["sk"]), (row,))


SOURCES = (Source("COMPANY", "PROFILE", (COMPANIES,), _company),)
