/// The request formats of Bedrock's embedding models.
public enum BedrockEmbeddingFamily: String, Sendable, CaseIterable {
    case titanV1 = "titan-v1"
    case titanV2 = "titan-v2"
    case cohereV3 = "cohere-v3"
    case cohereV4 = "cohere-v4"
    case nova

    static var names: String { allCases.map(\.rawValue).joined(separator: ", ") }

    /// By what stands in a model's id, in the id of its inference profile (`eu.cohere.embed-v4:0`) or at an ARN's end.
    ///
    /// - Returns: `nil` for an ARN that names no model, such as one of provisioned throughput, and for other models.
    public init?(modelID: String) {
        let id = Self.bareID(modelID)
        let beginnings: [(String, BedrockEmbeddingFamily)] = [
            ("amazon.titan-embed-text-v1", .titanV1), ("amazon.titan-embed-g1-text", .titanV1),
            ("amazon.titan-embed-text-v2", .titanV2), ("cohere.embed-english-v3", .cohereV3),
            ("cohere.embed-multilingual-v3", .cohereV3), ("cohere.embed-v4", .cohereV4),
            ("amazon.nova-2-multimodal-embeddings", .nova),
        ]
        guard let family = beginnings.first(where: { id.hasPrefix($0.0) })?.1 else { return nil }
        self = family
    }

    /// The id without an ARN's beginning and without an inference profile's geography.
    private static func bareID(_ modelID: String) -> Substring {
        let last = modelID.split(separator: "/").last ?? ""
        for geography in ["us.", "eu.", "apac.", "jp.", "au.", "us-gov.", "global."]
        where last.hasPrefix(geography) {
            return last.dropFirst(geography.count)
        }
        return last
    }

    /// Under what vectors are kept: the same for a model, its inference profiles and provisioned throughput.
    func name(of modelID: String) -> String {
        if BedrockEmbeddingFamily(modelID: modelID) != nil { return String(Self.bareID(modelID)) }
        return switch self {
        case .titanV1: "amazon.titan-embed-text-v1"
        case .titanV2: "amazon.titan-embed-text-v2:0"
        // Two models of one format, whose vectors may not be mixed: the whole id tells them apart.
        case .cohereV3: modelID
        case .cohereV4: "cohere.embed-v4:0"
        case .nova: "amazon.nova-2-multimodal-embeddings-v1:0"
        }
    }

    /// Lengths of vectors that it makes, the standard one first.
    var dimensions: [Int] {
        switch self {
        case .titanV1: [1536]
        case .titanV2: [1024, 512, 256]
        case .cohereV3: [1024]
        case .cohereV4: [1536, 1024, 512, 256]
        case .nova: [1024, 3072, 384, 256]
        }
    }

    /// Tokens of a text that it reads.
    var maxTokens: Int {
        switch self {
        case .titanV1, .titanV2, .nova: 8_192
        case .cohereV3: 512
        case .cohereV4: 128_000
        }
    }

    var knowsBytes: Bool { self == .cohereV3 || self == .cohereV4 }

    func format(dimension: Int, comesInBytes: Bool) -> any BedrockEmbeddingFormat {
        switch self {
        case .titanV1: TitanFormat(dimension: nil)
        case .titanV2: TitanFormat(dimension: dimension)
        case .cohereV3: CohereFormat(dimension: nil, maxCharacters: 2_048, comesInBytes: comesInBytes)
        case .cohereV4:
            CohereFormat(dimension: dimension, maxCharacters: 400_000, comesInBytes: comesInBytes)
        case .nova: NovaFormat(dimension: dimension)
        }
    }
}
