"""What a contract says about one operation, as data.

Emitted code builds these descriptors once, at import; the runtime reads them and never
changes them. Everything here is an immutable value without behaviour.

Conventions used by all of them:

- *argument* is the Python name that callers use, *wire name* what the provider reads.
- *pointer* is a JSON pointer (``/errors/0/code``) into a decoded JSON document.
- *expression* is a runtime expression of OpenAPI: ``$request.body#/transactionId``,
  ``$request.header.X-Ref``, ``$request.path.id``, ``$request.query.page``. A text that
  does not start with ``$`` stands for itself.
- *status* is an integer (``201``), a class of them (``"2XX"``) or ``"default"``.
"""

from collections.abc import Mapping
from typing import Generic, Literal, TypeAlias, TypeVar

from msgspec import UNSET, Struct, UnsetType

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
Digest: TypeAlias = Literal["md5", "sha1", "sha256", "sha512"]
Encoding: TypeAlias = Literal["hex", "base64"]
Status: TypeAlias = int | str

# Requests


class Parameter(Struct, frozen=True):
    """One parameter of an operation."""

    name: str
    """Argument that holds the value; also for a constant, which callers never pass."""

    wire: str
    """Name on the wire."""

    place: Place
    """Where it travels."""

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

    is_valid: str = ""
    """Function in ``<package>.validators`` that checks the wire value; empty: none."""

    violations: str = ""
    """Function in ``<package>.validators`` that lists what breaks the schema."""


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


class Body(Struct, frozen=True):
    """The request body of an operation."""

    media_type: str
    """``application/json``, any ``+json``, ``application/x-www-form-urlencoded``,
    ``multipart/form-data``, a text type, or any other type, sent as the bytes given."""

    type: object = None
    """Python type of what the caller passes, without the wrapping; None: as it is."""

    required: bool = False
    """Whether the provider wants a body even when the caller passes nothing."""

    wrap: tuple[str, ...] = ()
    """Members around the caller's value: ``("payment",)`` for ``{"payment": ...}``."""

    parts: Mapping[str, Part] = {}
    """How members of a form or multipart body are written, by wire name."""

    is_valid: str = ""
    """Function in ``<package>.validators`` that checks the whole wire body, wrapped.
    A file in a multipart body is shown to it as an empty text."""

    violations: str = ""
    """Function in ``<package>.validators`` that lists what breaks the schema."""


# Replies


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

    is_valid: str = ""
    """Function in ``<package>.validators`` that checks the whole body; it runs only
    for a client made with ``validate_replies=True``."""

    violations: str = ""
    """Function in ``<package>.validators`` that lists what breaks the schema."""


# Retries


class Read(Struct, frozen=True):
    """The call that finds out whether an operation took place."""

    operation: "Operation[object]"
    """Operation that reads; it is defined before the one that names it."""

    arguments: Mapping[str, str] = {}
    """Expression for each argument of the reading operation, by argument."""

    body: Mapping[str, object] | None = None
    """Wire body of the reading operation; every text in it is an expression."""


class Safe(Struct, frozen=True):
    """Repeating changes nothing."""

    because: str = ""
    """Why, in the words of the contract."""


class Keyed(Struct, frozen=True):
    """The provider refuses to do it twice for one key."""

    key: str
    """Expression of the key in the request."""

    done: tuple[str, ...] = ()
    """Provider codes that mean 'already done'."""

    read: Read | None = None
    """The call that reads the original result back."""

    because: str = ""
    """Why, in the words of the contract."""


class Unsafe(Struct, frozen=True):
    """Repeating may do it twice."""

    read: Read | None = None
    """The call that finds out, named in ``OutcomeUnknownError``."""

    because: str = ""
    """Why, in the words of the contract."""


# Paging. Items stand where ``Reply.unwrap`` of the operation says, so such an operation
# is an ``Operation[list[Item]]``; pointers lead into the whole reply body.


class PageStyle(Struct, frozen=True, tag="page"):
    """Pages are counted."""

    page: str
    """Argument that holds the number of the page."""

    size: str = ""
    """Argument that holds how many items a page has; empty: fixed by the provider."""

    start: int = 1
    """Number of the first page."""


class OffsetStyle(Struct, frozen=True, tag="offset"):
    """Items are counted."""

    offset: str
    """Argument that holds how many items to skip."""

    limit: str = ""
    """Argument that holds how many items a page has; empty: fixed by the provider."""


class CursorStyle(Struct, frozen=True, tag="cursor"):
    """Each page names the next by a cursor."""

    cursor: str
    """Argument that holds the cursor."""

    next: str
    """Pointer to the next cursor; null, empty or absent ends the list."""


class NextUrlStyle(Struct, frozen=True, tag="url"):
    """Each page carries the address of the next."""

    next: str
    """Pointer to the address; null, empty or absent ends the list."""


class LinkStyle(Struct, frozen=True, tag="link"):
    """Each page names the next in a ``Link`` header, ``rel="next"``."""


Pagination: TypeAlias = PageStyle | OffsetStyle | CursorStyle | NextUrlStyle | LinkStyle


# Security


class Credential(Struct, frozen=True):
    """A secret or name that the client is made with."""

    argument: str
    """Argument of the client."""

    env: str = ""
    """Environment variable that is read when the argument is not given."""


class ApiKey(Struct, frozen=True):
    """A secret sent as it is."""

    name: str
    """Wire name of the header, query parameter or cookie."""

    place: Literal["header", "query", "cookie"]
    """Where it travels."""

    credential: Credential
    """The secret."""


class Basic(Struct, frozen=True):
    """HTTP basic; a half without a credential is empty."""

    username: Credential | None = None
    """First half."""

    password: Credential | None = None
    """Second half."""


class Http(Struct, frozen=True):
    """``Authorization: <scheme> <credential>``."""

    scheme: str
    """Name as it is sent: ``Bearer``, ``Token``."""

    credential: Credential
    """The secret."""


class Signature(Struct, frozen=True):
    """A value computed from the request and a secret."""

    name: str
    """Wire name of the header or query parameter."""

    credential: Credential
    """The secret."""

    template: str
    """What is digested. ``{body:/pointer}``, ``{header:Name}``, ``{query:name}``,
    ``{path:name}``, ``{method}``, ``{path}``, ``{body}`` (its bytes), and the name of
    the secret's argument stand for their values; the rest stands for itself."""

    digest: Digest
    """Digest algorithm."""

    hmac: bool = False
    """Whether the secret is also the key of an HMAC."""

    encoding: Encoding = "hex"
    """How the digest is written."""

    place: Literal["header", "query"] = "header"
    """Where it travels."""


class OAuth2ClientCredentials(Struct, frozen=True):
    """A bearer token fetched with an id and a secret, and again before it expires."""

    token_url: str
    """Address that issues tokens."""

    client_id: Credential
    """Name of the client."""

    client_secret: Credential
    """The secret."""

    scopes: tuple[str, ...] = ()
    """Scopes to ask for."""

    authenticate: Literal["header", "body"] = "header"
    """Whether id and secret travel as HTTP basic or in the form."""

    issuer: Credential | None = None
    """What stands in for ``token_url``: an argument of the client; it is no secret."""


Scheme: TypeAlias = ApiKey | Basic | Http | Signature | OAuth2ClientCredentials
Security: TypeAlias = tuple[tuple[str, ...], ...]
"""Alternatives, each a set of scheme names that are needed together."""


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

    replies: Mapping[Status, Reply | tuple[Reply, ...]] = {}
    """Replies of success by status; several when the media type decides."""

    errors: Mapping[Status, object] = {}
    """Types of error bodies by status."""

    retry: Safe | Keyed | Unsafe = Unsafe()
    """Whether a request may be repeated."""

    pagination: Pagination | None = None
    """How to get from one page to the next."""

    accept: str = "application/json"
    """Value of the Accept header; empty: none is sent."""

    security: Security = ()
    """Ways to authenticate; empty: none is needed. An empty way is anonymous."""

    server: "Server | None" = None
    """Server of this operation alone; None means that of the contract."""


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

    enum: tuple[str, ...] = ()
    """Values that the contract knows; empty: any."""


class Server(Struct, frozen=True):
    """Where the provider answers."""

    url: str
    """Address, with variables in braces."""

    variables: tuple[Variable, ...] = ()
    """Variables of the address."""


class Failure(Struct, frozen=True):
    """How a reply with a status of success says that it failed."""

    at: str
    """Pointer into the body."""

    equals: tuple[object, ...]
    """JSON values that mean failure."""


class ErrorRules(Struct, frozen=True):
    """How to read the provider's errors."""

    code: tuple[str, ...] = ()
    """Pointers to the provider's code; the first that leads somewhere counts."""

    message: tuple[str, ...] = ()
    """Pointers to the provider's message; the first that leads to a text counts."""

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

    errors: ErrorRules = ErrorRules()
    """How to read errors."""

    webhook_secrets: tuple[Credential, ...] = ()
    """What proves that messages are the provider's, where no request needs it too."""

    validators: str = ""
    """Module that holds the validators; imported with the first call that needs it."""


__all__ = [
    "UNSET",
    "ApiKey",
    "Basic",
    "Body",
    "ContractInfo",
    "Credential",
    "CursorStyle",
    "ErrorRules",
    "Failure",
    "Http",
    "Keyed",
    "LinkStyle",
    "NextUrlStyle",
    "OAuth2ClientCredentials",
    "OffsetStyle",
    "Operation",
    "PageStyle",
    "Pagination",
    "Parameter",
    "Part",
    "Read",
    "Reply",
    "Safe",
    "Scheme",
    "Security",
    "Server",
    "Signature",
    "Unsafe",
    "UnsetType",
    "Variable",
]
