"""`make registers`: writes settings, rights, queues, schedules and alarms of each function, from the declarations in the rooms.

    .chalice/config.json       memory and time of each function
    .chalice/policy-*.json     rights of each function
    infra/functions.yaml       queues with their dead letters, event sources, schedules, logs, alarms; merged with infra/resources.yaml
    app.py                     its last lines: schedules, and the consumers of each event

The files are committed, so that a review shows what a change gives to whom; `make check` says when they are stale. Nobody edits them.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, get_args

import yaml

import app
from chalicelib.platform.delivery.subscriptions import name_of, subscriptions
from chalicelib.platform.events import Consumer, Lane
from chalicelib.platform.registry.functions import DECLARED, RUN_GIVEN_UP, Function, Queue, Right, Schedule
from chalicelib.platform.settings import queue_variable
from chalicelib.table.key import CREATED_ONLY

ROOT = Path(__file__).resolve().parent.parent
CHALICE = ROOT / ".chalice"
FUNCTIONS = ROOT / "infra" / "functions.yaml"
CONTENTS = ROOT / "app.py"
CONTENTS_BEGIN = "# --- written by `make registers` "
STAGE = "club"
LEAST_WORKERS = 2  # of a queue; Lambda takes no fewer
SCHEDULER = "SchedulerRole"

Made = dict[str, Any]

TABLE_ACTIONS = {
    "get": "GetItem",
    "batch_get": "BatchGetItem",
    "query": "Query",
    "put": "PutItem",
    "update": "UpdateItem",
    "delete": "DeleteItem",
    "check": "ConditionCheckItem",
}
CHANGES = {"put", "update", "delete"}
FILE_ACTIONS = {"get": "s3:GetObject", "put": "s3:PutObject", "delete": "s3:DeleteObject"}
PARTS = ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"]  # of a large object
ADDRESSES = {"portal", "letter_pages"}  # that a function only knows
OWN_URL = "https://${RestAPI}.execute-api.${AWS::Region}.${AWS::URLSuffix}/api"
TOKEN_URL = "https://${SignInDomain}-${AWS::AccountId}.auth.${AWS::Region}.amazoncognito.com/oauth2/token"
BUCKET = "${AWS::StackName}-files-${AWS::AccountId}-${AWS::Region}"
# The lanes whose consumers a worker tells, beside the readers of the stream.
DELIVERING: dict[str, tuple[str, ...]] = {"deliver_bulk": ("facts",), "redeliver_events": ("facts", "messages")}
KEPT = {"MessageRetentionPeriod": 1209600}  # 14 days, as long as SQS can

RECORDS_GIVEN_UP = (
    "The stream gave up records, for all their consumers. Find the cause in the logs of DeliverEvents and WriteLetters, then deliver the "
    "events of that time again with make staff ARGS='redeliver --event NAME --since TIME …'."
)


class RegisterError(Exception):
    """One sentence for whoever declares."""


def ref(name: str) -> Made:
    return {"Ref": name}


def att(name: str, attribute: str = "Arn") -> Made:
    return {"Fn::GetAtt": [name, attribute]}


def sub(text: str) -> Made:
    return {"Fn::Sub": text}


def camel(name: str) -> str:
    return "".join(word.capitalize() for word in name.replace("-", "_").split("_"))


def logical(name: str) -> str:
    """The function's id in the template, as Chalice makes it."""
    return "APIHandler" if name == "api_handler" else camel(name)


# --- what is declared ---------------------------------------------------------------------------------------------------


def functions() -> list[Function]:
    """In the order of app.py. Raises RegisterError where app.py and the rooms do not say the same."""
    lines = {"api_handler": None, **dict.fromkeys(each.name for each in app.app.pure_lambda_functions)}
    for name, declared in DECLARED.items():
        how = declared.starts if isinstance(declared.starts, str) else type(declared.starts).__name__.lower()
        if name not in lines:
            raise RegisterError(f'app.py lacks the line `{name} = functions.{how}("{declared.job}")`.')
        if app.functions.lines.get(name, (how, declared.job)) != (how, declared.job):
            raise RegisterError(f'app.py should say `{name} = functions.{how}("{declared.job}")`.')
    for name in lines:
        if name not in DECLARED:
            raise RegisterError(f"app.py names {name}, and no room declares it.")
    for name, declared in DECLARED.items():
        for sender in declared.starts.filled_by if isinstance(declared.starts, Queue) else ():
            if sender == name:
                raise RegisterError(f"{name} fills its own queue: say why, and what ends it, as `loop`.")
            if sender not in DECLARED:
                raise RegisterError(f"{name} says that {sender} fills its queue, and there is no such function.")
    return [DECLARED[name] for name in lines]


def queues_filled_by(function: Function) -> list[str]:
    """Those of the consumers too, for who delivers events beside the stream."""
    found = []
    for worker in functions():
        if isinstance(queue := worker.starts, Queue):
            senders = {*queue.filled_by, *([worker.name] if queue.loop else [])}
            lanes = {app.functions.readers[name] for name in senders & {*app.functions.readers}}
            if worker.name not in DELIVERING:
                senders |= {name for name, told in DELIVERING.items() if lanes & {*told}}
            if function.name in senders:
                found.append(queue.name)
    return found


def dead_letters_of(function: Function) -> str | None:
    """The queue that gets what the function could not do, when no queue of its own starts it."""
    if function.starts == "stream":
        return "EventsDeadLetters"
    if function.starts == "event" or isinstance(function.starts, Schedule):
        return f"{logical(function.name)}DeadLetters"
    return None


# --- rights -------------------------------------------------------------------------------------------------------------


def policy(function: Function) -> Made:
    return {"Version": "2012-10-17", "Statement": list(statements(function))}


def statements(function: Function) -> Iterator[Made]:
    yield allow(["logs:CreateLogStream", "logs:PutLogEvents"], att(f"{logical(function.name)}Logs"))
    for right in function.may:
        if right.on in LAKE_RIGHTS:
            yield from LAKE_RIGHTS[right.on]()
        elif right.on not in ADDRESSES:
            yield allowed(right)
    if function.starts == "stream":
        stream = ["dynamodb:DescribeStream", "dynamodb:GetRecords", "dynamodb:GetShardIterator"]
        yield allow(stream, att("Table", "StreamArn"))
        yield allow(["dynamodb:ListStreams"], sub("${Table.Arn}/stream/*"))
    if isinstance(function.starts, Queue):
        receive = ["ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility", "GetQueueAttributes"]
        yield allow([f"sqs:{action}" for action in receive], att(f"{camel(function.starts.name)}Queue"))
    sends_to = [f"{camel(queue)}Queue" for queue in queues_filled_by(function)]
    if sends_to := sends_to + [name for name in [dead_letters_of(function)] if name]:
        yield allow(["sqs:SendMessage"], *map(att, sends_to))
    if any(changes_any_item(right) for right in function.may):
        yield ledger_stays()


def allow(actions: list[str], *resources: Made) -> Made:
    return {"Effect": "Allow", "Action": actions, "Resource": list(resources)}


def allowed(right: Right) -> Made:
    match right.on:
        case "table":
            return allow(table_actions(right), att("Table"), sub("${Table.Arn}/index/*"))
        case "items":
            made = allow(table_actions(right), att("Table"))
            if right.prefix:
                made["Condition"] = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [f"{right.prefix}*"]}}
            return made
        case "files":
            return allow([FILE_ACTIONS[action] for action in right.actions], below(right.prefix))
        case "mail":
            ours = "arn:${AWS::Partition}:ses:${AWS::Region}:${AWS::AccountId}"
            # Of any identity, since SES asks about the recipients' too; the sender is ours, whether the identity is a domain or an address.
            made = allow(
                ["ses:SendEmail"],
                *(sub(f"{ours}:{on}") for on in ("identity/*", "configuration-set/${MailConfiguration}")),
            )
            senders = ("${MailIdentity}", "*@${MailIdentity}", "*@*.${MailIdentity}")
            made["Condition"] = {"StringLike": {"ses:FromAddress": [sub(sender) for sender in senders]}}
            return made
        case "suppressions":
            # It is about the account, and names no resource.
            return {"Effect": "Allow", "Action": ["ses:DeleteSuppressedDestination"], "Resource": ["*"]}
        case "mail_rate":
            return {"Effect": "Allow", "Action": ["ses:GetAccount"], "Resource": ["*"]}
        case "secret":
            return allow(["secretsmanager:GetSecretValue"], att("Secret", "Id"))
        case "users":
            acts = ["GetUser", "CreateUser", "DeleteUser", "SetUserPassword", "InitiateAuth", "RespondToAuthChallenge"]
            return allow([f"cognito-idp:Admin{act}" for act in acts], att("UserPool"))
        case _:
            raise RegisterError(f"There is no right on {right.on}.")


def table_export() -> list[Made]:
    """DynamoDB writes with the rights of who asks for the export."""
    return [
        allow(["dynamodb:ExportTableToPointInTime"], att("Table")),
        allow(["dynamodb:DescribeExport"], sub("${Table.Arn}/export/*")),
        allow(["s3:PutObject", "s3:PutObjectAcl", "s3:AbortMultipartUpload"], below("datasets/exports/")),
    ]


def lake() -> list[Made]:
    """Athena reads the catalogue and the files, and writes answers, with the rights of who asks."""
    bucket = sub(f"arn:${{AWS::Partition}}:s3:::{BUCKET}")
    listing = allow(["s3:ListBucket", "s3:ListBucketMultipartUploads"], bucket)
    listing["Condition"] = {"StringLike": {"s3:prefix": ["datasets/*"]}}
    asking = ["StartQueryExecution", "GetQueryExecution", "GetQueryResults"]
    return [
        allow(
            [f"athena:{action}" for action in asking],
            sub("arn:${AWS::Partition}:athena:${AWS::Region}:${AWS::AccountId}:workgroup/${DatasetsWorkgroup}"),
        ),
        allow(["glue:GetDatabase", "glue:GetTable", "glue:GetTables"], *catalogue()),
        allow(["s3:GetBucketLocation"], bucket),
        listing,
        allow(["s3:GetObject"], *map(below, ("datasets/tables/", "datasets/answers/"))),
        allow(["s3:PutObject", *PARTS], below("datasets/answers/")),
    ]


def lake_tables() -> list[Made]:
    """And with these it reads what waits, and writes datasets."""
    return [
        allow(["glue:CreateTable", "glue:UpdateTable"], *catalogue()),
        allow(["s3:GetObject"], below("datasets/waiting/")),
        allow(["s3:PutObject", *PARTS], below("datasets/tables/")),
    ]


def catalogue() -> list[Made]:
    """Glue asks about the catalogue and the database beside the table."""
    ours = "arn:${AWS::Partition}:glue:${AWS::Region}:${AWS::AccountId}"
    return [sub(f"{ours}:{on}") for on in ("catalog", "database/${DatasetsDatabase}", "table/${DatasetsDatabase}/*")]


def below(prefix: str) -> Made:
    return sub(f"arn:${{AWS::Partition}}:s3:::{BUCKET}/{prefix}*")


LAKE_RIGHTS = {"table_export": table_export, "lake": lake, "lake_tables": lake_tables}


def table_actions(right: Right) -> list[str]:
    return [f"dynamodb:{name}" for action, name in TABLE_ACTIONS.items() if action in right.actions]


def changes_any_item(right: Right) -> bool:
    return right.on in ("table", "items") and not right.prefix and bool(CHANGES & set(right.actions))


def ledger_stays() -> Made:
    """Postings are created, never changed or deleted, whatever the code tries."""
    actions = ("UpdateItem", "DeleteItem", "BatchWriteItem", "PartiQLUpdate", "PartiQLDelete")
    return {
        "Effect": "Deny",
        "Action": [f"dynamodb:{action}" for action in actions],
        "Resource": [att("Table")],
        "Condition": {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": [f"{CREATED_ONLY}*"]}},
    }


def environment(function: Function) -> Made:
    """The names of what the function may use."""
    # The bucket refers to the functions that its events start: these must not refer back.
    bucket = sub(BUCKET) if function.starts == "event" else ref("FilesBucket")
    named = {
        "table": {"TABLE_NAME": ref("Table")},
        "items": {"TABLE_NAME": ref("Table")},
        "files": {"FILES_BUCKET": bucket},
        "mail": {"MAIL_FROM": ref("MailFrom"), "MAIL_CONFIGURATION_SET": ref("MailConfiguration")},
        "secret": {"SECRET_ARN": att("Secret", "Id")},
        "users": {
            "USER_POOL_ID": ref("UserPool"),
            "USER_POOL_CLIENT_ID": ref("PortalClient"),
            "TOKEN_URL": {"Fn::If": ["HasTokenUrl", ref("TokenUrl"), sub(TOKEN_URL)]},
        },
        "mail_rate": {},
        "table_export": {"TABLE_ARN": att("Table")},
        "lake": {"DATASETS_DATABASE": ref("DatasetsDatabase"), "DATASETS_WORKGROUP": ref("DatasetsWorkgroup")},
        "lake_tables": {},
        "suppressions": {},
        "portal": {"PORTAL_URL": ref("PortalUrl")},
        "letter_pages": {"LETTERS_URL": {"Fn::If": ["HasLettersUrl", ref("LettersUrl"), sub(OWN_URL)]}},
    }
    told: Made = {}
    for right in function.may:
        told |= named[right.on]
    queues = queues_filled_by(function)
    if function.name == "redeliver_events" and isinstance(function.starts, Queue):
        queues.append(function.starts.name)  # it hides a message of its own for longer
    return told | {queue_variable(queue): ref(f"{camel(queue)}Queue") for queue in queues}


# --- resources ----------------------------------------------------------------------------------------------------------


def template() -> Made:
    """The resources that the functions need beside infra/resources.yaml."""
    made: Made = {"Parameters": {}, "Resources": {}, "Outputs": {}}
    made["Resources"] |= dead_letters("Events", RECORDS_GIVEN_UP)
    made["Outputs"]["EventsDeadLettersUrl"] = {"Value": ref("EventsDeadLetters")}
    made["Resources"][SCHEDULER] = scheduler([each for each in functions() if isinstance(each.starts, Schedule)])
    for function in functions():
        name = logical(function.name)
        made["Resources"] |= resources_of(function)
        if function.starts != "http":
            made["Outputs"][f"{name}Name"] = {"Value": ref(name)}
        if isinstance(function.starts, Queue):
            queue = camel(function.starts.name)
            made["Outputs"][f"{queue}QueueUrl"] = {"Value": ref(f"{queue}Queue")}
            made["Outputs"][f"{queue}DeadLettersUrl"] = {"Value": ref(f"{queue}DeadLetters")}
        if isinstance(function.starts, Schedule):
            schedule = function.starts
            made["Parameters"][schedule.parameter] = {
                "Type": "String",
                "Default": schedule.expression,
                "Description": schedule.description,
            }
    return made


def resources_of(function: Function) -> Made:
    name = logical(function.name)
    properties: Made = {"LoggingConfig": {"LogGroup": ref(f"{name}Logs")}}
    if told := environment(function):
        properties["Environment"] = {"Variables": told}
    if function.disk != 512:
        properties["EphemeralStorage"] = {"Size": function.disk}
    made: Made = {name: {"Properties": properties}}
    match function.starts:
        case Queue() as queue:
            properties["Events"] = {f"{name}SqsEventSource": from_queue(queue)}
            if queue.loop:
                # Otherwise Lambda takes a worker that sends to its own queue for a mistake, and stops it after about 16 rounds.
                properties["RecursiveLoop"] = "Allow"
            made[f"{camel(queue.name)}Queue"] = waiting_line(queue)
            made |= dead_letters(camel(queue.name), queue.given_up)
        case Schedule() as schedule:
            ticks = schedule.expression.startswith(("rate", "cron(0/"))
            properties["EventInvokeConfig"] = on_failure(function, tries=1 if ticks else 2)
            properties["Events"] = {"Tick" if ticks else "Night": by_schedule(function.name, schedule, ticks)}
            made |= dead_letters(name, RUN_GIVEN_UP)
            made[f"{name}MissedAlarm"] = missed_alarm(name, schedule, ticks)
        case "event":
            properties["EventInvokeConfig"] = on_failure(function, tries=2)
            made |= dead_letters(name, RUN_GIVEN_UP)
        case "stream":
            properties["Events"] = {f"{name}DynamodbEventSource": from_stream(app.functions.readers[function.name])}
        case "trigger":
            made[f"{name}Permission"] = by_the_pool(name)
    made[f"{name}Logs"] = {
        "Type": "AWS::Logs::LogGroup",
        "Properties": {"RetentionInDays": ref("LogRetentionDays")},
    }
    made[f"{name}ErrorsAlarm"] = errors_alarm(name)
    return made


def waiting_line(queue: Queue) -> Made:
    given_up = {"deadLetterTargetArn": att(f"{camel(queue.name)}DeadLetters"), "maxReceiveCount": queue.tries}
    return {
        "Type": "AWS::SQS::Queue",
        "Properties": {"VisibilityTimeout": ref(queue.retry), "RedrivePolicy": given_up},
    }


def from_queue(queue: Queue) -> Made:
    return {
        "Type": "SQS",
        "Properties": {
            "Queue": sub(f"${{{camel(queue.name)}Queue.Arn}}"),
            "BatchSize": queue.batch,
            "MaximumBatchingWindowInSeconds": queue.window,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "ScalingConfig": {"MaximumConcurrency": {"Fn::If": ["SmallAccount", LEAST_WORKERS, queue.workers]}},
        },
    }


def from_stream(lane: Lane) -> Made:
    """The filter lets through new items whose attribute `event` is the event of some consumer of the lane."""
    pattern = {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"event": {"S": list(subscriptions(lane))}}}}
    return {
        "Type": "DynamoDB",
        "Properties": {
            "Stream": att("Table", "StreamArn"),
            "StartingPosition": "TRIM_HORIZON",
            "BatchSize": 100,
            "MaximumBatchingWindowInSeconds": 0,
            "FilterCriteria": {"Filters": [{"Pattern": json.dumps(pattern)}]},
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "BisectBatchOnFunctionError": True,
            # A few minutes with Lambda's own pauses; then it must not hold up what comes after.
            "MaximumRetryAttempts": 10,
            # Workers a shard; what happens to one company stays in order.
            "ParallelizationFactor": {"Fn::If": ["SmallAccount", 1, 10]},
            "DestinationConfig": {"OnFailure": {"Destination": att("EventsDeadLetters")}},
        },
    }


def by_schedule(name: str, schedule: Schedule, ticks: bool) -> Made:
    """Not Chalice's @schedule, which knows no time zones. The name is ours, since SAM's would be the same in every stack."""
    return {
        "Type": "ScheduleV2",
        "Properties": {
            "Name": sub(f"${{AWS::StackName}}-{name.replace('_', '-')}"),
            "ScheduleExpression": ref(schedule.parameter),
            "ScheduleExpressionTimezone": ref("TimeZone"),
            "RetryPolicy": {"MaximumRetryAttempts": 5, "MaximumEventAgeInSeconds": 600 if ticks else 3600},
            "RoleArn": att(SCHEDULER),
        },
    }


def scheduler(scheduled: Sequence[Function]) -> Made:
    """One role that starts every function with a schedule. SAM would make one for each, and CloudFormation takes 500 resources."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "scheduler.amazonaws.com"}}
    starts = [att(logical(each.name)) for each in scheduled]
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [trust]},
            "Policies": [
                {
                    "PolicyName": "start",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [allow(["lambda:InvokeFunction"], *starts)],
                    },
                }
            ],
        },
    }


def on_failure(function: Function, *, tries: int) -> Made:
    """Retries of a function that no queue starts: one for a tick, since the next does the same."""
    target = {"Type": "SQS", "Destination": att(f"{dead_letters_of(function)}")}
    return {"MaximumRetryAttempts": tries, "DestinationConfig": {"OnFailure": target}}


def by_the_pool(name: str) -> Made:
    return {
        "Type": "AWS::Lambda::Permission",
        "Properties": {
            "FunctionName": ref(name),
            "Action": "lambda:InvokeFunction",
            "Principal": "cognito-idp.amazonaws.com",
            "SourceArn": att("UserPool"),
        },
    }


def dead_letters(name: str, text: str) -> Made:
    queue = f"{name}DeadLetters"
    return {
        queue: {"Type": "AWS::SQS::Queue", "Properties": KEPT},
        f"{queue}Alarm": alarm(
            text,
            ("AWS/SQS", "ApproximateNumberOfMessagesVisible", "Maximum"),
            {"QueueName": att(queue, "QueueName")},
        ),
    }


def errors_alarm(name: str) -> Made:
    text = "The function raised, ran out of time or out of memory."
    return alarm(text, ("AWS/Lambda", "Errors", "Sum"), {"FunctionName": ref(name)})


def missed_alarm(name: str, schedule: Schedule, ticks: bool) -> Made:
    """Counted by the hour, since the sum of a whole day ends at midnight UTC; 26 of them, for the change to winter time."""
    made = alarm(schedule.missed, ("AWS/Lambda", "Invocations", "Sum"), {"FunctionName": ref(name)})
    made["Properties"] |= {
        "Period": 3600,
        "EvaluationPeriods": 2 if ticks else 26,
        "Threshold": 1,
        "ComparisonOperator": "LessThanThreshold",
        "TreatMissingData": "breaching",
    }
    return made


def alarm(text: str, metric: tuple[str, str, str], dimensions: Mapping[str, Made]) -> Made:
    """Goes off when the metric was above nothing for five minutes."""
    namespace, name, statistic = metric
    return {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "AlarmDescription": text,
            "AlarmActions": [ref("Alarms")],
            "Namespace": namespace,
            "MetricName": name,
            "Dimensions": [{"Name": dimension, "Value": value} for dimension, value in dimensions.items()],
            "Statistic": statistic,
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 0,
            "ComparisonOperator": "GreaterThanThreshold",
            "TreatMissingData": "notBreaching",
        },
    }


# --- files --------------------------------------------------------------------------------------------------------------


def written() -> dict[Path, str]:
    """The text of each file. One line a function, a right or a resource, so that a review shows each change as one line."""
    settings = {
        each.name: {
            "iam_policy_file": policy_file(each).name,
            "lambda_memory_size": each.memory,
            "lambda_timeout": each.timeout,
        }
        for each in functions()
    }
    config = {
        "version": "2.0",
        "app_name": "partner-club",
        "autogen_policy": False,
        "api_gateway_stage": "api",
        "api_gateway_endpoint_type": "REGIONAL",
        "minimum_compression_size": 1024,  # a smaller answer fits into one packet as it is
        "stages": {STAGE: {"lambda_architecture": "arm64", "lambda_functions": settings}},
    }
    return {
        **{policy_file(each): as_json(policy(each), depth=2) for each in functions()},
        CHALICE / "config.json": as_json(config, depth=4),
        FUNCTIONS: as_yaml(template()),
        CONTENTS: contents(),
    }


def contents() -> str:
    """app.py, with what starts by itself and what follows from each event as its last lines."""
    by_hand = CONTENTS.read_text(encoding="utf-8").partition(CONTENTS_BEGIN)[0].rstrip()
    schedules = [(each.name, each.starts.expression) for each in functions() if isinstance(each.starts, Schedule)]
    lanes = {lane: subscriptions(lane) for lane in get_args(Lane)}
    events = [
        (event, "; ".join(f"{lane}: {', '.join(_homes(told[event]))}" for lane, told in lanes.items() if event in told))
        for event in sorted({event for told in lanes.values() for event in told})
    ]
    width = max(len(name) for name, _ in schedules + events)
    rows = [
        "schedules, in the club's time zone:",
        *(f"    {name:{width}}  {text}" for name, text in schedules),
        "events, and the modules of their consumers:",
        *(f"    {name:{width}}  {text}" for name, text in events),
    ]
    return "\n".join([by_hand, "", CONTENTS_BEGIN.ljust(120, "-"), *(f"# {row}" for row in rows)]) + "\n"


def _homes(consumers: Sequence[Consumer]) -> list[str]:
    """`orders.consumers:record_shipment` is at home in `orders`, `orders.stock_consumers:…` in `orders.stock`."""
    modules = [name_of(each).partition(":")[0].removesuffix("consumers").rstrip("._") for each in consumers]
    return sorted({*modules})


def policy_file(function: Function) -> Path:
    return CHALICE / f"policy-{function.name}.json"


def as_json(document: Made, *, depth: int) -> str:
    """Opened down to this depth; what lies deeper stands on one line."""

    def text(value: Any, level: int) -> str:
        if level == depth or not isinstance(value, dict | list):
            return json.dumps(value)
        margin, (first, last) = "  " * (level + 1), ("{}" if isinstance(value, dict) else "[]")
        names = [f"{json.dumps(name)}: " for name in value] if isinstance(value, dict) else [""] * len(value)
        values = value.values() if isinstance(value, dict) else value
        entries = [f"{margin}{name}{text(each, level + 1)}" for name, each in zip(names, values, strict=True)]
        return "\n".join([first, ",\n".join(entries), "  " * level + last])

    return text(document, 0) + "\n"


def as_yaml(document: Made) -> str:
    made = ["# Written by `make registers` from the declarations in the rooms: see infra/registers.py."]
    for section, entries in document.items():
        made += ["", f"{section}:"]
        for name, entry in entries.items():
            text = yaml.dump(entry, Dumper=_Plain, default_flow_style=True, sort_keys=False, width=10_000)
            made.append(f"  {name}: {text.rstrip()}")
    return "\n".join(made) + "\n"


class _Plain(yaml.SafeDumper):
    """Says everything where it stands, without anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def stale() -> list[Path]:
    """The files that do not say what is declared."""
    texts = written()
    left_over = set(CHALICE.glob("policy-*.json")) - set(texts)
    wrong = {path for path, text in texts.items() if not path.exists() or path.read_text(encoding="utf-8") != text}
    return sorted(wrong | left_over)


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="make registers", description="Writes settings, rights, queues and alarms of the functions."
    )
    parser.add_argument("--check", action="store_true", help="write nothing, and say whether something is stale")
    chosen = parser.parse_args()
    try:
        paths = stale()
    except RegisterError as error:
        print(error, file=sys.stderr)
        return 1
    if chosen.check and paths:
        names = ", ".join(str(path.relative_to(ROOT)) for path in paths)
        print(f"Run `make registers`: {names} do not say what the rooms declare.", file=sys.stderr)
        return 1
    texts = written()
    for path in paths:
        if path in texts:
            path.write_text(texts[path], encoding="utf-8")
        else:
            path.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
