import Corpus
import Models

/// A passage with those that say the same elsewhere.
public struct FoldedPassage: Sendable, Hashable {
    public var passage: RetrievedChunk
    /// Under the same title and headings, with the same words in the same order: copies of a page, a file that hangs
    /// at two pages. In the ranking's order.
    public var copies: [RetrievedChunk]

    /// Takes a copy in. What Confluence calls “Copy of …” gives way to what it was copied from.
    ///
    /// - Parameter saysAll: whether the copy has every word of the passage.
    fileprivate mutating func add(_ copy: RetrievedChunk, saysAll: Bool) {
        if saysAll, NearDuplicates.isNamedCopy(passage), !NearDuplicates.isNamedCopy(copy) {
            copies.append(passage)
            passage = copy
        } else {
            copies.append(copy)
        }
    }
}

/// Folds passages that say what a better one says already.
///
/// A passage is a copy if all its words stand in the better one in one run, and make up most of it. A changed figure,
/// day or name makes it another passage: pages that contradict each other are both shown. Neither is it a copy under
/// another title or heading, which tell what the words are about, nor if what the better one says beyond them denies.
struct NearDuplicates {
    /// Below this many words a passage is too common to be a copy.
    static let leastWords = 8
    /// The share of the better passage's words that a copy has at least.
    static let leastShare = 0.8

    /// - Parameter passages: best first.
    static func folded(_ passages: [RetrievedChunk]) -> [FoldedPassage] {
        var result: [FoldedPassage] = []
        // Of each place the passages that stand there, by their offset in the result; their words when first compared.
        var known: [[String]: [(offset: Int, words: [Substring]?)]] = [:]
        for passage in passages {
            let place = place(of: passage)
            guard var others = known[place] else {
                known[place] = [(result.count, nil)]
                result.append(FoldedPassage(passage: passage, copies: []))
                continue
            }
            let words = words(of: passage.chunk.text)
            for index in others.indices where others[index].words == nil {
                others[index].words = Self.words(of: result[others[index].offset].passage.chunk.text)
            }
            let original = others.first { isCopy(words, of: $0.words ?? []) }
            if let original, result[original.offset].passage.chunk.documentID != passage.chunk.documentID {
                result[original.offset].add(passage, saysAll: words.count == original.words?.count)
            } else {
                others.append((result.count, words))
                result.append(FoldedPassage(passage: passage, copies: []))
            }
            known[place] = others
        }
        return result
    }

    /// The first `limit` passages that say something of their own. Loads more than them only in place of copies.
    static func first(
        _ limit: Int, of ranked: [RankedPassage], in snapshot: any PassageSnapshot
    ) throws(CorpusError) -> [RetrievedChunk] {
        var loaded: [RetrievedChunk] = []
        var kept: [RetrievedChunk] = []
        var rest = ranked[...]
        while kept.count < limit, !rest.isEmpty {
            loaded += try snapshot.load(rest.prefix(limit - kept.count))
            rest = rest.dropFirst(limit - kept.count)
            kept = folded(loaded).map(\.passage)
        }
        return kept
    }

    private static func isCopy(_ words: [Substring], of others: [Substring]) -> Bool {
        let count = words.count
        guard count >= leastWords, count <= others.count,
            Double(count) >= leastShare * Double(others.count)
        else { return false }
        return (0...(others.count - count)).contains { start in
            guard others[start..<(start + count)].elementsEqual(words) else { return false }
            let beyond = others[..<start] + others[(start + count)...]
            return beyond.isEmpty || !Negation.isNegated(beyond.joined(separator: " "))
        }
    }

    fileprivate static func isNamedCopy(_ passage: RetrievedChunk) -> Bool {
        words(of: passage.chunk.title).starts(with: ["copy", "of"])
    }

    /// Title and headings; Confluence calls a copied page “Copy of …”.
    private static func place(of passage: RetrievedChunk) -> [String] {
        var title = words(of: passage.chunk.title)[...]
        while title.count > 2, title.first == "copy", title.dropFirst().first == "of" {
            title = title.dropFirst(2)
        }
        let headings = passage.chunk.headingPath.filter { $0 != passage.chunk.title }
        return [title.joined(separator: " ")] + headings.map { words(of: $0).joined(separator: " ") }
    }

    private static func words(of text: String) -> [Substring] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }
    }
}
