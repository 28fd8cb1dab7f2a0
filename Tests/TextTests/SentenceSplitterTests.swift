import Testing
import Text

@Suite struct `Sentence splitter` {
    private func sentences(_ text: String) -> [String] {
        let bytes = Array(text.utf8)
        return SentenceSplitter(.prose).ranges(in: 0..<bytes.count, of: bytes).map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
    }

    @Test(arguments: [
        "Ask Dr. Meyer first", "See e.g. Kafka or i.e. Redpanda", "It takes 3.5 s with v1.2.3 or Node.js 20",
        "Open https://example.com/a.b?c=d! It", "Look at Fig. 3 and No. 7", "written by J. K. Rowling",
        "3. Restart the broker", "Wait… then go on", "the file etc. and more",
    ])
    func `this is one sentence`(text: String) {
        #expect(sentences(text + ".").count == (text.contains("!") ? 2 : 1))
    }

    @Test func `sentences end at full stops, question and exclamation marks and line ends`() {
        #expect(
            sentences("One is done. Is two? Yes!  “Three.” Four (of five.) Six\nseven")
                == ["One is done.", "Is two?", "Yes!", "“Three.”", "Four (of five.)", "Six", "seven"])
    }

    @Test func `No at the end of a sentence is no abbreviation`() {
        #expect(sentences("Is it safe? No. Restart it.") == ["Is it safe?", "No.", "Restart it."])
    }

    @Test func `Chinese and Japanese sentences end without white space`() {
        #expect(sentences("これは文です。「次。」終わり！") == ["これは文です。", "「次。」", "終わり！"])
    }

    @Test func `nothing but white space has no sentences`() {
        #expect(sentences("").isEmpty)
        #expect(sentences(" \n\u{A0} ").isEmpty)
    }

    @Test func `a small letter beyond ASCII does not begin a sentence`() {
        #expect(sentences("Nach ca. drei Std. übernimmt Jo.").count == 1)
        #expect(sentences("Er ging. Übrigens kam er.").count == 2)
    }

    @Test func `a range of a text is cut without a look at what stands outside`() {
        let bytes = Array("One. Two. Three.".utf8)
        #expect(SentenceSplitter(.prose).ranges(in: 5..<13, of: bytes) == [5..<9, 10..<13])
    }
}

@Suite struct `Sentences that are quoted` {
    @Test(arguments: [
        ("It is etc.) And so on.", ["It is etc.) And so on."]),
        ("Answer: no. That is all.", ["Answer: no.", "That is all."]),
        ("It takes 5 min. Then go.", ["It takes 5 min.", "Then go."]),
        ("3. Restart it. 4. Look.", ["3. Restart it.", "4. Look."]),
        ("He left. über alles", ["He left. über alles"]),
        ("Wait… Then go.", ["Wait…", "Then go."]),
        ("in U.S. Dollars", ["in U.S. Dollars"]),
        ("a\n\nb. c", ["a", "b. c"]),
        (
            "The lease ends on 31. March 2031. Then move.",
            ["The lease ends on 31. March 2031.", "Then move."]
        ),
        (
            "The fee is due on the 1. of each month. Pay.",
            ["The fee is due on the 1. of each month.", "Pay."]
        ),
        (
            "Section 4.2. of the contract says so. See Fig. 3 for it.",
            ["Section 4.2. of the contract says so.", "See Fig. 3 for it."]
        ),
        ("4.2. Deadlines", ["4.2. Deadlines"]),
        ("退货必须在七天内登记。用户身份由门禁卡确认！？好", ["退货必须在七天内登记。", "用户身份由门禁卡确认！？", "好"]),
        ("यह पहला है। यह दूसरा है।", ["यह पहला है।", "यह दूसरा है।"]),
        ("هل هذا صحيح؟ نعم.", ["هل هذا صحيح؟", "نعم."]),
        ("", []),
    ])
    func `follow their own rules`(text: String, sentences: [String]) {
        #expect(Sentence.all(of: text).map(\.text) == sentences)
    }

    @Test(arguments: [
        "Der Resturlaub verfällt am 31. März, danach nicht mehr", "Am 3. Oktober ist zu",
        "Die Frist endet am 31. 3. 2031 um zwölf",
        "Es liegt im 2. Stock links", "Der 3. Versuch gelang", "Vgl. Abb. 3 und bzw. Nr. 7",
        "Das gilt z. B. Montags", "Siehe d. h. Anhang",
        "Den 4. Marts er der lukket", "See the rules (cf. Annex A) first", "“Dr. Meyer” is in",
        "It is [Fig. 3] here",
        "Le client (p.ex. Dupont) paie", "Mr. Smith et al. Wrote it", "on Oct. 4 it ends", "at No. 7 it ends",
    ])
    func `are not cut at a date, an ordinal or an abbreviation`(text: String) {
        #expect(Sentence.all(of: text + ". Next one.").map(\.text) == [text + ".", "Next one."])
    }

    @Test(arguments: [
        ("The limit is 31. Later it grew.", 2), ("It has 2. That is all.", 2), ("Step 12. Then look.", 2),
        ("See page 4. March on.", 1),
        ("He came in 2031. March was cold.", 2),
    ])
    func `end at a number that is no ordinal`(text: String, count: Int) {
        #expect(Sentence.all(of: text).count == count)
    }

    @Test func `know where they stand in the passage`() {
        let passage = "Größe: 3.\n  Ende."
        for sentence in Sentence.all(of: passage) {
            #expect(Array(passage.utf8)[sentence.range].elementsEqual(sentence.text.utf8))
        }
    }
}

@Suite struct `Words` {
    @Test func `forms of one word have one stem`() {
        #expect(EnglishStems.all(of: "rotates rotated rotating rotation").allSatisfy { $0 == "rotat" })
    }

    @Test func `a word that only lookup leaves out counts in an overlap`() {
        #expect(StopWords.englishLookup.contains("below") && !StopWords.englishOverlap.contains("below"))
        #expect(!StopWords.englishLookup.contains("please") && StopWords.englishOverlap.contains("please"))
        #expect(EnglishStems.all(of: "please look below the line") == ["look", "below", "lin"])
    }
}
