/// The least part of a passage that can bear an answer: a sentence, a list item, a row of a table with its header,
/// a line of code. It knows what stands above it, without which many of them say nothing.
public struct EvidenceUnit: Sendable, Hashable {
    public enum Kind: String, Sendable, Codable {
        case sentence, item, row, code
    }

    /// A cell of a table's row under the name of its column.
    public struct Cell: Sendable, Hashable {
        /// Empty where the column has no name.
        public var header: String
        public var text: String
    }

    public var kind: Kind
    /// UTF-8 byte range in the passage.
    public var range: Range<Int>
    /// As it stands in the passage, without a bullet or a number in front.
    public var text: String
    /// The short line above it that is no sentence: a heading inside the passage.
    public var heading: String?
    /// The line that announces it, such as “Before you travel:”.
    public var lead: String?
    /// Of a row, its cells; otherwise empty.
    public var cells: [Cell] = []
    /// The number in front of a step.
    public var step: Int?
    /// Units of one paragraph, list, table or listing share one; they are neighbours in the passage.
    public var group: Int

    /// What a reader reads: the lead-in and the unit, a row's cells each under its header.
    public var statement: String {
        let body =
            cells.isEmpty
            ? text
            : cells.filter { !$0.text.isEmpty }
                .map { $0.header.isEmpty ? $0.text : "\($0.header): \($0.text)" }.joined(separator: "; ")
        return lead.map { "\($0) \(body)" } ?? body
    }
}
