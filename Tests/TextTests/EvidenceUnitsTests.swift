import Testing
import Text

@Suite struct `Units of evidence` {
    private func statements(_ passage: String) -> [String] {
        EvidenceUnits.all(of: passage).map(\.statement)
    }

    @Test func `are the sentences of prose`() {
        #expect(
            statements("The pump holds 40 litres. It was oiled in June.\nAsk Ruth.") == [
                "The pump holds 40 litres.", "It was oiled in June.", "Ask Ruth.",
            ])
    }

    @Test func `are rows with their headers, and the header alone is none`() {
        let units = EvidenceUnits.all(
            of: "Roles\n\nRole | Lets you | Lasts\nreader | see logs | while employed\nwriter | | 8 hours")
        #expect(
            units.map(\.statement) == [
                "Role: reader; Lets you: see logs; Lasts: while employed", "Role: writer; Lasts: 8 hours",
            ])
        #expect(units.map(\.heading) == ["Roles", "Roles"])
        #expect(units.map(\.kind) == [.row, .row])
        #expect(Set(units.map(\.group)).count == 1)
    }

    @Test func `of a table without a corner name have the entity in their headers`() {
        #expect(
            statements("| Rotterdam | Halifax\nDesks | 60 | 36") == ["Desks; Rotterdam: 60; Halifax: 36"])
    }

    @Test(arguments: ["|---|---|---|\n", "| :--- | ---: | :-: |\n", ""])
    func `of a table of Markdown are its rows without bars and rule`(rule: String) {
        let table =
            "## Levels\n\n| Level | Turnaround | Surcharge |\n\(rule)| Standard | 18 hours | none |\n| Loan kit |  | £25 |\n\nNo more."
        let units = EvidenceUnits.all(of: table)
        #expect(
            units.map(\.statement) == [
                "Level: Standard; Turnaround: 18 hours; Surcharge: none", "Level: Loan kit; Surcharge: £25",
                "No more.",
            ])
        #expect(units.map(\.heading) == ["Levels", "Levels", "Levels"])
    }

    @Test func `of a table keep a row that says nothing in every cell`() {
        #expect(statements("Day | Open\nMonday | 9 to 5\n- | -").count == 2)
    }

    @Test func `are items under the line that announces them, with their numbers`() {
        let units = EvidenceUnits.all(of: "Before you travel:\n\n1. Ask your lead.\n2. Book early.\n\nRest.")
        #expect(units.map(\.text) == ["Before you travel:", "Ask your lead.", "Book early.", "Rest."])
        #expect(units.map(\.lead) == [nil, "Before you travel:", "Before you travel:", nil])
        #expect(units.map(\.step) == [nil, 1, 2, nil])
        #expect(units[1].statement == "Before you travel: Ask your lead.")
    }

    @Test func `of a check list are told without their boxes`() {
        #expect(
            statements("- [ ] Collect your badge.\n- [x] Photograph.") == [
                "Collect your badge.", "Photograph.",
            ])
    }

    @Test func `of code are its lines`() {
        let units = EvidenceUnits.all(of: "let a = 1. | b\n\nprint(a)", isCode: true)
        #expect(units.map(\.kind) == [.code, .code])
        #expect(units.map(\.text) == ["let a = 1. | b", "print(a)"])
    }

    @Test(arguments: [
        "", "\n\n", "|", " | ", "| |", "|---|", "| |\n|--|\n| |", "a | b", "1.", "- ", "- [ ] ", "x:\n",
        "ünïcode 日本語。次。", "\u{0}\u{1}",
        "a |\nb |",
    ])
    func `lie in order within whatever text there is`(passage: String) {
        let units = EvidenceUnits.all(of: passage)
        let bytes = Array(passage.utf8)
        for unit in units {
            #expect(unit.range.lowerBound >= 0 && unit.range.upperBound <= bytes.count)
            #expect(String(decoding: bytes[unit.range], as: UTF8.self) == unit.text)
        }
        #expect(zip(units, units.dropFirst()).allSatisfy { $0.range.upperBound <= $1.range.lowerBound })
    }
}
