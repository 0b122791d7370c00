"""Type-check everything with basedpyright, as the settings in `pyproject.toml` say.

Each emitted package is a world of its own, with its own `tests`. Which packages there
are is known only here, hence a configuration made on the spot.
"""

import json
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Run the checker and return its exit status."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        settings = tomllib.load(file)["tool"]["basedpyright"]
    packages = sorted(path.parent for path in ROOT.glob("generated/*/pyproject.toml"))
    for key in ("include", "exclude", "extraPaths"):
        settings[key] = [str(ROOT / path) for path in settings[key]]
    settings["include"] += map(str, packages)
    settings["executionEnvironments"] = [
        *({"root": str(path), "extraPaths": []} for path in packages),
        {"root": str(ROOT), "extraPaths": settings.pop("extraPaths")},
    ]
    settings["venvPath"] = str(ROOT)
    configuration = ROOT / ".venv" / "pyrightconfig.json"
    configuration.write_text(json.dumps(settings, indent=2))
    checker = Path(sys.executable).with_name("basedpyright")
    return subprocess.call([checker, "--project", configuration])


if __name__ == "__main__":
    sys.exit(main())
