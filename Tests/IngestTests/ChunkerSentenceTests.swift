import TestSupport
import Testing

@testable import Ingest

@Suite struct `Sentence splitter` {
    private func sentences(_ text: String) -> [String] {
        let page = ChunkerText(text, counter: QuarterWordCounter())
        return SentenceSplitter.sentences(in: 0..<page.bytes.count, of: page).map {
            String(page.substring($0))
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
}
