/// Cuts a passage into the units of evidence that it holds.
///
/// Works on the rendered text alone, by its conventions: a line with ` | ` is a row and the first of them its
/// table's header (in a table of Markdown between outer bars, over a rule of dashes); `- `, `* ` and `1. ` begin an item; a line that ends with a colon announces what follows; a
/// short line without a full stop is a heading. Vectors of units are kept with passages, so a change of these rules
/// raises ``version``.
public enum EvidenceUnits {
    /// Of the rules. Stored vectors of another version are not used.
    public static let version = 2

    /// An item of more bytes than this is cut into its sentences.
    static let itemByteLimit = 320
    /// A line of more bytes than this is no heading.
    static let headingByteLimit = 60

    /// The units of a passage, in order.
    ///
    /// - Parameter isCode: the passage is code throughout, whatever its lines look like.
    public static func all(of passage: String, isCode: Bool = false) -> [EvidenceUnit] {
        var reader = EvidenceReader(Array(passage.utf8), isCode: isCode)
        return reader.read()
    }
}

/// One reading of a passage, line by line.
struct EvidenceReader {
    private let bytes: [UInt8]
    private let isCode: Bool
    private var units: [EvidenceUnit] = []
    private var group = 0
    private var heading: String?
    private var lead: String?
    private var header: [String] = []
    /// Whether the rows of the table stand between bars at both ends.
    private var isBarred = false
    private var previous = Line.Form.empty

    init(_ bytes: [UInt8], isCode: Bool) {
        self.bytes = bytes
        self.isCode = isCode
    }

    mutating func read() -> [EvidenceUnit] {
        // The rule under a header of Markdown says nothing, and parts nothing.
        let lines = Line.all(of: bytes).filter { isCode || $0.form != .rule }
        for (offset, line) in lines.enumerated() {
            let next = lines.dropFirst(offset + 1).first { $0.form != .empty }
            take(
                line, before: next,
                nextIsAdjacent: offset + 1 < lines.count && lines[offset + 1].form != .empty)
            previous = line.form
        }
        return units
    }

    private mutating func take(_ line: Line, before next: Line?, nextIsAdjacent: Bool) {
        guard line.form != .empty else { return }
        if isCode { return add(line, .code, line.range) }
        if line.form != .row { header = [] }
        switch line.form {
        case .empty, .rule: break
        case .row: takeRow(line, isFirst: previous != .row, hasNext: nextIsAdjacent && next?.form == .row)
        case .item(let body, let step):
            if case .item = previous {} else { group += 1 }
            takeItem(body, line, step)
        case .announcement:
            group += 1
            addSentences(line.range)
            lead = line.text
        case .plain:
            if isHeading(line, before: next) {
                heading = Self.withoutMarks(line.text)
                lead = nil
                group += 1
                return
            }
            if lead != nil, previous == .announcement || previous == .plain, line.text.utf8.count <= 200 {
                // What an announcement announces may be plain lines.
                return add(line, .item, line.range)
            }
            lead = nil
            group += 1
            addSentences(line.range)
        }
    }

    /// A heading as it is read: without the marks of its level.
    private static func withoutMarks(_ text: String) -> String {
        let rest = text.drop { $0 == "#" }
        return rest.first == " " ? String(rest.dropFirst()) : text
    }

    /// A short line that is no sentence, with something below it.
    private func isHeading(_ line: Line, before next: Line?) -> Bool {
        guard next != nil, line.text.utf8.count <= EvidenceUnits.headingByteLimit,
            let last = line.text.unicodeScalars.last
        else { return false }
        return !".!?:;,…。！？）)".unicodeScalars.contains(last) && !line.text.contains(": ")
            && !line.text.contains("\\") && lead == nil
    }

    private mutating func takeRow(_ line: Line, isFirst: Bool, hasNext: Bool) {
        if isFirst { isBarred = line.isBarred }
        let cells = isBarred && line.isBarred ? Array(line.cells.dropFirst().dropLast()) : line.cells
        if isFirst {
            group += 1
            header = cells
            // A header alone is a row like any other.
            if hasNext { return }
            header = []
        }
        var unit = unit(line, .row, line.range)
        unit.cells = cells.enumerated().map { column, text in
            EvidenceUnit.Cell(header: column < header.count ? header[column] : "", text: text)
        }
        units.append(unit)
    }

    private mutating func takeItem(_ body: Range<Int>, _ line: Line, _ step: Int?) {
        guard body.count > EvidenceUnits.itemByteLimit else {
            var unit = unit(line, .item, body)
            unit.step = step
            units.append(unit)
            return
        }
        for range in SentenceSplitter(.quotation).ranges(in: body, of: bytes) {
            var unit = unit(line, .item, range)
            unit.step = step
            units.append(unit)
        }
    }

    private mutating func addSentences(_ range: Range<Int>) {
        for sentence in SentenceSplitter(.quotation).ranges(in: range, of: bytes) {
            var unit = EvidenceUnit(
                kind: .sentence, range: sentence, text: text(sentence), heading: heading, group: group)
            unit.lead = nil
            units.append(unit)
        }
    }

    private mutating func add(_ line: Line, _ kind: EvidenceUnit.Kind, _ range: Range<Int>) {
        units.append(unit(line, kind, range))
    }

    private func unit(_ line: Line, _ kind: EvidenceUnit.Kind, _ range: Range<Int>) -> EvidenceUnit {
        EvidenceUnit(
            kind: kind, range: range, text: text(range), heading: heading, lead: lead, group: group)
    }

    private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }
}
