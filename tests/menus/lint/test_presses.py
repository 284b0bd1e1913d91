import pytest

from callroom_menus.lint.rules.presses import pressed


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("查询请按1，办理请按２", ["1", "2"]),
        ("请输入手机号码，按#号键结束。", ["#"]),
        ("请按 “3” 键", ["3"]),
        ("按下数字4", ["4"]),
        ("按井号键或按星号键", ["#", "*"]),
        ("按1、2或3", ["1", "2", "3"]),
        ("请按1到4", ["1", "2", "3", "4"]),
        ("拨0转人工", ["0"]),
        ("Press 1 for sales, press 2 for support.", ["1", "2"]),
        ("press the pound key, or press star", ["#", "*"]),
        ("press 1-3 or dial 0", ["1", "2", "3", "0"]),
        ("PRESS '9'", ["9"]),
        ("按12号键", ["12"]),
        ("按键音，按时，按照", []),
        ("按1.5元计费，按30秒计，按5 GB", []),
        ("拨打10086，拨 010-1234", []),
        ("express 5, expressing 3", []),
        ("press 10 times", []),
        ("按 2026-12-01 的账单缴费，按2026/12/01", []),
        ("按1/2/3", ["1", "2", "3"]),
        ("dial 911911", []),
        ("", []),
    ],
)
def test_the_keys_that_a_text_says_to_press(text: str, keys: list[str]) -> None:
    assert pressed(text) == keys
