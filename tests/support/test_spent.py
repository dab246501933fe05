"""The instrument of the benchmarks and of the tests of keys."""

import pytest

from chalicelib.platform import aws
from chalicelib.table.client import Table
from infra.local.cloud import LOCAL_CREDENTIALS, Cloud
from tests.support.spent import spent


@pytest.mark.parametrize("own", [True, False], ids=["the club's own client", "a plain one"])
def test_transactions_and_batches_are_counted_with_their_capacity(
    own: bool, local_table: Table, bare_cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {"AWS_ENDPOINT_URL": bare_cloud.endpoint, **LOCAL_CREDENTIALS}.items():
        monkeypatch.setenv(name, value)
    client, table = aws.dynamodb.__wrapped__() if own else local_table.client, local_table.name
    key = {"pk": {"S": "A"}, "sk": {"S": "B"}}
    with spent(client) as cost:
        client.transact_write_items(TransactItems=[{"Put": {"TableName": table, "Item": key}}])
        client.batch_get_item(RequestItems={table: {"Keys": [key], "ConsistentRead": True}})
        client.get_item(TableName=table, Key=key)
    assert cost.calls == ["TransactWriteItems", "BatchGetItem", "GetItem"]
    assert (cost.read_units, cost.write_units) == (1.5, 2)
