"""The cache of engross, outside of every project: what runs found out, by what they read.

It only saves time. An entry that cannot be read, or that is not as it was written, is as
good as none, and the folder can be deleted at any time.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import field
from hashlib import sha256
from pathlib import Path
from typing import Final

from engross.data import dataclass
from engross.paths import templates_root

_LARGEST: Final = 256 << 20
"""Bytes of all entries; the ones that were used longest ago are removed."""

_DIGEST_LENGTH: Final = 64


def cache_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Return the folder for caches of engross, which may not exist yet.

    `platformdirs` knows the same rules, but takes longer to load than a whole run with
    nothing to do may take.
    """
    if chosen := environment.get("ENGROSS_CACHE_DIR"):
        return Path(chosen)
    home = Path(environment.get("HOME") or os.path.expanduser("~"))
    if xdg := environment.get("XDG_CACHE_HOME"):
        return Path(xdg) / "engross"
    if sys.platform == "win32":
        local = environment.get("LOCALAPPDATA") or home / "AppData" / "Local"
        return Path(local) / "engross" / "Cache"
    if sys.platform == "darwin":
        return home / "Library" / "Caches" / "engross"
    return home / ".cache" / "engross"


class Cache:
    """Entries by key, each a file; a key is the digest of all that the entry depends on."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "entries"
        self._is_trimmed = False

    def get(self, key: str) -> bytes | None:
        """Return an entry; None if there is none, or it is damaged."""
        path = self._folder / key
        try:
            stored = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        digest, content = stored[:_DIGEST_LENGTH], stored[_DIGEST_LENGTH:]
        return content if sha256(content).hexdigest().encode() == digest else None

    def put(self, key: str, content: bytes) -> None:
        """Write an entry; where that is not possible, do nothing."""
        temporary = self._folder / f".{key}.{os.getpid()}"
        with suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            try:
                temporary.write_bytes(sha256(content).hexdigest().encode() + content)
                os.replace(temporary, self._folder / key)
            finally:
                temporary.unlink(missing_ok=True)
            if not self._is_trimmed:  # once in a run is often enough
                self._is_trimmed = True
                self._trim()

    def _trim(self) -> None:
        """Remove the entries that were used longest ago, if all together are too large."""
        with os.scandir(self._folder) as found:
            entries = [(entry.path, entry.stat()) for entry in found]
        size = sum(status.st_size for _, status in entries)
        for path, status in sorted(entries, key=lambda entry: entry[1].st_mtime):
            if size <= _LARGEST:
                return
            Path(path).unlink(missing_ok=True)
            size -= status.st_size


@dataclass(frozen=True, slots=True)
class Memo:
    """What pure functions made of texts, by digests of function and text.

    Attributes:
        before: What the last run worked out.
        used: What this run needed of it or worked out, for the next one.
    """

    before: Mapping[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)

    def result(self, function: Callable[[str], str], text: str) -> str:
        """Return what a function makes of a text, without calling it if that is known."""
        key = sha256(
            f"{function.__name__}\0{text}".encode(errors="surrogatepass")
        ).hexdigest()
        found = self.used.get(key, self.before.get(key))
        if found is None:
            found = function(text)
        self.used[key] = found
        return found


def code_digest() -> str:
    """Return a digest of what turns contracts into packages.

    That is engross's own code and templates, the version of Python, and the names and
    versions of all installed distributions, so that none of these has to be loaded.
    """
    digest = sha256(sys.version.encode())
    for name in sorted({*_distributions()}):
        digest.update(f"\0{name}".encode())
    package = Path(__file__).parent
    for root in (package, templates_root()):
        top = f"{root}{os.sep}"
        for path in sorted(_files(str(root))):
            with open(path, "rb", buffering=0) as file:
                content = file.read()
            name = path.removeprefix(top)
            digest.update(f"\0{name}\0{len(content)}\0".encode())
            digest.update(content)
    return digest.hexdigest()


def _files(folder: str) -> Iterator[str]:
    """Yield the files below a folder, without what tools keep beside them."""
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name == "__pycache__" or entry.name.endswith("_cache"):
                continue
            if entry.is_dir():
                yield from _files(entry.path)
            else:
                yield entry.path


def _distributions() -> Iterator[str]:
    """Yield name and version of what is installed, as the names of folders say."""
    for folder in sys.path:
        with suppress(OSError):
            for name in os.listdir(folder or "."):
                if name.endswith((".dist-info", ".egg-info")):
                    yield name
