"""The local cloud leaves nothing behind, and each of its patches is still needed.

A test of a patch asks the stock cloud and the patched one the same. When it fails because the stock cloud answers right, ministack
has mended the hole: drop the patch. They prove the local cloud and not the club: run them when infra/local changes, with `-m slow`.
"""

import gzip
import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
import uuid
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ClientError

from chalicelib.table.client import Table
from chalicelib.table.key import Key
from chalicelib.table.transactions import to_wire
from infra.build import ROOT
from infra.local.cloud import Cloud, CloudError, free_port
from tests.support.cloud import bare_cloud as patched

__all__ = ["patched"]
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def stock() -> Iterator[Cloud]:
    with Cloud.start(patches="") as cloud:
        yield cloud


# --- start and stop -----------------------------------------------------------------------------------------------------


def processes_of(session: int) -> list[str]:
    listed = subprocess.run(["ps", "-A", "-o", "sess=,pid=,args="], capture_output=True, text=True, check=True).stdout
    return [line for line in listed.splitlines() if line.split()[0] == str(session)]


def eventually(look: Callable[[], Any], seconds: float = 60) -> Any:
    end = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def test_it_stops_without_leaving_a_process_or_a_folder() -> None:
    with Cloud.start() as cloud:
        make_function(cloud, "def handler(event, context): return 1")()
        assert len(processes_of(cloud.process.pid)) > 1, "the function's process is one of its own"
        assert cloud.folder.exists()
    assert processes_of(cloud.process.pid) == []
    assert not cloud.folder.exists()


def test_it_stops_without_a_trace_even_when_told_again_and_again() -> None:
    cloud = Cloud.start()
    make_function(cloud, "def handler(event, context): return 1")()
    while cloud.process.poll() is None:
        cloud.process.send_signal(signal.SIGTERM)
        time.sleep(0.005)
    assert not cloud.folder.exists()
    cloud.stop()
    assert processes_of(cloud.process.pid) == []


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_it_ends_with_whoever_started_it(end: signal.Signals) -> None:
    caller = textwrap.dedent(
        """
        import time
        from infra.local.cloud import Cloud
        with Cloud.start() as cloud:
            print(cloud.process.pid, cloud.folder, flush=True)
            time.sleep(60)
        """
    )
    started = subprocess.Popen(
        [sys.executable, "-c", caller], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert started.stdout
    session, folder = started.stdout.readline().split()
    started.send_signal(end)
    started.wait()
    started.stdout.close()
    assert eventually(lambda: not processes_of(int(session)))
    assert eventually(lambda: not Path(folder).exists())


def test_it_listens_on_this_machine_only() -> None:
    with Cloud.start() as cloud:
        listed = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=True).stdout
        mine = [line.split()[3] for line in listed.splitlines() if f"pid={cloud.process.pid}," in line]
        assert mine == [f"127.0.0.1:{cloud.port}"]


def test_it_says_that_its_port_is_taken(patched: Cloud) -> None:
    with pytest.raises(CloudError, match=f"Port {patched.port} is taken"):
        Cloud.start(patched.port)


def test_what_it_keeps_is_there_again_even_after_a_crash(tmp_path: Path) -> None:
    port = free_port()
    with Cloud.start(port, keep=tmp_path / "kept") as cloud:
        cloud.client("s3").create_bucket(Bucket="kept")
        url = cloud.client("sqs").create_queue(QueueName="kept")["QueueUrl"]
        cloud.save()
        os.killpg(cloud.process.pid, signal.SIGKILL)
    with Cloud.start(port, keep=tmp_path / "kept") as cloud:
        assert cloud.client("sqs").get_queue_url(QueueName="kept")["QueueUrl"] == url
        assert [bucket["Name"] for bucket in cloud.client("s3").list_buckets()["Buckets"]] == ["kept"]


def test_what_was_left_by_a_cloud_that_died_too_early_is_not_in_the_way(tmp_path: Path) -> None:
    port = free_port()
    with Cloud.start(port, keep=tmp_path / "kept") as cloud:
        cloud.client("s3").create_bucket(Bucket="half")
        os.killpg(cloud.process.pid, signal.SIGKILL)
    with Cloud.start(port, keep=tmp_path / "kept") as cloud:
        assert cloud.client("s3").list_buckets()["Buckets"] == []
        cloud.client("s3").create_bucket(Bucket="half")


def test_it_refuses_what_another_version_kept(tmp_path: Path) -> None:
    (tmp_path / "version").write_text("another")
    with pytest.raises(CloudError, match="made by another version"):
        Cloud.start(keep=tmp_path)


# --- one test for each patch --------------------------------------------------------------------------------------------


def make_role(cloud: Cloud) -> str:
    """A role that may do everything."""
    iam, name = cloud.client("iam"), f"r-{uuid.uuid4().hex}"
    trust = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=policy(trust))["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="everything", PolicyDocument=policy(everything))
    arn: str = role["Arn"]
    return arn


def policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def make_function(cloud: Cloud, code: str, **settings: Any) -> Callable[..., Any]:
    """A function from its source; returns what calls it."""
    zipped = io.BytesIO()
    with zipfile.ZipFile(zipped, "w") as archive:
        archive.writestr("index.py", textwrap.dedent(code))
    client, name = cloud.client("lambda"), f"f-{uuid.uuid4().hex}"
    client.create_function(
        FunctionName=name,
        Runtime=f"python3.{sys.version_info.minor}",
        Handler="index.handler",
        Role=make_role(cloud),
        Code={"ZipFile": zipped.getvalue()},
        Timeout=20,
        **settings,
    )

    def call(event: Any = None) -> Any:
        answer = cloud.client("lambda").invoke(FunctionName=name, Payload=json.dumps(event))
        return json.load(answer["Payload"])

    call.name = name  # type: ignore[attr-defined]
    return call


def make_stack(cloud: Cloud, resources: dict[str, Any]) -> dict[str, str]:
    """Physical ids by logical id."""
    cloudformation, name = cloud.client("cloudformation"), f"s-{uuid.uuid4().hex[:8]}"
    cloudformation.create_stack(StackName=name, TemplateBody=json.dumps({"Resources": resources}))
    cloudformation.get_waiter("stack_create_complete").wait(StackName=name, WaiterConfig={"Delay": 1})
    listed = cloudformation.describe_stack_resources(StackName=name)["StackResources"]
    return {resource["LogicalResourceId"]: resource["PhysicalResourceId"] for resource in listed}


def test_log_wait(stock: Cloud, patched: Cloud) -> None:
    def seconds(cloud: Cloud) -> Callable[[], float]:
        """Of one call, now."""
        call = make_function(cloud, "def handler(event, context): return 1")
        call()

        def once() -> float:
            began = time.perf_counter()
            call()
            return time.perf_counter() - began

        return once

    slow, quick = seconds(stock), seconds(patched)
    assert min(slow() for _ in range(10)) > 0.05
    assert eventually(lambda: quick() < 0.05)


def test_api_definition(stock: Cloud, patched: Cloud) -> None:
    echo = "def handler(event, context): return {'statusCode': 200, 'body': str(event['isBase64Encoded'])}"

    def deployed(cloud: Cloud) -> str:
        name = make_function(cloud, echo).name  # type: ignore[attr-defined]
        arn = cloud.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
        mock = {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {
                "default": {
                    "statusCode": "200",
                    "responseParameters": {"method.response.header.Access-Control-Allow-Origin": "'*'"},
                }
            },
        }
        uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
        allow_origin = {"headers": {"Access-Control-Allow-Origin": {"type": "string"}}}
        definition = {
            "swagger": "2.0",
            "info": {"title": "lab", "version": "1"},
            "x-amazon-apigateway-binary-media-types": ["application/pdf"],
            "x-amazon-apigateway-gateway-responses": {"MISSING_AUTHENTICATION_TOKEN": {"statusCode": "404"}},
            "paths": {
                "/thing": {
                    "options": {"responses": {"200": allow_origin}, "x-amazon-apigateway-integration": mock},
                    "post": {
                        "responses": {},
                        "x-amazon-apigateway-integration": {"type": "aws_proxy", "httpMethod": "POST", "uri": uri},
                    },
                }
            },
        }
        made = make_stack(
            cloud,
            {
                "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": definition}},
                "Deployment": {
                    "Type": "AWS::ApiGateway::Deployment",
                    "Properties": {"RestApiId": {"Ref": "Api"}, "StageName": "lab"},
                },
            },
        )
        return f"{cloud.endpoint}/restapis/{made['Api']}/lab/_user_request_"

    def preflight_unknown_binary(url: str) -> tuple[str | None, int, str]:
        pdf = {"Content-Type": "application/pdf"}
        return (
            requests.options(f"{url}/thing", timeout=60).headers.get("Access-Control-Allow-Origin"),
            requests.get(f"{url}/nothing", timeout=60).status_code,
            requests.post(f"{url}/thing", data=b"%PDF", headers=pdf, timeout=60).text,
        )

    assert preflight_unknown_binary(deployed(stock)) == (None, 403, "False")
    assert preflight_unknown_binary(deployed(patched)) == ("*", 404, "True")


def make_api(cloud: Cloud, code: str, **settings: Any) -> tuple[str, str]:
    """An API whose `/thing` a function answers to GET and POST: its id, and the address of the thing."""
    name = make_function(cloud, code).name  # type: ignore[attr-defined]
    arn = cloud.client("lambda").get_function(FunctionName=name)["Configuration"]["FunctionArn"]
    uri = f"arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/{arn}/invocations"
    call = {"type": "aws_proxy", "httpMethod": "POST", "uri": uri}
    operation = {"responses": {}, "x-amazon-apigateway-integration": call}
    paths = {"/thing": {"get": operation, "post": operation}, "/thing/{name}": {"get": operation}}
    definition = {"swagger": "2.0", "info": {"title": "thing", "version": "1"}, "paths": paths}
    deployment = {"RestApiId": {"Ref": "Api"}, "StageName": "lab"}
    made = make_stack(
        cloud,
        {
            "Api": {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": definition, **settings}},
            "Deployment": {"Type": "AWS::ApiGateway::Deployment", "Properties": deployment},
        },
    )
    return made["Api"], f"{cloud.endpoint}/restapis/{made['Api']}/lab/_user_request_/thing"


def test_compression(stock: Cloud, patched: Cloud) -> None:
    code = "def handler(event, context): return {'statusCode': 200, 'body': 'a' * int(event['queryStringParameters']['size'])}"

    def encoding(url: str, size: int, accepted: str) -> str | None:
        answer = requests.get(url, {"size": size}, headers={"Accept-Encoding": accepted}, timeout=60)
        assert answer.text == "a" * size
        return answer.headers.get("Content-Encoding")

    _, where = make_api(stock, code, MinimumCompressionSize=1024)
    assert encoding(where, 1024, "gzip") is None
    _, where = make_api(patched, code, MinimumCompressionSize=1024)
    assert [encoding(where, 1024, "gzip"), encoding(where, 1023, "gzip"), encoding(where, 1024, "identity")] == [
        "gzip",
        None,
        None,
    ]


def test_gateway_time(stock: Cloud, patched: Cloud) -> None:
    code = """
        import time
        def handler(event, context):
            time.sleep(float(event['queryStringParameters']['seconds']))
            return {'statusCode': 200, 'body': 'done'}
    """

    def status_after(cloud: Cloud, seconds: int) -> int:
        """Where the integration gives the function two seconds."""
        gateway = cloud.client("apigateway")
        api_id, where = make_api(cloud, code)
        things = gateway.get_resources(restApiId=api_id)["items"]
        thing = {"restApiId": api_id, "resourceId": next(each["id"] for each in things if each["path"] == "/thing")}
        made = gateway.get_integration(**thing, httpMethod="GET")
        call = {"type": made["type"], "uri": made["uri"], "integrationHttpMethod": "POST", "timeoutInMillis": 2_000}
        gateway.put_integration(**thing, httpMethod="GET", **call)
        return requests.get(where, {"seconds": seconds}, timeout=60).status_code

    assert status_after(stock, 4) == 200
    assert status_after(patched, 4) == 504


def test_request_size(stock: Cloud, patched: Cloud) -> None:
    code = "def handler(event, context): return {'statusCode': 200, 'body': str(len(event['body']))}"

    def answers(cloud: Cloud, *sizes: int) -> list[tuple[int, str]]:
        _, where = make_api(cloud, code)
        sent = (requests.post(where, data=b"x" * size, timeout=60) for size in sizes)
        return [(each.status_code, each.text if each.status_code == 200 else "") for each in sent]

    # The event has the headers beside the body.
    fits, no_event, too_large = 6 * 1024 * 1024 - 10_000, 6 * 1024 * 1024, 10 * 1024 * 1024 + 1
    assert answers(stock, no_event, too_large) == [(200, str(no_event)), (200, str(too_large))]
    assert answers(patched, fits, no_event, too_large) == [(200, str(fits)), (502, ""), (413, "")]


def test_written_paths(stock: Cloud, patched: Cloud) -> None:
    code = "def handler(event, context): return {'statusCode': 200, 'body': ' '.join([event['path'], event['pathParameters']['name']])}"

    def answer(cloud: Cloud, name: str) -> tuple[int, str]:
        sent = requests.get(f"{make_api(cloud, code)[1]}/{name}", timeout=60)
        return sent.status_code, sent.text if sent.ok else ""

    assert answer(stock, "a%2Fb")[0] == 403
    assert answer(stock, "a%20b%25") == (200, "/thing/a b% a b%")
    assert answer(patched, "a%2Fb%20%25") == (200, "/thing/a%2Fb%20%25 a%2Fb%20%25")


def test_resource_count(stock: Cloud, patched: Cloud) -> None:
    def room_after(cloud: Cloud, parts: int) -> bool:
        """Whether an API of so many parts below its root takes another."""
        gateway = cloud.client("apigateway")
        paths = {f"/part{number}": {"get": {"responses": {}}} for number in range(parts)}
        definition = {"swagger": "2.0", "info": {"title": "many", "version": "1"}, "paths": paths}
        api = {"Type": "AWS::ApiGateway::RestApi", "Properties": {"Body": definition}}
        api_id = make_stack(cloud, {"Api": api})["Api"]
        root = next(each["id"] for each in gateway.get_resources(restApiId=api_id)["items"] if each["path"] == "/")
        try:
            gateway.create_resource(restApiId=api_id, parentId=root, pathPart="more")
        except gateway.exceptions.LimitExceededException:
            return False
        return True

    assert room_after(stock, 299)
    assert [room_after(patched, parts) for parts in (298, 299)] == [True, False]


def test_read_only_code(stock: Cloud, patched: Cloud, tmp_path: Path) -> None:
    code = """
        import os, pathlib, tempfile
        def notes_in(folder):
            with folder as name:
                pathlib.Path(name, "notes").write_text("x")
        PLACES = {
            "beside the code": lambda: pathlib.Path(__file__).with_name("notes").write_text("x"),
            "in the working folder": lambda: open("notes", "w"),
            "over the code": lambda: os.remove(__file__),
            "a folder beside the code": lambda: os.mkdir("folder"),
            "elsewhere": lambda: open(os.environ["ELSEWHERE"], "w"),
            "in the temporary folder": lambda: tempfile.TemporaryFile().write(b"x"),
            "in a folder of it": lambda: notes_in(tempfile.TemporaryDirectory()),
        }
        def handler(event, context):
            refused = []
            for place, write in PLACES.items():
                try:
                    write()
                except OSError as error:
                    refused.append([place, error.strerror])
            return refused
    """
    told, elsewhere = "Read-only file system", {"Variables": {"ELSEWHERE": str(tmp_path / "notes")}}
    assert make_function(stock, code, Environment=elsewhere)() == []
    assert make_function(patched, code, Environment=elsewhere)() == [
        ["beside the code", told],
        ["in the working folder", told],
        ["over the code", told],
        ["a folder beside the code", told],
        ["elsewhere", told],
    ]


TABLE = {
    "BillingMode": "PAY_PER_REQUEST",
    "AttributeDefinitions": [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
}


def test_read_capacity(stock: Cloud, patched: Cloud) -> None:
    def units(cloud: Cloud) -> list[float | None]:
        dynamodb, name = cloud.client("dynamodb"), uuid.uuid4().hex
        dynamodb.create_table(TableName=name, **TABLE)
        keys = [{"pk": {"S": "p"}, "sk": {"S": str(number)}} for number in range(3)]
        for key in keys:  # with its key an item has a little over 3 KB
            dynamodb.put_item(TableName=name, Item={**key, "text": {"S": "x" * 3_000}})
        total = {"ReturnConsumedCapacity": "TOTAL"}
        question: dict[str, Any] = {
            "TableName": name,
            "KeyConditionExpression": "pk = :pk",
            "ExpressionAttributeValues": {":pk": {"S": "p"}},
            **total,
        }
        batch = dynamodb.batch_get_item(RequestItems={name: {"Keys": keys}}, **total).get("ConsumedCapacity")
        return [
            dynamodb.get_item(TableName=name, Key=keys[0], **total)["ConsumedCapacity"]["CapacityUnits"],
            dynamodb.query(**question)["ConsumedCapacity"]["CapacityUnits"],
            dynamodb.query(**question, ConsistentRead=True)["ConsumedCapacity"]["CapacityUnits"],
            batch[0]["CapacityUnits"] if batch else None,
        ]

    assert units(stock) == [0.5, 0.5, 1.0, None]
    assert units(patched) == [0.5, 1.5, 3.0, 1.5]


def test_batch_limits(stock: Cloud, patched: Cloud) -> None:
    def read(cloud: Cloud, partitions: int) -> tuple[int, int]:
        """Of 60 items of 300 KB in so many partitions, those that come, and those that are left over."""
        dynamodb, name = cloud.client("dynamodb"), uuid.uuid4().hex
        dynamodb.create_table(TableName=name, **TABLE)
        keys = [{"pk": {"S": str(number % partitions)}, "sk": {"S": str(number)}} for number in range(60)]
        for key in keys:
            dynamodb.put_item(TableName=name, Item={**key, "text": {"S": "x" * 300_000}})
        answer = dynamodb.batch_get_item(RequestItems={name: {"Keys": keys}})
        assert len(Table(dynamodb, name).get_many([Key(key["pk"]["S"], key["sk"]["S"]) for key in keys])) == 60
        return len(answer["Responses"][name]), len(answer["UnprocessedKeys"].get(name, {}).get("Keys", []))

    assert read(stock, 1) == read(stock, 30) == (60, 0)
    assert read(patched, 1) == (3, 57)
    assert read(patched, 30) == (55, 5)


def test_repeated_transactions(stock: Cloud, patched: Cloud) -> None:
    """A lost answer makes the SDK send a transaction again, with its token."""

    def sent_again(cloud: Cloud, second: str) -> Any:
        """What the counter is after a put and an addition were sent twice; `second`: the number that is put then."""
        dynamodb, name = cloud.client("dynamodb"), uuid.uuid4().hex
        dynamodb.create_table(TableName=name, **TABLE)
        counter = {"pk": {"S": "counter"}, "sk": {"S": "1"}}
        for number in ("100.50", second):
            lines = {"L": [{"N": "1.0"}, {"M": {"amount": {"N": "0.10"}}}]}
            put = {
                "TableName": name,
                "Item": {"pk": {"S": "1"}, "sk": {"S": "1"}, "total": {"N": number}, "lines": lines},
            }
            add = {
                "TableName": name,
                "Key": counter,
                "UpdateExpression": "ADD amount :more",
                "ExpressionAttributeValues": {":more": {"N": "1.50"}},
            }
            dynamodb.transact_write_items(TransactItems=[{"Put": put}, {"Update": add}], ClientRequestToken=name)
        return Decimal(dynamodb.get_item(TableName=name, Key=counter)["Item"]["amount"]["N"])

    mismatch = "IdempotentParameterMismatchException"
    with pytest.raises(ClientError, match=mismatch):
        sent_again(stock, "100.50")
    assert sent_again(patched, "100.50") == Decimal("1.50")
    with pytest.raises(ClientError, match=mismatch):
        sent_again(patched, "100.51")


def test_key_conditions(stock: Cloud, patched: Cloud) -> None:
    def seconds(cloud: Cloud) -> float:
        """Of short pages of a partition of 3,000 items, asked as the club's table asks: the quickest of a few times."""
        dynamodb, name = cloud.client("dynamodb"), uuid.uuid4().hex
        dynamodb.create_table(TableName=name, **TABLE)
        for start in range(0, 3000, 25):
            keys = [{"pk": {"S": "p"}, "sk": {"S": f"{number:04}"}} for number in range(start, start + 25)]
            dynamodb.batch_write_item(RequestItems={name: [{"PutRequest": {"Item": key}} for key in keys]})
        table = Table(dynamodb, name)

        def once() -> float:
            began = time.perf_counter()
            assert [item["sk"] for item in table.query("p", starts="100").items] == [f"100{end}" for end in range(10)]
            assert [item["sk"] for item in table.query("p", between=("2998", "3")).items] == ["2998", "2999"]
            assert len(table.query("p", limit=7).items) == 7
            return time.perf_counter() - began

        return min(once() for _ in range(5))

    assert seconds(patched) * 2 < seconds(stock)


def test_expressions(stock: Cloud, patched: Cloud) -> None:
    def seconds(cloud: Cloud) -> float:
        """Of a transaction of a hundred items under one long condition: the quickest of a few times."""
        dynamodb, name = cloud.client("dynamodb"), uuid.uuid4().hex
        dynamodb.create_table(TableName=name, **TABLE)
        condition = " AND ".join(f"attribute_not_exists(a{number})" for number in range(20))
        items = [{"pk": {"S": "p"}, "sk": {"S": str(number)}} for number in range(100)]
        puts = [{"Put": {"TableName": name, "Item": item, "ConditionExpression": condition}} for item in items]

        def once() -> float:
            began = time.perf_counter()
            dynamodb.transact_write_items(TransactItems=puts)
            return time.perf_counter() - began

        return min(once() for _ in range(5))

    assert seconds(patched) * 1.3 < seconds(stock)


def test_table_ttl(stock: Cloud, patched: Cloud) -> None:
    def status(cloud: Cloud) -> str:
        ttl = {"TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True}}
        table = {"Type": "AWS::DynamoDB::Table", "Properties": {**TABLE, **ttl}}
        name = make_stack(cloud, {"Table": table})["Table"]
        answer = cloud.client("dynamodb").describe_time_to_live(TableName=name)
        found: str = answer["TimeToLiveDescription"]["TimeToLiveStatus"]
        return found

    assert status(stock) == "DISABLED"
    assert status(patched) == "ENABLED"


def test_unknown_users(stock: Cloud, patched: Cloud) -> None:
    def answers(cloud: Cloud, setting: str) -> list[str]:
        """To a stranger, to a user with a temporary password, and to one with a lasting password."""
        cognito = cloud.client("cognito-idp")
        pool = cognito.create_user_pool(PoolName=uuid.uuid4().hex)["UserPool"]["Id"]
        client = cognito.create_user_pool_client(
            UserPoolId=pool,
            ClientName="portal",
            ExplicitAuthFlows=["ALLOW_CUSTOM_AUTH"],
            PreventUserExistenceErrors=setting,
        )["UserPoolClient"]["ClientId"]
        for name in ("temporary", "lasting"):
            cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        cognito.admin_set_user_password(UserPoolId=pool, Username="lasting", Password="aA1!aA1!", Permanent=True)
        found = []
        for name in ("stranger", "temporary", "lasting"):
            asked = {"UserPoolId": pool, "ClientId": client}
            try:
                begun = cognito.admin_initiate_auth(**asked, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": name})
                found.append(begun["ChallengeName"])
                if name == "stranger":
                    cognito.admin_respond_to_auth_challenge(
                        **asked,
                        ChallengeName="CUSTOM_CHALLENGE",
                        Session=begun["Session"],
                        ChallengeResponses={"USERNAME": name, "ANSWER": "x"},
                    )
            except cognito.exceptions.ClientError as error:
                found.append(error.response["Error"]["Code"])
        return found

    challenge, refused = "CUSTOM_CHALLENGE", "NotAuthorizedException"
    assert answers(stock, "ENABLED") == ["UserNotFoundException", challenge, challenge]
    assert answers(patched, "ENABLED") == [challenge, refused, refused, challenge]
    assert answers(patched, "LEGACY") == ["UserNotFoundException", refused, challenge]


def test_letters(stock: Cloud, patched: Cloud) -> None:
    def events(cloud: Cloud, recipient: str, expected: int) -> list[dict[str, Any]]:
        sns, sqs, ses = cloud.client("sns"), cloud.client("sqs"), cloud.client("sesv2")
        topic = sns.create_topic(Name=uuid.uuid4().hex)["TopicArn"]
        queue = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        may = {
            "Effect": "Allow",
            "Principal": {"Service": "sns.amazonaws.com"},
            "Action": "sqs:SendMessage",
            "Resource": arn,
        }
        sqs.set_queue_attributes(QueueUrl=queue, Attributes={"Policy": policy(may)})
        sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn, Attributes={"RawMessageDelivery": "true"})
        configuration = uuid.uuid4().hex
        ses.create_email_identity(EmailIdentity=f"{configuration}.example")
        ses.create_configuration_set(ConfigurationSetName=configuration)
        ses.create_configuration_set_event_destination(
            ConfigurationSetName=configuration,
            EventDestinationName="sns",
            EventDestination={
                "Enabled": True,
                "MatchingEventTypes": ["SEND", "DELIVERY", "BOUNCE"],
                "SnsDestination": {"TopicArn": topic},
            },
        )
        body = {"Text": {"Data": "Здравствуйте"}, "Html": {"Data": "<p>Здравствуйте</p>"}}
        ses.send_email(
            FromEmailAddress=f"Club <club@{configuration}.example>",
            Destination={"ToAddresses": [recipient]},
            ConfigurationSetName=configuration,
            EmailTags=[{"Name": "send", "Value": "42"}],
            Content={
                "Simple": {
                    "Subject": {"Data": "Код"},
                    "Body": body,
                    "Headers": [{"Name": "List-Unsubscribe", "Value": "<https://lab.example>"}],
                }
            },
        )
        found: list[dict[str, Any]] = []

        def receive() -> bool:
            for message in sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages", []):
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                found.append(json.loads(message["Body"]))
            return len(found) >= max(expected, 1)

        eventually(receive, seconds=60 if expected else 1)
        return sorted(found, key=lambda event: str(event["eventType"]))

    assert events(stock, "anna@lab.example", expected=0) == []
    delivery, send = events(patched, "anna@lab.example", expected=2)
    assert (send["eventType"], delivery["eventType"]) == ("Send", "Delivery")
    assert send["mail"]["tags"]["send"] == ["42"]
    bounce, _ = events(patched, "bounce@simulator.amazonses.com", expected=2)
    assert bounce["bounce"]["bouncedRecipients"][0]["emailAddress"] == "bounce@simulator.amazonses.com"
    letter = patched.letters()[-2]
    assert (letter["to"], letter["subject"], letter["text"]) == (["anna@lab.example"], "Код", "Здравствуйте")
    assert letter["headers"] == {"List-Unsubscribe": "<https://lab.example>"}
    assert "Код" in requests.get(patched.mailbox_url, timeout=60).text
    assert "Здравствуйте" in requests.get(f"{patched.mailbox_url}/{letter['id']}", timeout=60).text


def limited_client(
    cloud: Cloud, service: str, action: str, resource: str | list[str], *denials: dict[str, Any], **more: Any
) -> Any:
    """A client that may do this one thing, but for what it is denied."""
    iam, name = cloud.client("iam"), f"u-{uuid.uuid4().hex}"
    iam.create_user(UserName=name)
    may = policy({"Effect": "Allow", "Action": action, "Resource": resource, **more}, *denials)
    iam.put_user_policy(UserName=name, PolicyName="limited", PolicyDocument=may)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return boto3.client(
        service,
        endpoint_url=cloud.endpoint,
        region_name="us-east-1",
        aws_access_key_id=key["AccessKeyId"],
        aws_secret_access_key=key["SecretAccessKey"],
    )


def test_addresses(stock: Cloud, patched: Cloud) -> None:
    def refused(cloud: Cloud, address: str, text: str = "x") -> str:
        sender = f"{uuid.uuid4().hex}.example"
        ses = cloud.client("sesv2")
        ses.create_email_identity(EmailIdentity=sender)
        letter = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": text}}}}
        try:
            ses.send_email(FromEmailAddress=f"a@{sender}", Destination={"ToAddresses": [address]}, Content=letter)
        except ses.exceptions.BadRequestException as error:
            return str(error.response["Error"]["Message"])
        return ""

    for address in ("anna@пример.рф", "вера@lab.example"):
        assert not refused(stock, address)
        assert "illegal character" in refused(patched, address)
    assert not refused(patched, "anna@xn--e1afmkfd.xn--p1ai")
    assert "41943040" in refused(patched, "anna@lab.example", "x" * 42_000_000)


def test_suppression_list(stock: Cloud, patched: Cloud) -> None:
    def taken_off(cloud: Cloud, address: str) -> bool:
        ses = cloud.client("sesv2")
        try:
            ses.delete_suppressed_destination(EmailAddress=address)
        except ses.exceptions.NotFoundException:
            return False
        return True

    def sent(cloud: Cloud, address: str) -> None:
        letter = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}}
        sender = f"{uuid.uuid4().hex}.example"
        cloud.client("sesv2").create_email_identity(EmailIdentity=sender)
        to = {"ToAddresses": [address]}
        cloud.client("sesv2").send_email(FromEmailAddress=f"club@{sender}", Destination=to, Content=letter)

    bounces, delivered = "bounce+lists@simulator.amazonses.com", "anna@lab.example"
    for address in (bounces, delivered):
        sent(patched, address)
    sent(stock, bounces)
    assert not taken_off(patched, delivered)
    assert eventually(lambda: taken_off(patched, bounces)), "who bounced is on the list"
    assert not taken_off(patched, bounces)
    assert not eventually(lambda: taken_off(stock, bounces), seconds=1)


def test_letter_rights(stock: Cloud, patched: Cloud) -> None:
    ours = "arn:aws:ses:us-east-1:000000000000"

    def refused(cloud: Cloud, sender: str, *resources: str, condition: dict[str, Any] | None = None) -> bool:
        cloud.client("sesv2").create_email_identity(EmailIdentity=sender)
        more = {"Condition": condition} if condition else {}
        limited = limited_client(cloud, "sesv2", "ses:SendEmail", list(resources), **more)
        letter = {"Simple": {"Subject": {"Data": "x"}, "Body": {"Text": {"Data": "x"}}}}
        to = {"ToAddresses": ["anna@lab.example"]}
        try:
            limited.send_email(FromEmailAddress=f"Club <club@{sender}>", Destination=to, Content=letter)
        except limited.exceptions.ClientError as error:
            return bool(error.response["Error"]["Code"] == "AccessDeniedException")
        return False

    def by(address: str) -> dict[str, Any]:
        return {"StringLike": {"ses:FromAddress": [address]}}

    sender = f"{uuid.uuid4().hex}.example"
    both = (f"{ours}:identity/{sender}", f"{ours}:identity/anna@lab.example")
    assert refused(stock, sender, *both)
    assert not refused(patched, sender, *both)
    assert refused(patched, sender, both[0]), "the recipient's identity is asked about too"
    anybody = f"{ours}:identity/*"
    assert refused(stock, sender, anybody, condition=by(f"*@{sender}"))
    assert not refused(patched, sender, anybody, condition=by(f"*@{sender}"))
    assert refused(patched, sender, anybody, condition=by("*@elsewhere.example"))


def test_dkim_tokens(stock: Cloud, patched: Cloud) -> None:
    template = {
        "Resources": {"Mail": {"Type": "AWS::SES::EmailIdentity", "Properties": {"EmailIdentity": "dkim.example"}}},
        "Outputs": {"Name": {"Value": {"Fn::GetAtt": ["Mail", "DkimDNSTokenName1"]}}},
    }

    def told(cloud: Cloud) -> str:
        cloudformation = cloud.client("cloudformation")
        name = f"mail-{uuid.uuid4().hex}"
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template))

        def ended() -> dict[str, Any] | None:
            (stack,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
            return None if stack["StackStatus"].endswith("IN_PROGRESS") else stack

        return "".join(each["OutputValue"] for each in eventually(ended).get("Outputs", []))

    assert not told(stock).endswith("._domainkey.dkim.example")
    assert told(patched).endswith("._domainkey.dkim.example")


def test_leading_keys(stock: Cloud, patched: Cloud) -> None:
    """With the denial that the functions have: the ledgers' items are written, and not changed or deleted."""
    (denial,) = [
        statement
        for statement in json.loads((ROOT / ".chalice/policy-api_handler.json").read_text(encoding="utf-8"))[
            "Statement"
        ]
        if statement["Effect"] == "Deny"
    ]

    def refused(cloud: Cloud) -> list[str]:
        everything, name = cloud.client("dynamodb"), uuid.uuid4().hex
        everything.create_table(TableName=name, **TABLE)
        arn = everything.describe_table(TableName=name)["Table"]["TableArn"]
        writer = limited_client(cloud, "dynamodb", "dynamodb:*", arn, {**denial, "Resource": arn})
        change = {"UpdateExpression": "SET amount = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
        beside = {"Put": {"TableName": name, "Item": {"pk": {"S": "LEDGER#cmp_2"}, "sk": {"S": "ITEM"}}}}

        def together(kind: str, key: Any, **more: Any) -> None:
            what = {"Item": key} if kind == "Put" else {"Key": key}
            writer.transact_write_items(TransactItems=[beside, {kind: {"TableName": name, **what, **more}}])

        steps: dict[str, Callable[[Any], Any]] = {
            "put": lambda key: writer.put_item(TableName=name, Item=key),
            "update": lambda key: writer.update_item(TableName=name, Key=key, **change),
            "delete": lambda key: writer.delete_item(TableName=name, Key=key),
            "batch": lambda key: writer.batch_write_item(RequestItems={name: [{"DeleteRequest": {"Key": key}}]}),
            "put in a transaction": lambda key: together("Put", key),
            "update in a transaction": lambda key: together("Update", key, **change),
            "delete in a transaction": lambda key: together("Delete", key),
        }
        found = []
        for partition in ("LEDGER#cmp_1", "COMPANY#cmp_1"):
            for step, act in steps.items():
                try:
                    act({"pk": {"S": partition}, "sk": {"S": "ITEM"}})
                except writer.exceptions.ClientError as error:
                    found.append(f"{step} {partition}: {error.response['Error']['Code']}")
        return found

    assert refused(stock) == []
    assert refused(patched) == [
        f"{step} LEDGER#cmp_1: AccessDeniedException"
        for step in ("update", "delete", "batch", "update in a transaction", "delete in a transaction")
    ]


def test_queue_rights(stock: Cloud, patched: Cloud) -> None:
    def refused(cloud: Cloud) -> bool:
        name = uuid.uuid4().hex
        url = cloud.client("sqs").create_queue(QueueName=name)["QueueUrl"]
        limited = limited_client(cloud, "sqs", "sqs:SendMessage", f"arn:aws:sqs:us-east-1:000000000000:{name}")
        try:
            limited.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", "MessageBody": "x"}])
        except limited.exceptions.ClientError as error:
            return "AccessDenied" in str(error.response["Error"]["Code"])
        return False

    assert refused(stock)
    assert not refused(patched)


# Notes which records it got, then fails at the record of the sort key `poison`.
CONSUMER = """
    import json, os
    def handler(event, context):
        seen = [record["dynamodb"]["Keys"]["sk"]["S"] for record in event["Records"]]
        with open(os.environ["SEEN"], "a") as notes:
            print(json.dumps(seen), file=notes)
        if "poison" not in seen:
            return {"batchItemFailures": []}
        if os.environ["FAILS_BY"] == "raising":
            raise ValueError("poison")
        number = event["Records"][seen.index("poison")]["dynamodb"]["SequenceNumber"]
        return {"batchItemFailures": [{"itemIdentifier": number}]}
"""


def batches_with_a_poison_record(cloud: Cloud, fails_by: str, expected: int) -> tuple[list[list[str]], int]:
    """The batches that the consumer saw, and how many went to its OnFailure queue."""
    notes = cloud.folder / uuid.uuid4().hex  # a function writes to the temporary folder only
    dynamodb, sqs, functions = cloud.client("dynamodb"), cloud.client("sqs"), cloud.client("lambda")
    name = uuid.uuid4().hex
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    made = dynamodb.create_table(TableName=name, StreamSpecification=stream, **TABLE)
    failed = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=failed, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    for sort_key in ("a", "poison", "b"):
        dynamodb.put_item(TableName=name, Item={"pk": {"S": "p"}, "sk": {"S": sort_key}})
    variables = {"SEEN": str(notes), "FAILS_BY": fails_by}
    mapping = functions.create_event_source_mapping(
        FunctionName=make_function(cloud, CONSUMER, Environment={"Variables": variables}).name,  # type: ignore[attr-defined]
        EventSourceArn=made["TableDescription"]["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
        BatchSize=10,
        FunctionResponseTypes=["ReportBatchItemFailures"],
        BisectBatchOnFunctionError=True,
        MaximumRetryAttempts=2,
        DestinationConfig={"OnFailure": {"Destination": arn}},
    )
    eventually(lambda: notes.exists() and len(notes.read_text().splitlines()) >= expected)
    time.sleep(1.5)  # time for what should not come
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    given_up = sqs.get_queue_attributes(QueueUrl=failed, AttributeNames=["ApproximateNumberOfMessages"])
    batches = [json.loads(line) for line in notes.read_text().splitlines()]
    return batches, int(given_up["Attributes"]["ApproximateNumberOfMessages"])


def test_streams_start_again_from_the_first_failed_record(stock: Cloud, patched: Cloud) -> None:
    whole, rest = ["a", "poison", "b"], ["poison", "b"]
    assert batches_with_a_poison_record(stock, "telling", 1) == ([whole], 0)
    assert batches_with_a_poison_record(patched, "telling", 3) == ([whole, rest, rest], 1)


def test_streams_halve_a_batch_that_raised_and_give_up_only_the_poison(stock: Cloud, patched: Cloud) -> None:
    seen, given_up = batches_with_a_poison_record(stock, "raising", 3)
    assert (seen[:3], given_up) == ([["a", "poison", "b"]] * 3, 0)
    seen, given_up = batches_with_a_poison_record(patched, "raising", 7)
    assert seen == [["a", "poison", "b"], ["a"], ["poison", "b"], ["poison"], ["poison"], ["poison"], ["b"]]
    assert given_up == 1


LANES = """
import json, os, time

def handler(event, context):
    keys = [record["dynamodb"]["Keys"] for record in event["Records"]]
    with open(os.environ["SEEN"], "a") as notes:
        notes.write(json.dumps([[key["pk"]["S"], key["sk"]["S"]] for key in keys]) + "\\n")
    if keys[0]["pk"]["S"] == os.environ["STUCK"]:
        raise ValueError("stuck")
    return {"batchItemFailures": []}
"""


WEIGHTS = """
import json, os

def handler(event, context):
    with open(os.environ["SEEN"], "a") as notes:
        print(json.dumps([len(event["Records"]), len(json.dumps(event["Records"]))]), file=notes)
"""


def test_streams_hand_over_six_megabytes_at_a_time(stock: Cloud, patched: Cloud) -> None:
    def batches(cloud: Cloud) -> list[list[int]]:
        """Records and bytes of each batch of 18 records of 400 KB."""
        dynamodb, functions, notes = cloud.client("dynamodb"), cloud.client("lambda"), cloud.folder / uuid.uuid4().hex
        name = uuid.uuid4().hex
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        made = dynamodb.create_table(TableName=name, StreamSpecification=stream, **TABLE)
        for number in range(18):
            dynamodb.put_item(TableName=name, Item=to_wire(item(400_000, number)))
        mapping = functions.create_event_source_mapping(
            FunctionName=make_function(cloud, WEIGHTS, Environment={"Variables": {"SEEN": str(notes)}}).name,  # type: ignore[attr-defined]
            EventSourceArn=made["TableDescription"]["LatestStreamArn"],
            StartingPosition="TRIM_HORIZON",
            BatchSize=100,
        )

        def seen() -> list[list[int]]:
            found = [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []
            return found if sum(records for records, _ in found) == 18 else []

        found: list[list[int]] = eventually(seen)
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
        return found

    assert [records for records, _ in batches(stock)] == [18]
    cut = batches(patched)
    assert [records for records, _ in cut] == [15, 3]
    assert all(size <= 6 * 1024 * 1024 for _, size in cut)


def test_streams_have_lanes_by_partition_key_and_one_that_is_stuck_holds_up_no_other(patched: Cloud) -> None:
    name = uuid.uuid4().hex
    dynamodb, functions, notes = patched.client("dynamodb"), patched.client("lambda"), patched.folder / name
    stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
    made = dynamodb.create_table(TableName=name, StreamSpecification=stream, **TABLE)
    for number in range(5):
        for partition in "abcdef":
            dynamodb.put_item(TableName=name, Item={"pk": {"S": partition}, "sk": {"S": f"{number}"}})
    variables = {"SEEN": str(notes), "STUCK": "a"}
    mapping = functions.create_event_source_mapping(
        FunctionName=make_function(patched, LANES, Environment={"Variables": variables}).name,  # type: ignore[attr-defined]
        EventSourceArn=made["TableDescription"]["LatestStreamArn"],
        StartingPosition="TRIM_HORIZON",
        BatchSize=2,
        MaximumRetryAttempts=50,
        ParallelizationFactor=10,
    )

    def seen() -> list[list[list[str]]]:
        return [json.loads(line) for line in notes.read_text().splitlines()] if notes.exists() else []

    def free() -> list[list[str]]:
        """The records of all lanes but the stuck one."""
        stuck = {key[0] for batch in seen() for key in batch if batch[0][0] == "a"} | {"a"}
        return [key for batch in seen() for key in batch if key[0] not in stuck]

    def whole() -> list[list[str]]:
        """The records of two lanes at least beside the stuck one, at a moment at which no other lane is half read."""
        found, lanes = free(), {batch[0][0] for batch in seen()}
        return found if len(found) == 5 * len({key[0] for key in found}) >= 10 and len(lanes) > 2 else []

    found = eventually(whole)
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    assert found
    for partition in {key[0] for key in found}:
        assert [key[1] for key in found if key[0] == partition] == ["0", "1", "2", "3", "4"]
    assert len({batch[0][0] for batch in seen()}) > 2


@pytest.mark.parametrize(("patches", "read"), [("", ["1", "2", "3"]), ("stream_restart", ["1", "2", "3", "4"])])
def test_stream_restart(tmp_path: Path, patches: str, read: list[str]) -> None:
    notes, kept, name, port = tmp_path / "notes", tmp_path / "kept", uuid.uuid4().hex, free_port()

    def written() -> list[str]:
        return [key for line in notes.read_text().splitlines() for key in json.loads(line)] if notes.exists() else []

    def put(cloud: Cloud, sort_key: str, seconds: float) -> None:
        cloud.client("dynamodb").put_item(TableName=name, Item={"pk": {"S": "p"}, "sk": {"S": sort_key}})
        eventually(lambda: sort_key in written(), seconds)

    with Cloud.start(port, keep=kept, patches=patches) as cloud:
        stream = {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"}
        made = cloud.client("dynamodb").create_table(TableName=name, StreamSpecification=stream, **TABLE)
        consumer = make_function(
            cloud, CONSUMER, Environment={"Variables": {"SEEN": str(notes), "FAILS_BY": "telling"}}
        )
        cloud.client("lambda").create_event_source_mapping(
            FunctionName=consumer.name,  # type: ignore[attr-defined]
            EventSourceArn=made["TableDescription"]["LatestStreamArn"],
            StartingPosition="TRIM_HORIZON",
        )
        for sort_key in ("1", "2", "3"):
            put(cloud, sort_key, 60)
    with Cloud.start(port, keep=kept, patches=patches) as cloud:
        put(cloud, "4", 60 if "4" in read else 4)
    assert list(dict.fromkeys(written())) == read  # what was not noted as read before the end comes again


def test_one_unpacking(stock: Cloud, patched: Cloud) -> None:
    code = """
        import os, time
        def handler(event, context):
            time.sleep(0.3)
            return os.getpid(), os.stat(__file__).st_ino
    """

    def unpacked(cloud: Cloud) -> tuple[int, int]:
        """The number of processes, and of files of one and the same module."""
        call = make_function(cloud, code)
        with ThreadPoolExecutor(2) as together:
            seen = list(together.map(call, range(2)))
        return len({pid for pid, _ in seen}), len({file for _, file in seen})

    assert unpacked(stock) == (2, 2)
    assert unpacked(patched) == (2, 1)


def test_queue_delay(stock: Cloud, patched: Cloud) -> None:
    def refused(cloud: Cloud, seconds: int) -> list[bool]:
        sqs = cloud.client("sqs")
        url = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"]
        message = {"MessageBody": "x", "DelaySeconds": seconds}
        batch = sqs.send_message_batch(QueueUrl=url, Entries=[{"Id": "1", **message}])
        try:
            sqs.send_message(QueueUrl=url, **message)
        except sqs.exceptions.ClientError:
            return [True, bool(batch.get("Failed"))]
        return [False, bool(batch.get("Failed"))]

    assert refused(stock, 901) == [False, False]
    assert refused(patched, 901) == [True, True]
    assert refused(patched, 900) == [False, False]


# Notes that it was started, and starts itself again.
ROUNDS = """
    import boto3, os
    def handler(event, context):
        with open(os.environ["SEEN"], "a") as notes:
            print("started", file=notes)
        boto3.client("sqs").send_message(QueueUrl=os.environ["QUEUE"], MessageBody="again")
"""


def test_message_rounds(stock: Cloud, patched: Cloud) -> None:
    def rounds(cloud: Cloud, loop: str = "Terminate") -> tuple[int, int]:
        """How often a function of a template ran by its own message, 20 or more cut short, and the messages given up."""
        notes, queue = cloud.folder / uuid.uuid4().hex, {"Fn::GetAtt": ["Queue", "Arn"]}
        redrive = {"maxReceiveCount": 5, "deadLetterTargetArn": {"Fn::GetAtt": ["GivenUp", "Arn"]}}
        told = {"SEEN": str(notes), "QUEUE": {"Ref": "Queue"}}
        function = {
            "Runtime": f"python3.{sys.version_info.minor}",
            "Handler": "index.handler",
            "Role": make_role(cloud),
            "Code": {"ZipFile": textwrap.dedent(ROUNDS)},
            "Environment": {"Variables": told},
            "RecursiveLoop": loop,
        }
        made = make_stack(
            cloud,
            {
                "GivenUp": {"Type": "AWS::SQS::Queue"},
                "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"RedrivePolicy": redrive}},
                "Function": {"Type": "AWS::Lambda::Function", "Properties": function},
                "Source": {
                    "Type": "AWS::Lambda::EventSourceMapping",
                    "Properties": {"EventSourceArn": queue, "FunctionName": {"Ref": "Function"}, "BatchSize": 1},
                },
            },
        )
        sqs = cloud.client("sqs")

        def given_up() -> int:
            asked = {"QueueUrl": made["GivenUp"], "AttributeNames": ["ApproximateNumberOfMessages"]}
            return int(sqs.get_queue_attributes(**asked)["Attributes"]["ApproximateNumberOfMessages"])

        def started() -> int:
            return len(notes.read_text().splitlines()) if notes.exists() else 0

        sqs.send_message(QueueUrl=made["Queue"], MessageBody="first")
        eventually(lambda: started() >= 20 or given_up())
        found = min(started(), 20), given_up()
        cloud.client("lambda").delete_event_source_mapping(UUID=made["Source"])
        return found

    assert rounds(stock) == (20, 0)
    assert rounds(patched) == (16, 1)
    assert rounds(patched, "Allow") == (20, 0)


def test_answer_size(stock: Cloud, patched: Cloud) -> None:
    def answered(cloud: Cloud, text: str) -> Any:
        return make_function(cloud, f"def handler(event, context): return {text}")()

    assert len(answered(stock, "'x' * 6_300_000")) == 6_300_000
    assert answered(patched, "'x' * 6_300_000")["errorType"] == "Function.ResponseSizeTooLarge"
    assert answered(patched, "'ж' * 1_100_000")["errorType"] == "Function.ResponseSizeTooLarge"
    assert len(answered(patched, "'x' * 6_291_554")) == 6_291_554


@pytest.mark.parametrize(
    ("what", "write", "fits", "beyond"),
    [
        ("the text of an item, beside 10 bytes of names and keys", lambda table, size: table.put(item(size)), 409_590, 409_591),
        ("what an update adds to an item", lambda table, size: grown(table, size), 409_500, 409_600),
        ("operations of a transaction", lambda table, count: many(table, count, size=1), 100, 101),
        ("texts of 40 items of a transaction", lambda table, size: many(table, 40, size), 104_600, 104_858),
        ("an expression", lambda table, size: long_expression(table, size), 4096, 4097),
    ],
)  # fmt: skip
def test_it_refuses(patched: Cloud, what: str, write: Callable[[Table, int], Any], fits: int, beyond: int) -> None:
    """Limits of DynamoDB that the cloud knows without a patch."""
    dynamodb, name = patched.client("dynamodb"), uuid.uuid4().hex
    dynamodb.create_table(TableName=name, **TABLE)
    write(Table(dynamodb, name), fits)
    with pytest.raises(ClientError) as refused:
        write(Table(dynamodb, name), beyond)
    told = refused.value.response["Error"]
    assert "size" in told["Message"].lower() or "length" in told["Message"].lower(), told


def test_it_refuses_messages_above_a_mebibyte(patched: Cloud) -> None:
    sqs = patched.client("sqs")
    url, most = sqs.create_queue(QueueName=uuid.uuid4().hex)["QueueUrl"], 1024 * 1024
    sqs.send_message(QueueUrl=url, MessageBody="x" * most)
    with pytest.raises(ClientError, match="1048576"):
        sqs.send_message(QueueUrl=url, MessageBody="x" * (most + 1))
    halves = [{"Id": each, "MessageBody": "x" * (most // 2)} for each in ("1", "2")]
    assert len(sqs.send_message_batch(QueueUrl=url, Entries=halves)["Successful"]) == 2
    with pytest.raises(ClientError, match="1048576"):
        sqs.send_message_batch(QueueUrl=url, Entries=[*halves, {"Id": "3", "MessageBody": "x"}])


PLACE = Key("p", "1")


def item(size: int, number: int = 1) -> dict[str, Any]:
    return {"pk": "p", "sk": str(number), "text": "x" * size}


def grown(table: Table, size: int) -> None:
    table.put(item(size=1000))
    table.update(PLACE, put={"text": "x" * size})


def long_expression(table: Table, size: int) -> None:
    """A put with a condition of so many bytes."""
    named = {f"#{'n' * 200}": "pk"}
    wanted = " AND ".join(f"attribute_not_exists(#{'n' * 200})" for _ in range(17))
    wanted += " " * (size - len(wanted))
    table.client.put_item(
        TableName=table.name,
        Item=to_wire(item(size=1, number=size)),
        ConditionExpression=wanted,
        ExpressionAttributeNames=named,
    )


def many(table: Table, operations: int, size: int) -> None:
    """A transaction past the house's own limit."""
    puts = [{"Put": {"TableName": table.name, "Item": to_wire(item(size, number))}} for number in range(operations)]
    table.client.transact_write_items(TransactItems=puts)


def test_worker_gate(stock: Cloud, patched: Cloud) -> None:
    code = """
        import os, time
        def handler(event, context):
            time.sleep(0.3)
            return os.getpid()
    """
    callers = 4 * (os.cpu_count() or 1)

    def processes(cloud: Cloud) -> int:
        call = make_function(cloud, code)
        with ThreadPoolExecutor(callers) as together:
            return len(set(together.map(call, range(callers))))

    assert processes(stock) > callers // 2
    assert processes(patched) <= callers // 2


# --- the lake -----------------------------------------------------------------------------------------------------------


def test_table_exports(stock: Cloud, patched: Cloud) -> None:
    def exported(cloud: Cloud) -> list[list[Any]]:
        """The lines of an export of all, and of one of the changes after it."""
        dynamodb, s3, name = cloud.client("dynamodb"), cloud.client("s3"), uuid.uuid4().hex
        arn = dynamodb.create_table(TableName=name, **TABLE)["TableDescription"]["TableArn"]
        s3.create_bucket(Bucket=name)
        asked = {"TableArn": arn, "S3Bucket": name, "S3Prefix": "exports"}

        def lines(**more: Any) -> list[Any]:
            export = dynamodb.export_table_to_point_in_time(**asked, **more)["ExportDescription"]["ExportArn"]
            folder = f"exports/AWSDynamoDB/{export.rpartition('/')[2]}"
            if not s3.list_objects_v2(Bucket=name, Prefix=folder).get("Contents"):
                return []
            manifest = s3.get_object(Bucket=name, Key=f"{folder}/manifest-files.json")["Body"].read().splitlines()
            files = [s3.get_object(Bucket=name, Key=json.loads(each)["dataFileS3Key"]) for each in manifest]
            return [json.loads(line) for each in files for line in gzip.decompress(each["Body"].read()).splitlines()]

        table = Table(dynamodb, name)
        table.put(item(1, number=1))
        table.put(item(1, number=2))
        whole = lines()
        table.put(item(2, number=2))
        dynamodb.delete_item(TableName=name, Key=to_wire(PLACE.as_item()))
        window = {"ExportFromTime": 1, "ExportToTime": 2, "ExportViewType": "NEW_IMAGE"}
        return [whole, lines(ExportType="INCREMENTAL_EXPORT", IncrementalExportSpecification=window)]

    assert exported(stock) == [[], []]
    whole, changes = exported(patched)
    assert sorted(each["Item"]["sk"]["S"] for each in whole) == ["1", "2"]
    assert {each["Keys"]["sk"]["S"]: each.get("NewImage", {}).get("text") for each in changes} == {
        "1": None,
        "2": {"S": "xx"},
    }


def test_unload(stock: Cloud, patched: Cloud) -> None:
    def unloaded(cloud: Cloud, selected: str) -> tuple[str, int]:
        athena, s3, name = cloud.client("athena"), cloud.client("s3"), uuid.uuid4().hex
        s3.create_bucket(Bucket=name)
        execution = athena.start_query_execution(
            QueryString=f"UNLOAD ({selected}) TO 's3://{name}/rows/' WITH (format = 'PARQUET')",
            ResultConfiguration={"OutputLocation": f"s3://{name}/answers/"},
        )["QueryExecutionId"]

        def ended() -> str | None:
            state = athena.get_query_execution(QueryExecutionId=execution)["QueryExecution"]["Status"]["State"]
            return state if state in ("SUCCEEDED", "FAILED") else None

        state = eventually(ended)
        return state, len(s3.list_objects_v2(Bucket=name, Prefix="rows/").get("Contents", []))

    assert unloaded(stock, "SELECT 1 AS one") == ("FAILED", 0)
    assert unloaded(patched, "SELECT 1 AS one") == ("SUCCEEDED", 1)
    assert unloaded(patched, "SELECT 1 AS one WHERE false") == ("SUCCEEDED", 0)


def test_arn_rights(stock: Cloud, patched: Cloud) -> None:
    def allowed(cloud: Cloud) -> list[bool]:
        """Whether who has a right to a table and to a workgroup may export the one, and look at a statement in the other."""
        dynamodb, s3, athena, iam, name = *map(cloud.client, ("dynamodb", "s3", "athena", "iam")), uuid.uuid4().hex
        arn = dynamodb.create_table(TableName=name, **TABLE)["TableDescription"]["TableArn"]
        s3.create_bucket(Bucket=name)
        answers = {"ResultConfiguration": {"OutputLocation": f"s3://{name}/"}}
        execution = athena.start_query_execution(QueryString="SELECT 1", **answers)["QueryExecutionId"]
        workgroup = "arn:aws:athena:us-east-1:000000000000:workgroup/primary"
        rights = {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["dynamodb:*", "athena:*"], "Resource": [arn, workgroup]}],
        }
        iam.create_user(UserName=name)
        iam.put_user_policy(UserName=name, PolicyName="own", PolicyDocument=json.dumps(rights))
        key = iam.create_access_key(UserName=name)["AccessKey"]

        def may(service: str, call: str, **asked: Any) -> bool:
            client = boto3.client(
                service,
                endpoint_url=cloud.endpoint,
                region_name="us-east-1",
                aws_access_key_id=key["AccessKeyId"],
                aws_secret_access_key=key["SecretAccessKey"],
            )
            try:
                getattr(client, call)(**asked)
            except client.exceptions.ClientError as refused:
                return "AccessDenied" not in refused.response["Error"]["Code"]
            return True

        return [
            may("dynamodb", "export_table_to_point_in_time", TableArn=arn, S3Bucket=name),
            may("athena", "get_query_execution", QueryExecutionId=execution),
        ]

    assert allowed(stock) == [False, False]
    assert allowed(patched) == [True, True]
