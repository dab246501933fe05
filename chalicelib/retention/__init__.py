"""Retention: the purchase rhythm of each company, and what follows from it.

Vocabulary. A *state* follows from a company's rhythm: new, active, at risk, dormant, lost, won back. A *wave* takes in the companies that
are dormant or lost within some weeks, and holds a random share of them out: an *assignment* says in which *arm* a company is, called or
held. A *look* is a planned day on which the result of a wave may be read. A *breach* is a contact with a company that is held out. A *case* is the next contact that the club owes a company; a *call list* is
the cases that a manager calls on a day; an *entry* of a case is what came of a call, with its *reason* and the club's *answer*.

Rooms that contact companies lie below this one; whom a wave holds out, they learn from `contacts`.
"""

from chalicelib.platform.registry.lazy import opened_when_asked

# A wing uses only those before it.
WINGS = ("rhythm", "suggestions", "learning", "states", "waves", "cases", "lists", "outcomes", "results", "overview")

with opened_when_asked(__name__):
    from chalicelib.retention.cases.service import case_of
    from chalicelib.retention.outcomes.events import BENEFITS_PROMISED
    from chalicelib.retention.outcomes.events import UNREACHED as NOT_REACHED
    from chalicelib.retention.states.events import STATE_CHANGED
    from chalicelib.retention.states.rules import RhythmState
    from chalicelib.retention.states.store import Rhythm
    from chalicelib.retention.states.store import load as rhythm_of_night
    from chalicelib.retention.states.store import load_many as rhythms_of
    from chalicelib.retention.states.store import quiet as quiet_companies
    from chalicelib.retention.waves.rules import SINGLE_LOOK, Arm, Effect, adjusted_effect, effect, share_bounds
