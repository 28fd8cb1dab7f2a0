import Foundation

/// What a checkpoint's `config.json` says of its encoder.
struct EncoderConfiguration: Sendable, Equatable {
    var shape: EncoderShape
    /// Numbers that its classifier gives; 0 if it has none.
    var labels: Int

    /// Reads `config.json` in `directory`.
    ///
    /// - Throws: ``ModelsError/missing(file:)``, ``ModelsError/unreadable(file:reason:)``;
    ///   ``ModelsError/damaged(file:reason:)`` for what is no JSON or contradicts itself;
    ///   ``ModelsError/unsupported(file:reason:)`` for a sound one of another architecture.
    init(_ directory: URL) throws(ModelsError) {
        let file = directory.appending(path: "config.json")
        let json = try ModelJSON.read(file, as: Content.self)
        let family: EncoderShape.Family
        switch json.model_type {
        case "bert": family = .bert
        case "roberta", "xlm-roberta", "camembert": family = .roberta
        case "mpnet": family = .mpnet
        default:
            throw .unsupported(
                file: file.path,
                reason: """
                    model_type is \(json.model_type ?? "missing"), expected bert, roberta, xlm-roberta, \
                    camembert or mpnet
                    """)
        }
        func refuse(_ reason: String) -> ModelsError { .unsupported(file: file.path, reason: reason) }
        if let positions = json.position_embedding_type, positions != "absolute" {
            throw refuse("position_embedding_type is \(positions), expected absolute")
        }
        let activation: EncoderShape.Activation
        switch json.hidden_act ?? "gelu" {
        case "gelu": activation = .gelu
        case "gelu_new", "gelu_pytorch_tanh": activation = .geluTanh
        case "relu": activation = .relu
        case let other: throw refuse("hidden_act is \(other), expected gelu, gelu_new or relu")
        }
        shape = EncoderShape(
            family: family, layers: json.num_hidden_layers, hidden: json.hidden_size,
            heads: json.num_attention_heads, intermediate: json.intermediate_size,
            vocabulary: json.vocab_size, positions: json.max_position_embeddings,
            types: family == .mpnet ? 0 : json.type_vocab_size ?? 2, epsilon: json.layer_norm_eps ?? 1e-12,
            activation: activation,
            relativeBuckets: family == .mpnet ? json.relative_attention_num_buckets ?? 32 : 0)
        labels =
            json.architectures?.contains { $0.hasSuffix("ForSequenceClassification") } == true
            ? json.num_labels ?? json.id2label?.count ?? 2 : 0
        try Self.check(shape, labels: labels, file: file)
    }

    /// Refuses numbers that no network has, before any memory is asked for on their account.
    private static func check(_ shape: EncoderShape, labels: Int, file: URL) throws(ModelsError) {
        let numbers = [
            ("num_hidden_layers", shape.layers, 1...256), ("hidden_size", shape.hidden, 8...16_384),
            ("num_attention_heads", shape.heads, 1...1024),
            ("intermediate_size", shape.intermediate, 1...65_536),
            ("vocab_size", shape.vocabulary, 1...4_000_000),
            ("max_position_embeddings", shape.positions, (shape.firstPosition + 8)...65_536),
            ("type_vocab_size", shape.types, (shape.family == .mpnet ? 0 : 1)...16),
            ("id2label", labels, 0...10_000),
            ("relative_attention_num_buckets", shape.relativeBuckets, 0...1024),
        ]
        for (key, value, allowed) in numbers where !allowed.contains(value) {
            throw .damaged(
                file: file.path,
                reason: "\(key) is \(value), expected \(allowed.lowerBound) to \(allowed.upperBound)")
        }
        guard shape.hidden % shape.heads == 0 else {
            throw .damaged(
                file: file.path,
                reason: "hidden_size \(shape.hidden) is not a multiple of num_attention_heads \(shape.heads)")
        }
        guard shape.hidden % 8 == 0 else {
            throw .unsupported(
                file: file.path, reason: "hidden_size is \(shape.hidden), expected a multiple of 8")
        }
        guard shape.epsilon >= 0, shape.epsilon < 1 else {
            throw .damaged(file: file.path, reason: "layer_norm_eps is \(shape.epsilon), expected 0 to 1")
        }
    }

    private struct Content: Decodable {
        var model_type: String?
        var architectures: [String]?
        var hidden_size: Int
        var num_hidden_layers: Int
        var num_attention_heads: Int
        var intermediate_size: Int
        var vocab_size: Int
        var max_position_embeddings: Int
        var type_vocab_size: Int?
        var layer_norm_eps: Float?
        var hidden_act: String?
        var position_embedding_type: String?
        var relative_attention_num_buckets: Int?
        var num_labels: Int?
        var id2label: [String: String]?
    }
}

/// Reads the JSON files of a model's folder.
enum ModelJSON {
    static func read<Content: Decodable>(_ file: URL, as type: Content.Type) throws(ModelsError) -> Content {
        guard let content = try readIfThere(file, as: type) else { throw .missing(file: file.path) }
        return content
    }

    /// `nil` if there is no such file.
    static func readIfThere<Content: Decodable>(
        _ file: URL, as type: Content.Type
    ) throws(ModelsError) -> Content? {
        guard FileManager.default.fileExists(atPath: file.path) else { return nil }
        do {
            return try JSONDecoder().decode(type, from: try Data(contentsOf: file))
        } catch let error as DecodingError {
            throw .damaged(file: file.path, reason: reason(error))
        } catch {
            throw .unreadable(file: file.path, reason: error.localizedDescription)
        }
    }

    /// Where in the file, and what is wrong there.
    private static func reason(_ error: DecodingError) -> String {
        func place(_ context: DecodingError.Context) -> String {
            let path = context.codingPath.map(\.stringValue).joined(separator: ".")
            return path.isEmpty ? "the file" : path
        }
        switch error {
        case .keyNotFound(let key, let context):
            let path = context.codingPath.map(\.stringValue) + [key.stringValue]
            return "\(path.joined(separator: ".")) is missing"
        case .typeMismatch(_, let context), .valueNotFound(_, let context):
            return "\(place(context)) is of another type than expected"
        case .dataCorrupted(let context):
            return "\(place(context)) is not sound JSON"
        @unknown default: return "it cannot be decoded"
        }
    }
}
