import Corpus
import Foundation
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2))) struct `What documents failed for` {
    private let time = Date(timeIntervalSince1970: 1_790_000_000)

    private func failure(_ id: String, _ reason: String) -> IngestFailure {
        IngestFailure(id: id, title: "Page \(id)", reason: reason, failedAt: time)
    }

    private static let reasons = [
        "The file “a.pdf” of 12345 bytes is damaged: 404",
        "The file “b ½.pdf” of 67890 bytes is damaged: 404",
        "Nothing: 1234", "Nothing: 123", "An open “quote and 99999 more", "“a”“b”1234“c” 12“x”34", "", "”“",
    ]

    @Test(arguments: CorpusEngine.all)
    func `is counted by its words, the most frequent first, whatever differs`(engine: CorpusEngine)
        async throws
    {
        let store = try await engine.open()
        var failures: [IngestFailure] = []
        for (number, reason) in Self.reasons.enumerated() { failures.append(failure("a\(number)", reason)) }
        failures += (10..<40).map { failure("b\($0)", "The page “\($0)” is broken: \($0 * 1_000)") }
        try await store.noteFailures(failures, of: "wiki", seen: [], isWhole: true)
        try await store.noteFailures([failure("c", "elsewhere")], of: "other", seen: [], isWhole: true)
        let all = try await store.ingestFailureReasons(of: "wiki", limit: 100)
        var expected: [String: Int] = [:]
        for failure in failures { expected[IngestFailureReason.folded(failure.reason), default: 0] += 1 }
        #expect(Dictionary(all.map { ($0.reason, $0.count) }, uniquingKeysWith: { $0 + $1 }) == expected)
        let first = try #require(all.first)
        #expect(first.reason == "The page “…” is broken: …")
        #expect(first.count == 30 && first.exampleID == "b10" && first.exampleTitle == "Page b10")
        #expect(all.map(\.count) == all.map(\.count).sorted(by: >))
        #expect(try await store.ingestFailureReasons(of: "wiki", limit: 2) == Array(all.prefix(2)))
        #expect(try await store.ingestFailureReasons(of: "none", limit: 9).isEmpty)
    }

    @Test(arguments: CorpusEngine.all)
    func `is asked for by its words, page by page`(engine: CorpusEngine) async throws {
        let store = try await engine.open()
        let failures = (100..<200).map { failure("\($0)", $0 % 10 == 0 ? "Page “\($0)” is broken" : "late") }
        try await store.noteFailures(failures, of: "wiki", seen: [], isWhole: true)
        var found: [String] = []
        var page: [IngestFailure]
        repeat {
            page = try await store.ingestFailures(
                of: "wiki", for: "Page “…” is broken", after: found.last ?? "", limit: 3)
            found += page.map(\.id)
        } while page.count == 3
        #expect(found == (10..<20).map { "\($0 * 10)" })
        #expect(try await store.ingestFailures(of: "wiki", for: "none", after: "", limit: 9).isEmpty)
    }
}
