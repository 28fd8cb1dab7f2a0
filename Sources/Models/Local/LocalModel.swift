import Foundation

/// The embedding model that Millrace runs itself: which files it has, and what they must be.
public enum LocalModel {
    /// The name its vectors are kept under.
    public static let name = "all-MiniLM-L6-v2"
    /// Floats in a vector.
    public static let dimension = 384
    /// Word pieces of a text that are read, `[CLS]` and `[SEP]` included.
    public static let maxTokens = 256
    /// What its vectors are kept under, and how it embeds.
    public static let model = EmbeddingModel(name: name, dimension: dimension, maxTokens: maxTokens)

    /// The files that must be in the model's folder, beside `config.json`, and their SHA-256 in hexadecimal.
    public static let files: [(name: String, sha256: String)] = [
        ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
        ("vocab.txt", "07eced375cec144d27c900241f3e339478dec958f92fddbc551f295c992038a3"),
    ]

    /// Checks everything about the files that can be seen without reading all of them: that they are there,
    /// that `config.json` describes this model, and that the header of `model.safetensors` is sound, names
    /// every tensor in its shape, and accounts for every byte of the file.
    ///
    /// ``LocalEmbedder`` does the same; this is for those that only want to know. Takes milliseconds.
    public static func verify(modelDirectory: URL) throws(ModelsError) {
        try checkConfiguration(modelDirectory)
        let tensors = try Safetensors(file: modelDirectory.appending(path: files[0].name))
        try TransformerWeights.check(TensorSet([tensors]), .miniLM)
        _ = try tokenizer(modelDirectory)
    }

    /// Opens `vocab.txt`, and refuses one that the model's word table does not fit.
    ///
    /// - Parameter known: what was made of that file before; `nil` to read it.
    static func tokenizer(
        _ directory: URL, known: WordPieceTokenizer? = nil
    ) throws(ModelsError) -> WordPieceTokenizer {
        let file = directory.appending(path: files[1].name)
        let tokenizer = if let known { known } else { try WordPieceTokenizer(vocabulary: file) }
        guard tokenizer.vocabularyCount == EncoderShape.miniLM.vocabulary else {
            throw .unsupported(
                file: file.path,
                reason: """
                    it has \(tokenizer.vocabularyCount) pieces, expected \(EncoderShape.miniLM.vocabulary)
                    """)
        }
        return tokenizer
    }

    /// Compares the SHA-256 of every file with the published one.
    ///
    /// Hashing reads all 91 MB, so it is for set-up and `doctor`; a start relies on
    /// ``verify(modelDirectory:)``.
    ///
    /// - Parameter sha256: the hash of a file's content, as hexadecimal digits.
    /// - Throws: ``ModelsError/wrongChecksum(file:expected:actual:)`` for the first file that differs, or
    ///   what `sha256` throws, as ``ModelsError/unreadable(file:reason:)``.
    public static func verifyChecksums(
        modelDirectory: URL, sha256: (URL) throws -> String
    ) throws(ModelsError) {
        for (name, expected) in files {
            let file = modelDirectory.appending(path: name)
            guard FileManager.default.fileExists(atPath: file.path) else { throw .missing(file: file.path) }
            let actual: String
            do {
                actual = try sha256(file).lowercased()
            } catch {
                throw .unreadable(file: file.path, reason: "\(error)")
            }
            guard actual == expected else {
                throw .wrongChecksum(file: file.path, expected: expected, actual: actual)
            }
        }
    }

    /// Refuses a folder whose `config.json` is of another network.
    static func checkConfiguration(_ directory: URL) throws(ModelsError) {
        let file = directory.appending(path: "config.json")
        guard FileManager.default.fileExists(atPath: file.path) else { throw .missing(file: file.path) }
        let configuration: Configuration
        do {
            configuration = try JSONDecoder().decode(Configuration.self, from: try Data(contentsOf: file))
        } catch let error as DecodingError {
            throw .damaged(file: file.path, reason: "\(error)")
        } catch {
            throw .unreadable(file: file.path, reason: error.localizedDescription)
        }
        for (key, actual, expected) in configuration.values where actual != expected {
            throw .unsupported(file: file.path, reason: "\(key) is \(actual), expected \(expected)")
        }
    }

    /// What of `config.json` shapes the network.
    private struct Configuration: Decodable {
        var hidden_size: Int
        var num_hidden_layers: Int
        var num_attention_heads: Int
        var intermediate_size: Int
        var hidden_act: String

        /// Each key with what the file says and what the encoder computes.
        var values: [(key: String, actual: String, expected: String)] {
            [
                ("hidden_size", "\(hidden_size)", "\(EncoderShape.miniLM.hidden)"),
                ("num_hidden_layers", "\(num_hidden_layers)", "\(EncoderShape.miniLM.layers)"),
                ("num_attention_heads", "\(num_attention_heads)", "\(EncoderShape.miniLM.heads)"),
                ("intermediate_size", "\(intermediate_size)", "\(EncoderShape.miniLM.intermediate)"),
                ("hidden_act", hidden_act, "gelu"),
            ]
        }
    }
}
