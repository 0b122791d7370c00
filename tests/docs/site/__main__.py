"""Build the site in `build/docs`, and check its links."""

import subprocess
import sys

from tests.conftest import ROOT
from tests.docs.site.links import broken_links
from tests.docs.site.sources import FOLDER, SITE, write_sources

ZENSICAL = ROOT / ".venv-docs" / "bin" / "zensical"


def main() -> str | None:
    """Build the site; return what is wrong, if anything is."""
    write_sources(FOLDER)
    command = [str(ZENSICAL), "build", "--strict"]
    done = subprocess.run(
        command, cwd=FOLDER, capture_output=True, text=True, check=False
    )
    if done.returncode:
        return done.stdout + done.stderr
    if broken := broken_links(SITE):
        return "broken links:\n" + "\n".join(broken)
    print(f"open {(SITE / 'index.html').relative_to(ROOT)}")
    return None


if __name__ == "__main__":
    sys.exit(main())
