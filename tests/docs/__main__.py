"""Update what is generated in the docs: output of commands, a recording, the index, the rules.

Run it after a contract or a message has changed, and review the diff.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from engross.rulebook import rules_as_markdown
from tests.docs.package_index import with_index
from tests.docs.page import PACKAGES, RULES, RUN, Block, Page
from tests.docs.recording import RECORDING, recording
from tests.docs.replay import copied, copied_again, replayed, sections


def main() -> None:
    """Update every page."""
    with TemporaryDirectory(prefix="engross-docs-") as folder:
        current = copied(Path(folder))
        for page in RUN:
            _update(page, current, Path(folder, page.name))
        RECORDING.write_text(recording(current), encoding="utf-8")
    packages = PACKAGES.path.read_text(encoding="utf-8")
    PACKAGES.path.write_text(with_index(packages), encoding="utf-8")
    RULES.write_text(rules_as_markdown(), encoding="utf-8")


def _update(page: Page, current: Path, folder: Path) -> None:
    updated: list[tuple[Block, str]] = []
    for number, section in enumerate(sections(page)):
        copy = copied_again(current, folder / str(number))
        updated += replayed(page, section, copy)
    text = page.text
    for block, code in sorted(updated, key=lambda pair: -pair[0].start):
        text = f"{text[: block.start]}{code}{text[block.end :]}"
    page.path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
