"""The audit of the bonus books, for the staff."""

from chalicelib.bonuses.audit import service
from chalicelib.bonuses.audit.schemas import AuditRunView, BonusAuditView, ClubTotalView, MismatchView
from chalicelib.platform import Call, PageQuery, Routes

routes = Routes(__name__, tag="bonuses")


@routes.get("/v1/staff/bonus-proof", scope="staff.bonuses.read", query=PageQuery)
def show_bonus_audit(call: Call) -> BonusAuditView:
    """Show the audit of the bonus books: the last run, the club's totals, every account that does not balance.

    Each night the books of the companies whose bonuses moved are audited: a balance is the sum of its postings, and postings sum to
    zero. An account that does not balance stays listed until it does.
    """
    cursors = call.cursors()
    found = service.club_audit(call.context, call.query.limit, cursors.open(call.query.cursor))
    run = found.last_run
    return BonusAuditView(
        last_run=AuditRunView(at=run["at"], day=run["day"], full=run["full"], companies=run["companies"])
        if run
        else None,
        totals=[ClubTotalView.of(*each) for each in found.totals],
        mismatches=[MismatchView.of(item) for item in found.mismatches.items],
        next_cursor=cursors.close(found.mismatches.last),
    )
