import Corpus
import Foundation

/// The bytes of a key. Each part has its length before it, and sets are in order: equal keys, and no others, have equal
/// bytes.
struct SharedKeyBytes {
    private(set) var data = Data()

    mutating func add(_ text: String) {
        add(text.utf8.count)
        data.append(contentsOf: text.utf8)
    }

    mutating func add(_ number: Int) { add(bits: UInt64(bitPattern: Int64(number))) }
    mutating func add(_ number: Int64) { add(bits: UInt64(bitPattern: number)) }

    mutating func add(_ number: Double?) {
        add(number == nil ? 0 : 1)
        if let number { add(bits: number.bitPattern) }
    }

    mutating func add(_ texts: [String]) {
        add(texts.count)
        for text in texts { add(text) }
    }

    mutating func add(_ texts: Set<String>) { add(texts.sorted()) }

    mutating func add(_ vector: [Float]?) {
        add(vector?.count ?? -1)
        for number in vector ?? [] {
            for shift in [0, 8, 16, 24] {
                data.append(UInt8(truncatingIfNeeded: number.bitPattern >> UInt32(shift)))
            }
        }
    }

    mutating func add(_ filter: ChunkFilter) {
        add(filter.spaces)
        add(filter.labels)
        add(Set(filter.kinds.map(\.rawValue)))
        add(filter.authors)
        add(filter.documents)
        add(filter.updatedAfter?.timeIntervalSinceReferenceDate)
        add(filter.insights.count)
        for (kind, values) in filter.insights.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            add(kind.rawValue)
            add(values)
        }
    }

    /// Who may see it and of when it is: a right that went makes another change, or another set of classes.
    mutating func add(classes: Set<AccessClassID>, at revision: CorpusRevision) {
        add(revision.changes)
        add(classes.count)
        for accessClass in classes.sorted() { add(accessClass) }
    }

    private mutating func add(bits: UInt64) {
        for shift in stride(from: 0, to: 64, by: 8) {
            data.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
    }
}

extension ResultSharing {
    /// Grows with every change of what is kept or of how its key is made.
    static let form = 1

    /// - Returns: `nil` where this process's indexes are not level with the database: what they give is this process's
    ///   own.
    func key(_ key: RetrievalCache.Key) -> SharedKey? {
        guard levels.isLevel(key.revision) else { return nil }
        var bytes = begun()
        bytes.add(key.ranking.rawValue)
        bytes.add(key.text)
        bytes.add(key.vector)
        bytes.add(key.filter)
        bytes.add(key.limit)
        bytes.add(classes: key.classes, at: key.revision)
        return SharedKey(kind: .ranking, bytes: bytes.data)
    }

    /// - Returns: `nil` as for a ranking.
    func key(_ key: AnswerCache.Key) -> SharedKey? {
        guard levels.isLevel(key.revision) else { return nil }
        var bytes = begun()
        bytes.add(key.digest)
        bytes.add(key.question.text)
        bytes.add(key.question.parts)
        bytes.add(key.question.typed)
        bytes.add(key.question.conversation.count)
        for turn in key.question.conversation {
            bytes.add(turn.question)
            bytes.add(turn.answer)
        }
        bytes.add(key.question.filter)
        bytes.add(key.question.topK)
        bytes.add(key.question.requiredConfidence)
        bytes.add(classes: key.classes, at: key.revision)
        return SharedKey(kind: .answer, bytes: bytes.data)
    }

    private func begun() -> SharedKeyBytes {
        var bytes = SharedKeyBytes()
        bytes.add(Self.form)
        bytes.add(scope)
        return bytes
    }
}
