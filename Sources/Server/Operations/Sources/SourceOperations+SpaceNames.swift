import Corpus

extension SourceOperations {
    /// Spaces of a source whose names are looked up: the largest.
    private static let namedSpaces = 100

    /// Adds the names of the spaces, of each that the caller may read a page of; the others keep their keys alone.
    func naming(spacesOf source: inout SourceDocument, for scope: ReadScope) async throws {
        guard let directory else { return }
        let largest = source.documentsBySpace.indices.sorted {
            source.documentsBySpace[$0].documents > source.documentsBySpace[$1].documents
        }
        for index in largest.prefix(Self.namedSpaces) {
            let filter = ChunkFilter(spaces: [source.documentsBySpace[index].key])
            let page = try await directory.documents(matching: filter, after: "", limit: 1, scope: scope)
                .first
            source.documentsBySpace[index].name = page?.spaceName
        }
    }
}
