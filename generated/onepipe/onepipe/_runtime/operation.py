"""What a contract says about one operation, as data.

Generated code creates these descriptors at import; the runtime reads them. Everything
here is an immutable value.

- *argument* is the Python name that callers use, *wire name* what the provider reads.
- *status* is an integer (``201``), a class of statuses (``"2XX"``) or ``"default"``.
"""

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, Generic, Literal, Protocol, Self, TypeAlias, TypeVar, cast

from msgspec import UNSET, Struct
from msgspec.structs import replace

from .credentials import Credential, Scheme, Security
from .observers import Subject, Trace
from .pointers import Expression, Pointer
from .transport_types import Content

T_co = TypeVar("T_co", covariant=True)

Place: TypeAlias = Literal["path", "query", "querystring", "header", "cookie"]
Style: TypeAlias = Literal[
    "",
    "simple",
    "label",
    "matrix",
    "form",
    "spaceDelimited",
    "pipeDelimited",
    "deepObject",
    "cookie",
]
Status: TypeAlias = int | str

# Requests


class Parameter(Struct, frozen=True):
    """One parameter of an operation."""

    name: str
    """Argument that holds the value; also for a constant, which callers never pass."""

    wire: str
    """Name on the wire."""

    place: Place
    """Where it is sent."""

    style: Style = ""
    """How arrays and objects are written; empty means the default of the place."""

    explode: bool | None = None
    """Whether members are written apart; None means the default of the style."""

    required: bool = False
    """Whether the provider wants it; a path parameter always is."""

    const: object = UNSET
    """Wire value that is always sent; callers cannot change it."""

    default: object = UNSET
    """Wire value that is sent when the caller passes none."""

    allow_reserved: bool = False
    """Whether ``:/?#[]@!$&'()*+,;=`` stay as they are in a query value."""

    content: str = ""
    """Media type that the value is encoded with, in place of a style."""

    type: object = None
    """Python type of the value; needed for instants in unix time and for models."""

    validator: str = ""
    """Names what checks the wire value in ``<package>.validators``; empty: nothing.
    ``<validator>_violations`` lists what breaks the schema; ``is_<validator>``, which
    large packages do without, only tells whether something does."""

    writer: "Callable[[Parameter], ParameterWriter] | None" = None
    """What writes lists, objects and encoded values; None: it is a single value."""


class Part(Struct, frozen=True):
    """How one member of a form or multipart body is written."""

    content_type: str = ""
    """Media type of the part; empty means the default for its value."""

    style: Style = ""
    """Style of the member in a form; empty means ``form``."""

    explode: bool | None = None
    """Whether members are written apart; None means the default of the style."""

    allow_reserved: bool = False
    """Whether reserved characters stay as they are."""

    file: bool = False
    """Whether it is a file, or a list of files."""


class Body(Struct, frozen=True):
    """The request body of an operation."""

    media_type: str
    """``application/json``, any ``+json``, ``application/x-www-form-urlencoded``,
    ``multipart/form-data``, a text type, or any other type, sent as the bytes given."""

    type: object = None
    """Python type of what the caller passes, without the wrapping; None: any."""

    required: bool = False
    """Whether the provider wants a body even when the caller passes nothing."""

    wrap: tuple[str, ...] = ()
    """Members around the caller's value: ``("payment",)`` for ``{"payment": ...}``."""

    parts: Mapping[str, Part] = {}
    """How members of a form or multipart body are written, by wire name."""

    validator: str = ""
    """Names what checks the whole wire body, wrapped, as for a parameter. A file in a
    multipart body is shown to it as an empty text."""

    encoder: "Callable[[Body], BodyEncoder] | None" = None
    """What encodes the body; None: it is JSON."""


class ParameterWriter(Protocol):
    """Writes the wire value of a parameter."""

    def segment(self, value: object) -> str:
        """Return the encoded value for the path."""
        ...

    def query(self, value: object) -> list[str]:
        """Return what is between the ``&`` of the query."""
        ...

    def header(self, value: object) -> str:
        """Return the value for a header."""
        ...

    def cookie(self, value: object) -> str:
        """Return names and values for the Cookie header."""
        ...


class BodyEncoder(Protocol):
    """Encodes the wire body of a request."""

    content_type: str
    """Value of the Content-Type header."""

    def encode(self, payload: object) -> Content:
        """Return what is sent for a wire body.

        Raises:
            TypeError: the body cannot be encoded.
        """
        ...

    def shown(self, payload: object) -> object:
        """Return what validators see of a wire body; ``UNSET`` if nothing."""
        ...


# Responses


class Reply(Struct, frozen=True):
    """What a reply with one status carries."""

    type: object = None
    """What the caller gets: a model, any type that msgspec decodes, ``bytes`` for the
    body as it is, ``str`` for text, which is decoded where the media type is of JSON;
    None: nothing, whatever the body says."""

    unwrap: tuple[str, ...] = ()
    """Members that lead from the body to the caller's value: ``("data",)``."""

    bare: bool = False
    """Whether the provider also sends the value without the members of ``unwrap``."""

    media_type: str = "application/json"
    """Media type that the contract names."""

    validator: str = ""
    """Names what checks the whole body, as for a parameter; it runs only for a client made
    with ``validate_replies=True``."""


# Retries


class Read(Struct, frozen=True):
    """The call that finds out whether an operation took place."""

    operation: "Operation[object]"
    """Operation that reads; it is defined before the one that names it."""

    arguments: Mapping[str, object] = {}
    """Expression or value for each argument of the reading operation, by argument."""

    body: Mapping[str, object] | None = None
    """Wire body of the reading operation, with expressions in it."""


class Safe(Struct, frozen=True):
    """Repeating changes nothing."""


class Keyed(Struct, frozen=True):
    """The provider refuses to do it twice for one key."""

    key: Expression
    """The key in the request."""

    generate: bool = False
    """Whether a call without a key gets a random UUID."""

    done: tuple[str, ...] = ()
    """Provider codes that mean 'already done'."""

    read: Read | None = None
    """The call that reads the original result back."""


class Unsafe(Struct, frozen=True):
    """Repeating may do it twice."""

    read: Read | None = None
    """The call that finds out, named in ``OutcomeUnknownError``."""


# Operations


class Operation(Struct, Generic[T_co], frozen=True, eq=False):
    """One operation of a contract; ``T_co`` is what a call returns."""

    id: str
    """Operation id of the contract."""

    name: str
    """How callers reach it: ``invoices.create``."""

    method: str
    """HTTP method, in capitals."""

    path: str
    """Path with the wire names of its parameters in braces."""

    parameters: tuple[Parameter, ...] = ()
    """Parameters; those of the path in the order in which callers pass them."""

    body: Body | None = None
    """Request body."""

    bodies: Mapping[str, Body] = {}
    """Request bodies in other media types, by media type; a range holds for its types."""

    replies: Mapping[Status, Reply | tuple[Reply, ...]] = {}
    """Replies of success by status; several when the media type decides."""

    errors: Mapping[Status, Callable[[], object]] = {}
    """Types of error bodies by status."""

    retry: Safe | Keyed | Unsafe = Unsafe()
    """Whether a request may be repeated."""

    accept: str = "application/json"
    """Value of the Accept header; empty: none is sent."""

    stream_accept: str = ""
    """The same where the response is read piece by piece; empty: there is no difference."""

    security: Security = ()
    """Ways to authenticate; empty: none is needed. An empty way is anonymous."""

    server: "Server | None" = None
    """Server of this operation alone; None: that of the contract."""

    def arguments(self) -> list[str]:
        """Return the arguments of the method, as far as they are known here."""
        names = [
            parameter.name for parameter in self.parameters if parameter.const is UNSET
        ]
        kind = None if self.body is None else self.body.type
        if isinstance(kind, type) and issubclass(kind, Struct):
            names += kind.__struct_fields__
        return names

    def sending(self, content_type: str) -> Self:
        """Return the operation with the request body of a media type.

        Raises:
            TypeError: the contract has no body of that type.
        """
        if self.body is None or content_type == self.body.media_type:
            return self
        return cast(Self, _sending(self, content_type))

    def payload(
        self, content_type: str, whole: object, members: Mapping[str, object]
    ) -> object:
        """Return what is sent: the members in the usual media type, a whole body in others.

        Raises:
            TypeError: the caller gave the wrong one.
        """
        given = [name for name, value in members.items() if value is not UNSET]
        if self.body is None or content_type == self.body.media_type:
            if whole is not UNSET:
                raise TypeError(f"a body of {content_type} is given by its members")
            has_none = not members and self.body is not None and not self.body.required
            return UNSET if has_none else members
        if given:
            raise TypeError(f"{content_type} is given as a whole body, got {given[0]}=")
        return whole

    def streaming(self) -> Self:
        """Return the operation as it is called to read the response piece by piece."""
        return cast(Self, _streaming(self)) if self.stream_accept else self


AnyOperation = TypeVar("AnyOperation", bound=Operation[Any])


@cache
def _sending(operation: AnyOperation, content_type: str) -> AnyOperation:
    essence = content_type.partition(";")[0].strip().lower()
    ranges = (essence, f"{essence.partition('/')[0]}/*", "*/*")
    for wanted in (content_type, *ranges):
        body = operation.bodies.get(wanted)
        if body is not None:
            return replace(operation, body=replace(body, media_type=content_type))
    known = [
        *([operation.body.media_type] if operation.body else ()),
        *operation.bodies,
    ]
    listed = ", ".join(map(repr, known))
    raise TypeError(f"content_type must be one of {listed}, got {content_type!r}")


@cache
def _streaming(operation: AnyOperation) -> AnyOperation:
    return replace(operation, accept=operation.stream_accept, stream_accept="")


# Contracts


class Variable(Struct, frozen=True):
    """A part of a server's address."""

    name: str
    """Name in the braces of the address."""

    argument: str = ""
    """Argument of the client that holds the value; empty: callers cannot set it."""

    env: str = ""
    """Environment variable that is read when the argument is not given."""

    default: str = ""
    """Value when neither is given; empty: the value must be given."""


class Server(Struct, frozen=True):
    """Where the provider answers."""

    url: str
    """Address, with variables in braces."""

    variables: tuple[Variable, ...] = ()
    """Variables of the address."""


class Failure(Struct, frozen=True):
    """How a reply with a status of success says that it failed."""

    at: Pointer
    """Where the body has it."""

    equals: tuple[object, ...]
    """JSON values that mean failure."""


class ErrorRules(Struct, frozen=True):
    """How to read the provider's errors."""

    code: tuple[Pointer, ...] = ()
    """Where the provider's code may be; the first that has a value counts."""

    message: tuple[Pointer, ...] = ()
    """Where the provider's message may be; the first that has a text counts."""

    failure: Failure | None = None
    """Failure within a reply of success; None: the status alone decides."""

    request_id: str = ""
    """Header of the reply that names the request; empty: the usual ones are tried."""

    classes: Mapping[str, str] = {}
    """Name of the exception for each provider code."""

    module: str = ""
    """Module that holds these exceptions, imported when one is raised."""


class ContractInfo(Struct, frozen=True, eq=False):
    """What holds for every operation of a contract."""

    name: str
    """Name of the client class."""

    package: str
    """Import name of the package."""

    version: str
    """Version of the package."""

    servers: tuple[Server, ...]
    """Servers; the first is used unless the client is given a ``base_url``."""

    base_url_env: str = ""
    """Environment variable that stands in for ``base_url``."""

    security: Mapping[str, Scheme] = {}
    """Security schemes by name."""

    required: Security = ()
    """Ways to authenticate of which a client needs one to be made at all."""

    secret_names: tuple[str, ...] = ()
    """Names of members and parameters whose values are secret."""

    errors: ErrorRules = ErrorRules()
    """How to read errors."""

    timezone: str = ""
    """Where instants without an offset are: UTC, an offset, or a place; empty: unknown."""

    webhook_secrets: tuple[Credential, ...] = ()
    """What proves that messages are the provider's, where no request needs it too."""

    validators: str = ""
    """Module that holds the validators; imported with the first call that needs it."""

    trace: Callable[[Subject], Trace | None] | None = None
    """What records attempts as spans; None: nothing does."""
