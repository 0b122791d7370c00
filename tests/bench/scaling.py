"""Documents of any number of operations, and the picture of what they take."""

from collections.abc import Mapping
from math import log10
from typing import Any

_WIDTH, _HEIGHT, _EDGE = 640, 400, 60


def wide_document(operations: int) -> dict[str, Any]:
    """Return a document in which five operations share a resource and its schemas."""
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {}
    for number in range(-(-operations // 5)):
        _add_resource(f"thing{number}", paths, schemas)
    return {
        "openapi": "3.1.1",
        "info": {"title": "Wide", "version": "1"},
        "servers": [{"url": "https://wide.example"}],
        "paths": paths,
        "components": {"schemas": schemas},
    }


def _add_resource(name: str, paths: dict[str, Any], schemas: dict[str, Any]) -> None:
    title = name.capitalize()
    whole = {"$ref": f"#/components/schemas/{title}"}
    text = {"type": "string", "minLength": 1, "maxLength": 40}
    schemas[title] = {
        "type": "object",
        "required": [f"{name}_id"],
        "properties": {
            f"{name}_id": text,
            "state": {"type": "string", "enum": [f"{name}_new", "sent", "done"]},
            "amount": {"type": "integer", "minimum": 1},
            "owner": {"$ref": f"#/components/schemas/{title}Owner"},
        },
    }
    schemas[f"{title}Owner"] = {
        "type": "object",
        "properties": {f"{name}_name": text, "email": {"type": "string"}},
    }
    content = {"application/json": {"schema": whole}}
    listed = {"application/json": {"schema": {"type": "array", "items": whole}}}
    one = {"200": {"description": "It.", "content": content}}
    many = {"200": {"description": "All.", "content": listed}}
    none = {"204": {"description": "Gone."}}
    body = {"required": True, "content": content}
    identity = {"name": "id", "in": "path", "required": True, "schema": text}
    paths[f"/{name}s"] = {
        "get": {
            "operationId": f"list_{name}s",
            "tags": [f"{name}s"],
            "responses": many,
        },
        "post": {
            "operationId": f"create_{name}",
            "tags": [f"{name}s"],
            "requestBody": body,
            "responses": one,
        },
    }
    paths[f"/{name}s/{{id}}"] = {
        "parameters": [identity],
        "get": {"operationId": f"get_{name}", "tags": [f"{name}s"], "responses": one},
        "put": {
            "operationId": f"replace_{name}",
            "tags": [f"{name}s"],
            "requestBody": body,
            "responses": one,
        },
        "delete": {
            "operationId": f"delete_{name}",
            "tags": [f"{name}s"],
            "responses": none,
        },
    }


def sharing_document(operations: int, schemas: int = 320) -> dict[str, Any]:
    """Return a document whose operations all send and return the same large schemas.

    Args:
        operations: how many; each is a resource of its own.
        schemas: how many are within reach of every operation.
    """
    text = {"type": "string", "minLength": 1, "maxLength": 40}
    found: dict[str, Any] = {}
    for number in range(schemas):
        inner = (2 * number + 1, 2 * number + 2)
        found[f"Part{number}"] = {
            "type": "object",
            "required": ["id"],
            "properties": {
                "id": text,
                "state": {"type": "string", "enum": ["new", "sent", f"done{number}"]},
                "amount": {"type": "integer", "minimum": 1},
                **{f"text{each}": text for each in range(6)},
                **{
                    f"part{each}": {"$ref": f"#/components/schemas/Part{each}"}
                    for each in inner
                    if each < schemas
                },
            },
        }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Part0"}}}
    paths = {
        f"/thing{number}s": {
            "post": {
                "operationId": f"send_thing{number}",
                "tags": [f"thing{number}s"],
                "requestBody": {"required": True, "content": content},
                "responses": {"200": {"description": "It.", "content": content}},
            }
        }
        for number in range(operations)
    }
    return {
        "openapi": "3.1.1",
        "info": {"title": "Sharing", "version": "1"},
        "servers": [{"url": "https://sharing.example"}],
        "paths": paths,
        "components": {"schemas": found},
    }


def picture(seconds: Mapping[int, float]) -> str:
    """Return an SVG with both axes logarithmic: a straight line of slope 1 is linear.

    Args:
        seconds: what documents took, by their number of operations.
    """
    sizes = sorted(seconds)
    least, most = _powers(min(seconds.values())), _powers(max(seconds.values())) + 1

    def x(size: float) -> float:
        span = log10(sizes[-1]) - log10(sizes[0])
        part = (log10(size) - log10(sizes[0])) / span
        return _EDGE + part * (_WIDTH - 2 * _EDGE)

    def y(value: float) -> float:
        part = (log10(value) - least) / (most - least)
        return _HEIGHT - _EDGE - part * (_HEIGHT - 2 * _EDGE)

    points = [(x(size), y(seconds[size])) for size in sizes]
    line = " ".join(f"{left:.1f},{top:.1f}" for left, top in points)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}">',
        "<style>text { font: 12px sans-serif; text-anchor: end }</style>",
        "<title>Seconds of engross generate by number of operations</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
    ]
    for power in range(least, most + 1):
        top = y(10**power)
        lines.append(f'<path d="M{_EDGE} {top:.1f}H{_WIDTH - _EDGE}" stroke="#ddd"/>')
        lines.append(_label(_EDGE - 8, top + 4, f"{10**power:g} s"))
    below = _HEIGHT - _EDGE + 20
    lines += [_label(x(size) + 18, below, f"{size:,}") for size in sizes]
    drawn = 'fill="none" stroke="#06c" stroke-width="2"'
    lines.append(f'<polyline points="{line}" {drawn}/>')
    for (left, top), size in zip(points, sizes, strict=True):
        lines.append(f'<circle cx="{left:.1f}" cy="{top:.1f}" r="4" fill="#06c"/>')
        lines.append(_label(left - 8, top - 10, f"{seconds[size]:.3g} s"))
    lines.append(_label(_WIDTH / 2 + 30, _HEIGHT - 12, "operations"))
    return "\n".join([*lines, "</svg>", ""])


def _label(right: float, bottom: float, text: str) -> str:
    return f'<text x="{right:.1f}" y="{bottom:.1f}">{text}</text>'


def _powers(value: float) -> int:
    return int(log10(value) // 1)
