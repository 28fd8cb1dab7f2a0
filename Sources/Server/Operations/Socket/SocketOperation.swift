/// `GET /v1/ws`: runs and questions over one WebSocket, told in events.
///
/// docs/websocket.md has the messages. Each is answered as the operation that it stands for: `run` as `POST /v1/runs`,
/// `ask` as `POST /v1/ask`, `subscribe` as `GET /v1/runs/{id}/events`, `cancel` as `POST /v1/runs/{id}/cancel`.
enum SocketOperation {
    static let path = "/v1/ws"
    /// Another version of the messages will have another name.
    static let subprotocol = "millrace.v1"
    private static let messageLimitBytes = 1_048_576

    static func operation(_ limits: SocketConversation.Limits = SocketConversation.Limits()) -> Operation {
        .messages(
            "openSocket", path, summary: "runs and questions over one WebSocket, told in events",
            section: "websocket",
            socket: SocketDeclaration(
                receives: """
                    JSON texts of the subprotocol millrace.v1: authenticate, run, ask, subscribe, ack, cancel, ping
                    """,
                sends: "JSON texts: authenticated, accepted, event, done, problem, pong",
                messageLimitBytes: messageLimitBytes), subprotocol: subprotocol
        ) { caller, socket in await SocketConversation.hold(caller, socket, limits) }
    }
}
