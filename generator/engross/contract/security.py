"""How requests are authenticated, and where they go."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from engross.contract.describe import Describer
from engross.contract.facts import Facts, extension, mapping, optional_text, sequence
from engross.contract.index import Index
from engross.contract.ir import (
    Credential,
    CredentialRole,
    Docs,
    HashFunction,
    SchemeKind,
    SecurityScheme,
    Server,
    ServerVariable,
    Signature,
    SignatureEncoding,
)
from engross.contract.openapi import ParameterLocation
from engross.data import dataclass
from engross.source import Location, Source


@dataclass(frozen=True, slots=True)
class SecurityReader:
    """Reads servers and security schemes of one contract."""

    index: Index
    describer: Describer

    @property
    def source(self) -> Source:
        """The contract's documents."""
        return self.index.source

    def servers(self) -> tuple[Server, ...]:
        """Where the provider answers, the default first.

        A downloaded document without servers describes the host that it comes from.
        """
        at = self.source.root / "servers"
        servers = read_servers(self.index, self.describer, at)
        host = self.source.located("/")
        if not servers and host != "/":
            return (Server(host, (), Docs()),)
        return servers

    def schemes(self) -> tuple[SecurityScheme, ...]:
        """The security schemes that the document declares and a client can use."""
        found = (self._scheme(name, facts) for name, facts in self._declared())
        return tuple(scheme for scheme in found if scheme is not None)

    def transport_schemes(self) -> frozenset[str]:
        """Names of the schemes that are up to the HTTP client."""
        return frozenset(
            name for name, facts in self._declared() if is_of_transport(facts)
        )

    def token_schemes(self) -> frozenset[str]:
        """Names of the schemes of OAuth: one token proves all that are needed together."""
        return frozenset(name for name, facts in self._declared() if is_of_oauth(facts))

    def _declared(self) -> Iterator[tuple[str, Facts]]:
        at = self.source.root / "components" / "securitySchemes"
        components = mapping(
            mapping(self.source.value(self.source.root)).get("components")
        )
        for name in mapping(components.get("securitySchemes")):
            yield str(name), mapping(self.source.value(self.source.follow(at / name)))

    def _scheme(self, name: str, facts: Facts) -> SecurityScheme | None:
        own = extension(facts)
        docs = self.describer.docs(
            self.source.root / "components" / "securitySchemes" / name
        )
        kind, location, wire = SchemeKind.API_KEY, ParameterLocation.HEADER, ""
        match facts.get("type"):
            case "apiKey":
                location = ParameterLocation(str(facts.get("in")))
                role, wire = CredentialRole.API_KEY, str(facts.get("name"))
                if "signature" in own:
                    kind = SchemeKind.SIGNATURE
            case "http" if is_unsupported(facts):
                return None
            case "http" if str(facts.get("scheme")).lower() == "basic":
                kind, role = SchemeKind.BASIC, CredentialRole.USERNAME
                wire = "Authorization"
            case "http":
                word = str(facts.get("scheme"))
                kind, role = SchemeKind.AUTHORIZATION, CredentialRole.TOKEN
                wire = "Bearer" if word.lower() == "bearer" else word
            case "oauth2" if "clientCredentials" in mapping(facts.get("flows")):
                return self._client_credentials(name, facts, own, docs)
            case "oauth2" | "openIdConnect":
                kind, role = SchemeKind.AUTHORIZATION, CredentialRole.ACCESS_TOKEN
                wire = "Bearer"
            case _:
                return None
        user, password = (
            _basic(own, name)
            if kind is SchemeKind.BASIC
            else (credential_of(own, name, role), None)
        )
        signature = mapping(own.get("signature"))
        return SecurityScheme(
            name=name,
            kind=kind,
            location=location,
            wire=wire,
            credential=user,
            password=password,
            signature=signature_of(signature) if signature else None,
            token_url=None,
            scopes=(),
            docs=docs,
        )

    def _client_credentials(
        self, name: str, facts: Facts, own: Facts, docs: Docs
    ) -> SecurityScheme:
        """A client that fetches its tokens itself."""
        flow = mapping(mapping(facts.get("flows")).get("clientCredentials"))
        return SecurityScheme(
            name=name,
            kind=SchemeKind.OAUTH2,
            location=ParameterLocation.HEADER,
            wire="Bearer",
            credential=credential_of(
                mapping(own.get("client_id")), name, CredentialRole.CLIENT_ID
            ),
            password=credential_of(
                mapping(own.get("client_secret")), name, CredentialRole.CLIENT_SECRET
            ),
            signature=None,
            token_url=str(flow.get("tokenUrl")),
            scopes=self._asked_scopes(name),
            docs=docs,
            in_form=own.get("authenticate") == "body",
            issuer=credential_of({}, name, CredentialRole.TOKEN_URL),
        )

    def _asked_scopes(self, name: str) -> tuple[str, ...]:
        """The scopes that any operation asks for, in the order of the document."""
        operations = (operation.value for operation in self.index.operations)
        found: dict[str, None] = {}
        for holder in (self.index.root, *operations):
            for requirement in sequence(holder.get("security")):
                for scope in sequence(mapping(requirement).get(name)):
                    found[str(scope)] = None
        return tuple(found)


SERVER_VARIABLE: Final = re.compile(r"\{([^{}]+)\}")
"""A variable in the URL of a server."""


def read_servers(
    index: Index, describer: Describer, at: Location
) -> tuple[Server, ...]:
    """Return the servers of a list, the default first."""
    holder = mapping(index.source.value(at.parent))
    found: list[Server] = []
    for position, server in enumerate(sequence(holder.get(str(at.tokens[-1])))):
        facts = mapping(server)
        url = index.source.located(str(facts.get("url", "")), at.document)
        declared = mapping(facts.get("variables"))
        # What is not declared has no default, so callers have to give it.
        undeclared: Facts = {
            name: {} for name in SERVER_VARIABLE.findall(url) if name not in declared
        }
        variables = tuple(
            _variable(str(name), mapping(each), is_declared=name in declared)
            for name, each in {**declared, **undeclared}.items()
        )
        docs = describer.docs(at / position)
        about = docs.description or str(facts.get("name") or "")
        found.append(Server(url, variables, replace(docs, description=about)))
    return tuple(found)


def _variable(wire: str, facts: Facts, *, is_declared: bool) -> ServerVariable:
    own = extension(facts)
    return ServerVariable(
        wire=wire,
        default=str(facts.get("default", "")),
        explicit=optional_text(own.get("argument")),
        env=optional_text(own.get("env")),
        required=bool(own.get("required")) or not is_declared,
        description=str(facts.get("description") or ""),
        values=tuple(map(str, sequence(facts.get("enum")))),
    )


_UNSUPPORTED: Final = frozenset(
    ("concealed", "digest", "dpop", "gnap", "hoba", "mutual", "negotiate", "oauth")
)
"""Schemes of HTTP whose credentials are computed in ways that no client here knows."""


def is_unsupported(scheme: Facts) -> bool:
    """Return whether a client cannot authenticate in the way of a security scheme."""
    name = str(scheme.get("scheme")).lower()
    return scheme.get("type") == "http" and (
        name in _UNSUPPORTED or name.startswith("scram-")
    )


def is_of_oauth(scheme: Facts) -> bool:
    """Return whether a security scheme is proven by an access token."""
    return scheme.get("type") in ("oauth2", "openIdConnect")


def is_of_transport(scheme: Facts) -> bool:
    """Return whether the HTTP client authenticates, by a certificate, and no request does."""
    return scheme.get("type") == "mutualTLS"


def _basic(own: Facts, scheme: str) -> tuple[Credential | None, Credential | None]:
    """Return user name and password; a scheme that uses one half leaves the other empty."""
    if "argument" in own:
        half = CredentialRole(str(own.get("as", CredentialRole.USERNAME)))
        only = credential_of(own, scheme, half)
        return (only, None) if half is CredentialRole.USERNAME else (None, only)
    user, password = mapping(own.get("username")), mapping(own.get("password"))
    has_both = not user and not password
    return (
        (
            credential_of(user, scheme, CredentialRole.USERNAME)
            if user or has_both
            else None
        ),
        (
            credential_of(password, scheme, CredentialRole.PASSWORD)
            if password or has_both
            else None
        ),
    )


def credential_of(own: Facts, scheme: str, role: CredentialRole) -> Credential:
    """Return a secret that an object names by `argument` and `env`, where it does."""
    explicit = optional_text(own.get("argument"))
    env = optional_text(own.get("env"))
    if explicit is not None:
        return Credential("", None, explicit, env)
    return Credential(scheme, role, None, env)


def signature_of(facts: Facts) -> Signature:
    """What an object says of a digest."""
    return Signature(
        digest=HashFunction(str(facts.get("digest"))),
        hmac=bool(facts.get("hmac")),
        template=str(facts.get("template")),
        encoding=SignatureEncoding(str(facts.get("encoding") or SignatureEncoding.HEX)),
    )


def secret_names(index: Index) -> tuple[str, ...]:
    """Return the names of members and parameters that the contract marks as secret.

    These are texts of the format `password`, and what is `writeOnly`.
    """
    described = {
        at: str(at.tokens[-1])
        for at in index.schemas_where(_may_be_secret)
        if at.tokens[-2:-1] == ("properties",)
    }
    for operation in index.operations:
        for parameter in operation.parameters:
            facts = index.value(parameter.at)
            if _may_be_secret(mapping(facts.get("schema"))):
                described[parameter.at / "schema"] = parameter.name
    return tuple(
        dict.fromkeys(name for at, name in described.items() if _is_secret(index, at))
    )


def _may_be_secret(schema: Mapping[str, object]) -> bool:
    """Return whether a schema says that its values are secret, or leaves it to others."""
    return _says_secret(schema) or not _NAMING_OTHERS.isdisjoint(schema)


def _is_secret(index: Index, at: Location) -> bool:
    if _says_secret(index.value(at)):
        return True
    schema = index.schemas.effective(at)
    return schema.is_write_only or "password" in schema.formats


def _says_secret(schema: Mapping[str, object]) -> bool:
    return schema.get("writeOnly") is True or schema.get("format") == "password"


_NAMING_OTHERS: Final = frozenset({"$ref", "$dynamicRef", "allOf", "anyOf", "oneOf"})
"""Keywords by which other schemas say something of the same value."""
