"""The pages: text is text, whatever it holds, and the buttons do what they say."""

from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from agent.appliance.app import Appliance
from agent.appliance.page import session_page
from agent.appliance.sessions import Given, Place
from agent.markup import visible
from tests.appliance.test_commands import begin
from tests.support.appliance import Running

STAND_IN = Appliance()


class Cells(HTMLParser):
    """The tags of a page, and the text of its table cells."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.cells: list[str] = []
        self._inside = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not any(name.startswith("on") or name == "style" for name, _ in attrs)
        if tag == "td":
            self.cells.append("")
            self._inside = True

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "td"

    def handle_data(self, data: str) -> None:
        if self._inside:
            self.cells[-1] += data


PLAIN = Cells(
    bytes(
        session_page(
            STAND_IN.sessions.start(Given(place=Place(), portal="p", started_by="b", warnings=("w",))),
            STAND_IN.site,
            STAND_IN.sessions,
        ).body
    ).decode()
).tags
HOSTILE = st.text(st.characters(codec="utf-8"), max_size=60) | st.sampled_from(
    [
        "</td><script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "&lt;b&gt;",
        '"><b>',
        "\u202egnirts",
        "]]>",
        "<!--",
    ]
)


@given(name=HOSTILE, details=HOSTILE, key=HOSTILE, field=HOSTILE, warning=HOSTILE)
def test_whatever_comes_with_a_session_is_shown_as_text(
    name: str, details: str, key: str, field: str, warning: str
) -> None:
    session = STAND_IN.sessions.start(
        Given(
            place=Place(),
            portal="p",
            started_by="b",
            customer={"name": name, "details": details},
            custom={"summary": field},
            external_key=key,
            warnings=(warning or "w",),
        )
    )
    page = bytes(session_page(session, STAND_IN.site, STAND_IN.sessions).body).decode()
    cells = Cells(page)
    assert cells.tags == PLAIN
    for text in filter(None, (name, details, key, field)):
        assert visible(text) in cells.cells


def test_every_page_says_what_it_is_and_allows_no_script(appliance: Running) -> None:
    lsid = begin(appliance)
    for path in ("/", f"/stand-in/sessions/{lsid}", "/?ak=x", "/api/start_session"):
        answer = appliance.get(path)
        assert "Stand-in appliance: nobody is here." in answer.text
        assert "no BeyondTrust product" in answer.text
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "script" not in policy
        assert "<script" not in answer.text


def test_the_representative_and_the_customer_are_played(appliance: Running) -> None:
    lsid = begin(appliance)
    act, session = f"/stand-in/sessions/{lsid}", appliance.sessions.last
    answer = appliance.request("POST", f"{act}/accept", data={"representative": "2"})
    assert (answer.status_code, answer.headers["location"]) == (303, act)
    assert "Grace H. has it" in appliance.get(act).text
    appliance.request("POST", f"{act}/transfer", data={"team": "3"})
    assert "Waiting in the queue of Network" in appliance.get(act).text
    appliance.request("POST", f"{act}/leave")
    page = appliance.get(act).text
    assert "Over since" in page
    assert "<form" not in page
    happened = len(session.history)
    appliance.request("POST", f"{act}/accept", data={"representative": "1"})
    assert len(session.history) == happened, "what is over stays as it is"


def test_what_cannot_be_done_is_said(appliance: Running) -> None:
    act = f"/stand-in/sessions/{begin(appliance)}"
    for path, form in (("accept", {}), ("accept", {"representative": "99"}), ("transfer", {}), ("dance", {})):
        assert appliance.request("POST", f"{act}/{path}", data=form).status_code == 400
    assert appliance.request("POST", f"/stand-in/sessions/{'0' * 32}/end").status_code == 404
    assert appliance.get(f"/stand-in/sessions/{'0' * 32}").status_code == 404
    assert appliance.request("POST", "/stand-in/representatives/99").status_code == 404


def test_representatives_log_in_and_out(appliance: Running) -> None:
    assert 4 not in appliance.sessions.logged_in
    assert appliance.request("POST", "/stand-in/representatives/4").status_code == 303
    assert 4 in appliance.sessions.logged_in
    appliance.request("POST", "/stand-in/representatives/4")
    assert [rep.get("id") for rep in appliance.command("get_logged_in_reps")] == ["1", "2", "3", "5"]


def test_the_overview_links_every_session(appliance: Running) -> None:
    first, second = begin(appliance), begin(appliance, "network_vpn")
    page = appliance.get("/").text
    assert page.index(second) < page.index(first)
