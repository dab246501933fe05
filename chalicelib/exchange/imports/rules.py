"""The states of an import, and the consent that a replaced period needs. Pure."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

# --- documents that a file says no more -------------------------------------------------------------------------------


@dataclass(slots=True)
class Weight:
    """A number of documents, and the sums of their amounts without signs, by currency."""

    documents: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, total: Decimal, currency: str) -> None:
        self.documents += 1
        self.amounts[currency] = self.amounts.get(currency, Decimal(0)) + abs(total)

    def amount(self, currency: str) -> Decimal:
        return self.amounts.get(currency, Decimal(0))


def needs_consent(missing: Weight, known: Weight, percent: int) -> bool:
    """True if more than this share of the period's documents, or of their sum in any currency, would be voided."""
    return missing.documents * 100 > known.documents * percent or any(
        amount * 100 > known.amount(currency) * percent for currency, amount in missing.amounts.items()
    )


# --- the import -------------------------------------------------------------------------------------------------------

Phase = Literal["check", "write", "look", "restore"]
ImportState = Literal[
    "waiting_for_upload", "expired", "splitting", "writing", "done", "failed", "taking_back", "taken_back"
]
STALLED_AFTER = timedelta(hours=1)


def visible_state(state: ImportState, upload_until: datetime, now: datetime) -> ImportState:
    return "expired" if state == "waiting_for_upload" and now > upload_until else state


def is_stalled(state: ImportState, progress_at: datetime, now: datetime) -> bool:
    """True when nothing moved for longer than any step takes: its message is in the dead-letter queue."""
    return state in ("splitting", "writing", "taking_back") and now - progress_at > STALLED_AFTER
