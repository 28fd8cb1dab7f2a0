import TestSupport
import Testing

@testable import Corpus

@Suite struct `Whether one rule implies another` {
    private func rule(_ clauses: Set<Principal>...) -> AccessRule { AccessRule(allOf: clauses) }

    @Test func `everybody and nobody are the ends`() {
        let some = rule([.user("ana")], [.group("ops")])
        #expect(some.implies(.everybody))
        #expect(AccessRule.nobody.implies(some))
        #expect(AccessRule.nobody.implies(.nobody))
        #expect(!AccessRule.everybody.implies(some))
        #expect(!some.implies(.nobody))
        #expect(AccessRule.everybody.implies(.everybody))
    }

    @Test func `a narrower clause implies a wider one, never the other way`() {
        let narrow = rule([.user("ana")])
        let wide = rule([.user("ana"), .group("ops")])
        #expect(narrow.implies(wide))
        #expect(!wide.implies(narrow))
        #expect(narrow.implies(narrow))
    }

    @Test func `more clauses imply fewer`() {
        let both = rule([.group("a")], [.group("b")])
        #expect(both.implies(rule([.group("b")])))
        #expect(!rule([.group("b")]).implies(both))
        #expect(!both.implies(rule([.group("c")])))
    }

    @Test func `users and groups are signed in, and being signed in names nobody`() {
        let signedIn = rule([.signedIn])
        #expect(rule([.user("ana"), .group("ops")]).implies(signedIn))
        #expect(signedIn.implies(signedIn))
        #expect(!signedIn.implies(rule([.group("ops")])))
        #expect(!AccessRule.everybody.implies(signedIn))
    }

    @Test func `an implication holds for every reader`() {
        let seed: UInt64 = 20_260_401
        var generator = SeededGenerator(seed: seed)
        let principals: [Principal] = [
            .user("a"), .user("b"), .group("x"), .group("y"), .signedIn, .anyone,
        ]
        // Few principals and short clauses, so that about a third of the pairs imply each other.
        func randomRule() -> AccessRule {
            AccessRule(
                allOf: (0..<Int.random(in: 0...3, using: &generator)).map { _ in
                    Set(
                        (0..<Int.random(in: 0...3, using: &generator)).compactMap { _ in
                            principals.randomElement(using: &generator)
                        })
                })
        }
        let readers = (0..<64).map { bits in
            Reader(principals.enumerated().filter { bits & (1 << $0.offset) != 0 }.map(\.element))
        }
        var count = 0
        for _ in 0..<2_000 {
            let (one, other) = (randomRule(), randomRule())
            guard one.implies(other) else { continue }
            count += 1
            for reader in readers where one.isSatisfied(by: reader) {
                #expect(other.isSatisfied(by: reader), "seed \(seed): \(one) ⇒ \(other), \(reader)")
            }
        }
        #expect(count > 200)
    }
}
