import Corpus
import Testing

@Suite struct `Access rules` {
    let lena = Reader([.user("lena"), .group("engineering")])

    @Test func `every clause must hold`() {
        let rule = AccessRule(allOf: [[.group("engineering")], [.user("omar"), .group("leads")]])
        #expect(!rule.isSatisfied(by: lena))
        #expect(rule.isSatisfied(by: Reader([.user("omar"), .group("engineering")])))
        #expect(!rule.isSatisfied(by: Reader([.user("omar")])))
    }

    @Test func `a clause holds for any of its principals`() {
        #expect(AccessRule(allOf: [[.user("omar"), .user("lena")]]).isSatisfied(by: lena))
    }

    @Test func `an empty clause is satisfied by nobody, and no clause by everybody`() {
        #expect(!AccessRule.nobody.isSatisfied(by: lena))
        #expect(AccessRule.everybody.isSatisfied(by: .anonymous))
        #expect(!AccessRule(allOf: [[], [.user("lena")]]).isSatisfied(by: lena))
    }

    @Test func `equal rules are equal values however they are written`() {
        let one = AccessRule(allOf: [[.user("a"), .group("b")], [.group("c")], [.group("c")]])
        let other = AccessRule(allOf: [[.group("c")], [.group("b"), .user("a")]])
        #expect(one == other)
        #expect(one.clauses == other.clauses)
    }

    @Test func `a clause that another one implies is dropped`() {
        let rule = AccessRule(allOf: [[.group("a"), .group("b")], [.group("a")], [.anyone, .user("x")]])
        #expect(rule.clauses == [[.group("a")]])
    }

    @Test func `signed-in holds for whoever has a name, anyone for everybody`() {
        let rule = AccessRule(allOf: [[.signedIn]])
        #expect(rule.isSatisfied(by: lena))
        #expect(!rule.isSatisfied(by: .anonymous))
        #expect(AccessRule(allOf: [[.anyone]]).isSatisfied(by: .anonymous))
    }

    @Test(arguments: ["user:lena", "group:a b", "anyone", "signed-in"])
    func `a principal reads back as it is written`(text: String) {
        #expect(Principal(text)?.description == text)
    }

    @Test(arguments: ["", "user:", "group:", "lena", "USER:lena", "everyone"])
    func `what is no principal is refused`(text: String) {
        #expect(Principal(text) == nil)
    }
}
