"""A text that stands still while it says the same."""

from textual.content import Content
from textual.widgets import Static


class Still(Static):
    """A text whose rows are broken already: painted when it says something else, laid out when it has more
    rows or fewer.

    Textual's `update` lays out the whole screen each time, and paints all of that.
    """

    _said = Content("")
    _shape = (0, 0)

    def say(self, content: Content) -> None:
        """Says this from now on."""
        if content.is_same(self._said):
            return
        shape = (content.plain.count("\n"), self.content_size.width)
        self.update(content, layout=shape != self._shape)
        self._said, self._shape = content, shape
