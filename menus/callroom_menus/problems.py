"""What can be wrong with a menu file: each problem has a code, a place, a sentence, and a way to mend it."""

import msgspec

# code: (what is wrong, how to mend it) in English, then the same in Chinese.
PROBLEMS: dict[str, tuple[str, str, str, str]] = {
    "unreadable": (
        "this file cannot be read: {reason}",
        "check its name and its permissions",
        "无法读取这个文件:{reason}",
        "请检查文件名和权限",
    ),
    "too-big": (
        "this file is over {limit} bytes",
        "split the menu into several files",
        "文件超过 {limit} 字节",
        "请把菜单拆成几个文件",
    ),
    "not-utf8": (
        "this file is not UTF-8",
        "save it as UTF-8 in your editor",
        "文件不是 UTF-8 编码",
        "请在编辑器里另存为 UTF-8",
    ),
    "toml": (
        "this is not TOML: {reason}",
        "look for a missing quote, a bracket, or a key given twice",
        "TOML 语法错误:{reason}",
        "请检查引号、括号,以及是否有重复的键",
    ),
    "full-width": (
        "this is not TOML: a full-width {sign} stands where TOML needs a half-width one",
        "type it with the input method switched off",
        "TOML 语法错误:这里的 {sign} 是全角符号",
        "请切换到英文输入法,改用半角符号",
    ),
    "missing-field": (
        "{field} is missing",
        "add a line: {example}",
        "缺少 {field}",
        "请加一行:{example}",
    ),
    "wrong-type": (
        "{field} must be {wanted}",
        "write it like this: {example}",
        "{field} 必须是{wanted}",
        "请这样写:{example}",
    ),
    "out-of-range": (
        "{field} must be between {low} and {high}",
        "choose a number in that range",
        "{field} 必须在 {low} 和 {high} 之间",
        "请改成这个范围内的数",
    ),
    "bad-value": (
        "{field} cannot be {value}",
        "use one of: {choices}",
        "{field} 不能是 {value}",
        "请使用:{choices}",
    ),
    "unknown-field": (
        "there is no field {field} here",
        "{hint}",
        "这里没有 {field} 这个字段",
        "{hint}",
    ),
    "unsupported-field": (
        "{field} is not supported by this version",
        "remove it, or run a newer Callroom",
        "此版本还不支持 {field}",
        "请删去它,或使用更新的版本",
    ),
    "bad-name": (
        "the name {name} will not do",
        "use 1 to 64 of a-z A-Z 0-9 - _, beginning with a letter or a digit",
        "名称 {name} 不可用",
        "请用 1 到 64 个 a-z A-Z 0-9 - _,以字母或数字开头",
    ),
    "reserved-name": (
        "the name {name} has a meaning of its own",
        "choose another name for this node",
        "名称 {name} 另有含义",
        "请给这个节点换一个名字",
    ),
    "bad-key": (
        "{key} is not a key",
        "use 1 to 4 of 0-9 * #, and give words for everything else",
        "{key} 不是按键",
        "按键由 1 到 4 个 0-9 * # 组成,其他内容请写在 words 里",
    ),
    "key-twice": (
        "the key {key} is given twice, once in full width",
        "keep one of them",
        "按键 {key} 出现两次(全角与半角相同)",
        "请只保留一个",
    ),
    "empty": (
        "{field} is empty",
        "write something, or remove the line",
        "{field} 是空的",
        "请填写内容,或删去这一行",
    ),
    "word-twice": (
        "the word {word} is claimed twice here, also by {other}",
        "give it to one of them",
        "“{word}”在这里被用了两次,另一处是 {other}",
        "请只保留一处",
    ),
    "word-is-key": (
        "the word {word} can never be reached: it is a key here",
        "remove the word",
        "“{word}”永远不会生效:它在这里是按键",
        "请删去这个词",
    ),
    "unknown-target": (
        "there is no node {target}",
        "{hint}",
        "没有名为 {target} 的节点",
        "{hint}",
    ),
    "no-give-up": (
        "this node waits but never gives up",
        'add give_up = "NODE" here or in [defaults]',
        "这个节点会等待输入,却没有 give_up",
        '请在这里或 [defaults] 中加上 give_up = "节点名"',
    ),
    "no-say": (
        "this node waits but says nothing",
        'add say = "..."',
        "这个节点会等待输入,却什么也不说",
        '请加上 say = "……"',
    ),
    "no-keys": (
        "this node waits, but no key can be pressed here",
        "add a key, or [global.keys]",
        "这个节点会等待输入,却没有任何按键",
        "请加上按键,或 [global.keys]",
    ),
    "no-way-out": (
        "this node leads nowhere",
        "add keys, goto, room or end",
        "这个节点没有去向",
        "请加上 keys、goto、room 或 end",
    ),
    "two-verbs": (
        "{field} and {other} cannot stand at one node",
        "make two nodes of it",
        "{field} 和 {other} 不能在同一个节点",
        "请拆成两个节点",
    ),
    "one-action": (
        "a choice does exactly one thing",
        "give one of goto, room, do",
        "一个选项只能做一件事",
        "请从 goto、room、do 中选一个",
    ),
    "no-effect": (
        "{field} has no effect beside {other}",
        "remove one of the two",
        "有 {other} 时 {field} 不起作用",
        "请删去其中之一",
    ),
    "brace": (
        "{{ and }} mark a variable and stand alone here",
        "write {{name}} for a variable, {{{{ and }}}} for the signs themselves",
        "{{ 和 }} 用来标记变量,这里没有成对",
        "变量写作 {{name}},符号本身写作 {{{{ 和 }}}}",
    ),
    "no-variables-here": (
        "{field} is taken as it stands: variables are not filled in here",
        "put the variable into a text that is said",
        "{field} 按原样使用,不会填入变量",
        "请把变量写在 say 之类的文字里",
    ),
    "no-menu-here": (
        "{{menu}} stands where there is nothing to choose",
        "remove it, or add keys",
        "这里没有可选的按键,{{menu}} 无从生成",
        "请删去它,或加上按键",
    ),
    "unknown-variable": (
        "{name} is never set",
        "{hint}",
        "变量 {name} 从未被赋值",
        "{hint}",
    ),
    "control-character": (
        "{field} holds the control character U+{number:04X}",
        "remove it: only text, tabs and new lines are said",
        "{field} 里有控制字符 U+{number:04X}",
        "请删去它:只允许文字、制表符和换行",
    ),
    "id-taken": (
        "the id {id} is already that of {other}",
        "give one of the two another id",
        "编号 {id} 已被 {other} 使用",
        "请给其中一个换一个 id",
    ),
    "chat-line": (
        "this line is no part of a transcript",
        "begin it with <, >, !, # or write (silence 20), (return), (hangup)",
        "这一行不属于对话记录",
        "请以 <、>、!、# 开头,或写 (silence 20)、(return)、(hangup)",
    ),
    "chat-effect": (
        "a transcript knows no effect {name}",
        "use ! room NAME or ! end",
        "对话记录中没有 {name} 这个效果",
        "请用 ! room 名称 或 ! end",
    ),
}


class Problem(msgspec.Struct, frozen=True):
    """What is wrong, where (line and column from 1), and how to mend it, in English and Chinese."""

    file: str
    line: int
    column: int
    code: str
    text_en: str
    text_zh: str
    fix_en: str
    fix_zh: str

    def told(self, lang: str) -> str:
        """The whole problem in one line, as a compiler would write it."""
        text, fix = (self.text_zh, self.fix_zh) if lang == "zh" else (self.text_en, self.fix_en)
        return f"{self.file}:{self.line}:{self.column}: {text} - {fix} [{self.code}]"


class MenuError(Exception):
    """A menu cannot be used; `problems` are all that were found, in the order of the file."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("\n".join(problem.told("en") for problem in problems))
        self.problems = problems


Value = str | int | tuple[str, str]


def problem(file: str, line: int, column: int, code: str, /, **values: Value) -> Problem:
    """A problem from the table; a value given as a pair is (English, Chinese)."""
    text_en, fix_en, text_zh, fix_zh = PROBLEMS[code]
    english = {name: value[0] if isinstance(value, tuple) else value for name, value in values.items()}
    chinese = {name: value[1] if isinstance(value, tuple) else value for name, value in values.items()}
    return Problem(
        file,
        line,
        column,
        code,
        text_en.format_map(english),
        text_zh.format_map(chinese),
        fix_en.format_map(english),
        fix_zh.format_map(chinese),
    )
