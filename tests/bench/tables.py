"""Tables as text, and as JSON."""

from collections.abc import Iterable, Sequence
from statistics import median

from .figures import Ratio, Table, Verdict, ratio

MEBIBYTE = 1024 * 1024


def as_text(table: Table) -> str:
    """Return a table, its targets and its notes."""
    lines = [table.title, "", *_aligned(_measured(table))]
    if table.targets:
        lines += ["", *_aligned([_judged(verdict) for verdict in table.verdicts()])]
    if table.notes:
        lines += ["", *(f"  {line}" for note in table.notes for line in _lines(note))]
    return "\n".join([*lines, ""])


def _measured(table: Table) -> list[list[str]]:
    base = table.find(table.base)
    peaks = any(one.peak for one in table.series)
    cpus = any(one.cpu for one in table.series)
    heading = ["", f"median {table.unit}", "min", "max"]
    heading += [f"cpu {table.unit}"] if cpus else []
    heading += ["peak MiB"] if peaks else []
    heading += [f"x {table.base}", "min", "max"] if base else []
    rows = [heading]
    for one in table.series:
        row = [one.name, *_spread(one.values)]
        row += [_short(_middle(one.cpu))] if cpus else []
        row += [_short(_middle(one.peak) / MEBIBYTE)] if peaks else []
        row += _ratio_cells(ratio(one, base)) if base else []
        rows.append(row)
    return rows


def _judged(verdict: Verdict) -> list[str]:
    target = verdict.target
    cells = ["not measured", "", ""]
    if verdict.ratio is not None:
        cells = _ratio_cells(verdict.ratio)
    word = "holds" if verdict.holds else "MISSED"
    question = f"{word}: {target.subject} / {verdict.beside}"
    return [question, *cells, f"at most {target.at_most:.2f}"]


def as_json(tables: Iterable[Table]) -> list[dict[str, object]]:
    """Return everything that was measured, round by round."""
    return [
        {
            "title": table.title,
            "unit": table.unit,
            "base": table.base,
            "series": [
                {
                    "name": one.name,
                    "values": one.values,
                    "cpu": one.cpu,
                    "peak_bytes": one.peak,
                }
                for one in table.series
            ],
            "targets": [_verdict_json(verdict) for verdict in table.verdicts()],
            "notes": list(table.notes),
        }
        for table in tables
    ]


def _verdict_json(verdict: Verdict) -> dict[str, object]:
    measured = verdict.ratio
    return {
        "subject": verdict.target.subject,
        "beside": verdict.beside,
        "at_most": verdict.target.at_most,
        "ratio": None if measured is None else measured.median,
        "holds": verdict.holds,
    }


def _spread(values: Sequence[float]) -> list[str]:
    return [_short(_middle(values)), _short(min(values)), _short(max(values))]


def _ratio_cells(measured: Ratio) -> list[str]:
    return [f"{one:.2f}" for one in (measured.median, measured.least, measured.most)]


def _middle(values: Sequence[float]) -> float:
    return median(values) if values else 0.0


def _short(value: float) -> str:
    """Return a number with three significant digits."""
    if not value:
        return "-"
    digits = next((n for n, most in ((0, 100), (1, 10), (2, 1)) if value >= most), 3)
    return f"{value:.{digits}f}"


def _aligned(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  "
        + "  ".join(
            cell.rjust(width) if index else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _lines(note: str) -> list[str]:
    return [line.rstrip() for line in note.strip().splitlines()]
