import JSONValue

/// Where a knowledge base has a passage from.
public struct KnowledgeBaseLocation: Sendable, Hashable {
    /// What kind of place it is.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        case s3 = "S3"
        case web = "WEB"
        case confluence = "CONFLUENCE"
        case salesforce = "SALESFORCE"
        case sharePoint = "SHAREPOINT"
        case custom = "CUSTOM"
        case kendra = "KENDRA"
        case sql = "SQL"
        case oneDrive = "ONEDRIVE"
        case googleDrive = "GOOGLEDRIVE"
        /// One that came later than this list.
        case other = ""
    }

    public var kind: Kind
    /// The document's URI or URL; of ``Kind/custom`` its id, of ``Kind/sql`` the query that gave the passage.
    public var uri: String?

    public init(kind: Kind, uri: String?) {
        self.kind = kind
        self.uri = uri
    }
}

/// A passage that a knowledge base found.
public struct KnowledgeBaseResult: Sendable, Hashable {
    /// The passage; of a row its columns, a line each; of a recording what was said or is shown. Empty where
    /// there is no text, of an image say.
    public var text: String
    /// Larger is better; `nil` where Bedrock tells none.
    public var score: Double?
    public var location: KnowledgeBaseLocation?
    /// Only managed knowledge bases tell one.
    public var documentID: String?
    public var metadata: [String: JSONValue]
}

/// What a query found.
public struct KnowledgeBaseRetrieval: Sendable, Hashable {
    /// Best first.
    public var results: [KnowledgeBaseResult]
    /// Whether the guardrail changed or withheld something.
    public var hasGuardrailIntervened: Bool
    /// AWS's id of the request in which it did.
    public var interventionID: String?
}

extension KnowledgeBaseResult {
    /// `nil` where there is no content.
    init?(_ json: JSONValue) {
        guard let content = json["content"], content.object != nil else { return nil }
        text = Self.text(content)
        score = json["score"]?.double
        location = json["location"].flatMap(KnowledgeBaseLocation.init)
        documentID = json["documentId"]?.string
        metadata = json["metadata"]?.object ?? [:]
    }

    private static func text(_ content: JSONValue) -> String {
        if let text = content["text"]?.string, !text.isEmpty { return text }
        if let row = content["row"]?.array {
            return row.compactMap { column in
                guard let name = column["columnName"]?.string, let value = column["columnValue"]?.string
                else {
                    return nil
                }
                return "\(name): \(value)"
            }.joined(separator: "\n")
        }
        return content["audio"]?["transcription"]?.string ?? content["video"]?["summary"]?.string ?? ""
    }
}

extension KnowledgeBaseLocation {
    /// Each kind has a member of its own; the one that its name tells has the place.
    init?(_ json: JSONValue) {
        guard let type = json["type"]?.string else { return nil }
        kind = Kind(rawValue: type) ?? .other
        let place: JSONValue? =
            switch kind {
            case .s3: json["s3Location"]?["uri"]
            case .web: json["webLocation"]?["url"]
            case .confluence: json["confluenceLocation"]?["url"]
            case .salesforce: json["salesforceLocation"]?["url"]
            case .sharePoint: json["sharePointLocation"]?["url"]
            case .custom: json["customDocumentLocation"]?["id"]
            case .kendra: json["kendraDocumentLocation"]?["uri"]
            case .sql: json["sqlLocation"]?["query"]
            case .oneDrive: json["oneDriveLocation"]?["url"]
            case .googleDrive: json["googleDriveLocation"]?["url"]
            case .other: nil
            }
        uri = place?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
