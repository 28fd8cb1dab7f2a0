import Corpus

/// What a dry run counted.
struct IngestPlanDocument: ResponseDocument {
    struct SpaceCounts: Encodable, Sendable {
        var key: String
        var name: String
        var read: Int
        var added: Int
        var updated: Int
        var moved: Int
        var readersChanged: Int
        var unchanged: Int
        var removed: Int
        var leftOut: Int
        var failed: Int

        init(_ space: IngestJob.Plan.SpaceCounts) {
            key = space.key
            name = space.name
            read = space.read
            added = space.added
            updated = space.updated
            moved = space.moved
            readersChanged = space.readersChanged
            unchanged = space.unchanged
            removed = space.removed
            leftOut = space.leftOut
            failed = space.failed
        }
    }

    @Nullable var requests: Int?
    var spaces: [SpaceCounts]

    init(_ plan: IngestJob.Plan) {
        requests = plan.requests
        spaces = plan.spaces.map { SpaceCounts($0) }
    }

    static var schema: JSONSchema {
        let counts = [
            "read", "added", "updated", "moved", "readers_changed", "unchanged", "removed", "left_out",
            "failed",
        ]
        var fields = Dictionary(
            counts.map { ($0, JSONSchema.integer) }, uniquingKeysWith: { first, _ in first })
        fields["key"] = .text
        fields["name"] = .text
        return .object(required: [
            "requests": JSONSchema.integer.orNull.described("that were made of the site"),
            "spaces": JSONSchema.list(of: .object(required: fields)).described(
                "in the order in which they were read"),
        ]).named("IngestPlan")
    }
}
