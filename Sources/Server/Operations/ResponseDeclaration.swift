import HTTPTypes

/// What a WebSocket is for, and how large its messages may be.
struct SocketDeclaration: Sendable, Hashable {
    /// What the client sends, for people.
    var receives: String
    /// What the server sends, for people.
    var sends: String
    /// Bytes that a message of the client may have, fragments together.
    var messageLimitBytes: Int
}

/// One of the ways in which an operation answers when nothing goes wrong.
struct ResponseDeclaration: Sendable, Hashable {
    /// What the response carries.
    enum Content: Sendable, Hashable {
        case none
        case json(JSONSchema)
        /// Server-sent events, each with the schema of its `data`.
        case events([EventDeclaration])
        /// Bytes of one of these types.
        case bytes(contentType: String)
        /// A WebSocket, which the connection is from then on.
        case socket(SocketDeclaration)
    }

    struct EventDeclaration: Sendable, Hashable {
        var name: String
        var schema: JSONSchema
    }

    var status: Int
    var summary: String
    var content: Content

    static func json(
        _ type: (some ResponseDocument).Type, status: Int = 200, _ summary: String
    ) -> ResponseDeclaration {
        ResponseDeclaration(status: status, summary: summary, content: .json(type.schema))
    }

    static func events(_ events: [EventDeclaration], _ summary: String) -> ResponseDeclaration {
        ResponseDeclaration(status: 200, summary: summary, content: .events(events))
    }

    static func bytes(_ contentType: String, _ summary: String) -> ResponseDeclaration {
        ResponseDeclaration(status: 200, summary: summary, content: .bytes(contentType: contentType))
    }

    /// One range of the bytes; several come as `multipart/byteranges`.
    static func part(_ contentType: String) -> ResponseDeclaration {
        ResponseDeclaration(
            status: 206, summary: "the ranges asked for", content: .bytes(contentType: contentType))
    }

    /// The client has this version already.
    static let notModified = ResponseDeclaration(
        status: 304, summary: "the client has it already", content: .none)
}
