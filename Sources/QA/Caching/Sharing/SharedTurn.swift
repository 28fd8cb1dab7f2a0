import Corpus
import Foundation
import Synchronization

/// A claim of this process to work something out for all.
///
/// When it goes without an end, as with a run that failed, the claim is given up, so that whoever waits need not wait
/// until it has run out.
final class SharedTurn: Sendable {
    private let results: any SharedResults
    private let key: SharedKey
    private let token: String
    private let renewal: Task<Void, Never>?
    private let isOpen = Mutex(true)

    /// - Parameter renews: whether the claim is to last until the end, however long the work takes.
    init(_ results: any SharedResults, _ key: SharedKey, token: String, claim: Duration, renews: Bool) {
        self.results = results
        self.key = key
        self.token = token
        renewal =
            renews
            ? Task {
                while (try? await Task.sleep(for: claim / 3)) != nil {
                    await results.renew(key, token: token, claim: claim)
                }
            } : nil
    }

    deinit { end() }

    /// Tells others what came of it; nobody waits until they can have it.
    ///
    /// - Parameter value: `nil` to give the claim up.
    func end(with value: Data? = nil) {
        let wasOpen = isOpen.withLock { isOpen in
            defer { isOpen = false }
            return isOpen
        }
        guard wasOpen else { return }
        renewal?.cancel()
        Task { [results, key, token] in
            if let value, await results.keep(value, for: key) { return }
            await results.release(key, token: token)
        }
    }
}

extension SharedResults {
    /// What is kept, or the claim to make it; whoever has another process's claim before it waits for what that makes.
    ///
    /// - Parameters:
    ///   - patience: how long to wait before the work is done here as well.
    ///   - renews: whether the work may take longer than a claim lasts.
    /// - Throws: `CancellationError`.
    func turn(
        _ key: SharedKey, claim: Duration, patience: Duration, renews: Bool
    ) async throws -> SharedOutcome {
        let token = UUID().uuidString
        let end = ContinuousClock.now + patience
        // Soon at first, as most rankings are there in no time; later no more often than anybody notices.
        var pause = Duration.milliseconds(5)
        while true {
            switch await look(key, token: token, claim: claim) {
            case .kept(let value): return .kept(value)
            case .granted:
                return .granted(SharedTurn(self, key, token: token, claim: claim, renews: renews))
            case .unknown:
                // The claim may have been given, and the reply been late.
                Task { await release(key, token: token) }
                return .alone
            case .underWay:
                let left = end - .now
                guard left > .zero else { return .alone }
                try await Task.sleep(for: min(pause, left))
                pause = min(pause * 2, .milliseconds(200))
            }
        }
    }
}

/// What became of looking for a shared result.
enum SharedOutcome: Sendable {
    case kept(Data)
    /// This process works it out, and ends the turn.
    case granted(SharedTurn)
    /// This process works it out for itself.
    case alone
}
