"""The clients, the errors and the root of a package, laid out as source."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from engross.contract.ir import Contract, Credential, ProviderError
from engross.data import dataclass
from engross.emit import documentation
from engross.emit.imports import Imports
from engross.emit.naming import PythonNames
from engross.emit.naming.reserved import (
    BASE_ERRORS,
    EXPORTED,
    PAGINATION_ERROR,
    STATUS_CLASSES,
    UNKNOWN_EVENT,
    WEBHOOK_ERROR,
)
from engross.emit.parts import Parts
from engross.emit.resources import (
    BOTH_FORMS,
    InnerResourceView,
    ResourceView,
    variant_suffix,
)
from engross.emit.runtime_modules import (
    fetches_tokens,
    needs,
    pages,
    receives_instants,
)
from engross.emit.webhook_module import WebhooksView, knows_events
from engross.layout import (
    Expression,
    Group,
    Item,
    call,
    class_line,
    dict_of,
    docstring,
    getter,
    lay_out,
    string,
)


@dataclass(frozen=True, slots=True)
class FormView:
    """A property of the client that returns the resources in another form."""

    head: str
    summary: str
    made: str


@dataclass(frozen=True, slots=True)
class ClientVariantView:
    """A class that returns the resources in another form, or in either of two."""

    forms: tuple[FormView, ...]
    class_name: str
    head: str
    """The line that begins it."""
    docstring: str
    init: str
    """Signature of `__init__`; empty where the base class has it."""
    resources: tuple[InnerResourceView, ...]


@dataclass(frozen=True, slots=True)
class ClientView:
    """A module with a client and its variant."""

    name: str
    variant: ClientVariantView
    base: str
    imports: str
    typing_imports: str
    docstring: str
    parameters: str
    hidden: tuple[str, ...]
    """Statements that keep secrets out of tracebacks."""
    forward: str
    resources: tuple[ResourceView, ...]
    resource_package: str
    webhooks: WebhooksView | None


@dataclass(frozen=True, slots=True)
class ErrorView:
    """An exception class."""

    name: str
    base: str
    docstring: str
    attributes: tuple[str, ...]
    """Assignments below the docstring."""


@dataclass(frozen=True, slots=True)
class ErrorsView:
    """What `errors.py` holds."""

    imports: str
    root: str
    classes: tuple[ErrorView, ...]
    exported: str


@dataclass(frozen=True, slots=True)
class RootView:
    """What `__init__.py` holds."""

    docstring: str
    typing_imports: str
    exports: str
    listed: tuple[str, ...]
    """Modules that list their names themselves."""


def credentials(contract: Contract) -> list[Credential]:
    """Return the credentials that the client takes, each once."""
    found: dict[tuple[str, ...], Credential] = {}
    for scheme in contract.security:
        for credential in (scheme.credential, scheme.password):
            if credential is not None:
                found.setdefault(credential.id, credential)
    return [*found.values(), *contract.webhook_secrets]


def base_errors(contract: Contract) -> tuple[str, ...]:
    """Return the errors that a package has, whatever its provider's codes are."""
    paging = (PAGINATION_ERROR,) if pages(contract) else ()
    webhooks = (WEBHOOK_ERROR,) if contract.webhooks else ()
    return (*BASE_ERRORS, *paging, *webhooks)


def issuers(contract: Contract) -> list[Credential]:
    """Return the settings for where tokens are issued."""
    return [each.issuer for each in contract.security if each.issuer is not None]


def client_view(
    contract: Contract,
    names: PythonNames,
    resources: Iterable[ResourceView],
    webhooks: WebhooksView | None,
    *,
    is_async: bool,
) -> ClientView:
    """Return the view of `client.py` or `async_client.py`."""
    imports, typing_imports = Imports(), Imports()
    prefix = "Async" if is_async else ""
    base = "AsyncClient" if is_async else "SyncClient"
    kind = "async" if is_async else "sync"
    http_client = f"{'Async' if is_async else 'Sync'}HttpClient"
    secret = f"{prefix}Secret"
    imports.add("typing", "TYPE_CHECKING")
    imports.add("functools", "cached_property")
    imports.add(f"._runtime.{kind}_client", base)
    imports.add("._runtime.options", "DEFAULT")
    imports.add(".contract", "CONTRACT")
    typing_imports.add("collections.abc", "Mapping")
    typing_imports.add(f"._runtime.{kind}_retry_loop", http_client)
    typing_imports.add("._runtime.options", "TimeoutTypes")
    hooks = (f"{prefix}AfterReply", f"{prefix}BeforeAttempt")
    typing_imports.add("._runtime.observers", *hooks)
    package = "async_resources" if is_async else "resources"
    views = tuple(view for view in resources if view.is_of_client)
    if views or webhooks is not None:
        imports.add("._runtime.client_core", "resource_property")
    for view in views:
        module = f".{package}.{view.module}"
        typing_imports.add(module, view.class_name, view.variant.class_name)
    own: list[tuple[str, str]] = []
    given: dict[str, Expression] = {}
    if webhooks is not None:
        typing_imports.add(".webhooks", webhooks.class_name)
    for credential in credentials(contract):
        # Webhooks are verified synchronously, by the asynchronous client too.
        type_ = "Secret" if credential in contract.webhook_secrets else secret
        typing_imports.add("._runtime.options", type_)
        argument = names.setting(credential).argument
        own.append((argument, f"{type_} = None"))
        given[string(argument)] = argument
        imports.add("._runtime.credentials", "hidden")
    chosen: dict[str, Expression] = {}
    for argument in (
        *(names.setting(variable).argument for variable in contract.server_variables),
        *(names.setting(issuer).argument for issuer in issuers(contract)),
    ):
        own.append((argument, "str | None = None"))
        chosen[string(argument)] = argument
    has_instants = receives_instants(contract)
    if has_instants:
        typing_imports.add("datetime", "tzinfo")
    common = [
        ("base_url", "str | None = None"),
        ("timeout", "TimeoutTypes = DEFAULT"),
        ("max_retries", "int = 2"),
        ("default_headers", "Mapping[str, str] | None = None"),
        ("default_query", "Mapping[str, object] | None = None"),
        ("http_client", f"{http_client} | None = None"),
        ("validate_replies", "bool = False"),
        *((("timezone", "tzinfo | None = None"),) if has_instants else ()),
        ("before_attempt", f"{prefix}BeforeAttempt | None = None"),
        ("after_reply", f"{prefix}AfterReply | None = None"),
    ]
    items = [Item("", "self"), Item("", "*")]
    items += [Item("", f"{name}: {rest}") for name, rest in (*own, *common)]
    keywords: dict[str, Expression] = {"credentials": dict_of(given)}
    if chosen:
        keywords["variables"] = dict_of(chosen)
    keywords |= {name: name for name, _ in common}
    if fetches_tokens(contract):
        tokens = f"{'Async' if is_async else 'Sync'}Tokens"
        imports.add(f"._runtime.{kind}_oauth", tokens)
        keywords["token_source"] = tokens
    if contract.streams:
        responses = (
            f"{prefix or 'Sync'}VariantBase",
            "FormT",
            "RawForm",
            "StreamedForm",
        )
        imports.add(f"._runtime.{kind}_responses", *responses)
    return ClientView(
        name=prefix + names.client,
        variant=_variant(prefix + names.client, views, contract, is_async=is_async),
        base=base,
        imports=imports.render(),
        typing_imports=typing_imports.render(indent=4),
        docstring=docstring([*_client_docs(contract, names, is_async=is_async)]),
        parameters=lay_out(
            Group("def __init__(", tuple(items), ")"), indent=4, after=" -> None:"
        ),
        hidden=tuple(
            f"{argument} = hidden({argument})"
            for credential in credentials(contract)
            for argument in (names.setting(credential).argument,)
        ),
        forward=lay_out(call("super().__init__", "CONTRACT", **keywords), indent=8),
        resources=views,
        resource_package=package,
        webhooks=webhooks,
    )


def _variant(
    client: str, views: Iterable[ResourceView], contract: Contract, *, is_async: bool
) -> ClientVariantView:
    has_both = contract.streams
    name = client + variant_suffix(contract)
    forms = [("raw", "RawForm", "methods that return the response")]
    if has_both:
        forms.append(("streaming", "StreamedForm", "methods that stream the response"))
    base = f"{'Async' if is_async else 'Sync'}VariantBase"
    about = BOTH_FORMS if has_both else forms[0][2]
    return ClientVariantView(
        forms=tuple(
            FormView(
                head=getter(
                    f"with_{word}_response", f"{name}[{form}]" if has_both else name
                ),
                summary=docstring([f"The {what}."], indent=8),
                made=f"{name}(self, {form})" if has_both else f"{name}(self)",
            )
            for word, form, what in forms
        ),
        class_name=name,
        head=class_line(name, f"{base}[FormT]" if has_both else ""),
        docstring=docstring([f"`{client}` with {about}."]),
        init="" if has_both else f"def __init__(self, client: {client}) -> None:",
        resources=tuple(
            InnerResourceView(
                view.variant.own, "" if contract.is_large else view.summary
            )
            for view in views
        ),
    )


def _client_docs(
    contract: Contract, names: PythonNames, *, is_async: bool
) -> Iterator[str]:
    kind = "Asynchronous client" if is_async else "Client"
    yield f"{kind} of {contract.title}."
    if contract.docs.description:
        yield documentation.sentence(contract.docs.description)
    if contract.is_large:
        yield documentation.raised_by_all()
    taken = "Defaults to the environment variable `{}`."
    arguments = [
        f"    {setting.argument}: {_secret_docs(credential, contract)} "
        + taken.format(setting.env)
        for credential in credentials(contract)
        for setting in (names.setting(credential),)
    ]
    arguments += [
        f"    {setting.argument}: {documentation.variable(variable)} "
        + taken.format(setting.env)
        for variable in contract.server_variables
        for setting in (names.setting(variable),)
    ]
    arguments += [
        f"    {setting.argument}: URL that issues tokens. "
        f"Defaults to the environment variable `{setting.env}`, then to {scheme.token_url}."
        for scheme in contract.security
        if scheme.issuer is not None
        for setting in (names.setting(scheme.issuer),)
    ]
    urls = ", ".join(server.url for server in contract.servers) or "none"
    address = (
        f"    base_url: URL of the provider. Defaults to the environment variable "
        f"`{names.env_prefix}_BASE_URL`, then to the first of these: {urls}."
    )
    arguments += [
        address,
        "    timeout: Seconds for one attempt, or a Timeout with each limit by name.",
        "    max_retries: How often a call is retried, where the contract allows retries.",
        "    default_headers: Headers of every request.",
        "    default_query: Query parameters of every request.",
        "    http_client: A pyreqwest or httpx2 client; you remain responsible for closing it.",
        "    validate_replies: Validate every response against the contract.",
        *([_zone_docs(contract)] if receives_instants(contract) else []),
        "    before_attempt: Called with each request, without its secrets, before it is sent.",
        "    after_reply: Called with the outcome of each request, without secrets.",
    ]
    yield "Args:\n" + "\n".join(arguments)


def _zone_docs(contract: Contract) -> str:
    known = f" Defaults to {contract.timezone}." if contract.timezone else ""
    return f"    timezone: Where times are that come without an offset.{known}"


def _secret_docs(credential: Credential, contract: Contract) -> str:
    given = "or a callable that returns the current secret."
    if credential in contract.webhook_secrets:
        return f"Secret that verifies webhooks, {given} No request needs it."
    return f"Secret, {given}"


def errors_view(contract: Contract, names: PythonNames) -> ErrorsView:
    """Return the view of `errors.py`."""
    imports = Imports()
    base = base_errors(contract)
    imports.add("._runtime.errors", *base, "ClientError")
    root = f"{names.client}Error"
    classes = tuple(
        ErrorView(
            name=names.error(error),
            base=error_base(error),
            docstring=docstring([*_error_docs(error)]),
            attributes=tuple(_error_attributes(error)),
        )
        for error in contract.errors.classes
    )
    public = sorted({root, *base, *(each.name for each in classes)})
    exported = Group("[", tuple(Item("", string(name)) for name in public), "]")
    return ErrorsView(
        imports=imports.render(),
        root=root,
        classes=classes,
        exported=lay_out(exported, before="__all__ = "),
    )


def _error_attributes(error: ProviderError) -> Iterator[str]:
    """Yield what an error says that is made without a response, as tests make it."""
    yield lay_out(string(error.code), indent=4, before="_code = ")
    if error.status is not None and error_base(error) == "APIStatusError":
        yield f"_status = {error.status}"


def error_base(error: ProviderError) -> str:
    """Return the class of the status under which the provider reports a code."""
    if error.status is None:
        return "APIStatusError"
    if error.status >= 500:
        return "InternalServerError"
    return STATUS_CLASSES.get(error.status, "APIStatusError")


def _error_docs(error: ProviderError) -> Iterator[str]:
    yield documentation.sentence(error.meaning) or f"The provider's code {error.code}."
    where = documentation.origin(error.provenance, full=True)
    yield f"Code: {error.code}." + (f" Source: {where}" if where else "")
    yield " ".join(documentation.advice(error.provenance.discrepancies))


CUSTOM: Final = "custom"
"""The module of a package that is written by hand, if it exists."""


def root_view(contract: Contract, names: PythonNames, parts: Parts | None) -> RootView:
    """Return the view of `__init__.py`: every public name, imported on first use."""
    exports: dict[str, str] = {
        name: module
        for name, module in EXPORTED.items()
        if needs(contract, module.removeprefix("_runtime."))
    }
    exports[names.client] = "client"
    exports[f"Async{names.client}"] = "async_client"
    exports[f"{names.client}Error"] = "errors"
    for name in (*base_errors(contract), *names.errors.values()):
        exports[name] = "errors"
    if contract.webhooks is not None and knows_events(contract.webhooks):
        exports[UNKNOWN_EVENT] = "_runtime.webhooks"
    dicts = [
        name
        for at, name in names.dicts.items()
        if parts is None or at in parts.passed  # others are in no module
    ]
    listed: tuple[str, ...] = ()
    if parts is not None:
        listed = ("models", "params") if dicts else ("models",)
    for at, name in names.exports.items():
        own = names.classes[at]
        exports[name] = "models" if name == own else f"models:{own}"
    exports |= dict.fromkeys(dicts, "params")
    table = {
        string(name): string(place)
        for name, place in sorted(exports.items())
        if place not in listed
    }
    own_names = dict_of(dict(table))
    others = (f'**dict.fromkeys({each}.__all__, "{each}")' for each in listed)
    items = (*(Item("", each) for each in others), *own_names.items)
    exported = own_names._replace(items=items)
    return RootView(
        docstring=docstring([*_root_docs(contract)], indent=0),
        typing_imports="\n    ".join(_typing_imports(exports)),
        exports=lay_out(exported, indent=4, before="_EXPORTS = "),
        listed=listed,
    )


def _typing_imports(exports: Mapping[str, str]) -> Iterator[str]:
    """Yield what makes the public names known to type checkers, in the order of isort.

    A name from a module with a list of its own, or with nothing but public names, comes
    with all others of it, unless some name is another one there.
    """
    modules: dict[str, dict[str, str]] = {CUSTOM: {}}
    for name, place in exports.items():
        module, _, own = place.partition(":")
        modules.setdefault(module, {})[name] = own or name
    for module, public in sorted(modules.items()):
        if module == CUSTOM:  # by hand, and seldom there
            ignored = "# type: ignore[import-not-found, unused-ignore]"
            yield f"from .{module} import *  {ignored}  # noqa: F403  # pyright: ignore"
            continue
        is_renamed = any(name != own for name, own in public.items())
        if module in ("errors", "models", "params") and not is_renamed:
            # Pyright takes the UNSET that models import for another one.
            ignored = (
                "  # pyright: ignore[reportGeneralTypeIssues]"
                if module == "models"
                else ""
            )
            yield f"from .{module} import *  # noqa: F403{ignored}"
        else:
            for name, own in sorted(public.items(), key=lambda pair: pair[1]):
                yield f"from .{module} import {own} as {name}"


def _root_docs(contract: Contract) -> Iterator[str]:
    yield f"Client of {contract.title}."
    if contract.docs.description:
        yield documentation.sentence(contract.docs.description)
