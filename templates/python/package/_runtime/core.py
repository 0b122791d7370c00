"""What a client is made of, without the sending."""

from collections.abc import Mapping
from os import environ
from typing import TYPE_CHECKING, Any, Final, TypeVar

from .binding import Binding
from .credentials import HIDDEN, AnySecret, Keyring
from .errors import ConfigurationError
from .exchange import SentHeaders, without_user
from .headers import clean_headers
from .operation import ContractInfo, ErrorRules, Operation, Server
from .options import DEFAULT, Timeout, TimeoutTypes, as_timeout, whole_retries
from .plan import Plan
from .retry import Bucket

if TYPE_CHECKING:
    from .observing import Hooks

T = TypeVar("T")

_DEFAULT_TIMEOUT: Final = Timeout()
_HOST: Final = frozenset(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
)


class Core:
    """Settings of a client, and all that follows from them."""

    __slots__ = (
        "base_url",
        "bindings",
        "bucket",
        "contract",
        "default_headers",
        "default_query",
        "hooks",
        "keyring",
        "max_retries",
        "timeout",
        "validate_replies",
        "variables",
    )

    def __init__(
        self,
        contract: ContractInfo,
        *,
        credentials: Mapping[str, AnySecret],
        variables: Mapping[str, str | None],
        base_url: str | None,
        timeout: TimeoutTypes,
        max_retries: int,
        default_headers: Mapping[str, str] | None,
        default_query: Mapping[str, object] | None,
        validate_replies: bool,
        hooks: "Hooks | None" = None,
    ) -> None:
        self.contract = contract
        self.keyring = Keyring(contract, credentials)
        self.variables = variables
        self.base_url = base_url or environ.get(contract.base_url_env or "-") or None
        self.timeout = _DEFAULT_TIMEOUT if timeout is DEFAULT else as_timeout(timeout)
        self.max_retries = whole_retries(max_retries)
        self.default_headers = clean_headers(default_headers or {})
        self.default_query = dict(default_query or {})
        self.validate_replies = validate_replies
        self.hooks = hooks
        self.bucket = Bucket()
        self.bindings: dict[Operation[Any], Binding[Any]] = {}
        """Operations that were called before; see ``binding``."""

        if self.base_url is None and contract.servers:
            server_url(contract.servers[0], variables, contract)

    def __reduce__(self) -> tuple[type, tuple[()]]:
        raise TypeError("secrets are not pickled; make the client where it is used")

    def changed(
        self,
        *,
        timeout: TimeoutTypes = DEFAULT,
        max_retries: int | None = None,
        default_headers: Mapping[str, str] | None = None,
        default_query: Mapping[str, object] | None = None,
    ) -> "Core":
        """Return these settings with others in place of some."""
        core = object.__new__(Core)
        for name in Core.__slots__:
            setattr(core, name, getattr(self, name))
        if timeout is not DEFAULT:
            core.timeout = as_timeout(timeout)
        if max_retries is not None:
            core.max_retries = whole_retries(max_retries)
        if default_headers is not None:
            core.default_headers = SentHeaders(
                {**self.default_headers, **clean_headers(default_headers)}
            )
        if default_query is not None:
            core.default_query = {**self.default_query, **default_query}
        if default_headers is not None or default_query is not None:
            core.bindings = {}
        return core

    def issuer(self, token_url: str) -> "Core":
        """Return settings for whoever issues tokens, which is told nothing else.

        An issuer below the contract's own address moves with ``base_url``.
        """
        contract = self.contract
        if "://" not in token_url:
            token_url = f"{self.server(_ANY)}/{token_url.lstrip('/')}"
        elif self.base_url is not None and contract.servers:
            own = contract.servers[0].url.rstrip("/")
            if token_url.startswith(f"{own}/"):
                token_url = self.server(_ANY) + token_url.removeprefix(own)
        core = self.changed()
        core.contract = ContractInfo(
            name=contract.name,
            package=contract.package,
            version=contract.version,
            servers=(),
            errors=ErrorRules(code=("/error",), message=("/error_description",)),
        )
        core.base_url = token_url
        core.default_headers = SentHeaders()
        core.default_query = {}
        core.validate_replies = False
        core.bindings = {}
        return core

    def shown(self) -> str:
        """Return the client as it is printed."""
        url = self.base_url or self.server(_ANY)
        settings = [f"base_url={without_user(url)!r}"]
        settings += [f"{name}={HIDDEN!r}" for name in self.keyring.names()]
        return f"{self.contract.name}({', '.join(settings)})"

    def binding(self, operation: Operation[T]) -> Binding[T]:
        """Return an operation as this client sends it."""
        found = self.bindings.get(operation)
        if found is None:
            found = Binding(self, Plan(operation, self.contract))
            if operation.id:
                self.bindings[operation] = found
        return found

    def server(self, operation: Operation[T]) -> str:
        """Return the address that an operation's path is added to."""
        if self.base_url is not None:
            return self.base_url.rstrip("/")
        server = operation.server
        if server is None:
            if not self.contract.servers:
                raise ConfigurationError(f"{self.contract.name} needs a base_url=...")
            server = self.contract.servers[0]
        return server_url(server, self.variables, self.contract).rstrip("/")


def server_url(
    server: Server, given: Mapping[str, str | None], contract: ContractInfo
) -> str:
    """Return the address of a server with its variables filled in.

    Raises:
        ConfigurationError: a variable is missing, or does not fit into an address.
    """
    url = server.url
    for variable in server.variables:
        value = given.get(variable.argument) if variable.argument else None
        if not value and variable.env:
            value = environ.get(variable.env)
        value = value or variable.default
        if not value:
            hint = f" (or set {variable.env})" if variable.env else ""
            raise ConfigurationError(
                f"{contract.name} needs its address: pass {variable.argument}=...{hint}"
            )
        if not _HOST.issuperset(value):
            raise ConfigurationError(
                f"{variable.argument or variable.name} is no part of an address: "
                f"{value!r}"
            )
        url = url.replace(f"{{{variable.name}}}", value)
    return url


_ANY: Final[Operation[object]] = Operation(id="", name="", method="GET", path="")
