"""A DynamoDB client whose writes can be taken back, for tables that are too large to be put back whole.

table = Table(Undo(client), name)
…                     writes are noted
table.client.take_back()
"""

from typing import Any


class Undo:
    """Reads each item before it is written for the first time: a read more for each written item."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._before: dict[tuple[str, str, str], tuple[Any, Any]] = {}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def put_item(self, **request: Any) -> Any:
        self._note(request["TableName"], request["Item"])
        return self._client.put_item(**request)

    def update_item(self, **request: Any) -> Any:
        self._note(request["TableName"], request["Key"])
        return self._client.update_item(**request)

    def delete_item(self, **request: Any) -> Any:
        self._note(request["TableName"], request["Key"])
        return self._client.delete_item(**request)

    def transact_write_items(self, **request: Any) -> Any:
        for operation in request["TransactItems"]:
            for kind, body in operation.items():
                if kind != "ConditionCheck":
                    self._note(body["TableName"], body.get("Item") or body["Key"])
        return self._client.transact_write_items(**request)

    def batch_write_item(self, **request: Any) -> Any:
        for table, writes in request["RequestItems"].items():
            for write in writes:
                self._note(
                    table, write["PutRequest"]["Item"] if "PutRequest" in write else write["DeleteRequest"]["Key"]
                )
        return self._client.batch_write_item(**request)

    def forget(self) -> None:
        """All that was written so far stays."""
        self._before.clear()

    def take_back(self) -> None:
        """Every item that was written since is what it was then."""
        for (table, _, _), (key, item) in self._before.items():
            if item is None:
                self._client.delete_item(TableName=table, Key=key)
            else:
                self._client.put_item(TableName=table, Item=item)
        self.forget()

    def _note(self, table: str, item: Any) -> None:
        key = {"pk": item["pk"], "sk": item["sk"]}
        place = (table, key["pk"]["S"], key["sk"]["S"])
        if place not in self._before:
            found = self._client.get_item(TableName=table, Key=key, ConsistentRead=True)
            self._before[place] = key, found.get("Item")
