"""What the templates of the tests print, put together."""

from __future__ import annotations

from engross.data import dataclass
from engross.emit.testing.error_tests import ErrorsView, errors_view
from engross.emit.testing.example_tests import examples_view
from engross.emit.testing.live_tests import LiveView, live_view
from engross.emit.testing.model_tests import ModelsView, models_view
from engross.emit.testing.paging_tests import paging_view
from engross.emit.testing.request_tests import requests_view
from engross.emit.testing.scope import Scope
from engross.emit.testing.tests_package import PackageView, package_view
from engross.emit.testing.tests_source import ModuleView
from engross.emit.testing.validation_tests import ValidationView, validation_view
from engross.emit.testing.webhook_tests import WebhooksView, webhooks_view
from engross.validation import Units


@dataclass(frozen=True, slots=True)
class TestsView:
    """The test modules of a package, and the payloads that they share."""

    payloads: str
    package: PackageView
    requests: ModuleView
    examples: ModuleView
    models: ModelsView
    errors: ErrorsView | None
    validation: ValidationView
    paging: ModuleView
    webhooks: WebhooksView | None
    live: LiveView


def tests_view(scope: Scope, units: Units) -> TestsView:
    """The view of all test modules.

    Args:
        scope: what they are made from.
        units: which schemas have functions of their own in the validators' module.
    """
    return TestsView(
        payloads=scope.example_file.text(),
        package=package_view(scope),
        requests=requests_view(scope),
        examples=examples_view(scope),
        models=models_view(scope),
        errors=errors_view(scope),
        validation=validation_view(scope, units),
        paging=paging_view(scope),
        webhooks=webhooks_view(scope),
        live=live_view(scope),
    )
