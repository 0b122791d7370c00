"""The command `engross`; the only module that prints and exits.

Exit status: 0 success, 1 findings, 2 usage error, 130 interrupted.
"""

import argparse
import os
import re
import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engross import __version__

if TYPE_CHECKING:
    from engross.diff import Change
    from engross.findings import Finding
    from engross.git import Revision
    from engross.printers import SourceReader, Style
    from engross.source import Source
    from engross.tree.project import Project
    from engross.tree.records import Records
    from engross.tree.rendering import StandaloneDocument
    from engross.tree.survey import Map, Survey
    from engross.tree.write import Plan
    from engross.watch import Watch

GOOD: Final = 0
FINDINGS: Final = 1
USAGE: Final = 2
INTERRUPTED: Final = 130
BROKEN_PIPE: Final = 141

_MOST_CHANGES: Final = 20
"""Changes of a contract that `--watch` lists; the rest is counted."""


_EXAMPLES: Final = """\
examples:
  engross generate petstore.yaml                    a package from a file, here
  engross generate https://api.example.com/openapi.json --output clients
  engross new petstore --from petstore.yaml         a project, from the same file
  engross generate                                  all packages of this project
  engross generate --watch                          again after each save
"""


class UsageError(Exception):
    """The command line is invalid; the message says why."""


class _Options(argparse.Namespace):
    run: "Callable[[_Options], int]"
    operands: list[str]
    format: "Style"
    diff: bool
    force: bool
    watch: bool = False
    quiet: bool
    verbose: bool
    strict: bool
    skip_broken: bool
    documents: str | None = None
    cassettes: list[str]
    host: str
    port: int
    fix: bool
    against: str | None = None
    lock: bool = False
    html: str | None = None
    renumber: bool = False
    cached: bool | None
    jobs: int | None
    executor: str | None
    output: str | None
    name: str | None
    client: str | None
    origin: str | None
    since: str | None
    until: str | None
    fail_on: str
    dry_run: bool


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
        name = error.filename
        place = "standard output" if name is None else _near(Path(str(name)))
        _complain(f"{place}: {error.strerror}")
        return FINDINGS
    return status


def _dispatch(arguments: Sequence[str] | None) -> int:
    parser = _parser()
    if "_ARGCOMPLETE" in os.environ:  # a shell asks what may come next
        _complete(parser)
    options = parser.parse_args(arguments, _Options())

    from engross.findings import FindingsError

    try:
        return options.run(options)
    except UsageError as error:
        return _usage_error(str(error))
    except FindingsError as error:
        _print_findings(error.findings, options, _below(_root() or Path.cwd()))
        return FINDINGS


def _complete(parser: argparse.ArgumentParser) -> None:
    """Answer a shell, and exit; needs `engross[completion]`."""
    try:
        import argcomplete
        from argcomplete.completers import BaseCompleter, FilesCompleter
    except ImportError:
        return

    class Words(BaseCompleter):
        def __call__(
            self, *, prefix: str, action: argparse.Action, **_: object
        ) -> list[str]:
            names = _contract_names() if action.dest == "operands" else []
            return [*names, *FilesCompleter()(prefix)]

    argcomplete.autocomplete(parser, default_completer=Words())


def _contract_names() -> list[str]:
    from engross.findings import FindingsError

    try:
        project = _project()
    except FindingsError:  # of the settings, which the command itself reports
        return []
    return [] if project is None else [*project.contracts()]


def _root() -> Path | None:
    from engross import config

    return config.find_root(Path.cwd())


def _project() -> "Project | None":
    """Return the project that the current directory is in."""
    from engross import config
    from engross.tree.project import Project

    root = _root()
    if root is None:
        return None
    settings = config.load(root)
    return Project(
        root,
        settings.specs,
        settings.generated,
        settings.slices,
        settings.levels,
        settings.templates,
        settings.approvals,
    )


def _needed_project() -> "Project":
    """Return the project of a command that cannot do without one."""
    project = _project()
    if project is None:
        raise UsageError(_without_project([]))
    return project


def _generate(options: _Options) -> int:
    """Generate packages: of a project, or of one OpenAPI document."""
    project = _project()
    document = _document(options, project)
    if document is not None:
        if options.executor is not None:
            raise UsageError("--executor is for the contracts of a project")
        if options.watch:
            raise UsageError(
                "--watch is for the contracts of a project, which this starts: "
                f"engross new NAME --from {options.operands[0]}"
            )
        return _generate_document(options, document)
    if options.output or options.name or options.client:
        raise UsageError(
            "--output, --name and --client are for one document, as in: "
            "engross generate petstore.yaml --output clients"
        )
    if project is None:
        raise UsageError(_without_project(options.operands))
    names = _chosen(options, project)
    if options.watch:
        return _generate_on_saves(options, project, names)
    return _generate_project(options, project, names)[0]


def _generate_project(
    options: _Options, project: "Project", names: Collection[str] | None
) -> "tuple[int, Survey]":
    """Generate packages of a project; return the exit status, and what there was before.

    Args:
        options: The options of the run.
        project: The project.
        names: Providers, and packages without a contract; None means all.
    """
    from engross.tree.package import write
    from engross.tree.write import exclusive

    read_source = _below(project.root)
    with exclusive(project.root):
        survey = _look(options, project, names)
        plans = {
            package.name: write(package, force=options.force)
            for package in survey.writable
        }
    folder = project.shown(project.generated)
    return _print_outcome(options, survey, plans, read_source, folder), survey


def _generate_on_saves(
    options: _Options, project: "Project", names: Collection[str] | None
) -> int:
    """Generate packages whenever a file that they are made from is saved.

    Ends when it is interrupted, with success, since that is the only end that it has.
    """
    from engross.findings import FindingsError
    from engross.watch import NoWatchfilesError, Watch, saves

    if options.format != "text":
        raise UsageError(f"--watch cannot be combined with --format {options.format}")
    if (options.jobs or 1) > 1 or options.executor is not None:
        raise UsageError("--watch cannot be combined with --jobs or --executor")
    watch = Watch(project)
    is_first = True
    reported: tuple[Finding, ...] = ()
    try:
        for _ in saves(watch.folders):
            try:
                watch.project = _project() or watch.project
                _generate_changed(options, watch, names, is_first=is_first)
                reported = ()
            except FindingsError as error:  # of settings and templates
                if error.findings != reported:
                    print()
                    _print_findings(error.findings, options, _below(project.root))
                reported = error.findings
            except OSError as error:  # a file is gone, or another one, for a moment
                _complain(f"{_near(Path(str(error.filename)))}: {error.strerror}")
            if is_first and not options.quiet:
                print("\nWatching for changes. Press Ctrl-C to stop.")
            is_first = False
            sys.stdout.flush()
    except NoWatchfilesError:
        message = "--watch needs watchfiles; run: pip install 'engross[watch]'"
        raise UsageError(message) from None
    except KeyboardInterrupt:
        if not options.quiet:
            print()
    return GOOD


def _generate_changed(
    options: _Options,
    watch: "Watch",
    names: Collection[str] | None,
    *,
    is_first: bool,
) -> None:
    """Generate the packages whose contracts changed, and print what that means."""
    from time import strftime

    from engross.tree.survey import requested

    requests = {
        name: request
        for name, request in requested(
            watch.project,
            strict=options.strict,
            skip_broken=options.skip_broken,
            documents=None,
        ).items()
        if names is None or name in names
    }
    for name in watch.gone(requests):
        print(f"\nThe contract {name} is gone; engross generate deletes its package.")
    changed = {name: requests[name] for name in watch.changed(requests)}
    if not changed:
        return
    if not is_first and not options.quiet:
        print(f"\n{strftime('%H:%M:%S')}  {', '.join(changed)}")
    _, survey = _generate_project(options, watch.project, changed)
    sys.stdout.flush()
    for name, changes in watch.note(changed, survey).items():
        if not options.quiet:
            _print_changes(name, changes)


def _print_changes(name: str, changes: "Sequence[Change]") -> None:
    """Print what changes of a contract mean for callers, a line for each."""
    from engross import config
    from engross.diff.report import findings, summary
    from engross.diff.rules import FAIL_ON

    root = _root()
    settings = None if root is None else config.load(root)
    approvals = {} if settings is None else settings.approvals
    levels = {} if settings is None else settings.levels
    found = findings(changes, approvals, levels, FAIL_ON["breaking"])
    print(f"  {name}: {summary(changes, approvals)}")
    for finding in found[:_MOST_CHANGES]:
        print(_shown_line(f"      {finding.message}", color=False), end="")
    if len(found) > _MOST_CHANGES:
        print(f"      and {len(found) - _MOST_CHANGES} more")


def _generate_document(options: _Options, document: "StandaloneDocument") -> int:
    from dataclasses import replace

    from engross.findings import FindingsError
    from engross.tree.package import write
    from engross.tree.rendering import render_standalone
    from engross.tree.report import next_steps
    from engross.tree.survey import survey_standalone
    from engross.tree.write import exclusive

    read_source = _source_of(document)
    folder = options.output or "."
    output = Path(folder)
    if not output.is_dir() and (output.exists() or output.is_symlink()):
        raise UsageError(f"--output {folder} is not a directory")
    try:
        fresh = render_standalone(
            document,
            strict=options.strict,
            skip_broken=options.skip_broken,
            jobs=_processes(options),
        )
        output.mkdir(parents=True, exist_ok=True)
        with exclusive(output):
            survey = survey_standalone(fresh, output)
            if survey.findings and not options.force:
                raise FindingsError(survey.findings)
            (package,) = survey.packages
            survey = replace(survey, findings=())  # none left, or overruled
            plan = write(package, force=options.force)
    except FindingsError as error:
        remark = "Nothing was written."
        _print_findings(error.findings, options, read_source, remark)
        return FINDINGS
    plans = {package.name: plan}
    status = _print_outcome(
        options, survey, plans, read_source, folder, _again(options)
    )
    if status == GOOD and options.format == "text" and not options.quiet:
        print(next_steps(package, folder), end="")
    return status


def _print_outcome(
    options: _Options,
    survey: "Survey",
    plans: "Mapping[str, Plan | None]",
    read_source: "SourceReader",
    folder: str,
    arguments: Sequence[str] = (),
) -> int:
    """Print what a run of `generate` did; return the exit status.

    Args:
        options: The options of the run.
        survey: The packages before the run.
        plans: What was carried out, by package; None if the run refused.
        read_source: Returns the text of a file of a finding.
        folder: The directory of the packages, as it is shown.
        arguments: The arguments of the run, if they were not names of packages.
    """
    from engross.printers import WHOLE
    from engross.tree.report import generate_report, refusals

    is_good = None not in plans.values() and not (survey.findings or survey.bugs)
    findings = [*survey.findings, *([] if options.quiet else survey.warnings)]
    if options.format == "text" and findings:
        _print_findings(findings, options, read_source, _unwritten(survey, plans))
        if plans or survey.bugs:
            print()
    if (
        options.format not in WHOLE
        and not (options.quiet and is_good)
        and (plans or survey.bugs)
    ):
        report = generate_report(survey, plans, color=_color(), to=arguments)
        print(report, end="")
    if options.format != "text":
        refused = refusals(survey, plans, folder)
        findings = [*survey.findings, *survey.warnings, *refused]
        _print_findings(findings, options, read_source)
    _print_bugs(survey)
    return GOOD if is_good else FINDINGS


def _unwritten(survey: "Survey", plans: "Mapping[str, Plan | None]") -> str:
    """Return what was not written because of errors in contracts."""
    if not survey.findings:
        return ""
    if not plans:
        return "Nothing was written."
    return f"Nothing was written for {', '.join(survey.invalid)}."


def _print_bugs(survey: "Survey") -> None:
    for traceback in survey.bugs.values():
        print(traceback, file=sys.stderr, end="")


def _again(options: _Options) -> list[str]:
    """Return the arguments that generate the same document again."""
    given = (
        ("--output", options.output),
        ("--name", options.name),
        ("--client", options.client),
    )
    chosen = [word for option, value in given if value for word in (option, value)]
    return [*options.operands, *chosen]


def _document(
    options: _Options, project: "Project | None"
) -> "StandaloneDocument | None":
    """Return the document that the operands name; None if they name providers."""
    providers = [] if project is None else _name_providers(options, project)
    named = [
        name
        for name in options.operands
        if name not in providers and _is_document(name)
    ]
    if not named:
        return None
    if len(options.operands) > 1:
        command = f"engross generate {named[0]}"
        raise UsageError(f"one document at a time, as in: {command}")
    from dataclasses import replace

    package, client = _chosen_names(options)
    return replace(_opened(named[0]), package=package, client=client)


def _name_providers(options: _Options, project: "Project") -> list[str]:
    """Replace the path of each contract of the project by its provider; return these."""
    contracts = project.contracts_by_path()
    options.operands = [
        contracts.get(Path(os.path.realpath(name)), name) for name in options.operands
    ]
    return [*contracts.values()]


def _opened(name: str) -> "StandaloneDocument":
    """Return the document at a path or a URL, or that of standard input."""
    from engross.tree.rendering import StandaloneDocument

    if name == "-":
        return StandaloneDocument("stdin", content=_standard_input())
    if "://" in name:
        from engross.download import download

        found, content = download(name)
        return StandaloneDocument(found, content=content)
    path = Path(os.path.realpath(name))
    if not path.is_file():
        what = "is a directory" if path.is_dir() else "does not exist"
        raise UsageError(f"{name} {what}; expected an OpenAPI document")
    here = Path.cwd().resolve()
    root = here if path.is_relative_to(here) else path.parent
    return StandaloneDocument(path.relative_to(root).as_posix(), root)


def _is_document(name: str) -> bool:
    """Return whether an argument is a path, a URL or `-`, not the name of a provider."""
    from engross.input_files import ENDINGS

    is_path = "/" in name or os.sep in name
    is_file = name.endswith(ENDINGS) or Path(name).is_file()
    return name == "-" or is_path or is_file


def _chosen_names(options: _Options) -> tuple[str | None, str | None]:
    """Return the names of package and client that the user chose.

    Raises:
        UsageError: One of them cannot be such a name.
    """
    for option, name, pattern, example in (
        ("--name", options.name, r"[a-z][a-z0-9_]*", "pet_shop"),
        ("--client", options.client, r"[A-Z][A-Za-z0-9]*", "PetShop"),
    ):
        if name is not None and not re.fullmatch(pattern, name):
            raise UsageError(f"{option} {name!r} is not a name such as {example}")
    return options.name, options.client


def _standard_input() -> bytes:
    from engross.download import LARGEST

    if sys.stdin.isatty():
        raise UsageError(
            "expected a document, as in: engross generate - < petstore.yaml"
        )
    content = sys.stdin.buffer.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise UsageError(f"standard input is larger than {LARGEST >> 20} MiB")
    return content


def _without_project(names: Sequence[str]) -> str:
    """Return what to do where a command needs a project and there is none."""
    from engross import config
    from engross.input_files import ENDINGS

    for name in names:
        for ending in ENDINGS:
            if Path(name + ending).is_file():
                return f"there is no project here; run: engross generate {name}{ending}"

    return (
        f"found no {config.FILE} with [{config.TABLE}] in this directory or its parents\n"
        "to generate from a document, run: engross generate petstore.yaml\n"
        "to start a project, run: engross new petstore"
    )


def _new(options: _Options) -> int:
    """Start a contract, and a project if there is none."""
    from engross import config
    from engross.input_files import ENDINGS
    from engross.tree.new_contract import begin
    from engross.tree.project import Project

    (name,) = options.operands
    if not re.fullmatch(r"[a-z][a-z0-9_-]*", name):
        raise UsageError(f"{name!r} is not a name such as pet-shop")
    project, settings = _project(), None
    if project is None:
        here = Path.cwd()
        settings = here / config.FILE
        specs, generated = (here / path for path in config.DEFAULTS.values())
        project = Project(here, specs, generated)
    for ending in (*ENDINGS, ".overlay.yaml"):
        path = project.specs / f"{name}{ending}"
        if path.exists():
            raise UsageError(f"{_shown(path)} exists; choose another name")
    document = None if options.origin is None else _opened(options.origin)
    existed = settings is not None and settings.exists()
    for path in begin(project, name, document, settings=settings):
        done = "extended" if existed and path == settings else "created"
        print(f"  {done}  {_shown(path)}")
    print(f"\nGenerate the package:\n\n  engross generate {name}")
    return GOOD


def _explain(options: _Options) -> int:
    """Explain a rule, or where a fact of a contract comes from."""
    from engross.rulebook import rule_pages

    pages = rule_pages()
    if len(options.operands) == 2 and options.operands[0] not in pages:
        return _explain_fact(options)
    if options.documents is not None:
        raise UsageError(
            "--documents goes with a fact, as in: engross explain acme Order.id"
        )
    for name in options.operands:
        if name not in pages:
            raise UsageError(_unknown(name, sorted(pages), "rule"))
    chosen = [pages[name].text() for name in options.operands]
    if not chosen:
        width = max(map(len, pages))
        chosen = ["".join(f"{p.rule:<{width}}  {p.what}\n" for p in pages.values())]
    print("\n".join(chosen), end="")
    return GOOD


def _explain_fact(options: _Options) -> int:
    """Print a fact of a contract beside the lines that state it."""
    from difflib import get_close_matches

    from engross.audit.explanation import Explainer
    from engross.audit.fact_lookup import FactLookup
    from engross.tree.auditing import contract_index
    from engross.tree.provider_documents import provider_documents

    project = _needed_project()
    _name_providers(options, project)
    provider, name = options.operands
    contracts = project.contracts()
    if provider not in contracts:
        raise UsageError(_unknown(provider, [*contracts], "provider"))
    index = contract_index(project, contracts[provider])
    lookup = FactLookup(index)
    places = lookup.find(name)
    if not places:
        near = get_close_matches(name, lookup.known, n=1)
        hint = (
            f"did you mean '{near[0]}'?" if near else "name a component or an operation"
        )
        raise UsageError(f"{provider} has no '{name}'; {hint}")
    directory = _documents(options)
    texts = {} if directory is None else provider_documents(index, directory).texts
    explainer = Explainer(index, lookup, texts)
    print("\n".join(explainer.text(place) for place in places), end="")
    return GOOD


def _near(path: Path) -> str:
    """Return a path relative to the current directory, if it is within that."""
    is_below = path.is_absolute() and path.is_relative_to(Path.cwd())
    return _shown(path) if is_below else str(path)


def _shown(path: Path) -> str:
    return Path(os.path.relpath(path)).as_posix()


def _check(options: _Options) -> int:
    """Check that the packages match their contracts; write nothing."""
    from engross.printers import WHOLE
    from engross.tree.report import check_findings, check_report, diffs

    project = _needed_project()
    _name_providers(options, project)
    if options.diff and options.format in WHOLE:
        raise UsageError(f"--diff cannot be combined with --format {options.format}")
    survey = _look(options, project, _chosen(options, project))
    survey = _with_unreleased(options, project, survey)
    findings = [*survey.findings, *([] if options.quiet else survey.warnings)]
    if options.format == "text" and findings:
        _print_findings(findings, options, _below(project.root))
        print()
    if options.format not in WHOLE and not (options.quiet and survey.is_current):
        print(check_report(survey, color=_color()), end="")
    if options.format != "text":
        folder = project.shown(project.generated)
        grouped = options.format == "github"
        findings = check_findings(survey, folder, grouped=grouped)
        _print_findings(findings, options, _below(project.root))
    if options.diff:
        for diff in diffs(survey):
            print()
            for line in diff.splitlines(keepends=True):
                print(_shown_line(line, color=_color()), end="")
    _print_bugs(survey)
    return GOOD if survey.is_current else FINDINGS


def _with_unreleased(
    options: _Options, project: "Project", survey: "Survey"
) -> "Survey":
    """Return a survey with the breaking changes that no release tells callers of."""
    from dataclasses import replace

    from engross.findings import FindingsError, Severity, in_order, judged
    from engross.unreleased import unreleased_breaks

    found = unreleased_breaks(
        project,
        survey.packages,
        _records(options),
        skip_broken=options.skip_broken,
    )
    errors = [each for each in found if each.severity is Severity.ERROR]
    warnings = [each for each in found if each.severity is not Severity.ERROR]
    try:
        judged_warnings = judged(warnings, project.levels, strict=options.strict)
    except FindingsError as error:
        errors += error.findings
        judged_warnings = ()
    return replace(
        survey,
        findings=in_order((*survey.findings, *errors)),
        warnings=in_order((*survey.warnings, *judged_warnings)),
    )


def _serve(options: _Options) -> int:
    """Play the provider of a contract or document over HTTP; nothing is generated here."""
    import signal
    import subprocess
    from tempfile import TemporaryDirectory

    from engross.findings import FindingsError
    from engross.tree.rendering import make

    project = _project()
    root = Path.cwd().resolve() if project is None else project.root
    try:
        readers = [*_readers(options, project)]
        if len(readers) != 1:
            raise UsageError("serve plays one provider; name a contract or a document")
        package, files, _ = make(readers[0]())
    except FindingsError as error:
        _print_findings(error.findings, options, _below(root))
        return FINDINGS
    # Whoever ends this command ends the server too, and the folder goes.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with TemporaryDirectory() as folder:
        for name, content in files.items():
            path = Path(folder, name)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        address = ["--host", options.host, "--port", str(options.port)]
        print(f"{package}: http://{options.host}:{options.port}", flush=True)
        served = subprocess.run(
            [sys.executable, "-m", f"{package}.testing", *address],
            cwd=folder,
            check=False,
        )
    return served.returncode


def _scaffold(options: _Options) -> int:
    """Write tests that use the fake of a package, once, into a tree of one's own."""
    from dataclasses import replace

    from engross.contract import build
    from engross.emit import scaffold, standalone_name
    from engross.tree.new_files import write_new

    project = _project()
    folder = Path(options.output or "tests")
    if not folder.is_dir() and (folder.exists() or folder.is_symlink()):
        raise UsageError(f"--output {folder} is not a directory")
    (load,) = _readers(options, project)
    contract = build(load())
    package = contract.package or standalone_name(contract)
    made = scaffold(replace(contract, package=package))
    kept = 0
    for path, is_written in write_new(folder, made.files):
        kept += not is_written
        print(f"  {'written' if is_written else 'kept   '}  {_shown(path)}")
    for method in made.left_out:
        print(f"  left out  {method}: no valid request or reply of it is known")
    if kept:
        total = len(made.files)
        _complain(f"{kept} of {total} files already existed; nothing was overwritten")
    return FINDINGS if kept else GOOD


def _lint(options: _Options) -> int:
    """Find what the standard allows in contracts and a maintainer regrets."""
    from engross.findings import FindingsError, judged
    from engross.lint import lint

    project = _project()
    root = Path.cwd().resolve() if project is None else project.root
    levels = {} if project is None else project.levels
    findings: list[Finding] = []
    for read in _readers(options, project):
        try:
            if options.fix:
                _fix(read(), root, quiet=options.format != "text")
            findings += judged(lint(read()), levels, strict=options.strict)
        except FindingsError as error:
            findings += error.findings
    errors = [each for each in findings if each.severity == "error"]
    shown = errors if options.quiet and options.format == "text" else findings
    if shown or options.format != "text":
        _print_findings(shown, options, _below(root))
    return FINDINGS if findings else GOOD


def _compare_traffic(options: _Options) -> int:
    """List what a provider sends in recorded traffic and its contract does not know."""
    from functools import partial

    from engross.findings import FindingsError, judged
    from engross.printers import WHOLE
    from engross.traffic import compare, read_cassette

    project = _project()
    root = Path.cwd().resolve() if project is None else project.root
    levels = {} if project is None else project.levels
    document = _document(options, project)
    if document is None:
        read_source = _below(root)
        (load,) = _readers(options, project)
    else:
        read_source = _source_of(document)
        load = partial(document.load, strict=False, skip_broken=False)
    try:
        cassettes = [read_cassette(name, _content(name)) for name in options.cassettes]
    except FindingsError as error:
        _print_findings(error.findings, options, _below(Path.cwd()))
        return USAGE
    try:
        found = compare(load(), cassettes)
    except FindingsError as error:
        _print_findings(error.findings, options, read_source)
        return USAGE
    try:
        findings = judged(found.findings, levels, strict=options.strict)
    except FindingsError as error:
        findings = error.findings
    errors = [each for each in findings if each.severity == "error"]
    shown = errors if options.quiet and options.format == "text" else findings
    if shown or options.format != "text":
        _print_findings(shown, options, read_source)
    if options.format not in WHOLE and not options.quiet:
        separator = "\n" if shown and options.format == "text" else ""
        print(f"{separator}{found.summary}")
    return FINDINGS if findings else GOOD


def _content(name: str) -> bytes:
    """Return the content of a file that the command line names."""
    path = Path(name)
    if not path.is_file():
        what = "is a directory" if path.is_dir() else "does not exist"
        raise UsageError(f"{name} {what}; expected a cassette, such as traffic.har")
    return path.read_bytes()


def _readers(
    options: _Options, project: "Project | None"
) -> "Iterator[Callable[[], Source]]":
    """Yield what reads each contract that the operands name, or one document."""
    from functools import partial

    from engross.source import load

    document = _document(options, project)
    if document is not None:
        yield partial(document.load, strict=False, skip_broken=False)
        return
    if project is None:
        raise UsageError(_without_project(options.operands))
    names = _chosen(options, project)
    for name, path in project.contracts().items():
        if names is None or name in names:
            wanted = project.slices.get(name)
            yield partial(load, path, root=project.root, wanted=wanted)


def _fix(source: "Source", root: Path, *, quiet: bool) -> None:
    """Write into a contract what engross assumes, and say so."""
    from engross.lint import fixes
    from engross.tree.edited_files import edit_files
    from engross.tree.write import exclusive

    with exclusive(root):
        fixed = edit_files(root, fixes(source))
    for path, number in ({} if quiet else fixed).items():
        count = f"{number} place{'s' if number > 1 else ''}"
        name = path.relative_to(root).as_posix()
        print(f"  fixed  {name}: states what engross assumes, in {count}")


def _audit(options: _Options) -> int:
    """Compare contracts with the lines of the providers' documents."""
    from engross.tree.auditing import (
        UnclearDocumentError,
        audit_report,
        audited,
        renumber,
        write_audit_page,
    )

    project = _needed_project()
    providers = _audited_providers(options, project)
    documents = _documents(options)
    if options.lock:
        return _write_locks(options, project, providers)
    against = None if options.against is None else Path(options.against)
    if against is not None and not against.is_file():
        raise UsageError(f"--against {options.against} is not a file")
    try:
        audits = [
            audited(
                project,
                provider,
                documents=documents,
                against=against,
                strict=options.strict,
            )
            for provider in providers
        ]
    except UnclearDocumentError as error:
        raise UsageError(f"--against: {error}") from None
    findings = [finding for each in audits for finding in each.findings]
    shown = findings
    if options.quiet and options.format == "text":
        shown = [finding for finding in findings if finding.severity == "error"]
    is_good = not any(each.errors for each in audits)
    if options.html is not None:
        write_audit_page(Path(options.html), audits)
    if shown or options.format != "text":
        _print_findings(shown, options, _below(project.root))
    if options.format == "text" and not (options.quiet and is_good):
        print("\n" if shown else "", end="")
        print(audit_report(audits), end="")
    if options.renumber:
        for path in renumber(project, audits):
            if options.format == "text" and not options.quiet:
                print(f"  renumbered  {_shown(path)}")
    return GOOD if is_good else FINDINGS


def _audited_providers(options: _Options, project: "Project") -> list[str]:
    """Return the names of the contracts to audit, in order."""
    if options.lock and (options.documents is None or options.against is not None):
        raise UsageError("--lock goes with --documents DIR, and not with --against")
    if options.lock and (options.html is not None or options.renumber):
        raise UsageError("--lock cannot be combined with --html or --renumber")
    if options.renumber and options.against is None and options.documents is None:
        raise UsageError("--renumber goes with --against FILE or --documents DIR")
    if options.html is not None and Path(options.html).is_dir():
        raise UsageError(f"--html {options.html} is a directory")
    if options.against is not None and options.documents is not None:
        raise UsageError("--against cannot be combined with --documents")
    _name_providers(options, project)
    known = [*project.contracts()]
    for name in options.operands:
        if name not in known:
            raise UsageError(_unknown(name, known, "provider"))
    if options.against is not None and len(options.operands) != 1:
        raise UsageError(
            "--against needs one provider, as in: engross audit acme --against new.txt"
        )
    return [name for name in known if not options.operands or name in options.operands]


def _write_locks(
    options: _Options, project: "Project", providers: Sequence[str]
) -> int:
    """Write the lock files of contracts whose documents are those that they state."""
    from engross.findings import FindingsError
    from engross.tree.auditing import locked
    from engross.tree.write import exclusive

    documents = _documents(options)
    if documents is None:
        raise UsageError("--lock goes with --documents DIR")
    findings: list[Finding] = []
    with exclusive(project.root):
        for provider in providers:
            try:
                path = locked(project, provider, documents)
            except FindingsError as error:
                findings += error.findings
                continue
            if options.format == "text" and not options.quiet:
                done = "no documents" if path is None else f"locked  {_shown(path)}"
                print(f"  {provider}  {done}")
    if findings or options.format != "text":
        _print_findings(findings, options, _below(project.root))
    return FINDINGS if findings else GOOD


def _diff(options: _Options) -> int:
    """Show what changed in contracts since a commit, or between two documents."""
    from engross.diff.report import findings, summary
    from engross.diff.rules import FAIL_ON
    from engross.findings import Severity
    from engross.printers import WHOLE

    project = _project()
    approvals = {} if project is None else project.approvals
    levels = {} if project is None else project.levels
    faults: list[Finding] = []
    if _is_of_documents(options):
        changes, read_source = _changed_documents(options)
    else:
        changes, read_source = _changed_contracts(options, project, faults)
    found = (*faults, *findings(changes, approvals, levels, FAIL_ON[options.fail_on]))
    is_good = not any(each.severity is Severity.ERROR for each in found)
    if options.quiet:
        found = tuple(each for each in found if each.severity is Severity.ERROR)
    if options.format != "text" or found:
        _print_rendered(found, options, read_source)
    if options.format not in WHOLE and not (options.quiet and is_good):
        separator = "\n" if options.format == "text" and found else ""
        remark = " Some contracts could not be compared." if faults else ""
        print(f"{separator}{summary(changes, approvals)}{remark}")
    return GOOD if is_good else FINDINGS


def _is_of_documents(options: _Options) -> bool:
    """Return whether two documents are to be compared, not contracts with a commit."""
    named = [name for name in options.operands if _is_document(name)]
    has_commit = options.since is not None or options.until is not None
    if not named or has_commit:
        return False
    if len(options.operands) != 2 or len(named) != 2:
        raise UsageError(
            "expected two documents, as in: engross diff old.yaml new.yaml\n"
            "to compare a contract with a commit, run: engross diff shop --since v1.0"
        )
    return True


def _changed_documents(
    options: _Options,
) -> "tuple[tuple[Change, ...], SourceReader]":
    """Return the changes between two documents, and what reads their texts."""
    from engross.diff import changes_between

    documents = [_opened(name) for name in options.operands]
    old, new = (
        document.load(strict=False, skip_broken=options.skip_broken)
        for document in documents
    )
    return changes_between(old, new), _source_of(documents[1])


def _changed_contracts(
    options: _Options, project: "Project | None", faults: "list[Finding]"
) -> "tuple[tuple[Change, ...], SourceReader]":
    """Return the changes of contracts since a commit, and what reads their texts.

    Args:
        options: The options of the run.
        project: The project, if there is one.
        faults: What is wrong with contracts that cannot be compared is added to it.
    """
    from engross.git import GitError, Revision
    from engross.history import Snapshot, changes_of_all

    if project is None:
        raise UsageError(
            "there is no project here; to compare two documents, run: "
            "engross diff old.yaml new.yaml"
        )
    _name_providers(options, project)
    try:
        since = Revision(project.root, options.since or "HEAD")
        until = options.until and Revision(project.root, options.until)
        old, new = (
            Snapshot(project, revision or None, options.skip_broken)
            for revision in (since, until)
        )
        known = sorted({*old.paths(), *new.paths()})
        for name in options.operands:
            if name not in known:
                raise UsageError(_unknown(name, known, "contract"))
        names = options.operands or known
        changes = tuple(changes_of_all(names, old, new, faults))
    except GitError as error:
        raise UsageError(str(error)) from None
    return changes, _at_revisions(project.root, old.revision, new.revision)


def _release(options: _Options) -> int:
    """Propose the next version of a package from the changes of its contract."""
    from engross.contract.facts import releases, stated_version
    from engross.diff import changes_between
    from engross.diff.release import (
        Release,
        ReleaseError,
        first,
        proposed,
        release_edits,
    )
    from engross.git import GitError, Revision
    from engross.history import Snapshot
    from engross.tree.edited_files import edit_files
    from engross.tree.write import exclusive

    project = _needed_project()
    _name_providers(options, project)
    (name,) = options.operands
    source = Snapshot(project, None).contract(name)
    if source is None:
        raise UsageError(_unknown(name, sorted(project.contracts()), "contract"))
    version = stated_version(source)
    try:
        release: Release | None = first(version)
        since = ""
        if options.since is not None or releases(source):
            since = options.since or _last_release(project, source)
            old = Snapshot(project, Revision(project.root, since))
            was = old.contract(name)
            if was is None:
                raise UsageError(_unknown(name, sorted(old.paths()), "contract"))
            if version != stated_version(was):
                raise UsageError(
                    f"{source.entry} states {version}, and {stated_version(was)} in "
                    f"{since}; the release is there already"
                )
            release = proposed(version, changes_between(was, source, (since, "")))
        if release is None:
            print(f"No changes since {since}; nothing to release.")
            return GOOD
        edits = release_edits(source, release)
    except (GitError, ReleaseError) as error:
        raise UsageError(str(error)) from None
    raised = f"{version} -> {release.version}" if since else version
    print(f"  {name}  {raised}\n")
    for entry in release.entries:
        print(_shown_line(f"  - {entry}\n", color=False), end="")
    if options.dry_run:
        print("\nNothing was written.")
        return GOOD
    with exclusive(project.root):
        edited = [_shown(path) for path in edit_files(project.root, edits)]
    print(f"\nWrote {' and '.join(edited)}.", end=" ")
    print(f"Review it, then run: engross generate {name}")
    return GOOD


def _last_release(project: "Project", source: "Source") -> str:
    """Return the commit that released the version that a contract states."""
    from engross.contract.facts import released_version, stated_version
    from engross.unreleased import CutOffError, last_release

    version = stated_version(source)
    if not released_version(source):
        raise UsageError(
            f"{source.entry} states {version}, which its `releases` do not list; list "
            "it, or name the commit of the last release with --since"
        )
    try:
        commit = last_release(project, source.entry, version)
    except CutOffError as error:
        raise UsageError(
            f"the commit that released {version} is unknown: {error}"
        ) from None
    if commit is None:
        raise UsageError(
            f"no commit has the release of {version} in {source.entry} yet; commit it first"
        )
    return commit


def _at_revisions(root: Path, *revisions: "Revision | None") -> "SourceReader":
    """Return what reads the text of files on disk, and in commits: `v1.0:specs/shop.yaml`."""
    read_below = _below(root)

    def read_source(file: str) -> str | None:
        for revision in revisions:
            if revision is not None and file.startswith(f"{revision.name}:"):
                content = revision[file.removeprefix(f"{revision.name}:")]
                return content.decode(errors="replace")
        return read_below(file)

    return read_source


def _look(
    options: _Options, project: "Project", names: Collection[str] | None
) -> "Survey":
    from engross.progress import Progress
    from engross.tree.survey import survey

    with Progress(sys.stderr) as progress:
        return survey(
            project,
            names=names,
            note=progress.show,
            strict=options.strict,
            skip_broken=options.skip_broken,
            documents=_documents(options),
            records=_records(options),
            engine=lambda tasks: _engine(options, tasks),
            jobs=_processes(options),
        )


def _processes(options: _Options) -> int:
    """Return how many processes may work on a contract that is alone."""
    if options.jobs is not None:
        return options.jobs
    # A process with threads, such as a watcher or a worker of a cluster, is not forked.
    if sys.platform == "linux" and options.executor is None and not options.watch:
        return len(os.sched_getaffinity(0))
    return 1


def _engine(options: _Options, tasks: int) -> "AbstractContextManager[Map]":
    """Return where so many contracts are rendered."""
    from engross.tree.survey import in_this_process

    jobs = min(options.jobs or 1, tasks)
    if options.executor is None and jobs == 1:
        return in_this_process(tasks)
    from engross.executors import in_processes, on_dask

    return in_processes(jobs) if options.executor is None else on_dask(options.executor)


def _records(options: _Options) -> "Records | None":
    """Return what earlier runs found out; None in CI, where nothing is taken on trust."""
    if options.documents is not None:
        return None
    in_ci = os.environ.get("CI", "").casefold() not in ("", "0", "false")
    if in_ci if options.cached is None else not options.cached:
        return None
    from engross.cache import Cache, cache_folder, code_digest
    from engross.tree.records import Records

    return Records(Cache(cache_folder()), code_digest())


def _documents(options: _Options) -> Path | None:
    """Return the directory with the documents that the contracts list, if it is given."""
    if options.documents is None:
        return None
    if not Path(options.documents).is_dir():
        raise UsageError(f"--documents {options.documents} is not a directory")
    return Path(options.documents)


def _chosen(options: _Options, project: "Project") -> set[str] | None:
    """Return the providers, and packages without a contract, that the operands name.

    Returns:
        Their names; None if there are no operands, which means all.

    Raises:
        UsageError: A name is unknown.
    """
    names = options.operands
    if not names:
        return None
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
            raise UsageError(_unknown(name, sorted(known), "provider"))
    return {known[name] for name in names}


def _unknown(name: str, known: Sequence[str], kind: str) -> str:
    from difflib import get_close_matches

    near = get_close_matches(name, known, n=1)
    hint = f"did you mean '{near[0]}'?" if near else f"known: {', '.join(known)}"
    return f"no {kind} '{name}'; {hint}"


def _below(root: Path) -> "SourceReader":
    """Return what reads the text of files below a directory."""

    def read_source(file: str) -> str | None:
        try:
            return (root / file).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError):
            return None

    return read_source


def _source_of(document: "StandaloneDocument") -> "SourceReader":
    """Return what reads the text of a document and of the files that it refers to."""
    if document.root is not None:
        return _below(document.root)
    text = document.content.decode(errors="replace")
    return lambda file: text if file == document.name else None


def _print_findings(
    findings: "Sequence[Finding]",
    options: _Options,
    read_source: "SourceReader",
    remark: str = "",
) -> None:
    """Print findings, and as text how many there are of which rules."""
    from engross.printers import summary, totals

    _print_rendered(findings, options, read_source)
    if options.format == "text":
        print(f"\n{summary(findings)}. {remark}".rstrip())
        print(totals(findings), end="")


def _print_rendered(
    findings: "Sequence[Finding]", options: _Options, read_source: "SourceReader"
) -> None:
    from engross.printers import render

    color = options.format == "text" and _color()
    text = render(
        findings,
        options.format,
        read_source=read_source,
        color=color,
        verbose=options.verbose,
    )
    print(text, end="")


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

    for line in message.split("\n"):
        print(f"engross: {visible(line)}", file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="engross",
        description="Generate typed Python packages from API contracts, "
        "and check that they are current.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"engross {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    generate = _package_command(
        commands,
        "generate",
        _generate,
        operands="contract of the project, by its name or path, or a package; default: "
        "all. Or one OpenAPI document: a file, an https URL, or - for standard input",
        examples=_EXAMPLES,
    )
    for option, metavar, meaning in (
        (
            "--output",
            "DIR",
            "directory of the package of a document; default: this one",
        ),
        ("--name", "NAME", "name of its package, such as pet_shop"),
        ("--client", "NAME", "name of its client, such as PetShop"),
    ):
        generate.add_argument(option, metavar=metavar, help=meaning)
    generate.add_argument(
        "--force",
        action="store_true",
        help="also overwrite hand-edited files, and files in the way",
    )
    generate.add_argument(
        "--watch",
        action="store_true",
        help="generate again whenever a file is saved that packages are made from, and "
        "say what changed for callers; Ctrl-C stops",
    )
    check = _package_command(
        commands,
        "check",
        _check,
        operands="contract of the project, by its name or path, or a package; "
        "default: all",
        examples="example:\n  engross check --diff payments",
    )
    check.add_argument(
        "--diff",
        action="store_true",
        help="show what generate would change, as a unified diff",
    )
    check.add_argument(
        "--documents",
        metavar="DIR",
        help="directory of the providers' documents; also check that these are those that "
        "the contracts were written from",
    )
    _diff_command(commands)
    _release_command(commands)
    lint = _command(
        commands,
        "lint",
        _lint,
        examples="examples:\n"
        "  engross lint                  all contracts of the project\n"
        "  engross lint --fix payments   also write what engross assumes",
    )
    lint.set_defaults(name=None, client=None)
    _add_findings_options(
        lint,
        "contract of the project, by its name or path, or one OpenAPI document; "
        "default: all",
    )
    lint.add_argument(
        "--fix",
        action="store_true",
        help="write what engross assumes where a contract says nothing; comments and "
        "layout stay",
    )
    _traffic_command(commands)
    _scaffold_command(commands)
    serve = _command(
        commands,
        "serve",
        _serve,
        examples="examples:\n"
        "  pip install 'engross[serve]'\n"
        "  engross serve petstore.yaml\n"
        "  engross serve payments --port 8000",
    )
    serve.set_defaults(name=None, client=None, format="text", verbose=False)
    _contract_operand(serve)
    serve.add_argument("--host", default="127.0.0.1", help="default: %(default)s")
    serve.add_argument("--port", type=int, default=4010, help="default: %(default)s")
    audit = _command(
        commands,
        "audit",
        _audit,
        examples="examples:\n"
        "  engross audit                                     lines and lock files\n"
        "  engross audit acme --documents pages              also the documents themselves\n"
        "  engross audit acme --against pages/new.txt        what to read again\n"
        "  engross audit acme --against pages/new.txt --renumber\n"
        "  engross audit acme --lock --documents pages       write the lock file",
    )
    _add_findings_options(
        audit, "contract of the project, by its name or path; default: all"
    )
    audit.add_argument(
        "--documents",
        metavar="DIR",
        help="directory of the providers' documents, in the version that the contracts "
        "state or in a newer one",
    )
    audit.add_argument(
        "--against",
        metavar="FILE",
        help="a newer version of a document of one contract",
    )
    audit.add_argument(
        "--html",
        metavar="FILE",
        help="also write a page with the lines beside what cites them; it has the text of "
        "the documents in --documents or --against",
    )
    audit.add_argument(
        "--renumber",
        action="store_true",
        help="write the line numbers and the digests of newer documents into the contracts",
    )
    audit.add_argument(
        "--lock",
        action="store_true",
        help="write the lock files, from the documents in --documents",
    )
    explain = _command(
        commands,
        "explain",
        _explain,
        examples="examples:\n"
        "  engross explain unknown-key                       a rule\n"
        "  engross explain acme Order.id --documents pages   a fact, beside its lines",
    )
    explain.set_defaults(format="text", verbose=False)
    explain.add_argument(
        "operands",
        nargs="*",
        metavar="RULE",
        help="the rule that a finding names; default: a list of all. Or a provider and a "
        "fact: a component, an operation, an error code or a discrepancy, and the names of "
        "parameters and properties in it, such as createOrder.items.quantity",
    )
    explain.add_argument(
        "--documents",
        metavar="DIR",
        help="directory of the providers' documents, whose lines are shown",
    )
    new = _command(
        commands,
        "new",
        _new,
        examples="examples:\n"
        "  engross new petstore                              a contract to edit\n"
        "  engross new petstore --from petstore.json         somebody else's document",
    )
    new.set_defaults(format="text", verbose=False)
    new.add_argument("operands", nargs=1, metavar="NAME", help="name of the provider")
    new.add_argument(
        "--from",
        dest="origin",
        metavar="DOCUMENT",
        help="an OpenAPI document: a file, an https URL, or - for standard input",
    )
    return parser


def _diff_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    diff = _command(
        commands,
        "diff",
        _diff,
        examples="examples:\n"
        "  engross diff                                      all contracts, since HEAD\n"
        "  engross diff payments --since v1.2                one contract, since a tag\n"
        "  engross diff old.yaml new.yaml                    two documents",
    )
    diff.add_argument(
        "operands",
        nargs="*",
        metavar="CONTRACT",
        help="contract of the project, by its name or path; default: all. Or two OpenAPI "
        "documents: files or https URLs",
    )
    diff.add_argument(
        "--since", metavar="REF", help="the commit to compare with (default: HEAD)"
    )
    diff.add_argument(
        "--until",
        metavar="REF",
        help="the commit that is compared with it (default: the files on disk)",
    )
    diff.add_argument(
        "--fail-on",
        choices=["breaking", "dangerous", "any"],
        default="breaking",
        help="the least change that exits 1, unless approved (default: %(default)s)",
    )
    _format_options(diff)
    _skip_broken_option(diff)


def _traffic_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    traffic = _command(
        commands,
        "compare-traffic",
        _compare_traffic,
        examples="examples:\n"
        "  engross compare-traffic payments traffic.har\n"
        "  engross compare-traffic petstore.yaml monday.har tuesday.har\n\n"
        "Exit status: 0 if the contract knows all that was sent, 1 if not, 2 if the contract\n"
        "or a cassette cannot be used.",
    )
    traffic.set_defaults(name=None, client=None)
    _contract_operand(traffic, nargs=1)
    traffic.add_argument(
        "cassettes",
        nargs="+",
        metavar="CASSETTE",
        help="recorded traffic in the format HAR, of a package's recorder, a browser or a "
        "proxy",
    )
    _format_options(traffic)
    traffic.add_argument(
        "--strict", action="store_true", help="treat warnings as errors"
    )


def _scaffold_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    scaffolded = _command(
        commands,
        "scaffold",
        _scaffold,
        examples="examples:\n"
        "  engross scaffold tests payments                   into tests/\n"
        "  engross scaffold tests petstore.yaml --output tests/providers\n\n"
        "Files that exist are kept. Exit status: 1 if there were any, else 0.",
    )
    scaffolded.set_defaults(name=None, client=None, format="text", verbose=False)
    scaffolded.add_argument("what", choices=["tests"], help="what is written")
    _contract_operand(scaffolded, nargs=1)
    scaffolded.add_argument(
        "--output", metavar="DIR", help="directory of the tests; default: tests"
    )


def _release_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
) -> None:
    release = _command(
        commands,
        "release",
        _release,
        examples="examples:\n"
        "  engross release payments                          since its last release\n"
        "  engross release payments --since v1.2             since a tag",
    )
    release.set_defaults(format="text", verbose=False, skip_broken=False)
    release.add_argument(
        "operands", nargs=1, metavar="CONTRACT", help="contract of the project"
    )
    release.add_argument(
        "--since",
        metavar="REF",
        help="the commit of the last release (default: the one that lists it)",
    )
    release.add_argument(
        "--dry-run", action="store_true", help="show the release, and write nothing"
    )


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of jobs")
    return int(text)


def _address(text: str) -> str:
    if not re.fullmatch(r"dask://[^/@\s]+:[0-9]+", text):
        raise argparse.ArgumentTypeError(
            f"{text!r} is not an address like dask://host:8786"
        )
    return text


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: "Callable[[_Options], int]",
    *,
    examples: str,
) -> argparse.ArgumentParser:
    """Return the parser of a command, which its function's docstring describes."""
    summary = (run.__doc__ or "").strip()
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(run=run)
    return parser


def _package_command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: "Callable[[_Options], int]",
    *,
    operands: str,
    examples: str,
) -> argparse.ArgumentParser:
    """Return the parser of a command about packages."""
    parser = _command(commands, name, run, examples=examples)
    _add_findings_options(parser, operands)
    _skip_broken_option(parser)
    parser.add_argument(
        "--cached",
        action=argparse.BooleanOptionalAction,
        help="trust what earlier runs found out about contracts and packages that are "
        "as they were (default: except in CI)",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument(
        "--jobs",
        type=_jobs,
        metavar="N",
        help="contracts to render at a time, each in a process (default: 1); one that is "
        "alone and has many operations takes two processes unless N is 1",
    )
    where.add_argument(
        "--executor",
        type=_address,
        metavar="URL",
        help="render contracts on other machines: dask://host:port",
    )
    return parser


def _contract_operand(parser: argparse.ArgumentParser, nargs: int | str = "*") -> None:
    """Add the contract that a command is about."""
    parser.add_argument(
        "operands",
        nargs=nargs,
        metavar="PROVIDER",
        help="contract of the project, by its name or path, or one OpenAPI document",
    )


def _add_findings_options(parser: argparse.ArgumentParser, operands: str) -> None:
    """Add the providers, and how findings are printed."""
    parser.add_argument("operands", nargs="*", metavar="PROVIDER", help=operands)
    _format_options(parser)
    parser.add_argument(
        "--strict", action="store_true", help="treat warnings as errors"
    )


def _format_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--format",
        choices=["text", "json", "github", "sarif", "junit"],
        default="text",
        help="output format (default: %(default)s)",
    )
    amount = parser.add_mutually_exclusive_group()
    amount.add_argument(
        "--quiet", action="store_true", help="print errors only, as text"
    )
    amount.add_argument(
        "--verbose",
        action="store_true",
        help="print every finding, even if many are alike",
    )


def _skip_broken_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--skip-broken",
        action="store_true",
        help="leave out operations of a document without x-engross that cannot be "
        "generated",
    )
