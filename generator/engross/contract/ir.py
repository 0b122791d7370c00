"""The intermediate representation: what a contract means, without parser types.

Everything here is frozen and independent of the target language. Elements are identified by where
they are written (`Location`) or by what the wire calls them, and carry what a namer needs: the name
that the author chose, if any, and the title. What code calls them is decided in `emit/naming/`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import field
from decimal import Decimal
from enum import StrEnum
from typing import Final, Protocol, TypeAlias
from urllib.parse import quote

from engross.contract.media_types import is_stream
from engross.contract.openapi import ParameterLocation, Style, is_success
from engross.data import dataclass
from engross.findings import Finding, Span
from engross.schema.schemas import Schemas as SchemaTree
from engross.source import Location, Value
from engross.source.expression import Expression
from engross.source.path_items import LeftOut
from engross.source.pointer import Pointer

type_of_json = str | int | float | bool | None

Argued: TypeAlias = (
    "dict[str, Argued] | list[Argued] | Expression | str | int | float | Decimal | None"
)
"""A JSON value in which texts may be read from an earlier request."""


class Kind(StrEnum):
    """The kind of a single value, on the wire and in code."""

    ANY = "any"
    NULL = "null"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    STRING = "string"
    DECIMAL = "decimal"
    """Decimal that is a JSON number on the wire."""
    DECIMAL_TEXT = "decimal-text"
    """Decimal that is a JSON string on the wire."""
    DATE = "date"
    DATE_TIME = "date-time"
    UNIX_SECONDS = "unix-s"
    UNIX_MILLISECONDS = "unix-ms"
    UUID = "uuid"
    BINARY = "binary"
    """Raw bytes: a whole response."""
    BASE64 = "base64"
    """Bytes that are base64 on the wire."""
    FILE_TEXT = "file-text"
    """Content of a file: text in JSON, a part of its own in a multipart body."""
    FILE = "file"
    """A part of a multipart body as callers give it: bytes, an open file, a path."""
    CONTENT = "content"
    """A whole body that is sent unchanged, at once or as a stream."""
    TEXT_CONTENT = "text-content"
    """The same, for a text media type."""

    @property
    def is_sent_as_given(self) -> bool:
        """Return whether it is a whole body that is sent unchanged."""
        return self in (Kind.CONTENT, Kind.TEXT_CONTENT)


@dataclass(frozen=True, slots=True)
class Primitive:
    """A value without structure."""

    kind: Kind


@dataclass(frozen=True, slots=True)
class Literal:
    """One of a few unnamed constants."""

    values: tuple[type_of_json, ...]


@dataclass(frozen=True, slots=True)
class ListOf:
    """A list of values of one type."""

    item: Type


@dataclass(frozen=True, slots=True)
class MapOf:
    """An object with arbitrary keys."""

    value: Type


@dataclass(frozen=True, slots=True)
class Nullable:
    """A value that may also be JSON null."""

    inner: Type


@dataclass(frozen=True, slots=True)
class Ref:
    """A use of the model, enum or union that is written at a location."""

    at: Location


@dataclass(frozen=True, slots=True)
class Union:
    """One of several types."""

    members: tuple[Type, ...]


Type = Primitive | Literal | ListOf | MapOf | Nullable | Ref | Union

ANY = Primitive(Kind.ANY)

_NO_PATH: Final = re.compile(r"[^\x21-\x7e]|[\"#<>\\^`|](?![^{}]*\})")
"""Characters that no URL can hold, outside the names of variables."""

ADDITIONAL = "(additional properties)"
"""Stands in for the wire name of the field with the members of an object that the contract
describes without naming them."""


def is_component(at: Location) -> bool:
    """Return whether a schema is a component, whose name is part of the contract."""
    return len(at.tokens) == 3 and at.tokens[:2] == ("components", "schemas")


def by_field(
    value: Mapping[str, object], wires: Collection[str]
) -> Mapping[str, object]:
    """Return the members of an object by the fields that hold them."""
    if ADDITIONAL not in wires:
        return value
    others = {name: member for name, member in value.items() if name not in wires}
    named = {name: member for name, member in value.items() if name in wires}
    return {**named, ADDITIONAL: others} if others else named


class DiscrepancyKind(StrEnum):
    """What is wrong with a document."""

    CONTRADICTION = "contradiction"
    OMISSION = "omission"
    MISPRINT = "misprint"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A contradiction, omission or misprint in a document, and what the contract does instead."""

    id: str
    kind: DiscrepancyKind
    lines: str | None
    says: str
    chosen: str
    because: str
    caller: str
    """What a caller must do or know because of it, in one sentence; empty if nothing."""


class Confidence(StrEnum):
    """How sure an element of the contract is."""

    DOCUMENTED = "documented"
    SUPPLEMENTED = "supplemented"
    INFERRED = "inferred"


@dataclass(frozen=True, slots=True)
class Provenance:
    """Where an element of the contract comes from."""

    lines: str | None = None
    document: str | None = None
    """Title of the document that the lines are of."""
    supplement: str | None = None
    """Title of the public reference that supplied it."""
    confidence: Confidence = Confidence.DOCUMENTED
    because: str | None = None
    discrepancies: tuple[Discrepancy, ...] = ()


class MoneyUnit(StrEnum):
    """What an amount of money counts."""

    MAJOR = "major"
    MINOR = "minor"


@dataclass(frozen=True, slots=True)
class Money:
    """How a value counts money."""

    unit: MoneyUnit
    currency: str | None
    """ISO 4217 code; None if the currency differs from value to value."""


@dataclass(frozen=True, slots=True)
class Docs:
    """What a developer reads when hovering over an element."""

    summary: str = ""
    description: str = ""
    notes: tuple[str, ...] = ()
    """Unit, limits and defaults that the description does not state, a sentence each."""
    money: Money | None = None
    """How the values count money; None if they are not amounts of money."""
    provenance: Provenance = Provenance()
    deprecated: bool = False


@dataclass(frozen=True, slots=True)
class Default:
    """A value that the client fills in if the caller gives none."""

    value: object


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a model."""

    wire: str
    type: Type
    required: bool
    """Whether every value has it: in replies, if the model is in any, else in requests."""
    required_in_request: bool
    default: Default | None = None
    """What instances have for a value that is not given, if every value has the field."""
    sent: Default | None = None
    """What requests have for it: differs for a member that is only read, or only written."""
    constant: bool = False
    """The default is the only value: a caller never gives it."""
    explicit: str | None = None
    """Name that the author chose for code."""
    docs: Docs = Docs()
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Model:
    """An object with known properties."""

    at: Location
    explicit: str | None
    """Name that the author chose for code."""
    title: str | None
    fields: tuple[Field, ...]
    closed: bool
    """Whether it has no members but those that are declared."""
    docs: Docs
    in_request: bool
    in_reply: bool
    span: Span | None = None

    @property
    def wires(self) -> Collection[str]:
        """Wire names of the fields."""
        return {field.wire: None for field in self.fields}.keys()


@dataclass(frozen=True, slots=True)
class EnumMember:
    """A value of an enum."""

    value: str | int
    label: str | None = None
    """Name that the author gave it (`x-enum-varnames`)."""
    description: str = ""


@dataclass(frozen=True, slots=True)
class Enum:
    """A closed or open set of strings, or of integers that the author named."""

    at: Location
    explicit: str | None
    title: str | None
    members: tuple[EnumMember, ...]
    docs: Docs
    in_request: bool
    in_reply: bool
    span: Span | None = None

    @property
    def is_of_integers(self) -> bool:
        """Return whether its values are integers."""
        return not any(isinstance(member.value, str) for member in self.members)


@dataclass(frozen=True, slots=True)
class UnionType:
    """A named choice between types."""

    at: Location
    explicit: str | None
    title: str | None
    members: tuple[Type, ...]
    discriminator: str | None
    mapping: tuple[tuple[str, Location], ...]
    """Value of the discriminator -> location of the member."""
    implied: frozenset[str]
    """Values of the discriminator that only the names of schemas imply."""
    recursive: bool
    """Whether it contains itself, in an array or a map."""
    docs: Docs
    in_request: bool
    in_reply: bool
    span: Span | None = None


Definition = Model | Enum | UnionType


@dataclass(frozen=True, slots=True)
class ParameterId:
    """Identifies a parameter within its operation."""

    location: ParameterLocation
    wire: str

    def __str__(self) -> str:
        return f"{self.location}:{self.wire}"


@dataclass(frozen=True, slots=True)
class OperationId:
    """Identifies an operation; for a webhook, `path` is its key."""

    path: str
    method: str
    """As sent, so usually in capitals."""

    def __str__(self) -> str:
        return f"{self.method.lower()} {self.path}"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value in the path, query, headers or cookies of a request."""

    at: Location
    wire: str
    location: ParameterLocation
    explicit: str | None
    """Name that the author chose for code."""
    type: Type
    required: bool
    style: Style
    explode: bool
    allow_reserved: bool
    content: str | None
    default: Default | None
    constant: bool
    schema: Location | None
    """Schema that the wire value is validated against."""
    example: object
    """A documented value, or a sample."""
    docs: Docs
    span: Span | None = None

    @property
    def id(self) -> ParameterId:
        """Return what identifies the parameter within its operation."""
        return ParameterId(self.location, self.wire)


@dataclass(frozen=True, slots=True)
class Part:
    """How one property of a form or multipart body is encoded."""

    name: str
    style: Style | None
    explode: bool | None
    content_type: str | None
    allow_reserved: bool
    file: bool
    """Whether it is a file, or a list of files."""


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a request."""

    media_type: str
    type: Type
    wrap: tuple[str, ...]
    """Members of the body that wrap the caller's arguments."""
    required: bool
    spread: bool
    """Whether each property of the type is an argument of the method."""
    parts: tuple[Part, ...]
    schema: Location | None
    """Schema that the whole body is validated against."""
    docs: Docs
    others: tuple[Body, ...] = ()
    """The same in the other media types that are documented."""


@dataclass(frozen=True, slots=True)
class Argument:
    """A value that the caller of an operation gives."""

    id: ParameterId
    """The parameter that it fills; for the body or a member of it, its location says so."""
    explicit: str | None
    type: Type
    required: bool
    positional: bool
    docs: Docs
    span: Span | None = None

    @property
    def wire(self) -> str:
        """Return its name on the wire; empty for a whole body."""
        return self.id.wire

    @property
    def is_body(self) -> bool:
        """Return whether it is the whole body."""
        return self.id.location is ParameterLocation.BODY

    @property
    def in_body(self) -> bool:
        """Return whether it is the body or one of its members."""
        return self.id.location in (ParameterLocation.BODY, ParameterLocation.MEMBER)


@dataclass(frozen=True, slots=True)
class Reply:
    """The response with one status."""

    status: str
    """`200`, `2XX` or `default`."""
    media_type: str | None
    type: Type | None
    unwrap: tuple[str, ...]
    bare: bool
    """Whether the provider may also send the value without its envelope."""
    result: Type | None
    """What the caller receives: the unwrapped type, or nothing."""
    schema: Location | None
    """Schema that the body is validated against."""
    docs: Docs
    others: tuple[Reply, ...] = ()
    """The same in the other media types that are documented."""

    @property
    def whole(self) -> tuple[Reply, ...]:
        """The media types that are read as a whole: streams only where there are no others."""
        listed = (self, *self.others)
        return tuple(each for each in listed if not each.is_stream) or listed

    @property
    def is_stream(self) -> bool:
        """Whether the body is meant to be read piece by piece."""
        return self.media_type is not None and is_stream(self.media_type)


def successes(replies: tuple[Reply, ...]) -> tuple[Reply, ...]:
    """Return the responses of an operation from which a call returns."""
    documented = [reply.status for reply in replies]
    return tuple(reply for reply in replies if is_success(reply.status, documented))


@dataclass(frozen=True, slots=True)
class ReadBack:
    """The operation that tells the outcome of an earlier call."""

    operation: str
    """Its `operationId`."""
    parameters: tuple[tuple[str, Argued], ...]
    """Wire name of each parameter, with a value or an expression on the earlier request."""
    body: Argued
    """Wire body, which may contain expressions; None if there is none."""


class RetryMode(StrEnum):
    """Which failures a call may be retried after."""

    SAFE = "safe"
    """All, because it changes nothing."""
    KEYED = "keyed"
    """All, with one idempotency key."""
    UNSAFE = "unsafe"
    """Only those that prove that nothing was done."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Whether an operation may be retried, and how a request that was already done is resolved."""

    mode: RetryMode
    key: Expression | None
    """Where the request has its idempotency key."""
    generates_key: bool
    """Whether a call without a key gets a random UUID."""
    done: tuple[str, ...]
    read: ReadBack | None
    because: str
    provenance: Provenance

    def generates(self, parameter: ParameterId) -> bool:
        """Return whether a parameter is a key that the client fills in."""
        if not self.generates_key or self.key is None or self.key.part is None:
            return False
        name, wire = self.key.name, parameter.wire
        if parameter.location is ParameterLocation.HEADER:
            name, wire = name.lower(), wire.lower()
        is_there = ParameterLocation(self.key.part) is parameter.location
        return is_there and name == wire

    def generates_within(self, pointer: str) -> bool:
        """Return whether the body has a key that the client fills in at or below a pointer."""
        if not self.generates_key or self.key is None or not self.key.pointer.tokens:
            return False
        return f"{self.key.pointer}/".startswith(f"{pointer}/")


class PagingStyle(StrEnum):
    """How a request asks for the next page of a list."""

    PAGE = "page"
    OFFSET = "offset"
    CURSOR = "cursor"
    URL = "url"
    """By a URL in the body of the last response."""
    LINK = "link"
    """By a URL in its `Link` header."""


@dataclass(frozen=True, slots=True)
class Pagination:
    """How a list continues: parameters of the request, pointers into the response."""

    style: PagingStyle
    page: ParameterId | None
    size: ParameterId | None
    start: int
    items: tuple[str, ...]
    next: Pointer
    item_type: Type


class Act(StrEnum):
    """What an operation does to an item of a resource."""

    CREATE = "create"
    RETRIEVE = "retrieve"
    LIST = "list"
    UPDATE = "update"
    """Members that are not given keep their values, within objects too."""
    REPLACE = "replace"
    """Members that are given are replaced as a whole."""
    DELETE = "delete"
    TRANSITION = "transition"
    """It goes from one state to another."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A kind of thing that the provider keeps."""

    key: str
    """Identifies it: a name that the author chose, or the path of the collection."""
    identity: tuple[Pointer, ...]
    """What names an item, within the item; the provider makes up the first."""
    is_created: bool
    """Whether an operation creates items."""
    created: tuple[tuple[str, Kind], ...] = ()
    """Members that hold when an item was created."""
    changed: tuple[tuple[str, Kind], ...] = ()
    """Members that hold when an item was last changed."""


@dataclass(frozen=True, slots=True)
class Life:
    """What an operation does to the items that the provider keeps; what a webhook reports."""

    resource: str
    """Key of the resource."""
    act: Act | None
    """None of a webhook."""
    item: Expression | None
    """Where a request names the item."""
    at: tuple[str, ...]
    """Where a reply or a message has the item, or the list of items."""
    sets: Mapping[str, Value] = field(default_factory=dict)
    """Members of the item that the operation sets; of a webhook, with which it is sent."""
    since: Mapping[str, tuple[Value, ...]] = field(default_factory=dict)
    """Members of the item, and the values with which the operation is allowed."""
    unique: tuple[Pointer, ...] = ()
    """Members of the request that no two items may share."""
    refused: str | None = None
    """The provider's code where `since` or `unique` does not hold."""


class Locate(Protocol):
    """Returns where the value at a location is written, or its key."""

    def __call__(self, at: Location, /, *, key: bool = False) -> Span: ...


@dataclass(frozen=True, slots=True)
class Example:
    """A payload."""

    name: str
    value: object
    documented: bool
    """Whether it is in the contract; otherwise it is a sample."""
    provenance: Provenance
    at: Location
    """Where it is; of a sample, what it is a sample of."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the provider."""

    id: OperationId
    at: Location
    operation_id: str | None
    """As in the document."""
    explicit: str | None
    """Resource and method that the author chose, such as `invoices.create`."""
    tags: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    body: Body | None
    arguments: tuple[Argument, ...]
    replies: tuple[Reply, ...]
    result: Type | None
    retry: Retry
    pagination: Pagination | None
    security: tuple[tuple[str, ...], ...]
    server: Server | None
    """Server of this operation alone."""
    request_examples: tuple[Example, ...]
    """Documented bodies; a sample if there are none."""
    reply_examples: tuple[tuple[str, Example], ...]
    """Status -> example."""
    docs: Docs
    links: tuple[OperationId, ...]
    """The operations that its responses link to."""
    errors: tuple[ProviderError, ...] = ()
    """The provider's errors that a call can raise."""
    filled: tuple[tuple[OperationId, str, Expression], ...] = ()
    """What links of its responses say: a parameter of an operation, and its value."""
    life: Life | None = field(default=None, compare=False)
    """What it does to the items that the provider keeps; None if nothing is known."""

    @property
    def successes(self) -> tuple[Reply, ...]:
        """Return the responses from which a call returns."""
        return successes(self.replies)

    @property
    def failures(self) -> tuple[Reply, ...]:
        """Return the other responses, which raise."""
        returned = successes(self.replies)
        return tuple(reply for reply in self.replies if reply not in returned)

    @property
    def label(self) -> str:
        """Return its name for people: its `operationId`, or else its method and path."""
        return str(self.id) if self.operation_id is None else self.operation_id

    @property
    def http_method(self) -> str:
        """Return its HTTP method."""
        return self.id.method

    @property
    def path(self) -> str:
        """Return the template of its path, as a URL can hold it."""
        return _NO_PATH.sub(lambda found: quote(found[0]), self.id.path)


@dataclass(frozen=True, slots=True)
class Tag:
    """A group of operations that the document describes."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class ProviderError:
    """An error with a code of the provider."""

    code: str
    explicit: str | None
    """Name of the exception that the author chose."""
    status: int | None
    meaning: str
    provenance: Provenance
    operations: tuple[str, ...] = ()
    """The `operationId`s that can report it, if the author named them."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Marks a response with a success status as failed: the value at `at` is in `equals`."""

    at: Pointer
    equals: tuple[type_of_json, ...]


@dataclass(frozen=True, slots=True)
class Errors:
    """How the provider reports errors."""

    code: tuple[Pointer, ...]
    message: tuple[Pointer, ...]
    failure: Failure | None
    request_id_header: str | None
    classes: tuple[ProviderError, ...]


class CredentialRole(StrEnum):
    """What a credential is in its security scheme or webhook."""

    ACCESS_TOKEN = "access_token"
    API_KEY = "api_key"
    CLIENT_ID = "client_id"
    CLIENT_SECRET = "client_secret"
    PASSWORD = "password"
    SECRET = "secret"
    TOKEN = "token"
    TOKEN_URL = "token_url"
    USERNAME = "username"


@dataclass(frozen=True, slots=True)
class Credential:
    """A secret, or part of one, that the client is given.

    Schemes and webhooks that name the same argument share one credential.
    """

    scheme: str
    """The security scheme or webhook that needs it; empty if the author chose a name."""
    role: CredentialRole | None
    """None if the author chose a name."""
    explicit: str | None = None
    """Name that the author chose for code."""
    env: str | None = None
    """Environment variable that the author chose."""

    @property
    def id(self) -> tuple[str, ...]:
        """Return what identifies the credential."""
        return (self.explicit,) if self.explicit else (self.scheme, self.role or "")


class SignatureEncoding(StrEnum):
    """How the bytes of a digest are written."""

    HEX = "hex"
    BASE64 = "base64"


class HashFunction(StrEnum):
    """What a digest is computed with."""

    MD5 = "md5"
    SHA1 = "sha1"
    SHA256 = "sha256"
    SHA512 = "sha512"


@dataclass(frozen=True, slots=True)
class Signature:
    """A value computed from the request."""

    digest: HashFunction
    hmac: bool
    template: str
    encoding: SignatureEncoding


class SchemeKind(StrEnum):
    """How a security scheme authenticates a request."""

    API_KEY = "api-key"
    BASIC = "basic"
    AUTHORIZATION = "authorization"
    """A token in the header of that name."""
    SIGNATURE = "signature"
    OAUTH2 = "oauth2"
    """A client of OAuth that fetches its tokens: `credential` is its id, `password` its secret."""


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """How a request is authenticated."""

    name: str
    kind: SchemeKind
    location: ParameterLocation
    wire: str
    """Name of the header, query parameter or cookie; the scheme's word for `authorization`."""
    credential: Credential | None
    password: Credential | None
    signature: Signature | None
    token_url: str | None
    scopes: tuple[str, ...]
    docs: Docs
    in_form: bool = False
    """Whether id and secret of an OAuth client are sent in the form, not as HTTP basic."""
    issuer: Credential | None = None
    """The setting for the token URL of an OAuth client."""


class TimestampUnit(StrEnum):
    """What the timestamp of a message counts."""

    SECONDS = "s"
    MILLISECONDS = "ms"


@dataclass(frozen=True, slots=True)
class SignedHeader:
    """A header of a message that contains its signature."""

    header: str
    format: str
    signature: Signature
    credential: Credential
    unit: TimestampUnit
    timestamp_header: str | None
    """Header of the timestamp, if it is not in `header`."""
    tolerance: float
    """Maximum age of a message in seconds; 0 if no timestamp is signed."""
    provenance: Provenance = field(default=Provenance(), compare=False)


@dataclass(frozen=True, slots=True)
class SecretHeader:
    """A header of a message that contains a secret."""

    header: str
    format: str
    credential: Credential
    provenance: Provenance = field(default=Provenance(), compare=False)


Proof = SignedHeader | SecretHeader


@dataclass(frozen=True, slots=True)
class Event:
    """Distinguishes a message from others sent to the same URL."""

    at: Pointer
    """Where the body has the event."""
    equals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook: a message from the provider, without credentials of a client."""

    id: OperationId
    at: Location
    media_type: str | None
    payload: Type | None
    """Type of the whole body; None if there is none."""
    unwrap: tuple[str, ...]
    bare: bool
    """Whether the provider may also send the value without its envelope."""
    result: Type | None
    """What the caller receives: the unwrapped type, or nothing."""
    schema: Location | None
    """Schema that the body is validated against."""
    proof: Proof | None
    """How it is verified; None if the contract does not say."""
    event: Event | None
    examples: tuple[Example, ...]
    docs: Docs
    span: Span
    life: Life | None = field(default=None, compare=False)
    """What it reports; None if nothing is known."""

    @property
    def key(self) -> str:
        """Return its name in the document."""
        return self.id.path


@dataclass(frozen=True, slots=True)
class Webhooks:
    """All webhooks of the provider."""

    members: tuple[Webhook, ...]

    @property
    def at_one_address(self) -> bool:
        """Return whether one URL can receive them all.

        They must be distinguishable by their event, and verified in the same way.
        """
        if len(self.members) == 1:
            return True
        proofs = {webhook.proof for webhook in self.members}
        places = {each.event.at if each.event else None for each in self.members}
        return len(proofs) == 1 and len(places) == 1 and None not in places

    @property
    def proof(self) -> Proof | None:
        """Return what verifies all of them; None if that differs or nothing does."""
        proofs = {each.proof for each in self.members}
        return next(iter(proofs)) if len(proofs) == 1 else None


@dataclass(frozen=True, slots=True)
class ServerVariable:
    """A part of the server's URL that the caller may choose."""

    wire: str
    default: str
    explicit: str | None
    """Name that the author chose for code."""
    env: str | None
    """Environment variable that the author chose."""
    required: bool
    description: str
    values: tuple[str, ...]
    """Those that the document lists; empty where any will do."""


@dataclass(frozen=True, slots=True)
class Server:
    """A URL of the provider."""

    url: str
    variables: tuple[ServerVariable, ...]
    docs: Docs


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A provider's document that the contract was transcribed from."""

    id: str
    title: str
    file: str
    sha256: str


class Publisher(StrEnum):
    """Who published a reference."""

    OFFICIAL = "official"
    THIRD_PARTY = "third-party"


@dataclass(frozen=True, slots=True)
class Reference:
    """A public source that supplied what the documents leave out."""

    id: str
    title: str
    url: str
    publisher: Publisher


@dataclass(frozen=True, slots=True)
class Contract:
    """A complete contract, ready for code generation."""

    package: str | None
    """Name that the author chose for the package."""
    client: str | None
    """Name that the author chose for the client."""
    version: str
    title: str
    api_version: str
    docs: Docs
    path: str
    """The contract's file, relative to the project's root."""
    env_prefix: str | None
    """Prefix of environment variables that the author chose."""
    servers: tuple[Server, ...]
    security: tuple[SecurityScheme, ...]
    operations: tuple[Operation, ...]
    tags: tuple[Tag, ...]
    definitions: tuple[Definition, ...]
    first_equal: Mapping[Location, Location]
    """Definition -> the first one that is equal to it, often itself."""
    is_curated: bool
    """Whether its author states what only `x-engross` can say; else it is a foreign document."""
    is_large: bool
    """Whether equal definitions became one, and modules are divided."""
    streams: bool
    """Whether a response may be worth reading piece by piece: one that is not JSON."""
    errors: Errors
    documents: tuple[SourceDocument, ...]
    references: tuple[Reference, ...]
    discrepancies: tuple[Discrepancy, ...]
    components: tuple[Location, ...]
    """Every component schema, in the order of the document."""
    comments: Mapping[Location, str] = field(compare=False)
    """Lines of the provider's document that a schema comes from."""
    schema_tree: SchemaTree = field(compare=False)
    """Every schema, read once."""
    locate: Locate = field(compare=False)
    warnings: tuple[Finding, ...] = field(default=(), compare=False)
    """Findings that do not make the package wrong, such as an invalid example."""
    required_security: tuple[tuple[str, ...], ...] = ()
    """Alternative ways to authenticate a client."""
    secret_names: tuple[str, ...] = ()
    """Names of members and parameters whose values are secret."""
    webhooks: Webhooks | None = None
    response_headers: tuple[tuple[str, Docs], ...] = ()
    """Headers of responses by name, each once."""
    timezone: str | None = None
    """Where instants without an offset are: UTC, an offset, or a place; None if unknown."""
    tracing: bool = False
    """Whether requests can be recorded as OpenTelemetry spans."""
    releases: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """What the changelog says of each version, the newest first."""
    resources: tuple[Resource, ...] = field(default=(), compare=False)
    """What the provider keeps."""
    left_out: LeftOut = field(default=LeftOut(), compare=False)
    """What a slice leaves out; names are those of the whole document."""

    @property
    def server_variables(self) -> tuple[ServerVariable, ...]:
        """Variables of the servers that requests are sent to, each once."""
        servers = [
            *self.servers[:1],
            *(operation.server for operation in self.operations if operation.server),
        ]
        found: dict[str, ServerVariable] = {}
        for server in servers:
            for variable in server.variables:
                found.setdefault(variable.wire, variable)
        return tuple(found.values())

    @property
    def webhook_secrets(self) -> tuple[Credential, ...]:
        """Return the secrets that only verify webhooks, each once."""
        sent = {
            each.id
            for scheme in self.security
            for each in (scheme.credential, scheme.password)
            if each is not None
        }
        found: dict[tuple[str, ...], Credential] = {}
        for webhook in self.webhooks.members if self.webhooks else ():
            if webhook.proof and webhook.proof.credential.id not in sent:
                credential = webhook.proof.credential
                found.setdefault(credential.id, credential)
        return tuple(found.values())
