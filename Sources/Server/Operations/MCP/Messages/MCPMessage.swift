import JSONValue

/// What a client asks for, as JSON-RPC 2.0 lays it out.
struct MCPRequest: Sendable, Hashable {
    /// A text or a whole number, given back as it came.
    var id: JSONValue
    var method: String
    var params: [String: JSONValue]

    /// Facts about the request itself.
    var meta: [String: JSONValue]? { params["_meta"]?.object }

    /// What notifications of progress are marked with, where the client wants them.
    var progressToken: JSONValue? {
        switch meta?["progressToken"] {
        case .string(let token)? where token.utf8.count <= MCPMessage.idLimitBytes: .string(token)
        case .integer(let token)?: .integer(token)
        default: nil
        }
    }
}

/// One message of a client.
enum MCPMessage: Sendable, Hashable {
    case request(MCPRequest)
    /// Nothing is answered.
    case notification(method: String)
    /// Nothing was asked, so that nothing is made of it.
    case response

    /// A message that is none, with the id that its answer carries: null where it has none.
    struct Refusal: Error, Sendable, Hashable {
        var id: JSONValue
        var fault: MCPFault
    }

    /// Bytes of UTF-8 that an id may have: it is sent back.
    static let idLimitBytes = 1_024

    /// - Throws: ``Refusal``.
    init(_ json: JSONValue) throws(Refusal) {
        guard let object = json.object else {
            throw Self.refusal("A message must be an object.")
        }
        guard object["jsonrpc"] == .string("2.0") else {
            throw Self.refusal("“jsonrpc” must be “2.0”.")
        }
        guard let named = object["method"] else {
            guard object.keys.contains("result") || object.keys.contains("error") else {
                throw Self.refusal("“method” is missing.")
            }
            self = .response
            return
        }
        guard let method = named.string else {
            throw Self.refusal("“method” must be a text.")
        }
        guard let given = object["id"] else {
            self = .notification(method: method)
            return
        }
        let id = try Self.checked(given)
        guard let params = object["params"] else {
            self = .request(MCPRequest(id: id, method: method, params: [:]))
            return
        }
        guard let params = params.object else {
            throw Refusal(id: id, fault: MCPFault(.invalidParameters, "“params” must be an object."))
        }
        self = .request(MCPRequest(id: id, method: method, params: params))
    }

    private static func checked(_ id: JSONValue) throws(Refusal) -> JSONValue {
        switch id {
        case .string(let text) where text.utf8.count <= idLimitBytes: return id
        case .string: throw refusal("“id” must have \(idLimitBytes) bytes at most.")
        case .integer: return id
        default: throw refusal("“id” must be a text or a whole number of 64 bits.")
        }
    }

    private static func refusal(_ message: String) -> Refusal {
        Refusal(id: .null, fault: MCPFault(.invalidRequest, message))
    }
}
