"""How a documented call looks on the wire, worked out from the contract alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from urllib.parse import parse_qsl, urlsplit

from engross.contract.ir import (
    ADDITIONAL,
    Contract,
    Credential,
    Enum,
    Kind,
    ListOf,
    MapOf,
    Model,
    Nullable,
    Operation,
    Parameter,
    ParameterId,
    Primitive,
    Ref,
    SchemeKind,
    SecurityScheme,
    Server,
    Signature,
    SignatureEncoding,
    Type,
    Union,
    UnionType,
    by_field,
)
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.emit.naming import PythonNames
from engross.emit.operations import accept_headers
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_source import value_at
from engross.emit.testing.written_values import (
    Pairs,
    crumbs,
    header,
    parameter_pairs,
    segment,
    text,
    whole_query,
)
from engross.emit.value_source import member_of, nearest
from engross.layout import Expression, call, literal, string
from engross.schema.json_values import bytes_of
from engross.source.pointer import Pointer

OF_EVERY_CLIENT = frozenset({"accept-encoding", "user-agent"})
"""Headers that every client sends, so the server of the tests does not compare them."""

TOKENS = "/oauth-tokens/"
"""Below this the server of the tests issues tokens, one for each issuer by its argument."""


def token(issuer: str) -> str:
    """The token that the server of the tests issues."""
    return f"token-of-{issuer.replace('_', '-')}"


def secret(argument: str) -> str:
    """The value that tests give for a credential."""
    return f"test-{argument.replace('_', '-')}"


def base_path(contract: Contract) -> str:
    """Path of the contract's first server, which goes before that of every operation."""
    path = _path(contract.servers[0]) if contract.servers else ""
    return path if path.startswith("/") else ""


def server_path(operation: Operation, contract: Contract) -> str:
    """Path of an operation's server, with the path of `base_url` for the first server."""
    if operation.server is None:
        return base_path(contract)
    path = _path(operation.server)
    is_below = "://" not in operation.server.url and operation.server.url[:1] != "/"
    return f"{base_path(contract)}/{path}".rstrip("/") if is_below else path


def _path(server: Server) -> str:
    """Path of a server whose variables have their defaults; a relative URL is a path."""
    url = server.url
    for variable in server.variables:
        value = variable.default or variable.wire
        url = url.replace(f"{{{variable.wire}}}", value)
    return (urlsplit(url).path if "://" in url else url).rstrip("/")


@dataclass(frozen=True, slots=True)
class Sent:
    """A call as the provider has to receive it."""

    scope: Scope
    operation: Operation
    parameters: Mapping[ParameterId, object]
    """Wire values."""
    body: object
    """Wire body; None where it is null, or none is sent."""
    has_body: bool

    def _of(self, location: ParameterLocation) -> list[tuple[Parameter, object]]:
        """The parameters of a place; clients write constants before all others."""
        found: list[tuple[Parameter, object]] = []
        for parameter in self.operation.parameters:
            if parameter.location is location:
                identity = parameter.id
                if identity in self.parameters:
                    found.append((parameter, self.parameters[identity]))
        return sorted(found, key=lambda each: not each[0].constant)

    @property
    def path(self) -> str:
        """The path, percent-encoded."""
        path, _, _ = self._filled_path.partition("?")
        return server_path(self.operation, self.scope.contract) + path

    @property
    def _filled_path(self) -> str:
        """The path of the operation, and the query that a few have behind it."""
        path = self.operation.path
        for parameter, value in self._of(ParameterLocation.PATH):
            path = path.replace(f"{{{parameter.wire}}}", segment(parameter, value))
        return path

    @property
    def query(self) -> Pairs:
        """Names and values of the query, decoded."""
        _, _, in_path = self._filled_path.partition("?")
        pairs: Pairs = parse_qsl(in_path, keep_blank_values=True)
        for parameter, value in self._of(ParameterLocation.QUERYSTRING):
            pairs += whole_query(parameter, value)
        for parameter, value in self._of(ParameterLocation.QUERY):
            pairs += parameter_pairs(parameter, value)
        for scheme in self._schemes():
            if _is(scheme, SchemeKind.API_KEY, ParameterLocation.QUERY):
                pairs.append((scheme.wire, self._secret(scheme.credential)))
        return pairs

    @property
    def signed_query(self) -> list[tuple[str, Expression]]:
        """Names and values of the query that are computed from the request."""
        return [
            (scheme.wire, self._signature(scheme))
            for scheme in self._schemes()
            if _is(scheme, SchemeKind.SIGNATURE, ParameterLocation.QUERY)
        ]

    @property
    def scheme_names(self) -> tuple[str, ...]:
        """Names of the schemes that the call is authenticated with."""
        return tuple(scheme.name for scheme in self._schemes())

    @property
    def credentials(self) -> dict[str, Expression]:
        """Headers that only depend on the secrets, by their names in small letters."""
        found: dict[str, Expression] = {}
        for scheme in self._schemes():
            match scheme.kind, scheme.location:
                case SchemeKind.API_KEY, ParameterLocation.HEADER:
                    found[scheme.wire.lower()] = string(self._secret(scheme.credential))
                case SchemeKind.BASIC, _:
                    found["authorization"] = self._basic(scheme)
                case SchemeKind.AUTHORIZATION, _:
                    found["authorization"] = string(
                        f"{scheme.wire} {self._secret(scheme.credential)}"
                    )
                case SchemeKind.OAUTH2, _:
                    assert scheme.issuer is not None
                    found["authorization"] = string(
                        f"Bearer {token(self._argument(scheme.issuer))}"
                    )
        return found

    @property
    def headers(self) -> dict[str, Expression]:
        """All other headers."""
        found: dict[str, Expression] = {}
        cookies: list[str] = []
        for scheme in self._schemes():
            match scheme.kind, scheme.location:
                case SchemeKind.API_KEY, ParameterLocation.COOKIE:
                    cookies.append(f"{scheme.wire}={self._secret(scheme.credential)}")
                case SchemeKind.SIGNATURE, ParameterLocation.HEADER:
                    found[scheme.wire.lower()] = self._signature(scheme)
        for parameter, value in self._of(ParameterLocation.HEADER):
            if parameter.wire.lower() not in OF_EVERY_CLIENT:
                found[parameter.wire.lower()] = literal(header(parameter, value))
        for parameter, value in self._of(ParameterLocation.COOKIE):
            cookies += crumbs(parameter, value)
        if cookies:
            found["cookie"] = literal("; ".join(cookies))
        found["accept"] = string(accept_headers(self.operation)[0])
        body = self.operation.body
        if body is not None and self.has_body:
            found["content-type"] = string(body.media_type)
        return found

    @property
    def issued_by(self) -> SecurityScheme | None:
        """The scheme whose token the call carries, if it needs one."""
        schemes = (each for each in self._schemes() if each.kind is SchemeKind.OAUTH2)
        return next(schemes, None)

    def _argument(self, credential: Credential) -> str:
        return self.scope.names.setting(credential).argument

    def _secret(self, credential: Credential | None) -> str:
        return "" if credential is None else secret(self._argument(credential))

    def _basic(self, scheme: SecurityScheme) -> Expression:
        halves = map(self._secret, (scheme.credential, scheme.password))
        return call("basic", *map(string, halves))

    def _schemes(self) -> Iterator[SecurityScheme]:
        """The schemes of the first way to authenticate; tests have every secret."""
        by_name = {scheme.name: scheme for scheme in self.scope.contract.security}
        for names in self.operation.security[:1]:
            yield from (by_name[name] for name in names)

    def _signature(self, scheme: SecurityScheme) -> Expression:
        assert scheme.signature is not None
        assert scheme.credential is not None
        signed = self._signed_text(scheme.signature, self._argument(scheme.credential))
        keywords: dict[str, Expression] = {}
        if scheme.signature.hmac:
            keywords["key"] = string(self._secret(scheme.credential))
        if scheme.signature.encoding is not SignatureEncoding.HEX:
            keywords["encoding"] = string(scheme.signature.encoding)
        return call("digest", string(scheme.signature.digest), signed, **keywords)

    def _signed_text(self, signature: Signature, argument: str) -> Expression:
        """What is signed: the template with its parts filled in."""
        pieces: list[str] = []
        written = ""
        rest = signature.template
        while rest:
            before, _, rest = rest.partition("{")
            written += before
            name, _, rest = rest.partition("}")
            if name == "body":
                pieces += [string(written)] if written else []
                pieces.append("request.body.decode()")
                written = ""
            elif name:
                written += self._part(name, argument)
        pieces += [string(written)] if written or not pieces else []
        return " + ".join(pieces)

    def _part(self, name: str, argument: str) -> str:
        kind, _, key = name.partition(":")
        by_wire = {
            (str(each.location), each.wire): self.parameters.get(each.id)
            for each in self.operation.parameters
        }
        match kind:
            case _ if name == argument:
                return secret(argument)
            case "method":
                return self.operation.http_method
            case "path" if not key:
                return self.path
            case "body":
                return text(value_at(self.body, Pointer.parse(key).tokens))
            case "header" if key.lower() in self._static_headers:
                return self._static_headers[key.lower()]
            case _:
                return text(by_wire.get((kind, key)))

    @property
    def _static_headers(self) -> dict[str, str]:
        """Headers that hold a secret as it is, by their names in small letters."""
        return {
            scheme.wire.lower(): self._secret(scheme.credential)
            for scheme in self._schemes()
            if _is(scheme, SchemeKind.API_KEY, ParameterLocation.HEADER)
        }


def _is(scheme: SecurityScheme, kind: SchemeKind, location: ParameterLocation) -> bool:
    return scheme.kind is kind and scheme.location is location


# Bodies


@dataclass(frozen=True, slots=True)
class Filler:
    """Works out what the client makes of a documented body."""

    names: PythonNames

    def sent(self, value: object, type_: Type) -> object:
        """The value as it is sent: with defaults filled in, without what no argument carries."""
        match type_, value:
            case Nullable(inner), _ if value is not None:
                return self.sent(value, inner)
            case ListOf(item), list():
                return [self.sent(each, item) for each in value]
            case MapOf(inner), dict():
                return {name: self.sent(each, inner) for name, each in value.items()}
            case Union(members), dict() | list():
                return self._one_of(value, members)
            case Ref() as ref, dict() | list():
                definition = self.names.definition(ref)
                if isinstance(definition, UnionType):
                    return self._one_of(value, definition.members, definition)
                if isinstance(definition, Model) and isinstance(value, dict):
                    return self._model(value, definition)
            case Primitive(Kind.INTEGER), float() | Decimal() if value == int(value):
                return int(value)
        return value

    def _one_of(
        self,
        value: Mapping[str, object] | list[object],
        members: tuple[Type, ...],
        alias: UnionType | None = None,
    ) -> object:
        if isinstance(value, list):
            member = nearest(self.names, value, members)
        else:
            member = member_of(self.names, value, members, alias)
        return value if member is None else self.sent(value, member)

    def knows(self, value: object, type_: Type) -> bool:
        """Whether a type has a place for all that a value has, and the value all it needs."""
        match type_, value:
            case Primitive(Kind.ANY), _:
                return True
            case Nullable(inner), _:
                return value is None or self.knows(value, inner)
            case ListOf(item), _:
                return isinstance(value, list) and all(
                    self.knows(each, item) for each in value
                )
            case MapOf(inner), _:
                return isinstance(value, dict) and all(
                    self.knows(each, inner) for each in value.values()
                )
            case Union(members), _:
                return self._knows_one(value, members)
            case Ref() as ref, _:
                definition = self.names.definition(ref)
                if isinstance(definition, UnionType):
                    return self._knows_one(value, definition.members, definition)
                if isinstance(definition, Model) and isinstance(value, dict):
                    return self._has_all(value, definition)
                return isinstance(definition, Enum) and isinstance(value, str | int)
            case Primitive(Kind.BINARY | Kind.CONTENT), _:
                return False  # bytes as they are, even under a media type of JSON
            case Primitive(Kind.BASE64), str():
                return bytes_of(value) is not None
            case Primitive(Kind.DATE_TIME), str():
                # Of the last moment that .NET knows, only clients cut the last digit.
                return not value.startswith("9999-12-31T23:59:59.9999999")
            case _:
                return not isinstance(value, dict | list)

    def _knows_one(
        self,
        value: object,
        members: tuple[Type, ...],
        alias: UnionType | None = None,
    ) -> bool:
        """Whether a union has a place for all of a value: an object's is its member."""
        if not isinstance(value, dict):
            return any(self.knows(value, member) for member in members)
        member = member_of(self.names, value, members, alias)
        return member is not None and self.knows(value, member)

    def _has_all(self, value: Mapping[str, object], model: Model) -> bool:
        """Whether an object has the fields that a model needs, and no others."""
        wires = set(model.wires)
        return (ADDITIONAL in wires or value.keys() <= wires) and all(
            (
                self.knows(value[field.wire], field.type)
                if field.wire in value
                else not field.required and field.default is None
            )
            for field in model.fields
        )

    def _model(self, value: Mapping[str, object], model: Model) -> dict[str, object]:
        filled: dict[str, object] = {}
        for each in model.fields:
            if each.wire in value:
                filled[each.wire] = self.sent(value[each.wire], each.type)
            elif each.sent is not None:
                filled[each.wire] = each.sent.value
        others = by_field(value, model.wires).get(ADDITIONAL)
        return {**filled, **others} if isinstance(others, dict) else filled

    def _is_constant(self, value: object, kind: Type) -> bool:
        """Whether callers give nothing of an object, as all that it has is constant."""
        if not isinstance(value, dict):
            return False
        alias = self.names.definition(kind) if isinstance(kind, Ref) else None
        match alias or kind:
            case Nullable(inner):
                return self._is_constant(value, inner)
            case Model(fields=fields):
                return value.keys() <= {each.wire for each in fields if each.constant}
            case Union(members) | UnionType(members=members):
                union = alias if isinstance(alias, UnionType) else None
                member = member_of(self.names, value, members, union)
                return member is not None and self._is_constant(value, member)
            case _:
                return not value

    def body(self, operation: Operation, payload: object) -> object:
        """The whole wire body that a documented one makes the client send."""
        body = operation.body
        if body is None or payload is None:
            return payload
        inner = payload
        for name in body.wrap:
            inner = inner.get(name) if isinstance(inner, dict) else None
        if body.spread and isinstance(inner, dict):
            given = {each.wire for each in operation.arguments if each.in_body}
            if ADDITIONAL not in given:
                inner = {k: v for k, v in inner.items() if k in given}
        is_given = body.required or not body.spread
        if not is_given and self._is_constant(inner, body.type):
            return None
        sent = self.sent(inner, body.type)
        for name in reversed(body.wrap):
            sent = {name: sent}
        return sent
