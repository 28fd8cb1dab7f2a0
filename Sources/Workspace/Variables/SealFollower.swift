import Foundation

/// Something to tell of keys that are followed.
public enum SealNews: Sendable {
    /// What older keys had sealed was sealed anew.
    case resealed(Resealing.Outcome)
    /// This look failed; the keys of before serve on.
    case failed(String)
    /// Looks succeed again.
    case recovered
}

/// Follows keys that lie in a file or stand in the settings while a process runs: reads the file again, and seals anew what
/// older keys have sealed.
///
/// What is sealed anew is sealed by the newest key, so that a pass that was broken off is gone on with after a restart.
public struct SealFollower: Sendable {
    /// How long it waits before each look.
    public static let pause = Duration.seconds(15)

    private let ring: SealKeyRing
    private let seal: VariableSeal
    private let resealing: Resealing
    private let reading: @Sendable () throws -> SealKeys?
    private let mayBegin: @Sendable () async throws -> Bool
    private let progress: @Sendable (Resealing.Progress) -> Void
    private let report: @Sendable (SealNews) -> Void
    /// What values begin with that need nothing, when everything was looked at last.
    private var done: Data?
    private var failure: String?

    /// - Parameters:
    ///   - ring: where keys are put that were read.
    ///   - store: what is sealed with them.
    ///   - reading: reads the keys again; `nil` where they cannot be others.
    ///   - mayBegin: whether every process that shares the store has the newest key by now: what is sealed anew opens with
    ///     no other.
    ///   - progress: is told behind each batch that was looked at.
    public init(
        _ ring: SealKeyRing, store: any SealedValueStore,
        reading: @escaping @Sendable () throws -> SealKeys? = { nil },
        mayBegin: @escaping @Sendable () async throws -> Bool = { true },
        progress: @escaping @Sendable (Resealing.Progress) -> Void = { _ in },
        report: @escaping @Sendable (SealNews) -> Void
    ) {
        self.progress = progress
        self.ring = ring
        self.reading = reading
        self.mayBegin = mayBegin
        self.report = report
        seal = VariableSeal(ring)
        resealing = Resealing(store, seal)
    }

    /// Looks at once, and again until the task is cancelled.
    public func run() async {
        var follower = self
        repeat { await follower.look() } while (try? await Task.sleep(for: Self.pause)) != nil
    }

    /// Looks once.
    public mutating func look() async {
        do {
            // A file without keys that were there is an older one, put back from a backup: they open still.
            if let read = try reading() { ring.replace(with: try read.taking(ring.keys) ?? read) }
            try await sealAnew()
        } catch is CancellationError {
            return
        } catch {
            if failure != "\(error)" { report(.failed("\(error)")) }
            failure = "\(error)"
            return
        }
        if failure != nil { report(.recovered) }
        failure = nil
    }

    private mutating func sealAnew() async throws {
        guard let mark = seal.mark, mark != done, try await mayBegin() else { return }
        let outcome = try await resealing.run(telling: progress)
        done = mark
        if outcome != Resealing.Outcome() { report(.resealed(outcome)) }
    }
}
