"""What is speech and whose: German sentences with their quotations and speakers, typed by hand; names show nothing."""

# ruff: noqa: E501 (a sentence of an article is one line)
from __future__ import annotations

import pytest

from twofront.evidence.reader import read_text

BEFORE = "Es geschah am Montag in der Hauptstadt. "
# A sentence, and for each quotation that is speech: its beginning and who said it.
SENTENCES: list[tuple[str, list[tuple[str, str]]]] = [
    ("Finanzminister Hans Eichel bezeichnete den Vorschlag als „abwegig“.", [("„abwegig“", "Hans Eichel")]),
    (
        "Die Opposition nannte die Entscheidung einen „Schlag ins Gesicht“ der Arbeitnehmer.",
        [("„Schlag ins Gesicht“", "Die Opposition")],
    ),
    ("Der Oppositionsführer sprach von einem „Putsch“.", [("„Putsch“", "Der Oppositionsführer")]),
    ("Greenpeace wirft dem Konzern „Täuschung“ vor.", [("„Täuschung“", "Greenpeace")]),
    ("Der Minister warnte vor einer „Katastrophe“.", [("„Katastrophe“", "Der Minister")]),
    ("Bürgermeister Klaus Weber zeigte sich „tief betroffen“ von dem Unglück.", [("„tief betroffen“", "Klaus Weber")]),
    ("Ihr Anwalt Peter Lang sagte: „Wir legen Berufung ein.“", [("„Wir legen Berufung ein.", "Peter Lang")]),
    ("„Das ist ein guter Tag“, freute sich Trainer Jürgen Klein.", [("„Das ist ein guter Tag“", "Jürgen Klein")]),
    (
        "„Wir haben gekämpft“, so der Kapitän nach dem Spiel. „Am Ende fehlte das Glück.“",
        [("„Wir haben gekämpft“", "Kapitän"), ("„Am Ende fehlte das Glüc", "Kapitän")],
    ),
    (
        "Der Vorsitzende der Gewerkschaft, Frank Bsirske, sieht darin einen „Angriff auf die Tarifautonomie“.",
        [("„Angriff auf die Tarifau", "Bsirske")],
    ),
    ("Laut Polizei handelte es sich um einen „Einzeltäter“.", [("„Einzeltäter“", "Polizei")]),
    (
        "Nach Angaben der Behörden besteht „keine Gefahr für die Bevölkerung“.",
        [("„keine Gefahr für die Be", "der Behörden")],
    ),
    ("In einer Erklärung der Firma heißt es: „Wir bedauern den Vorfall.“", [("„Wir bedauern den Vorfal", "Erklärung")]),
    (
        "Außenministerin Rice erklärte, die Gespräche seien „sehr konstruktiv“ gewesen.",
        [("„sehr konstruktiv“", "Rice")],
    ),
    (
        "Amnesty International kritisierte die „unmenschlichen Bedingungen“ in dem Lager.",
        [("„unmenschlichen Bedingun", "Amnesty International")],
    ),
    ("Er habe „nichts gewusst“, beteuerte der Angeklagte.", [("„nichts gewusst“", "der Angeklagte")]),
    ("Präsident Bush lobte den „Mut“ der Soldaten.", [("„Mut“", "Bush")]),
    ("Chávez beschimpfte den US-Präsidenten als „Teufel“.", [("„Teufel“", "Chávez")]),
    ("„Es war wie im Krieg“, schilderte eine Augenzeugin die Szene.", [("„Es war wie im Krieg“", "eine Augenzeugin")]),
    (
        "Bei den Demonstrationen riefen Teilnehmer: „Nieder mit der Regierung!“",
        [("„Nieder mit der Regierun", "Teilnehmer")],
    ),
    ("Auf Plakaten stand: „Kein Krieg für Öl“.", [("„Kein Krieg für Öl“", "Plakaten")]),
    ("Er fügte hinzu: „Das werden wir nicht hinnehmen.“", [("„Das werden wir nicht hi", "Er")]),
    (
        "Der Sprecher des Innenministeriums, Said Jawad, teilte mit: „Die Lage ist unter Kontrolle.“",
        [("„Die Lage ist unter Kont", "Said Jawad")],
    ),
    (
        "„Die Lage“, sagte der General, „ist unter Kontrolle.“",
        [("„Die Lage“", "der General"), ("„ist unter Kontrolle.“", "der General")],
    ),
    (
        "Kritik kam von der FDP. „Das Gesetz ist verfassungswidrig“, sagte deren Generalsekretär Dirk Niebel.",
        [("„Das Gesetz ist verfassu", "Dirk Niebel")],
    ),
    ("Merkel wies die Vorwürfe als „haltlos“ zurück.", [("„haltlos“", "Merkel")]),
    (
        "Für den SPD-Politiker Otto Schily ist das Urteil „ein wichtiges Signal“.",
        [("„ein wichtiges Signal“", "Otto Schily")],
    ),
    (
        "Die Zeitung „Die Welt“ schreibt, es gebe „erhebliche Zweifel“ an der Darstellung.",
        [("„erhebliche Zweifel“", "Die Zeitung")],
    ),
    ("Der Film „Das Leben der Anderen“ gewann den Preis.", []),
    ("Das Schiff „Beluga“ lief im Hafen ein.", []),
    ("Die sogenannte „Heuschrecken“-Debatte ging weiter.", []),
    ("Das Betriebssystem „Windows Vista“ erscheint im Januar.", []),
    ("Sein neues Album „Nachtflug“ kommt im Mai.", []),
    ("Die Sonde „Cassini“ flog am Mond „Titan“ vorbei.", []),
    (
        "Auch der Präsident des Verbandes, Karl Müller, äußerte sich kritisch: „So geht es nicht weiter.“",
        [("„So geht es nicht weiter", "Karl Müller")],
    ),
    (
        "Zuvor hatte Ministerpräsident Koch angekündigt, er werde „mit aller Härte“ gegen die Täter vorgehen.",
        [("„mit aller Härte“", "Koch")],
    ),
    (
        "Das Gericht begründete das Urteil mit der „besonderen Schwere der Schuld“.",
        [("„besonderen Schwere der ", "Das Gericht")],
    ),
    ("Als Grund gab sie „persönliche Gründe“ an.", [("„persönliche Gründe“", "sie")]),
    (
        "Papst Benedikt XVI. rief die Gläubigen zu „Frieden und Versöhnung“ auf.",
        [("„Frieden und Versöhnung“", "Papst Benedikt")],
    ),
    (
        "Der iranische Außenminister verurteilte den Angriff als „Akt des Terrorismus“.",
        [("„Akt des Terrorismus“", "Der iranische Außenminister")],
    ),
    ("Wie Polizeisprecher Jens Hartwig mitteilte, sei der Mann „verwirrt“ gewesen.", [("„verwirrt“", "Jens Hartwig")]),
    (
        "Der Chef der Behörde, Mohamed el-Baradei, sagte gegenüber Journalisten: „Wir brauchen Zeit.“",
        [("„Wir brauchen Zeit.“", "el-Baradei")],
    ),
    (
        "Im Gespräch mit dem Spiegel sagte der Forscher: „Das Eis schmilzt schneller.“",
        [("„Das Eis schmilzt schnel", "der Forscher")],
    ),
    ("„Ein Fehler“, räumte der Vorstand ein.", [("„Ein Fehler“", "der Vorstand")]),
    (
        "Die Bürgerrechtler sehen in dem Gesetz einen „Schritt in den Überwachungsstaat“.",
        [("„Schritt in den Überwach", "Die Bürgerrechtler")],
    ),
    ("Laut dem Bericht gab es „schwere Mängel“ bei der Wartung.", [("„schwere Mängel“", "Bericht")]),
    (
        "Der Manager Uli Hoeneß zeigte sich zufrieden: „Das war eine starke Leistung.“",
        [("„Das war eine starke Lei", "Uli Hoeneß")],
    ),
    ("Der Autor Hans Meier liest aus seinem Roman „Der Turm“.", []),
    (
        "Die Regierung in Teheran reagierte empört. Man werde „nicht auf das Recht verzichten“.",
        [("„nicht auf das Recht ver", "Die Regierung")],
    ),
    (
        "Der Wissenschaftler Max Braun vom Institut für Meereskunde erläuterte das Ergebnis. „Die Strömung wird schwächer.“",
        [("„Die Strömung wird schwä", "Max Braun")],
    ),
    (
        "Der Täter hinterließ einen Brief mit den Worten „Ich kann nicht mehr“.",
        [("„Ich kann nicht mehr“", "Der Täter")],
    ),
    (
        "„Wir sind enttäuscht.“ Mit diesen Worten reagierte Verbandschef Rolf Schulz auf das Urteil.",
        [("„Wir sind enttäuscht.“", "Rolf Schulz")],
    ),
    ("„Das ist Unsinn“ – so kommentierte die Ministerin den Bericht.", [("„Das ist Unsinn“", "die Ministerin")]),
    (
        "Ein Sprecher des Unternehmens wollte dies „weder bestätigen noch dementieren“.",
        [("„weder bestätigen noch d", "Ein Sprecher des Unternehmens")],
    ),
    (
        "Die Grünen werfen der Regierung vor, sie habe „jahrelang geschlafen“.",
        [("„jahrelang geschlafen“", "Die Grünen")],
    ),
    ("Der Verein „Mehr Demokratie“ begrüßte die Entscheidung.", []),
    (
        "Der Deutsche Städtetag zeigte sich besorgt und forderte „schnelle Hilfe“ vom Bund.",
        [("„schnelle Hilfe“", "Der Deutsche Städtetag")],
    ),
    ("Ban Ki-moon äußerte sich „zutiefst besorgt“ über die Gewalt.", [("„zutiefst besorgt“", "Ban Ki-moon")]),
    ("Ein Mann schrie „Feuer!“ und rannte hinaus.", [("„Feuer!“", "Ein Mann")]),
    ("Das Motto der Veranstaltung lautete „Gemeinsam gegen Rechts“.", []),
    ("Unter dem Motto „Atomkraft? Nein danke“ demonstrierten Tausende.", []),
    ("Die Aktion mit dem Namen „Operation Sommerregen“ begann am Montag.", []),
    (
        "Der ehemalige Kanzler Helmut Schmidt meinte dazu, man solle „die Kirche im Dorf lassen“.",
        [("„die Kirche im Dorf lass", "Helmut Schmidt")],
    ),
    (
        "Kommissar Günter Verheugen erklärte dazu in Brüssel: „Europa braucht Regeln.“ Zugleich betonte er: „Wir wollen keine Verbote.“",
        [("„Europa braucht Regeln.“", "Verheugen"), ("„Wir wollen keine Verbot", "er")],
    ),
    ("Das Urteil sei „ein Sieg der Vernunft“, so die Umweltorganisation BUND.", [("„ein Sieg der Vernunft“", "BUND")]),
    ("Wörtlich sagte Steinmeier: „Wir lassen uns nicht erpressen.“", [("„Wir lassen uns nicht er", "Steinmeier")]),
    ("Auf die Frage nach dem Grund antwortete sie: „Kein Kommentar.“", [("„Kein Kommentar.“", "sie")]),
    ("Dem Radiosender BBC sagte der Premier: „Der Plan steht.“", [("„Der Plan steht.“", "der Premier")]),
    (
        "Der Nachrichtenagentur AFP zufolge sagte ein Offizier: „Wir hatten keine Wahl.“",
        [("„Wir hatten keine Wahl.“", "ein Offizier")],
    ),
    (
        "Kremlkritiker Kasparow, der die Demonstration organisiert hatte, sprach von „Polizeiterror“.",
        [("„Polizeiterror“", "Kasparow")],
    ),
    (
        "Vor dem Gericht in Hamburg hat der Prozess begonnen. Die Staatsanwältin Ute Fischer hielt dem Angeklagten vor, er habe „aus Habgier“ gehandelt.",
        [("„aus Habgier“", "Ute Fischer")],
    ),
    (
        "Der Landrat Peter Hansen dankte den Helfern. „Ohne sie wäre der Deich gebrochen“, sagte er vor Journalisten.",
        [("„Ohne sie wäre der Deich", "er")],
    ),
    (
        "Marta Nowak ist Bürgermeisterin der Stadt. „Wir brauchen jetzt Hilfe aus Berlin“, so Nowak.",
        [("„Wir brauchen jetzt Hilf", "Nowak")],
    ),
    (
        "Zufrieden war der Trainer nicht: „Wir haben zu viele Chancen vergeben.“",
        [("„Wir haben zu viele Chan", "der Trainer")],
    ),
    (
        "Von einem „schwarzen Tag für die Region“ sprach Gewerkschaftssekretär Rolf Maier.",
        [("„schwarzen Tag für die R", "Rolf Maier")],
    ),
    ("Als „unverantwortlich“ bezeichnete der Umweltverband die Pläne.", [("„unverantwortlich“", "der Umweltverband")]),
    ("Ein „historisches Ereignis“ nannte Bundespräsident Köhler den Besuch.", [("„historisches Ereignis“", "Köhler")]),
    (
        "In einem offenen Brief schreiben die Unterzeichner: „Das Projekt gefährdet den Wald.“",
        [("„Das Projekt gefährdet d", "die Unterzeichner")],
    ),
    (
        "Auf seiner Homepage erklärte der Verein: „Wir ziehen die Klage zurück.“",
        [("„Wir ziehen die Klage zu", "der Verein")],
    ),
    (
        "Das Weiße Haus erklärte in einer Stellungnahme, die USA seien „tief besorgt“.",
        [("„tief besorgt“", "Das Weiße Haus")],
    ),
    (
        "Ryanair-Chef Michael O’Leary sagte dem Sender: „Billiger geht es nicht.“",
        [("„Billiger geht es nicht.", "Michael O’Leary")],
    ),
    (
        "Die Bundesregierung teilte am Freitag mit, sie habe „mit Bestürzung“ von dem Anschlag erfahren.",
        [("„mit Bestürzung“", "Die Bundesregierung")],
    ),
    ("Der Fahrer gab zu Protokoll, er habe „nur kurz weggeschaut“.", [("„nur kurz weggeschaut“", "Der Fahrer")]),
    ("Die Frau soll nach Darstellung der Polizei „in Panik“ geraten sein.", [("„in Panik“", "der Polizei")]),
    ("Aus Regierungskreisen hieß es, die Reform sei „vom Tisch“.", [("„vom Tisch“", "Regierungskreisen")]),
    ("Im Urteil heißt es, der Beamte habe „vorsätzlich“ gehandelt.", [("„vorsätzlich“", "Urteil")]),
    (
        "Die Vorsitzende Richterin Eva Thoma begründete die Strafe: „Sie haben Vertrauen missbraucht.“",
        [("„Sie haben Vertrauen mis", "Eva Thoma")],
    ),
    (
        "Auch aus den Reihen der Union kam Kritik. Der CSU-Politiker Markus Söder nannte den Plan „unsozial“.",
        [("„unsozial“", "Markus Söder")],
    ),
    (
        "„Damit ist die Sache für uns erledigt“, hieß es aus dem Ministerium.",
        [("„Damit ist die Sache für", "dem Ministerium")],
    ),
    (
        "„Das Ergebnis“, so die Forscherin weiter, „hat uns überrascht.“",
        [("„Das Ergebnis“", "die Forscherin"), ("„hat uns überrascht.“", "die Forscherin")],
    ),
    ("Der Vorstand hat nach eigenen Worten „keine andere Wahl“.", [("„keine andere Wahl“", "Der Vorstand")]),
    ("Er sei „gesund und munter“, sagte seine Mutter dem Fernsehen.", [("„gesund und munter“", "seine Mutter")]),
    ("Der 34-Jährige rief laut Zeugen mehrfach „Gott ist groß“.", [("„Gott ist groß“", "Der 34-Jährige")]),
    (
        "Der Präsident Venezuelas, Hugo Chávez, hat George W. Bush erneut als „Feigling“ beschimpft.",
        [("„Feigling“", "Hugo Chávez")],
    ),
    (
        "Ministerin Ursula von der Leyen wies die Kritik zurück: „Das Geld ist da.“",
        [("„Das Geld ist da.“", "Ursula von der Leyen")],
    ),
    ("Nach Ansicht des Experten ist das „reine Symbolpolitik“.", [("„reine Symbolpolitik“", "des Experten")]),
    (
        "Der Bürgermeister sagte weiter: „Wir lassen niemanden allein.“ Die Stadt werde „jede Anstrengung“ unternehmen.",
        [("„Wir lassen niemanden al", "Der Bürgermeister"), ("„jede Anstrengung“", "Der Bürgermeister")],
    ),
    ("Steve Jobs stellte das „iPhone“ vor.", []),
    ("Die Raumfähre „Discovery“ ist gelandet.", []),
    ("Sie singt den Titel „Irgendwo auf der Welt“ live.", []),
    ("Der Hurrikan „Rita“ zieht nach Norden.", []),
    ("Die Zeitung „Le Monde“ berichtet, die Regierung wolle das Gesetz ändern.", []),
    ("Das Theaterstück „Die Räuber“ wird wieder gezeigt.", []),
    (
        "Der Verdächtige schwieg. Sein Verteidiger Marc Stein erklärte: „Mein Mandant ist unschuldig.“",
        [("„Mein Mandant ist unschu", "Marc Stein")],
    ),
    (
        "Präsident Wladimir Putin und Kanzlerin Angela Merkel trafen sich in Sotschi. Merkel sagte, das Treffen sei „offen und ehrlich“ gewesen.",
        [("„offen und ehrlich“", "Merkel")],
    ),
    ("Der Minister kündigte an, „mit aller Kraft“ für die Reform zu kämpfen.", [("„mit aller Kraft“", "Der Minister")]),
    (
        "Dies sei „keine Drohung, sondern eine Feststellung“, meinte der Botschafter.",
        [("„keine Drohung, sondern ", "der Botschafter")],
    ),
    (
        "Experten warnen vor den Folgen. „Das Wasser steigt schneller als erwartet“, sagt Klimaforscher Stefan Rahm.",
        [("„Das Wasser steigt schne", "Stefan Rahm")],
    ),
    ("Auf die Frage, ob er zurücktrete, sagte der Senator: „Nein.“", [("„Nein.“", "der Senator")]),
    (
        "Der Konzern verteidigte sein Vorgehen als „notwendig“ und „alternativlos“.",
        [("„notwendig“", "Der Konzern"), ("„alternativlos“", "Der Konzern")],
    ),
    ("In dem Bekennerschreiben ist von „Rache“ die Rede.", [("„Rache“", "Bekennerschreiben")]),
    (
        "Der Sicherheitsrat forderte beide Seiten zu „größtmöglicher Zurückhaltung“ auf.",
        [("„größtmöglicher Zurückha", "Der Sicherheitsrat")],
    ),
    (
        "Im Bericht der Kommission wird das System als „veraltet“ bezeichnet.",
        [("„veraltet“", "Bericht der Kommission")],
    ),
    ("Die Ministerin wurde von der Opposition als „überfordert“ bezeichnet.", [("„überfordert“", "der Opposition")]),
    ("Der Polizeichef machte „Unbekannte“ für den Brand verantwortlich.", []),
    (
        "Hans Kruse, Sprecher der Initiative, freut sich: „Endlich bewegt sich etwas!“",
        [("„Endlich bewegt sich etw", "Hans Kruse")],
    ),
    (
        "„Wir werden kämpfen“, kündigte der Betriebsratsvorsitzende Jörg Barth an.",
        [("„Wir werden kämpfen“", "Jörg Barth")],
    ),
    ("Auf Nachfrage bestätigte die Bahn, dass es „vereinzelt“ zu Ausfällen komme.", [("„vereinzelt“", "die Bahn")]),
    ("Kofi Annan verurteilte die Tat. Er sprach von einem „feigen Verbrechen“.", [("„feigen Verbrechen“", "Er")]),
    (
        "Das britische Außenministerium bestellte den Botschafter ein. „Wir erwarten eine Erklärung“, sagte ein Sprecher.",
        [("„Wir erwarten eine Erklä", "ein Sprecher")],
    ),
    ("Die Partei will „mehr Netto vom Brutto“.", [("„mehr Netto vom Brutto“", "Die Partei")]),
    ("Laut Vereinssatzung ist der Club „politisch neutral“.", [("„politisch neutral“", "Vereinssatzung")]),
    ("Es handle sich um eine „Ente“, sagte der Sprecher der Airline.", [("„Ente“", "der Sprecher der Airline")]),
    ("Der Film sei „zu brutal“, urteilte die Jury.", [("„zu brutal“", "die Jury")]),
    (
        "Der Verband der Bauern lehnt das Gesetz ab. Die Kosten seien „nicht zu stemmen“, heißt es in einer Mitteilung.",
        [("„nicht zu stemmen“", "Mitteilung")],
    ),
    (
        "Die Firma zieht Konsequenzen. „Wir trennen uns von zwei Managern“, hieß es in einer Erklärung.",
        [("„Wir trennen uns von zwe", "Erklärung")],
    ),
    ("Im Aufruf der Initiative steht, der Park sei „ein Ort für alle“.", [("„ein Ort für alle“", "Aufruf")]),
    (
        "Der Autor Karl Roth wird in der Zeitung mit den Worten zitiert: „Ich bereue nichts.“",
        [("„Ich bereue nichts.“", "Karl Roth")],
    ),
    (
        "Die Wissenschaftler um Maria Klein glauben, die Funde seien „mindestens 4000 Jahre alt“.",
        [("„mindestens 4000 Jahre a", "Die Wissenschaftler")],
    ),
    (
        "Die Mutter des Opfers, Anna Wolf, zeigte sich erleichtert über das Urteil. „Endlich können wir abschließen“, sagte sie.",
        [("„Endlich können wir absc", "sie")],
    ),
    (
        "Otto Brenner, der seit 20 Jahren im Werk arbeitet, ist wütend: „Wir sind verkauft worden.“",
        [("„Wir sind verkauft worde", "Otto Brenner")],
    ),
    ("Wie der Sprecher weiter ausführte, sei das Gerät „völlig zerstört“.", [("„völlig zerstört“", "der Sprecher")]),
    ("Auf Anfrage hieß es beim Hersteller, man prüfe den Fall „mit Hochdruck“.", [("„mit Hochdruck“", "Hersteller")]),
    (
        "Ein Augenzeuge berichtete: „Plötzlich brannte alles.“ Ein anderer sagte: „Ich lief einfach los.“",
        [("„Plötzlich brannte alles", "Ein Augenzeuge"), ("„Ich lief einfach los.“", "Ein anderer")],
    ),
    (
        "Der Hurrikan sei „der schlimmste seit Jahren“, so der Leiter des Zentrums, Max Mayfield.",
        [("„der schlimmste seit Jah", "Max Mayfield")],
    ),
    ("Bundestrainer Klinsmann war begeistert („Das war Weltklasse“).", [("„Das war Weltklasse“", "Klinsmann")]),
    (
        "Die Gewerkschaft ruft zum Streik auf: Man lasse sich „nicht für dumm verkaufen“.",
        [("„nicht für dumm verkaufe", "Die Gewerkschaft")],
    ),
    (
        "Vor der Presse erklärte Außenminister Fischer gestern in Berlin die Lage für „sehr ernst“.",
        [("„sehr ernst“", "Fischer")],
    ),
    ("Man habe „alles versucht“, teilte die Feuerwehr mit.", [("„alles versucht“", "die Feuerwehr")]),
    ("Die Studie kommt zu dem Ergebnis, die Schulen seien „überfordert“.", [("„überfordert“", "Die Studie")]),
    (
        "Nach den Worten von Innenminister Beckstein ist die Polizei „bestens vorbereitet“.",
        [("„bestens vorbereitet“", "Beckstein")],
    ),
    ("Die Jury lobte die Arbeit als „Meisterwerk der Reportage“.", [("„Meisterwerk der Reporta", "Die Jury")]),
    (
        "Ex-Kanzler Kohl kritisiert „Kälte“ und „Egoismus“ in der Gesellschaft.",
        [("„Kälte“", "Kohl"), ("„Egoismus“", "Kohl")],
    ),
    ("Castro rief seinen Anhängern zu: „Vaterland oder Tod!“", [("„Vaterland oder Tod!“", "Castro")]),
    ("„Ich trete zurück“ – mit diesem Satz überraschte Trainer Finke die Fans.", [("„Ich trete zurück“", "Finke")]),
    (
        "In seiner Rede vor den Vereinten Nationen sagte US-Präsident George W. Bush, die Welt müsse „entschlossen handeln“.",
        [("„entschlossen handeln“", "Bush")],
    ),
    ("Dazu Verteidigungsminister Struck: „Der Einsatz geht weiter.“", [("„Der Einsatz geht weiter", "Struck")]),
    ("Regierungssprecher Steg dazu: „Wir nehmen das ernst.“", [("„Wir nehmen das ernst.“", "Steg")]),
    (
        "Skeptisch äußerte sich hingegen Professor Ernst Hahn: „Das wird Jahre dauern.“",
        [("„Das wird Jahre dauern.“", "Ernst Hahn")],
    ),
]


@pytest.mark.parametrize(("sentence", "expected"), SENTENCES)
def test_quotations_and_who_said_them(sentence: str, expected: list[tuple[str, str]]) -> None:
    reading = read_text(BEFORE + sentence, lang="de")
    article = reading.articles[0]
    found = [claim for claim in reading.claims[0] if claim.form == "quotation"]
    assert [claim.text(article)[: len(words)] for claim, (words, _) in zip(found, expected, strict=True)] == [
        words for words, _ in expected
    ]
    for claim, (_, who) in zip(found, expected, strict=True):
        assert claim.speaker.mention is not None
        said = article.words(claim.speaker.mention)
        assert who in said or said in who or who in claim.speaker.name
