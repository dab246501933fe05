"""What the owner does by command.

    python -m infra.admin add-staff --table NAME --name "Full Name" --email name@example.com [--role admin]
    python -m infra.admin index-catalogue --table NAME

The first one must be done before anybody can sign in: that person then signs in with their email and appoints the others
(`POST /v1/staff/people`). The second one makes the catalogue's index anew, once after an update from a version that had none. Both may be
repeated. They use the AWS credentials and region of the shell.
"""

import argparse
import sys

import boto3
from pydantic import ValidationError

from chalicelib.catalog import index
from chalicelib.members.schemas import StaffForm
from chalicelib.members.service import appoint_staff
from chalicelib.platform import clock
from chalicelib.platform.problems import Problem
from chalicelib.platform.work import Work
from chalicelib.table import Table


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m infra.admin")
    commands = parser.add_subparsers(required=True)
    add = commands.add_parser("add-staff", help="make a person one of the staff")
    add.add_argument("--table", required=True, help="the stack's output TableName")
    add.add_argument("--name", required=True)
    add.add_argument("--email", required=True)
    add.add_argument("--role", default="admin", choices=["manager", "marketing", "operations", "admin"])
    add.set_defaults(run=_add_staff)
    again = commands.add_parser("index-catalogue", help="make the index anew by which products are found")
    again.add_argument("--table", required=True, help="the stack's output TableName")
    again.set_defaults(run=_index_catalogue)
    given = parser.parse_args(arguments)
    return int(given.run(Work(table=Table(boto3.client("dynamodb"), given.table), now=clock.now()), given))


def _add_staff(work: Work, given: argparse.Namespace) -> int:
    try:
        person = appoint_staff(work, StaffForm(name=given.name, email=given.email, role=given.role))
    except ValidationError as error:
        for found in error.errors(include_url=False):
            print(f"--{found['loc'][0]}: {found['msg']}", file=sys.stderr)
        return 2
    except Problem as problem:
        print(problem.detail or problem.code, file=sys.stderr)
        return 1
    print(f"{person.name} <{person.email}> is on the staff as {person.role} and can sign in with that email.")
    return 0


def _index_catalogue(work: Work, given: argparse.Namespace) -> int:
    print(f"{index.rebuild(work)} products can be found.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
