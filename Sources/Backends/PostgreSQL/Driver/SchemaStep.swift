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

    init(_ name: String, _ sql: String, needs: Int? = nil) {
        self.name = name
        self.sql = sql
        self.needs = needs
    }
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
