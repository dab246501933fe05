"""The owner's command, on an account in memory."""

import boto3
import pytest

from chalicelib import members
from chalicelib.members import membership_key
from chalicelib.platform.access.principal import Principal
from chalicelib.platform.access.rights import guard_of
from chalicelib.platform.context import Context
from chalicelib.platform.http.problems import Problem
from infra.admin import main
from tests.support import partners
from tests.support.api import Api, Caller

ADD = ["add-staff", "--table", "club", "--name", "Alla Adminova", "--email", "Alla@Example.com"]


def test_the_first_of_the_staff_is_made_by_a_command_that_may_be_repeated(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    assert [main(ADD) for _ in range(2)] == [0, 0]
    member_id = members.owner_of(context, "alla@example.com")
    assert member_id is not None
    membership = context.table.get(membership_key(member_id)) or {}
    assert (membership["kind"], membership["role"], membership["status"]) == ("staff", "admin", "active")
    assert "can sign in with that email" in capsys.readouterr().out


def test_every_role_of_the_staff_can_be_given_by_command(context: Context) -> None:
    assert main([*ADD, "--role", "head_of_sales"]) == 0
    member_id = members.owner_of(context, "alla@example.com")
    assert member_id is not None
    assert (context.table.get(membership_key(member_id)) or {})["role"] == "head_of_sales"


@pytest.mark.parametrize(
    ("given", "said"), [(["--name", "Alla"], "--name: "), (["--email", "not an address"], "--email: ")]
)
def test_what_is_wrong_is_said_by_its_option(
    context: Context, capsys: pytest.CaptureFixture[str], given: list[str], said: str
) -> None:
    assert main([*ADD, *given]) == 2
    assert capsys.readouterr().err.startswith(said)
    assert members.owner_of(context, "alla@example.com") is None


TOKEN_URL = "https://sign-in.example/oauth2/token"


def machine(pool: str, *scopes: str, name: str = "1C", distributor: str = "") -> list[str]:
    given = ["add-machine", "--table", "club", "--pool", pool, "--token-url", TOKEN_URL, "--name", name]
    given += ["--distributor", distributor] if distributor else []
    return [*given, *(part for scope in scopes for part in ("--scope", scope))]


def test_a_machine_gets_a_client_once_and_is_told_its_secret_again(
    account: None, capsys: pytest.CaptureFixture[str]
) -> None:
    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="club")["UserPool"]["Id"]
    assert main(machine(pool, "machine.payments", "staff.imports.write")) == 0
    first = capsys.readouterr().out
    assert main(machine(pool, "staff.imports.write", "machine.payments")) == 0
    assert capsys.readouterr().out == first
    [client] = cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"]
    made = cognito.describe_user_pool_client(UserPoolId=pool, ClientId=client["ClientId"])["UserPoolClient"]
    assert made["AllowedOAuthFlows"] == ["client_credentials"]
    assert set(made["AllowedOAuthScopes"]) == {"club/api", "club/machine.payments", "club/staff.imports.write"}
    assert made["ClientId"] in first
    assert made["ClientSecret"] in first
    assert main(machine(pool, "machine.accruals")) == 1
    assert capsys.readouterr().err.startswith("--name: ")


def test_a_machine_is_told_the_request_for_its_token(account: None, capsys: pytest.CaptureFixture[str]) -> None:
    pool = boto3.client("cognito-idp").create_user_pool(PoolName="club")["UserPool"]["Id"]
    assert main(machine(pool, "machine.payments")) == 0
    told = dict(line.split(None, 1) for line in capsys.readouterr().out.splitlines())
    secret = f"{told['client_id']}:{told['client_secret']}"
    assert told["token"] == f"curl -s {TOKEN_URL} -u {secret} -d grant_type=client_credentials"


def test_a_distributors_machine_is_bound_to_it(api: Api, context: Context, capsys: pytest.CaptureFixture[str]) -> None:
    pool = boto3.client("cognito-idp").create_user_pool(PoolName="club")["UserPool"]["Id"]
    ours, _ = partners.distributor(context, "RU-MOW", name="Moscow light")
    theirs, _ = partners.distributor(context, "RU-SPE", name="Neva light")
    assert main(machine(pool, "fulfilment.read", distributor=ours)) == 0
    client_id = capsys.readouterr().out.split()[1]
    system = Caller({"sub": client_id, "client_id": client_id, "scope": "club/api club/fulfilment.read"})
    assert api.call("GET", "/v1/distributor", system).json["name"] == "Moscow light"
    for arguments, said in (
        (machine(pool, "fulfilment.read", distributor=theirs), "--name: 1C is there already. This client works"),
        (machine(pool, "fulfilment.read", distributor="dst_nobody"), "--distributor: there is no distributor"),
        (machine(pool, "fulfilment.read"), "--distributor: goes with"),
        (machine(pool, "machine.payments", distributor=ours), "--distributor: goes with"),
    ):
        assert main(arguments) != 0
        assert capsys.readouterr().err.startswith(said)


def test_a_machine_is_given_scopes_of_machines_only(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(machine("pool", "staff.people.write"))
    assert "machine.accruals" in capsys.readouterr().err


def test_a_disabled_machine_has_no_client_and_its_token_writes_nothing(
    context: Context, capsys: pytest.CaptureFixture[str]
) -> None:
    cognito = boto3.client("cognito-idp")
    pool = cognito.create_user_pool(PoolName="club")["UserPool"]["Id"]
    assert main(machine(pool, "machine.payments")) == 0
    [client] = cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"]
    token = Caller({"sub": "1", "client_id": client["ClientId"], "scope": "club/api club/machine.payments"})
    guard = guard_of(Principal.from_claims(token.claims), "machine.payments")
    assert guard
    guarded = context.table.guarded_by(guard)
    guarded.put({"pk": "A", "sk": "B"})
    for _ in range(2):
        disable = ["disable-machine", "--table", "club", "--pool", pool, "--client", client["ClientId"]]
        assert main(disable) == 0
        assert client["ClientId"] in capsys.readouterr().out
    assert cognito.list_user_pool_clients(UserPoolId=pool)["UserPoolClients"] == []
    with pytest.raises(Problem, match="disabled"):
        guarded.put({"pk": "A", "sk": "B"})
