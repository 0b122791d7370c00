"""What English words are to the reader of a name: verbs, plurals, and words between others."""

from __future__ import annotations

from functools import lru_cache
from typing import Final


def _listed(text: str) -> frozenset[str]:
    return frozenset(text.split())


CONNECTORS: Final = frozenset(
    ("a", "an", "the", "of", "for", "to", "into", "in", "on", "from", "with", "by")
)
"""Articles and prepositions, which mean nothing without the word after them."""

ADJECTIVES: Final = frozenset(
    (
        *("active", "all", "any", "archived", "available", "batch", "bulk", "current"),
        *(
            "default",
            "deleted",
            "existing",
            "first",
            "last",
            "latest",
            "many",
            "multiple",
        ),
        *(
            "my",
            "new",
            "next",
            "one",
            "own",
            "pending",
            "previous",
            "private",
            "public",
        ),
        *("recent", "several", "single", "specific", "supported", "unique", "upcoming"),
    )
)
"""Words that say which things are meant, not of what kind they are."""

EMPTY: Final = frozenset(("all", "existing", "my", "new", "one", "single", "specific"))
"""Adjectives without which a method means the same."""

_PARTICLES: Final = frozenset(
    ("away", "back", "down", "in", "off", "on", "out", "over", "up")
)
"""Words that make another verb of the verb before them, as in `log out`."""

_VERBS: Final = _listed("""
    abandon abort accept acknowledge acquire activate add adjust advance allocate allow
    amend analyze anonymize apply approve archive assign associate attach authenticate authorize
    autocomplete backfill ban begin bind boost boot build calculate calibrate cancel capture
    categorize change check choose claim classify clean clear clone close collect combine
    commit compare complete compose compress compute confirm connect construct consume
    continue
    convert copy count create deactivate debug decline decode decrease decrypt delay delete
    deliver demote deny deploy deprecate deregister describe destroy detach detect dial
    disable disapprove disassociate discard disconnect dismiss dispatch dissociate
    distribute download drain drop duplicate edit eject embed emit empty enable encode
    encrypt end enqueue enroll ensure enter erase establish estimate evaluate evict exchange
    exclude execute expand expire explain explore export extend extract fail favourite
    favorite fetch fill finalize find finish flag flush follow force forget format forward
    freeze fulfill generate geocode get give grant halt handle hide identify ignore
    impersonate import include increase increment indent index infer ingest initialize
    initiate inject insert inspect
    install instantiate invalidate invite invoke issue join keep kick kill leave list load
    locate lock login logout lookup make manage map mark match merge migrate modify monitor
    move mutate mute negotiate notify obtain onboard open overwrite pair parse pause pay perform
    persist pin ping play poll populate prepare preview process promote propose provision publish
    purge push put query queue quit raise read reassign reboot rebuild recalculate receive
    recharge recognize recommend reconcile reconnect recover redact redeem redeliver
    redirect refetch refresh refuse regenerate register reinstate reissue reject reload
    relocate remind remove rename render renew reopen reorder repair repeat replace replay
    repost republish requeue rerun rescue resend reset reschedule resize resolve respond restart
    restore resubmit resume resync retrieve retry return reveal revert revise revoke rewind
    rollback rotate run save scale scan schedule screen search seed select send set settle
    sign signin signout signup shutdown silence simulate skip snooze solve sort split start stop
    store stream submit subscribe suggest summarize suspend swap sync synchronize terminate throttle
    toggle tokenize track train transcribe transform translate trigger truncate unarchive
    unassign unban unblock undelete undo unfavourite unfavorite unflag unfollow unfreeze
    uninstall unlink unlock unmute unpause unpin unpublish unreblog unregister unsilence
    unstar unsubscribe unsuspend unwatch update upgrade upload upsert use validate verify view
    void wait wake wipe withdraw write
    """)
"""Verbs that are hardly ever nouns in the names of an API."""

_PREFIXES: Final = ("re", "un", "de")
"""What stands before a verb for doing it again, or undoing it."""

_NO_VERBS: Final = frozenset(
    (
        "deform",
        "depart",
        "deport",
        "remark",
        "reform",
        "report",
        "research",
        "resort",
        "unread",
    )
)
"""Words that only look like verbs with a prefix."""

_NOUNS_TOO: Final = _listed("""
    alert answer archive auction audit backup bill block book bookmark broadcast call capture
    cast change charge check checkout clone comment commit contact contract credit debit
    delegate dispute exchange file flag force form format fund grant handle heartbeat hold
    index invite issue label like link lock log mandate map mark match monitor order pair pay
    pin plan play poll post present preview price process query queue quote rank rate reblog
    recharge record refund release reply report request reserve return reverse review run
    sample scale scan schedule screen seed share ship sign sort split star stock store stream
    study switch tag test ticket top touch trade train transfer transition use view vote watch
    """)
"""Verbs that are nouns as well, so their place decides what they are."""

_JOINED: Final = frozenset(
    ("login", "logout", "lookup", "rollback", "shutdown", "signin", "signout", "signup")
)
"""Verbs and their particles in one word, which before another word is a noun: `login link`."""

CREATES: Final = frozenset(("add", "create", "insert", "make", "new", "post", "store"))
READS: Final = frozenset(
    (
        "fetch",
        "find",
        "get",
        "index",
        "list",
        "load",
        "query",
        "read",
        "retrieve",
        "show",
    )
)
UPDATES: Final = frozenset(
    ("change", "edit", "modify", "patch", "put", "replace", "save", "set", "update")
)
DELETES: Final = frozenset(("delete", "destroy", "remove"))

_LIKE_PLURALS: Final = _listed("""
    access address always analysis aws axis basis bonus bus business canvas class census
    consensus corpus dns gas gps https ios lens news process progress radius redis series sms
    species status success synopsis synthesis tls virus
    """)
"""Words that end in `s` and mean one thing."""

_PLURALS: Final = frozenset(
    (
        "people",
        "children",
        "media",
        "men",
        "women",
        "criteria",
        "feet",
        "geese",
        "teeth",
    )
)


def is_verb(word: str) -> bool:
    """Return whether a word is a verb wherever it is written."""
    return (word in _VERBS or _is_verb_again(word)) and word not in _NOUNS_TOO


def may_be_verb(word: str) -> bool:
    """Return whether a word is a verb, at least in some places."""
    return word in _VERBS or word in _NOUNS_TOO or _is_verb_again(word)


def _is_verb_again(word: str) -> bool:
    """Return whether a word is a verb with a prefix, or in British spelling."""
    if word in _NO_VERBS:
        return False
    rest = next((word[len(one) :] for one in _PREFIXES if word.startswith(one)), "")
    american = f"{word[:-2]}ze" if word.endswith("ise") else ""
    return rest in _VERBS or rest in _NOUNS_TOO or american in _VERBS


def is_noun_before_nouns(word: str) -> bool:
    """Return whether a verb is a noun where a path has another word after it."""
    return word in _JOINED


def is_particle(word: str) -> bool:
    """Return whether a word belongs to the verb before it."""
    return word in _PARTICLES


def is_plural(word: str) -> bool:
    """Return whether a word means several things."""
    if word in _PLURALS:
        return True
    return (
        len(word) > 3
        and word.endswith("s")
        and not word.endswith(("ss", "us", "is"))
        and word not in _LIKE_PLURALS
    )


@lru_cache(maxsize=1 << 12)
def stem(word: str) -> str:
    """Return what the singular and the plural of a word have in common."""
    if not is_plural(word):
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "shes", "ches", "xes", "zes")):
        return word[:-2]
    if word.endswith("statuses"):
        return word[:-2]
    return word.removesuffix("s")
