import Corpus
import Foundation
import Testing

@Suite struct `Facts that processes must agree on` {
    private func facts(_ values: [String: [String: String]], salt: String = "one") -> AgreedFacts {
        AgreedFacts(values, salt: salt)
    }

    @Test func `differ by name, in the groups they are in`() {
        let one = facts(["search": ["a": "1", "b": "2"], "access": ["c": "3"]])
        let other = facts(["search": ["a": "1", "b": "4"], "access": ["c": "3"]])
        #expect(one.differences(from: other) == ["search": ["b"]])
        #expect(one.differences(from: one).isEmpty)
        #expect(one.digest != other.digest && one.digest(of: "access") == other.digest(of: "access"))
    }

    @Test func `say nothing of what one of them does not know`() {
        let one = facts(["search": ["a": "1"]])
        let newer = facts(["search": ["a": "1", "new": "2"], "moods": ["m": "3"]])
        #expect(one.differences(from: newer).isEmpty && newer.differences(from: one).isEmpty)
    }

    @Test func `are digests that survive being written, and another's salt makes others`() throws {
        let one = facts(["search": ["a": "a value"]])
        let data = try JSONEncoder().encode(one)
        #expect(try JSONDecoder().decode(AgreedFacts.self, from: data) == one)
        #expect(!String(decoding: data, as: UTF8.self).contains("a value"))
        #expect(facts(["search": ["a": "a value"]], salt: "two").differences(from: one) == ["search": ["a"]])
        // No two facts read the same, however their parts are cut.
        #expect(facts(["g": ["ab": "c"]]).groups["g"]?["ab"] != facts(["g": ["a": "bc"]]).groups["g"]?["a"])
    }
}
