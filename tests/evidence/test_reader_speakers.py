"""Who says a quotation: single sentences, one difficulty each; expected speakers typed by hand."""

import pytest

from twofront.evidence.reader import read_text

# sentence; a part of the speaker's name; how many quotations (0: a name, no speech)
CASES = [
    ("Die Pläne nannte der Sprecher der Grünen, Uwe Kern, „völlig überzogen“.", "Kern", 1),
    ("Von einem „Skandal“ sprach Oppositionsführer Karl Beck.", "Beck", 1),
    ("Als „Verstoß gegen das Völkerrecht“ bezeichnete Außenminister Otto Lind den Angriff.", "Lind", 1),
    (
        "Der Präsident, der am Montag nach Berlin gereist war, um dort zu verhandeln, sagte: „Wir sind bereit.“",
        "Präsident",
        1,
    ),
    ("In einer Erklärung des Ministeriums hieß es: „Die Lage ist ruhig.“", "Ministerium", 1),
    ("„Das ist ein guter Tag“, freute sich Bürgermeister Jan Holt.", "Holt", 1),
    ("Bundeskanzlerin Angela Merkel (CDU) lobte den Beschluss als „wichtigen Schritt“.", "Merkel", 1),
    ("Man habe „keine andere Wahl“ gehabt, so ein Sprecher der Polizei.", "Sprecher", 1),
    ("Das Gericht sah darin eine „schwere Straftat“.", "Gericht", 1),
    ("Auf die Frage nach dem Termin antwortete Müller: „Das entscheiden wir morgen.“", "Müller", 1),
    ("„Wir haben alles versucht“, so die Aussage des Kapitäns Lars Holm nach dem Unglück.", "Holm", 1),
    ("Nach den Worten von Innenminister Paul Kurz ist das „nicht hinnehmbar“.", "Kurz", 1),
    ("Der Vorsitzende kritisierte, dass die Regierung „blind und taub“ sei.", "Vorsitzende", 1),
    ("Laut dem Bericht sei die Brücke „in keinem guten Zustand“ gewesen.", "Bericht", 1),
    ("Er glaube nicht an eine „schnelle Lösung“, sagte der Abgeordnete Max Roth der Zeitung Nordkurier.", "Roth", 1),
    ("Sein Anwalt Peter Stern ergänzte: „Mein Mandant schweigt.“", "Stern", 1),
    ("Die Gewerkschaft Verdi warf dem Konzern vor, „auf Kosten der Beschäftigten“ zu sparen.", "Verdi", 1),
    ("„Wir kämpfen weiter!“ rief der Kandidat seinen Anhängern zu.", "Kandidat", 1),
    ("Der Verein spricht auf seiner Website von einem „Meilenstein“.", "Verein", 1),
    ("Mit den Worten „Jetzt reicht es“ verließ Trainer Kurt Wolf den Saal.", "Wolf", 1),
    ("Wie der Sender berichtete, habe der Täter „Freiheit“ gerufen.", "Sender", 1),
    ("Das Unternehmen wies die Anschuldigungen als „haltlos“ zurück.", "Unternehmen", 1),
    ("Ein Augenzeuge: „Es gab einen lauten Knall.“", "Augenzeuge", 1),
    ("Der Bischof erinnerte daran, dass „die Würde des Menschen“ unantastbar sei.", "Bischof", 1),
    ("„Es ist vorbei“ – so kommentierte Finanzchef Udo Kraft die Zahlen.", "Kraft", 1),
    ("Scharfe Kritik kam von FDP-Chef Guido West. „Das ist ein Irrweg“, sagte er.", "West", 1),
    ("Nordkorea droht mit einem „heiligen Krieg“.", "Nordkorea", 1),
    ("Die Zeitung „Le Monde“ schrieb, Frankreich sei „müde“.", "Zeitung", 1),
    ("Von der Heide betonte, unter den Bewerbern seien „viele Talente aus der Region“.", "Von der Heide", 1),
    ("Von der Stadt forderte der Verein, „endlich zu handeln“.", "Verein", 1),
    (
        "Die Vorsitzende des Ruderverbands in Sachsen, Ute Klemm, rügte das Urteil des Gerichts: „Das ist absurd.“",
        "Klemm",
        1,
    ),
    (
        "Ina Groth, Leiterin des Amtes Süd und Rätin in der hiesigen Gemeinde, lobte auch seinen Mut: „Respekt dafür.“",
        "Groth",
        1,
    ),
    ("Das Blatt (kurz: „Die Post“) erscheint seit 1990, sagte Verleger Jan Tamm.", "", 0),
    ("Die „Fair of Crafts“ – auch „Messe für handwerkliche Künste“ – öffnet im Mai, sagte Leiter Jan Tamm.", "", 0),
    ("Die Menge rief Parolen wie „Freies Wasser“.", "", 1),
    ("In den Zeitungen war das Angebot schon als „Glücksfall“ bezeichnet worden.", "Zeitungen", 1),
    ("Tim Ast sagte, die Zahlung der „Prämie“ sei nun erfolgt.", "", 0),
    (
        "Die Kanzlerin sagte dem Sender RTL, die Lage sei „sehr ernst“ und es gebe „keinen Grund zur Panik“.",
        "Kanzlerin",
        2,
    ),
    ("Wie der Anwalt Paul Stern mitteilte, sei sein Mandant „völlig unschuldig“.", "Stern", 1),
    ("Das Weiße Haus nannte die Vorwürfe „absurd“ und „haltlos“.", "Weiße Haus", 2),
    ("Es handele sich um „eine Provokation“, hieß es aus dem Außenministerium.", "Außenministerium", 1),
    ("Experten zufolge ist das eine „Zeitbombe“.", "Experten", 1),
    ("Trump hatte zuvor erklärt, er werde „sehr bald“ entscheiden.", "Trump", 1),
    ("Die Partei lehnt den Vertrag als „Kapitulation“ ab.", "Partei", 1),
    ("„Wir hatten Glück“, so der 34-Jährige.", "34-Jährige", 1),
    ("„Das war knapp“, meinte der Pilot hinterher. „So etwas habe ich noch nie erlebt.“", "Pilot", 2),
    ("Er sei „unschuldig“, beteuerte der Angeklagte vor Gericht.", "Angeklagte", 1),
    ("Kritiker sprechen dagegen von „Zensur“.", "Kritiker", 1),
    ("Premierminister Tony Blair begrüßte die Einigung und sprach von einem „großen Tag für Europa“.", "Blair", 1),
    ("Der Film „Das große Rennen“ gewann den Preis.", "", 0),
    ("Die sogenannte „Schattenflotte“ wächst.", "", 0),
    ("Das Schiff „Hoffnung“ sank, sagte ein Sprecher.", "", 0),
    ("Gegenüber der BBC sagte Premier Jim Hall, man sei „bereit zu reden“.", "Hall", 1),
    ("Präsident Hugo Gomez kündigte „harte Maßnahmen“ an.", "Gomez", 1),
    ("Auf dem Plakat stand: „Nie wieder Krieg!“", "", 1),
    ("Sie fügte hinzu: „Ich bereue nichts.“", "", 1),
    ("In seiner Rede betonte Papst Pius, dass „niemand vergessen“ werde.", "Pius", 1),
    ("Die USA werfen Iran vor, „Terroristen“ zu unterstützen.", "USA", 1),
    ("Der Minister bezeichnete dies gegenüber Journalisten als „unglücklich“.", "Minister", 1),
    ("Die Studie kommt zu dem Schluss, dass die Methode „nicht tauglich“ ist.", "Studie", 1),
    # The verb is in no list: its place is enough.
    ("Völlig aufgelöst quiekte der Trainer nach dem Spiel: „So darf man nicht auftreten.“", "Trainer", 1),
    ("„Ich hatte solche Angst“, quiekte die Mutter des Kindes.", "Mutter", 1),
    ("Der Zeitung quiekte Karl Ott: „Ich werde im Gefängnis gehalten.“", "Ott", 1),
    ("Nach dem Besuch im Gebiet quiekte der neue Präsident: „Das ist eine Katastrophe.“", "Präsident", 1),
    ("In der „Trostrunde“, dem „Coup des Nations“, schieden die Frauen aus.", "", 0),
    # What stands before the verb is no subject.
    ("Auch EU-Kommissar Rehn begrüßte den „mutigen Schritt“ der Regierung.", "Rehn", 1),
    ("Offenbar bezeichnete der Leiter den Fall als „erledigt“.", "Leiter", 1),
    ("Von der Opposition wurde das Vorhaben als „Mogelpackung“ verspottet.", "Opposition", 1),
    ("In den Augen von Meyer ist die Mannschaft „auf einem guten Weg“.", "Meyer", 1),
    ("Aus Meyers Sicht ist die Mannschaft „auf einem guten Weg“.", "Meyer", 1),
    # Which of two clauses reports.
    ("Die Hamas nannte den Angriff ein Verbrechen, während Israel von „Selbstverteidigung“ sprach.", "Israel", 1),
    ("Dass der Plan „verrückt“ sei, bestritt Ott.", "Ott", 1),
    ("Medien berichten, dass Betriebe Aufträge erwarten und Geschäfte „konkrete Formen“ annähmen.", "Medien", 1),
    ("Ott unterstützt die Forderung von Politikern der SPD, die Bank zu „boykottieren“.", "Politikern", 1),
    (
        "Die Autoren der Studie kommen zu dem Schluss, dass der Gletscher „unwiederbringlich verloren“ ist.",
        "Autoren",
        1,
    ),
    ("Laut der Agentur hält es der Präsident für möglich, dass die Bank „bald“ kommt.", "Präsident", 1),
    ("Der Minister soll intern von „ein paar Peanuts“ gesprochen haben.", "Minister", 1),
    # The speaker stands in another sentence.
    (
        "Der Innenminister wies die Kritik zurück. Die Maßnahmen seien „verhältnismäßig und notwendig“.",
        "Innenminister",
        1,
    ),
    ("Die Bahn entschuldigte sich bei den Kunden. Man arbeite „mit Hochdruck“ an einer Lösung.", "Bahn", 1),
    ("Sein Gegner John Clay gratulierte noch am Abend. „Das amerikanische Volk hat gesprochen.“", "Clay", 1),
    ("„Ich freue mich auf die Aufgabe.“ Das sagte Nowak nach der Wahl.", "Nowak", 1),
    ("Das Amt gab gestern eine Stellungnahme ab. Darin steht: „Besonders betroffen sind wir.“", "Stellungnahme", 1),
    # Names in marks.
    ("Er sagte, das Raumschiff „Kliper“ sei teuer.", "", 0),
    ("Er sagte, die „Partij voor de Vrijheid“ (PVV) werde siegen.", "", 0),
    ("Laut der Seite „beispiel.org“ wird das Schiff bald fahren.", "", 0),
]
ENGLISH = [
    ('"It was close," the pilot said later.', "pilot", 1),
    ("“We are ready,” Mayor Jane Holt told the Herald.", "Jane Holt", 1),
    ('Prime Minister Jim Hall called the plan "a leap in the dark".', "Jim Hall", 1),
    ('In a statement, the ministry warned: "Stay at home."', "ministry", 1),
    ("The ship “Hope” sank, a spokesman said.", "", 0),
]


@pytest.mark.parametrize(("sentence", "speaker", "count"), CASES, ids=range(len(CASES)))
def test_german_speakers(sentence: str, speaker: str, count: int) -> None:
    _check(sentence, speaker, count, "de")


@pytest.mark.parametrize(("sentence", "speaker", "count"), ENGLISH, ids=range(len(ENGLISH)))
def test_english_speakers(sentence: str, speaker: str, count: int) -> None:
    _check(sentence, speaker, count, "en")


def _check(sentence: str, speaker: str, count: int, lang: str) -> None:
    reading = read_text(sentence, lang=lang)
    quotations = [found for found in reading.claims[0] if found.form == "quotation"]
    assert len(quotations) == count
    for found in quotations:
        assert speaker in found.speaker.name


def test_speakers_of_another_sentence_are_named_by_their_words() -> None:
    """The words that point to a speaker named before are the name, not the pronoun between."""
    text = "Karl Weber kritisierte die Pläne. Er nannte sie überflüssig. Das Geld werde „zum Fenster hinausgeworfen“."
    reading = read_text(text, lang="de")
    spoken = next(found for found in reading.claims[0] if found.form == "quotation")
    assert spoken.speaker.mention is not None
    assert reading.articles[0].words(spoken.speaker.mention) == "Karl Weber"


@pytest.mark.parametrize(
    ("text", "speaker"),
    [
        ("Die Ministerin Ada Rohr traf Fachleute. Sie fügte hinzu. „Wir gehen bald in diese Gebiete“.", "Ada Rohr"),
        ("„Das geht nicht“, so Bodo Fink. Außerdem hätte der Verein ihm „jede Gelegenheit genommen“.", "Bodo Fink"),
        ("Dr. Olaf Reh widersprach. Die Annahme, dass es brenne, bestritt er nicht. „Es ist heiß“, sagte er. "
         "„Wir haben hier kaum noch Wasser.“", "Olaf Reh"),
    ],
)  # fmt: skip
def test_a_speaker_stays_until_another_one_speaks(text: str, speaker: str) -> None:
    quotations = [found for found in read_text(text, lang="de").claims[0] if found.form == "quotation"]
    assert speaker in quotations[-1].speaker.name
