import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// The session's delegate: it gives each exchange what arrives for it, and ends those that have fallen silent.
final class ExchangeRouter: NSObject, URLSessionDataDelegate {
    private struct State: Sendable {
        var exchanges: [Int: Exchange] = [:]
        var isWatching = false
    }

    private let state = Locked(State())
    /// How often open exchanges are looked at.
    private let watchInterval: Duration

    init(watchInterval: Duration) {
        self.watchInterval = watchInterval
    }

    /// Must be called before `task` is resumed.
    func add(_ exchange: Exchange, for task: URLSessionDataTask) {
        let startsWatch = state.withLock { state in
            state.exchanges[task.taskIdentifier] = exchange
            defer { state.isWatching = true }
            return !state.isWatching
        }
        guard startsWatch else { return }
        // One watch for all, and only while there is something to watch.
        Task { [self, watchInterval] in
            while endSilentExchanges() { try? await Task.sleep(for: watchInterval) }
        }
    }

    /// - Returns: whether there is still something to watch.
    private func endSilentExchanges() -> Bool {
        let open = state.withLock { state in
            state.isWatching = !state.exchanges.isEmpty
            return Array(state.exchanges.values)
        }
        let now = ContinuousClock.now
        for exchange in open { exchange.endIfSilent(at: now) }
        return !open.isEmpty
    }

    private func exchange(of task: URLSessionTask) -> Exchange? {
        state.withLock { $0.exchanges[task.taskIdentifier] }
    }

    // MARK: URLSessionDataDelegate

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        guard let exchange = exchange(of: dataTask), let head = response as? HTTPURLResponse else {
            return completionHandler(.cancel)
        }
        exchange.received(head)
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        exchange(of: dataTask)?.received(data)
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?
    ) {
        let exchange = state.withLock { $0.exchanges.removeValue(forKey: task.taskIdentifier) }
        exchange?.end(error)
    }

    /// Redirects are not followed: the key or token of this server is not for any other.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }
}
