"""Everything the screen says, in both languages."""

from callroom_words.words import Words

# --- the transcript -------------------------------------------------------------------------------------

NEW = Words("new", "以下是新消息")
OLDER = Words("older lines above", "上面还有更早的消息")
LOADING = Words("fetching older lines …", "正在取更早的消息……")
BEGINNING = Words("the beginning", "最早的消息")
DAYS = (
    Words("today", "今天"),
    Words("yesterday", "昨天"),
    Words("Monday", "星期一"),
    Words("Tuesday", "星期二"),
    Words("Wednesday", "星期三"),
    Words("Thursday", "星期四"),
    Words("Friday", "星期五"),
    Words("Saturday", "星期六"),
    Words("Sunday", "星期日"),
)
UNREAD_ABOVE = Words("↑ {count} new above, since {clock}", "↑ 上面有 {count} 条新消息（{clock} 起）")
UNREAD_BELOW = Words("↓ {count} new below", "↓ 下面有 {count} 条新消息")
