"""Commands of the club's owner.

    python -m infra.admin add-staff --table NAME --name "Full Name" --email name@example.com [--role admin]
    python -m infra.admin add-machine --pool ID --name "1C" --scope machine.payments [--scope staff.imports.write]
    python -m infra.admin disable-machine --table NAME --pool ID --client ID
    python -m infra.admin redeliver --table NAME --queue URL --event sale.recorded --since 2026-11-28T09:00:00Z [--consumer NAME]
    python -m infra.admin redeliver --table NAME --queue URL --pk KEY --sk KEY [--consumer NAME]
    python -m infra.admin redeliver --queue URL --dead-letters URL

`add-staff` comes before anybody can sign in: that person signs in with their email and appoints the others (`POST /v1/staff/people`).
`add-machine` makes a client for a machine and prints its secret; `disable-machine` refuses its
further writes at once, whatever token it holds, and deletes the client. `redeliver` delivers events again: all of a kind since a moment, one by
its key, or the dead letters. All may be repeated. They use the AWS credentials and region of the shell.
"""

import argparse
import sys
from contextlib import suppress

import boto3
from pydantic import ValidationError

from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform import clock
from chalicelib.platform.access.scopes import BASE_SCOPE, MACHINE_SCOPES, RESOURCE_SERVER, STAFF_ROLES
from chalicelib.platform.access.store import disable_client
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from chalicelib.table.client import Table
from chalicelib.table.key import Key
from infra import redelivery


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.admin")
    commands = parser.add_subparsers(required=True)
    add = commands.add_parser("add-staff", help="make a person one of the staff")
    add.add_argument("--table", required=True, help="the stack's output TableName")
    add.add_argument("--name", required=True)
    add.add_argument("--email", required=True)
    add.add_argument("--role", default="admin", choices=list(STAFF_ROLES))
    add.set_defaults(run=_add_staff)
    machine = commands.add_parser("add-machine", help="make a client for a machine: 1C, or a partner of the coalition")
    machine.add_argument("--pool", required=True, help="the stack's output UserPoolId")
    machine.add_argument("--name", required=True)
    machine.add_argument("--scope", required=True, action="append", choices=MACHINE_SCOPES, help="may be given again")
    machine.set_defaults(run=_add_machine)
    disable = commands.add_parser("disable-machine", help="refuse a machine's further writes, and delete its client")
    disable.add_argument("--table", required=True, help="the stack's output TableName")
    disable.add_argument("--pool", required=True, help="the stack's output UserPoolId")
    disable.add_argument("--client", required=True, help="the client_id that add-machine printed")
    disable.set_defaults(run=_disable_machine)
    once_more = commands.add_parser("redeliver", help="tell consumers once more of events")
    once_more.add_argument("--queue", required=True, help="the stack's output FailedEventsQueueUrl")
    once_more.add_argument("--table", help="the stack's output TableName")
    once_more.add_argument("--consumer", help="only this one, as its failure names it; otherwise all")
    once_more.add_argument("--event", help="all events of this name")
    once_more.add_argument("--since", type=clock.moment, help="from this moment on: 2026-11-28T09:00:00Z")
    once_more.add_argument("--pk", help="one event, by its key")
    once_more.add_argument("--sk")
    once_more.add_argument("--dead-letters", metavar="URL", help="the stack's output FailedEventsDeadLettersUrl")
    once_more.set_defaults(run=_redeliver)
    given = parser.parse_args(arguments)
    return int(given.run(given))


def _work(given: argparse.Namespace) -> Context:
    return Context(table=Table(boto3.client("dynamodb"), given.table), now=clock.now())


def _add_machine(given: argparse.Namespace) -> int:
    """Makes the client, or finds the one of this name, and prints how it gets its tokens."""
    cognito = boto3.client("cognito-idp")
    scopes = sorted({BASE_SCOPE, *(f"{RESOURCE_SERVER}/{scope}" for scope in given.scope)})
    pages = cognito.get_paginator("list_user_pool_clients").paginate(UserPoolId=given.pool)
    known = [each["ClientId"] for page in pages for each in page["UserPoolClients"] if each["ClientName"] == given.name]
    if known:
        client = cognito.describe_user_pool_client(UserPoolId=given.pool, ClientId=known[0])["UserPoolClient"]
    else:
        client = cognito.create_user_pool_client(
            UserPoolId=given.pool,
            ClientName=given.name,
            GenerateSecret=True,
            AllowedOAuthFlows=["client_credentials"],
            AllowedOAuthFlowsUserPoolClient=True,
            AllowedOAuthScopes=scopes,
            AccessTokenValidity=15,
            TokenValidityUnits={"AccessToken": "minutes"},
        )["UserPoolClient"]
    if sorted(client.get("AllowedOAuthScopes", [])) != scopes:
        print(f"--name: {given.name} is there already, with other scopes", file=sys.stderr)
        return 1
    print(f"client_id     {client['ClientId']}")
    print(f"client_secret {client['ClientSecret']}")
    print(f"scopes        {' '.join(scopes)}")
    print("It gets tokens from the stack's output TokenUrl, by grant_type=client_credentials.")
    print(
        f"A partner of the coalition is registered with its limits: PUT /v1/staff/machine-clients/{client['ClientId']}"
    )
    return 0


def _disable_machine(given: argparse.Namespace) -> int:
    """The mark comes first: it holds against tokens that the client has already. Safe to repeat."""
    disable_client(_work(given), given.client)
    cognito = boto3.client("cognito-idp")
    with suppress(cognito.exceptions.ResourceNotFoundException):
        cognito.delete_user_pool_client(UserPoolId=given.pool, ClientId=given.client)
    print(f"{given.client} writes nothing any more and gets no tokens.")
    return 0


def _add_staff(given: argparse.Namespace) -> int:
    try:
        person = appoint_staff(_work(given), StaffForm(name=given.name, email=given.email, role=given.role), by=None)
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
            sent = redelivery.dead_letters(given.queue, given.dead_letters)
        elif given.table and given.pk and given.sk:
            sent = redelivery.one(_work(given).table, given.queue, Key(given.pk, given.sk), given.consumer)
        elif given.table and given.event and given.since:
            since = clock.stamp(given.since)
            sent = redelivery.all_since(_work(given).table, given.queue, given.event, since, given.consumer)
        else:
            print(
                "Give --dead-letters, or --table with --pk and --sk, or --table with --event and --since.",
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
