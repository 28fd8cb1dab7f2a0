extension TokenizerFile {
    /// `tokenizer.json`, as far as it is needed.
    struct Content: Decodable {
        var model: Model
        var normalizer: Step?
        var pre_tokenizer: Step?
        var post_processor: Processor?
        var added_tokens: [AddedToken]?
    }

    struct AddedToken: Decodable {
        var id: Int
        var content: String
        var lstrip: Bool?
    }

    /// One step of normalisation or of cutting into words.
    struct Step: Decodable {
        struct Pattern: Decodable {
            var Regex: String?
        }

        var type: String
        var normalizers: [Step]?
        var pretokenizers: [Step]?
        var precompiled_charsmap: String?
        var lowercase: Bool?
        var strip_accents: Bool?
        var clean_text: Bool?
        var handle_chinese_chars: Bool?
        var strip_left: Bool?
        var strip_right: Bool?
        var pattern: Pattern?
        var content: String?
        var prepend_scheme: String?
        var add_prefix_space: Bool?
    }

    struct Processor: Decodable {
        struct Part: Decodable {
            struct Token: Decodable {
                var id: String
            }

            var SpecialToken: Token?
        }

        /// `["[SEP]", 102]`.
        struct Named: Decodable {
            var text: String

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                text = try values.decode(String.self)
            }
        }

        var type: String
        var single: [Part]?
        var pair: [Part]?
        var cls: Named?
        var sep: Named?
    }

    /// `["▁the", -3.5]`.
    struct UnigramPiece: Decodable {
        var text: String
        var score: Double

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            text = try values.decode(String.self)
            score = try values.decode(Double.self)
        }
    }

    enum Model: Decodable {
        case wordPiece([String: Int], unknown: String)
        case unigram([UnigramPiece], unknown: Int)
        case other(String)

        private enum CodingKeys: String, CodingKey {
            case type, vocab
            case unknownToken = "unk_token"
            case unknownID = "unk_id"
        }

        init(from decoder: any Decoder) throws {
            let values = try decoder.container(keyedBy: CodingKeys.self)
            // Old files of byte pairs have no type.
            switch try values.decodeIfPresent(String.self, forKey: .type) ?? "BPE" {
            case "WordPiece":
                self = .wordPiece(
                    try values.decode([String: Int].self, forKey: .vocab),
                    unknown: try values.decodeIfPresent(String.self, forKey: .unknownToken) ?? "[UNK]")
            case "Unigram":
                self = .unigram(
                    try values.decode([UnigramPiece].self, forKey: .vocab),
                    unknown: try values.decode(Int.self, forKey: .unknownID))
            case let other: self = .other(other)
            }
        }
    }
}
