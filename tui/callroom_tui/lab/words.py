"""What the lab says, in both languages, and its keys."""

from callroom_tui.actions import Act
from callroom_words.words import Words

LAB = Words("The lab", "实验室")
SERVER = Words("server", "服务端")
CLIENT = Words("client", "客户端")
TRY = Words("Try this", "试一试")
IN_TERMINAL = Words(
    "In another terminal, with `callroom lab` running:", "在另一个终端里（先运行 `callroom lab`）："
)
NO_EXPERIMENT = Words(
    "This lesson is tried in another terminal, as its page says (F3).",
    "这一课在另一个终端里试，做法见讲解（F3）。",
)
HINT = Words(
    "Enter runs the experiment on real sockets of this machine; Space then goes through what was recorded.",
    "回车用本机的真实套接字做实验；之后按空格逐步查看记录。",
)
RUNNING = Words("running … {count} steps", "进行中……{count} 步")
RECORDED = Words("recorded {count} steps in {seconds}", "记录了 {count} 步，用时 {seconds}")
STEP_OF = Words("step {at} of {count}", "第 {at} 步，共 {count} 步")
UNSENT = Words("unacked {count}", "未确认 {count}")
UNREAD = Words("unread {count}", "未读 {count}")
MORE_BYTES = Words("… {count} bytes in all", "……共 {count} 字节")
STILL = Words("It still runs: x ends it.", "还在进行：按 x 结束。")
HELP = Words("Keys of the lab", "实验室的按键")
HELP_MORE = (
    ("↑ ↓ PgUp PgDn", Words("scroll, or move in the list", "滚动，或在列表中移动")),
    ("Tab", Words("to the next part: lessons, settings, steps, page", "到下一部分：课程、设置、步骤、讲解")),
    ("← →", Words("change a setting that has choices", "修改有选项的设置")),
)

ACTS = (
    Act(
        "help",
        "f1,question_mark",
        "F1",
        Words("Help", "帮助"),
        Words("every key of the lab", "实验室的所有按键"),
        footer=True,
    ),
    Act(
        "lessons",
        "f2",
        "F2",
        Words("Lessons", "课程"),
        Words("show or hide the lessons", "显示或隐藏课程"),
        footer=True,
    ),
    Act(
        "page_text",
        "f3",
        "F3",
        Words("Page", "讲解"),
        Words("show or hide the page of text", "显示或隐藏讲解"),
        footer=True,
    ),
    Act(
        "run",
        "f5,r",
        "r",
        Words("Run", "运行"),
        Words("run the experiment, or run it again", "做实验，或再做一次"),
        footer=True,
    ),
    Act(
        "step(1)",
        "space,n",
        "Space",
        Words("Step", "下一步"),
        Words("one step further; runs it first if need be", "下一步；还没做过就先做"),
        footer=True,
    ),
    Act(
        "step(-1)",
        "b,backspace",
        "b",
        Words("Back", "上一步"),
        Words("one step back", "退一步"),
        footer=True,
    ),
    Act(
        "leave",
        "escape",
        "Esc",
        Words("Leave", "离开"),
        Words("close what lies over, then leave the lab", "先关闭浮层，再离开实验室"),
        footer=True,
    ),
    Act("all", "a,end", "a", Words("All", "全部"), Words("all steps", "全部步骤"), footer=True),
    Act("cancel", "x", "x", Words("Stop", "停止"), Words("end what runs", "结束正在进行的实验"), footer=True),
    Act("other_language", "alt+l", "Alt+L", Words("中文", "English"), Words("中文界面", "English, please")),
    Act(
        "next_theme",
        "f8",
        "F8",
        Words("Theme", "主题"),
        Words("dark, light, high contrast", "深色、浅色、高对比度"),
    ),
    Act("quit_all", "ctrl+q", "Ctrl+Q", Words("Quit", "退出"), Words("quit Callroom", "退出 Callroom")),
)
"""Everything the lab can do by a key."""
