import Concurrency
import Foundation
import JSONValue
import Transport

/// Reads the answer to one request from what the server sends: JSON, or events among which the answer comes.
struct MCPReply: Sendable {
    /// Times that one answer's stream is taken up again.
    private static let resumptionLimit = 200
    /// The server's own requests that are answered while one of ours is under way.
    private static let requestLimit = 100
    /// Wait before a stream is taken up again; the server may name another, which is not heard.
    private static let resumptionWait = Duration.seconds(1)

    let session: MCPSession
    let number: Int
    let method: String

    private var server: String { session.server.name }
    private var limitBytes: Int { session.server.limits.responseBytes }

    func result(in response: HTTPStreamedResponse) async throws -> JSONValue {
        let type = (response.head["content-type"] ?? "").prefix { $0 != ";" }.lowercased().filter {
            !$0.isWhitespace
        }
        switch type {
        case "application/json":
            for message in try messages(try await body(of: response)) {
                if let result = try await result(of: message) { return result }
            }
            throw MCPError.malformed(
                server: server, reason: "its answer to \(method) has not the request's id")
        case "text/event-stream": return try await result(inEventsOf: response)
        default:
            throw MCPError.malformed(
                server: server,
                reason: "it answered \(method) with “\(type.prefix(50))”, neither JSON nor a stream of events"
            )
        }
    }

    private func result(inEventsOf first: HTTPStreamedResponse) async throws -> JSONValue {
        var response = first
        var left = limitBytes
        var requestsLeft = Self.requestLimit
        var eventID = ""
        for _ in 0...Self.resumptionLimit {
            do {
                for try await event in response.serverSentEvents(limitBytes: limitBytes) {
                    eventID = event.lastID
                    left -= event.data.utf8.count
                    guard left >= 0 else { throw MCPError.tooLarge(server: server, limitBytes: limitBytes) }
                    // An event without data only tells from where the stream can be taken up.
                    guard !event.data.isEmpty else { continue }
                    for message in try messages(Data(event.data.utf8)) {
                        if case .request = message { requestsLeft -= 1 }
                        guard requestsLeft >= 0 else {
                            throw MCPError.malformed(server: server, reason: "it asks more than it answers")
                        }
                        if let result = try await result(of: message) { return result }
                    }
                }
            } catch let error as TransportError where error.isRetryable && !eventID.isEmpty {
                // The stream broke; the server keeps what came after the last event.
            } catch is ServerSentEventError {
                throw MCPError.tooLarge(server: server, limitBytes: limitBytes)
            }
            guard !eventID.isEmpty else { break }
            try await Task.sleep(for: Self.resumptionWait)
            response = try await session.resume(after: eventID)
        }
        throw MCPError.malformed(server: server, reason: "its answer to \(method) ended before the result")
    }

    /// - Returns: `nil` for a message that is not the answer.
    private func result(of message: MCPMessage) async throws -> JSONValue? {
        switch message {
        case .result(let id, let result) where id.integer == number: return result
        case .failure(let id, let code, let text) where id.integer == number || id == .null:
            throw MCPError.refused(server: server, method: method, code: code, message: text)
        case .request(let id, let asked):
            try await session.send(MCPMessage.answer(to: asked, id: id))
            return nil
        case .result, .failure, .notification: return nil
        }
    }

    /// One message, or a list of them as earlier versions have it.
    private func messages(_ data: Data) throws(MCPError) -> [MCPMessage] {
        guard let json = try? JSONValue(parsing: data) else {
            throw .malformed(server: server, reason: "its answer to \(method) is no JSON")
        }
        return (json.array ?? [json]).compactMap { MCPMessage($0) }
    }

    private func body(of response: HTTPStreamedResponse) async throws -> Data {
        var data = Data()
        for try await piece in response.body {
            data += piece
            guard data.count <= limitBytes else {
                throw MCPError.tooLarge(server: server, limitBytes: limitBytes)
            }
        }
        return data
    }
}
