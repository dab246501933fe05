"""The contract of a document stays where nobody tells another one, and a return has that of its sale."""

from chalicelib import sales
from chalicelib.platform.context import Context
from tests.sales.steps import DAY, days, deliver, invoice, items, returned


def contracts(context: Context) -> dict[str, str]:
    """By document, of the newest revisions."""
    return {
        sale["document"]: sale.get("contract", "") for sale in items(context, "SALE#") if "superseded_by" not in sale
    }


def test_who_tells_no_contract_changes_none_and_neither_does_an_older_state(context: Context) -> None:
    def told(contract: str, as_of: str, amount: str = "100.00") -> str:
        document = invoice("УТ-1", amount, contract=contract)
        (outcome,) = sales.record(context, [document], as_of=as_of)
        return f"{outcome} {contracts(context)['УТ-1']}"

    assert told("", "2026-11-03T00:00:00Z") == "created "
    assert told("Д-1", "2026-11-05T00:00:00Z") == "unchanged Д-1"
    assert told("", "2026-11-06T00:00:00Z") == "unchanged Д-1"
    assert told("Д-0", "2026-11-04T00:00:00Z") == "unchanged Д-1"
    assert told("", "2026-11-07T00:00:00Z", "70.00") == "changed Д-1"
    assert told("Д-2", "2026-11-08T00:00:00Z", "70.00") == "unchanged Д-2"
    assert days(context) == {("cmp_1", DAY.isoformat()): (70, 1)}


def test_a_return_has_the_contract_of_its_sale_whichever_comes_first(context: Context) -> None:
    sales.record(context, [returned("В-1", "УТ-1"), returned("В-2", "УТ-1", contract="Д-9")])
    sales.record(context, [invoice("УТ-1", contract="Д-1")])
    deliver(context)
    sales.record(context, [returned("В-3", "УТ-1")])
    assert contracts(context) == {"УТ-1": "Д-1", "В-1": "Д-1", "В-2": "Д-9", "В-3": "Д-1"}
