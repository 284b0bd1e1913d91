"""What is said of an entry for the robot while it is typed: the same at a prompt and on the screen. Pure."""

from callroom_client.commands import TABLE
from callroom_client.model import ROBOT, Model
from callroom_forms.judging import Fit, Verdict, judge, one_of
from callroom_wire.command import SLASHES, Line
from callroom_wire.text import clean
from callroom_words.words import Words

AS_IT_IS = Words(
    "This does not fit, and is no command: only /hangup and /quit are, while a secret is asked for.",
    "不符合要求，也不是命令：输入保密内容时，只有 /hangup 和 /quit 是命令。",
)


def judged(model: Model, line: str) -> Verdict | None:
    """How far a line is; None if it is a command, or if nothing that can be judged here is asked for."""
    form = model.call.form
    if form is None or model.current != ROBOT:
        return None
    where = model.where
    read = TABLE.read(line, where)
    if not isinstance(read, Line):
        return None
    verdict = judge(form, clean(read.text))
    if verdict.fit is Fit.BLANK and model.call.choices:  # a value is to be confirmed, or to be chosen
        return Verdict(Fit.BLANK, one_of(choice.key for choice in model.call.choices))
    if where.secret and not verdict.fits and line.startswith(SLASHES):
        return verdict._replace(words=AS_IT_IS)
    return verdict


def unfit(model: Model, line: str) -> Words | None:
    """Why a line is not sent, as the house would refuse it; None if it may be."""
    verdict = judged(model, line)
    return None if verdict is None or verdict.fit in (Fit.BLANK, Fit.FITS) else verdict.words
