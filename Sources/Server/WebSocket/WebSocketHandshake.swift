import Crypto
import Foundation
import HTTPTypes

/// How a request becomes a WebSocket (RFC 6455, section 4.2).
enum WebSocketHandshake {
    /// The one version that there is.
    static let version = "13"

    /// The response that makes the connection a WebSocket for `session`. No extension is agreed to.
    ///
    /// - Parameter subprotocol: what the session speaks, which the client must offer; `nil` for none.
    /// - Throws: ``RequestFault/originNotAllowed(origin:)``, ``RequestFault/upgradeRequired`` or
    ///   ``RequestFault/subprotocolRequired(_:)``.
    static func response(
        to request: APIRequest, _ session: WebSocketSession, subprotocol: String? = nil
    ) throws(RequestFault) -> APIResponse {
        try OriginCheck.check(request)
        guard let key = key(of: request) else { throw .upgradeRequired }
        var response = APIResponse(
            status: .switchingProtocols,
            headers: [.upgrade: "websocket", .connection: "upgrade", .secWebSocketAccept: accept(key)],
            body: .webSocket(session))
        if let subprotocol {
            let offered = request.headers[values: .secWebSocketProtocol]
                .flatMap { $0.split(separator: ",") }.map { $0.trimmingCharacters(in: .whitespaces) }
            guard offered.contains(subprotocol) else { throw .subprotocolRequired(subprotocol) }
            response.headers[.secWebSocketProtocol] = subprotocol
        }
        return response
    }

    /// The key of a request that is a handshake; `nil` for any other.
    static func key(of request: APIRequest) -> String? {
        let headers = request.headers
        guard request.method == .get, names("websocket", in: headers[.upgrade]),
            names("upgrade", in: headers[.connection]), headers[.secWebSocketVersion] == version,
            let key = headers[.secWebSocketKey], Data(base64Encoded: key)?.count == 16,
            // What came as the handshake's body would be taken for frames.
            headers[.transferEncoding] == nil, headers[.contentLength] ?? "0" == "0"
        else { return nil }
        return key
    }

    /// Proves to the client that its key was read by something that speaks WebSocket.
    static func accept(_ key: String) -> String {
        let text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        return Data(Insecure.SHA1.hash(data: Data(text.utf8))).base64EncodedString()
    }

    private static func names(_ word: String, in list: String?) -> Bool {
        (list ?? "").split(separator: ",").contains {
            $0.trimmingCharacters(in: .whitespaces).lowercased() == word
        }
    }
}
