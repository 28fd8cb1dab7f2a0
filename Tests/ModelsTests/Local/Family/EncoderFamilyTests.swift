import Foundation
import TestSupport
import Testing

@testable import Models

/// The small models of `fixtures/models`, as `scripts/make-model-fixtures` makes them.
enum SmallModel {
    static let embedders = ["bert-mean", "bert-cls", "mpnet-mean", "xlm-roberta-mean"]
    static let crossEncoders = ["bert-cross", "xlm-roberta-cross", "mpnet-cross"]

    static func folder(_ name: String) -> URL { Fixtures.url("models/\(name)") }

    /// A copy of a model with one file changed.
    static func copy(
        _ name: String, changing file: String, _ change: (Data) throws -> Data?
    ) throws -> TemporaryDirectory {
        let copy = try TemporaryDirectory()
        let source = folder(name)
        for path in try FileManager.default.subpathsOfDirectory(atPath: source.path) {
            var isFolder: ObjCBool = false
            let from = source.appending(path: path)
            guard FileManager.default.fileExists(atPath: from.path, isDirectory: &isFolder),
                !isFolder.boolValue
            else { continue }
            let data = try Data(contentsOf: from)
            guard let data = path == file ? try change(data) : data else { continue }
            let target = copy.url.appending(path: path)
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try data.write(to: target)
        }
        return copy
    }

    static func replacing(_ old: String, _ new: String) -> (Data) throws -> Data? {
        { data in
            let text = String(decoding: data, as: UTF8.self)
            try #require(text.contains(old))
            return Data(text.replacingOccurrences(of: old, with: new).utf8)
        }
    }
}

private struct ExpectedVector: Decodable {
    var text: String
    var purpose: String
    var ids: [Int32]
    private var vector: String

    var floats: [Float] { decodedFloats(vector) }
}

private struct ExpectedScore: Decodable {
    var question: String
    var passage: String
    var ids: [Int32]
    var score: Double
}

/// Little-endian 32-bit floats in base64.
func decodedFloats(_ text: String) -> [Float] {
    let bytes = [UInt8](Data(base64Encoded: text) ?? Data())
    return stride(from: 0, to: bytes.count - 3, by: 4).map { i in
        Float(bitPattern: bytes[i..<(i + 4)].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) })
    }
}

@Suite(.timeLimit(.minutes(5))) struct `The encoder's family` {
    @Test(arguments: SmallModel.embedders)
    func `embeds as an independent implementation does`(name: String) async throws {
        let folder = SmallModel.folder(name)
        let embedder = try LocalEmbedder(folder: folder, threads: 2)
        let tokenizer = try EncoderFolder(folder).tokenizer
        let embedding = try SentenceEmbedding(folder: folder)
        let rows = try Fixtures.jsonLines("models/\(name)/expected.jsonl", as: ExpectedVector.self)
        #expect(rows.count > 10)
        for row in rows {
            let purpose: EmbeddingPurpose = row.purpose == "query" ? .query : .passage
            let ids = tokenizer.encode(
                embedding.prefix(purpose) + row.text, maxTokens: embedder.model.maxTokens)
            #expect(ids == row.ids, "\(row.text.prefix(40).debugDescription)")
            let vector = try await embedder.embed([row.text], purpose: purpose)[0]
            #expect(largestDifference(vector, row.floats) < 1e-4, "\(row.text.prefix(40).debugDescription)")
        }
        let all = try await embedder.embed(rows.filter { $0.purpose == "passage" }.map(\.text))
        for (vector, row) in zip(all, rows.filter { $0.purpose == "passage" }) {
            #expect(largestDifference(vector, row.floats) < 1e-4)
        }
    }

    @Test(arguments: SmallModel.crossEncoders, [PackedProduct.Precision.floats, .codes])
    func `scores pairs as an independent implementation does`(
        name: String, precision: PackedProduct.Precision
    ) async throws {
        let folder = SmallModel.folder(name)
        let reranker = try CrossEncoderReranker(
            modelDirectory: folder, name: nil, maxTokens: 512, threads: 1, precision: precision)
        let tokenizer = try EncoderFolder(folder).tokenizer
        for row in try Fixtures.jsonLines("models/\(name)/expected.jsonl", as: ExpectedScore.self) {
            #expect(
                tokenizer.encodePair(row.question, row.passage, maxTokens: 60).ids.prefix(60) == row.ids[...])
            let score = try await reranker.scores(row.question, [row.passage])[0]
            // Bytes cost what a hidden width of 32 makes them cost: rounding is averaged over few terms.
            #expect(abs(score - row.score) < (precision == .floats ? 1e-3 : 0.15), "\(row.question)")
        }
    }

    @Test func `vectors of other weights, prefixes or pooling never share a name`() throws {
        let folder = SmallModel.folder("bert-mean")
        let standard = try LocalEmbedder(folder: folder, threads: 1).model.name
        #expect(standard.hasPrefix("bert-mean#"))
        #expect(try LocalEmbedder(folder: folder, threads: 2).model.name == standard)
        let others = [
            SentenceEmbedding(), SentenceEmbedding(pooling: .cls),
            SentenceEmbedding(queryPrefix: "query: "), SentenceEmbedding(passagePrefix: "query: "),
        ]
        let names = try others.map { try LocalEmbedder(folder: folder, embedding: $0, threads: 1).model.name }
        #expect(Set(names + [standard]).count == 5)
    }

    @Test func `the default model is one of the family`() async throws {
        let general = try LocalEmbedder(folder: LocalModelFolder.url, maxTokens: 256, threads: 1)
        let standard = try LocalModelFolder.embedder.get()
        let texts = ["How do I reset my password?", "Failover takes ten minutes."]
        #expect(try await general.embed(texts) == standard.embed(texts))
        #expect(standard.model.name == "all-MiniLM-L6-v2")
    }

    @Test func `distances share a bucket as in T5`() {
        let buckets = [-200, -128, -127, -64, -16, -8, -7, -1, 0, 1, 7, 8, 16, 64, 127, 128, 200].map {
            RelativePosition.bucket($0, of: 32)
        }
        #expect(buckets == [15, 15, 15, 14, 10, 8, 7, 1, 0, 17, 23, 24, 26, 30, 31, 31, 31])
    }
}

@Suite struct `Model folders that cannot be used` {
    private func error(_ folder: URL, _ open: (URL) throws -> Void) -> ModelsError? {
        do {
            try open(folder)
            return nil
        } catch { return error as? ModelsError }
    }

    private func reason(
        _ model: String, changing file: String, _ change: (Data) throws -> Data?
    ) throws -> String {
        let folder = try SmallModel.copy(model, changing: file, change)
        let error = error(folder.url) {
            _ = try EncoderFolder($0)
            _ = try SentenceEmbedding(folder: $0)
        }
        switch error {
        case .missing(let path): return "missing: \(path.dropFirst(folder.url.path.count + 1))"
        case .unsupported(let path, let reason):
            #expect(path.hasPrefix(folder.url.path))
            return "unsupported: \(reason)"
        case .damaged(let path, let reason):
            #expect(path.hasPrefix(folder.url.path))
            return "damaged: \(reason)"
        default: return "\(String(describing: error))"
        }
    }

    @Test(arguments: ["config.json", "tokenizer.json", "model.safetensors"])
    func `a missing file is named`(file: String) throws {
        #expect(try reason("bert-cls", changing: file) { _ in nil } == "missing: \(file)")
    }

    @Test(arguments: [
        (
            #""bert""#, #""gpt2""#,
            "unsupported: model_type is gpt2, expected bert, roberta, xlm-roberta, camembert or mpnet"
        ),
        (#""gelu_new""#, #""swish""#, "unsupported: hidden_act is swish, expected gelu, gelu_new or relu"),
        (#""hidden_size": 32"#, #""hidden_size": -32"#, "damaged: hidden_size is -32, expected 8 to 16384"),
        (
            #""hidden_size": 32"#, #""hidden_size": "32""#,
            "damaged: hidden_size is of another type than expected"
        ),
        (#""hidden_size": 32"#, #""hidden_sise": 32"#, "damaged: hidden_size is missing"),
        (
            #""num_attention_heads": 4"#, #""num_attention_heads": 5"#,
            "damaged: hidden_size 32 is not a multiple of num_attention_heads 5"
        ),
        (
            #""num_hidden_layers": 3"#, #""num_hidden_layers": 4"#,
            "unsupported: it has no tensor encoder.layer.3.attention.self.query.weight"
        ),
        (
            #""intermediate_size": 64"#, #""intermediate_size": 65"#,
            "unsupported: encoder.layer.0.intermediate.dense.weight has the shape [64, 32], expected "
                + "[65, 32]"
        ),
        (
            #""vocab_size": 155"#, #""vocab_size": 150"#,
            "unsupported: embeddings.word_embeddings.weight has the shape [155, 32], expected [150, 32]"
        ),
        ("{", "[", "damaged: the file is not sound JSON"),
    ])
    func `a configuration that does not fit says why`(old: String, new: String, expected: String) throws {
        #expect(try reason("bert-cls", changing: "config.json", SmallModel.replacing(old, new)) == expected)
    }

    @Test(arguments: [
        (
            #""type":"WordPiece""#, #""type":"BPE""#,
            "unsupported: its tokenizer is BPE, expected WordPiece or Unigram"
        ),
        (
            #""lowercase":true"#, #""lowercase":false"#,
            "unsupported: its WordPiece keeps case or accents, expected one that does not"
        ),
        (
            #""TemplateProcessing""#, #""ByteLevel""#,
            "unsupported: its post_processor is ByteLevel, which is not known"
        ),
        (#""BertNormalizer""#, #""NFD""#, "unsupported: its normalizer is NFD, expected BertNormalizer"),
        (#""[SEP]":"#, #""[SEPT]":"#, "damaged: [CLS] or [SEP] is not in its vocabulary"),
        (
            "\"##over\":154", "\"##over\":155",
            "unsupported: it has 156 pieces; the model's word table has 155 rows"
        ),
    ])
    func `a tokenizer of another kind says why`(old: String, new: String, expected: String) throws {
        #expect(
            try reason("bert-cls", changing: "tokenizer.json", SmallModel.replacing(old, new)) == expected)
    }

    @Test(arguments: [
        (#""unk_id":3"#, #""unk_id":3000"#, "damaged: unk_id is 3000; it has 108 pieces"),
        (
            #""type":"Metaspace""#, #""type":"ByteLevel""#,
            "unsupported: its pre_tokenizer is ByteLevel, expected Metaspace"
        ),
        (
            #""type":"Strip""#, #""type":"NFD""#,
            "unsupported: its normalizer has the step NFD, which is not known"
        ),
        (
            #""precompiled_charsmap":"A"#, #""precompiled_charsmap":"/"#,
            "damaged: its precompiled_charsmap cannot be read"
        ),
    ])
    func `a Unigram tokenizer that does not fit says why`(old: String, new: String, expected: String) throws {
        let reason = try reason(
            "xlm-roberta-mean", changing: "tokenizer.json", SmallModel.replacing(old, new))
        #expect(reason == expected)
    }

    @Test(arguments: [
        (
            #""pooling_mode_cls_token": true"#, #""pooling_mode_max_tokens": true"#,
            "unsupported: it pools by pooling_mode_max_tokens, expected mean or cls"
        )
    ])
    func `a pooling that is not known is named`(old: String, new: String, expected: String) throws {
        let change: (Data) throws -> Data? = { data in
            let text = String(decoding: data, as: UTF8.self).replacingOccurrences(
                of: #", "pooling_mode_max_tokens": false"#, with: "")
            return try SmallModel.replacing(old, new)(Data(text.utf8))
        }
        #expect(try reason("bert-cls", changing: "1_Pooling/config.json", change) == expected)
    }

    @Test func `an index that leads out of its folder is damaged`() throws {
        let change = SmallModel.replacing("model-00002-of-00002", "../model-00002-of-00002")
        let reason = try reason("xlm-roberta-mean", changing: "model.safetensors.index.json", change)
        #expect(reason == "damaged: it names no files, or files outside its folder")
    }

    @Test func `a part of the weights that is not there is named`() throws {
        let reason = try reason("xlm-roberta-mean", changing: "model-00002-of-00002.safetensors") { _ in nil }
        #expect(reason == "missing: model-00002-of-00002.safetensors")
    }

    @Test func `weights of integers are not taken for floats`() throws {
        let reason = try reason("bert-cls", changing: "model.safetensors") { data in
            var copy = data
            while let range = copy.range(of: Data(#""dtype":"BF16""#.utf8)) {
                copy.replaceSubrange(range, with: Data(#""dtype":"I16" "#.utf8))
            }
            return copy
        }
        #expect(
            reason == "unsupported: embeddings.word_embeddings.weight is of I16, expected F32, F16 or BF16")
    }

    @Test func `a model without a classifier is no cross-encoder, nor one of many labels`() throws {
        func reason(_ folder: URL) -> String? {
            guard
                case .unsupported(_, let reason)? = error(
                    folder, { _ = try CrossEncoderReranker(modelDirectory: $0, threads: 1) })
            else { return nil }
            return reason
        }
        #expect(
            reason(SmallModel.folder("bert-mean"))
                == "its architecture has no classifier, expected …ForSequenceClassification")
        let many = try SmallModel.copy(
            "bert-cross", changing: "config.json",
            SmallModel.replacing(#""id2label""#, #""num_labels": 3, "id2label""#))
        #expect(reason(many.url) == "its classifier has 3 labels, expected 1 or 2")
    }
}

@Suite struct `Lengths of a pair` {
    @Test(arguments: [
        (3, 4, 10, 3, 4), (3, 40, 10, 3, 7), (40, 3, 10, 7, 3), (40, 30, 10, 5, 5), (30, 40, 11, 5, 6),
        (40, 30, 11, 6, 5), (0, 40, 10, 0, 10), (5, 6, 10, 5, 5),
    ])
    func `the longer text gives way first`(_ sizes: (Int, Int, Int, Int, Int)) {
        let fit = PairLength.fit(sizes.0, sizes.1, room: sizes.2)
        #expect(fit.first == sizes.3 && fit.second == sizes.4)
    }
}
