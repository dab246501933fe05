"""Things by the words that people write for them: regions, managers, distributors."""

import re
from collections.abc import Iterable
from difflib import get_close_matches

_LEFT_OUT = frozenset(
    re.findall(
        r"\w+",
        "г город обл область респ республика край ао автономный автономная округ югра алания кузбасс "
        "oblast krai republic autonomous okrug alania ооо оао зао пао ип",
    )
)
_NEAR = 3
_SHORT = 200  # characters
_MOST_COMPARED = 100  # words of a file that name nothing: each is compared with all names


class Names:
    """In any case and order: `Ильина Мария`, `Московская обл.`, `ООО «Север»`."""

    def __init__(self, named: Iterable[tuple[str, Iterable[str]]]) -> None:
        """`named`: ids, each with its words, of which the first is its name."""
        self._words: dict[str, str] = {}
        self._exact: dict[str, set[str]] = {}
        self._loose: dict[str, set[str]] = {}
        self._compared: dict[str, list[str]] = {}
        self._every: list[str] = []
        for meant, words in named:
            every = list(words)
            self._every.append(every[0])
            for word in every:
                self._words[word.casefold()] = word
                self._exact.setdefault(_key(word), set()).add(meant)
                self._loose.setdefault(_key(word, _LEFT_OUT), set()).add(meant)

    def find(self, cell: str) -> str | None:
        """The id that the cell means; None for no or several ids."""
        for ids in (self._exact.get(_key(cell)), self._loose.get(_key(cell, _LEFT_OUT))):
            if ids:
                return next(iter(ids)) if len(ids) == 1 else None
        return None

    def near(self, cell: str) -> list[str]:
        """Names that are like the cell, at most three; where there are none, all names if they are short together."""
        word = cell.casefold()
        if word not in self._compared and len(self._compared) < _MOST_COMPARED:
            near = [self._words[each] for each in get_close_matches(word[:100], self._words, n=_NEAR)]
            self._compared[word] = near or (self._every if len(", ".join(self._every)) <= _SHORT else [])
        return self._compared.get(word, [])


def _key(words: str, left_out: frozenset[str] = frozenset()) -> str:
    text = words.casefold().replace("ё", "е")
    parts = [text.strip()] if "@" in text else sorted(re.findall(r"\w+", text))
    return " ".join(part for part in parts if part not in left_out)
