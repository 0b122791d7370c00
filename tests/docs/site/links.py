"""Links of a built site."""

from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


def broken_links(site: Path) -> list[str]:
    """Return links of pages to files or anchors that the site does not have."""
    site = site.resolve()
    pages = {path: _Page(path) for path in sorted(site.rglob("*.html"))}
    return [
        f"{path.relative_to(site)}: {link}"
        for path, page in pages.items()
        for link in page.links
        if not _has(site, pages, path, link)
    ]


def _has(site: Path, pages: "Mapping[Path, _Page]", path: Path, link: str) -> bool:
    url = urlsplit(link)
    if url.scheme or url.netloc:
        return True
    here = site if url.path.startswith("/") else path.parent
    target = (here / unquote(url.path).lstrip("/")).resolve() if url.path else path
    if target not in pages:
        return target.is_file()
    return not url.fragment or unquote(url.fragment) in pages[target].anchors


class _Page(HTMLParser):
    """The links and the anchors of a page."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del tag
        self.links += self._values(attrs, "href", "src")
        self.anchors |= {*self._values(attrs, "id", "name")}

    def _values(
        self, attrs: list[tuple[str, str | None]], *names: str
    ) -> Iterator[str]:
        return (value for name, value in attrs if name in names and value)
