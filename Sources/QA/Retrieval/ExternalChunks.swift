import Corpus
import Foundation
import Models
import Text

extension [ExternalPassages] {
    /// Passages of managed searches as passages of the corpus are cited, in turn from each; a text that two of them
    /// found stands once.
    ///
    /// Their ids are negative: no passage of the corpus has one, and none can be asked for by it.
    func chunks() -> [RetrievedChunk] {
        var chunks: [RetrievedChunk] = []
        var texts: Set<String> = []
        for rank in 0..<(map(\.list.count).max() ?? 0) {
            for found in self
            where rank < found.list.count && texts.insert(found.list[rank].text).inserted {
                chunks.append(
                    RetrievedChunk(found.list[rank], of: found.source, id: -Int64(chunks.count + 1)))
            }
        }
        return chunks
    }
}

extension RetrievedChunk {
    fileprivate init(_ passage: ExternalPassage, of source: String, id: Int64) {
        self.init(
            chunk: StoredChunk(
                id: id, documentID: "\(source):\(passage.documentID)", kind: .page, chunkKind: .prose,
                spaceKey: source, spaceName: source, title: passage.title, ancestors: [], labels: [],
                author: nil, updatedAt: passage.updatedAt, url: passage.url, anchor: nil, ordinal: 0,
                headingPath: [], text: passage.text,
                tokenCount: EstimatedTokenCounter().count(passage.text[...]),
                range: 0..<passage.text.utf8.count, section: nil),
            rank: RankedPassage(id: id, score: passage.score ?? 0))
    }
}

extension Collection where Element == RetrievedChunk {
    /// The corpus's passages and others in turn, the corpus's first.
    func taking(_ others: [RetrievedChunk]) -> [RetrievedChunk] {
        guard !others.isEmpty else { return Array(self) }
        var result: [RetrievedChunk] = []
        var rest = others[...]
        for passage in self {
            result.append(passage)
            if let other = rest.popFirst() { result.append(other) }
        }
        return result + rest
    }
}
