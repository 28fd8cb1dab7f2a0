/// The schema, one numbered step after another. A step that has shipped is never edited.
///
/// Each step is one transaction under one lock, so that of several processes that start together one takes it and the
/// others find it taken. A later step that changes what is there must leave the version before it able to run: two
/// versions serve side by side while a fleet is brought up to date. One that does not says so (``SchemaStep/needs``).
enum PostgresSchema {
    /// A step's number is its place, from 1 on.
    static let steps = [
        SchemaStep("documents", documents), SchemaStep("chunk-changes", changes),
        SchemaStep("inclusions", inclusions), SchemaStep("sync", sync), SchemaStep("jobs", jobs),
        SchemaStep("leases", leases), SchemaStep("nodes", nodes),
        SchemaStep("evidence-in-rows", evidenceInRows),
    ]
}
