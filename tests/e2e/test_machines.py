"""A coalition partner's machine on the deployed stack: a client of its own, tokens by client credentials, bonuses within its limits."""

import uuid
from types import SimpleNamespace

import pytest

from infra import admin
from infra.demo.portal import Portal
from infra.demo.seed import STAFF, upload
from tests.exchange.sales_files.steps import row, table
from tests.support.cloud import DeployedClub, machine


@pytest.fixture(scope="module")
def operations(guest: Portal) -> Portal:
    return guest.sign_in(STAFF["operations"][1])


@pytest.fixture(scope="module")
def company_id(operations: Portal) -> str:
    """A company, by a sales file that names it."""
    upload(operations, table(row("МШ-1", customer="МШ")), print, source="e2e-machines")
    [company] = operations.get("/v1/staff/companies?source=e2e-machines&customer=%D0%9C%D0%A8")["items"]
    return str(company["company_id"])


def client(
    cloud: DeployedClub, scope: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *more: str
) -> tuple[str, Portal]:
    """The client that the owner's command makes: its id, and the API with its token."""
    monkeypatch.setattr(admin, "boto3", SimpleNamespace(client=cloud.client))
    name = f"machine-{uuid.uuid4().hex}"
    assert admin.main(["add-machine", "--name", name, "--scope", scope, *more]) == 0
    client_id, token = machine(cloud, capsys.readouterr().out)
    return client_id, Portal(cloud.api_url, "", token)


def test_a_partner_of_the_coalition_grants_within_its_limits(
    cloud: DeployedClub,
    operations: Portal,
    company_id: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    client_id, machine = client(cloud, "machine.accruals", monkeypatch, capsys)
    day = operations.get("/v1/club/rules")["as_of"]
    form = {"reference": f"act-{uuid.uuid4().hex}", "company_id": company_id, "amount": "100.00", "day": day}
    machine.post("/v1/machine/accruals", form, expect=403)  # nobody has registered it yet
    limits = {"per_grant": "100.00", "per_company_and_day": "150.00", "per_month": "1000.00"}
    about = {"name": "Taxi Park", "currency": "RUB", "limits": limits}
    operations.call("PUT", f"/v1/staff/machine-clients/{client_id}", about, If_Match='"0"', expect=200)
    granted = machine.post("/v1/machine/accruals", form, expect=201)
    assert machine.post("/v1/machine/accruals", form, expect=201) == granted
    machine.post("/v1/machine/accruals", {**form, "reference": "another"}, expect=422)
    bonuses = operations.get(f"/v1/staff/companies/{company_id}/bonuses")
    assert bonuses["balances"]["available"]["amount"] == "100.00"
    machine.get("/v1/company/bonuses", expect=403)
    machine.post("/v1/machine/payments", {"payments": []}, expect=403)


def test_a_distributors_system_reads_its_orders_and_nobody_elses(
    cloud: DeployedClub, operations: Portal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made = operations.post("/v1/staff/distributors", {"name": "Svet Opt", "email": "orders@svet.example"}, expect=201)
    more = ("--distributor", made["distributor_id"])
    client_id, system = client(cloud, "fulfilment.read", monkeypatch, capsys, *more)
    assert system.get("/v1/distributor")["name"] == "Svet Opt"
    assert system.get("/v1/distributor/orders")["items"] == []
    assert admin.main(["disable-machine", "--client", client_id]) == 0
    system.get("/v1/distributor/orders", expect=403)
