"""What is read of a crawled page: what is no page, whose it is, when it was published and until when it may be shown."""

from __future__ import annotations

import pytest

from indexer.ingestion.apologies import apology_in
from indexer.ingestion.html import apology_of

MISSING = {
    "Sidan finns inte": "Sidan du söker finns inte eller har flyttats. Prova att söka eller gå till startsidan.",
    "Sidan kunde inte hittas": "",
    "404 - Sidan kunde inte hittas | Region Örebro län": "Vi har nyligen bytt webbplats. Gamla länkar kan därför ha slutat"
    " fungera.",
    "Region Skåne": "Hoppsan! Sidan du letar efter kan inte hittas. Den kan ha flyttats eller tagits bort.\nTill startsidan",
    "Oj! Vi hittar inte sidan": "",
    "404": "Tyvärr kunde vi inte hitta sidan du söker. Använd sökfunktionen för att hitta rätt.",
    "Page not found": "The page you are looking for doesn't exist. It may have been moved or deleted.",
    "Page Not Found - Vinnova": "Sorry, we couldn't find that page.",
    "Error 404": "Not Found\nThe requested URL was not found on this server.",
    "Sidan saknas": "Sidan du försöker nå finns inte längre. Om du har skrivit adressen själv, kontrollera stavningen.",
    "Nyheter": "Innehållet finns inte längre kvar. Det kan bero på att det har avpublicerats.",
    "Vi kan inte hitta sidan du söker": "Sidan kan ha tagits bort, bytt namn eller är tillfälligt otillgänglig.\nSök jobb",
    "Ojdå, nu blev det fel": "Sidan du letar efter verkar inte finnas.",
}
WALLS = {
    "Region Örebro län": "Vi använder kakor för att ge dig en bättre upplevelse av webbplatsen. Genom att fortsätta godkänner du"
    " att vi använder kakor.\nGodkänn alla kakor\nEndast nödvändiga",
    "Den här webbplatsen använder kakor": "Statistik hjälper oss att förstå hur besökare använder webbplatsen.\nAvvisa alla",
    "Innan du fortsätter": "Vi och våra partners använder cookies för att anpassa annonser. Klicka på Godkänn för att gå vidare.",
    "We value your privacy": "We use cookies to enhance your browsing experience. By clicking Accept, you consent to that.",
    "Nyheter": "För att läsa vidare måste du godkänna kakor. Acceptera",
}
ARTICLES = {
    "Sidan finns inte – så jobbar regionen med döda länkar": "Region Örebro län har gått igenom 12 000 sidor på sin webbplats."
    " Var tionde länk ledde till meddelandet Sidan finns inte. Nu ska länkarna rättas.",
    "När sidan inte finns": "Sidan finns inte. Det meddelandet möter allt fler som söker myndigheters rapporter. En ny"
    " undersökning från Örebro universitet visar att var femte länk är död efter fem år.",
    "Sidan finns inte längre": "Tidningens kultursida läggs ner efter 40 år. Redaktören berättar att beslutet togs i går.",
    "404: en historia om ett fel": "Felkoden 404 fyller 30 år. Den som söker en sida som saknas möts av siffrorna. Forskare vid"
    " Karlstads universitet har följt dess historia.",
    "Nya regler om kakor": "Post- och telestyrelsen skärper tillsynen av kakor. Webbplatser måste be om samtycke innan kakor"
    " sätts. Du som besökare ska kunna säga nej lika lätt som ja.",
    "Så använder kommuner kakor": "Vi använder kakor för att ge dig en bättre upplevelse. Så står det på nästan alla kommuners"
    " webbplatser. Men bara var tredje följer lagen, visar en granskning av 290 kommuner.",
    "Regionen byter webbplats": "Den 1 mars byter regionen webbplats. Gamla länkar slutar fungera.",
    "Bageri i Örebro satsar på kakor": "Vi använder kakor i fikat varje dag, säger bagaren. Acceptera inga sämre kakor!",
    "Länken saknas": "Länken saknas mellan Örebro och Karlstad. Regionen vill att staten bygger en järnväg.",
    "Sidan saknas": "Sidan saknas i handboken. "
    + "Regionen har tryckt om den och delar ut den på vårdcentralerna. " * 90,
}


@pytest.mark.parametrize(("title", "text"), [*MISSING.items(), *WALLS.items()])
def test_a_page_that_stands_in_place_of_another_is_told_by_its_words(title: str, text: str) -> None:
    phrase = apology_in(title, text)
    assert phrase and phrase in f"{title}\n{text}"


@pytest.mark.parametrize(("title", "text"), ARTICLES.items())
def test_an_article_about_missing_pages_and_cookies_is_one(title: str, text: str) -> None:
    assert apology_in(title, text) is None


@pytest.mark.parametrize(("cases", "is_missing"), [(MISSING, True), (WALLS, False), (ARTICLES, None)])
def test_a_page_says_which_of_them_it_is(cases: dict[str, str], is_missing: bool | None) -> None:
    """Whether what was stored before is gone depends on it."""
    for title, text in cases.items():
        lines = "".join(f"<p>{line}</p>" for line in text.splitlines())
        menu = "<nav><a href=/>Start</a> <a href=/nyheter>Nyheter</a></nav>"
        page = f"<!doctype html><title>{title}</title><body>{menu}<main><h1>{title}</h1>{lines}</main></body>"
        apology = apology_of(page.encode())
        assert (apology.is_missing if apology else None) is is_missing, title


def test_hostile_texts_are_judged_in_no_time() -> None:
    for words in ("Vi du. ", "vi vi du kakor ", "404 404 ", "oj ", "Sidan du söker ", "a.", "vi använder ", "x\n"):
        assert apology_in("404", words * (3_990 // len(words))) in (None, "404", "404 404")
