"""The letters' items. See `keys.py`.

A letter is written whole, on condition that nobody changed it since it was read.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from boto3.dynamodb.conditions import Attr

from chalicelib.mail import keys
from chalicelib.mail.model import Letter, LetterState
from chalicelib.platform import Context
from chalicelib.table import Item, Refused, Table, Transaction, at_version, from_item, retry, to_item

MOST_DUE = 5000  # letters of one look

# Somebody must look at these, or waits for them.
_LISTED = (LetterState.UNKNOWN, LetterState.REJECTED)


def read(table: Table, letter_id: str) -> Letter | None:
    """Perhaps as it was a moment ago: each change of it is written under its version."""
    item = table.get_fresh(keys.letter(letter_id))
    return from_item(Letter, item) if item else None


def create(table: Table, letter: Letter) -> Letter:
    """Writes the letter unless it is there already, in whatever state. The letter as it is there."""
    try:
        table.put(_to_item(letter), when=Attr("pk").not_exists())
    except Refused as refused:
        return found(refused, "")
    return letter


def due(context: Context) -> list[str]:
    """Ids of letters whose slot has come, oldest first; the next look finds those beyond MOST_DUE. One call where there is none."""
    pk = keys.waiting_letter("", "").pk
    found = context.table.query_all(pk, index="gsi2", between=("0", f"{context.at}~"), only=("letter_id",))
    return [item["letter_id"] for item in islice(found, MOST_DUE)]


def read_many(table: Table, letter_ids: Sequence[str]) -> dict[str, Letter]:
    """Those that are written, by id; one call per 100."""
    found = table.get_many([keys.letter(each) for each in letter_ids], consistent=True)
    return {item["letter_id"]: from_item(Letter, item) for item in found.values()}


def change(
    context: Context,
    letter: Letter,
    decide: Callable[[Letter], Letter],
    also: Callable[[Transaction, Letter, Letter], None] | None = None,
) -> Letter:
    """The letter as `decide` makes it; writes nothing when nothing follows. `also` adds to the transaction of the change.

    Decides again when somebody else was first. A reply that was lost looks like somebody else, so what is decided twice must
    have its effect once.
    """

    @retry()
    def attempt(context: Context) -> Letter:
        nonlocal letter
        decided = decide(letter)
        if decided == letter:
            return letter
        decided = replace(decided, version=letter.version + 1)
        tx = Transaction()
        if also:
            also(tx, letter, decided)
        try:
            if len(tx):
                tx.put(_to_item(decided), when=at_version(letter.version))
                context.table.commit(tx)
            else:
                context.table.put(_to_item(decided), when=at_version(letter.version))
        except Refused as refused:
            letter = found(refused, "")
            raise
        return decided

    return attempt(context)


def claim(tx: Transaction, letter: Letter, claimed: Letter) -> Letter:
    """Takes the letter for one attempt. Returns the claimed letter.

    Refused with label `letter` if somebody else was first. A repeat of the same attempt, whose first reply may have been lost, is
    accepted.
    """
    own = Attr("attempt").eq(claimed.attempt) & Attr("state").eq(LetterState.SENDING)
    taken = replace(claimed, version=letter.version + 1)
    tx.put(_to_item(taken), when=at_version(letter.version) | own, label="letter")
    return taken


def found(refused: Refused, label: str) -> Letter:
    """The letter that stood in the way."""
    item = refused.items[label]
    if item is None:
        raise LookupError("the letter is gone") from refused
    return from_item(Letter, item)


def check_not_suppressed(tx: Transaction, address: str, *, despite_complaint: bool) -> None:
    """Refused with label `suppressed`."""
    stops = "bounced_at" if despite_complaint else "pk"
    tx.check(keys.suppression(address), Attr(stops).not_exists(), label="suppressed")


def suppress(table: Table, address: str, *, reason: str, at: str, letter_id: str) -> None:
    """No more letters to this address. The first reason stays; that it bounced is kept whatever came first."""
    bounced = {"bounced_at": at} if reason == "bounce" else {}
    listed = keys.suppression_list(at, address).as_gsi2()
    first = {"email": address, "reason": reason, "at": at, "letter_id": letter_id, **bounced, **listed}
    table.update(keys.suppression(address), default=first, add={"reports": 1})


def _to_item(letter: Letter) -> Item:
    listed = {}
    if letter.state in _LISTED:
        listed = keys.letter_list(letter.state, letter.written_at, letter.letter_id).as_gsi2()
    elif letter.state is LetterState.PENDING and letter.due_at:
        listed = keys.waiting_letter(letter.due_at, letter.letter_id).as_gsi2()
    return {**keys.letter(letter.letter_id).as_item(), **listed, **to_item(letter)}
