/// A unit of evidence as the answering model sees it: what it is trained on, and what explains an answer.
public struct EvidenceRow: Sendable, Hashable, Codable {
    /// The part of the question.
    public var part: String
    /// The passage's marker.
    public var passage: Int
    public var title: String
    /// Title and headings above the unit.
    public var context: String
    /// The unit as it is read.
    public var statement: String
    /// By the names of what the model goes by.
    public var features: [String: Double]
    public var probability: Double
}

extension ExtractiveGenerator {
    /// The units that were read for a question, each part's likeliest first.
    ///
    /// - Throws: what the embedder and the reader throw.
    public func evidence(for asked: GroundedQuestion) async throws -> [EvidenceRow] {
        zip(asked.parts, try await verdicts(for: asked)).flatMap { part, verdict in
            verdict.judged.map { judged in
                EvidenceRow(
                    part: part.text, passage: asked.passages[judged.candidate.passage].marker,
                    title: asked.passages[judged.candidate.passage].title, context: judged.candidate.context,
                    statement: judged.candidate.statement,
                    features: Dictionary(
                        uniqueKeysWithValues: zip(EvidenceFeatures.names, judged.features.values)),
                    probability: judged.probability)
            }
        }
    }
}
