"""Languages that the embedded model cannot read are recognised, and no other text is taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.language import foreign
from agent.language.foreign import foreign_language
from agent.language.locale import locales
from agent.turn.judge import question_in
from agent.turn.limits import Limits

LANGUAGES = {language.language: language for language in foreign._languages()}
SENTENCES = {
    "fr": [
        "Bonjour, je ne peux pas ouvrir ma messagerie depuis ce matin",
        "L'imprimante du deuxième étage est en panne, pouvez-vous m'aider avec les pilotes ?",
    ],
    "es": [
        "Hola, no puedo entrar en mi correo desde ayer",
        "La impresora de la segunda planta está atascada y no imprime nada",
    ],
    "it": [
        "Buongiorno, non riesco ad accedere alla mia posta da ieri",
        "La stampante del secondo piano è bloccata e non stampa più niente",
    ],
    "pt": [
        "Olá, não consigo entrar no meu e-mail desde ontem",
        "A impressora do segundo andar está encravada e não imprime nada",
    ],
    "nl": [
        "Goedemorgen, ik kan sinds gisteren niet meer inloggen op mijn mail",
        "De printer op de tweede verdieping doet het niet, het papier zit vast",
    ],
    "pl": [
        "Dzień dobry, od wczoraj nie mogę zalogować się do poczty",
        "Drukarka na drugim piętrze nie drukuje, bo papier się zaciął",
    ],
    "cs": [
        "Dobrý den, od včerejška se nemohu přihlásit do pošty",
        "Tiskárna ve druhém patře nefunguje, papír se zasekl a nejde vyndat",
    ],
    "hu": [
        "Jó napot, tegnap óta nem tudok belépni a levelezésbe",
        "A nyomtató a második emeleten nem működik, és már a papír is beszorult",
    ],
    "ro": [
        "Bună ziua, de ieri nu pot intra în contul meu de e-mail",
        "Imprimanta de la etajul doi nu mai merge, s-a blocat hârtia și este aprinsă lumina",
    ],
    "tr": [
        "Merhaba, dün akşamdan beri e-postama giremiyorum",
        "İkinci kattaki yazıcı çalışmıyor, kağıt sıkıştı ve bir türlü çıkmıyor",
    ],
    "sv": [
        "Hej, jag kan inte logga in på min e-post sedan igår",
        "Skrivaren på andra våningen har fastnat och det går inte att skriva ut",
    ],
    "da": [
        "Hej, jeg kan ikke logge ind på min mail siden i går",
        "Printeren på anden sal er gået i stå, og jeg kan ikke få papiret ud",
    ],
    "fi": [
        "Hei, en pääse sähköpostiin eilisen jälkeen",
        "Toisen kerroksen tulostin ei toimi, ja paperi on jumissa",
    ],
    "ru": [
        "Здравствуйте, со вчерашнего дня не могу войти в Outlook",
        "Принтер на втором этаже не печатает, бумага застряла",
    ],
    "el": [
        "Καλημέρα, από χθες δεν μπορώ να μπω στο Outlook",
        "Ο εκτυπωτής στον δεύτερο όροφο δεν τυπώνει",
    ],
    "he": [
        "שלום, מאתמול אני לא מצליח להיכנס ל-Outlook",
        "המדפסת בקומה השנייה לא מדפיסה, הנייר נתקע",
    ],
    "ar": [
        "مرحبا، منذ أمس لا أستطيع الدخول إلى بريدي في Outlook",
        "الطابعة في الطابق الثاني لا تطبع والورق عالق",
    ],
    "hi": [
        "नमस्ते, कल से मैं अपना Outlook नहीं खोल पा रहा हूँ",
        "दूसरी मंज़िल का प्रिंटर काम नहीं कर रहा है",
    ],
    "ja": [
        "昨日からOutlookにログインできません",
        "二階のプリンターで紙が詰まっています",
    ],
    "ko": [
        "어제부터 Outlook에 로그인할 수 없습니다",
        "이층 프린터에 종이가 걸려서 인쇄가 안 됩니다",
    ],
    "zh": [
        "从昨天开始我无法登录Outlook邮箱",
        "二楼的打印机卡纸了，打印不出来",
    ],
    "th": [
        "สวัสดีค่ะ ตั้งแต่เมื่อวานเข้า Outlook ไม่ได้",
        "เครื่องพิมพ์ชั้นสองพิมพ์ไม่ออก กระดาษติด",
    ],
}
ENGLISH = [
    "My laptop won't turn on since the update last night",
    "Outlook keeps asking for my password",
    "I can't print to the printer on the second floor",
    "VPN drops every ten minutes when I work from home",
    "Please unlock the account of Juan de la Cruz",
    "reset password for Ana Maria dos Santos da Silva",
    "Jan van de Berg has no access to SAP",
    "drives W: and Z: missing",
    "V: and S: gone after reboot",
    "Mac OS: no sound",
    "login.microsoftonline.com no response",
    "No mail from bob@acme.com or info@acme.de",
    "Printer in Los Angeles, La Jolla office",
    "the error says 错误 in a small window and then it closes",
    "Excel formula VLOOKUP(E2;O:O;2;0) returns #N/A",
    "SQL: select * from a where b in (c, d) hangs",
    "en-US keyboard layout instead of de-DE",
    "Conference room Ni Hao: no picture on the screen",
    "min. and max. values are wrong in the report",
    "ok, die app crashes on start",
    "Y: no access",
    "AV blocks en-US setup",
]
GERMAN = [
    "Mein Laptop startet seit dem Update nicht mehr",
    "Outlook fragt dauernd nach dem Kennwort",
    "Der Drucker im zweiten Stock druckt nicht",
    "VPN bricht im Homeoffice alle zehn Minuten ab",
    "Das Konto von Juan de la Cruz ist gesperrt",
    "Laufwerke W und Z fehlen",
    "Laufwerk E und O weg",
    "Ich kann mich nicht an SAP anmelden",
    "Rechnung lässt sich nicht buchen, Fehler F5 263",
    "Mein Bildschirm bleibt schwarz",
    "WLAN in Raum A 12 geht nicht",
    "Ben van Houten braucht Zugriff auf den Ordner Personal",
    "Die Gehaltsabrechnung fehlt im Portal",
    "Handy verloren, bitte SIM sperren",
    "Hallo, ich brauche eine Lizenz für Visio",
    "Excel: WENN(E5;O3) liefert #WERT!",
    "support.acme.de ist nicht erreichbar",
    "Mail an info@acme.com kommt zurück",
    "Scanner: min. Auflösung, det. Fehler",
    "Drucker da, per WLAN",
    "Café-Terminal: keine Verbindung, Kasse München",
]
ODD = [
    "",
    " ",
    "?",
    "😀🔥",
    "12345",
    "a",
    "W Z",
    "e o",
    "i",
    "Ω",
    "µ",
    "SAP",
    "VPN",
    "hi",
    "ok",
    "no",
    "si",
    "da",
    "de",
    "https://es.wikipedia.org/wiki/El",
    "C:\\Users\\es\\el.txt",
    "\x00\u2028",
    "ªº",
    "ＳＡＰ",
    "𝐕𝐏𝐍 𝐝𝐨𝐰𝐧",
    "0x80070005",
    "Ł",
    "ñ",
]


@pytest.mark.parametrize(
    ("language", "text"), [(language, text) for language, texts in SENTENCES.items() for text in texts]
)
def test_a_foreign_sentence_is_recognised(language: str, text: str) -> None:
    found = foreign_language(text)
    assert found
    assert found.language == language


def test_there_are_sentences_in_every_language() -> None:
    assert SENTENCES.keys() == LANGUAGES.keys()
    assert all(len(texts) == 2 for texts in SENTENCES.values())


@pytest.mark.parametrize("text", [*ENGLISH, *GERMAN])
def test_english_and_german_are_not_foreign(text: str) -> None:
    assert foreign_language(text) is None


@pytest.mark.parametrize("text", ODD)
def test_what_is_short_or_odd_is_no_language(text: str) -> None:
    assert foreign_language(text) is None


def test_own_texts_are_not_foreign() -> None:
    for locale in locales().values():
        for text in locale.texts.values():
            assert foreign_language(text) is None, text


def test_names_of_products_stay_latin_in_any_script() -> None:
    found = foreign_language("Outlook 2019 и SAP GUI не работают")
    assert found
    assert found.language == "ru"


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_what_is_said_passes_the_gate_unchanged(language: foreign.Foreign) -> None:
    """Else the model would not know that it was said already."""
    limit = Limits().question_chars
    assert question_in(language.says, limit) == language.says
    assert len(language.says) <= limit


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=LANGUAGES)
def test_what_is_said_is_taken_for_no_other_language(language: foreign.Foreign) -> None:
    assert foreign_language(language.says) in (language, None)  # it has few of the frequent words


def test_every_language_is_recognised_by_one_way() -> None:
    for language in LANGUAGES.values():
        assert bool(language.words) != bool(language.scripts)
        assert all(len(word) > 1 or not word.isascii() for word in language.words)  # letters of drives
        assert all(word == word.casefold() for word in language.words)
        assert all(script.isupper() for script in language.scripts)


@given(st.text(max_size=300) | st.text(st.characters(categories=["Lu", "Ll", "Lo", "Mn"]), max_size=40))
def test_any_text_gives_a_language_or_none(text: str) -> None:
    found = foreign_language(text)
    assert found is None or LANGUAGES[found.language] is found
    assert foreign_language(text) is found
