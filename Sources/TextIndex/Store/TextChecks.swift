/// What a store accepts.
package struct TextChecks: Sendable {
    package let format: TextFormat

    package init(format: TextFormat) { self.format = format }

    /// - Throws: for the first document that is not acceptable.
    package func check(_ documents: [TextDocument]) throws(TextIndexError) {
        var ids = Set<UInt64>(minimumCapacity: documents.count)
        for document in documents {
            guard ids.insert(document.id).inserted else { throw .duplicateID(document.id) }
            try check(document)
        }
    }

    private func check(_ document: TextDocument) throws(TextIndexError) {
        guard document.fields.count == format.fields.count else {
            throw .fieldCountMismatch(
                id: document.id, expected: format.fields.count, actual: document.fields.count)
        }
        for (field, content) in document.fields.enumerated() {
            let limit = TextDocument.lengthLimit
            let longest = max(
                content.length, content.occurrences.count > limit ? mostOccurrences(content) : 0)
            guard 0...limit ~= content.length, longest <= limit else {
                throw .fieldTooLong(
                    id: document.id, field: format.fields[field], length: longest, limit: limit)
            }
            for occurrence in content.occurrences {
                let count = occurrence.term.utf8.count
                guard 1...TextDocument.termByteLimit ~= count else {
                    throw .invalidTerm(
                        id: document.id, byteCount: count, limit: TextDocument.termByteLimit)
                }
            }
        }
        for facet in document.facets {
            let name = facet.field.utf8.count
            guard name <= TextFacet.fieldByteLimit else {
                throw .invalidFacet(id: document.id, byteCount: name, limit: TextFacet.fieldByteLimit)
            }
            let whole = name + facet.value.utf8.count
            guard whole <= TextDocument.termByteLimit else {
                throw .invalidFacet(id: document.id, byteCount: whole, limit: TextDocument.termByteLimit)
            }
        }
    }

    /// How often the commonest term stands in a field.
    private func mostOccurrences(_ field: TextField) -> Int {
        var counts: [String: Int] = [:]
        for occurrence in field.occurrences { counts[occurrence.term, default: 0] += 1 }
        return counts.values.max() ?? 0
    }
}
