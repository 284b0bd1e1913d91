"""What the robot says of its own accord, where a menu gives no text: one table for each language."""

import msgspec


class Texts(msgspec.Struct, frozen=True):
    """The robot's own words in one language."""

    no_match: tuple[str, ...]
    no_input: tuple[str, ...]
    goodbye: str
    at_top: str
    moved: str
    overrun: str


TEXTS: dict[str, Texts] = {
    "en": Texts(
        no_match=("That is not on the menu. Please try again.",),
        no_input=("Are you still there? Please choose.",),
        goodbye="Goodbye.",
        at_top="You are at the top of the menu.",
        moved="This menu has just changed. Let us begin again.",
        overrun="Sorry, this menu goes round in circles. The call ends here.",
    ),
    "zh": Texts(
        no_match=("没有这个选项,请重新输入。",),
        no_input=("您还在吗?请按键,或直接说要办的业务。",),
        goodbye="感谢来电,再见。",
        at_top="已经是最上一级。",
        moved="菜单刚刚更新,我们从头开始。",
        overrun="抱歉,菜单出现循环,本次通话结束。",
    ),
}
