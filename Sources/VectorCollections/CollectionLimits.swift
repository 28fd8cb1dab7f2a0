/// How much collections may hold and a call may ask.
public struct CollectionLimits: Sendable, Hashable {
    /// Collections of one tenant.
    public var collectionsPerTenant: Int
    /// Vectors of all collections of all tenants together.
    public var vectors: Int
    /// Collections that are open at once; the one that was used the longest ago is closed for another.
    public var openCollections: Int
    /// Bytes of a snapshot that is put back.
    public var snapshotBytes: Int

    public init(
        collectionsPerTenant: Int = 1_000, vectors: Int = 10_000_000, openCollections: Int = 64,
        snapshotBytes: Int = 4 << 30
    ) {
        self.collectionsPerTenant = max(1, collectionsPerTenant)
        self.vectors = max(1, vectors)
        self.openCollections = max(1, openCollections)
        self.snapshotBytes = max(1 << 20, snapshotBytes)
    }

    /// Bytes of a point's payload as JSON text.
    public static let payloadBytes = 65_536
    /// Objects and lists within each other in a payload.
    public static let payloadDepth = 32
    /// Points of one upsert.
    public static let pointsPerUpsert = 10_000
    /// Ids that one call gets or removes.
    public static let idsPerCall = 10_000
    /// Results of one query, and points of one page.
    public static let results = 1...1_000
    /// Queries of one call.
    public static let queriesPerCall = 100
    /// Floats of all vectors that one call gives back, as `with_vector` asks for.
    public static let floatsPerAnswer = 2_097_152
    /// Bytes of all payloads that one call gives back.
    public static let payloadBytesPerAnswer = 67_108_864
    /// How long a filter may take; one that takes longer is refused.
    public static let filterTime = Duration.seconds(5)
}
