import Foundation
import JSONValue

/// A message of JSON-RPC 2.0 as a server sends it.
enum MCPMessage: Sendable, Hashable {
    case result(id: JSONValue, JSONValue)
    case failure(id: JSONValue, code: Int, message: String)
    /// The server asks something of us.
    case request(id: JSONValue, method: String)
    case notification(method: String)

    /// - Returns: `nil` for what is no message.
    init?(_ json: JSONValue) {
        guard json["jsonrpc"]?.string == "2.0" else { return nil }
        let id = json["id"] ?? .null
        if let method = json["method"]?.string {
            self = id == .null ? .notification(method: method) : .request(id: id, method: method)
        } else if let result = json["result"] {
            self = .result(id: id, result)
        } else if let error = json["error"], let code = error["code"]?.integer {
            let message = String((error["message"]?.string ?? "").prefix(1_000))
            self = .failure(id: id, code: code, message: message)
        } else {
            return nil
        }
    }

    static func request(_ number: Int, _ method: String, _ parameters: JSONValue) -> JSONValue {
        ["jsonrpc": "2.0", "id": .integer(number), "method": .string(method), "params": parameters]
    }

    static func notification(_ method: String, _ parameters: JSONValue = [:]) -> JSONValue {
        ["jsonrpc": "2.0", "method": .string(method), "params": parameters]
    }

    /// What a server's own request is answered with: only `ping` is served, for we offer nothing else.
    static func answer(to method: String, id: JSONValue) -> JSONValue {
        guard method != "ping" else { return ["jsonrpc": "2.0", "id": id, "result": [:]] }
        return [
            "jsonrpc": "2.0", "id": id,
            "error": ["code": -32_601, "message": "This client has no such method."],
        ]
    }
}
