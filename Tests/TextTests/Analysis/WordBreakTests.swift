import TestSupport
import Testing

@testable import Text

@Suite struct `Word boundaries` {
    /// Cases made for each rule of UAX #29; `|` stands where a boundary is.
    @Test(arguments: [
        "can't| |stop", "a.b| |a|.", "3.14|,| |1,000|;", "3a|.", "a_b_1", "_a", "1_2", "a:b| |a|:|:|b",
        "\u{5D0}\u{27}", "\u{5D0}\"\u{5D0}", "\u{5D0}|\"", "カタ_カ", "カ|漢|字|ひ|ら", "\r\n|a", "a|\n|\u{308}|b",
        "a\u{308}\u{200D}b", "a\u{AD}b", "🇩🇪|🇫🇷|🇮", "👩\u{200D}🚀", "a  |b".replacing("a ", with: "a| "),
        "1\u{308}.\u{308}2", "1|.\u{308}|a", "don’t", "а.б", "१२३", "하나| |둘",
    ])
    func `lie where the annex puts them`(marked: String) {
        let parts = marked.unicodeScalars.split(separator: "|", omittingEmptySubsequences: false)
        let scalars = parts.flatMap { $0 }
        var expected = [Bool](repeating: false, count: scalars.count)
        var index = 0
        for part in parts {
            if index < expected.count { expected[index] = true }
            index += part.count
        }
        #expect(WordBreak.boundaries(scalars.map { ScalarClass(of: $0).wordBreak }) == expected)
    }

    /// Characters of every kind that the scanner tells apart, so that short texts meet all of its branches.
    @Test func `ASCII is cut alike by bytes and by scalars`() {
        var generator = SeededGenerator(seed: 29)
        let alphabet = Array("abAB019__--..//::,,;'@&+#=?%~\\ \n()[]\"!*<>".utf8)
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 1...24, using: &generator)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &generator)]
            }
            #expect(
                all(bytes, byBytes: true) == all(bytes, byBytes: false),
                "\(String(decoding: bytes, as: UTF8.self))")
        }
    }

    private func all(_ bytes: [UInt8], byBytes: Bool) -> [ClusterScanner.Found] {
        var scanner = ClusterScanner(bytes, usesBytes: byBytes)
        var found: [ClusterScanner.Found] = []
        while let next = scanner.next() { found.append(next) }
        return found
    }
}
