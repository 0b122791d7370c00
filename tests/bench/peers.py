"""Clients that other tools generate from the same contract."""

import shutil
from collections.abc import Callable
from pathlib import Path

from .environment import Environment
from .processes import RunFailedError, succeed
from .project import Project

OPENAPI_PYTHON_CLIENT = "openapi-python-client"
OPENAPI_GENERATOR = "openapi-generator"
CLIENTELE = "clientele"
PEERS = (OPENAPI_PYTHON_CLIENT, OPENAPI_GENERATOR, CLIENTELE)


def add_clients(
    project: Project,
    environment: Environment,
    folder: Path,
    progress: Callable[[str], None],
) -> list[str]:
    """Generate every peer's client, ready to import; return errors."""
    problems: list[str] = []
    for name, emit in _EMITTERS.items():
        progress(f"emitting the client of {name}")
        place = folder / name
        place.mkdir()
        try:
            package = emit(project.plain(project.contract), place, environment)
        except (RunFailedError, OSError) as error:
            problems.append(f"{name}: {error}")
        else:
            shutil.copytree(package, project.site / package.name)
    return problems


def _openapi_python_client(contract: Path, place: Path, peers: Environment) -> Path:
    settings = place / "settings.yaml"
    settings.write_text("package_name_override: opc_client\n")
    succeed(
        *(peers.bin / "openapi-python-client", "generate", "--path", contract),
        *("--config", settings, "--output-path", place / "out"),
        environment=peers.on_path(),
    )
    return place / "out" / "opc_client"


def _openapi_generator(contract: Path, place: Path, peers: Environment) -> Path:
    return _generated_by_java(contract, place, peers, "urllib3", "ogc_client")


def _openapi_generator_async(contract: Path, place: Path, peers: Environment) -> Path:
    return _generated_by_java(contract, place, peers, "asyncio", "ogc_async_client")


def _generated_by_java(
    contract: Path, place: Path, peers: Environment, library: str, package: str
) -> Path:
    succeed(
        *(peers.bin / "openapi-generator-cli", "generate", "-g", "python"),
        *("-i", contract, "-o", place, "--library", library),
        *("--package-name", package),
        environment=peers.on_path(),
    )
    return place / package


def _clientele(contract: Path, place: Path, peers: Environment) -> Path:
    return _by_clientele(contract, place, peers, "clientele_client")


def _clientele_async(contract: Path, place: Path, peers: Environment) -> Path:
    return _by_clientele(contract, place, peers, "clientele_async_client", "--asyncio")


def _by_clientele(
    contract: Path, place: Path, peers: Environment, package: str, *options: str
) -> Path:
    # The path that it is given becomes the import path of what it emits.
    succeed(
        *(peers.bin / "clientele", "start-api", "-f", contract, "-o", package),
        *options,
        cwd=place,
        environment=peers.on_path(),
    )
    return place / package


_EMITTERS: dict[str, Callable[[Path, Path, Environment], Path]] = {
    OPENAPI_PYTHON_CLIENT: _openapi_python_client,
    OPENAPI_GENERATOR: _openapi_generator,
    f"{OPENAPI_GENERATOR} (async)": _openapi_generator_async,
    CLIENTELE: _clientele,
    f"{CLIENTELE} (async)": _clientele_async,
}
