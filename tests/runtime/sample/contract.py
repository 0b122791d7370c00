"""What holds for every operation of the till."""

from ._runtime.operation import (
    ApiKey,
    Basic,
    ContractInfo,
    Credential,
    ErrorRules,
    Failure,
    Http,
    Server,
    Signature,
    Variable,
)

CONTRACT = ContractInfo(
    name="Till",
    package="till",
    version="0.1.0",
    servers=(
        Server(
            "https://{subdomain}.till.test/api",
            (Variable("subdomain", "subdomain", "TILL_SUBDOMAIN", default="www"),),
        ),
    ),
    base_url_env="TILL_BASE_URL",
    security={
        "secret_key": ApiKey(
            "till-secretKey", "header", Credential("secret_key", "TILL_SECRET_KEY")
        ),
        "bearer": Http("Bearer", Credential("secret_key", "TILL_SECRET_KEY")),
        "token": Http("Token", Credential("secret_key", "TILL_SECRET_KEY")),
        "basic": Basic(username=Credential("secret_key", "TILL_SECRET_KEY")),
        "in_query": ApiKey(
            "api_key", "query", Credential("secret_key", "TILL_SECRET_KEY")
        ),
        "in_cookie": ApiKey(
            "session", "cookie", Credential("secret_key", "TILL_SECRET_KEY")
        ),
        "signature": Signature(
            "Signature",
            Credential("client_secret", "TILL_CLIENT_SECRET"),
            "{body:/request_ref};{client_secret}",
            "md5",
        ),
    },
    required=(("secret_key",),),
    errors=ErrorRules(
        code=("/errors/0/code",),
        message=("/errors/0/detail", "/message"),
        failure=Failure("/success", (False,)),
        classes={
            "DUPLICATE_TRANSACTION_ID": "DuplicateTransactionId",
            "NO_FUNDS": "NoFunds",
        },
        module="till.errors",
    ),
    validators="till.validators",
)
