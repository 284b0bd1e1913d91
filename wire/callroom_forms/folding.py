"""Folding what people type, so that `０１２`, ` Exit ` and `ＣＸＹＥ` mean what they look like."""

from unicodedata import normalize


def fold(text: str) -> str:
    """NFKC, case-folded, trimmed: how keys and words are compared. Folding twice changes nothing."""
    if text.isascii():
        return text.strip().lower()
    # Each of the two can undo the other (U+0345, U+1E9E ...): Unicode 3.13, D146, takes turns like this.
    folded = normalize("NFKC", normalize("NFKC", normalize("NFD", text).casefold()).casefold())
    return folded.strip()
