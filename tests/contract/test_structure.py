"""The house keeps its rules, and whoever breaks one is told so in one sentence."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from infra.build import ROOT
from tests.contract.structure import breaches


def test_the_house_keeps_its_rules() -> None:
    broken = breaches(ROOT)
    assert not broken, "\n" + "\n".join(broken)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house, to break a rule in."""
    root = tmp_path_factory.mktemp("house")
    shutil.copytree(ROOT / "chalicelib", root / "chalicelib", ignore=shutil.ignore_patterns("__pycache__"))
    return root


@pytest.mark.parametrize(
    ("module", "line", "told"),
    [
        pytest.param(
            "orders/order/store.py",
            "from chalicelib.orders.lifecycle import routes",
            "chalicelib.orders.order.store imports chalicelib.orders.lifecycle.routes: store stands below routes.",
            id="a store imports routes",
        ),
        pytest.param(
            "orders/order/rules.py",
            "from chalicelib.table import client",
            "chalicelib.orders.order.rules imports chalicelib.table.client: rules is pure, and this reaches chalicelib.table.client.",
            id="rules import the DynamoDB client",
        ),
        pytest.param(
            "pricing/rules.py",
            "import boto3",
            "chalicelib.pricing.rules imports boto3: rules is pure, and this reaches boto3.",
            id="rules import AWS",
        ),
        pytest.param(
            "orders/order/model.py",
            "from chalicelib.platform.clock import now",
            "chalicelib.orders.order.model imports now from chalicelib.platform.clock: model is pure, and this reaches chalicelib.platform.clock.",
            id="a model reads the clock",
        ),
        pytest.param(
            "orders/order/model.py",
            "from datetime import date\nTODAY = date.today()",
            "chalicelib.orders.order.model uses datetime.date.today: model is pure, and is given its day, its moment, its ids and what it reads.",
            id="a model asks for the day",
        ),
        pytest.param(
            "orders/order/rules.py",
            "import datetime as calendar\nCLOCK = calendar.datetime.now",
            "chalicelib.orders.order.rules uses datetime.datetime.now: rules is pure, and is given its day, its moment, its ids and what it reads.",
            id="rules hand on the clock under another name",
        ),
        pytest.param(
            "orders/order/rules.py",
            "from chalicelib.platform.ids import random_id",
            "chalicelib.orders.order.rules uses chalicelib.platform.ids.random_id: rules is pure, and is given its day, its moment, its ids and "
            "what it reads.",
            id="rules draw an id",
        ),
        pytest.param(
            "orders/order/rules.py",
            "TEXT = open('club.toml').read()",
            "chalicelib.orders.order.rules uses open: rules is pure, and is given its day, its moment, its ids and what it reads.",
            id="rules read a file",
        ),
        pytest.param(
            "orders/order/rules.py",
            "def stage():\n    from os import environ\n    return environ",
            "chalicelib.orders.order.rules imports environ from os: rules is pure, and this reaches os.",
            id="rules read the environment",
        ),
        pytest.param(
            "orders/order/rules.py",
            "import random",
            "chalicelib.orders.order.rules imports random: rules is pure, and this reaches random.",
            id="rules roll dice of their own",
        ),
        pytest.param(
            "orders/order/store.py",
            "from ..lifecycle import routes",
            "chalicelib.orders.order.store imports chalicelib.orders.lifecycle.routes: store stands below routes.",
            id="a store imports routes by a relative path",
        ),
        pytest.param(
            "orders/order/store.py",
            "from chalicelib import orders\nPLACE = orders.lifecycle.routes.place",
            "chalicelib.orders.order.store imports place from chalicelib.orders.lifecycle.routes: store stands below routes.",
            id="a store reaches routes through its own room",
        ),
        pytest.param(
            "orders/order/store.py",
            "import importlib as late\nROUTES = late.import_module('chalicelib.orders.lifecycle.routes')",
            "chalicelib.orders.order.store uses importlib.import_module: only the registry imports a module by its name.",
            id="a store imports a module by its name",
        ),
        pytest.param(
            "orders/order/store.py",
            "import app",
            "chalicelib.orders.order.store imports app: the package knows nothing that stands outside it.",
            id="a store imports the app",
        ),
        pytest.param(
            "orders/order/__init__.py",
            "from chalicelib.orders.lifecycle.routes import place",
            "chalicelib.orders.order imports place from chalicelib.orders.lifecycle.routes: a wing has no door, and its files are imported one "
            "by one.",
            id="a wing's package hands on routes",
        ),
        pytest.param(
            "orders/__init__.py",
            "def place():\n    from chalicelib.orders.lifecycle import routes\n    return routes",
            "chalicelib.orders defines something: a door only exports what its room defines.",
            id="a door hides an import in a function",
        ),
        pytest.param(
            "orders/parcels/__init__.py",
            "",
            "chalicelib.orders.parcels is a wing that its room does not list.",
            id="a wing that no room lists",
        ),
        pytest.param(
            "tiers/service.py",
            "def late():\n    from chalicelib.storefront import price_list",
            "pricing uses tiers uses storefront uses pricing: rooms use one another in a circle.",
            id="three rooms use one another",
        ),
        pytest.param(
            "orders/lifecycle/service.py",
            "from chalicelib.bonuses import load_balance",
            "bonuses uses orders uses bonuses: rooms use one another in a circle.",
            id="two rooms use one another",
        ),
        pytest.param(
            "orders/holds/credit.py",
            "from chalicelib.orders.lifecycle import service",
            "chalicelib.orders.holds.credit imports chalicelib.orders.lifecycle.service: a wing uses only wings that its room lists before it.",
            id="a wing uses a later wing",
        ),
        pytest.param(
            "webhooks/service.py",
            "from chalicelib.orders.order import store",
            "chalicelib.webhooks.service imports chalicelib.orders.order.store: a room uses another through what its door exports.",
            id="a room reaches into another",
        ),
        pytest.param(
            "companies/store.py",
            "from chalicelib.companies.schemas import CompanyView",
            "chalicelib.companies.store imports CompanyView from chalicelib.companies.schemas: a record is not a form, so no store imports schemas.",
            id="a store imports schemas",
        ),
        pytest.param(
            "sales/service.py",
            "from chalicelib.sales.store import Table",
            "chalicelib.sales.service imports Table from chalicelib.sales.store: a name that no door exports is taken from where it is "
            "defined, chalicelib.table.client.",
            id="a module hands on what it imports",
        ),
        pytest.param(
            "platform/text.py",
            "from chalicelib.orders.order import events",
            "chalicelib.platform.text imports chalicelib.orders.order.events: the ground floor knows no room.",
            id="the ground floor imports a room",
        ),
        pytest.param(
            "table/client.py",
            "from chalicelib.platform import clock",
            "chalicelib.table.client imports chalicelib.platform.clock: the table stands below the platform.",
            id="the table imports the platform",
        ),
    ],
)
def test_a_broken_rule_is_told_in_one_sentence(house: Path, module: str, line: str, told: str) -> None:
    assert told in breaches_with(house, module, line)


def test_an_import_below_many_is_told_where_it_stands_and_nowhere_else(house: Path) -> None:
    told = "chalicelib.pricing.rules imports boto3: rules is pure, and this reaches boto3."
    assert breaches_with(house, "pricing/rules.py", "import boto3") == [told]


def breaches_with(house: Path, module: str, line: str) -> list[str]:
    file = house / "chalicelib" / module
    whole = file.read_text(encoding="utf-8") if file.exists() else None
    file.parent.mkdir(exist_ok=True)
    file.write_text(f"{whole or ''}\n{line}\n", encoding="utf-8")
    try:
        return breaches(house)
    finally:
        if whole is None:
            file.unlink()
        else:
            file.write_text(whole, encoding="utf-8")


def test_sign_in_triggers_wake_neither_pydantic_nor_the_house() -> None:
    asked = "import sys, chalicelib.auth.triggers; print(*sorted(sys.modules))"
    loaded = subprocess.run(
        [sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"app", "pydantic", "pydantic_core"} & set(loaded)
