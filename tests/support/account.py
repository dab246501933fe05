"""An AWS account in memory, with what the stack puts there: the table, the bucket, the secret, the queues.

It is moto's, set up past the SDK, which would take longer than most tests. Moto's table learns here not to touch all its items where it
needs a few: it copies itself once for each item of a transaction, to take the transaction back, and sorts itself for each query.
Each of the functions that replace moto's own says what it saves; tests/support/test_account.py holds them against moto's own.
"""

import copy
import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import moto.core.responses
import moto.sqs.models
from botocore import xform_name
from botocore.awsrequest import AWSResponse
from botocore.endpoint import Endpoint
from moto import mock_aws
from moto.backend_index import backend_url_patterns
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.models import botocore_stubber
from moto.dynamodb.comparisons import AttributeValue, ConditionExpressionParser, Func, Op, Operand
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table
from moto.dynamodb.parsing.ast_nodes import DepthFirstTraverser, Node  # type: ignore[attr-defined]
from moto.dynamodb.parsing.expressions import UpdateExpressionParser  # type: ignore[attr-defined]
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
parse_anew, _make_operand = ConditionExpressionParser.parse, ConditionExpressionParser._make_operand
_parse_update = UpdateExpressionParser.make

OF_ITEMS = {
    *("GetItem", "BatchGetItem", "Query", "Scan", "TransactGetItems"),
    *("PutItem", "UpdateItem", "DeleteItem", "BatchWriteItem", "TransactWriteItems"),
}
_BYTES = re.compile(rb'"BS?":')


def _ask_at_once(self: Endpoint, operation: Any, request: dict[str, Any]) -> tuple[AWSResponse, dict[str, Any]]:
    """A request to DynamoDB, checked and serialized by the SDK, goes to moto's handler: no signature, no HTTP, no retries.

    What is asked and answered of items is handed over as it is, where the models of the SDK would be followed through each value four
    times; but bytes that are sent, and refusals.
    """
    if (
        operation.service_model.service_name != "dynamodb"
        or not botocore_stubber.enabled
        or "amazonaws" not in self.host
    ):
        return over_http(self, operation, request)
    handler, sent = DynamoHandler(), request["headers"]
    handler.current_account, handler.region, handler.partition = DEFAULT_ACCOUNT_ID, REGION, "aws"
    handler.headers, handler.querystring, handler.uri_match, handler.response_headers = sent, {}, {}, {}
    if operation.name in OF_ITEMS and not _BYTES.search(request["body"]):
        handler.params = json.loads(request["body"])
    else:
        body = {"content_type": sent["Content-Type"], "headers": sent, "data": request["body"], "values": {}}
        handler.parse_parameters(SimpleNamespace(**body, method="POST", path="/"))  # type: ignore[arg-type]
    if operation.name in OF_ITEMS:
        handler.body, name = handler.params, xform_name(operation.name)
        try:
            found = getattr(handler, name)().result
        except Exception as refusal:
            setattr(handler, name, partial(_refuse, refusal))
        else:
            promised = operation.output_shape.members
            parsed = {each: value for each, value in found.items() if value is not None and each in promised}
            parsed["ResponseMetadata"] = {"HTTPStatusCode": 200, "HTTPHeaders": {}}
            return AWSResponse(request["url"], 200, {}, None), parsed
    status, headers, text = handler.call_action()
    answer = {"status_code": int(status), "headers": headers, "body": text.encode()}
    endpoint: Any = self
    parser = endpoint._response_parser_factory.create_parser(operation.service_model.resolved_protocol)
    parsed = parser.parse(answer, operation.output_shape)
    if answer["status_code"] >= 300:
        endpoint._add_modeled_error_fields(answer, parsed, operation, parser)
    return AWSResponse(request["url"], answer["status_code"], headers, None), parsed


def _refuse(refusal: Exception) -> None:
    raise refusal


@cache
def _read_condition(expression: str, names: tuple[tuple[str, str], ...]) -> tuple[Any, list[str], list[str]]:
    """The tree, with the names of values in their place, and the names and values that it has."""
    trees: list[Any] = []
    reader: Any = ConditionExpressionParser(expression, dict(names), None)
    reader._lookup_expression_attribute_value = lambda name: name
    reader._make_op_condition = trees.append
    parse_anew(reader)
    return trees[0], reader.expr_attr_names_found, reader.expr_attr_values_found


def _parse_once(self: ConditionExpressionParser) -> Op | Func:
    """The club asks few different conditions, many times each; moto reads each three times on its way."""
    if not self.condition_expression:
        return parse_anew(self)
    names = tuple((self.expression_attribute_names or {}).items())
    tree, names_found, values_found = _read_condition(self.condition_expression, names)
    self.expr_attr_names_found.extend(names_found)
    self.expr_attr_values_found.extend(values_found)
    return self._make_op_condition(tree)


def _operand_of_tree(self: ConditionExpressionParser, node: Any) -> Operand:
    if node.kind == self.Kind.EXPRESSION_ATTRIBUTE_VALUE and isinstance(node.value, str):
        return AttributeValue(self._lookup_expression_attribute_value(node.value))
    return _make_operand(self, node)


def _copy_of_node(self: Node, memo: dict[int, Any] | None = None) -> Node:
    """A tree is copied before its nodes are replaced; what is no node of it is shared."""
    copied: Any = object.__new__(type(self))
    vars(copied).update(vars(self), parent=None)
    if self.children is not None:
        copied.children = [_copy_of_node(each) if isinstance(each, Node) else each for each in self.children]
        for each in copied.children:
            if isinstance(each, Node):
                each.set_parent(copied)
    return copied


def _kinds_once(self: Any) -> tuple[type, ...]:
    """The kinds of nodes that a walk over a tree is for: moto asks at each node."""
    if "kinds" not in vars(self):
        self.kinds = tuple(self._processing_map())
    return self.kinds


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


Endpoint.make_request = _ask_at_once
ConditionExpressionParser.parse = _parse_once  # type: ignore[method-assign]
ConditionExpressionParser._make_operand = _operand_of_tree  # type: ignore[method-assign]
UpdateExpressionParser.make = cache(_parse_update)
Node.__deepcopy__ = _copy_of_node
DepthFirstTraverser.nodes_to_be_processed = _kinds_once
Table.__deepcopy__ = _copy_of_table  # type: ignore[attr-defined]
DynamoDBBackend.update_item = _update_a_copy
Table.query = _query_of_partition
Table.all_items = _sorted_items
moto.core.responses.method_names_from_class = cache(moto.core.responses.method_names_from_class)
moto.sqs.models.camelcase_to_underscores = cache(moto.sqs.models.camelcase_to_underscores)
backend_url_patterns[:] = [each for each in backend_url_patterns if each[0] in SERVICES]
