"""Calls of a package's client to its fake, over HTTP: each documented one, and a short life.

Usage: traffic.py FOLDER PACKAGE URL, where the URL is that of the fake or of a proxy before it.
"""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module
from typing import Any


def main() -> None:
    """Make the calls; whatever the provider refuses is an answer too."""
    folder, _, url = sys.argv[1:]
    sys.path.insert(0, folder)
    fakes: Any = import_module("tests.test_fake")
    documented: Any = import_module("tests.documented")
    package: Any = import_module("tests.package")
    fake = fakes.make_fake()
    calls = 0
    with package.client(url) as over_http, fake.client() as inside:
        for method in fakes.KNOWN:
            call = fakes.documented(method)
            with suppress(package.APIStatusError):
                call.send(over_http)
            calls += 1
        acts = ("retrieve", "update", "replace", "transition", "list", "delete")
        for create, method in (pair for act in acts for pair in fakes.made_by(act)):
            # The same seed and the same calls make the same names on both sides.
            creation = documented.Call.of(create, next(iter(fakes.KNOWN[create]), ""))
            if not fake.items(fakes.LIVES[create].resource):
                creation.send(inside)
            call = fakes.on_item(fake, create, creation, method)
            with suppress(package.APIStatusError):
                call.send(over_http)
            calls += 1
    print(calls)


if __name__ == "__main__":
    main()
