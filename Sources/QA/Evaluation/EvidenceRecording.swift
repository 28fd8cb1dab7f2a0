import Concurrency
import Corpus
import Models
import Synchronization

/// What was read for questions of a set: the material that `scripts/train-answerability` fits the answering model on.
public struct EvidenceRecording: Sendable {
    private let qa: QuestionAnswering
    private let units: Int?

    /// - Parameter units: how many are read of each part of a question; `nil` for as many as answers read.
    public init(_ qa: QuestionAnswering, units: Int? = nil) {
        self.qa = qa
        self.units = units
    }

    /// The units that the built-in flow reads for a question, in the caller's scope.
    ///
    /// - Throws: as ``QuestionAnswering/run(_:scope:flow:)``; nothing is recorded unless answers are quoted.
    public func rows(_ question: Question, scope: ReadScope) async throws -> [EvidenceRow] {
        guard let generator = qa.generator as? ExtractiveGenerator,
            let asked = try await qa.grounding(of: question, scope: scope)
        else { return [] }
        return try await (units.map(generator.reading) ?? generator).evidence(for: asked)
    }
}

extension QuestionAnswering {
    /// The question with its passages, as the built-in flow gives them to the generator.
    func grounding(of question: Question, scope: ReadScope) async throws -> GroundedQuestion? {
        let catching = CatchingGenerator()
        let qa = try QuestionAnswering(self, generator: catching)
        _ = try await qa.run(question, scope: scope)
        return catching.caught.withLock { $0 }
    }
}

/// Keeps what it is asked and answers nothing.
private final class CatchingGenerator: Generator {
    let name = "none"
    let caught = Mutex<GroundedQuestion?>(nil)

    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent> {
        caught.withLock { $0 = request.grounding }
        return PulledSequence {
            var events = [GenerationEvent.finished(.noAnswer)].makeIterator()
            return { events.next() }
        }
    }
}
