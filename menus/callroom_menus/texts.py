"""What the robot says of its own accord, where a menu gives no text: one table for each language."""

import msgspec

# What settles a question, in every language: people answer in theirs.
YES = frozenset({"1", "是", "是的", "对", "对的", "好", "好的", "正确", "确认", "yes", "y", "ok", "right"})
NO = frozenset({"2", "否", "不", "不是", "不对", "错", "错了", "重输", "no", "n", "wrong"})


class Texts(msgspec.Struct, frozen=True):
    """The robot's own words in one language."""

    no_match: tuple[str, ...]
    no_input: tuple[str, ...]
    goodbye: str
    at_top: str
    moved: str
    overrun: str
    suggestion: str  # {choice}
    yes: str
    no: str
    busy: str
    unavailable: str
    rate: str
    in_queue: str
    leave_queue: str
    soon: str
    minutes: tuple[str, str]  # one, more than one: {minutes}
    days: tuple[str, str, str, str, str, str, str]
    days_from: str  # {first} {last}
    list_sign: str
    part_sign: str
    never_open: str

    def duration(self, seconds: float) -> str:
        """How long something will take, in whole minutes."""
        minutes = round(seconds / 60)
        if minutes < 1:
            return self.soon
        return self.minutes[minutes > 1].format(minutes=minutes)


TEXTS: dict[str, Texts] = {
    "en": Texts(
        no_match=("That is not on the menu. Please try again.",),
        no_input=("Are you still there? Please choose.",),
        goodbye="Goodbye.",
        at_top="You are at the top of the menu.",
        moved="This menu has just changed. Let us begin again.",
        overrun="Sorry, this menu goes round in circles. The call ends here.",
        suggestion="Did you mean: {choice}? Press 1 for yes, or enter something else.",
        yes="Yes",
        no="No",
        busy="One moment please, I am still looking it up.",
        unavailable="Sorry, this service is not available just now.",
        rate="Please rate this call.{menu}",
        in_queue="You are in the queue. One moment please.",
        leave_queue="Leave the queue",
        soon="less than a minute",
        minutes=("about 1 minute", "about {minutes} minutes"),
        days=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
        days_from="{first} to {last}",
        list_sign=", ",
        part_sign="; ",
        never_open="closed",
    ),
    "zh": Texts(
        no_match=("没有这个选项，请重新输入。",),
        no_input=("您还在吗？请按键，或直接说要办的业务。",),
        goodbye="感谢来电，再见。",
        at_top="已经是最上一级。",
        moved="菜单刚刚更新，我们从头开始。",
        overrun="抱歉，菜单出现循环，本次通话结束。",
        suggestion="您是要 {choice} 吗？是请按1，不是请重新输入。",
        yes="是",
        no="否",
        busy="请稍候，正在查询。",
        unavailable="抱歉，该服务暂时不可用。",
        rate="请为本次服务评分。{menu}",
        in_queue="正在为您排队，请稍候。",
        leave_queue="离开队列",
        soon="不到 1 分钟",
        minutes=("约 1 分钟", "约 {minutes} 分钟"),
        days=("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
        days_from="{first}至{last}",
        list_sign="、",
        part_sign="；",
        never_open="暂停服务",
    ),
}
