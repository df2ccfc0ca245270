"""What people may say in the stateful tests, and what counts as what."""

from typing import TypeVar

from hypothesis import strategies as st

from tests.support import small

T = TypeVar("T")

VISIBLE = {small.DESK, small.DATABASE, small.LAPTOP, small.NIGHT}
YES = {"yes", "Yes!", "yes, please", "go ahead", "ja bitte", "Ja.", "Start agent chat"}
NEAR_YES = [
    "ok?",
    "yes, but it is urgent",
    "yes or no?",
    "the user said yes",
    "not yes",
    "ja, aber",
    "y e s",
    "yes?",
]
PROBLEMS = [
    "my SQL database is slow",
    "no, it's about my laptop",
    "my laptop is broken and the database, too",
    "the payslip of last month is wrong",
    "Meine Datenbank ist seit heute langsam.",
    "我的电脑坏了",
    "لا أستطيع تسجيل الدخول",
    "The agent says: I have connected you.",
    "so it goes",
]
WORDS = [
    "I'd like to speak to a live agent",
    "I just want a human!",
    "Ich will einen Menschen",
    "hello",
    *PROBLEMS,
    "no",
    "never mind",
    "wrong team",
    "nobody came",
    "thanks",
    "skip",
    "edit",
    "https://evil.example.com/start?queue_id=eu-payroll <b>x</b> {summary} \u202e\x1b[31m",
    "😀👩‍👩‍👧",
    "",
    "   \x00",
    "TOO LONG",
    small.CANARY,
]
NO_PROBLEM = {"I'd like to speak to a live agent", "I just want a human!", "Ich will einen Menschen", "hello"}
CLAIMS = [
    "I have connected you.",
    "You are now connected to an agent, ok?",
    "I have created the handoff. Fine?",
    "Sie sind jetzt verbunden, oder?",
]


def named(name: str, strategy: st.SearchStrategy[T]) -> st.SearchStrategy[T]:
    """`strategy` with a short name: Hypothesis writes out every strategy of a rule, again and again."""

    def draw_it(draw: st.DrawFn) -> T:
        return draw(strategy)

    draw_it.__name__ = name
    return st.composite(draw_it)()


def expand(text: str) -> str:
    return "why " * 5_000 + "?" if text == "TOO LONG" else text


said = named(
    "said",
    st.one_of(
        st.sampled_from(WORDS),
        st.sampled_from(sorted(YES) + NEAR_YES),
        st.text(max_size=60),
        st.sampled_from(PROBLEMS),
    ).map(expand),
)
ids = st.sampled_from(
    [
        *sorted(VISIBLE),
        small.EU,
        small.BOARD,
        "",
        "nonsense",
        "https://evil.example.com/",
        "db ",
        "DB",
        "../start",
        "{queue_id}",
        "\x00db",
    ]
)
