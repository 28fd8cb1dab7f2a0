/// A numbered step of a schema. A step that has shipped is never edited.
struct SchemaStep: Sendable, Hashable {
    var name: String
    var sql: String
    /// How many steps a process must know to use the schema once this one is taken; `nil` for no more than before: the
    /// step only adds, and whoever does not know it goes on as if it were not there.
    ///
    /// A step that takes away or changes the meaning of what is there states its own number, or one between: it then
    /// refuses older processes, and is for a version after the one that stopped needing what it takes.
    var needs: Int?
    /// The index that the step builds, and nothing else: outside of a transaction, while others write. `nil` for steps
    /// that are transactions.
    private(set) var index: String?

    init(_ name: String, _ sql: String, needs: Int? = nil) {
        self.name = name
        self.sql = sql
        self.needs = needs
    }

    /// A step that builds an index of a table which may hold much: a plain one would keep writers out meanwhile.
    ///
    /// - Parameter place: what follows `ON`: `run (told_at) WHERE state = 'queued'`.
    static func index(_ index: String, on place: String) -> SchemaStep {
        var step = SchemaStep(index, "CREATE INDEX CONCURRENTLY \(index) ON \(place)")
        step.index = index
        return step
    }

    /// The statement for where nothing can be done outside of a transaction: it keeps writers out until it ends.
    var plainSQL: String { sql.replacing(" CONCURRENTLY", with: "") }
}

/// A schema that a newer version brought to where this one cannot use it.
struct SchemaTooNew: Sendable, Hashable {
    /// The steps that are not known here: `8-name (by 0.2.0)`, with the version that took each where it said so.
    var unknown: [String]
    /// How many steps are known here.
    var known: Int
    /// How many must be.
    var needed: Int
}
