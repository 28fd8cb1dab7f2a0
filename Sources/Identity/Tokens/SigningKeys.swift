import Foundation
import JSONValue
import JWTKit
import Logging
import Synchronization
import Transport

/// An issuer's public keys, kept for some minutes (RFC 7517).
///
/// A key that is not among them is looked for again at once, for an issuer changes its keys. ``RefetchBudget`` holds how
/// often, so that invented names cost the issuer next to nothing; one fetch at a time serves all who wait, and a key that
/// was not published is not looked for by its name again for ``retryPause``. Whoever tries to use up the budget has the keys
/// fetched by it: a new one is known after ``RefetchBudget/pause`` at the latest. When the issuer does not answer, the keys
/// that are there serve on for ``staleLimit``; a token whose key is not known is refused.
final class SigningKeys: Sendable {
    static let freshness: TimeInterval = 600
    static let retryPause: TimeInterval = 30
    static let failurePause: TimeInterval = 5
    static let staleLimit: TimeInterval = 86_400
    static let byteLimit = 1_048_576
    static let keyLimit = 200

    private struct State {
        var keys: [PublishedKey] = []
        var fetchedAt: Date?
        var attemptedAt: Date?
        var failure: IdentityError?
        var fetching: Task<Void, Never>?
        /// Fetches that were begun, and the number of the last one that brought keys.
        var begun = 0
        var brought = 0
        var budget = RefetchBudget()
        /// Names of keys that were looked for and not published, by the time of the look.
        var absent: [String: Date] = [:]

        /// Whether the issuer did not answer just now.
        func hasJustFailed(at time: Date) -> Bool {
            guard failure != nil, let attemptedAt else { return false }
            return time.timeIntervalSince(attemptedAt) < SigningKeys.failurePause
        }
    }

    private enum Step {
        case go
        case wait(Task<Void, Never>)
        case fail(IdentityError)
    }

    /// Names that are remembered as not published, and bytes of one.
    private static let absentLimit = 1_000
    private static let absentNameLimit = 256

    private let issuer: TokenIssuer
    private let client: any HTTPClient
    private let now: @Sendable () -> Date
    private let logger: Logger
    private let state = Mutex(State())

    init(
        of issuer: TokenIssuer, client: any HTTPClient, now: @escaping @Sendable () -> Date, logger: Logger
    ) {
        self.issuer = issuer
        self.client = client
        self.now = now
        self.logger = logger
    }

    /// The key that a token was signed with.
    ///
    /// - Parameter name: the token's `kid`; without one, the issuer must have a single key that fits.
    func key(named name: String?, for algorithm: String) async throws(IdentityError) -> PublishedKey {
        let before = state.withLock { $0.begun }
        try await ensureFresh()
        if let found = found(name, algorithm) { return found }
        await lookAgain(for: name ?? "", sinceFetch: before)
        guard let found = found(name, algorithm) else {
            noteAbsent(name ?? "", sinceFetch: before)
            throw .unknownSigningKey
        }
        return found
    }

    private func found(_ name: String?, _ algorithm: String) -> PublishedKey? {
        let fitting = state.withLock { $0.keys }.filter { $0.fits(algorithm) }
        guard let name else { return fitting.count == 1 ? fitting.first : nil }
        return fitting.first { $0.name == name }
    }

    /// Waits for keys that are not older than ``freshness``, as far as the pauses allow.
    private func ensureFresh() async throws(IdentityError) {
        let time = now()
        let step = state.withLock { state -> Step in
            if let fetchedAt = state.fetchedAt, time.timeIntervalSince(fetchedAt) < Self.freshness {
                return .go
            }
            if let running = state.fetching { return .wait(running) }
            if let failure = state.failure, state.hasJustFailed(at: time) {
                return Self.isUsable(state, at: time) ? .go : .fail(failure)
            }
            return .wait(begin(&state, at: time))
        }
        switch step {
        case .go: return
        case .fail(let failure): throw failure
        case .wait(let task):
            await task.value
            let failure = state.withLock { Self.isUsable($0, at: time) ? nil : $0.failure }
            if let failure { throw failure }
        }
    }

    /// Waits for keys that were asked for after the `before`th fetch had begun, as far as the budget allows: one that is
    /// under way may have begun before the key was published.
    private func lookAgain(for name: String, sinceFetch before: Int) async {
        while true {
            let time = now()
            let step = state.withLock { state -> Step in
                if state.brought > before { return .go }
                if let running = state.fetching { return .wait(running) }
                if let looked = state.absent[name], time.timeIntervalSince(looked) < Self.retryPause {
                    return .go
                }
                guard !state.hasJustFailed(at: time), state.budget.take(at: time) else { return .go }
                return .wait(begin(&state, at: time))
            }
            guard case .wait(let task) = step else { return }
            await task.value
        }
    }

    /// Remembers that a key is not published, where the issuer has said so.
    private func noteAbsent(_ name: String, sinceFetch before: Int) {
        let time = now()
        state.withLock { state in
            guard state.brought > before, name.utf8.count <= Self.absentNameLimit else { return }
            if state.absent.count >= Self.absentLimit { state.absent.removeAll(keepingCapacity: true) }
            state.absent[name] = time
        }
    }

    private func begin(_ state: inout State, at time: Date) -> Task<Void, Never> {
        state.attemptedAt = time
        state.begun += 1
        let number = state.begun
        let task = Task { await self.fetch(number) }
        state.fetching = task
        return task
    }

    private static func isUsable(_ state: State, at time: Date) -> Bool {
        state.fetchedAt.map { time.timeIntervalSince($0) < staleLimit } ?? false
    }

    private func fetch(_ number: Int) async {
        let result: Result<[PublishedKey], IdentityError>
        do throws(IdentityError) {
            result = .success(try await fetchedKeys())
        } catch {
            result = .failure(error)
            logger.warning(
                "an issuer's keys could not be fetched", metadata: ["millrace.reason": "\(error)"])
        }
        let time = now()
        state.withLock { state in
            state.fetching = nil
            switch result {
            case .success(let keys):
                state.keys = keys
                state.fetchedAt = time
                state.brought = number
                state.failure = nil
            case .failure(let error):
                state.failure = error
                // The pause begins with the failure, however long that took.
                state.attemptedAt = time
            }
        }
    }

    private func fetchedKeys() async throws(IdentityError) -> [PublishedKey] {
        let address: String
        if let keysURL = issuer.keysURL {
            address = keysURL
        } else {
            let base = issuer.issuer.hasSuffix("/") ? String(issuer.issuer.dropLast()) : issuer.issuer
            let document = try await document(base + "/.well-known/openid-configuration")
            // OpenID Connect Discovery 1.0, 4.3: it must be the issuer's own.
            guard document["issuer"]?.string == issuer.issuer else {
                throw bad("its discovery document is another issuer's")
            }
            guard let found = document["jwks_uri"]?.string else {
                throw bad("its discovery document names no keys")
            }
            // Whoever could change them on their way could sign for anybody.
            guard SecureAddress.allows(found, namedBy: issuer.issuer) else {
                throw bad("its discovery document has its keys at an address that is not https")
            }
            address = found
        }
        guard let listed = try await document(address)["keys"]?.array else {
            throw bad("there is no list of keys at \(address)")
        }
        guard listed.count <= Self.keyLimit else { throw bad("it has more than \(Self.keyLimit) keys") }
        let keys = listed.compactMap(PublishedKey.init)
        guard !keys.isEmpty else { throw bad("none of its keys can be used") }
        return keys
    }

    private func document(_ address: String) async throws(IdentityError) -> JSONValue {
        let response: HTTPResponse
        do {
            response = try await client.send(
                HTTPRequest(url: address, headers: [("Accept", "application/json")], timeout: .seconds(10)))
        } catch {
            throw .issuerUnreachable(issuer: issuer.issuer, reason: "\(error)")
        }
        guard response.head.status == 200 else {
            throw .issuerUnreachable(
                issuer: issuer.issuer, reason: "\(address) answers \(response.head.status)")
        }
        guard response.body.count <= Self.byteLimit, let value = try? JSONValue(parsing: response.body) else {
            throw bad("\(address) is no JSON of at most \(Self.byteLimit) bytes")
        }
        return value
    }

    private func bad(_ reason: String) -> IdentityError {
        .badIssuer(issuer: issuer.issuer, reason: reason)
    }
}
