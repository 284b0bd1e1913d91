"""Says in words what a setting's type allows."""

from msgspec import inspect

from callroom_words.words import Words

WHOLE = Words("a whole number from {least} to {most}", " {least} 到 {most} 之间的整数")
NUMBER = Words("a number from {least} to {most}", " {least} 到 {most} 之间的数")
BOOL = Words("true or false", " true 或 false")
ONE_OF = Words("one of {choices}", "以下之一：{choices}")
SUCH_AS = Words("text such as {example}", "文本，例如 {example}")
PATH = Words("a path", "路径")
LIST = Words('a list such as ["{example}"]', '列表，例如 ["{example}"]')


def right(kind: object, example: str) -> Words:
    """What a value of this type may be, for the end of the sentence "it must be ..."."""
    return _right(inspect.type_info(kind), example)


def _right(kind: inspect.Type, example: str) -> Words:
    match kind:
        case inspect.Metadata(type=inner):
            return _right(inner, example)
        case inspect.IntType(ge=least, le=most):
            return WHOLE.fill(least=str(least), most=str(most))
        case inspect.FloatType(ge=least, le=most):
            return NUMBER.fill(least=f"{least:g}", most=f"{most:g}")
        case inspect.BoolType():
            return BOOL
        case inspect.LiteralType(values=values):
            return ONE_OF.fill(choices=", ".join(map(str, values)))
        case inspect.StrType():
            return SUCH_AS.fill(example=example)
        case inspect.VarTupleType():
            return LIST.fill(example=example)
        case inspect.UnionType() | inspect.CustomType():  # Path | None: nobody writes None in TOML
            return PATH
        case _:
            raise AssertionError(f"no words for {kind}")
