import Foundation
import Transport

/// A server of OpenAI's interface: OpenAI's own, Ollama, vLLM, llama.cpp, TEI, LiteLLM and many more.
///
/// Calls only compute, so what may succeed later is sent again: statuses 408, 429, 500, 502, 503 and 504 and
/// broken connections, four times in all, after the wait that `Retry-After` asks for up to a minute. An
/// account that is used up (`insufficient_quota`) is not asked again. Of a streamed answer that holds until
/// it begins.
public struct OpenAIEndpoint: Sendable {
    /// Gives the key; asked before each call, so that it may change. `nil` or empty for servers that want
    /// none.
    public typealias Key = @Sendable () async throws -> String?

    /// Calls are sent to paths right below it; its query stays behind them.
    public let baseURL: URL
    private let key: Key
    private let keyHeader: String?
    private let headers: [(name: String, value: String)]
    private let timeout: Duration
    private let http: RetryingHTTPClient
    private let now: @Sendable () -> Date

    /// - Parameters:
    ///   - baseURL: as the server's documentation has it, `https://api.openai.com/v1` or
    ///     `http://localhost:11434/v1`; nothing is added to it but the path of a call, such as `/embeddings`.
    ///   - http: what sends each attempt, without retries of its own.
    ///   - key: fails as it likes; the call then fails with ``OpenAIError/noKey(_:isRetryable:)``. A server
    ///     that refuses a key is asked once more if there is another by then.
    ///   - keyHeader: the header that takes the key, `api-key` for Azure; `nil` for `Authorization: Bearer`.
    ///   - headers: sent with each call; their values are kept out of errors as the key is.
    ///   - timeout: limit of a call; where the answer is streamed, the longest silence.
    ///   - policy: which failures are tried again.
    ///   - clock: what the waits between attempts pass on.
    public init(
        _ baseURL: URL, http: any HTTPClient, key: @escaping Key = { nil }, keyHeader: String? = nil,
        headers: [(name: String, value: String)] = [], timeout: Duration = .seconds(120),
        policy: RetryPolicy = OpenAIEndpoint.retries, clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.baseURL = baseURL
        self.key = key
        self.keyHeader = keyHeader
        self.headers = headers
        self.timeout = timeout
        self.http = RetryingHTTPClient(http, policy: policy, classification: .openAI, clock: clock, now: now)
        self.now = now
    }

    /// ``RetryPolicy/computing``, and with it 408 and 500, under which such servers tell of passing failures.
    public static let retries: RetryPolicy = {
        var policy = RetryPolicy.computing
        policy.retryableStatuses.formUnion([408, 500])
        return policy
    }()

    /// The whole answer of a call.
    func send<Answer: Decodable>(
        _ operation: String, model: String, _ body: Data, as type: Answer.Type
    ) async throws(OpenAIError) -> (answer: Answer, exchange: OpenAIExchange) {
        let (response, exchange) = try await attempt(operation, model, body, accept: "application/json") {
            request throws(TransportError) in
            let response = try await http.send(request)
            return (response, response.head)
        }
        guard exchange.isSuccess else { throw exchange.refusal(response.body) }
        return (try exchange.decode(type, from: response.body), exchange)
    }

    /// The answer of a call as it comes. Dropping its body ends the call.
    func stream(
        _ operation: String, model: String, _ body: Data
    ) async throws(OpenAIError) -> (response: HTTPStreamedResponse, exchange: OpenAIExchange) {
        let (response, exchange) = try await attempt(operation, model, body, accept: "text/event-stream") {
            request throws(TransportError) in
            let response = try await http.stream(request)
            return (response, response.head)
        }
        guard exchange.isSuccess else { throw exchange.refusal(await response.refusalBody()) }
        return (response, exchange)
    }

    private func attempt<Answer>(
        _ operation: String, _ model: String, _ body: Data, accept: String,
        _ send: (HTTPRequest) async throws(TransportError) -> (Answer, HTTPResponseHead)
    ) async throws(OpenAIError) -> (Answer, OpenAIExchange) {
        let call = OpenAIExchange(operation: operation, model: model)
        var key = try await currentKey(call)
        var isFirst = true
        while true {
            let (answer, head): (Answer, HTTPResponseHead)
            do throws(TransportError) {
                (answer, head) = try await send(request(operation, body, accept: accept, key))
            } catch {
                throw call.failure(error)
            }
            if head.status == 401, isFirst {
                isFirst = false
                let newKey = try await currentKey(call)
                if newKey != key {
                    key = newKey
                    continue
                }
            }
            return (
                answer,
                OpenAIExchange(
                    operation: operation, model: model, head: head,
                    secrets: headers.map(\.value) + [key].compactMap(\.self), readAt: now())
            )
        }
    }

    private func currentKey(_ call: OpenAIExchange) async throws(OpenAIError) -> String? {
        do {
            let key = try await key()
            return key?.isEmpty == true ? nil : key
        } catch {
            throw call.noKey(error)
        }
    }

    private func request(_ operation: String, _ body: Data, accept: String, _ key: String?) -> HTTPRequest {
        var headers = [("Content-Type", "application/json"), ("Accept", accept)]
        if let key { headers.append(keyHeader.map { ($0, key) } ?? ("Authorization", "Bearer \(key)")) }
        return HTTPRequest(
            method: "POST", url: url(operation), headers: headers + self.headers, body: body, timeout: timeout
        )
    }

    private func url(_ operation: String) -> String {
        let base = baseURL.absoluteString.prefix { $0 != "#" }
        var path = base.prefix { $0 != "?" }
        let query = base[path.endIndex...]
        while path.hasSuffix("/") { path.removeLast() }
        return "\(path)/\(operation)\(query)"
    }
}
