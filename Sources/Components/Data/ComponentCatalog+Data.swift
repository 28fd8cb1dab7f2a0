import Flow

extension ComponentCatalog {
    /// Adds the components that change records and tables, ask databases, and read and write files, and the
    /// conversions of what is saved.
    ///
    /// Files are those of a run's ``RunFiles``. The conversions of ``addConversions()`` are needed beside these.
    ///
    /// - Parameters:
    ///   - databases: what flows may ask with SQL, by the names that flows use.
    ///   - documentText: reads documents that are no text, such as PDF; `nil` if nothing here does.
    public mutating func addDataComponents(
        databases: [String: any QueryableDatabase] = [:], documentText: DocumentText? = nil
    ) {
        addFileContentConversions()
        register(CreateData.self, in: .data) { CreateData(&$0) }
        register(DataOperations.self, in: .data) { DataOperations(&$0) }
        register(MergeData.self, in: .data) { MergeData(&$0) }
        register(ReadFile.self, in: .data) { ReadFile(&$0, documentText: documentText) }
        register(SaveToFile.self, in: .data) { SaveToFile(&$0) }
        register(SQLQuery.self, in: .data) { SQLQuery(&$0, databases: databases) }
        register(TableOperations.self, in: .data) { TableOperations(&$0) }
    }
}
