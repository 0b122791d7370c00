"""Reading the templates of a project."""

from collections.abc import Iterator
from pathlib import Path

from engross.findings import Finding, FindingsError, Position, Span
from engross.own_templates import NO_TEMPLATES, RULE, VERSION, OwnTemplates
from engross.paths import templates_root
from engross.suggest import did_you_mean


def read_templates(root: Path, folder: Path | None) -> OwnTemplates:
    """Return the templates in a folder of a project; none without one.

    Raises:
        FindingsError: There is no such folder, its version is another one, or a file
            stands in place of no template.
    """
    if folder is None:
        return NO_TEMPLATES
    shown = folder.relative_to(root).as_posix()
    if not folder.is_dir():
        hint = "templates/README.md says what it may hold"
        raise FindingsError([Finding(RULE, f"no directory {shown}", None, hint)])
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            hint = "save it as UTF-8, or move it out of the folder"
            at = _start(f"{shown}/{name}")
            findings.append(Finding(RULE, "not valid UTF-8", at, hint))
    if not findings:
        findings += _problems(shown, texts.pop(VERSION, None), texts)
    if findings:
        raise FindingsError(findings)
    return OwnTemplates(shown, texts)


def _problems(
    folder: str, version: str | None, texts: dict[str, str]
) -> Iterator[Finding]:
    own = (templates_root() / "python" / VERSION).read_text(encoding="utf-8").strip()
    if version is None:
        hint = f"write {own} into it, the version of the names that templates use"
        yield Finding(RULE, f"{folder}/{VERSION} is missing", None, hint)
    elif version.strip() != own:
        message = f"written for version {version.strip()!r}, and this engross has {own}"
        hint = f"compare with templates/README.md, then write {own}"
        yield Finding(RULE, message, _start(f"{folder}/{VERSION}"), hint)
    from engross.emit import template_paths  # noqa: PLC0415 - loads all templates

    known = template_paths()
    for path in texts:
        if path not in known:
            hint = did_you_mean(path, known) or "templates/python/ has the paths"
            message = "replaces no template"
            yield Finding(RULE, message, _start(f"{folder}/{path}"), hint)


def _start(file: str) -> Span:
    return Span(file, Position(1, 1), Position(1, 2))
