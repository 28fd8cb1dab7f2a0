import Synchronization

/// Announces this process to those that share its database, and tells in what others differ: once each.
public actor NodeWatch {
    /// Between two announcements.
    public static let pause = Duration.seconds(10)
    /// How long an announcement lasts: three missed ones, and a node is gone.
    public static let life = Duration.seconds(35)

    /// What is new since the last look.
    public enum News: Sendable, Hashable {
        case differs(NodeDrift)
        /// It agrees now, or is gone.
        case settled(NodeDrift)
        /// It cannot be asked who is there; told once until it can.
        case unknown(reason: String)
    }

    /// What is known of the others.
    public struct Standing: Sendable, Hashable {
        /// Nodes that are there, this one among them.
        public var nodes: [NodeAnnouncement]
        /// Those that differ, in the order of their ids.
        public var drifts: [NodeDrift]
    }

    private let registry: any NodeRegistry
    private let node: NodeAnnouncement
    private let report: @Sendable (News) -> Void
    private nonisolated let latest: Mutex<Standing>
    private var told: [String: NodeDrift] = [:]
    private var isUnknown = false

    /// - Parameter report: is told what is new.
    public init(
        _ registry: any NodeRegistry, node: NodeAnnouncement, report: @escaping @Sendable (News) -> Void
    ) {
        self.registry = registry
        self.node = node
        self.report = report
        latest = Mutex(Standing(nodes: [node], drifts: []))
    }

    public nonisolated var standing: Standing { latest.withLock { $0 } }

    /// Announces again and again until the task is cancelled, and takes the announcement back then.
    public func run() async {
        while !Task.isCancelled {
            await look()
            guard (try? await Task.sleep(for: Self.pause)) != nil else { break }
        }
        let (registry, id) = (registry, node.id)
        // A task of its own is not cancelled with the caller's.
        await Task { try? await registry.withdraw(id) }.value
    }

    /// Announces once, and looks who else is there.
    public func look() async {
        let others: [NodeAnnouncement]
        do {
            others = try await registry.announce(node, for: Self.life)
        } catch {
            if !isUnknown, !Task.isCancelled { report(.unknown(reason: "\(error)")) }
            isUnknown = true
            return
        }
        isUnknown = false
        let drifts = others.compactMap { node.drift(of: $0) }
        let present = (others + [node]).sorted { $0.id < $1.id }
        latest.withLock { $0 = Standing(nodes: present, drifts: drifts) }
        tell(drifts)
    }

    private func tell(_ drifts: [NodeDrift]) {
        let now = Dictionary(drifts.map { ($0.node, $0) }, uniquingKeysWith: { first, _ in first })
        for drift in drifts where told[drift.node] != drift { report(.differs(drift)) }
        for (id, drift) in told.sorted(by: { $0.key < $1.key }) where now[id] == nil {
            report(.settled(drift))
        }
        told = now
    }
}
