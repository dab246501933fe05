"""Commands of the club's owner.

    python -m infra.admin add-staff --name "Full Name" --email name@example.com [--role admin] [--language en]
    python -m infra.admin add-machine --name "1C" --scope machine.payments [--scope staff.imports.write]
    python -m infra.admin add-machine --name "Svet Opt" --distributor ID --scope fulfilment.read --scope fulfilment.write
    python -m infra.admin disable-machine --client ID
    python -m infra.admin redeliver --event sale.recorded --since 2026-11-28T09:00:00Z [--consumer NAME]
    python -m infra.admin redeliver --pk KEY --sk KEY [--consumer NAME]
    python -m infra.admin redeliver --dead-letters URL

Each takes `--stack NAME`, by default partner-club, or `--local PORT` for the local cloud of `make demo`; what the stack's outputs say can be
given instead, as `--table`, `--pool` and `--queue`.
`add-staff` comes before anybody can sign in: that person signs in with their email and appoints the others (`POST /v1/staff/people`).
`add-machine` makes a client for a machine and prints its secret and how it gets a token; `disable-machine` refuses its
further requests at once, whatever token it holds, and deletes the client. `redeliver` delivers events again: all of a kind since a moment, one by
its key, or the dead letters. All may be repeated. They use the AWS credentials and region of the shell.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import boto3
from pydantic import ValidationError

from chalicelib import distributors
from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform import clock
from chalicelib.platform.access.scopes import BASE_SCOPE, MACHINE_SCOPES, RESOURCE_SERVER, STAFF_ROLES, roles_with
from chalicelib.platform.access.store import bind_client, disable_client
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from infra import redelivery
from infra.local.cloud import LOCAL_CREDENTIALS, STACK

_OUTPUTS = {"table": "TableName", "pool": "UserPoolId", "token_url": "TokenUrl", "queue": "FailedEventsQueueUrl"}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.admin")
    commands = parser.add_subparsers(required=True)
    add = commands.add_parser("add-staff", help="make a person one of the staff")
    add.add_argument("--name", required=True)
    add.add_argument("--email", required=True)
    add.add_argument("--role", default="admin", choices=list(STAFF_ROLES))
    add.add_argument("--language", choices=["ru", "en"], help="of the letters to them; by default the club's")
    add.set_defaults(run=_add_staff)
    machine = commands.add_parser("add-machine", help="make a client for a machine: 1C, or a partner of the coalition")
    machine.add_argument("--name", required=True)
    machine.add_argument("--distributor", metavar="ID", help="the distributor that it works for")
    machine.add_argument("--scope", required=True, action="append", choices=MACHINE_SCOPES, help="may be given again")
    machine.set_defaults(run=_add_machine)
    disable = commands.add_parser("disable-machine", help="refuse a machine's further requests, and delete its client")
    disable.add_argument("--client", required=True, help="the client_id that add-machine printed")
    disable.set_defaults(run=_disable_machine)
    once_more = commands.add_parser("redeliver", help="tell consumers once more of events")
    once_more.add_argument("--consumer", help="only this one, as its failure names it; otherwise all")
    once_more.add_argument("--event", help="all events of this name")
    once_more.add_argument("--since", type=clock.moment, help="from this moment on: 2026-11-28T09:00:00Z")
    once_more.add_argument("--pk", help="one event, by its key")
    once_more.add_argument("--sk")
    once_more.add_argument("--dead-letters", metavar="URL", help="the stack's output FailedEventsDeadLettersUrl")
    once_more.set_defaults(run=_redeliver)
    for command in (add, machine, disable, once_more):
        command.add_argument("--stack", default=STACK, help=f"its name in CloudFormation, by default {STACK}")
        command.add_argument("--local", type=int, metavar="PORT", help="the local cloud of make demo instead of AWS")
        for name, output in _OUTPUTS.items():
            command.add_argument(f"--{name.replace('_', '-')}", help=f"instead of the stack's output {output}")
    given = parser.parse_args(arguments)
    if given.local:
        os.environ |= {**LOCAL_CREDENTIALS, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{given.local}"}
    return int(given.run(given))


def _output(given: argparse.Namespace, name: str) -> str:
    """The value given by this name, or else the output of the stack."""
    if said := getattr(given, name):
        return str(said)
    described = boto3.client("cloudformation").describe_stacks(StackName=given.stack)["Stacks"][0]
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    return outputs[_OUTPUTS[name]]


def _work(given: argparse.Namespace) -> Context:
    return Context(table=Table(boto3.client("dynamodb"), _output(given, "table")), now=clock.now())


def _add_machine(given: argparse.Namespace) -> int:
    """Makes the client, or finds the one of this name, and prints how it gets its tokens."""
    works_for_distributor = any(roles_with("distributor", scope) for scope in given.scope)
    if works_for_distributor != bool(given.distributor):
        print(
            "--distributor: goes with the scopes fulfilment.read and fulfilment.write, and with no other",
            file=sys.stderr,
        )
        return 2
    if given.distributor and distributors.distributor(_work(given), given.distributor) is None:
        print(f"--distributor: there is no distributor {given.distributor}", file=sys.stderr)
        return 1
    client = client_of(boto3.client("cognito-idp"), _output(given, "pool"), given.name, given.scope)
    if client is None:
        print(f"--name: {given.name} is there already, with other scopes", file=sys.stderr)
        return 1
    if given.distributor:
        try:
            bind_client(_work(given), client["ClientId"], given.distributor)
        except Problem as problem:
            print(f"--name: {given.name} is there already. {problem.detail}", file=sys.stderr)
            return 1
    print(told(client, _output(given, "token_url")))
    if "machine.accruals" in given.scope:
        print(f"Its limits, as a partner of the coalition: PUT /v1/staff/machine-clients/{client['ClientId']}")
    return 0


def client_of(cognito: Any, pool: str, name: str, given: Sequence[str]) -> Mapping[str, Any] | None:
    """The client of this name, made if it is not there; None if it is there with other scopes."""
    scopes = sorted({BASE_SCOPE, *(f"{RESOURCE_SERVER}/{scope}" for scope in given)})
    pages = cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=pool)
    known = [each["ClientId"] for page in pages for each in page["UserPoolClients"] if each["ClientName"] == name]
    if known:
        found: Mapping[str, Any] = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=known[0])[
            "UserPoolClient"
        ]
        return found if sorted(found.get("AllowedOAuthScopes", [])) == scopes else None
    made: Mapping[str, Any] = cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName=name,
        GenerateSecret=True,
        AllowedOAuthFlows=["client_credentials"],
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthScopes=scopes,
        AccessTokenValidity=15,
        TokenValidityUnits={"AccessToken": "minutes"},
    )["UserPoolClient"]
    return made


def told(client: Mapping[str, Any], token_url: str) -> str:
    """A client's id and secret, and the request that gives it a token."""
    return f"""\
client_id     {client["ClientId"]}
client_secret {client["ClientSecret"]}
scopes        {" ".join(sorted(client["AllowedOAuthScopes"]))}
token         curl -s {token_url} -u {client["ClientId"]}:{client["ClientSecret"]} -d grant_type=client_credentials"""


def _disable_machine(given: argparse.Namespace) -> int:
    """The mark comes first: it holds against tokens that the client has already. Safe to repeat."""
    disable_client(_work(given), given.client)
    cognito = boto3.client("cognito-idp")
    with suppress(cognito.exceptions.ResourceNotFoundException):
        cognito.delete_user_pool_client(UserPoolId=_output(given, "pool"), ClientId=given.client)
    print(f"{given.client} may do nothing any more and gets no tokens.")
    return 0


def _add_staff(given: argparse.Namespace) -> int:
    try:
        form = StaffForm(name=given.name, email=given.email, role=given.role, language=given.language)
        person = appoint_staff(_work(given), form, by=None)
    except ValidationError as error:
        for found in error.errors(include_url=False):
            print(f"--{found['loc'][0]}: {found['msg']}", file=sys.stderr)
        return 2
    except Problem as problem:
        print(problem.detail or problem.code, file=sys.stderr)
        return 1
    print(f"{person.name} <{person.email}> is on the staff as {person.role} and can sign in with that email.")
    return 0


def _redeliver(given: argparse.Namespace) -> int:
    try:
        if given.dead_letters:
            sent = redelivery.dead_letters(_output(given, "queue"), given.dead_letters)
        elif given.pk and given.sk:
            sent = redelivery.one(_work(given).table, _output(given, "queue"), Key(given.pk, given.sk), given.consumer)
        elif given.event and given.since:
            since = clock.stamp(given.since)
            sent = redelivery.all_since(_work(given).table, _output(given, "queue"), given.event, since, given.consumer)
        else:
            print(
                "Give --dead-letters, or --pk and --sk, or --event and --since.",
                file=sys.stderr,
            )
            return 2
    except LookupError as nothing:
        print(nothing, file=sys.stderr)
        return 1
    print(f"{sent} deliveries are on their way.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
