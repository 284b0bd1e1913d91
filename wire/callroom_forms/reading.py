"""Whether an entry fits a form, and which value it has: what the house takes, and nothing else decides it."""

from decimal import Decimal
from unicodedata import normalize

from callroom_forms.cleaning import clean
from callroom_forms.folding import fold
from callroom_forms.form import Form
from callroom_forms.kinds import BY_VALUE, TYPES
from callroom_forms.patterns import MAX_ENTRY, compiled

MAX_TEXT = 2000  # the most that `max` of a text may be


def value_of(form: Form, entry: str) -> str | None:
    """The value in this entry; None if there is none, or if it is out of bounds."""
    if form.kind == "text":
        value = clean(entry)
        if not value or len(entry) > MAX_TEXT:
            return None
    else:
        entry = bare(form, entry)
        if not entry or len(entry) > MAX_ENTRY:
            return None
        if form.kind == "choice":
            return _chosen(form, fold(entry))
        value = TYPES[form.kind](fold(entry))
        if value is None:
            return None
    return value if _fits(form, value) else None


def bare(form: Form, entry: str) -> str:
    """What is typed without the key that ends it."""
    entry = entry.strip()
    if form.end_key:
        entry = normalize("NFKC", entry[: MAX_ENTRY + 2]).removesuffix(form.end_key)
    return entry


def _chosen(form: Form, entry: str) -> str | None:
    for key, label in form.options.items():
        if entry in (key, fold(label)):
            return key
    return None


def _fits(form: Form, value: str) -> bool:
    if form.low is not None or form.high is not None:
        size = Decimal(value) if form.kind in BY_VALUE else Decimal(len(value))
        if form.low is not None and size < Decimal(str(form.low)):
            return False
        if form.high is not None and size > Decimal(str(form.high)):
            return False
    if form.length and len(value) != form.length:
        return False
    if not form.pattern:
        return True
    return len(value) <= MAX_ENTRY and compiled(form.pattern).fullmatch(value) is not None
