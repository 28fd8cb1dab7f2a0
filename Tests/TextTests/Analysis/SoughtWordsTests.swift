import Testing

@testable import Text

@Suite struct `Words that are looked for` {
    @Test func `are told apart in headers that differ by words that say nothing`() {
        let asked = SoughtWords("Who approves db-read out of hours?")
        #expect(asked.coverage(of: "Who approves out of hours") > asked.coverage(of: "Who approves in hours"))
        let other = SoughtWords("Who approves db-read in hours?")
        #expect(other.coverage(of: "Who approves in hours") > other.coverage(of: "Who approves out of hours"))
    }

    @Test func `say nothing of a header by words alone that say nothing`() {
        #expect(SoughtWords("Who is in the office?").coverage(of: "Who is") == 0)
        #expect(SoughtWords("Who is in the office?").coverage(of: "") == 0)
    }
}
