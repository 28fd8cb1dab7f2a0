import Foundation

/// Seals anew, with the newest key, what older ones have sealed.
///
/// Any number of processes may do so at once, while others write: a value is only replaced while it is what was opened.
/// What cannot be opened stays as it is. One that is broken off is gone on with by the next: what the newest key has sealed
/// is not looked at again.
public struct Resealing: Sendable {
    /// What one pass came to.
    public struct Outcome: Sendable, Hashable {
        /// Values that were sealed anew.
        public var sealed = 0
        /// Values that no key opens, which were sealed with keys of elsewhere or changed.
        public var unreadable = 0
        public init() {}
    }

    /// How far a pass is.
    public struct Progress: Sendable, Hashable {
        public var kind: SealedValue.Kind
        public var outcome: Outcome
    }

    static let batch = 100
    private let store: any SealedValueStore
    private let seal: VariableSeal

    public init(_ store: any SealedValueStore, _ seal: VariableSeal) {
        self.store = store
        self.seal = seal
    }

    /// Looks at everything once.
    ///
    /// - Parameter told: is told behind each batch that was looked at.
    public func run(telling told: (Progress) -> Void = { _ in }) async throws -> Outcome {
        var outcome = Outcome()
        guard let mark = seal.mark else { return outcome }
        for kind in SealedValue.Kind.allCases {
            var last: SealedValue?
            repeat {
                try Task.checkCancellation()
                let values = try await store.sealedValues(
                    kind, without: mark, after: last, limit: Self.batch)
                for value in values { try await seal(anew: value, &outcome) }
                if !values.isEmpty { told(Progress(kind: kind, outcome: outcome)) }
                last = values.last
            } while last != nil
        }
        return outcome
    }

    private func seal(anew value: SealedValue, _ outcome: inout Outcome) async throws(WorkspaceError) {
        guard let plain = try? seal.open(value.value, name: value.sealedName, owner: value.owner) else {
            outcome.unreadable += 1
            return
        }
        let new = try seal.seal(plain, name: value.sealedName, owner: value.owner)
        if try await store.replace(value, with: new) { outcome.sealed += 1 }
    }
}
