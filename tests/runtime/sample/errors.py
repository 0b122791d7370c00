"""Errors of the till."""

from ._runtime.errors import BadRequestError, ClientError

TillError = ClientError


class DuplicateTransactionId(BadRequestError):
    """The transaction id was used before."""


class NoFunds(BadRequestError):
    """There is not enough money."""
