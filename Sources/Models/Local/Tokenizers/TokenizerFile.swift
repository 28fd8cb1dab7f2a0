import Foundation

/// A model's tokenizer, from `tokenizer.json`, or from `vocab.txt` where there is none.
enum TokenizerFile {
    /// - Throws: ``ModelsError`` with the file; ``ModelsError/unsupported(file:reason:)`` for a tokenizer of
    ///   another kind, byte pairs say, or one whose normalisation is not known here.
    static func open(_ directory: URL, family: EncoderShape.Family) throws(ModelsError) -> any PairTokenizer {
        let file = directory.appending(path: "tokenizer.json")
        guard let content = try ModelJSON.readIfThere(file, as: Content.self) else {
            let vocabulary = directory.appending(path: "vocab.txt")
            guard family == .bert, FileManager.default.fileExists(atPath: vocabulary.path) else {
                throw .missing(file: file.path)
            }
            return try WordPieceTokenizer(vocabulary: vocabulary)
        }
        do throws(Fault) {
            switch content.model {
            case .wordPiece(let vocabulary, let unknown):
                return try wordPiece(content, vocabulary, unknown: unknown)
            case .unigram(let pieces, let unknown):
                return try unigram(content, pieces, unknown: unknown)
            case .other(let kind):
                throw Fault("its tokenizer is \(kind), expected WordPiece or Unigram")
            }
        } catch {
            throw error.isDamage
                ? .damaged(file: file.path, reason: error.reason)
                : .unsupported(file: file.path, reason: error.reason)
        }
    }

    /// What is wrong with a tokenizer.
    struct Fault: Error {
        var reason: String
        var isDamage = false

        init(_ reason: String, isDamage: Bool = false) { (self.reason, self.isDamage) = (reason, isDamage) }
    }

    private static func wordPiece(
        _ content: Content, _ vocabulary: [String: Int], unknown: String
    ) throws(Fault) -> WordPieceTokenizer {
        guard let normalizer = content.normalizer, normalizer.type == "BertNormalizer" else {
            throw Fault("its normalizer is \(content.normalizer?.type ?? "missing"), expected BertNormalizer")
        }
        guard normalizer.lowercase != false, normalizer.strip_accents != false,
            normalizer.clean_text != false, normalizer.handle_chinese_chars != false
        else { throw Fault("its WordPiece keeps case or accents, expected one that does not") }
        guard let last = vocabulary.values.max(), last < 4_000_000, vocabulary.values.allSatisfy({ $0 >= 0 })
        else { throw Fault("its vocabulary is empty or has ids past 4,000,000", isDamage: true) }
        var lines = [[UInt8]](repeating: [], count: last + 1)
        for (piece, id) in vocabulary { lines[id] = Array(piece.utf8) }
        let (frame, names) = try frame(content) { vocabulary[$0] }
        do {
            return WordPieceTokenizer(
                try WordPieceVocabulary(
                    lines: lines,
                    special: .init(
                        unknown: unknown, start: names.start, end: names.end,
                        others: (content.added_tokens ?? []).map(\.content).filter { vocabulary[$0] != nil })),
                between: frame.between)
        } catch {
            throw Fault("the token \(error.name) is not in its vocabulary", isDamage: true)
        }
    }

    private static func unigram(
        _ content: Content, _ pieces: [UnigramPiece], unknown: Int
    ) throws(Fault) -> UnigramTokenizer {
        guard pieces.indices.contains(unknown) else {
            throw Fault("unk_id is \(unknown); it has \(pieces.count) pieces", isDamage: true)
        }
        let added = content.added_tokens ?? []
        var ids: [String: Int] = [:]
        for (id, piece) in pieces.enumerated() { ids[piece.text] = id }
        for token in added where token.id >= 0 && token.id < 4_000_000 { ids[token.content] = token.id }
        let (frame, _) = try frame(content) { ids[$0] }
        var splits = false
        var always = true
        var steps: [Step] = content.pre_tokenizer.map { [$0] } ?? []
        while let step = steps.first {
            steps.removeFirst()
            switch step.type {
            case "Sequence": steps = (step.pretokenizers ?? []) + steps
            case "WhitespaceSplit": splits = true
            case "Metaspace":
                always = step.prepend_scheme.map { $0 == "always" } ?? step.add_prefix_space ?? true
                if step.prepend_scheme == "never" || step.prepend_scheme == nil && !always {
                    throw Fault("its Metaspace puts nothing before words, expected a mark")
                }
            default: throw Fault("its pre_tokenizer is \(step.type), expected Metaspace")
            }
        }
        return UnigramTokenizer(
            pieces: pieces.map { ($0.text, $0.score) }, unknown: unknown, frame: frame,
            specials: added.filter { ids[$0.content] == $0.id && !$0.content.isEmpty }.map {
                .init(bytes: Array($0.content.utf8), id: Int32($0.id), takesBlanks: $0.lstrip ?? false)
            },
            normalizer: UnigramNormalizer(
                steps: try normalization(content.normalizer), splitsAtWhiteSpace: splits,
                prependsAlways: always))
    }

    private static func normalization(_ first: Step?) throws(Fault) -> [UnigramNormalizer.Step] {
        guard let first else { return [] }
        switch first.type {
        case "Sequence":
            var all: [UnigramNormalizer.Step] = []
            for step in first.normalizers ?? [] { all += try normalization(step) }
            return all
        case "Precompiled":
            guard let text = first.precompiled_charsmap, let blob = Data(base64Encoded: text),
                let characters = PrecompiledCharacters(blob)
            else { throw Fault("its precompiled_charsmap cannot be read", isDamage: true) }
            return [.precompiled(characters)]
        case "NFKC": return [.nfkc]
        case "NFC": return [.nfc]
        case "Lowercase": return [.lowercase]
        case "Strip": return [.strip(left: first.strip_left ?? true, right: first.strip_right ?? true)]
        case "Replace" where first.pattern?.Regex == " {2,}": return [.squeeze(first.content ?? "")]
        case let other: throw Fault("its normalizer has the step \(other), which is not known")
        }
    }

    /// The tokens around texts, by what the post-processor says.
    private static func frame(
        _ content: Content, _ id: (String) -> Int?
    ) throws(Fault) -> (frame: PieceFrame, names: (start: String, end: String)) {
        guard let processor = content.post_processor else { throw Fault("it has no post_processor") }
        let (start, end, between): (String, String, Int)
        switch processor.type {
        case "BertProcessing", "RobertaProcessing":
            guard let first = processor.cls?.text, let last = processor.sep?.text else {
                throw Fault("its post_processor lacks cls or sep", isDamage: true)
            }
            (start, end, between) = (first, last, processor.type == "BertProcessing" ? 1 : 2)
        case "TemplateProcessing":
            let single = (processor.single ?? []).map { $0.SpecialToken?.id }
            let pair = (processor.pair ?? []).map { $0.SpecialToken?.id }
            guard single.count == 3, let first = single[0], single[1] == nil, let last = single[2],
                pair.count >= 5, pair[0] == first, pair[1] == nil, pair[pair.count - 2] == nil,
                pair[2..<(pair.count - 2)].allSatisfy({ $0 == last }), pair.last == last
            else { throw Fault("its post_processor puts other tokens around texts than a start and ends") }
            (start, end, between) = (first, last, pair.count - 4)
        case let other: throw Fault("its post_processor is \(other), which is not known")
        }
        guard let startID = id(start), let endID = id(end) else {
            throw Fault("\(start) or \(end) is not in its vocabulary", isDamage: true)
        }
        let frame = PieceFrame(start: Int32(startID), end: Int32(endID), between: between)
        return (frame, (start, end))
    }
}
