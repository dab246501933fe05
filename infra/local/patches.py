"""Patches of ministack 1.5.33: one for each answer that differs from AWS and that the club would notice.

Each patch is a function whose docstring names the hole and AWS' rule. `tests/infra/test_local_cloud.py` has a test for each that
fails when a newer ministack has mended it: drop the patch then. Nothing here is imported by the project itself; the launcher
applies it inside the local cloud's own process.
"""

import asyncio
import contextvars
import copy
import gzip
import hashlib
import json
import math
import os
import re
import tempfile
import threading
import time
import types
import uuid
import zipfile
from collections import Counter
from email.utils import parseaddr
from functools import lru_cache
from itertools import accumulate
from typing import ClassVar
from urllib.parse import unquote

import mailbox_page
import ministack.app
from ministack.core import iam_actions, iam_evaluator, lambda_runtime
from ministack.core.responses import error_response_json, json_response
from ministack.services import apigateway_v1, athena, cognito, dynamodb, lambda_svc, s3, ses_v2, sns, sqs
from ministack.services.cloudformation import provisioners


def log_wait():
    """An invocation that logs nothing waits 50 ms for a line. AWS answers when the function has answered."""
    drain = lambda_runtime.Worker._drain_stderr_bounded

    def drain_briefly(worker, *_args, **_kwargs):
        return drain(worker, first_line_wait=0.003, idle_confirm=0.002)

    lambda_runtime.Worker._drain_stderr_bounded = drain_briefly


def api_definition():
    """The import of an API definition drops mock answers, binary types and gateway responses.

    AWS takes all three from the definition: the first are the CORS preflight, the last the problem+json of the gateway itself.
    """
    import_operation, import_api = apigateway_v1._import_operation, apigateway_v1._import_rest_api

    def operation_with_mock(api_id, resource_id, method, operation, *args, **kwargs):
        import_operation(api_id, resource_id, method, operation, *args, **kwargs)
        integration = (operation or {}).get("x-amazon-apigateway-integration") or {}
        if str(integration.get("type")).lower() != "mock":
            return
        imported = apigateway_v1._resources[api_id][resource_id]["resourceMethods"][method]
        imported["methodIntegration"]["requestTemplates"] = integration.get("requestTemplates") or {}
        for status, response in (operation.get("responses") or {}).items():
            headers = {f"method.response.header.{name}": False for name in response.get("headers") or {}}
            apigateway_v1._put_method_response(
                api_id, resource_id, method, str(status), {"responseParameters": headers}
            )
        for pattern, response in (integration.get("responses") or {}).items():
            answer = {**response, "selectionPattern": "" if pattern == "default" else pattern}
            apigateway_v1._put_integration_response(api_id, resource_id, method, str(response["statusCode"]), answer)

    def api_with_extensions(definition, base=None):
        binary = definition.get("x-amazon-apigateway-binary-media-types") or []
        known = (base or {}).get("binaryMediaTypes") or []
        api_id = import_api(definition, {**(base or {}), "binaryMediaTypes": sorted({*known, *binary})})
        for kind, response in (definition.get("x-amazon-apigateway-gateway-responses") or {}).items():
            apigateway_v1._put_gateway_response(api_id, kind, response)
        return api_id

    apigateway_v1._import_operation, apigateway_v1._import_rest_api = operation_with_mock, api_with_extensions


def compression():
    """An answer at or above the API's `minimumCompressionSize` goes out packed to whoever accepts it; the emulator keeps the setting only."""
    execute = apigateway_v1.handle_execute

    async def execute_packed(api_id, stage, method, path, headers, body, query):
        status, sent, content = await execute(api_id, stage, method, path, headers, body, query)
        least = apigateway_v1._rest_apis.get(api_id, {}).get("minimumCompressionSize")
        accepted = {name.lower(): value for name, value in headers.items()}.get("accept-encoding", "")
        if least is None or "gzip" not in accepted or len(content) < int(least):
            return status, sent, content
        return status, {**sent, "Content-Encoding": "gzip"}, gzip.compress(content)

    apigateway_v1.handle_execute = execute_packed


def read_capacity():
    """Every read is counted as one unit, a batch as none. AWS counts 4 KB steps of what it evaluated, before any filter."""
    add, paginate, batch_get = (
        dynamodb._add_consumed_capacity,
        dynamodb._paginate_evaluated_items,
        dynamodb._batch_get_item,
    )
    evaluated = threading.local()

    def units(table, items, consistent):
        steps = max(1, math.ceil(sum(dynamodb._billed_item_bytes(table, item) for item in items) / 4096))
        return steps if consistent else steps / 2

    def paginate_and_remember(*args, **kwargs):
        page, more = paginate(*args, **kwargs)
        evaluated.items = page
        return page, more

    def add_by_size(result, data, table_name, write=False, index_name=None, **items):
        add(result, data, table_name, write=write, index_name=index_name, **items)
        counted = result.get("ConsumedCapacity")
        if write or not counted:
            return
        table = dynamodb._tables[table_name]
        item = dynamodb._get_item_by_key(table, data["Key"]) if "Key" in data else None
        read = units(table, [item] if item else [] if "Key" in data else evaluated.items, data.get("ConsistentRead"))
        counted["CapacityUnits"] = read
        for part in (counted.get("Table"), *counted.get("GlobalSecondaryIndexes", {}).values()):
            if part and part["CapacityUnits"]:
                part["CapacityUnits"] = read

    def batch_get_and_count(data):
        status, headers, body = batch_get(data)
        if status == 200 and data.get("ReturnConsumedCapacity", "NONE") != "NONE":
            counted = []
            for name, wanted in data["RequestItems"].items():
                table = dynamodb._tables[dynamodb._normalize_table_name(name)]
                found = (dynamodb._get_item_by_key(table, key) for key in wanted["Keys"])
                each = [units(table, [item] if item else [], wanted.get("ConsistentRead")) for item in found]
                counted.append({"TableName": name, "CapacityUnits": float(sum(each))})
            body = json.dumps({**json.loads(body), "ConsumedCapacity": counted}).encode()
        return status, headers, body

    dynamodb._add_consumed_capacity = add_by_size
    dynamodb._paginate_evaluated_items = paginate_and_remember
    dynamodb._batch_get_item = batch_get_and_count


def batch_limits():
    """A batch of reads brings everything. DynamoDB leaves over what passes 16 MB together, or 1 MB of one partition."""
    batch_get = dynamodb._batch_get_item
    most, most_of_partition = 16 * 1024 * 1024, 1024 * 1024

    def fitting(name, keys):
        """The keys whose items come now, and the others."""
        table = dynamodb._tables.get(dynamodb._normalize_table_name(name))
        taken, now, later = Counter(), [], []
        for key in keys if table else ():
            item, place = dynamodb._get_item_by_key(table, key), json.dumps(key[table["pk_name"]])
            size = dynamodb._billed_item_bytes(table, item) if item else 0
            fits = taken[place] + size <= most_of_partition and taken.total() + size <= most
            taken[place] += size if fits else 0
            (now if fits else later).append(key)
        return (now, later) if table else (keys, [])

    def batch_get_in_part(data):
        asked = data["RequestItems"]
        parts = {name: fitting(name, wanted["Keys"]) for name, wanted in asked.items()}
        first = {name: {**wanted, "Keys": parts[name][0]} for name, wanted in asked.items()}
        status, headers, body = batch_get({**data, "RequestItems": first})
        left = {name: {**wanted, "Keys": parts[name][1]} for name, wanted in asked.items() if parts[name][1]}
        if status == 200 and left:
            body = json.dumps({**json.loads(body), "UnprocessedKeys": left}).encode()
        return status, headers, body

    dynamodb._batch_get_item = batch_get_in_part


def repeated_transactions():
    """A transaction that is sent again is refused where a number that it puts ends in zeros: the first was kept as it was written.

    AWS answers both alike.
    """
    transact = dynamodb._transact_write_items

    def transact_again(data):
        token = data.get("ClientRequestToken")
        if token and dynamodb._txn_token_lookup(token):
            for operation in data["TransactItems"]:
                if "Put" in operation:
                    dynamodb._validate_item(operation["Put"]["Item"])  # writes its numbers as they were kept
        return transact(data)

    dynamodb._transact_write_items = transact_again


def key_conditions():
    """Each item of a partition is looked at by parsing the key condition again: 50 µs of each. AWS reads the range alone."""
    evaluate = dynamodb._evaluate_condition

    def evaluate_keys(expression, item, values, names, slot="ConditionExpression"):
        # The three questions of `chalicelib.table.client.Table.query`; ministack has compared the partition key already.
        known = expression.startswith("#pk = :pk") if slot == "KeyConditionExpression" and expression else False
        sort_key = item.get(names.get("#sk", ""), {}).get("S", "") if known else ""
        if known and expression == "#pk = :pk":
            return True
        if known and expression == "#pk = :pk AND #sk BETWEEN :from AND :to":
            return values[":from"]["S"] <= sort_key <= values[":to"]["S"]
        if known and expression == "#pk = :pk AND begins_with(#sk, :starts)":
            return sort_key.startswith(values[":starts"]["S"])
        return evaluate(expression, item, values, names, slot=slot)

    dynamodb._evaluate_condition = evaluate_keys


def expressions():
    """Each operation of a transaction reads its expressions anew, letter by letter, and conditions twice. AWS counts nothing for them."""
    tokens = lru_cache(maxsize=1024)(dynamodb._tokenize)
    dynamodb._tokenize = lambda expression: list(tokens(expression))
    dynamodb._condition_syntax_error = lru_cache(maxsize=1024)(dynamodb._condition_syntax_error)


def table_ttl():
    """A template's TimeToLiveSpecification is ignored. AWS deletes what expired within days; ministack does within a minute."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::DynamoDB::Table"]
    create = handler["create"]

    def create_with_ttl(logical_id, props, stack_name, *args, **kwargs):
        made = create(logical_id, props, stack_name, *args, **kwargs)
        if props.get("TimeToLiveSpecification"):
            dynamodb._update_ttl({"TableName": made[0], "TimeToLiveSpecification": props["TimeToLiveSpecification"]})
        return made

    handler["create"] = create_with_ttl


def unknown_users():
    """A challenge for an unknown user says that he is unknown, and one for a user without a lasting password leads to tokens.

    AWS asks the client's PreventUserExistenceErrors: where it is ENABLED, a stranger gets a challenge like anybody else, and the answer
    is refused. Of the temporary password it says only that it ends after seven days; so here it signs nobody in.
    """
    initiate, respond = cognito._admin_initiate_auth, cognito._admin_respond_to_auth_challenge
    strangers = set()

    def initiate_as_set(data):
        pool = cognito._user_pools.get(data.get("UserPoolId"))
        if data.get("AuthFlow") != "CUSTOM_AUTH" or not pool:
            return initiate(data)
        user, unknown = cognito._resolve_user(pool, data["AuthParameters"].get("USERNAME"))
        if unknown and cognito._hides_user_existence(pool, data.get("ClientId")):
            session = uuid.uuid4().hex
            strangers.add(session)
            return json_response({"ChallengeName": "CUSTOM_CHALLENGE", "Session": session, "ChallengeParameters": {}})
        if user and user["UserStatus"] == "FORCE_CHANGE_PASSWORD":
            return error_response_json("NotAuthorizedException", "Temporary password.", 400)
        return initiate(data)

    def respond_as_set(data):
        if data.get("Session") in strangers:
            strangers.discard(data["Session"])
            return error_response_json("NotAuthorizedException", "Incorrect username or password.", 400)
        return respond(data)

    cognito._admin_initiate_auth, cognito._admin_respond_to_auth_challenge = initiate_as_set, respond_as_set


def letters():
    """SESv2 keeps neither headers nor tags and never sends the events of a configuration set.

    Here every letter goes to the mailbox, and Send and Delivery follow as on AWS; Bounce or Complaint for the addresses of
    SES' own simulator.
    """
    handle = ses_v2.handle_request

    def emit(letter, kind, recipients):
        configuration = ses_v2._config_sets.get(letter["configuration_set"]) or {}
        for destination in (configuration.get("EventDestinations") or {}).values():
            topic = (destination.get("SnsDestination") or {}).get("TopicArn")
            if topic and destination.get("Enabled") and kind.upper() in destination["MatchingEventTypes"]:
                sns.publish_internal(topic, json.dumps(mailbox_page.event(letter, kind, recipients)))

    def follow(letter):
        emit(letter, "Send", letter["to"])
        for recipient in letter["to"]:
            for kind in mailbox_page.fate(recipient):
                emit(letter, kind, [recipient])

    async def handle_and_keep(method, path, headers, body, query):
        answer = await handle(method, path, headers, body, query)
        if method == "POST" and answer[0] == 200 and path.rstrip("/").endswith("/outbound-emails"):
            letter = mailbox_page.keep(json.loads(body), json.loads(answer[2])["MessageId"])
            # In a thread with this request's account and region: the sender must not wait for who listens.
            threading.Thread(target=contextvars.copy_context().run, args=(follow, letter), daemon=True).start()
        return answer

    ses_v2.handle_request = handle_and_keep


def addresses():
    """A letter goes to any address, and may weigh anything. SES takes ASCII, its domain in Punycode, and 40 MB."""
    handle = ses_v2.handle_request

    async def handle_readable(method, path, headers, body, query):
        if method == "POST" and path.rstrip("/").endswith("/outbound-emails"):
            if len(body) > 40 * 1024 * 1024:
                return error_response_json(
                    "BadRequestException", "Message length is more than 41943040 bytes long.", 400
                )
            for address in json.loads(body).get("Destination", {}).get("ToAddresses", []):
                local, _, domain = parseaddr(address)[1].rpartition("@")
                if not domain.isascii():
                    return error_response_json("BadRequestException", "Domain contains illegal character", 400)
                if not local or not local.isascii():
                    return error_response_json("BadRequestException", "Local address contains illegal character", 400)
        return await handle(method, path, headers, body, query)

    ses_v2.handle_request = handle_readable


def suppression_list():
    """SESv2 has no list of suppressed addresses. On AWS who bounced is on it, and whatever is sent there bounces until it is taken off."""
    handle = ses_v2.handle_request

    async def handle_suppressed(method, path, headers, body, query):
        _, listed, address = path.partition("/suppression/addresses/")
        if method != "DELETE" or not listed:
            return await handle(method, path, headers, body, query)
        try:
            mailbox_page.SUPPRESSED.remove(unquote(address))
        except KeyError:
            return error_response_json("NotFoundException", f"Email address {unquote(address)} does not exist.", 404)
        return json_response({})

    ses_v2.handle_request = handle_suppressed


def letter_rights():
    """The stock cloud refuses every letter of a function with rights to one identity, and shows its conditions no sender.

    AWS asks the policy about the identities of the sender and of each recipient, where it knows them (in its sandbox all), and about
    the configuration set; each time it knows ses:FromAddress.
    """
    resource_arn, enforce = iam_actions._ses_v2_resource_arn, iam_evaluator.enforce

    class OfLetter(str):
        """The ARN of the sender's identity, that knows the others that are asked about, and the sender's address."""

        others = ()
        sender = ""

    def resource_arn_of_letter(method, path, body, region, account):
        if not path.rstrip("/").endswith("/outbound-emails"):
            return resource_arn(method, path, body, region, account)
        letter, ours = json.loads(body), f"arn:aws:ses:{region}:{account}"
        sender = parseaddr(letter.get("FromEmailAddress", ""))[1]
        made = OfLetter(f"{ours}:identity/{sender.partition('@')[2]}")
        made.sender = sender
        made.others = [f"{ours}:identity/{each}" for each in letter.get("Destination", {}).get("ToAddresses", [])]
        if name := letter.get("ConfigurationSetName"):
            made.others.append(f"{ours}:configuration-set/{name}")
        return made

    def enforce_each(*args, resource_arn="*", service_context=None, **kwargs):
        if not isinstance(resource_arn, OfLetter):
            return enforce(*args, resource_arn=resource_arn, service_context=service_context, **kwargs)
        context = {**(service_context or {}), "ses:FromAddress": resource_arn.sender}
        answers = (
            enforce(*args, resource_arn=each, service_context=context, **kwargs)
            for each in (str(resource_arn), *resource_arn.others)
        )
        return next((answer for answer in answers if answer is not None), None)

    iam_actions._ses_v2_resource_arn, iam_evaluator.enforce = resource_arn_of_letter, enforce_each


def dkim_tokens():
    """An email identity of a template has none of the records that prove its domain. AWS has three, as attributes."""
    handler = provisioners._RESOURCE_HANDLERS["AWS::SES::EmailIdentity"]
    create = handler["create"]

    def create_with_tokens(logical_id, props, stack_name, *args, **kwargs):
        identity, attributes = create(logical_id, props, stack_name, *args, **kwargs)
        for number in (1, 2, 3):
            attributes[f"DkimDNSTokenName{number}"] = f"token{number}._domainkey.{identity}"
            attributes[f"DkimDNSTokenValue{number}"] = f"token{number}.dkim.amazonses.com"
        return identity, attributes

    handler["create"] = create_with_tokens


def queue_rights():
    """A batch of messages needs a right of its own. AWS asks for the right to do the same with one message."""
    named = iam_actions._action_from_target

    def named_singly(headers):
        action = named(headers)
        ours = headers.get("x-amz-target", "").startswith("AmazonSQS.")
        return action.removesuffix("Batch") if action and ours else action

    iam_actions._action_from_target = named_singly


def leading_keys():
    """A condition on dynamodb:LeadingKeys sees no key, so no denial holds. AWS knows the partition key of each item of a request.

    Of a transaction each item is judged by its own key; of a batch all keys together.
    """
    context, checks, enforce = (
        iam_actions.dynamodb_service_context,
        iam_actions.dynamodb_transaction_checks,
        iam_evaluator.enforce,
    )

    parsed = lru_cache(maxsize=1)(json.loads)  # a request, for both that ask of it

    class Place(str):
        """A table's ARN that knows the partition of the item in it."""

        leading = ""

    def leading(name, wired):
        table = dynamodb._tables.get(dynamodb._normalize_table_name(name))
        key = (wired or {}).get(table["pk_name"]) if table else None
        return next(iter(key.values())) if key else None

    def context_with_keys(body):
        request = parsed(body or b"{}")
        named = (
            [leading(request["TableName"], request.get("Key") or request.get("Item"))] if "TableName" in request else []
        )
        for name, writes in request.get("RequestItems", {}).items():
            for write in writes if isinstance(writes, list) else []:
                ((_, detail),) = write.items()
                named.append(leading(name, detail.get("Key") or detail.get("Item")))
        found = [key for key in named if key]
        return {**context(body), **({"dynamodb:LeadingKeys": found} if found else {})}

    def checks_with_keys(action, body, *where):
        judged = checks(action, body, *where)
        details = (
            [detail for item in parsed(body).get("TransactItems", []) for detail in item.values()] if judged else []
        )
        places = []
        for (single, arn), detail in zip(judged, details, strict=True):
            place = Place(arn)
            place.leading = leading(detail["TableName"], detail.get("Key") or detail.get("Item")) or ""
            places.append((single, place))
        return places

    def enforce_with_key(*args, resource_arn="*", service_context=None, **kwargs):
        if isinstance(resource_arn, Place):
            service_context = {**(service_context or {}), "dynamodb:LeadingKeys": [resource_arn.leading]}
        return enforce(*args, resource_arn=resource_arn, service_context=service_context, **kwargs)

    iam_actions.dynamodb_service_context = context_with_keys
    iam_actions.dynamodb_transaction_checks = checks_with_keys
    iam_evaluator.enforce = enforce_with_key


def streams():
    """A table's stream counts a partial failure as done, tries a batch that raises for ever, holds up all other sources meanwhile, and
    knows no ParallelizationFactor and no weight of a batch.

    AWS hands over 6 MB of records at most. It starts again at the first failed record; halves a batch that raised, if the mapping says so; and after
    MaximumRetryAttempts hands the batch to OnFailure and goes on. With a ParallelizationFactor of n it splits a shard by the hash of the
    partition key into n lanes, each with batches of its own: what has one key stays in order, and a lane that fails holds up no other.

    Here a reader cuts the records that lie ready, `most_read` at most, into lanes; it reads on when all of them are done.
    """
    most_read = 1000  # records, as one GetRecords brings on AWS
    most_bytes = 6 * 1024 * 1024  # of a batch
    workers: dict = {}  # mapping id → the thread that works on its stream

    def first_failed(mapping, result, batch):
        """Index of the record to start again from, len(batch) when there is none."""
        if result.get("error"):
            return 0
        if "ReportBatchItemFailures" not in (mapping.get("FunctionResponseTypes") or []):
            return len(batch)
        body = result.get("body")
        body = json.loads(body) if isinstance(body, str | bytes) and body else body
        failed = {failure["itemIdentifier"] for failure in (body or {}).get("batchItemFailures") or []}
        numbers = [str(record["dynamodb"]["SequenceNumber"]) for record in batch]
        return min((index for index, number in enumerate(numbers) if number in failed), default=len(batch))

    def lanes_of(records, partition, factor):
        lanes: dict = {}
        for record in records:
            digest = hashlib.md5(json.dumps(record["dynamodb"]["Keys"][partition]).encode()).digest()
            lanes.setdefault(digest[0] % factor, []).append(record)
        return list(lanes.values())

    def fitting(batch):
        """As many of the first records as one event holds, and one of any weight."""
        weights = accumulate(len(json.dumps(record)) for record in batch)
        return batch[: max(1, sum(weight <= most_bytes for weight in weights))]

    def work_off_lane(mapping, function, lane):
        """Every record of the lane, done or given up."""
        most, size, tries = mapping.get("BatchSize", 100), mapping.get("BatchSize", 100), 0
        while lane and mapping.get("Enabled", True):
            batch = fitting(lane[:size])
            result = lambda_svc._execute_function(function, {"Records": batch})
            failed = first_failed(mapping, result, batch)
            if failed == len(batch):
                lane, size, tries = lane[len(batch) :], most, 0
            elif failed:
                lane, size, tries = lane[failed:], most, 1
            elif result.get("error") and mapping.get("BisectBatchOnFunctionError") and len(batch) > 1:
                size = len(batch) // 2
            elif tries >= (mapping.get("MaximumRetryAttempts", -1) % math.inf):
                lambda_svc._send_ddb_stream_failure_record(
                    mapping, function, batch, mapping["EventSourceArn"], result, "RetryAttemptsExhausted"
                )
                lane, size, tries = lane[len(batch) :], most, 0
            else:
                tries += 1
                time.sleep(min(0.1 * 2**tries, 2))

    def run_batch(mapping, function, table_name):
        mapping_id = mapping["UUID"]
        lambda_svc._init_stream_position(mapping_id, mapping["EventSourceArn"], mapping.get("StartingPosition"))
        position = lambda_svc._dynamodb_stream_positions[mapping_id]
        position = max(position, dynamodb.stream_start_position(table_name))
        raw = dynamodb.stream_records_since(table_name, position, most_read)
        if not raw:
            return False
        context = contextvars.copy_context
        lanes = lanes_of(
            lambda_svc._apply_filter_criteria(raw, mapping),
            dynamodb._tables[table_name]["pk_name"],
            mapping.get("ParallelizationFactor") or 1,
        )
        at_work = [
            threading.Thread(target=context().run, args=(work_off_lane, mapping, function, lane), daemon=True)
            for lane in lanes
        ]
        for thread in at_work:
            thread.start()
        for thread in at_work:
            thread.join()
        with lambda_svc._dynamodb_stream_positions_lock:
            lambda_svc._dynamodb_stream_positions[mapping_id] = position + len(raw)
        return True

    def poll():
        for account, region, mapping in lambda_svc._iter_all_esms():
            # A thread each, as AWS has workers for each: a mapping that has much to do holds up neither the others nor the queues.
            at_work = workers.get(mapping["UUID"])
            if lambda_svc.parse_arn(mapping["EventSourceArn"]).service != "dynamodb" or (
                at_work and at_work.is_alive()
            ):
                continue
            context = contextvars.copy_context()
            context.run(lambda_svc._request_account_id.set, account)
            context.run(lambda_svc._request_region.set, region)
            workers[mapping["UUID"]] = threading.Thread(target=context.run, args=(work_off, mapping), daemon=True)
            workers[mapping["UUID"]].start()
        return False  # nothing was done in the poller's own thread

    def work_off(mapping):
        while poll_one(mapping):
            pass

    def poll_one(mapping):
        if not mapping.get("Enabled", True):
            return False
        source = lambda_svc.parse_arn(mapping["EventSourceArn"])
        function, _ = lambda_svc._get_func_record_for_qualifier(mapping["FunctionName"], mapping.get("Qualifier"))
        table_name, _ = lambda_svc._dynamodb_stream_table_from_arn_spec(source) or (None, None)
        table = dynamodb._tables.get(table_name) if table_name else None
        if function is None or not table or table.get("LatestStreamArn") != mapping["EventSourceArn"]:
            return False
        return run_batch(mapping, function, table_name)

    lambda_svc._poll_dynamodb_streams = poll


def stream_restart():
    """The position in a stream is kept over a restart, its records are not: what comes next is not read. AWS keeps both."""
    restore = lambda_svc._restore_state

    def restore_without_positions(kept):
        return restore({name: what for name, what in (kept or {}).items() if name != "dynamodb_stream_positions"})

    lambda_svc._restore_state = restore_without_positions


def one_unpacking():
    """Every process of a function unpacks the package for itself: a hundred times thousands of files. AWS has a function's files once."""

    class UnpackedOnce(zipfile.ZipFile):
        folders: ClassVar[dict[str, str]] = {}
        lock = threading.Lock()

        def extractall(self, path=None, members=None, pwd=None):
            if os.path.basename(path) != "code":  # a layer
                super().extractall(path, members, pwd)
                return
            with open(self.filename, "rb") as package:
                digest = hashlib.file_digest(package, "sha256").hexdigest()
            with self.lock:
                if digest not in self.folders:
                    folder = tempfile.mkdtemp(prefix="package-")
                    super().extractall(folder)
                    self.folders[digest] = folder
            os.rmdir(path)
            os.symlink(self.folders[digest], path)

    # Of this module's name for it, so that whatever else unpacks something goes on as before.
    lambda_runtime.zipfile = types.SimpleNamespace(**{**vars(zipfile), "ZipFile": UnpackedOnce})


def queue_delay():
    """A message may wait for any time. SQS refuses more than 15 minutes."""
    send = sqs._HANDLERS["SendMessage"]

    def send_within(data, queue_url):
        if not 0 <= int(data.get("DelaySeconds") or 0) <= 900:
            reason = "Reason: DelaySeconds must be >= 0 and <= 900."
            raise sqs._Err(
                "InvalidParameterValue", f"Value {data['DelaySeconds']} for parameter DelaySeconds is invalid. {reason}"
            )
        return send(data, queue_url)

    sqs._act_send_message = sqs._HANDLERS["SendMessage"] = send_within


def message_rounds():
    """A function is started by messages of its own for ever. Lambda counts the rounds of each function along a chain of messages, by the lineage that
    the SDK sends along, and lets the 17th message go to the dead letters, unless the function has `RecursiveLoop: Allow`. A template's is ignored.
    """
    handle, describe, run = sqs.handle_request, sqs._build_send_sys_attrs, lambda_svc._run_sqs_batch
    trace, handler = lambda_svc._xray_trace_id_for_invocation, provisioners._RESOURCE_HANDLERS["AWS::Lambda::Function"]
    lineage = contextvars.ContextVar("lineage", default="")  # `name:rounds|name:rounds`

    async def handle_of_chain(method, path, headers, body, query):
        told = re.search("Lineage=([^;]+)", unquote(headers.get("x-amzn-trace-id", "")))
        lineage.set(told[1] if told else "")
        return await handle(method, path, headers, body, query)

    def describe_with_chain(now, given):
        return {**describe(now, given), "lineage": lineage.get()}

    def run_counted(mapping, function, event, batch, *where):
        name, chain = function["config"]["FunctionName"], {}
        for message in batch:
            for each in filter(None, message["sys"].get("lineage", "").split("|")):
                before, _, count = each.rpartition(":")
                chain[before] = max(int(count), chain.get(before, 0))
        chain[name] = chain.get(name, 0) + 1
        if lambda_svc._recursive_loop_drop(name, function, chain[name]):
            for message in batch:
                message |= {"receive_count": 1_000_000, "visible_at": 0}  # the next look at the queue moves it
            return
        lineage.set("|".join(f"{each}:{count}" for each, count in chain.items()))
        run(mapping, function, event, batch, *where)

    def trace_of_chain(config, *inbound):
        chain = lineage.get()
        return f"Root=1-00000000-{'0' * 24};Lineage={chain}" if chain else trace(config, *inbound)

    def allowing(change):
        def change_as_told(*given, **more):
            made = change(*given, **more)
            told = next(each for each in reversed(given) if isinstance(each, dict))
            lambda_svc._functions[made[0]]["recursive_loop"] = told.get("RecursiveLoop")
            return made

        return change_as_told

    sqs.handle_request, sqs._build_send_sys_attrs = handle_of_chain, describe_with_chain
    lambda_svc._run_sqs_batch, lambda_svc._xray_trace_id_for_invocation = run_counted, trace_of_chain
    handler |= {step: allowing(handler[step]) for step in ("create", "update")}


def answer_size():
    """An answer of any size leaves a function. Lambda hands over 6,291,556 bytes, and makes an error of the function of more.

    Python 3.11 escapes all but ASCII in its answers: so a Cyrillic letter weighs six bytes.
    """
    execute = lambda_svc._execute_function
    most = 6 * 1024 * 1024 + 100

    def execute_and_weigh(function, event):
        result = execute(function, event)
        if result.get("error") or len(json.dumps(result.get("body"))) <= most:
            return result
        told = f"Response payload size exceeded maximum allowed payload size ({most} bytes)."
        body = {"errorType": "Function.ResponseSizeTooLarge", "errorMessage": told}
        return {**result, "error": True, "function_error": "Unhandled", "body": body}

    lambda_svc._execute_function = execute_and_weigh


def gateway_time():
    """A caller waits for a function however long it runs. The gateway gives up after the time of the integration, 29 seconds at most."""
    invoke = apigateway_v1._invoke_lambda_proxy_v1

    async def invoke_in_time(integration, *args, **kwargs):
        most = (integration.get("timeoutInMillis") or 29_000) / 1000
        try:
            return await asyncio.wait_for(invoke(integration, *args, **kwargs), most)
        except TimeoutError:  # the function goes on, as on AWS
            return apigateway_v1._gw_error("INTEGRATION_TIMEOUT", "Endpoint request timed out")

    apigateway_v1._invoke_lambda_proxy_v1 = invoke_in_time


def request_size():
    """A request of any size comes through. The gateway takes 10 MB, and Lambda an event of 6,291,456 bytes."""
    call, execute = apigateway_v1._call_lambda_raw, apigateway_v1._handle_execute_in_scope
    most, most_of_event = 10 * 1024 * 1024, 6 * 1024 * 1024

    async def execute_weighed(api_id, stage_name, method, path, headers, body, query, *scope):
        if len(body or b"") <= most:
            return await execute(api_id, stage_name, method, path, headers, body, query, *scope)
        request = {
            "api_id": api_id,
            "stage_name": stage_name,
            "stage": apigateway_v1.stages_for_api(api_id)[stage_name],
            "headers": headers,
            "query_params": query,
            "path_params": {},
            "resource_path": "",
            "request_id": str(uuid.uuid4()),
        }
        error = apigateway_v1._gw_error("REQUEST_TOO_LARGE", "Request Too Long")
        return apigateway_v1._gateway_error_response(error, request)

    async def call_weighed(function, event, **scope):
        if len(json.dumps(event)) <= most_of_event:
            return await call(function, event, **scope)
        told = f"Request must be smaller than {most_of_event} bytes for the InvokeFunction operation"
        return {"error": True, "function_error": "Unhandled", "body": {"errorMessage": told}}, None

    apigateway_v1._handle_execute_in_scope, apigateway_v1._call_lambda_raw = execute_weighed, call_weighed


def written_paths():
    """Parameters of a path come decoded, and `%2F` parts it. A REST API of AWS hands a path and its parameters over as they were sent."""
    execute = ministack.app._handle_execute_api_request

    async def execute_written(host, path, *args, raw_path=None, **kwargs):
        return await execute(host, raw_path or path, *args, raw_path=raw_path, **kwargs)

    ministack.app._handle_execute_api_request = execute_written


def resource_count():
    """An API has any number of resources. AWS gives it 300."""
    create = apigateway_v1._create_resource

    def create_counted(api_id, parent_id, data):
        if len(apigateway_v1._resources.get(api_id, {})) >= 300:
            told = "Maximum number of Resources for this API has been reached."
            return apigateway_v1._v1_error("LimitExceededException", told, 429)
        return create(api_id, parent_id, data)

    apigateway_v1._create_resource = create_counted


def read_only_code():
    """A function writes wherever its user may, into its own code, too. On AWS nothing but its temporary folder takes a file."""
    rule = """
def _read_only():
    import errno, os, sys, tempfile
    writable, code = os.path.realpath(tempfile.gettempdir()), os.path.realpath(os.getcwd())
    writes = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC

    def refuse(event, given):
        if event == "open":
            if not (given[2] or 0) & writes:
                return
        elif event not in ("os.mkdir", "os.rename", "os.remove", "os.rmdir") or given[-1] != -1:
            return  # no change of a file, or one in a folder that is open already
        for path in given[:2] if event == "os.rename" else given[:1]:
            if not isinstance(path, (str, bytes, os.PathLike)):
                continue
            place = os.path.realpath(os.fsdecode(path))
            inside = (place + os.sep).startswith(writable + os.sep)
            if (not inside or (place + os.sep).startswith(code + os.sep)) and not place.startswith("/dev/"):
                raise OSError(errno.EROFS, os.strerror(errno.EROFS), os.fsdecode(path))

    sys.addaudithook(refuse)

_read_only()
"""
    lambda_runtime._PYTHON_WORKER_SCRIPT = rule + lambda_runtime._PYTHON_WORKER_SCRIPT


def worker_gate():
    """Every concurrent call of a function starts a process. AWS adds capacity for them; this machine has none to add: queue."""
    execute = lambda_svc._execute_function
    most = int(os.environ.get("CLOUD_WORKERS") or 2 * (os.cpu_count() or 1))
    gates: dict = {}
    gates_lock = threading.Lock()
    inside = threading.local()  # ministack enters twice when it changes account or region on the way

    def execute_in_turn(function, event):
        name = (function.get("config") or function).get("FunctionName")
        held = inside.__dict__.setdefault("names", set())
        if name in held:
            return execute(function, event)
        with gates_lock:
            gate = gates.setdefault(name, threading.BoundedSemaphore(most))
        with gate:
            held.add(name)
            try:
                return execute(function, event)
            finally:
                held.discard(name)

    lambda_svc._execute_function = execute_in_turn


def table_exports():
    """An export of a table is described as complete, and writes nothing. AWS writes manifests, and items as lines of packed JSON.

    Here an export of changes holds what differs from the export before, whatever the times of its window; a deleted item as its key alone.
    """
    export = dynamodb._export_table_to_point_in_time
    before: dict = {}

    def lines(table, name, changes):
        items = {(pk, sk): item for pk, rows in table["items"].items() for sk, item in rows.items()}
        known, before[name] = before.get(name, {}), copy.deepcopy(items)
        if not changes:
            return [{"Item": item} for item in items.values()]
        told = []
        for place in items.keys() | known.keys():
            item = items.get(place)
            if item != known.get(place):
                whole = item or known[place]
                keys = {key: whole[key] for key in (table["pk_name"], table["sk_name"])}
                told.append({"Keys": keys, **({"NewImage": item} if item else {})})
        return told

    def export_and_write(data):
        status, headers, body = export(data)
        if status != 200:
            return status, headers, body
        arn = json.loads(body)["ExportDescription"]["ExportArn"]
        name = dynamodb._table_name_from_arn(data["TableArn"])
        told = lines(dynamodb._tables[name], name, data.get("ExportType") == "INCREMENTAL_EXPORT")
        folder = "/".join(filter(None, (data.get("S3Prefix"), "AWSDynamoDB", arn.rpartition("/")[2])))
        content = gzip.compress("".join(f"{json.dumps(each)}\n" for each in told).encode())
        manifest = json.dumps({"itemCount": len(told), "dataFileS3Key": f"{folder}/data/items.json.gz"}).encode()
        s3._put_object(data["S3Bucket"], f"{folder}/data/items.json.gz", content, {})
        s3._put_object(data["S3Bucket"], f"{folder}/manifest-files.json", manifest, {})
        return status, headers, body

    dynamodb._export_table_to_point_in_time = export_and_write


def unload():
    """DuckDB, which answers for Athena, knows no UNLOAD. AWS writes the answer as Parquet to the place that it names, or nothing for no rows."""
    run = athena._run_duckdb
    statement = re.compile(r"UNLOAD \((.*)\) TO 's3://([^/]+)/([^']+)' WITH \(format = 'PARQUET'\)", re.DOTALL)

    async def run_or_unload(query, database, catalog=None):
        asked = statement.fullmatch(query)
        if asked is None:
            return await run(query, database, catalog)
        selected, bucket, folder = asked.groups()
        with tempfile.TemporaryDirectory() as local:
            file = os.path.join(local, "part")
            counted = await run(f"COPY ({selected}) TO '{file}' (FORMAT parquet)", database, catalog)
            if counted["rows"][0][0]:
                with open(file, "rb") as written:
                    s3._put_object(bucket, f"{folder}part", written.read(), {})
        return {"columns": [], "rows": [], "column_types": []}

    athena._run_duckdb = run_or_unload


def arn_rights():
    """Calls about an export or a statement need a right to everything. AWS asks the policy about the table, the export, or the workgroup."""
    extract = iam_actions.extract_resource_arn

    def extract_named(service, method, path, headers, body, query_params, region, account_id):
        named = extract(service, method, path, headers, body, query_params, region, account_id)
        if named != "*" or service not in ("athena", "dynamodb"):
            return named
        asked = json.loads(body or b"{}")
        if execution := athena._executions.get(asked.get("QueryExecutionId")):
            return f"arn:aws:athena:{region}:{account_id}:workgroup/{execution['WorkGroup']}"
        return asked.get("TableArn") or asked.get("ExportArn") or named

    iam_actions.extract_resource_arn = extract_named


PATCHES = (
    log_wait,
    api_definition,
    compression,
    read_capacity,
    batch_limits,
    repeated_transactions,
    key_conditions,
    expressions,
    table_ttl,
    unknown_users,
    letters,
    addresses,
    suppression_list,
    letter_rights,
    dkim_tokens,
    queue_rights,
    leading_keys,
    streams,
    stream_restart,
    one_unpacking,
    queue_delay,
    message_rounds,
    answer_size,
    gateway_time,
    request_size,
    written_paths,
    resource_count,
    read_only_code,
    table_exports,
    unload,
    arn_rights,
    worker_gate,
)
