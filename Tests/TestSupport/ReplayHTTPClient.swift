import Concurrency
import Foundation
import Synchronization
import Transport

/// An `HTTPClient` that answers from recorded exchanges, in order, and refuses what was not recorded.
public final class ReplayHTTPClient: HTTPClient {
    /// One recorded request and what came back.
    public struct Exchange: Sendable {
        public var method: String
        public var url: String
        public var answer: Result<HTTPResponse, TransportError>

        public init(method: String = "GET", url: String, answer: Result<HTTPResponse, TransportError>) {
            self.method = method
            self.url = url
            self.answer = answer
        }

        public init(
            method: String = "GET", url: String, status: Int = 200,
            headers: [(name: String, value: String)] = [], body: Data = Data()
        ) {
            let head = HTTPResponseHead(status: status, headers: headers)
            self.init(method: method, url: url, answer: .success(HTTPResponse(head: head, body: body)))
        }
    }

    private struct State {
        var remaining: [Exchange]
        var requests: [HTTPRequest] = []
    }

    private let state: Mutex<State>

    public init(_ exchanges: [Exchange]) {
        state = Mutex(State(remaining: exchanges))
    }

    /// Every request so far, refused ones included, in order.
    public var requests: [HTTPRequest] { state.withLock { $0.requests } }
    /// Exchanges that nobody has asked for yet.
    public var remainingCount: Int { state.withLock { $0.remaining.count } }

    /// Answers with the first remaining exchange of the same method and URL.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let answer = state.withLock { state -> Result<HTTPResponse, TransportError> in
            state.requests.append(request)
            let match = state.remaining.firstIndex { $0.method == request.method && $0.url == request.url }
            guard let match else {
                return .failure(.invalidRequest(reason: "no recording of \(request.method) \(request.url)"))
            }
            return state.remaining.remove(at: match).answer
        }
        return try answer.get()
    }

    /// The recorded body arrives as one piece.
    public func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        let response = try await send(request)
        let body = PulledSequence(response.body.isEmpty ? [] : [response.body])
        return HTTPStreamedResponse(head: response.head, body: body)
    }
}
