import Testing

@testable import Components

@Suite(.timeLimit(.minutes(1))) struct `A text pattern` {
    private func fits(_ pattern: String, _ text: String, caseSensitive: Bool = true) throws -> Bool {
        try TextPattern(pattern, isCaseSensitive: caseSensitive).matchesBeginning(of: text)
    }

    /// Python's `re.match` says the same of each.
    @Test(arguments: [
        ("abc", "abcd"), ("", "a"), ("a|b", "b"), ("(?:ab)+c", "ababc"), ("a{2,3}b", "aaab"), ("a{,2}b", "b"),
        ("a{2}", "aa"), ("a{x}", "a{x}"), ("[a-c0-3]+$", "a1c3"), ("[^a]", "b"), ("[]a]+$", "]a"),
        ("[a-]+$", "a-"),
        (#"\d+\.\d*"#, "12."), (#"\w+$"#, "größe_2"), (#"\S+\s\S+"#, "a\tb"), (#"a\b"#, "a b"),
        (#"a\B"#, "ab"),
        ("a.c", "aéc"), ("(?s)a.c", "a\nc"), ("(?m)a$", "a\nb"), ("a$", "a\n"), (#"a\Z"#, "a"),
        ("(?i)ABC", "abc"),
        ("(?P<year>\\d{4})-(?P<month>\\d\\d)", "2026-03-01"), ("a*?b", "aab"), ("(a|)+b", "b"),
        (#"\x41\u00e9"#, "Aé"),
        (#"\."#, "."), (#"[\d_]+$"#, "1_2"), (#"[\W]"#, " "), ("(?i:a)b", "Ab"), ("(?#comment)a", "a"),
    ]) func `fits`(pattern: String, text: String) throws {
        #expect(try fits(pattern, text))
    }

    @Test(arguments: [
        ("abc", "xabc"), ("a", ""), ("a$", "ab"), (#"a\Z"#, "a\n"), ("[^a]", "a"), ("a.c", "a\nc"),
        (#"\d"#, "x"),
        ("a{2,3}$", "aaaa"), ("abc", "ABC"), ("^b", "ab"), (#"a\b"#, "ab"), ("(?i:a)b", "AB"),
        ("(?i)[^a]", "A"),
    ]) func `does not fit`(pattern: String, text: String) throws {
        #expect(try !fits(pattern, text))
    }

    @Test func `ignores case when told to`() throws {
        #expect(try fits("straße [A-C]É", "STRAßE bé", caseSensitive: false))
        #expect(try !fits("straße", "STRAßE"))
    }

    @Test(arguments: [
        ("(", "character 1"), (")", "character 1"), ("a(b", "character 2"), ("[a", "character 1"),
        ("*a", "character 1"),
        ("a**", "character 3"), ("^*", "character 2"), ("[z-a]", "“z-a”"), ("a{3,2}", "“{3,2}”"),
        (#"\q"#, #"“\q”"#),
        (#"a\"#, "character 2"), (#"(a)\1"#, "back reference"), ("(?=a)", "look-around"),
        ("(?<!a)b", "look-around"),
        ("(?P=x)", "back reference"), ("(?>a)", "atomic group"), ("a++", "possessive"), ("(?x)a", "flag “x”"),
        (#"\x4"#, #"“\x”"#), ("(?P<a b>x)", "character 6"), (#"[\"#, "character 2"),
    ]) func `says what it cannot read, and where`(pattern: String, part: String) {
        let error = #expect(throws: TextPatternError.self) { try TextPattern(pattern) }
        #expect(error?.description.contains(part) == true)
    }

    @Test(arguments: ["(a+)+$", "(a|a)*b", "(a*)*b", "(.*)(.*)(.*)(.*)x", "(a?){40}a{40}b"])
    func `is not made slow by a text`(pattern: String) throws {
        #expect(try !fits(pattern, String(repeating: "a", count: 5_000) + "!"))
    }

    @Test func `bounds its size, its depth and its work`() {
        #expect(throws: TextPatternError.tooLarge(limit: 10_000)) { try TextPattern("((a{100}){100}){100}") }
        #expect(throws: TextPatternError.tooLarge(limit: 10_000)) {
            try TextPattern("a{99999999999999999999}")
        }
        #expect(throws: TextPatternError.tooDeep(place: 51, limit: 50)) {
            try TextPattern(String(repeating: "(", count: 60))
        }
        #expect(throws: TextPatternError.tooLong(bytes: 5_000, limit: 4_096)) {
            try TextPattern(String(repeating: "a", count: 5_000))
        }
        #expect(throws: TextPatternError.tooMuchWork(limit: 5_000_000)) {
            try fits("(a?){2000}b", String(repeating: "a", count: 5_000))
        }
    }

    @Test func `does not count for ever where nothing is repeated`() throws {
        #expect(try fits("(((){9999}){9999}){9999}x", "x"))
    }
}
