"""Places of the code that add bare amounts, by what the source says."""

import ast
from collections.abc import Iterator
from pathlib import Path

AMOUNTS = {"amount", "amounts", "balance", "base", "credit", "credited", "debit", "discount", "net", "paid", "price"}
AMOUNTS |= {"purchases", "saved", "sum", "sums", "total", "totals", "turnover", "unit_price", "worth"}
UNITS = {"counted", "luminaires", "quantity", "units"}
ZEROS = {"ZERO", "_ZERO"}


def sums_below(root: Path) -> dict[str, set[str]]:
    """The functions that add amounts of money, by module: `sales.rules`."""
    found = {}
    for path in sorted(root.rglob("*.py")):
        if functions := sums_in(path.read_text(encoding="utf-8")):
            found[".".join(path.relative_to(root).with_suffix("").parts)] = functions
    return found


def sums_in(source: str) -> set[str]:
    """The functions of a module that add amounts: by `sum` with a decimal start, or of what is named as an amount, `+=`, or `+` with a decimal nothing."""
    return {name for name, node in _named(ast.parse(source), "") if _adds(node)}


def _named(node: ast.AST, name: str) -> Iterator[tuple[str, ast.AST]]:
    """Every node with the name of the function and class around it."""
    for child in ast.iter_child_nodes(node):
        within = f"{name}.{child.name}".strip(".") if isinstance(child, ast.FunctionDef | ast.ClassDef) else name
        yield within, child
        yield from _named(child, within)


def _adds(node: ast.AST) -> bool:
    if isinstance(node, ast.Call) and _last_name(node.func) == "sum" and node.args:
        start = [*node.args[1:], *(each.value for each in node.keywords)]
        of = _last_name(node.args[0])
        return any(map(_is_nothing, start)) and of not in UNITS if start else of in AMOUNTS
    if isinstance(node, ast.Call) and _last_name(node.func) == "Decimal":
        return any(isinstance(each, ast.Call) and _last_name(each.func) == "sum" for each in node.args)
    if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Add | ast.Sub):
        return bool({_last_name(node.target), _last_name(node.value)} & AMOUNTS)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sides = [_last_name(node.left), _last_name(node.right)]
        return any(map(_is_nothing, ast.walk(node.left))) or all(side in AMOUNTS for side in sides)
    return False


def _is_nothing(node: ast.AST) -> bool:
    """`Decimal(0)` or a name for it."""
    return ast.unparse(node) in ("Decimal(0)", "Decimal()") or (
        isinstance(node, ast.Name | ast.Attribute) and _last_name(node) in ZEROS
    )


def _last_name(node: ast.AST) -> str:
    """`amount` of `line.amount`, of `amounts[sku]` and of `(each.amount for each in lines)`."""
    if isinstance(node, ast.GeneratorExp | ast.ListComp):
        return _last_name(node.elt)
    if isinstance(node, ast.Attribute):
        return node.attr
    if isinstance(node, ast.Subscript):
        return _last_name(node.value)
    if isinstance(node, ast.BoolOp):
        return _last_name(node.values[0])
    if isinstance(node, ast.Name):
        return node.id
    return ""
