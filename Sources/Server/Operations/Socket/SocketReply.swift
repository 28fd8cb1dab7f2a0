import Foundation
import JSONValue

/// What the server says over `/v1/ws`: one JSON object a text frame.
enum SocketReply: Sendable {
    case authenticated
    case pong
    /// It was admitted and begins; `run` is a stored run's id, by which it can be taken up again.
    case accepted(id: String, requestID: String, run: String?)
    /// `data` is JSON.
    case event(id: String, number: Int, name: String, data: Data)
    /// Nothing more comes under this id.
    case done(id: String, isCancelled: Bool)
    /// What went wrong; under an id, nothing more comes. `document` is a problem document (RFC 9457).
    case problem(id: String?, document: Data)

    /// A refusal of the socket's own.
    static func problem(_ fault: RequestFault, id: String?, requestID: String) -> SocketReply {
        let document = ProblemDetails(fault).response(requestID: requestID).data
        return .problem(id: id, document: document ?? Data("{}".utf8))
    }

    var message: WebSocketMessage {
        switch self {
        case .authenticated: .text(#"{"type":"authenticated"}"#)
        case .pong: .text(#"{"type":"pong"}"#)
        case .accepted(let id, let requestID, let run):
            .text(
                #"{"type":"accepted","id":\#(Self.quoted(id)),"request_id":\#(Self.quoted(requestID))"#
                    + (run.map { #","run":\#(Self.quoted($0))"# } ?? "") + "}")
        case .event(let id, let number, let name, let data):
            .text(
                #"{"type":"event","id":\#(Self.quoted(id)),"seq":\#(number),"event":\#(Self.quoted(name)),"data":"#
                    + String(decoding: data, as: UTF8.self) + "}")
        case .done(let id, let isCancelled):
            .text(
                #"{"type":"done","id":\#(Self.quoted(id)),"outcome":"\#(isCancelled ? "cancelled" : "complete")"}"#
            )
        case .problem(let id, let document):
            .text(
                #"{"type":"problem","# + (id.map { #""id":\#(Self.quoted($0)),"# } ?? "") + #""problem":"#
                    + String(decoding: document, as: UTF8.self) + "}")
        }
    }

    private static func quoted(_ text: String) -> String {
        // A text always has JSON.
        (try? JSONValue.string(text).text()) ?? "\"\""
    }
}
