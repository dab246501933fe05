"""Companies with a rhythm, a manager and a person to call, for tests."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from chalicelib.platform.context import Context
from chalicelib.retention.cases import service, store
from chalicelib.retention.cases.model import Case
from chalicelib.retention.states import store as states
from chalicelib.retention.states.rules import RhythmState
from chalicelib.retention.states.store import Rhythm
from tests.support import partners

IVAN, OLGA = "mbr_ivan", "mbr_olga"  # managers


def known(
    context: Context,
    company_id: str,
    state: RhythmState = RhythmState.DORMANT,
    *,
    manager_id: str | None = IVAN,
    usual: int = 100_000,
    person: bool = True,
    currency: str = "RUB",
    consents: Mapping[str, Any] | None = None,
) -> str:
    """A company of the manager in this state, with a buyer who has a telephone; its case is up to date."""
    partners.company(context, company_id, inn=None, name=company_id, manager_id=manager_id, currency=currency)
    if person:
        number = int.from_bytes(company_id.encode()[-4:])
        partners.member(
            context, f"mbr_of_{company_id}", phone=f"+7495{number % 10_000_000:07d}", consents=consents or {}
        )
        partners.speaks_for(context, company_id, f"mbr_of_{company_id}", "buyer")
    becomes(context, company_id, state, usual=usual)
    return company_id


def becomes(context: Context, company_id: str, state: RhythmState, *, usual: int = 100_000) -> None:
    """The company's state from today on, and its case after it."""
    before = states.load(context, company_id)
    silent = {RhythmState.DORMANT: 120, RhythmState.LOST: 400, RhythmState.AT_RISK: 60}.get(state, 5)
    rhythm = Rhythm(
        company_id=company_id,
        state=state,
        since=context.today,
        day=context.today,
        orders=6,
        last_order=context.today - timedelta(days=silent),
        no_order=Decimal("0.7"),
        early_warning=Decimal("0.8"),
        expected_orders=Decimal("0.4"),
        expected_sum=Decimal(usual) * Decimal("0.3"),
        order_value=Decimal(usual) / 4,
        usual_sum=Decimal(usual),
        version=before.version if before else 0,
    )
    states.save(context, replace(rhythm, version=rhythm.version + 1))
    service.follow(context, company_id)


def case_of(context: Context, company_id: str) -> Case:
    found = store.load(context, store.case_id_of(company_id))
    assert found is not None
    return found
