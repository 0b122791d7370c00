"""How requests are authenticated, and where they go."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.describe import Describer
from engross.contract.facts import Facts, extension, mapping, optional_text, sequence
from engross.contract.index import Index
from engross.contract.ir import (
    Credential,
    Docs,
    SecurityScheme,
    Server,
    ServerVariable,
    Signature,
)
from engross.source import Source


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
        """Where the provider answers, the default first."""
        at = self.source.root / "servers"
        listed = mapping(self.source.value(self.source.root)).get("servers")
        found: list[Server] = []
        for index, server in enumerate(sequence(listed)):
            facts = mapping(server)
            variables = tuple(
                self._variable(name, mapping(each))
                for name, each in mapping(facts.get("variables")).items()
            )
            docs = self.describer.docs(at / index)
            found.append(Server(str(facts.get("url", "")), variables, docs))
        return tuple(found)

    def _variable(self, wire: str, facts: Facts) -> ServerVariable:
        own = extension(facts)
        return ServerVariable(
            wire=wire,
            default=str(facts.get("default", "")),
            explicit=optional_text(own.get("argument")),
            env=optional_text(own.get("env")),
            required=bool(own.get("required")),
            description=str(facts.get("description") or ""),
        )

    def schemes(self) -> tuple[SecurityScheme, ...]:
        """The security schemes that the document declares and a client can use."""
        at = self.source.root / "components" / "securitySchemes"
        components = mapping(
            mapping(self.source.value(self.source.root)).get("components")
        )
        declared = mapping(components.get("securitySchemes"))
        found: list[SecurityScheme] = []
        for name in declared:
            facts = mapping(self.source.value(self.source.follow(at / name)))
            scheme = self._scheme(str(name), facts)
            if scheme is not None:
                found.append(scheme)
        return tuple(found)

    def _scheme(self, name: str, facts: Facts) -> SecurityScheme | None:
        own = extension(facts)
        docs = self.describer.docs(
            self.source.root / "components" / "securitySchemes" / name
        )
        kind, location, wire = "api-key", "header", ""
        match facts.get("type"):
            case "apiKey":
                location, wire = str(facts.get("in")), str(facts.get("name"))
                role = "api_key"
                if "signature" in own:
                    kind = "signature"
            case "http" if str(facts.get("scheme")).lower() == "basic":
                kind, role, wire = "basic", "username", "Authorization"
            case "http":
                word = str(facts.get("scheme"))
                kind, role = "authorization", "token"
                wire = "Bearer" if word.lower() == "bearer" else word
            case "oauth2" if "clientCredentials" in mapping(facts.get("flows")):
                return self._client_credentials(name, facts, own, docs)
            case "oauth2" | "openIdConnect":
                kind, role, wire = "authorization", "access_token", "Bearer"
            case _:
                return None
        user, password = (
            _basic(own, name)
            if kind == "basic"
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
            kind="oauth2",
            location="header",
            wire="Bearer",
            credential=credential_of(mapping(own.get("client_id")), name, "client_id"),
            password=credential_of(
                mapping(own.get("client_secret")), name, "client_secret"
            ),
            signature=None,
            token_url=str(flow.get("tokenUrl")),
            scopes=self._asked_scopes(name),
            docs=docs,
            in_form=own.get("authenticate") == "body",
            issuer=credential_of({}, name, "token_url"),
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


def _basic(own: Facts, scheme: str) -> tuple[Credential | None, Credential | None]:
    """Return user name and password; a scheme that uses one half leaves the other empty."""
    if "argument" in own:
        half = str(own.get("as", "username"))
        only = credential_of(own, scheme, half)
        return (only, None) if half == "username" else (None, only)
    user, password = mapping(own.get("username")), mapping(own.get("password"))
    has_both = not user and not password
    return (
        credential_of(user, scheme, "username") if user or has_both else None,
        credential_of(password, scheme, "password") if password or has_both else None,
    )


def credential_of(own: Facts, scheme: str, role: str) -> Credential:
    """Return a secret that an object names by `argument` and `env`, where it does."""
    explicit = optional_text(own.get("argument"))
    env = optional_text(own.get("env"))
    if explicit is not None:
        return Credential("", "", explicit, env)
    return Credential(scheme, role, None, env)


def signature_of(facts: Facts) -> Signature:
    """What an object says of a digest."""
    return Signature(
        digest=str(facts.get("digest")),
        hmac=bool(facts.get("hmac")),
        template=str(facts.get("template")),
        encoding=str(facts.get("encoding") or "hex"),
    )
