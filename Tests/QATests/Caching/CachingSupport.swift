import Concurrency
import Corpus
import EngineSupport
import Models
import Synchronization

@testable import QA

/// Counts from any thread.
final class Tally: Sendable {
    private let state = Mutex(0)

    var count: Int { state.withLock { $0 } }

    @discardableResult func add() -> Int {
        state.withLock { count in
            count += 1
            return count
        }
    }
}

/// Quotes, counts how often it is asked, and waits at a gate if it has one.
final class CountingGenerator: Generator {
    let name = "counting"
    private let gate: Promise<Void>?
    private let failures: Int
    private let begun = Tally()
    private let cancelled = Tally()

    /// - Parameters:
    ///   - gate: settled when it may go on.
    ///   - failures: how many calls fail, from the first.
    init(gate: Promise<Void>? = nil, failures: Int = 0) {
        self.gate = gate
        self.failures = failures
    }

    struct Refusal: Error {}

    /// How often it was asked.
    var calls: Int { begun.count }
    /// How many calls were cancelled at the gate.
    var cancellations: Int { cancelled.count }

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        PulledSequence(beginning: { [self] in
            let call = begun.add()
            do {
                if let gate { try await gate.value() }
            } catch {
                cancelled.add()
                throw error
            }
            if call <= failures { throw Refusal() }
            var iterator = QuotingGenerator().generate(request).makeAsyncIterator()
            return { try await iterator.next() }
        })
    }
}

extension TestCorpus {
    /// Three pages, one of which only the leads may read, over indexes that tell their revisions.
    static func cacheable(_ engine: StorageEngine = .sqlite) async throws -> TestCorpus {
        let corpus = try await TestCorpus(engine, tellsRevisions: true)
        try await corpus.put("1", "Log retention", "Access logs are kept for 30 days. Then they go.")
        try await corpus.put("2", "Lunch", "Lunch is at noon in the canteen.")
        try await corpus.put(
            "3", "Bonus", "The bonus of the leads is secret and large.",
            readers: AccessRule(allOf: [[.group("leads")]]))
        return corpus
    }

    static let lead = Reader([.group("leads")])
}

/// Returns once `condition` holds.
func until(_ condition: @Sendable () -> Bool) async throws {
    while !condition() {
        try Task.checkCancellation()
        await Task.yield()
    }
}

extension FlowResult {
    var isKept: Bool { stages.map(\.component) == [KeptAnswer.stage] }
    var citedPages: [String] { answer.citations.map(\.passage.chunk.documentID) }
}

extension FlowEvent {
    /// What a reader sees of it; `nil` for a stage.
    var shown: String? {
        switch self {
        case .stageBegan, .stageEnded: nil
        case .passages(let list): "passages \(list.map(\.chunk.id))"
        case .token(let text): "token \(text)"
        case .citation(let number, let passage): "citation \(number) \(passage)"
        case .finished(let result): "finished \(result.answer.text)"
        }
    }
}
