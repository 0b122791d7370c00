"""Contracts against the provider's documents, line by line.

Pure functions: the caller reads contracts, lock files and documents, and prints.
"""

from engross.audit.contract_audit import ContractAudit, DocumentAudit, audit
from engross.audit.document_text import DocumentText
from engross.audit.lock import Lock, lock_name, read_lock, written_lock

__all__ = [
    "ContractAudit",
    "DocumentAudit",
    "DocumentText",
    "Lock",
    "audit",
    "lock_name",
    "read_lock",
    "written_lock",
]
