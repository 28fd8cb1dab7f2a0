import Corpus
import Testing
import Text
import TextIndex

@testable import QA

/// Pages that differ by their identifiers alone, so that meaning cannot tell them apart.
@Suite(.timeLimit(.minutes(2))) struct `Bare identifiers` {
    /// Each with near misses of its kind beside it.
    static let kinds: [(name: String, text: @Sendable (String) -> String, identifiers: [String])] = [
        (
            "Invoice", { "Invoice \($0) was sent to a customer for crane hire and is due soon." },
            (0..<12).map { "RE-2032/\(4_100 + $0 * 7)" }
        ),
        (
            "Host", { "The host with the address \($0) serves the quay." },
            (0..<12).map { "172.18.\($0 + 3).\(200 - $0)" }
        ),
        (
            "Meter", { "The meter of serial \($0) was read." },
            (0..<10).map { "SN\($0)7F-\(90_210 + $0)-B" }
        ),
        (
            "Server", { "\($0) is restarted at night." },
            (0..<10).map { "db-\($0 + 10).harbour.example.com" }
        ),
        (
            "Fault", { "The fault \($0) means that the belt is worn." },
            (0..<10).map { "E-\(3_300 + $0)" }
        ),
        ("Release", { "Release \($0) mends the tariff." }, (0..<8).map { "v4.\($0).1" }),
        (
            "Contact", { "Write to \($0) about the keys." },
            ["ann", "bob", "cem", "dee"].map { "\($0).lock@example.org" }
        ),
    ]

    static var identifiers: [String] { kinds.flatMap(\.identifiers) }

    private static func corpus() async throws -> TestCorpus {
        let corpus = try await TestCorpus()
        for kind in kinds {
            for identifier in kind.identifiers {
                try await corpus.put(identifier, kind.name, kind.text(identifier))
            }
        }
        return corpus
    }

    @Test(arguments: [SearchMode.keyword, .hybrid])
    func `each is found first`(mode: SearchMode) async throws {
        let corpus = try await Self.corpus()
        let qa = try corpus.qa()
        #expect(Self.identifiers.count >= 60)
        for identifier in Self.identifiers {
            let found = try await qa.search(
                try SearchRequest(identifier, mode: mode), scope: corpus.scope())
            #expect(found.hits.first?.passage.chunk.documentID == identifier)
        }
    }

    @Test func `one is found first in a sentence too`() async throws {
        let corpus = try await Self.corpus()
        let qa = try corpus.qa()
        for identifier in Self.identifiers {
            let request = try SearchRequest(
                "What do we know of \(identifier) and of the crane at the quay?")
            let found = try await qa.search(request, scope: corpus.scope())
            #expect(found.hits.first?.passage.chunk.documentID == identifier)
        }
    }
}

/// What a question names so exactly that whatever has it stands before all else.
@Suite(.timeLimit(.minutes(1))) struct `Exact names` {
    private func names(_ question: String) async throws -> ExactNames {
        let corpus = try await TestCorpus()
        try await corpus.put("1", "Tickets", "A train ticket is booked by the desk.")
        try await corpus.put("2", "Service lift", "The service lift carries 250 kg. Its fault is E-3300.")
        for page in 3..<40 { try await corpus.put("\(page)", "Page", "Number \(page) is about the quay.") }
        return try ExactNames(QueryAnalysis(question), corpus.words)
    }

    @Test(arguments: ["service lift", "E-3300", "flurble E-3300", "What is E-3300 on the lift of the quay?"])
    func `are identifiers, and all of a few words`(question: String) async throws {
        #expect(try await !names(question).isEmpty)
    }

    /// The notebook is no matter of tickets because both are about a train.
    @Test(arguments: [
        "My notebook was nicked on the train", "notebook nicked train", "Who carries the service lift?",
    ])
    func `are no words of a sentence, nor the rest of a few that are not all there`(question: String)
        async throws
    {
        #expect(try await names(question).isEmpty)
    }
}
