"""Where people write from is explained by its country; the list itself is in order."""

from importlib.resources import files

import pytest

from agent.language.locale import locales, words_of
from agent.retrieval import terms
from agent.retrieval.index import Index
from agent.retrieval.terms import LONGEST, meanings

LINES = (files("agent") / "data" / "places.txt").read_text("utf-8").splitlines()
ENTRIES = [line for line in LINES if line and not line.startswith("# ")]
# Words and first names of everyday English and German that are cities, too.
EVERYDAY = [
    "angers",
    "bar",
    "bath",
    "buy",
    "deal",
    "derby",
    "essen",
    "florence",
    "halle",
    "hamm",
    "hof",
    "lage",
    "leon",
    "mobile",
    "nice",
    "orange",
    "pau",
    "phoenix",
    "plane",
    "reading",
    "regen",
    "sale",
    "sandwich",
    "singen",
    "spa",
    "split",
    "tours",
    "victoria",
    "worms",
    "zug",
]
COUNTRIES = [[(f"Service Desk {name}", 2.0)] for name in ("Germany", "Poland", "India", "Mexico")]


def cities(line: str) -> list[str]:
    return line.partition(": ")[2].split(", ")


@pytest.mark.parametrize(
    ("text", "country"),
    [
        ("the wifi in our Munich office is down", 0),
        ("WLAN in München geht nicht", 0),
        ("here in krakow nobody can log in", 1),
        ("Kraków", 1),
        ("greetings from łódź", 1),
        ("scanner in BENGALURU", 2),
        ("I sit in Querétaro", 3),
        ("queretaro plant", 3),
    ],
)
def test_a_city_finds_the_queue_that_names_its_country(text: str, country: int) -> None:
    assert Index(COUNTRIES).search(text, 1)[0][0] == country


@pytest.mark.parametrize("line", ENTRIES, ids=lambda line: line.partition(":")[0])
def test_every_city_is_found(line: str) -> None:
    for city in cities(line):
        jargon = terms_of("terms.txt").get(terms._folded(words_of(city)))
        assert meanings(f"I was in {city} today") == [jargon or line.partition(": ")[0]]


def terms_of(name: str) -> dict[str, str]:
    return {terms._folded(words_of(term)): meaning for term, meaning in terms._lines(name)}


def test_every_line_is_in_order() -> None:
    assert len(ENTRIES) > 80
    countries = [line.partition(": ")[0] for line in ENTRIES]
    assert len(set(countries)) == len(countries)
    for line in ENTRIES:
        country, colon, rest = line.partition(": ")
        assert colon, line
        assert country == country.strip(), line
        assert country.isascii(), line
        assert rest, line
        for city in rest.split(", "):
            assert city == city.strip(" ,"), line
            assert city[0].isupper(), line
            assert 1 <= len(words_of(city)) <= LONGEST, city


def test_no_city_stands_there_twice() -> None:
    """Folded as it is searched: a second one would take the first one's place."""
    every = [terms._folded(words_of(city)) for line in ENTRIES for city in cities(line)]
    assert [city for city in every if every.count(city) > 1] == []


def test_no_city_is_an_everyday_word() -> None:
    every = {terms._folded(words_of(city)) for line in ENTRIES for city in cities(line)}
    assert every.isdisjoint(EVERYDAY)
    for locale in locales().values():
        assert every.isdisjoint(locale.filler | locale.human | locale.smalltalk | locale.denying)


def test_terms_win_over_places() -> None:
    both = terms_of("terms.txt").keys() & {
        terms._folded(words_of(city)) for line in ENTRIES for city in cities(line)
    }
    assert "palo alto" in both
    assert "firewall" in meanings("the Palo Alto drops my packets")[0]
    for name in both:
        assert meanings(name) == [terms_of("terms.txt")[name]]
