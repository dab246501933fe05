"""Parts of the template whose absence would lose data silently. Chalice writes none of it, so it is asserted on the final template."""

import ast
import importlib
import json
import re
import subprocess
import sys
from collections.abc import Iterable
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any, NamedTuple, get_args

import pytest
import yaml
from chalice.config import Config

import app
from chalicelib.exchange.imports.config import Imports
from chalicelib.mail import transport
from chalicelib.platform.access.scopes import BASE_SCOPE, RESOURCE_SERVER, SCOPES
from chalicelib.platform.config import read_config
from chalicelib.platform.delivery.subscriptions import Subscriptions, name_of, subscriptions
from chalicelib.platform.events import Lane
from chalicelib.platform.http.gateway import GREEDY
from chalicelib.platform.http.problems import CONTENT_TYPE, KINDS
from chalicelib.platform.http.routes import ROUTES
from chalicelib.platform.http.sentences import in_russian
from chalicelib.platform.registry.functions import DECLARED, Function, Queue, Schedule
from chalicelib.platform.settings import Settings, queue_variable
from chalicelib.table.key import CREATED_ONLY
from infra.build import ROOT, build_template
from infra.registers import DELIVERING, logical, queues_filled_by
from infra.smoke import FUNCTIONS_AT_ONCE
from tests.contract.structure import House

Template = dict[str, Any]

EVENT_SOURCES = {"SQS", "DynamoDB"}
# Actions that change a table. Who only answers a question has none of them.
WRITES = {"dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}


@pytest.fixture(scope="session")
def template() -> Template:
    return build_template()


def of_type(template: Template, kind: str) -> dict[str, dict[str, Any]]:
    """Properties by logical id."""
    found = {
        name: resource["Properties"] for name, resource in template["Resources"].items() if resource["Type"] == kind
    }
    assert found, f"the template has no {kind}"
    return found


def functions(template: Template) -> dict[str, dict[str, Any]]:
    return of_type(template, "AWS::Serverless::Function")


def events(template: Template) -> dict[str, dict[str, Any]]:
    """Event sources by function."""
    return {
        name: event
        for name, function in functions(template).items()
        for event in function.get("Events", {}).values()
        if event["Type"] in EVENT_SOURCES
    }


def statements(template: Template, function: str) -> list[dict[str, Any]]:
    role = functions(template)[function]["Role"]["Fn::GetAtt"][0]
    assert role == {"APIHandler": "ApiHandlerRole"}.get(function, f"{function}Role"), (
        f"{function} has a role of its own"
    )
    policies = template["Resources"][role]["Properties"]["Policies"]
    assert len(policies) == 1
    found: list[dict[str, Any]] = policies[0]["PolicyDocument"]["Statement"]
    return found


def allowed(template: Template, function: str, service: str) -> list[tuple[str, str]]:
    """Pairs of action and resource."""
    return [
        (action, json.dumps(resource))
        for statement in statements(template, function)
        if statement["Effect"] == "Allow"
        for action in statement["Action"]
        for resource in statement["Resource"]
        if action.startswith(f"{service}:")
    ]


def name_of_node(node: ast.stmt) -> str | None:
    """The name that a function, a class or a value has in its module."""
    if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
        return node.targets[0].id
    return getattr(node, "name", None)


@cache
def house() -> House:
    return House(ROOT)


@cache
def tree(module: str) -> ast.Module:
    return ast.parse(house().modules[module].read_text(encoding="utf-8"))


@cache
def names(module: str) -> dict[str, str]:
    """The meaning of a name in the module: the full name of a function, a class, a value or a module."""
    own = {name: f"{module}.{name}" for each in tree(module).body if (name := name_of_node(each))}
    imported = {}
    for each in ast.walk(tree(module)):
        if isinstance(each, ast.ImportFrom) and each.module and each.module.startswith("chalicelib"):
            for alias in each.names:
                _, name, home = house()._found(each.module, alias.name)
                imported[alias.asname or alias.name] = f"{home}.{name}" if name else home
    return own | imported


def meant(module: str, text: str) -> str:
    first, _, rest = text.partition(".")
    place = names(module).get(first, "")
    return names(place).get(rest, f"{place}.{rest}") if rest and place in house().modules else "" if rest else place


class Code(NamedTuple):
    """Code of a function, class or value: the names of others in it, its texts, and the queues whose address it asks for."""

    uses: set[str]
    texts: set[str]
    queues: set[str]


@cache
def code_of(place: str) -> Code:
    """By its full name, without its decorators, which grant the rights; empty for what is not of the house."""
    module, _, name = place.rpartition(".")
    found = Code(set(), set(), set())
    for node in tree(module).body if module in house().modules else ():
        granted = {id(part) for each in getattr(node, "decorator_list", ()) for part in ast.walk(each)}
        for part in ast.walk(node) if name_of_node(node) == name else ():
            if id(part) in granted:
                continue
            if isinstance(part, ast.Name | ast.Attribute):
                found.uses.add(meant(module, ast.unparse(part)))
            if isinstance(part, ast.Constant) and isinstance(part.value, str):
                found.texts.add(part.value)
            if isinstance(part, ast.Call) and ast.unparse(part.func) == "queue_url":
                found.queues.update(each.value for each in part.args if isinstance(each, ast.Constant))
    return found


def reached(begins: Iterable[str]) -> list[Code]:
    """These functions, and whatever they name, by what names stand for in their modules."""
    seen, waiting = set(begins), list(begins)
    while waiting:
        further = code_of(waiting.pop()).uses - seen
        seen |= further
        waiting += further
    return [code_of(each) for each in seen]


def begins_of(function: Function) -> set[str]:
    """The functions of the house that a deployed one calls by its declaration; who tells consumers calls them all."""
    job = "platform.delivery.stream:deliver" if function.starts == "stream" else function.job
    begins = {f"chalicelib.{job.replace(':', '.')}"}
    if function.starts == "http":
        begins = {f"{route.handler.__module__}.{route.handler.__name__}" for route in ROUTES}
    for lane in get_args(Lane):
        if lane in DELIVERING.get(function.name, ()) or app.functions.readers.get(function.name) == lane:
            consumers = (each for found in subscriptions(lane).values() for each in found)
            begins |= {f"chalicelib.{name_of(each).replace(':', '.')}" for each in consumers}
    return begins


def number(template: Template, value: Any) -> int:
    """A property that may be a parameter."""
    return int(template["Parameters"][value["Ref"]]["Default"] if isinstance(value, dict) else value)


# --- events are not lost ------------------------------------------------------------------------------------------------


def test_a_returned_failure_is_understood_as_one(template: Template) -> None:
    assert set(events(template)) == {
        logical(each.name) for each in DECLARED.values() if each.starts == "stream" or isinstance(each.starts, Queue)
    }
    for function, event in events(template).items():
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"], function


@pytest.mark.parametrize(
    ("function", "table"), [("DeliverEvents", subscriptions("facts")), ("WriteLetters", subscriptions("messages"))]
)
def test_the_stream_tells_events_apart_and_gives_up_only_what_cannot_be_done(
    template: Template, function: str, table: Subscriptions
) -> None:
    stream = events(template)[function]["Properties"]
    assert stream["Stream"] == {"Fn::GetAtt": ["Table", "StreamArn"]}
    assert stream["StartingPosition"] == "TRIM_HORIZON"
    assert stream["BisectBatchOnFunctionError"] is True
    assert stream["MaximumRetryAttempts"] > 0
    assert stream["DestinationConfig"]["OnFailure"]["Destination"] == {"Fn::GetAtt": ["EventsDeadLetters", "Arn"]}
    (pattern,) = [json.loads(each["Pattern"]) for each in stream["FilterCriteria"]["Filters"]]
    assert pattern == {"eventName": ["INSERT"], "dynamodb": {"NewImage": {"event": {"S": list(table)}}}}


def test_the_page_about_costs_counts_the_alarms_and_the_queues_that_are_polled(template: Template) -> None:
    page = (ROOT / "infra" / "docs" / "costs.md").read_text(encoding="utf-8")
    alarms = len(of_type(template, "AWS::CloudWatch::Alarm"))
    events = (event for each in functions(template).values() for event in each.get("Events", {}).values())
    polled = sum(event["Type"] == "SQS" for event in events)
    assert f"{alarms} alarms × 0.10" in page
    assert f"idle polling of {polled} queues" in page


def test_every_queue_has_dead_letters_that_are_kept_and_an_alarm_for_them(template: Template) -> None:
    queues = of_type(template, "AWS::SQS::Queue")
    dead = {name for name in queues if name.endswith("DeadLetters")}
    for name in queues.keys() - dead:
        redrive = queues[name]["RedrivePolicy"]
        assert redrive["deadLetterTargetArn"]["Fn::GetAtt"][0] in dead, name
    alarmed = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible"
    }
    assert alarmed == dead
    assert {queues[name]["MessageRetentionPeriod"] for name in dead} == {14 * 24 * 3600}


def test_what_no_queue_starts_leaves_its_failures_somewhere(template: Template) -> None:
    started_directly = [
        logical(each.name) for each in DECLARED.values() if each.starts == "event" or isinstance(each.starts, Schedule)
    ]
    assert {"SplitImport", "NightlyTiers"} <= set(started_directly)
    for name in started_directly:
        target = functions(template)[name]["EventInvokeConfig"]["DestinationConfig"]["OnFailure"]["Destination"]
        assert target["Fn::GetAtt"][0] in of_type(template, "AWS::SQS::Queue")
        assert any(target["Fn::GetAtt"][0] in resource for _, resource in allowed(template, name, "sqs"))


def test_a_message_stays_hidden_until_its_worker_has_surely_ended(template: Template) -> None:
    for name, event in events(template).items():
        if event["Type"] == "SQS":
            queue = event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")
            visibility = number(template, of_type(template, "AWS::SQS::Queue")[queue]["VisibilityTimeout"])
            window = event["Properties"]["MaximumBatchingWindowInSeconds"]
            assert visibility >= 6 * functions(template)[name]["Timeout"] + window, name


def test_every_function_tells_when_it_fails(template: Template) -> None:
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()
    watched = {alarm["Dimensions"][0]["Value"]["Ref"] for alarm in alarms if alarm["MetricName"] == "Errors"}
    assert watched == set(functions(template))
    assert {"5XXError", "Throttles", "IteratorAge"} <= {alarm["MetricName"] for alarm in alarms}
    assert all(alarm["AlarmActions"] == [{"Ref": "Alarms"}] for alarm in alarms)


# How long a schedule may be silent, in seconds: a night for longer than the longest day, what ticks for several ticks.
SILENCE = {
    logical(each.name): (4 * 15 * 60, 4 * 3600)
    if each.starts.expression in ("rate(15 minutes)", "cron(0/15 * * * ? *)")
    else (25 * 3600, 7 * 86400)
    for each in DECLARED.values()
    if isinstance(each.starts, Schedule)
}


def test_a_schedule_that_does_not_start_is_told(template: Template) -> None:
    """A function that is never started leaves no error: only the count of its starts says so."""
    started = {
        name: event["Properties"]
        for name, function in functions(template).items()
        for event in function.get("Events", {}).values()
        if event["Type"] == "ScheduleV2"
    }
    assert set(started) == set(SILENCE)
    watched = {
        alarm["Dimensions"][0]["Value"]["Ref"]: alarm
        for alarm in of_type(template, "AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "Invocations"
    }
    assert set(watched) == set(started)
    for name, alarm in watched.items():
        assert started[name]["ScheduleExpressionTimezone"] == {"Ref": "TimeZone"}
        assert alarm["TreatMissingData"] == "breaching"
        assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("LessThanThreshold", 1)
        shortest, longest = SILENCE[name]
        assert shortest < alarm["Period"] * alarm["EvaluationPeriods"] <= longest, name


def test_a_book_that_does_not_balance_is_told(template: Template) -> None:
    every = of_type(template, "AWS::Logs::MetricFilter").values()
    filters = [each for each in every if "bonus mismatch" in each["FilterPattern"]]
    assert [each["LogGroupName"]["Ref"] for each in filters] == ["DecideBonusesLogs", "AuditBonusesLogs"]
    assert {each["FilterPattern"] for each in filters} == {'{ $.message = "bonus mismatch" }'}
    (metric, same) = [metric for each in filters for metric in each["MetricTransformations"]]
    assert metric == same
    alarms = of_type(template, "AWS::CloudWatch::Alarm").values()
    (alarm,) = [each for each in alarms if each["MetricName"] == metric["MetricName"]]
    assert alarm["Namespace"] == metric["MetricNamespace"]


def test_every_function_writes_to_a_log_that_ends(template: Template) -> None:
    groups = of_type(template, "AWS::Logs::LogGroup")
    for name, function in functions(template).items():
        group = function["LoggingConfig"]["LogGroup"]["Ref"]
        assert group == f"{name}Logs"
        assert number(template, groups[group]["RetentionInDays"]) > 0


def own_queues_filled(template: Template) -> set[str]:
    """Functions that may send to the queue that starts them."""
    found = set()
    for name, event in events(template).items():
        if event["Type"] == "SQS":
            queue = event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}")
            sends_to = {resource for action, resource in allowed(template, name, "sqs") if action == "sqs:SendMessage"}
            if json.dumps({"Fn::GetAtt": [queue, "Arn"]}) in sends_to:
                found.add(name)
    return found


def test_who_may_send_to_its_own_queue_may_do_so_more_than_16_times_and_nobody_else(template: Template) -> None:
    """Lambda stops a function that is started by its own message for about the 16th time, unless it is allowed."""
    allowing = {name: each["RecursiveLoop"] for name, each in functions(template).items() if "RecursiveLoop" in each}
    assert allowing == dict.fromkeys(own_queues_filled(template), "Allow")
    assert {"DeliverWebhooks", "DecideTiers"} <= set(allowing)
    reasons = {logical(each.name): each.starts.loop for each in DECLARED.values() if isinstance(each.starts, Queue)}
    assert {name for name, reason in reasons.items() if len(reason.split()) > 5} == set(allowing)


def test_queues_make_no_circle_of_several_functions(template: Template) -> None:
    """Lambda would stop that too, and no function alone could say what ends it."""
    starts = {
        event["Properties"]["Queue"]["Fn::Sub"].removeprefix("${").removesuffix(".Arn}"): name
        for name, event in events(template).items()
        if event["Type"] == "SQS"
    }
    follows: dict[str, set[str]] = {}
    for name in functions(template):
        for _, resource in allowed(template, name, "sqs"):
            queue = json.loads(resource)["Fn::GetAtt"][0]
            if queue in starts and starts[queue] != name:
                follows.setdefault(name, set()).add(starts[queue])
    TopologicalSorter(follows).prepare()


def test_nothing_but_queues_the_stream_the_clock_and_an_upload_starts_a_function(template: Template) -> None:
    """Of these Lambda follows queues, and files: no function writes one that is named as what a client uploads."""
    kinds = {
        event["Type"] for function in functions(template).values() for event in function.get("Events", {}).values()
    }
    callers = {each["Principal"] for each in of_type(template, "AWS::Lambda::Permission").values()}
    topics = {each["Protocol"] for each in of_type(template, "AWS::SNS::Subscription").values()}
    assert kinds == {*EVENT_SOURCES, "ScheduleV2"}
    assert callers == {"apigateway.amazonaws.com", "cognito-idp.amazonaws.com", "s3.amazonaws.com"}
    assert topics == {"sqs", "email"}
    [told] = [each["NotificationConfiguration"] for each in of_type(template, "AWS::S3::Bucket").values()]
    [started] = told["LambdaConfigurations"]
    rules = {each["Name"]: each["Value"] for each in started["Filter"]["S3Key"]["Rules"]}
    assert (list(told), rules) == (["LambdaConfigurations"], {"prefix": "imports/", "suffix": "/upload"})


def test_a_given_up_message_is_told_with_what_can_be_done_about_it(template: Template) -> None:
    """Only what came from a queue can go back to one: a run without a queue, and records of the stream, are begun again."""
    alarms = of_type(template, "AWS::CloudWatch::Alarm")
    redriven = {
        each["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for each in of_type(template, "AWS::SQS::Queue").values()
        if "RedrivePolicy" in each
    }
    for name, alarm in alarms.items():
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible" and name.removesuffix("Alarm") not in redriven:
            assert "back to its queue" not in alarm["AlarmDescription"], name
            assert "requestPayload" in alarm["AlarmDescription"] or "redeliver" in alarm["AlarmDescription"], name


def test_the_parts_of_the_largest_file_fit_on_the_disk(template: Template) -> None:
    disk = functions(template)["SplitImport"].get("EphemeralStorage", {"Size": 512})["Size"]
    assert disk * 1024 * 1024 > 1.2 * read_config(ROOT / "chalicelib" / "club.toml")[Imports].most_bytes


# --- nobody may more than their work needs ------------------------------------------------------------------------------


def test_no_policy_has_a_star(template: Template) -> None:
    for function in functions(template):
        for statement in statements(template, function):
            assert not any("*" in action for action in statement["Action"]), function
            # An action on the account as a whole names no resource.
            account = statement["Action"] in (["ses:DeleteSuppressedDestination"], ["ses:GetAccount"])
            assert account or "*" not in statement["Resource"], function


def test_policies_fit_into_their_roles(template: Template) -> None:
    """The policies of a role hold 10,240 characters together, without spaces."""

    def filled(part: Any) -> Any:
        """With every reference as long as the longest ARN of the stack: the function names are 64 characters at most."""
        if isinstance(part, list):
            return [filled(each) for each in part]
        if not isinstance(part, dict):
            return part
        if len(part) == 1 and next(iter(part)).startswith(("Ref", "Fn::")):
            return "x" * 130
        return {name: filled(value) for name, value in part.items()}

    weights = {
        name: len(json.dumps(filled([each["PolicyDocument"] for each in role["Policies"]]), separators=(",", ":")))
        for name, role in of_type(template, "AWS::IAM::Role").items()
        if "Policies" in role
    }
    assert len(weights) > 20
    assert {name for name, weight in weights.items() if weight > 10_240} == set(), weights


def test_what_is_written_in_the_ledger_is_never_changed_or_deleted(template: Template) -> None:
    """Not even by a mistake in the code: who may write to the table is denied both, in the ledgers' partitions."""
    writers = {
        name
        for name in functions(template)
        for statement in statements(template, name)
        if WRITES & set(statement["Action"]) and statement["Effect"] == "Allow" and "Condition" not in statement
    }
    assert "APIHandler" in writers
    ledgers = CREATED_ONLY
    for name in functions(template):
        denials = [statement for statement in statements(template, name) if statement["Effect"] != "Allow"]
        if name not in writers:
            assert not denials, name
            continue
        (denial,) = denials
        assert denial["Effect"] == "Deny", name
        assert denial["Condition"] == {"ForAnyValue:StringLike": {"dynamodb:LeadingKeys": [f"{ledgers}*"]}}, name
        assert denial["Resource"] == [{"Fn::GetAtt": ["Table", "Arn"]}], name
        assert set(denial["Action"]) >= {"dynamodb:UpdateItem", "dynamodb:DeleteItem", "dynamodb:BatchWriteItem"}, name
        assert "dynamodb:PutItem" not in denial["Action"], "postings are created"


@pytest.mark.parametrize(
    ("service", "who"),
    [
        (
            "ses",
            {"SendLetters", "SendCodes", "SendCampaigns", "APIHandler"},
        ),  # the API only takes addresses off the list of those that bounced
        ("cognito-idp", {"APIHandler"}),
        (
            "s3",
            {
                "APIHandler",
                "SplitImport",
                "WriteImports",
                "SimulateTiers",
                "CountBestSellers",
                "HandOverCompanies",
                "RebuildRollups",
                "ExportTables",
                "FoldClub",
                "DecideRhythm",
                "RefreshDatasets",
                "AnswerQueries",
            },
        ),
        ("athena", {"RefreshDatasets", "AnswerQueries"}),
        ("glue", {"RefreshDatasets", "AnswerQueries"}),
        # It keys the hashes of addresses, by which contacts are counted and an erasure finds them.
        (
            "secretsmanager",
            {
                *("APIHandler", "VerifyAuth", "SendLetters", "SendCodes", "SendCampaigns", "CountAudience"),
                *("DeliverEvents", "DeliverBulk", "RedeliverEvents", "ListCallsOf"),
            },
        ),
    ],
)
def test_a_service_is_open_only_to_whom_it_serves(template: Template, service: str, who: set[str]) -> None:
    assert {name for name in functions(template) if allowed(template, name, service)} == who


def test_a_letter_goes_to_anybody_and_comes_from_us_alone(template: Template) -> None:
    """SES asks the policy about every identity of a letter that it knows, the recipient's too: in its sandbox that is each of them."""
    (sending,) = [each for each in statements(template, "SendLetters") if each["Action"] == ["ses:SendEmail"]]
    identities, configuration = (each["Fn::Sub"].rpartition(":")[2] for each in sending["Resource"])
    assert (identities, configuration) == ("identity/*", "configuration-set/${MailConfiguration}")
    (senders,) = sending["Condition"]["StringLike"].values()
    assert list(sending["Condition"]["StringLike"]) == ["ses:FromAddress"]
    assert [each["Fn::Sub"] for each in senders] == ["${MailIdentity}", "*@${MailIdentity}", "*@*.${MailIdentity}"]


def test_letters_are_not_rewritten_to_be_watched(template: Template) -> None:
    for destination in of_type(template, "AWS::SES::ConfigurationSetEventDestination").values():
        _, watching, usual = destination["EventDestination"]["MatchingEventTypes"]["Fn::If"]
        assert "CLICK" not in watching and not {"OPEN", "CLICK"} & set(usual)


def test_the_mail_service_tells_all_that_the_club_notes_of_a_letter(template: Template) -> None:
    (destination,) = of_type(template, "AWS::SES::ConfigurationSetEventDestination").values()
    condition, *chosen = destination["EventDestination"]["MatchingEventTypes"]["Fn::If"]
    assert condition == "WatchesOpenings"
    watching, usual = ({each.replace("_", "").lower() for each in types} for types in chosen)
    assert usual == {each.lower() for each in transport.KINDS} - {"open", "click"}
    assert watching == usual | {"open"}


def test_every_right_in_the_user_pool_is_used(template: Template) -> None:
    code = ast.parse((ROOT / "chalicelib" / "auth" / "sessions.py").read_text(encoding="utf-8"))
    called = {
        node.func.attr
        for node in ast.walk(code)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and "_cognito" in ast.unparse(node.func)
    } - {"revoke_token"}  # of the client's, and asks for no right
    given = {action.partition(":")[2] for action, _ in allowed(template, "APIHandler", "cognito-idp")}
    assert given == {"".join(map(str.capitalize, name.split("_"))) for name in called}


def test_every_folder_of_files_that_somebody_may_use_is_used() -> None:
    unused = {}
    for function in DECLARED.values():
        if prefixes := {right.prefix for right in function.may if right.on == "files"}:
            texts = [text for code in reached(begins_of(function)) for text in code.texts]
            if rest := {prefix for prefix in prefixes if not any(text.startswith(prefix) for text in texts)}:
                unused[function.name] = rest
    assert unused == {}


def test_a_right_to_send_messages_is_used_by_whoever_has_it() -> None:
    unused = {}
    for function in DECLARED.values():
        granted = {*queues_filled_by(function)}
        if granted and (rest := granted.difference(*(code.queues for code in reached(begins_of(function))))):
            unused[function.name] = rest
    assert unused == {}


def test_who_only_answers_a_question_cannot_write(template: Template) -> None:
    for name in ("DefineAuth", "CreateAuth"):
        assert not WRITES & {action for action, _ in allowed(template, name, "dynamodb")}


@pytest.mark.parametrize(
    ("name", "own"),
    [("PreToken", "VISITS#*"), ("SimulateTiers", "SIMULATION#*"), ("CountBestSellers", "BESTSELLERS#*")],
)
def test_what_only_counts_writes_nothing_but_its_own_items(template: Template, name: str, own: str) -> None:
    writing = [statement for statement in statements(template, name) if WRITES & {*statement["Action"]}]
    assert [statement["Condition"] for statement in writing] == [
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": [own]}}
    ]


def test_who_speaks_to_other_peoples_systems_writes_nothing_but_its_own_items(template: Template) -> None:
    writing = [statement for statement in statements(template, "DeliverWebhooks") if WRITES & {*statement["Action"]}]
    assert [statement["Condition"] for statement in writing] == [
        {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["WEBHOOK#*"]}}
    ]


def test_only_the_api_refers_to_the_user_pool(template: Template) -> None:
    """The pool refers to its triggers: a circle cannot be deployed."""
    for name, function in functions(template).items():
        assert ("UserPool" in json.dumps([function, statements(template, name)])) == (name == "APIHandler")


# --- functions are what app.py says -------------------------------------------------------------------------------------


def test_every_handler_imports_in_a_fresh_process(template: Template) -> None:
    handlers = sorted({function["Handler"].rpartition(".") for function in functions(template).values()})
    assert len(handlers) == len(functions(template))
    asked = "; ".join(f"import {module}; assert callable({module}.{name})" for module, _, name in handlers)
    for module in {module for module, _, _ in handlers}:
        subprocess.run([sys.executable, "-c", f"import {module}"], cwd=ROOT, check=True)
    subprocess.run([sys.executable, "-c", asked], cwd=ROOT, check=True)


def test_functions_are_told_only_what_the_settings_know(template: Template) -> None:
    told = {
        name
        for function in functions(template).values()
        for name in function.get("Environment", {}).get("Variables", {})
    }
    told |= set(template["Globals"]["Function"]["Environment"]["Variables"])
    queues = [each.starts.name for each in DECLARED.values() if isinstance(each.starts, Queue)]
    assert {name for name in told if not name.endswith("_QUEUE_URL")} == {name.upper() for name in Settings._fields}
    assert {name for name in told if name.endswith("_QUEUE_URL")} <= {queue_variable(queue) for queue in queues}


def test_the_configuration_has_no_key_that_chalice_ignores() -> None:
    known = {name for name in dir(Config) if isinstance(getattr(Config, name), property)}
    config = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))
    assert set(config) <= known | {"version", "stages"}
    for stage in config["stages"].values():
        assert set(stage) <= known | {"lambda_functions"}
        for settings in stage["lambda_functions"].values():
            assert set(settings) <= known


def test_every_function_has_settings_and_a_policy_file_of_its_own(template: Template) -> None:
    (stage,) = json.loads((ROOT / ".chalice" / "config.json").read_text(encoding="utf-8"))["stages"].values()
    configured = {"".join(map(str.capitalize, name.split("_"))) for name in stage["lambda_functions"]}
    assert configured == set(functions(template)) - {"APIHandler"} | {"ApiHandler"}
    files = [settings["iam_policy_file"] for settings in stage["lambda_functions"].values()]
    assert sorted(files) == sorted(path.name for path in (ROOT / ".chalice").glob("policy-*.json"))


# --- data ---------------------------------------------------------------------------------------------------------------


def test_what_cannot_be_made_again_survives_the_stack(template: Template) -> None:
    for name, policy in (
        ("Table", "Retain"),
        ("UserPool", "Retain"),
        # What has a name of its own: left over from a first deployment that failed, it would be in the way of the next one.
        ("FilesBucket", "RetainExceptOnCreate"),
        ("MailIdentityRecord", "RetainExceptOnCreate"),
    ):
        resource = template["Resources"][name]
        assert (resource["DeletionPolicy"], resource["UpdateReplacePolicy"]) == (policy, "Retain")


def test_the_bucket_has_one_name_wherever_it_is_named_and_another_in_each_region(template: Template) -> None:
    name = of_type(template, "AWS::S3::Bucket")["FilesBucket"]["BucketName"]["Fn::Sub"]
    for part in ("${AWS::StackName}", "${AWS::AccountId}", "${AWS::Region}"):
        assert part in name
    assert len(
        name.replace("${AWS::StackName}", "").replace("${AWS::AccountId}", 12 * "1").replace("${AWS::Region}", 14 * "r")
    ) < 63 - len("partner-club")
    named = re.findall(r"\${AWS::StackName}-files[^/\"]*", json.dumps(template))
    assert set(named) == {name}


def test_the_records_that_prove_the_domain_are_told(template: Template) -> None:
    for number_of in "123":
        for kind in ("Name", "Value"):
            output = template["Outputs"][f"Dkim{kind}{number_of}"]
            assert output["Condition"] == "MakesMailIdentity"
            assert output["Value"] == {"Fn::GetAtt": ["MailIdentityRecord", f"DkimDNSToken{kind}{number_of}"]}


def test_the_table_is_as_the_design_says(template: Template) -> None:
    table = of_type(template, "AWS::DynamoDB::Table")["Table"]
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"] is True
    assert table["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
    assert table["StreamSpecification"] == {"StreamViewType": "NEW_AND_OLD_IMAGES"}
    assert table["TimeToLiveSpecification"] == {"AttributeName": "expires_at", "Enabled": True}
    assert [index["IndexName"] for index in table["GlobalSecondaryIndexes"]] == ["gsi1", "gsi2"]


def test_nobody_reads_the_files_without_being_asked_in(template: Template) -> None:
    bucket = of_type(template, "AWS::S3::Bucket")["FilesBucket"]
    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert bucket["BucketEncryption"]
    (notified,) = bucket["NotificationConfiguration"]["LambdaConfigurations"]
    assert notified["Function"] == {"Fn::GetAtt": ["SplitImport", "Arn"]}
    rules = {rule["Name"]: rule["Value"] for rule in notified["Filter"]["S3Key"]["Rules"]}
    assert rules == {"prefix": "imports/", "suffix": "/upload"}


# --- the gateway --------------------------------------------------------------------------------------------------------


def test_the_gateway_answers_as_the_code_does(template: Template) -> None:
    responses = of_type(template, "AWS::Serverless::Api")["RestAPI"]["GatewayResponses"]
    assert {"DEFAULT_4XX", "DEFAULT_5XX", "UNAUTHORIZED", "MISSING_AUTHENTICATION_TOKEN", "THROTTLED"} <= set(responses)
    for kind, response in responses.items():
        headers = response["ResponseParameters"]["Headers"]
        assert headers["Content-Type"] == f"'{CONTENT_TYPE}'"
        assert headers["Access-Control-Allow-Origin"] == "'*'"
        body = json.loads(response["ResponseTemplates"]["application/json"])
        told = KINDS[body["code"]]
        if detail := body.pop("detail", ""):
            russian, _, english = detail.partition(" / ")
            assert in_russian(english) == russian
        assert body == {
            "type": f"urn:partner-club:problem:{body['code']}",
            "title": f"{told.title_ru} / {told.title}",  # the gateway cannot ask for the reader's language
            "status": told.status,
            "code": body["code"],
            "request_id": "$context.requestId",
        }, kind
        assert response["StatusCode"] == body["status"], kind


def test_no_metrics_are_paid_for_that_nothing_reads(template: Template) -> None:
    """Of each of some 200 methods; the alarm on 5xx reads those of the whole API, which cost nothing."""
    (settings,) = of_type(template, "AWS::Serverless::Api")["RestAPI"]["MethodSettings"]
    assert not settings.get("MetricsEnabled")


def test_a_machine_can_be_given_only_scopes_that_exist(template: Template) -> None:
    server = of_type(template, "AWS::Cognito::UserPoolResourceServer")["ResourceServer"]
    assert server["Identifier"] == RESOURCE_SERVER
    offered = {scope["ScopeName"]: scope["ScopeDescription"] for scope in server["Scopes"]}
    assert offered.pop("api")
    assert offered.items() <= SCOPES.items()


def gateway(template: Template) -> dict[str, dict[str, Any]]:
    """The gateway's operations by path and method."""
    importlib.import_module("app")
    paths: dict[str, dict[str, Any]] = of_type(template, "AWS::Serverless::Api")["RestAPI"]["DefinitionBody"]["paths"]
    return paths


def test_the_gateway_asks_for_a_token_wherever_a_route_names_a_scope(template: Template) -> None:
    paths = gateway(template)
    for route in ROUTES:
        greedy = "/".join(route.path.split("/")[:3]) + f"/{GREEDY}"
        assert (route.path in paths) != (greedy in paths and route.path.count("/") > 2), route.path
        operation = paths.get(route.path, paths.get(greedy, {}))[route.method.lower()]
        assert operation.get("security", []) == ([{"members": [BASE_SCOPE]}] if route.scope else []), route.path


def test_the_gateway_answers_nothing_that_no_route_answers(template: Template) -> None:
    known = {(route.method, route.path) for route in ROUTES}
    for path, operations in gateway(template).items():
        for method in operations.keys() - {"options", "head"}:
            assert (method.upper(), path) in known or path.endswith(GREEDY), (method, path)


def test_what_can_be_got_can_be_asked_for_its_headers(template: Template) -> None:
    for path, operations in gateway(template).items():
        assert ("head" in operations) == ("get" in operations), path


def test_the_gateway_has_room_for_three_times_as_many_resources(template: Template) -> None:
    """It takes 300; each part of each path is one."""
    parts = [path.split("/") for path in gateway(template)]
    assert len({tuple(each[:length]) for each in parts for length in range(1, len(each) + 1)}) < 100


def test_answers_of_more_than_a_packet_go_out_packed(template: Template) -> None:
    assert of_type(template, "AWS::Serverless::Api")["RestAPI"]["MinimumCompressionSize"] == 1024


def test_cloudformation_would_take_it(template: Template, tmp_path: Path) -> None:
    file = tmp_path / "template.json"
    file.write_text(json.dumps(template), encoding="utf-8")
    lint = [sys.executable, "-c", "from cfnlint.runner import main; main()"]
    checked = subprocess.run(
        [*lint, "--regions", "us-east-1", "eu-central-1", "--", str(file)], capture_output=True, text=True
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_it_fits_what_cloudformation_takes(template: Template) -> None:
    """As `aws cloudformation package` writes it: as YAML, half as long again as ours."""
    assert len(yaml.safe_dump(template)) < 1_000_000


def test_what_a_function_is_told_fits_into_its_variables_and_its_filter(template: Template) -> None:
    """4 KB of variables, where the address of a queue has 135 letters at most, and 4,096 of a filter."""
    for name, function in functions(template).items():
        told = {**template["Globals"]["Function"]["Environment"], **function.get("Environment", {})}["Variables"]
        assert sum(len(each) + 135 for each in told) < 4096, name
    sources = (each["Properties"] for each in events(template).values())
    filters = [each for source in sources for each in source.get("FilterCriteria", {}).get("Filters", [])]
    assert len(filters) == 2 and all(len(each["Pattern"]) <= 4096 for each in filters)


def test_two_stacks_can_live_in_one_account(template: Template) -> None:
    """A resource with a name of its own has the stack's name in it, or a parameter."""
    named = {"BucketName", "Domain", "FunctionName", "LogGroupName", "QueueName", "RoleName", "TableName", "TopicName"}
    for name, resource in template["Resources"].items():
        for key in named & set(resource.get("Properties", {})):
            assert isinstance(resource["Properties"][key], dict), f"{name}.{key}"
    for name in SILENCE:
        (schedule,) = functions(template)[name]["Events"].values()
        assert "StackName" in json.dumps(schedule["Properties"]["Name"])


def test_a_new_account_of_few_functions_at_a_time_gives_each_queue_as_few_as_lambda_takes(template: Template) -> None:
    assert template["Conditions"]["SmallAccount"] == {"Fn::Equals": [{"Ref": "Workers"}, "few"]}
    sources = events(template).values()
    queues = [each["Properties"]["ScalingConfig"] for each in sources if each["Type"] == "SQS"]
    assert len(queues) > 10
    together = 0
    for scaling in queues:
        condition, few, many = scaling["MaximumConcurrency"]["Fn::If"]
        assert (condition, few) == ("SmallAccount", 2) and many >= few
        together += many
    streams = [each["Properties"]["ParallelizationFactor"] for each in sources if each["Type"] == "DynamoDB"]
    assert streams == [{"Fn::If": ["SmallAccount", 1, 10]}] * 2  # a shard's workers
    assert together + 2 * 10 + 50 <= FUNCTIONS_AT_ONCE, "all that works behind leaves fifty functions to the API"


def test_the_api_answers_before_the_gateway_gives_up(template: Template) -> None:
    """After 29 seconds."""
    assert functions(template)["APIHandler"]["Timeout"] < 29
