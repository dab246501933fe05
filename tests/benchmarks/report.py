"""The lines that `make bench` prints: what was measured, the figure, the budget."""


def report(what: str, found: object, budget: str = "") -> None:
    print(f"| {what} | {found} | {budget} |")  # noqa: T201
