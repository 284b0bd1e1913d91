"""Sentences of every text view, in English and Chinese; whatever is filled in is made harmless first."""

from collections.abc import Mapping

from callroom_wire.text import clean

LANGUAGES = ("en", "zh")

Phrases = Mapping[str, tuple[str, str]]

PHRASES: Phrases = {
    # places
    "robot": ("robot", "机器人"),
    "the_robot": ("the robot", "机器人"),
    "the_place": ("{place}", "“{place}”"),
    "closing": ("Closing: {text}", "连接关闭：{text}"),
    "list": (", ", "、"),
    "parts": ("; ", "；"),
    # commands
    "help_head": ("Commands:", "命令："),
    "help_foot": (
        "Anything else goes to {place}. /help COMMAND tells more about one.",
        "其他输入都发给{place}。/help 命令 可看详细说明。",
    ),
    "moved": ("What you type goes to {place} now.", "现在输入的内容发给{place}。"),
    # what the house tells
    "logged_in": ("You are {name}.", "您的名字是 {name}。"),
    "come_back": ("To come back after a break: /back {token}", "断线后回来请输入：/back {token}"),
    "welcome_back": ("Welcome back, {name}.", "欢迎回来，{name}。"),
    "joined": ("You are in {place}.", "您已进入“{place}”。"),
    "joined_too": ("You are in {place}, too: /go {place}", "您也在“{place}”里：/go {place}"),
    "joined_people": ("Here: {people}", "在场：{people}"),
    "alone": ("Nobody else is here just now.", "现在没有别人。"),
    "someone_gone": ("someone who has left", "已离开的人"),
    "joined_new": (
        "-- {place}: {count} you may have missed --",
        "-- {place}：您可能错过的 {count} 条 --",
    ),
    "topic": ("Topic of {place}: {text}", "“{place}”的主题：{text}"),
    "topic_none": ("{place} has no topic.", "“{place}”还没有主题。"),
    "topic_set": ("{by} set the topic: {text}", "{by} 设置了主题：{text}"),
    "topic_cleared": ("{by} cleared the topic.", "{by} 清除了主题。"),
    "left": ("You have left {place}.", "您已离开“{place}”。"),
    "gap": (
        "Entries {first} to {last} of {place} are no longer kept.",
        "“{place}”的第 {first} 至 {last} 条已不再保留。",
    ),
    "came": ("{names} came", "{names} 来了"),
    "went": ("{names} left", "{names} 走了"),
    "lost": ("{names} lost the connection", "{names} 断线了"),
    "away": ("{names} is away", "{names} 暂时离开"),
    "away_note": ("{names} is away: {note}", "{names} 暂时离开：{note}"),
    "back": ("{names} is back", "{names} 回来了"),
    "renamed": ("{old} is called {new} now", "{old} 改名为 {new}"),
    "you_renamed": ("You are called {name} now.", "您现在叫 {name}。"),
    "page_head": ("-- {place}: {count} entries --", "-- {place}：{count} 条 --"),
    "page_end": ("-- the beginning --", "-- 没有更早的了 --"),
    "page_more": ("-- older ones: /history more --", "-- 更早的：/history more --"),
    "found_head": ("-- {query}: {count} found --", "-- {query}：找到 {count} 条 --"),
    "found_more": ("-- there are more; add a word to narrow the search --", "-- 还有更多；请加词缩小范围 --"),
    "found_behind": (
        "-- the newest {count} entries are not indexed yet --",
        "-- 最新的 {count} 条尚未编入索引 --",
    ),
    "rooms_none": ("There are no rooms yet. /join ROOM makes one.", "还没有房间。/join 房间 可新建。"),
    "room_people": ("{count} here", "{count} 人"),
    "room_mine": ("* you are in it", "* 您在其中"),
    "who_head": ("In {place}: {count}", "{place}：{count} 人"),
    "house": ("the house", "本站"),
    "state_here": ("here", "在"),
    "state_away": ("away", "暂离"),
    "state_lost": ("lost", "断线"),
    "call_ended": (
        "The call has ended. /call calls again, /rooms shows the rooms.",
        "通话已结束。/call 再次呼叫，/rooms 看房间。",
    ),
    # what to do about a refusal, in this door's own words: fix_ and its code
    "fix_not_logged_in": ("Take one: /nick NAME", "请取一个：/nick 名字"),
    "fix_already_logged_in": ("Change your name: /nick NAME", "改名：/nick 名字"),
    "fix_not_in_room": ("Enter it: /join ROOM", "请先进入：/join 房间"),
    "fix_no_such_room": ("See which there are: /rooms", "看有哪些房间：/rooms"),
    "fix_no_such_person": ("See who is here: /who *", "看有谁在：/who *"),
    "fix_too_many_rooms": ("Leave one first: /leave ROOM", "请先离开一个：/leave 房间"),
    "fix_not_in_call": ("Call the robot: /call", "呼叫机器人：/call"),
    "fix_bad_query": ("Name a word: /search WORD", "请给出一个词：/search 词语"),
}


def filled(text: str, values: Mapping[str, str | int]) -> str:
    """A sentence with its values in place, each made harmless: one line, no control characters."""
    if not values:
        return text
    return text.format_map(
        {key: clean(value) if isinstance(value, str) else value for key, value in values.items()}
    )
