import Synchronization
import Transport

/// Counts the requests that are made by another client.
final class CountingHTTPClient: HTTPClient {
    private let base: any HTTPClient
    private let requests = Atomic<Int>(0)

    init(_ base: any HTTPClient) {
        self.base = base
    }

    var count: Int { requests.load(ordering: .relaxed) }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        requests.add(1, ordering: .relaxed)
        return try await base.send(request)
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        requests.add(1, ordering: .relaxed)
        return try await base.stream(request)
    }
}
