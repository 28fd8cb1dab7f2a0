import Crypto
import Foundation

/// An encoder of the BERT family in a folder, as model hubs have them.
///
/// `config.json`; `tokenizer.json` or `vocab.txt`; `model.safetensors`, or its parts with
/// `model.safetensors.index.json`; and, where they are there, `1_Pooling/config.json`, `modules.json`,
/// `sentence_bert_config.json`, `tokenizer_config.json` and `config_sentence_transformers.json`.
struct EncoderFolder: Sendable {
    let directory: URL
    let configuration: EncoderConfiguration
    let tokenizer: any PairTokenizer
    let tensors: TensorSet
    /// Tokens of a text that are read: the least of what the folder's files allow.
    let maxTokens: Int

    init(_ directory: URL) throws(ModelsError) {
        self.directory = directory
        configuration = try EncoderConfiguration(directory)
        let shape = configuration.shape
        tensors = TensorSet(
            try Self.files(directory).map { file throws(ModelsError) in try Safetensors(file: file) },
            prefixes: ["", "bert.", "roberta.", "mpnet."])
        try TransformerWeights.check(tensors, shape)
        tokenizer = try TokenizerFile.open(directory, family: shape.family)
        guard tokenizer.vocabularyCount <= shape.vocabulary else {
            throw .unsupported(
                file: directory.appending(path: "tokenizer.json").path,
                reason: """
                    it has \(tokenizer.vocabularyCount) pieces; the model's word table has \
                    \(shape.vocabulary) rows
                    """)
        }
        let limits = [
            try ModelJSON.readIfThere(
                directory.appending(path: "sentence_bert_config.json"), as: Lengths.self),
            try ModelJSON.readIfThere(directory.appending(path: "tokenizer_config.json"), as: Lengths.self),
        ].compactMap { $0?.least }
        maxTokens = ([shape.positions - shape.firstPosition] + limits.filter { $0 >= 8 }).min() ?? 8
    }

    /// The files of weights: one, or the parts that the index names.
    static func files(_ directory: URL) throws(ModelsError) -> [URL] {
        let whole = directory.appending(path: "model.safetensors")
        let index = directory.appending(path: "model.safetensors.index.json")
        guard !FileManager.default.fileExists(atPath: whole.path),
            let content = try ModelJSON.readIfThere(index, as: Index.self)
        else { return [whole] }
        let names = Set(content.weight_map.values).sorted()
        guard !names.isEmpty, names.allSatisfy({ !$0.contains("/") && $0.hasSuffix(".safetensors") }) else {
            throw .damaged(file: index.path, reason: "it names no files, or files outside its folder")
        }
        return names.map { directory.appending(path: $0) }
    }

    /// The SHA-256 of all files of weights, in hexadecimal: what vectors of this model hang on.
    func weightsHash() throws(ModelsError) -> String {
        var hash = SHA256()
        for file in try Self.files(directory) {
            try MappedFile(file).withBytes { bytes in
                bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
            }
        }
        return hash.finalize().hexadecimal
    }

    private struct Index: Decodable {
        var weight_map: [String: String]
    }

    private struct Lengths: Decodable {
        var max_seq_length: Int?
        /// Hubs write 10³⁰ for "no limit".
        var model_max_length: Double?

        var least: Int? {
            [max_seq_length, model_max_length.flatMap { $0 < 1e6 ? Int(exactly: $0.rounded()) : nil }]
                .compactMap(\.self).min()
        }
    }
}

extension Sequence<UInt8> {
    /// Two digits a byte.
    var hexadecimal: String {
        map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }
}
