import Corpus
import Models

/// A whole answer with what its stream told on the way to it.
struct KeptAnswer: Sendable {
    let result: FlowResult
    /// Passages, pieces of the text and citations, in order; no stages, which are those of the run that is over.
    let told: [FlowEvent]
    /// Every passage that it shows, in the order of their ids.
    let passages: [StoredChunk]

    /// The name under which its stage is told when it is served.
    static let stage = "answer-cache"

    init(_ result: FlowResult, told: [FlowEvent]) {
        self.result = result
        self.told = told
        var known: [Int64: StoredChunk] = [:]
        let answer = result.answer
        for passage in answer.passages + answer.related.map(\.passage) + answer.citations.map(\.passage) {
            known[passage.chunk.id] = passage.chunk
        }
        for case .passages(let list) in told {
            for passage in list { known[passage.chunk.id] = passage.chunk }
        }
        passages = known.values.sorted { $0.id < $1.id }
    }

    /// Whether everything that it shows is, to the letter, what this snapshot's caller would be shown.
    ///
    /// Its key says so already. This is looked at all the same, as it costs little and would show what no key can tell:
    /// the name of a space, say.
    func isStill(in snapshot: any PassageSnapshot) throws(CorpusError) -> Bool {
        try snapshot.chunks(passages.map(\.id)) == passages
    }

    /// The answer as whoever did not cause the work gets it.
    func served(in duration: Duration) -> FlowResult {
        var served = result.unpaid
        served.stages = [stage(duration)]
        served.totalMilliseconds = duration / .milliseconds(1)
        return served
    }

    /// The stream of ``served(in:)``.
    func events(in duration: Duration) -> [FlowEvent] {
        [.stageBegan(component: Self.stage), .stageEnded(stage(duration))] + told
            + [.finished(served(in: duration))]
    }

    private func stage(_ duration: Duration) -> StageTrace {
        StageTrace(
            component: Self.stage, type: "AnswerCache", milliseconds: duration / .milliseconds(1),
            detail: ["passages": Double(result.answer.passages.count)])
    }

    /// What it takes in memory, roughly. Passages are shared by all that name them.
    var byteCount: Int {
        let answer = result.answer
        let texts = passages.reduce(0) { $0 + $1.byteCount }
        let places = answer.passages.count + answer.related.count + answer.citations.count
        let pieces = told.reduce(0) { bytes, event in
            if case .token(let text) = event { bytes + text.utf8.count + 64 } else { bytes + 64 }
        }
        return texts + places * MemoryLayout<RetrievedChunk>.stride + 3 * answer.text.utf8.count + pieces
            + 1_024
    }
}

extension FlowResult {
    /// The same for somebody who caused no call of a model: no tokens, no cost.
    var unpaid: FlowResult {
        var result = self
        result.answer.usage = answer.usage.map { _ in TokenUsage(inputTokens: 0, outputTokens: 0) }
        result.answer.cost = answer.cost.map { _ in 0 }
        return result
    }
}

extension StoredChunk {
    fileprivate var byteCount: Int {
        let names = headingPath.reduce(title.utf8.count) { $0 + $1.utf8.count + 16 }
        let places = ancestors.count * 64 + labels.reduce(0) { $0 + $1.utf8.count + 16 }
        return MemoryLayout<StoredChunk>.stride + text.utf8.count + names + places + (evidence?.count ?? 0)
            + 256
    }
}
