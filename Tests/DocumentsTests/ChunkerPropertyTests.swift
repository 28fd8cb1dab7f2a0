import TestSupport
import Testing
import Text

@testable import Documents

/// Pages of every shape: the generator mixes short and long units, all kinds, deep headings, and words with
/// accents, emoji and characters without spaces, so that each way of cutting is taken often.
private struct RandomPage {
    var random: SeededGenerator
    var builder = PageBuilder()

    private static let vocabulary = [
        "a", "token", "Kubernetes", "é", "naïveté", "部署", "これは文です。", "🇩🇪👩‍👩‍👧", "v1.2.3", "e.g.",
        "https://wiki.example.com/a/very/long/path?with=query", "End.", "Why?", "|", "x\u{301}", "-", "done!",
        String(repeating: "long", count: 90), String(repeating: "漢字", count: 120),
    ]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        for _ in 0..<Int.random(in: 1...14, using: &random) { addPart() }
    }

    private mutating func text(_ longest: Int, separator: String = " ") -> String {
        // Squaring makes short texts common and long ones still occur.
        let share = Double.random(in: 0...1, using: &random)
        let count = 1 + Int(share * share * Double(longest))
        return (0..<count).map { _ in Self.vocabulary.randomElement(using: &random) ?? "a" }
            .joined(separator: separator)
    }

    private mutating func addPart() {
        switch Int.random(in: 0..<8, using: &random) {
        case 0, 1:
            let depth = Int.random(in: 1...3, using: &random)
            let path = (0..<depth).map { "H\($0)\(Int.random(in: 0...2, using: &random))" }
            switch depth {
            case 1: builder.heading(path[0])
            case 2: builder.heading(path[0], path[1])
            default: builder.heading(path[0], path[1], path[2])
            }
        case 2, 3, 4:
            builder.paragraph(text(120))
        case 5:
            builder.list(
                lead: "As follows:", (0..<Int.random(in: 1...20, using: &random)).map { _ in "- " + text(15) }
            )
        case 6:
            builder.table(header: text(8), (0..<Int.random(in: 1...20, using: &random)).map { _ in text(25) })
        default:
            builder.paragraph("  " + text(60, separator: "\n  "), .code)
        }
    }
}

@Suite struct `Any page, cut` {
    private static let budgets = [32, 60, 254]

    @Test(arguments: 0..<400 as Range<UInt64>, ChunkerConfiguration.Strategy.allCases)
    func `keeps budget, order and every visible byte`(seed: UInt64, strategy: ChunkerConfiguration.Strategy)
        throws
    {
        let page = RandomPage(seed: seed).builder.page
        let max = Self.budgets[Int(seed % 3)]
        let chunker = try chunker(strategy, max: max, mergeBelow: max / 4, overlap: max / 5)
        let chunks = chunker.chunks(of: page, title: seed % 5 == 0 ? "" : "Title \(seed)")
        let bytes = Array(page.text.utf8)
        #expect(chunks == chunker.chunks(of: page, title: seed % 5 == 0 ? "" : "Title \(seed)"))
        #expect(chunks.map(\.ordinal) == Array(chunks.indices))

        var covered = [Bool](repeating: false, count: bytes.count)
        for chunk in chunks {
            #expect(chunk.tokenCount <= max, "seed \(seed)")
            #expect(chunk.tokenCount == QuarterWordCounter().count(chunk.embeddedText[...]), "seed \(seed)")
            let slice = String(validating: bytes[chunk.range], as: UTF8.self)
            #expect(slice.map { chunk.text.hasSuffix($0) } == true, "seed \(seed)")
            #expect(chunk.embeddedText.hasSuffix(chunk.text), "seed \(seed)")
            for offset in chunk.range { covered[offset] = true }
        }
        for (earlier, later) in zip(chunks, chunks.dropFirst()) {
            #expect(earlier.range.lowerBound < later.range.lowerBound, "seed \(seed)")
            #expect(earlier.range.upperBound < later.range.upperBound, "seed \(seed)")
        }
        let lost = page.units.flatMap(\.range).filter { !covered[$0] && !WhiteSpace.contains(bytes[$0]) }
        #expect(lost.isEmpty, "seed \(seed)")
    }
}
