import Corpus
import Text

/// Questions that a page might answer, by what it is made of: a title or heading that asks, a table's cell.
enum ExampleCandidates {
    /// The likeliest to be answered well first; at most ``limit``.
    static func all(title: String, passages: [StoredChunk]) -> [String] {
        var questions = [question(title)].compactMap { $0 }
        for passage in passages {
            if let heading = passage.headingPath.last, let asked = question(heading) {
                questions.append(asked)
            }
        }
        for passage in passages {
            let rows = EvidenceUnits.all(of: passage.text, isCode: passage.chunkKind == .code)
            questions += rows.compactMap(question).prefix(1)
        }
        var seen: Set<String> = []
        return Array(questions.filter { seen.insert($0).inserted }.prefix(limit))
    }

    static let limit = 4

    /// A title or heading that asks; `nil` for one that only names.
    static func question(_ name: String) -> String? {
        let name = name.trimmingWhiteSpace()
        guard (8...90).contains(name.count) else { return nil }
        if name.hasSuffix("?") || name.hasSuffix("？") { return name }
        if let task = name.wholeMatch(of: /(?i)how to (.+)/)?.1 { return "How do I \(task)?" }
        return nil
    }

    /// What stands in a row's second cell, asked by its column and the row's label.
    static func question(_ unit: EvidenceUnit) -> String? {
        guard unit.kind == .row, unit.cells.count > 1 else { return nil }
        let (label, value) = (unit.cells[0].text, unit.cells[1])
        guard (3...50).contains(label.count), (3...30).contains(value.header.count), !value.text.isEmpty,
            value.text != "—", label.contains(where: \.isLetter)
        else { return nil }
        // “Limit, per night (EUR)” is the limit.
        let header = (value.header.split { $0 == "," || $0 == "(" }.first.map { String($0) } ?? "")
            .trimmingWhiteSpace()
        guard header.count > 2 else { return nil }
        let column = header.dropFirst().contains { $0.isUppercase } ? header : header.lowercased()
        if explanations.contains(column) { return "What does \(label) mean?" }
        return "What is the \(column) of \(label)?"
    }

    /// Headers of columns that say what a thing is.
    private static let explanations: Set<String> = [
        "definition", "description", "explanation", "meaning", "means", "what it means",
    ]
}
