import Concurrency
import Foundation

/// The `HTTPClient` over libcurl: one thread, any number of requests in flight, connections reused,
/// HTTP/2 where a TLS server offers it, gzip undone.
///
/// Cancelling the calling task ends its exchange. The thread ends with the last reference to the client;
/// a stream that is still read is one.
public final class CurlHTTPClient: HTTPClient {
    private let engine: CurlEngine
    private let configuration: HTTPClientConfiguration

    /// - Throws: ``TransportError/invalidConfiguration(reason:)`` when libcurl cannot start, or the
    ///   configuration contradicts itself.
    public init(configuration: HTTPClientConfiguration = HTTPClientConfiguration()) throws(TransportError) {
        try configuration.check()
        self.configuration = configuration
        engine = try CurlEngine(configuration)
        engine.launch()
    }

    deinit {
        engine.close()
    }

    /// Ends, with ``TransportError/clientClosed``, every exchange under way and every later one.
    public func close() {
        engine.close()
    }

    /// The whole response, of any status, up to `maxResponseBytes`.
    public func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        guard let span = ExchangeSpan(request) else { return try await exchange(request) }
        defer { span.end() }
        do throws(TransportError) {
            let response = try await exchange(span.carried(by: request))
            span.answered(response.head.status)
            return response
        } catch {
            span.failed(error)
            throw error
        }
    }

    private func exchange(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let transfer = try begin(request, mode: .whole(limitBytes: configuration.maxResponseBytes))
        let result: Result<HTTPResponse, TransportError> = await withTaskCancellationHandler {
            do throws(TransportError) {
                let body = try await transfer.inbox.body()
                let head = try await transfer.inbox.head()
                // Only a proxy answers 407; of plain http it is a response like any other to libcurl.
                if head.status == 407, configuration.proxy != .none {
                    throw configuration.proxyRefusal(host: transfer.url.authority, status: 407)
                }
                return .success(HTTPResponse(head: head, body: body ?? Data()))
            } catch {
                return .failure(error)
            }
        } onCancel: { [engine] in
            engine.cancel(transfer)
        }
        return try result.get()
    }

    /// Status and headers as soon as they are there; the body as fast as it is read, never faster.
    public func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        let span = ExchangeSpan(request)
        let transfer = try begin(
            span?.carried(by: request) ?? request,
            mode: .streamed(bufferBytes: configuration.streamBufferBytes))
        let reader = BodyReader(transfer, engine, self, span)
        let result: Result<HTTPResponseHead, TransportError> = await withTaskCancellationHandler {
            do throws(TransportError) {
                return .success(try await transfer.inbox.head())
            } catch {
                return .failure(error)
            }
        } onCancel: { [engine] in
            engine.cancel(transfer)
        }
        switch result {
        case .success(let head): span?.answered(head.status)
        case .failure(let error): span?.failed(error)
        }
        return HTTPStreamedResponse(
            head: try result.get(), body: PulledSequence { { try await reader.next() } })
    }

    private func begin(
        _ request: HTTPRequest, mode: ResponseInbox.Mode
    ) throws(TransportError) -> CurlTransfer {
        try request.checkHeaders()
        let transfer = try CurlTransfer(
            request, mode: mode, followsRedirects: configuration.maxRedirects > 0,
            addressGuard: configuration.addressGuard)
        engine.start(transfer)
        return transfer
    }
}

/// Reads a streamed body. The stream alone holds it, so that dropping the stream ends the transfer.
private final class BodyReader: Sendable {
    private let transfer: CurlTransfer
    private let engine: CurlEngine
    /// Keeps the engine's thread running.
    private let client: CurlHTTPClient
    /// Ends with the body, or with whoever reads it.
    private let span: ExchangeSpan?

    init(_ transfer: CurlTransfer, _ engine: CurlEngine, _ client: CurlHTTPClient, _ span: ExchangeSpan?) {
        self.transfer = transfer
        self.engine = engine
        self.client = client
        self.span = span
    }

    deinit {
        engine.cancel(transfer)
        span?.end()
    }

    func next() async throws(TransportError) -> Data? {
        let result: Result<Data?, TransportError> = await withTaskCancellationHandler {
            do throws(TransportError) {
                let piece = try await transfer.inbox.body()
                if transfer.inbox.isPaused { engine.resume(transfer) }
                if piece == nil { span?.end() }
                return .success(piece)
            } catch {
                return .failure(error)
            }
        } onCancel: { [engine, transfer] in
            engine.cancel(transfer)
        }
        return try result.get()
    }
}

extension HTTPRequest {
    /// Refuses what would let a value smuggle in a line of its own.
    fileprivate func checkHeaders() throws(TransportError) {
        func isToken(_ text: String) -> Bool { !text.isEmpty && ASCIISet.token.containsAll(of: text) }
        guard isToken(method) else { throw .invalidRequest(reason: "its method is not a word") }
        for (name, value) in headers {
            guard isToken(name) else {
                throw .invalidRequest(reason: "a header name has characters that are not allowed")
            }
            guard value.hasOnlyBytes(where: { ($0 >= 0x20 && $0 != 0x7F) || $0 == 0x09 }) else {
                throw .invalidRequest(reason: "the header \(name) has a line end or control character in it")
            }
        }
    }
}
