"""Update the output of commands in README.md, and the page of rules.

Run it after a contract or a message has changed, and review the diff.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from engross.rulebook import rules_as_markdown
from tests.docs.page import README, RULES, Block
from tests.docs.replay import copied, copied_again, replayed, sections


def main() -> None:
    """Update every transcript."""
    updated: list[tuple[Block, str]] = []
    with TemporaryDirectory(prefix="engross-docs-") as folder:
        current = copied(Path(folder))
        for number, section in enumerate(sections(README)):
            copy = copied_again(current, Path(folder, str(number)))
            updated += replayed(README, section, copy)
    text = README.text
    for block, code in sorted(updated, key=lambda pair: -pair[0].start):
        text = f"{text[: block.start]}{code}{text[block.end :]}"
    README.path.write_text(text, encoding="utf-8")
    RULES.write_text(rules_as_markdown(), encoding="utf-8")


if __name__ == "__main__":
    main()
