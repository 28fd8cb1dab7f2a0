import Foundation
import Text

/// BERT's uncased WordPiece tokenizer: the token ids of Hugging Face `tokenizers`, exactly.
///
/// A text is cleaned (controls out, every kind of white space a space), stripped of accents by NFD,
/// lowercased, split at white space, punctuation and CJK ideographs, and each word is cut into the
/// longest pieces of the vocabulary, from the left.
public struct WordPieceTokenizer: PieceTokenizer, PairTokenizer {
    let frame: PieceFrame
    private let scanner: WordPieceScanner

    /// Reads `vocab.txt`: one piece a line, its id the line's 0-based number.
    ///
    /// - Throws: ``ModelsError/missing(file:)``, ``ModelsError/unreadable(file:reason:)``,
    ///   ``ModelsError/damaged(file:reason:)``.
    public init(vocabulary: URL) throws(ModelsError) {
        let file = vocabulary.path
        guard FileManager.default.fileExists(atPath: file) else { throw .missing(file: file) }
        let data: Data
        do {
            data = try Data(contentsOf: vocabulary)
        } catch {
            throw .unreadable(file: file, reason: error.localizedDescription)
        }
        guard String(validating: data, as: UTF8.self) != nil else {
            throw .damaged(file: file, reason: "it is not UTF-8 text")
        }
        var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map {
            [UInt8]($0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0)
        }
        if lines.last?.isEmpty == true { lines.removeLast() }
        do {
            self.init(try WordPieceVocabulary(lines: lines))
        } catch {
            throw .damaged(
                file: file, reason: "the token \(error.name) is not among its \(lines.count) lines")
        }
    }

    /// - Parameter between: how many end tokens stand between two texts.
    init(_ vocabulary: WordPieceVocabulary, between: Int = 1) {
        frame = PieceFrame(start: vocabulary.classification, end: vocabulary.separator, between: between)
        scanner = WordPieceScanner(vocabulary: vocabulary)
    }

    /// How many pieces the vocabulary has.
    public var vocabularyCount: Int { scanner.vocabulary.count }

    /// The ids of `text` between `[CLS]` and `[SEP]`.
    ///
    /// - Parameter maxTokens: most ids to return, those two included; what follows in the text is cut off.
    public func encode(_ text: String, maxTokens: Int = 256) -> [Int32] {
        precondition(maxTokens >= 2, "no room for [CLS] and [SEP] in \(maxTokens) tokens")
        var pieces = PieceSink(limit: maxTokens - 1, startingWith: scanner.vocabulary.classification)
        let bytes = text.utf8
        scanner.scan(bytes.span, into: &pieces)
        if pieces.count > maxTokens - 1 { pieces.removeAll(after: maxTokens - 1) }
        pieces.append(scanner.vocabulary.separator)
        return pieces.ids
    }

    /// As ``encode(_:maxTokens:)``, with each id's UTF-8 range in `text`; empty ranges for ids that are from no text.
    func encodeWithSources(_ text: String, maxTokens: Int) -> (ids: [Int32], sources: [Range<Int>]) {
        precondition(maxTokens >= 2, "no room for [CLS] and [SEP] in \(maxTokens) tokens")
        var pieces = PieceSink(
            limit: maxTokens - 1, startingWith: scanner.vocabulary.classification, keepsSources: true)
        scanner.scan(text.utf8.span, into: &pieces)
        if pieces.count > maxTokens - 1 { pieces.removeAll(after: maxTokens - 1) }
        pieces.append(scanner.vocabulary.separator)
        return (pieces.ids, pieces.sources)
    }

    func pieces(_ text: String, limit: Int) -> [Int32] {
        // One more than asked for, since the sink starts with a token of its own.
        var pieces = PieceSink(
            limit: limit == .max ? .max : limit + 1, startingWith: scanner.vocabulary.classification)
        scanner.scan(text.utf8.span, into: &pieces)
        return Array(pieces.ids.dropFirst())
    }

    public func count(_ text: Substring) -> Int {
        var pieces = PieceSink()
        let bytes = text.utf8
        scanner.scan(bytes.span, into: &pieces)
        return pieces.count
    }

    /// `[CLS] question [SEP] lead text [SEP]`, as BERT reads pairs.
    ///
    /// - Parameters:
    ///   - lead: goes before `text`, but is no part of what is told apart by ``TokenizedPair/sources``.
    ///   - maxTokens: most ids in all, at least 8. The text is cut off first; a question of more than half
    ///     of them is cut off there.
    func encodePair(
        question: String, lead: String, text: String, maxTokens: Int = 256
    ) -> TokenizedPair {
        precondition(maxTokens >= 8, "no room for two texts in \(maxTokens) tokens")
        var pieces = PieceSink(limit: maxTokens - 1, startingWith: scanner.vocabulary.classification)
        scanner.scan(question.utf8.span, into: &pieces)
        if pieces.count > maxTokens / 2 { pieces.removeAll(after: maxTokens / 2) }
        pieces.append(scanner.vocabulary.separator)
        let secondStart = pieces.count
        scanner.scan(lead.utf8.span, into: &pieces)
        if pieces.count > maxTokens - 1 { pieces.removeAll(after: maxTokens - 1) }
        let textStart = pieces.count
        var second = PieceSink(
            limit: maxTokens - textStart, startingWith: scanner.vocabulary.separator, keepsSources: true)
        if textStart < maxTokens - 1 { scanner.scan(text.utf8.span, into: &second) }
        if second.count > maxTokens - textStart { second.removeAll(after: maxTokens - textStart) }
        let ids = pieces.ids + second.ids.dropFirst() + [scanner.vocabulary.separator]
        return TokenizedPair(
            input: EncoderInput(ids, secondStart: secondStart), textStart: textStart,
            sources: Array(second.sources.dropFirst()))
    }
}

/// Two texts as one input of an encoder.
struct TokenizedPair: Sendable, Equatable {
    var input: EncoderInput
    /// The position of the text's first token.
    var textStart: Int
    /// The UTF-8 range in the text of each of its tokens, from ``textStart`` on.
    var sources: [Range<Int>]
}
