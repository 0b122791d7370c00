"""How requests are authenticated, and where they go."""

from __future__ import annotations

from dataclasses import dataclass

from engross.contract.describe import Describer, Facts, extension, mapping, sequence
from engross.contract.ir import (
    Credential,
    Docs,
    SecurityScheme,
    Server,
    ServerVariable,
    Signature,
)
from engross.contract.naming import constant, snake
from engross.source import Source


@dataclass(frozen=True, slots=True)
class SecurityReader:
    """Reads servers and security schemes of one contract."""

    source: Source
    describer: Describer
    env_prefix: str

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
        argument = str(own.get("argument") or snake(wire))
        return ServerVariable(
            wire=wire,
            default=str(facts.get("default", "")),
            argument=argument,
            env=str(own.get("env") or self._env(argument)),
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
        several = len(declared) > 1
        found: list[SecurityScheme] = []
        for name in declared:
            facts = mapping(self.source.value(self.source.follow(at / name)))
            scheme = self._scheme(str(name), facts, several=several)
            if scheme is not None:
                found.append(scheme)
        return tuple(found)

    def _scheme(
        self, name: str, facts: Facts, *, several: bool
    ) -> SecurityScheme | None:
        own = extension(facts)
        docs = self.describer.docs(
            self.source.root / "components" / "securitySchemes" / name
        )
        kind, location, wire, password = "api-key", "header", "", None
        match facts.get("type"):
            case "apiKey":
                location, wire = str(facts.get("in")), str(facts.get("name"))
                default = "api_key"
                if "signature" in own:
                    kind = "signature"
            case "http" if str(facts.get("scheme")).lower() == "basic":
                kind, default, wire = "basic", "username", "Authorization"
            case "http":
                word = str(facts.get("scheme"))
                kind, default = "authorization", "token"
                wire = "Bearer" if word.lower() == "bearer" else word
            case "oauth2" if "clientCredentials" in mapping(facts.get("flows")):
                return self._client_credentials(name, facts, own, docs, several=several)
            case "oauth2" | "openIdConnect":
                kind, default, wire = "authorization", "access_token", "Bearer"
            case _:
                return None
        prefix = f"{snake(name)}_" if several else ""
        if kind == "basic":
            user, password = self._basic(own, prefix)
        else:
            user = self.credential(own, prefix + default if several else default)
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
        self, name: str, facts: Facts, own: Facts, docs: Docs, *, several: bool
    ) -> SecurityScheme:
        """A client that fetches its tokens itself."""
        flow = mapping(mapping(facts.get("flows")).get("clientCredentials"))
        prefix = f"{snake(name)}_" if several else ""
        return SecurityScheme(
            name=name,
            kind="oauth2",
            location="header",
            wire="Bearer",
            credential=self.credential(
                mapping(own.get("client_id")), f"{prefix}client_id"
            ),
            password=self.credential(
                mapping(own.get("client_secret")), f"{prefix}client_secret"
            ),
            signature=None,
            token_url=str(flow.get("tokenUrl")),
            scopes=self._asked_scopes(name),
            docs=docs,
            in_form=own.get("authenticate") == "body",
            issuer=self.credential({}, f"{self._issuer_prefix(name)}token_url"),
        )

    def _issuer_prefix(self, name: str) -> str:
        """What tells the token URL of a scheme from those of others."""
        root = mapping(self.source.value(self.source.root))
        declared = mapping(mapping(root.get("components")).get("securitySchemes"))
        at = self.source.root / "components" / "securitySchemes"
        flows = [
            mapping(
                mapping(self.source.value(self.source.follow(at / each))).get("flows")
            )
            for each in declared
        ]
        several = sum("clientCredentials" in each for each in flows) > 1
        return f"{snake(name)}_" if several else ""

    def _asked_scopes(self, name: str) -> tuple[str, ...]:
        """The scopes that any operation asks for, in the order of the document."""
        root = mapping(self.source.value(self.source.root))
        holders = [root]
        for item in mapping(root.get("paths")).values():
            holders += [mapping(each) for each in mapping(item).values()]
        found: dict[str, None] = {}
        for holder in holders:
            for requirement in sequence(holder.get("security")):
                for scope in sequence(mapping(requirement).get(name)):
                    found[str(scope)] = None
        return tuple(found)

    def _basic(
        self, own: Facts, prefix: str
    ) -> tuple[Credential | None, Credential | None]:
        """User name and password; a scheme that uses one half leaves the other empty."""
        if "argument" in own:
            only = self.credential(own, "")
            return (
                (only, None)
                if own.get("as", "username") == "username"
                else (None, only)
            )
        user, password = mapping(own.get("username")), mapping(own.get("password"))
        if not user and not password:
            return (
                self.credential({}, f"{prefix}username"),
                self.credential({}, f"{prefix}password"),
            )
        return (
            self.credential(user, "username") if user else None,
            self.credential(password, "password") if password else None,
        )

    def credential(self, own: Facts, default: str = "") -> Credential:
        """The secret that an object names by `argument` and `env`."""
        argument = str(own.get("argument") or default)
        return Credential(argument, str(own.get("env") or self._env(argument)))

    def _env(self, argument: str) -> str:
        return f"{self.env_prefix}_{constant(argument)}"


def signature_of(facts: Facts) -> Signature:
    """What an object says of a digest."""
    return Signature(
        digest=str(facts.get("digest")),
        hmac=bool(facts.get("hmac")),
        template=str(facts.get("template")),
        encoding=str(facts.get("encoding") or "hex"),
    )
