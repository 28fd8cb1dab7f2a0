import Foundation

/// The bytes of a ConverseStream response to its events, no faster than they are asked for.
///
/// One task reads at a time; a second reader is refused.
actor ConverseStreamReader {
    private let modelID: String
    private let requestID: String
    /// `nil` while a read is under way.
    private var body: AsyncThrowingStream<Data, any Error>.Iterator?
    private var decoder = EventStreamDecoder()
    private var isFinished = false

    init(_ response: HTTPStreamedResponse, modelID: String) {
        self.modelID = modelID
        requestID = response.head.requestID
        body = response.body.makeAsyncIterator()
    }

    /// - Returns: `nil` after the last event. After an error there are no more events.
    func next() async throws(BedrockError) -> ConverseEvent? {
        do throws(BedrockError) {
            while !isFinished {
                guard let message = try nextMessage() else {
                    try await readOn()
                    continue
                }
                if let event = try event(in: message) { return event }
            }
            return nil
        } catch {
            isFinished = true
            throw error
        }
    }

    private func nextMessage() throws(BedrockError) -> EventStreamMessage? {
        do throws(EventStreamError) {
            return try decoder.next()
        } catch {
            throw .damagedStream(error, requestID: requestID)
        }
    }

    private func readOn() async throws(BedrockError) {
        guard var source = body.take() else {
            throw .transport(.invalidRequest(reason: "a stream has one reader at a time"))
        }
        let piece: Data?
        do {
            piece = try await source.next(isolation: self)
        } catch {
            throw .transport(error as? TransportError ?? .cancelled)
        }
        body = source
        if let piece { return decoder.append(piece) }
        isFinished = true
        // A cancelled task's stream ends without an error of its own.
        if Task.isCancelled { throw .transport(.cancelled) }
        do throws(EventStreamError) {
            try decoder.finish()
        } catch {
            throw .damagedStream(error, requestID: requestID)
        }
    }

    private func event(in message: EventStreamMessage) throws(BedrockError) -> ConverseEvent? {
        guard message.messageType == "event" else { throw refusal(message) }
        switch message.eventType {
        case "contentBlockDelta":
            return try decode(Delta.self, message).delta.text.map(ConverseEvent.text)
        case "messageStop":
            return .stop(reason: try decode(Stop.self, message).stopReason)
        case "metadata":
            return try decode(Metadata.self, message).usage.map(ConverseEvent.usage)
        default:
            return nil
        }
    }

    /// An exception on the way: its type is that of a refused call, with a small first letter.
    private func refusal(_ message: EventStreamMessage) -> BedrockError {
        let type = message.eventType.isEmpty ? message.headers[":error-code"] ?? "" : message.eventType
        let said = try? JSONDecoder().decode(Complaint.self, from: message.payload)
        let words = said?.message ?? message.headers[":error-message"] ?? ""
        return BedrockError(
            BedrockError.Details(
                operation: "ConverseStream", modelID: modelID, status: 200,
                code: type.prefix(1).uppercased() + type.dropFirst(), message: BedrockError.shortened(words),
                requestID: requestID))
    }

    private func decode<Value: Decodable>(
        _ type: Value.Type, _ message: EventStreamMessage
    ) throws(BedrockError) -> Value {
        do {
            return try JSONDecoder().decode(type, from: message.payload)
        } catch {
            throw .unexpectedResponse(
                operation: "ConverseStream", reason: "an event \(message.eventType) has another shape",
                requestID: requestID)
        }
    }

    private struct Delta: Decodable {
        struct Content: Decodable {
            var text: String?
        }
        var delta: Content
    }

    private struct Stop: Decodable {
        var stopReason: String
    }

    private struct Metadata: Decodable {
        var usage: ConverseUsage?
    }

    private struct Complaint: Decodable {
        var message: String?
    }
}
