"""Reads a sales file as the import would, and prints what a dry run says; it needs no cloud and writes nothing.

    make look ARGS='sales.xlsx'
    make look ARGS='sales.csv --profile profile.json --customer К-7 --language ru'
    make look ARGS='orders.csv lines.csv --json'

Two files are documents and their rows. Exit status: 0 the file was understood, 1 it was refused, 2 the command is wrong.
"""

import argparse
import json
import sys
import tempfile
import zipfile
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from stdnum.ru import inn as stdnum_inn

from chalicelib.exchange.answers.reasons import REASONS, failure_text, note_text
from chalicelib.exchange.documents.rules import DocumentDraft
from chalicelib.exchange.imports.config import Imports
from chalicelib.exchange.reading.model import SalesProfileForm
from chalicelib.exchange.reading.rows import Terms
from chalicelib.exchange.reading.rules import AHEAD
from chalicelib.exchange.tables.model import Unreadable
from chalicelib.platform.config import read_config
from chalicelib.platform.config.club_config import Club
from chalicelib.tiers import Tiers
from infra.preview import Preview, preview

CLUB = Path(__file__).parent.parent / "chalicelib" / "club.toml"

_WORDS: dict[str, tuple[str, str]] = {
    "refused": ("Refused", "Не принято"),
    "understood": ("Understood", "Файл понят"),
    "format": ("Format", "Формат"),
    "sheet": ("Sheet or file", "Лист или файл"),
    "heading": ("Heading: line {line}", "Заголовок: строка {line}"),
    "columns": ("Columns", "Столбцы"),
    "notes": ("Notes", "Замечания"),
    "documents": ("First documents", "Первые документы"),
    "sale": ("sale", "продажа"),
    "return": ("return", "возврат"),
    "rows": ("rows: {rows}", "строк: {rows}"),
    "totals": ("Control totals", "Контрольные итоги"),
    "count": (
        "documents {documents} (returns {returns}), customers {customers}, quantity {quantity}, sum {amount}",
        "документов {documents} (возвратов {returns}), покупателей {customers}, количество {quantity}, сумма {amount}",
    ),
    "period": ("period {first} to {last}", "период {first} — {last}"),
    "counts": (
        "rows below the heading {rows}, skipped {skipped}, wrong {bad}, documents left out {left_out}",
        "строк под заголовком {rows}, пропущено {skipped}, с ошибкой {bad}, документов не учтено {left_out}",
    ),
    "own": (
        "the file's own total, line {line}: quantity {quantity}, sum {amount}: {equal}",
        "итог самого файла, строка {line}: количество {quantity}, сумма {amount}: {equal}",
    ),
    "equal": ("equal", "равен"),
    "unequal": ("of all its rows, not of the documents above", "по всем строкам, а не по этим документам"),
    "faults": ("Wrong rows", "Строки с ошибками"),
    "line": ("line", "строка"),
}


def main(arguments: list[str]) -> int:
    given = _arguments().parse_args(arguments)
    try:
        profile = _profile(given)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    config = read_config(given.club)
    club = config[Club]
    now = datetime.now(club.zone)
    terms = Terms(
        currency=given.currency or club.currency,
        currencies=frozenset({given.currency or club.currency, *config[Tiers].ladders}),
        latest=now.date() + AHEAD,
        zone=club.zone,
        inn_is_valid=stdnum_inn.is_valid,
    )
    limits = config[Imports]
    russian = int(given.language == "ru")
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = _one(given.file, Path(folder))
            if path.stat().st_size > limits.most_bytes:
                raise Unreadable("file_too_large", most=limits.most_bytes // 2**20)
            shown = preview(path, profile, terms, limits.most_lines_per_document)
    except Unreadable as reason:
        text = failure_text(reason.code, reason.facts, given.language)
        _print(
            given.json, {"state": "refused", "code": reason.code, "detail": text, "facts": reason.facts}, text, russian
        )
        return 1
    except OSError as error:
        print(error, file=sys.stderr)
        return 2
    if given.json:
        print(json.dumps(_as_json(shown, given.language), ensure_ascii=False, indent=2))
    else:
        print("\n".join(_as_text(shown, given.language)))
    return 0


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make look", description="What an import would make of a sales file.")
    parser.add_argument("file", type=Path, nargs="+", help="the file; or two, documents and their rows")
    parser.add_argument("--profile", type=Path, help="a profile as JSON: mapping, format, constants, only, …")
    parser.add_argument("--customer", help="code of the customer, where the file has no column for it")
    parser.add_argument("--currency", help="currency of rows without one")
    parser.add_argument("--language", choices=("ru", "en"), default="en")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--club", type=Path, default=CLUB, help="the club's configuration")
    return parser


def _profile(given: argparse.Namespace) -> SalesProfileForm:
    written: dict[str, Any] = json.loads(given.profile.read_text(encoding="utf-8")) if given.profile else {}
    if given.customer:
        written.setdefault("constants", {})["customer"] = given.customer
    try:
        return SalesProfileForm.model_validate_json(json.dumps(written))
    except ValidationError as error:
        wrong = [f"/{'/'.join(map(str, each['loc']))}: {each['msg']}" for each in error.errors()]
        raise ValueError("The profile is wrong. " + "; ".join(wrong)) from None


def _one(files: list[Path], folder: Path) -> Path:
    """The file itself, or an archive of several."""
    if len(files) == 1:
        return files[0]
    together = folder / "together.zip"
    with zipfile.ZipFile(together, "w") as archive:
        for file in files:
            archive.write(file, file.name)
    return together


def _print(as_json: bool, facts: dict[str, Any], text: str, russian: int) -> None:
    print(json.dumps(facts, ensure_ascii=False, indent=2) if as_json else f"{_WORDS['refused'][russian]}: {text}")


def _as_json(shown: Preview, language: str) -> dict[str, Any]:
    found, totals = shown.found, shown.totals
    russian = int(language == "ru")
    own = found.own_total
    return {
        "state": "understood",
        "format": {
            "kind": found.kind,
            "encoding": found.encoding or None,
            "delimiter": found.delimiter or None,
            "sheet": found.sheet or None,
            "decimal": found.decimal,
        },
        "heading": {"line": found.heading_line},
        "columns": {
            wanted: {"heading": heading, "column": found.letters[wanted]} for wanted, heading in found.columns.items()
        },
        "totals": {
            "documents": totals.documents,
            "sales": totals.sales,
            "returns": totals.returns,
            "customers": len(totals.customers),
            "quantity": _plain(totals.quantity),
            "amount": f"{totals.amount:.2f}",
            "first_day": totals.first_day and totals.first_day.isoformat(),
            "last_day": totals.last_day and totals.last_day.isoformat(),
        },
        "own_total": own and {**own, "equal": shown.equal},
        "rows": {"total": shown.rows, "skipped": shown.skipped, "wrong": shown.bad_rows},
        "documents_left_out": shown.left_out,
        "documents": [_document(draft) for draft in shown.documents],
        "notes": [
            {"code": code, "detail": note_text(code, facts, language), "facts": facts} for code, facts in _notes(shown)
        ],
        "faults": [
            {
                "line": fault.row,
                "document": fault.number,
                "field": fault.field,
                "value": fault.value,
                "code": fault.code,
                "detail": REASONS[fault.code][russian],
            }
            for fault in shown.faults
        ],
    }


def _notes(shown: Preview) -> list[tuple[str, dict[str, Any]]]:
    notes = list(shown.found.notes)
    if shown.repeated:
        notes.append(("repeated", {"count": shown.repeated, "lines": shown.repeated_lines}))
    return notes


def _document(draft: DocumentDraft) -> dict[str, Any]:
    customer = draft.customer
    return {
        "number": draft.title or draft.number,
        "kind": "return" if draft.is_return else "sale",
        "date": draft.business_date.isoformat(),
        "customer": {"ref": customer.ref, "name": customer.name, "inn": customer.inn, "kpp": customer.kpp},
        "currency": draft.currency,
        "rows": len(draft.rows),
        "first_line": draft.rows[0].row,
        "amount": f"{draft.total:.2f}",
    }


def _as_text(shown: Preview, language: str) -> list[str]:
    russian = int(language == "ru")

    def word(name: str, **facts: Any) -> str:
        return _WORDS[name][russian].format(**facts)

    found, totals = shown.found, shown.totals
    kind = [found.kind, found.encoding, repr(found.delimiter) if found.delimiter else "", found.decimal]
    lines = [word("understood"), f"{word('format')}: {', '.join(filter(None, kind))}"]
    if found.sheet:
        lines.append(f"{word('sheet')}: {found.sheet}")
    lines += [word("heading", line=found.heading_line), f"{word('columns')}:"]
    lines += [f"  {wanted:15} {found.letters[wanted]:>3}  {heading}" for wanted, heading in found.columns.items()]
    lines.append(f"{word('documents')}:")
    for draft in shown.documents:
        kind_word = word("return" if draft.is_return else "sale")
        lines.append(
            f"  {draft.business_date:%d.%m.%Y}  {draft.title or draft.number}  {kind_word}  {draft.customer.name}  "
            f"{word('rows', rows=len(draft.rows))}  {draft.total:.2f} {draft.currency}"
        )
    lines.append(f"{word('totals')}:")
    lines.append(
        "  "
        + word(
            "count",
            documents=totals.documents,
            returns=totals.returns,
            customers=len(totals.customers),
            quantity=_plain(totals.quantity),
            amount=f"{totals.amount:.2f}",
        )
    )
    if totals.first_day and totals.last_day:
        lines.append("  " + word("period", first=f"{totals.first_day:%d.%m.%Y}", last=f"{totals.last_day:%d.%m.%Y}"))
    lines.append(
        "  " + word("counts", rows=shown.rows, skipped=shown.skipped, bad=shown.bad_rows, left_out=shown.left_out)
    )
    if own := found.own_total:
        equal = word("equal" if shown.equal else "unequal")
        lines.append(
            "  "
            + word("own", line=own["line"], quantity=own["quantity"] or "—", amount=own["amount"] or "—", equal=equal)
        )
    if notes := _notes(shown):
        lines += [f"{word('notes')}:", *(f"  - {note_text(code, facts, language)}" for code, facts in notes)]
    if shown.faults:
        lines.append(f"{word('faults')}:")
        lines += [
            f"  {word('line')} {fault.row}: {fault.number} {fault.field} {fault.value}: {REASONS[fault.code][russian]}"
            for fault in shown.faults
        ]
    return lines


def _plain(value: Decimal) -> str:
    return f"{value.normalize():f}"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
