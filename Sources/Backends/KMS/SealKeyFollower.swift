import Foundation
import Workspace

/// Follows keys that KMS guards while a process runs: takes over what others have added, adds a fresh key when one is due,
/// and seals anew what older keys have sealed, once a fresh one has begun to seal.
public struct SealKeyFollower: Sendable {
    public typealias News = SealNews

    /// How long it waits before each look.
    public static let pause = Duration.seconds(60)

    private let keys: KMSSealKeys
    private let ring: SealKeyRing
    private let seal: VariableSeal
    private let resealing: Resealing
    private let progress: @Sendable (Resealing.Progress) -> Void
    private let report: @Sendable (News) -> Void
    private var known: KMSSealKeys.Guarded
    /// What values begin with that need nothing, when everything was looked at last.
    private var done: Data?
    private var failure: String?

    /// - Parameters:
    ///   - known: what `keys` gave at the start.
    ///   - ring: where keys are put that were read.
    ///   - store: what is sealed with them.
    ///   - progress: is told behind each batch that was looked at.
    public init(
        _ keys: KMSSealKeys, from known: KMSSealKeys.Guarded, ring: SealKeyRing,
        store: any SealedValueStore, progress: @escaping @Sendable (Resealing.Progress) -> Void = { _ in },
        report: @escaping @Sendable (News) -> Void
    ) {
        self.progress = progress
        self.keys = keys
        self.ring = ring
        self.known = known
        self.report = report
        seal = VariableSeal(ring)
        resealing = Resealing(store, seal)
    }

    /// Looks until the task is cancelled.
    public func run() async {
        var follower = self
        while (try? await Task.sleep(for: Self.pause)) != nil { await follower.look() }
    }

    /// Looks once.
    public mutating func look() async {
        do {
            if let news = try await keys.followed(known) {
                known = news
                ring.replace(with: news.keys)
            }
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
        guard let mark = seal.mark, mark != done else { return }
        let outcome = try await resealing.run(telling: progress)
        done = mark
        if outcome != Resealing.Outcome() { report(.resealed(outcome)) }
    }
}
