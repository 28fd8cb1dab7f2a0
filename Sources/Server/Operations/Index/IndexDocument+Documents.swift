import VectorIndex
import Corpus
import QA

extension IndexDocument {
    /// What there is for the caller, by space and by kind.
    struct Documents: Encodable, Sendable {
        struct Space: Encodable, Sendable {
            var key: String
            var name: String
            var documents: Int
            var passages: Int
            var kinds: [String: Int]
        }

        var documents: Int
        var passages: Int
        var spaces: [Space]
        var kinds: [String: Int]

        /// Spaces that are counted by kind; each costs a look at the database after it has changed.
        private static let limit = 200

        static var schema: JSONSchema {
            let kinds = JSONSchema.map(to: .integer).described("passages by the kind of their documents")
            return .object(required: [
                "documents": .integer, "passages": .integer, "kinds": kinds,
                "spaces": .list(
                    of: .object(required: [
                        "key": .text, "name": .text, "documents": .integer, "passages": .integer,
                        "kinds": kinds,
                    ])),
            ])
        }

        init(_ snapshot: any CorpusSnapshot, _ qa: QuestionAnswering) throws(CorpusError) {
            let summary = try snapshot.summary()
            documents = summary.documents
            passages = summary.chunks
            let ofKinds = try IndexDocument.passages(in: snapshot, qa)
            kinds = IndexDocument.counts(ofKinds.map { ($0.kind, $0.passages.count) })
            var spaces: [Space] = []
            for (place, entry) in summary.spaces.enumerated() {
                var space = Space(
                    key: entry.space.key, name: entry.space.name, documents: entry.documents, passages: 0,
                    kinds: [:])
                if place < Self.limit {
                    let held = try qa.readablePassages(
                        ChunkFilter(spaces: [entry.space.key]), in: snapshot)
                    space.passages = held.count
                    space.kinds = IndexDocument.counts(
                        ofKinds.map { ($0.kind, $0.passages.intersection(held).count) })
                }
                spaces.append(space)
            }
            self.spaces = spaces
        }
    }

    private static func counts(_ kinds: [(Document.Kind, Int)]) -> [String: Int] {
        Dictionary(
            kinds.filter { $0.1 > 0 }.map { ($0.0.rawValue, $0.1) }, uniquingKeysWith: { first, _ in first })
    }
}
