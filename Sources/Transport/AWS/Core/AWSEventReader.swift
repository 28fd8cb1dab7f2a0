import Concurrency
import Foundation

/// The bytes of an event stream to its messages, no faster than they are asked for.
///
/// One task reads at a time; a second reader is refused.
public actor AWSEventReader {
    /// What came before the first event.
    public nonisolated let head: HTTPResponseHead
    /// AWS's id of the request, or `unknown`.
    public nonisolated var requestID: String { head.requestID }
    private let service: String
    private let operation: String
    /// `nil` while a read is under way.
    private var body: PulledSequence<Data>.AsyncIterator?
    private var decoder = EventStreamDecoder()
    private var isFinished = false

    init(_ response: HTTPStreamedResponse, _ service: String, _ operation: String) {
        self.service = service
        self.operation = operation
        head = response.head
        body = response.body.makeAsyncIterator()
    }

    /// The next event. An exception that the service sends on the way is thrown as the refusal that it is.
    ///
    /// - Returns: `nil` after the last event. After an error there are no more events.
    public func next() async throws(AWSError) -> EventStreamMessage? {
        do throws(AWSError) {
            while !isFinished {
                guard let message = try nextMessage() else {
                    try await readOn()
                    continue
                }
                guard message.messageType == "event" else { throw refusal(message) }
                return message
            }
            return nil
        } catch {
            isFinished = true
            throw error
        }
    }

    private func nextMessage() throws(AWSError) -> EventStreamMessage? {
        do throws(EventStreamError) {
            return try decoder.next()
        } catch {
            throw damaged(error)
        }
    }

    private func readOn() async throws(AWSError) {
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
        // A cancelled task's stream may end without an error of its own.
        if Task.isCancelled { throw .transport(.cancelled) }
        do throws(EventStreamError) {
            try decoder.finish()
        } catch {
            throw damaged(error)
        }
    }

    private func damaged(_ error: EventStreamError) -> AWSError {
        .damagedStream(error, service: service, operation: operation, requestID: requestID)
    }

    /// Its type is the code of a refused call with a small first letter.
    private func refusal(_ message: EventStreamMessage) -> AWSError {
        let type = message.eventType.isEmpty ? message.headers[":error-code"] ?? "" : message.eventType
        let said = AWSRefusalText(head, body: message.payload)
        let words = said.message.isEmpty ? message.headers[":error-message"] ?? "" : said.message
        return .refused(
            AWSError.Refusal(
                service: service, operation: operation, status: 200,
                code: type.prefix(1).uppercased() + type.dropFirst(),
                message: AWSRefusalText.shortened(words), requestID: requestID, details: said.details))
    }
}
