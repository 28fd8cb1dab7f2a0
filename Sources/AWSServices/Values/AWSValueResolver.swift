import Foundation
import JSONValue
import Transport

/// The values behind references, kept for some minutes: who asks each time gets a rotated value without a restart.
///
/// One request at a time fetches a secret, however many of its keys are asked for. When AWS does not answer, the
/// last value serves on, up to `maxStale`: a secret that AWS says is gone or denied does not.
public actor AWSValueResolver {
    /// Why there is no value. No case carries one.
    public enum Fault: Error, Sendable, Equatable {
        case aws(AWSValueReference, AWSError)
        /// - Parameter requestID: AWS's, of the call that gave the secret.
        case notJSON(AWSValueReference, requestID: String)
        /// The secret's JSON has no such member, or it is neither text, number nor truth value.
        case noSuchKey(AWSValueReference, requestID: String)
    }

    /// A secret or a parameter as a call gave it.
    struct Value: Sendable {
        var text: AWSSecretText
        /// AWS's id of the call.
        var requestID: String
    }

    private struct Known {
        var value: Value
        var fetched: Date
    }

    private typealias Outcome = Result<Value, AWSError>
    private let fetch: @Sendable (AWSValueReference) async throws(AWSError) -> Value
    private let lifetime: TimeInterval
    private let maxStale: TimeInterval
    private let now: @Sendable () -> Date
    /// By reference without its key.
    private var known: [AWSValueReference: Known] = [:]
    private var fetching: [AWSValueReference: Task<Outcome, Never>] = [:]
    /// When somebody last said that a value is not valid any more.
    private var renewals: [AWSValueReference: Date] = [:]

    /// - Parameters:
    ///   - lifetime: how long a value is taken as it is.
    ///   - maxStale: how long one serves when AWS does not answer.
    public init(
        secrets: SecretsManager, parameters: ParameterStore, lifetime: Duration = .seconds(300),
        maxStale: Duration = .seconds(86_400), now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.init(lifetime: lifetime, maxStale: maxStale, now: now) { reference async throws(AWSError) in
            switch reference {
            case .secret(let id, _):
                let secret = try await secrets.value(id)
                return Value(text: secret.text, requestID: secret.requestID)
            case .parameter(let name):
                let parameter = try await parameters.value(name)
                return Value(text: parameter.text, requestID: parameter.requestID)
            }
        }
    }

    init(
        lifetime: Duration = .seconds(300), maxStale: Duration = .seconds(86_400),
        now: @escaping @Sendable () -> Date,
        fetch: @escaping @Sendable (AWSValueReference) async throws(AWSError) -> Value
    ) {
        self.lifetime = lifetime / .seconds(1)
        self.maxStale = maxStale / .seconds(1)
        self.now = now
        self.fetch = fetch
    }

    /// What a setting's text stands for: a reference's value, or the text itself.
    public func resolve(_ text: String) async throws(Fault) -> AWSSecretText {
        guard let reference = AWSValueReference(text) else { return AWSSecretText(text) }
        return try await value(reference)
    }

    public func value(_ reference: AWSValueReference) async throws(Fault) -> AWSSecretText {
        try Self.text(of: try await whole(reference), reference)
    }

    /// The value fetched anew, since whoever it was shown to refused it: it may have been rotated since.
    ///
    /// - Parameter pause: AWS is asked once within it, however many ask; the others get what it gave.
    /// - Throws: where AWS gives none now. ``value(_:)`` goes on with the one before.
    public func renewed(
        _ reference: AWSValueReference, atMostEvery pause: Duration = .seconds(5)
    ) async throws(Fault) -> AWSSecretText {
        let container = Self.container(reference)
        if let last = renewals[container], fetching[container] == nil,
            now().timeIntervalSince(last) < pause / .seconds(1)
        {
            return try await value(reference)
        }
        renewals[container] = now()
        switch await fetched(container) {
        case .success(let whole): return try Self.text(of: whole, reference)
        case .failure(let error): throw .aws(reference, error)
        }
    }

    private static func text(
        of whole: Value, _ reference: AWSValueReference
    ) throws(Fault) -> AWSSecretText {
        guard case .secret(_, let key?) = reference else { return whole.text }
        guard let json = try? JSONValue(parsing: whole.text.value) else {
            throw .notJSON(reference, requestID: whole.requestID)
        }
        switch json[key] {
        case .string(let text)?: return AWSSecretText(text)
        case .integer(let number)?: return AWSSecretText("\(number)")
        case .number(let number)?: return AWSSecretText("\(number)")
        case .bool(let truth)?: return AWSSecretText("\(truth)")
        default: throw .noSuchKey(reference, requestID: whole.requestID)
        }
    }

    private static func container(_ reference: AWSValueReference) -> AWSValueReference {
        if case .secret(let id, _) = reference { .secret(id: id, key: nil) } else { reference }
    }

    private func whole(_ reference: AWSValueReference) async throws(Fault) -> Value {
        let container = Self.container(reference)
        let kept = known[container]
        if let kept, now().timeIntervalSince(kept.fetched) < lifetime { return kept.value }
        switch await fetched(container) {
        case .success(let value): return value
        case .failure(let error):
            if let kept, error.isRetryable, now().timeIntervalSince(kept.fetched) < maxStale {
                return kept.value
            }
            throw .aws(reference, error)
        }
    }

    private func fetched(_ container: AWSValueReference) async -> Outcome {
        if let running = fetching[container] { return await running.value }
        let task = Task { () -> Outcome in
            let outcome: Outcome
            do throws(AWSError) {
                outcome = .success(try await fetch(container))
            } catch {
                outcome = .failure(error)
            }
            keep(outcome, for: container)
            return outcome
        }
        fetching[container] = task
        return await task.value
    }

    private func keep(_ outcome: Outcome, for container: AWSValueReference) {
        fetching[container] = nil
        if case .success(let value) = outcome { known[container] = Known(value: value, fetched: now()) }
    }
}

extension AWSValueResolver.Fault: CustomStringConvertible {
    public var description: String {
        switch self {
        case .aws(let reference, let error): "There is no value for \(reference): \(error)"
        case .notJSON(let reference, let requestID):
            """
            The secret of \(reference) is no JSON, so that it has no keys (AWS request id \(requestID)). Leave out what \
            stands behind the #, or make the secret a JSON object.
            """
        case .noSuchKey(let reference, let requestID):
            """
            The JSON of \(reference) has no such key with a text, a number or a truth value (AWS request id \
            \(requestID)). Check the key's name.
            """
        }
    }
}
