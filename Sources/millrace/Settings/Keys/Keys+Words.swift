enum WordProvider: String, CaseIterable { case local, postgres }

extension Keys {
    /// Where passages' words are searched.
    struct Words: Sendable {
        let provider = Setting<WordProvider>(
            "words.provider", .local,
            "local keeps an index of words in each process; postgres one in the database, as its full text (tsvector), which all processes search, where database.provider is postgres"
        )
        let connections = Setting<Int>(
            "words.connections", 4, in: 1...100,
            "connections of one process that search and store words in the database, beside database.connections"
        )
    }
}
