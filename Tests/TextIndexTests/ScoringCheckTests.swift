import Testing

@testable import TextIndex

@Suite struct `Scoring settings` {
    @Test(arguments: [0.0, -1, .nan, .infinity])
    func `a k1 out of range is refused by name`(k1: Double) throws {
        let error = #expect(throws: TextIndexError.self) {
            try TextScoring(k1: k1, fields: TextScoring.passages.fields).check(for: .passages)
        }
        guard case .invalidParameter("k1", _, 0.01...100) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func `must have one entry for each field`() throws {
        let scoring = TextScoring(fields: [.init()])
        #expect(
            throws: TextIndexError.invalidParameter(name: "scoring.fields.count", value: 1, allowed: 4...4)
        ) { try scoring.check(for: .passages) }
        try TextScoring.passages.check(for: .passages)
    }

    @Test(arguments: [0, 9])
    func `a format of no or too many fields is refused`(count: Int) {
        #expect(
            throws: TextIndexError.invalidParameter(
                name: "fields.count", value: Double(count), allowed: 1...8)
        ) { try TextFormat(fields: [String](repeating: "f", count: count)) }
    }
}
