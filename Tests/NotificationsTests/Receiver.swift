import Foundation
import JSONValue
import TestSupport
import Transport
import Workspace

/// A receiver of webhooks beside the test: it checks signatures by itself, and answers what a script says.
struct Receiver {
    /// A message as it came.
    struct Message {
        let id: String?
        let timestamp: String?
        let signatureCount: Int
        /// For each secret that the receiver knows, in the order in which it was told them.
        let isSignedBy: [Bool]
        let contentType: String?
        let body: JSONValue
    }

    private let server: ChildServer
    private let client: CurlHTTPClient

    init() throws {
        server = try ChildServer(script: "webhook_receiver.py")
        var configuration = HTTPClientConfiguration()
        configuration.proxy = .none
        client = try CurlHTTPClient(configuration: configuration)
    }

    func url(_ name: String = "a") -> String { "\(server.url)/hook/\(name)" }

    func know(_ secret: WebhookSecret, _ name: String = "a") async throws {
        try await tell("secret?\(name)", secret.text)
    }

    /// - Parameter script: a JSON list of what the next messages are answered with.
    func answer(_ script: String, _ name: String = "a") async throws {
        try await tell("script?\(name)", script)
    }

    /// Lets go whatever is held.
    func open() async throws { try await tell("open", "") }

    /// - Parameter count: waits until so many have come.
    func messages(_ name: String = "a", atLeast count: Int = 0) async throws -> [Message] {
        let list = try await get("messages/\(count)?\(name)").array ?? []
        return try list.map { message in
            Message(
                id: message["id"]?.string, timestamp: message["timestamp"]?.string,
                signatureCount: message["signatures"]?.integer ?? 0,
                isSignedBy: (message["signed_by"]?.array ?? []).compactMap(\.bool),
                contentType: message["type"]?.string,
                body: try JSONValue(parsing: Data((message["body"]?.string ?? "").utf8)))
        }
    }

    /// Messages that were under way at once, at most.
    func most(_ name: String = "a") async throws -> Int { try await get("most?\(name)").integer ?? -1 }

    private func get(_ path: String) async throws -> JSONValue {
        let response = try await client.send(HTTPRequest(url: "\(server.url)/-/\(path)"))
        return try JSONValue(parsing: response.body)
    }

    private func tell(_ path: String, _ body: String) async throws {
        _ = try await client.send(
            HTTPRequest(method: "POST", url: "\(server.url)/-/\(path)", body: Data(body.utf8)))
    }
}
