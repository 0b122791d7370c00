"""The command `engross`; the only module that prints and exits.

Exit status: 0 success, 1 findings, 2 usage error, 130 interrupted.
"""

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engross import __version__

if TYPE_CHECKING:
    from engross.findings import Finding, Style
    from engross.tree.project import Project
    from engross.tree.survey import Survey

GOOD: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141


class UsageError(Exception):
    """The command line is invalid; the message says why."""


class _Options(argparse.Namespace):
    run: "Callable[[_Options, Project], int]"
    providers: list[str]
    format: "Style"
    diff: bool
    force: bool
    strict: bool
    skip_broken: bool


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit status."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal may lack some characters
            stream.reconfigure(errors="backslashreplace")
    try:
        status = _dispatch(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        print("engross: interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader is gone; the flush at exit must not fail again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return BROKEN_PIPE
    except OSError as error:
        place = "" if error.filename is None else f"{error.filename}: "
        _complain(f"{place}{error.strerror}")
        return FINDINGS
    return status


def _dispatch(arguments: Sequence[str] | None) -> int:
    options = _parser().parse_args(arguments, _Options())

    from engross import config
    from engross.findings import FindingsError
    from engross.tree.project import Project

    root = config.find_root(Path.cwd())
    if root is None:
        return _usage_error(
            f"found no {config.FILE} with [{config.TABLE}] in this directory or its parents"
        )
    try:
        settings = config.load(root)
        project = Project(root, settings.specs, settings.generated, settings.slices)
        return options.run(options, project)
    except UsageError as error:
        return _usage_error(str(error))
    except FindingsError as error:
        _print_findings(error.findings, options.format, root)
        return FINDINGS


def _generate(options: _Options, project: "Project") -> int:
    """Generate the packages; write only files that changed."""
    from engross.tree.package import write
    from engross.tree.report import generate_report, refusals
    from engross.tree.write import exclusive

    with exclusive(project.root):
        survey = _look(options, project)
        if survey.findings:
            _print_findings(
                survey.findings, options.format, project.root, "Nothing was written."
            )
            return FINDINGS
        plans = {
            package.name: write(package, force=options.force)
            for package in survey.packages
        }
    if options.format == "text" and survey.warnings:
        _print_findings(survey.warnings, "text", project.root)
        print()
    if options.format != "json":
        print(generate_report(survey, plans, color=_color()), end="")
    if options.format != "text":
        folder = project.shown(project.generated)
        findings = [*survey.warnings, *refusals(survey, plans, folder)]
        _print_findings(findings, options.format, project.root)
    return FINDINGS if None in plans.values() else GOOD


def _check(options: _Options, project: "Project") -> int:
    """Check that the packages match their contracts; write nothing."""
    from engross.tree.report import check_findings, check_report, diffs

    if options.diff and options.format == "json":
        raise UsageError("--diff cannot be combined with --format json")
    survey = _look(options, project)
    findings = [*survey.findings, *survey.warnings]
    if options.format == "text" and findings:
        _print_findings(findings, "text", project.root)
        print()
    if options.format != "json":
        print(check_report(survey, color=_color()), end="")
    if options.format != "text":
        folder = project.shown(project.generated)
        grouped = options.format == "github"
        findings = check_findings(survey, folder, grouped=grouped)
        _print_findings(findings, options.format, project.root)
    if options.diff:
        for diff in diffs(survey):
            print()
            for line in diff.splitlines(keepends=True):
                print(_shown_line(line, color=_color()), end="")
    return GOOD if survey.is_current else FINDINGS


def _look(options: _Options, project: "Project") -> "Survey":
    from engross.progress import Progress
    from engross.tree.survey import survey

    names = _chosen(options.providers, project) if options.providers else None
    with Progress(sys.stderr) as progress:
        return survey(
            project,
            names=names,
            note=lambda provider: progress.show(f"rendering {provider}"),
            strict=options.strict,
            skip_broken=options.skip_broken,
        )


def _chosen(names: Sequence[str], project: "Project") -> set[str]:
    """Return the providers, and packages without a contract, of these names.

    Raises:
        UsageError: A name is unknown.
    """
    contracts = project.contracts()
    provider_of = {project.shown(path): name for name, path in contracts.items()}
    known = {
        folder: provider_of.get(memory.source, folder)
        for folder, memory in project.folders().items()
        if memory.source is not None
    }
    known.update((name, name) for name in contracts)
    for name in names:
        if name not in known:
            raise UsageError(_unknown(name, sorted(known)))
    return {known[name] for name in names}


def _unknown(name: str, known: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
    return f"no provider '{name}'; {hint}"


def _print_findings(
    findings: "Sequence[Finding]", style: "Style", root: Path, remark: str = ""
) -> None:
    from engross.findings import render, summary

    def read_source(file: str) -> str | None:
        try:
            return (root / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    color = style == "text" and _color()
    print(render(findings, style, read_source=read_source, color=color), end="")
    if style == "text":
        print(f"\n{summary(findings)}. {remark}".rstrip())


def _color() -> bool:
    from engross.progress import wants_color

    return wants_color(sys.stdout)


def _shown_line(line: str, *, color: bool) -> str:
    """Return a line of a diff for a terminal; tabs stay."""
    from engross.findings import visible

    colors = {"-": "31", "+": "32", "@": "36"}
    text = "\t".join(map(visible, line.removesuffix("\n").split("\t")))
    if color and text[:1] in colors:
        text = f"\x1b[{colors[text[0]]}m{text}\x1b[0m"
    return f"{text}\n"


def _usage_error(message: str) -> int:
    _complain(message)
    return USAGE


def _complain(message: str) -> None:
    from engross.findings import visible

    print(f"engross: {visible(message)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="engross",
        description="Generate typed Python packages from API contracts, "
        "and check that they are current.",
    )
    parser.add_argument("--version", action="version", version=f"engross {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    generate = _command(commands, "generate", _generate)
    generate.add_argument(
        "--force",
        action="store_true",
        help="also overwrite hand-edited files, and files in the way",
    )
    check = _command(commands, "check", _check)
    check.add_argument(
        "--diff",
        action="store_true",
        help="show what generate would change, as a unified diff",
    )
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: "Callable[[_Options, Project], int]",
) -> argparse.ArgumentParser:
    summary = (run.__doc__ or "").strip()
    parser = commands.add_parser(name, help=summary, description=summary)
    parser.set_defaults(run=run)
    parser.add_argument(
        "providers",
        nargs="*",
        metavar="PROVIDER",
        help="contract without its file extension, or package; default: all",
    )
    parser.add_argument(
        "--format",
        choices=["text", "json", "github"],
        default="text",
        help="output format (default: %(default)s)",
    )
    parser.add_argument(
        "--strict", action="store_true", help="treat warnings as errors"
    )
    parser.add_argument(
        "--skip-broken",
        action="store_true",
        help="leave out operations of a document without x-engross that cannot be "
        "generated",
    )
    return parser
