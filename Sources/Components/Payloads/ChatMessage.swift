import Flow
import JSONValue
import Models

/// One message of a conversation, as it travels along the edges of a flow.
public struct ChatMessage: JSONPayload, Hashable {
    /// Who says it.
    public enum Role: String, Sendable, Hashable, CaseIterable {
        case user, assistant, system, tool
    }

    public static let payloadName = "message"

    public var text: String
    public var role: Role
    /// The name that is shown with it, such as `User` or `AI`; empty for the role's own.
    public var name: String
    /// Names of files that came with it, as the file store knows them.
    public var files: [String]
    /// What its `[1]`, `[2]`, … stand for, in this order.
    public var citations: [Citation]
    /// Who kept the answer or a part of it back, and why; the text is their words then, as far as they have some. `nil`
    /// for a message that came whole.
    public var withheld: GuardrailIntervention?

    public init(
        _ text: String, role: Role = .user, name: String = "", files: [String] = [],
        citations: [Citation] = [], withheld: GuardrailIntervention? = nil
    ) {
        self.text = text
        self.role = role
        self.name = name
        self.files = files
        self.citations = citations
        self.withheld = withheld
    }

    /// A passage or page that a message rests on.
    public struct Citation: Sendable, Hashable {
        public var number: Int
        public var title: String
        /// Absolute; `nil` where the source has no address.
        public var url: String?
        /// The id of the passage in the corpus; `nil` for what is not of the corpus.
        public var passage: Int64?
        /// The words that it rests on, as they stand there.
        public var quote: String

        public init(number: Int, title: String, url: String?, passage: Int64?, quote: String) {
            self.number = number
            self.title = title
            self.url = url
            self.passage = passage
            self.quote = quote
        }
    }
}

extension ChatMessage {
    public static var jsonSchema: JSONValue {
        [
            "anyOf": [
                ["type": "string"],
                [
                    "type": "object", "required": ["text"],
                    "properties": [
                        "text": ["type": "string"],
                        "role": [
                            "type": "string", "enum": .array(Role.allCases.map { .string($0.rawValue) }),
                        ],
                        "name": ["type": "string"],
                        "files": ["type": "array", "items": ["type": "string"]],
                    ],
                ],
            ]
        ]
    }

    /// A text alone, or an object with `text`.
    public init(json: JSONValue) throws {
        if let text = json.string {
            self.init(text)
            return
        }
        guard let text = json["text"]?.string else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self.init(
            text, role: json["role"]?.string.flatMap { Role(rawValue: $0) } ?? .user,
            name: json["name"]?.string ?? "", files: json["files"]?.array?.compactMap(\.string) ?? [],
            citations: json["citations"]?.array?.compactMap { Citation(json: $0) } ?? [],
            withheld: json["withheld"].flatMap { GuardrailIntervention(json: $0) })
    }

    public var json: JSONValue {
        var members: [String: JSONValue] = ["text": .string(text), "role": .string(role.rawValue)]
        if !name.isEmpty { members["name"] = .string(name) }
        if !files.isEmpty { members["files"] = .array(files.map { .string($0) }) }
        if !citations.isEmpty { members["citations"] = .array(citations.map(\.json)) }
        if let withheld { members["withheld"] = withheld.json }
        return .object(members)
    }
}

extension ChatMessage.Citation {
    /// `nil` for what was not written by ``json``.
    public init?(json: JSONValue) {
        guard let number = json["number"]?.integer, let title = json["title"]?.string else { return nil }
        self.init(
            number: number, title: title, url: json["url"]?.string,
            passage: json["passage"]?.integer.map { Int64($0) }, quote: json["quote"]?.string ?? "")
    }

    public var json: JSONValue {
        var members: [String: JSONValue] = [
            "number": .integer(number), "title": .string(title), "quote": .string(quote),
        ]
        if let url { members["url"] = .string(url) }
        if let passage { members["passage"] = .integer(Int(passage)) }
        return .object(members)
    }
}
