"""The rhythm of customers from a sales file, without a cloud: the same rules as in the club.

    python -m infra.rhythm SALES.csv --as-of 2010-09-01 [--horizon 90] [--suggest 10] [--out scores.csv]

The file has a heading within its first 20 lines, and a row for each line or document: customer, date, sum (or quantity and price), if known sku; a
column document is not used, since documents of a day are one order and a return is found by article or amount. Names of columns as in an
imported sales file, a unit behind them ("Сумма, руб.") is dropped; any of the delimiters , ; | and tab, UTF-8, UTF-16 or cp1251, gzip or plain; dates as 2010-09-01,
20100901, 01.09.2010, 1 Sep 2010, a spreadsheet's 40422 or 9/1/2010 (which is the month, the whole column tells), a time behind them is dropped; sums as 1234.56, 1 234,56, 1.234,56, 1,234.56
or 1,234 (where each sign has three digits behind it, it groups thousands), a currency beside them is dropped. A negative sum, also in brackets or with the sign behind, is a return. Rows after the day asked
for are not read. Every row counts as it stands: a document that is in the file twice counts twice.

The answer is CSV, a row for each customer: customer, p_no_order (no order within the horizon), early_warning (this silence passes the
horizon), expected_orders and expected_sum within the horizon, window_from and window_to of the next order; with --suggest also usual and new,
articles divided by semicolons. Parameters and counts go to standard error, and each of the first rows that cannot be read.
"""

import argparse
import csv
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from chalicelib.retention.rhythm.orders.rules import OrderDay, Popularity, order_days, popularity
from chalicelib.retention.rhythm.rules import HORIZON, ClubRhythm, figures, learn_club
from chalicelib.retention.suggestions.rules import Assortment, suggest
from infra.rhythm_file import Lines, day_of, read_file

HEADING = ["customer", "p_no_order", "early_warning", "expected_orders", "expected_sum", "window_from", "window_to"]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m infra.rhythm", description="The rhythm of customers from a sales file."
    )
    parser.add_argument("file", type=Path)
    parser.add_argument("--as-of", type=_day, required=True, help="the last day that is known: 2010-09-01")
    parser.add_argument("--horizon", type=int, default=HORIZON, help="days (90)")
    parser.add_argument("--suggest", type=int, default=0, help="articles in each list (0: no lists)")
    parser.add_argument("--out", type=Path, help="file of the answer (standard output)")
    asked = parser.parse_args(arguments)
    if not 1 <= asked.horizon <= 365 or not 0 <= asked.suggest <= 100:
        parser.error("--horizon goes from 1 to 365 days, --suggest from 0 to 100 articles")
    if asked.out and (asked.out.is_dir() or not asked.out.absolute().parent.is_dir()):
        parser.error(f"{asked.out}: there is no such folder, or it is one")
    if asked.out and asked.out.resolve() == asked.file.resolve():
        parser.error(f"{asked.out}: the answer would take the place of the sales")
    today = asked.as_of.toordinal()
    try:
        sales = read_file(asked.file, today)
    except (OSError, EOFError, ValueError, csv.Error) as error:
        parser.error(f"{asked.file}: {error}")
    _tell(f"{sales.rows} rows; {sales.later} after {asked.as_of} left out; {sales.bad} not understood")
    for sentence in sales.told:
        _tell(sentence)
    if sales.rows and sales.bad == sales.rows:
        parser.error(f"{asked.file}: no row is understood")
    known = popularity(sales.lines.values(), today)
    histories = {customer: found for customer, lines in sales.lines.items() if (found := _history(lines, known))}
    if len(sales.lines) > len(histories):
        _tell(f"{len(sales.lines) - len(histories)} customers without a purchase left out")
    if not histories:
        parser.error(f"{asked.file}: no purchase up to {asked.as_of}")
    club = learn_club(list(histories.values()), today, asked.horizon)
    _tell_parameters(club, len(histories))
    assortment = Assortment(sales.lines.values(), today) if asked.suggest else None
    try:
        answer = asked.out.open("w", encoding="utf-8", newline="") if asked.out else sys.stdout
    except OSError as error:
        parser.error(f"{asked.out}: {error.strerror}")
    with answer as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow([*HEADING, "usual", "new"] if assortment else HEADING)
        for customer, orders in sorted(histories.items()):
            found = figures(club, orders, today)
            row: list[object] = [
                customer,
                f"{found.no_order:.6f}",
                f"{found.early_warning:.6f}",
                f"{found.expected_orders:.4f}",
                f"{found.expected_sum:.2f}",
                date.fromordinal(found.window_from),
                date.fromordinal(found.window_to),
            ]
            if assortment:
                row += map(";".join, suggest(assortment, sales.lines[customer], today, asked.suggest))
            writer.writerow(row)
    return 0


def _history(lines: Lines, known: Popularity) -> list[OrderDay]:
    """The order days; those of the cancelled orders, where every order was cancelled."""
    return order_days(lines, known) or order_days((line for line in lines if line.amount > 0), known)


def _day(text: str) -> date:
    try:
        return date.fromordinal(day_of(text))
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _tell_parameters(club: ClubRhythm, customers: int) -> None:
    r, alpha, a, b = club.model
    _tell(f"{customers} customers; r {r:.4f}, alpha {alpha:.3f} days, a {a:.4f}, b {b:.4f}")
    _tell(f"gaps: r {club.gaps.r:.4f}, alpha {club.gaps.alpha:.3f} days; mean order {club.mean_order:.2f}")
    for name, correction in (("score", club.score), ("early warning", club.warning)):
        if correction:
            weights = " ".join(f"{weight:+.3f}" for weight in correction.weights)
            _tell(f"correction of the {name}: {correction.level:+.3f}; {weights}")


def _tell(sentence: str) -> None:
    print(sentence, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
