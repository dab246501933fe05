"""Notes for the clerk beside the documents: choices that were made for the whole file, and rows worth a look. Pure."""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

MOST_EXAMPLES = 5


class Note(NamedTuple):
    """`code`: of NOTES in answers/reasons. `facts`: for its text, with the lines of the first examples."""

    code: str
    facts: dict[str, Any]


@dataclass(slots=True)
class Notes:
    """Notes of a file. Equal codes are one note with a count and its first examples."""

    _counted: dict[str, dict[str, Any]] = field(default_factory=dict)
    _single: list[Note] = field(default_factory=list)

    def add(self, code: str, **facts: Any) -> None:
        self._single.append(Note(code, facts))

    def count(self, code: str, line: int, example: str = "", number: int = 1) -> None:
        found = self._counted.setdefault(code, {"count": 0, "lines": [], "examples": []})
        found["count"] += number
        if len(found["lines"]) < MOST_EXAMPLES:
            found["lines"].append(line)
            found["examples"].append(example)

    def counted(self, code: str) -> int:
        return int(self._counted[code]["count"]) if code in self._counted else 0

    def tell(self, code: str, **facts: Any) -> None:
        """Adds facts to a note that was counted."""
        if code in self._counted:
            self._counted[code] |= facts

    def all(self) -> list[Note]:
        return [*self._single, *(Note(code, facts) for code, facts in self._counted.items())]
