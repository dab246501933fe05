"""The tree of categories: what it looks like, and which of the offered rows it takes. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

MOST_LEVELS = 8
MOST_CATEGORIES = 1500  # so that the whole tree is one item, and one read


class Category(NamedTuple):
    """`parent` is the code of the category above, empty at the top."""

    code: str
    name: str
    name_ru: str
    parent: str = ""


Tree = Mapping[str, Category]  # by code


def plant(tree: Tree, offered: Sequence[Category]) -> tuple[dict[str, Category], dict[str, str]]:
    """The tree with as many of the offered rows as it can take, and for each of the others (by code) what is wrong.

    Rows may come in any order and name each other as parents. Wrong: `unknown_parent`, `cycle`, `too_deep`, `too_many`. A row that
    cannot be taken leaves its category as it was; rows that hang on it are then judged without it.
    """
    wanted = {each.code: each for each in offered}
    refused: dict[str, str] = {}
    while True:
        planted = {**tree, **wanted}
        found = _faults(planted, wanted)
        if not found and len(planted) > MOST_CATEGORIES:
            newest = [code for code in wanted if code not in tree]
            found = dict.fromkeys(newest[MOST_CATEGORIES - len(planted) :], "too_many")
        if not found:
            return planted, refused
        refused |= found
        for code in found:
            del wanted[code]


def _faults(planted: Tree, wanted: Mapping[str, Category]) -> dict[str, str]:
    found: dict[str, str] = {}
    for code in planted:
        chain, fault = _chain(planted, code)
        offered = [each for each in chain if each in wanted]
        if fault == "unknown_parent":
            found[chain[-1]] = fault
        elif fault == "cycle":
            found |= dict.fromkeys(offered, fault)
        elif fault == "too_deep":
            found[offered[0]] = fault
    return found


def _chain(planted: Tree, code: str) -> tuple[list[str], str]:
    """The codes from here to the top, and what keeps them from getting there."""
    chain = [code]
    while parent := planted[chain[-1]].parent:
        if parent not in planted:
            return chain, "unknown_parent"
        if parent in chain:
            return chain[chain.index(parent) :], "cycle"
        chain.append(parent)
    return chain, "" if len(chain) <= MOST_LEVELS else "too_deep"


def subtree(tree: Tree, code: str) -> set[str]:
    """The category and all below it. A code that is not in the tree stands for itself: products may name what nobody has planted yet."""
    below = _children(tree.values())
    found, open_ = {code}, [code]
    while open_:
        for child in below.get(open_.pop(), []):
            found.add(child.code)
            open_.append(child.code)
    return found


def walk(tree: Tree) -> Iterator[tuple[Category, int]]:
    """Every category with its level (1 at the top), each right after what it lies in, sisters by code."""
    below = _children(tree.values())
    open_ = [(each, 1) for each in reversed(below.get("", []))]
    while open_:
        category, level = open_.pop()
        yield category, level
        open_ += [(child, level + 1) for child in reversed(below.get(category.code, []))]


def _children(categories: Iterable[Category]) -> dict[str, list[Category]]:
    below: dict[str, list[Category]] = {}
    for each in sorted(categories):
        below.setdefault(each.parent, []).append(each)
    return below
