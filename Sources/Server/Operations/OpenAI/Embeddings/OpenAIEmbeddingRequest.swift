import JSONValue
import Models

/// What `POST /v1/embeddings` is asked for.
struct OpenAIEmbeddingRequest: Sendable {
    enum Encoding: String, Sendable, CaseIterable {
        case float, base64
    }

    var texts: [String]
    var encoding: Encoding
    var purpose: EmbeddingPurpose

    /// Texts of a request, as OpenAI limits them.
    static let textLimit = 2_048
    /// Bytes of UTF-8 of a text.
    static let textByteLimit = 1 << 20

    static var schema: JSONSchema {
        let text: JSONValue = ["type": "string", "minLength": 1]
        return JSONSchema([
            "type": "object", "required": ["model", "input"],
            "properties": [
                "model": [
                    "type": "string", "minLength": 1,
                    "description": "the model that the corpus is embedded by",
                ],
                "input": [
                    "anyOf": [
                        text,
                        ["type": "array", "minItems": 1, "maxItems": .integer(textLimit), "items": text],
                    ]
                ],
                "encoding_format": ["enum": ["float", "base64", nil]],
                "dimensions": [
                    "type": ["integer", "null"], "description": "those of the model, if it is given at all",
                ],
                "input_type": [
                    "enum": ["passage", "document", "query", nil],
                    "description": "what is embedded, for models that embed a question otherwise",
                ],
            ],
        ]).named("OpenAIEmbeddingRequest")
    }

    /// - Throws: ``RequestFault/invalidField(name:reason:)``.
    init(_ body: JSONValue, for model: EmbeddingModel) throws(RequestFault) {
        texts = try Self.texts(body["input"])
        let format = try body.text("encoding_format") ?? "float"
        guard let encoding = Encoding(rawValue: format) else {
            throw .invalidField(name: "encoding_format", reason: "must be float or base64")
        }
        self.encoding = encoding
        if let dimensions = try body.wholeNumber("dimensions", in: 1...Int(Int32.max)),
            dimensions != model.dimension
        {
            throw .invalidField(
                name: "dimensions",
                reason: "is \(dimensions); the vectors of \(model.name) have \(model.dimension)")
        }
        switch try body.text("input_type") {
        case nil, "passage"?, "document"?: purpose = .passage
        case "query"?: purpose = .query
        default: throw .invalidField(name: "input_type", reason: "must be passage, document or query")
        }
    }

    private static func texts(_ input: JSONValue?) throws(RequestFault) -> [String] {
        let given: [JSONValue]
        switch input {
        case .string?: given = [input ?? .null]
        case .array(let list)?: given = list
        default: throw .invalidField(name: "input", reason: "must be a text or a list of texts")
        }
        guard (1...textLimit).contains(given.count) else {
            throw .invalidField(
                name: "input", reason: "has \(given.count) texts; 1 to \(textLimit) are taken")
        }
        var texts: [String] = []
        for (offset, value) in given.enumerated() {
            guard let text = value.string else {
                throw .invalidField(
                    name: "input[\(offset)]",
                    reason: "must be a text: tokens are those of a model that is not here")
            }
            guard !text.isEmpty, text.utf8.count <= textByteLimit else {
                throw .invalidField(name: "input[\(offset)]", reason: "must have 1 to \(textByteLimit) bytes")
            }
            texts.append(text)
        }
        return texts
    }
}
