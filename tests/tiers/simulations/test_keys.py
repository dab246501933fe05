"""The calls and the capacity of the keys of simulations, counted as AWS counts."""

import pytest

from chalicelib.platform.context import Context
from chalicelib.platform.parts import Part
from chalicelib.table.client import Table
from chalicelib.table.transactions import Transaction
from chalicelib.tiers.config import Tiers
from chalicelib.tiers.ladders.store import founding_ladder
from chalicelib.tiers.simulations import keys as simulations_keys
from chalicelib.tiers.simulations import store as simulations_store
from chalicelib.tiers.simulations.store import WORK
from tests.conftest import NOON
from tests.support.spent import measures, spent


@pytest.fixture
def context(local_table: Table) -> Context:
    return Context(table=local_table, now=NOON)


@measures(simulations_keys.simulation, simulations_keys.simulation_part, simulations_keys.simulation_list)
def test_a_simulation_and_a_part_of_it_are_one_call(context: Context) -> None:
    ladder = founding_ladder(context.config[Tiers], "RUB")
    tx = Transaction()
    made = simulations_store.create(tx, context, "sim_1", ladder, [ladder], "mbr_1")
    context.table.commit(tx)
    members = [[f"com_{number:032x}", f"Luch and partners {number}", "7707083893"] for number in range(200)]
    with spent(context.table.client) as naming:
        assert WORK.create_part(context, made.work_id, Part(1, members, None))
    assert naming.calls == ["TransactWriteItems"]
    assert naming.write_units <= 2 * (20 + 4)  # the members' names in KB, and the simulation
    with spent(context.table.client) as cost:
        found, part = WORK.load_with_part(context, "sim_1", 1)
    assert found is not None
    assert part is not None
    assert (found.parts_total, part.members, part.done) == (1, members, False)
    assert cost.calls == ["BatchGetItem"]
    assert cost.read_units <= 7
    with spent(context.table.client) as listing:
        assert len(WORK.page(context.table, 25, None)[0]) == 1
    assert (listing.calls, listing.read_units) == (["Query"], 0.5)
    with spent(context.table.client) as progress:
        WORK.load(context, "sim_1")
    assert progress.calls == ["GetItem"]
    assert progress.read_units <= 1
