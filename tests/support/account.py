"""An AWS account in memory, with what the stack puts there: the table, the bucket, the secret, the queues.

It is moto's, set up past the SDK, which would take longer than most tests. Moto's table learns here not to touch all its items where it
needs a few: it copies itself once for each item of a transaction, to take the transaction back, and sorts itself for each query.
Each of the functions that replace moto's own says what it saves; tests/support/test_account.py holds them against moto's own.
"""

import copy
import re
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import moto.sqs.models
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from moto import mock_aws
from moto.backend_index import backend_url_patterns
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.models import botocore_stubber
from moto.core.serialize import BaseJSONSerializer
from moto.dynamodb.comparisons import ConditionExpressionParser
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends

from chalicelib.platform.settings import queue_variable
from infra.build import resources

REGION = "us-east-1"
TABLE, BUCKET, SECRET = "club", "club-files", "club"
SERVICES = {"cognitoidp", "dynamodb", "s3", "secretsmanager", "ses", "sesv2", "sqs"}  # no test needs others
STACK = Path(__file__).parent.parent.parent / "infra" / "functions.yaml"


@contextmanager
def account() -> Iterator[dict[str, str]]:
    """The account lasts as long as the block. Yields the variables by which the stack tells its functions what is where."""
    with mock_aws():
        shape = table_properties()
        dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].create_table(
            TABLE,
            schema=shape["KeySchema"],
            attr=shape["AttributeDefinitions"],
            global_indexes=shape["GlobalSecondaryIndexes"],
            billing_mode=shape["BillingMode"],
            throughput=None,
            indexes=None,
            streams=None,
            sse_specification=None,
            tags=[],
            deletion_protection_enabled=False,
            warm_throughput=None,
        )
        s3_backends[DEFAULT_ACCOUNT_ID]["aws"].create_bucket(BUCKET, REGION)
        secrets = secretsmanager_backends[DEFAULT_ACCOUNT_ID][REGION]
        secrets.create_secret(SECRET, "a secret for tests only", None, None, None, None, None, [], False)
        for name in queues():
            sqs_backends[DEFAULT_ACCOUNT_ID][REGION].create_queue(name)
        yield {
            "TABLE_NAME": TABLE,
            "FILES_BUCKET": BUCKET,
            "SECRET_ARN": SECRET,
            **{
                queue_variable(name): f"https://sqs.{REGION}.amazonaws.com/{DEFAULT_ACCOUNT_ID}/{name}"
                for name in queues()
            },
        }


@cache
def queues() -> list[str]:
    """Names of the queues that some function fills."""
    return sorted(name.lower() for name in set(re.findall(r"(\w+)_QUEUE_URL", STACK.read_text(encoding="utf-8"))))


@cache
def table_properties() -> dict[str, Any]:
    """Of the template, whose YAML takes longer to read than most tests."""
    properties: dict[str, Any] = resources()["Resources"]["Table"]["Properties"]
    return properties


# --- less work for moto -----------------------------------------------------------------------------------------------

over_http = Endpoint.make_request
_update_item, _query = DynamoDBBackend.update_item, Table.query
_lex = ConditionExpressionParser._lex_condition_expression
_serialize_structure = BaseJSONSerializer._serialize_type_structure


def _ask_at_once(self: Endpoint, operation: Any, request: dict[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
    """A request to DynamoDB, checked and serialized by the SDK, goes to moto's handler: no signature, no HTTP, no retries."""
    if (
        operation.service_model.service_name != "dynamodb"
        or not botocore_stubber.enabled
        or "amazonaws" not in self.host
    ):
        return over_http(self, operation, request)
    handler, sent = DynamoHandler(), request["headers"]
    handler.current_account, handler.region, handler.partition = DEFAULT_ACCOUNT_ID, REGION, "aws"
    handler.headers, handler.querystring, handler.uri_match, handler.response_headers = sent, {}, {}, {}
    body = {"content_type": sent["Content-Type"], "headers": sent, "data": request["body"], "values": {}}
    handler.parse_parameters(SimpleNamespace(**body, method="POST", path="/"))  # type: ignore[arg-type]
    status, headers, text = handler.call_action()
    answer = {"status_code": int(status), "headers": headers, "body": text.encode()}
    endpoint: Any = self
    parser = endpoint._response_parser_factory.create_parser(operation.service_model.resolved_protocol)
    parsed = parser.parse(answer, operation.output_shape)
    if answer["status_code"] >= 300:
        endpoint._add_modeled_error_fields(answer, parsed, operation, parser)
    return AWSResponse(request["url"], answer["status_code"], headers, None), parsed


@cache
def _lexed(expression: str) -> tuple[Any, ...]:
    return tuple(_lex(ConditionExpressionParser(expression, None, None)))


def _lex_once(self: ConditionExpressionParser) -> deque[Any]:
    """The club asks few different conditions, many times each."""
    return deque(_lexed(self.condition_expression) if self.condition_expression else ())


def _copy_of_table(self: Table, memo: dict[int, Any]) -> Table:
    """The state to which a transaction is taken back. Items are shared with it, since nothing changes an item that is in a table."""
    copied = copy.copy(self)
    copied.items = defaultdict(dict, {key: dict(rows) for key, rows in list(self.items.items())})
    return copied


def _update_a_copy(self: DynamoDBBackend, table_name: str, key: dict[str, Any], *args: Any, **kwargs: Any) -> Item:
    """Moto changes the item itself, which copies of the table share: a copy takes its place first."""
    table = self.get_table(table_name)
    rows, row = table.items.get(DynamoType(key["pk"]), {}), DynamoType(key["sk"])
    if row in rows:
        rows[row] = copy.deepcopy(rows[row])
    return _update_item(self, table_name, key, *args, **kwargs)


def _query_of_partition(
    self: Table,
    hash_key: DynamoType,
    comparison: str | None,
    values: list[DynamoType],
    limit: int,
    start: dict[str, Any],
    forward: bool,
    projection: list[list[str]] | None,
    index: str | None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    """A query by the table's own keys sees one partition."""
    seen = self
    if index is None:
        seen = copy.copy(self)
        seen.items = {hash_key: self.items.get(hash_key, {})}
    return _query(seen, hash_key, comparison, values, limit, start, forward, projection, index, *args, **kwargs)


def _sorted_items(self: Table) -> list[Item]:
    """By their keys, which are strings: moto compares objects instead."""
    items = [item for rows in list(self.items.values()) for item in list(rows.values())]
    return sorted(items, key=lambda item: (item.hash_key.value, item.range_key.value))


def _serialize_value(self: BaseJSONSerializer, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """A value of an item is kept as it is answered, but for bytes: moto looks for each of ten kinds under five names."""
    if shape.name == "AttributeValue" and _without_bytes(value):
        serialized[key] = value
    else:
        _serialize_structure(self, serialized, value, shape, key)


def _without_bytes(value: dict[str, Any]) -> bool:
    ((kind, content),) = value.items()
    inside = content.values() if kind == "M" else content if kind == "L" else ()
    return kind not in ("B", "BS") and all(map(_without_bytes, inside))


Endpoint.make_request = _ask_at_once
ConditionExpressionParser._lex_condition_expression = _lex_once  # type: ignore[method-assign]
Table.__deepcopy__ = _copy_of_table  # type: ignore[attr-defined]
DynamoDBBackend.update_item = _update_a_copy
Table.query = _query_of_partition
Table.all_items = _sorted_items
BaseJSONSerializer._serialize_type_structure = _serialize_value
moto.sqs.models.camelcase_to_underscores = cache(moto.sqs.models.camelcase_to_underscores)
backend_url_patterns[:] = [each for each in backend_url_patterns if each[0] in SERVICES]
