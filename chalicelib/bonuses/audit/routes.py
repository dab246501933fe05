"""How the staff see whether the books balance."""

from chalicelib.bonuses.audit import service
from chalicelib.bonuses.audit.schemas import BonusProof, ClubTotal, ProofMismatch, ProofRun
from chalicelib.platform.http.forms import PageQuery
from chalicelib.platform.http.routes import Call, Routes

routes = Routes(__name__, tag="bonuses")


@routes.get("/v1/staff/bonus-proof", scope="staff.bonuses.read", query=PageQuery, answer=BonusProof)
def show_bonus_proof(call: Call) -> BonusProof:
    """Tell whether the books balance: the last proof, the club's totals, and each account that does not.

    Every night each company whose bonuses moved is proved: its balances are the sum of its postings, which sum to zero. What does not
    balance is named here until it does.
    """
    cursors = call.cursors()
    found = service.proof_of_the_club(call.context, call.query.limit, cursors.open(call.query.cursor))
    run = found.last_run
    return BonusProof(
        last_run=ProofRun(at=run["at"], day=run["day"], full=run["full"], companies=run["companies"]) if run else None,
        totals=[ClubTotal.of(*each) for each in found.totals],
        mismatches=[ProofMismatch.of(item) for item in found.mismatches.items],
        next_cursor=cursors.close(found.mismatches.last),
    )
