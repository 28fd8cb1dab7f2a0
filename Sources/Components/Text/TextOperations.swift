import Flow
import JSONValue

/// One change of a text.
///
/// By code points, as Python counts them.
struct TextOperations: ImmediateComponent {
    /// What it does; the raw values are Langflow's names in short.
    enum Operation: String, Sendable, CaseIterable {
        case wordCount = "word_count"
        case changeCase = "change_case"
        case replace, extract, head, tail, strip, join, clean
        case toTable = "to_table"
    }

    enum Letters: String, Sendable, CaseIterable {
        case lowercase, uppercase, title, capitalize, swapcase
    }

    enum Side: String, Sendable, CaseIterable {
        case both, left, right
    }

    static let type = "TextOperations"
    static let summary =
        """
        Changes a text: counts its words, changes its letters' case, replaces, extracts, cuts, strips, joins and cleans, \
        or reads a table out of it.
        """
    let text: Input<String>
    let more: OptionalInput<String>
    let operation: Parameter<Operation>
    let letters: Parameter<Letters>
    let search: Parameter<String>
    let replacement: Parameter<String>
    let isRegex: Parameter<Bool>
    let pattern: Parameter<String>
    let matchLimit: Parameter<Int>
    let count: Parameter<Int>
    let side: Parameter<Side>
    let characters: Parameter<String>
    let countsWords: Parameter<Bool>
    let countsCharacters: Parameter<Bool>
    let countsLines: Parameter<Bool>
    let joinsSpaces: Parameter<Bool>
    let dropsSigns: Parameter<Bool>
    let dropsEmptyLines: Parameter<Bool>
    let separator: Parameter<String>
    let hasHeader: Parameter<Bool>
    let message: Output<ChatMessage>
    let data: Output<Record>
    let table: Output<Table>

    init(_ declare: inout Declaration) {
        text = declare.input("text", "The text.")
        more = declare.optionalInput("more", "What join puts behind it, on a line of its own.")
        operation = declare.choice("operation", nil, "What is done.")
        letters = declare.choice("case", .lowercase, "What change_case makes of the letters.")
        search = declare.text("search", "", maxBytes: 1_024, "What replace looks for.")
        replacement = declare.text("replacement", "", "What replace puts there.")
        isRegex = declare.flag(
            "regex", false,
            """
            Whether replace looks for a regular expression; \\1 and \\g<name> of the replacement are then what its groups \
            found.
            """)
        pattern = declare.text(
            "pattern", "", maxBytes: TextPattern.byteLimit, "The regular expression that extract looks for.")
        matchLimit = declare.integer(
            "max_matches", 10, in: 0...1_000_000, unit: "matches", "How many extract takes; 0 for all.")
        count = declare.integer(
            "count", 100, in: 0...1_000_000_000, unit: "characters", "How many head and tail keep.")
        side = declare.choice("side", .both, "Where strip takes away.")
        characters = declare.text(
            "characters", "", maxBytes: 1_024, "What strip takes away; empty for white space.")
        countsWords = declare.flag("count_words", true, "Whether word_count counts words.")
        countsCharacters = declare.flag("count_characters", true, "Whether it counts characters.")
        countsLines = declare.flag("count_lines", true, "Whether it counts lines.")
        joinsSpaces = declare.flag(
            "remove_extra_spaces", true, "Whether clean makes one space of several.")
        dropsSigns = declare.flag(
            "remove_special_chars", false,
            "Whether clean drops what is neither letter, digit, “_” nor white space.")
        dropsEmptyLines = declare.flag("remove_empty_lines", false, "Whether clean drops empty lines.")
        separator = declare.text(
            "separator", "|", maxBytes: 16, "What stands between the cells of a line, for to_table.")
        hasHeader = declare.flag("has_header", true, "Whether the first line names the columns.")
        message = declare.output("message", "The text as it is then; counts and tables as JSON.")
        data = declare.output(
            "data", "The counts of word_count, the `matches` of extract; else the text as `text`.")
        table = declare.output(
            "table", "The table of to_table, a row with `match` for each of extract; else one row.")
    }

    func compute(_ step: Step) throws {
        let operation = step[operation]
        switch operation {
        case .wordCount: send(counts(of: step[text], step), step)
        case .toTable:
            let read = try TextTable(separator: step[separator], hasHeader: step[hasHeader]).table(
                in: step[text])
            step.send(ChatMessage(read.markdown, role: .assistant), to: message)
            step.send(Record(table: read), to: data)
            step.send(read, to: table)
        case .extract:
            let found = try found(in: step[text], step)
            step.send(ChatMessage(FoundText.lines(found), role: .assistant), to: message)
            step.send(Record(["matches": .array(found.map(\.json))]), to: data)
            step.send(Table(found.map { Record(["match": $0.json]) }, columns: ["match"]), to: table)
        default:
            let changed = try changed(step[text], by: operation, step)
            step.send(ChatMessage(changed, role: .assistant), to: message)
            let record = Record([Record.textKey: .string(changed)])
            step.send(record, to: data)
            step.send(Table([record]), to: table)
        }
    }

    private func send(_ record: Record, _ step: Step) {
        step.send(ChatMessage(record.text, role: .assistant), to: message)
        step.send(record, to: data)
        step.send(Table([record]), to: table)
    }

    private func counts(of text: String, _ step: Step) -> Record {
        let scalars = text.unicodeScalars
        let isEmpty = scalars.allSatisfy(\.properties.isWhitespace)
        var counts: [String: Int] = [:]
        if step[countsWords] {
            let words = isEmpty ? [] : scalars.split(whereSeparator: \.properties.isWhitespace)
            counts["word_count"] = words.count
            counts["unique_words"] = Set(words.map { Array($0.map(\.value)) }).count
        }
        if step[countsCharacters] {
            counts["character_count"] = isEmpty ? 0 : scalars.count
            counts["character_count_no_spaces"] = isEmpty ? 0 : scalars.count { $0 != " " }
        }
        if step[countsLines] {
            let lines = isEmpty ? [] : scalars.split(separator: "\n", omittingEmptySubsequences: false)
            counts["line_count"] = lines.count
            counts["non_empty_lines"] = lines.count { !$0.allSatisfy(\.properties.isWhitespace) }
        }
        return Record(counts.mapValues { .integer($0) })
    }

    private func changed(_ text: String, by operation: Operation, _ step: Step) throws -> String {
        switch operation {
        case .changeCase: return Self.written(text, in: step[letters])
        case .replace: return try replaced(text, step)
        case .head: return String(String.UnicodeScalarView(text.unicodeScalars.prefix(step[count])))
        case .tail: return String(String.UnicodeScalarView(text.unicodeScalars.suffix(step[count])))
        case .strip: return stripped(text, step)
        case .clean: return cleaned(text, step)
        case .join:
            let parts = [text, step[more] ?? ""].filter { !$0.isEmpty }
            return parts.joined(separator: "\n")
        case .wordCount, .toTable, .extract: return text
        }
    }

    private static func written(_ text: String, in letters: Letters) -> String {
        switch letters {
        case .lowercase: return text.lowercased()
        case .uppercase: return text.uppercased()
        case .capitalize: return text.prefix(1).uppercased() + text.dropFirst().lowercased()
        case .swapcase:
            return text.map { $0.isUppercase ? $0.lowercased() : $0.uppercased() }.joined()
        case .title:
            var isInside = false
            return text.map { letter in
                defer { isInside = letter.isCased }
                return isInside ? letter.lowercased() : letter.uppercased()
            }.joined()
        }
    }

    private func found(in text: String, _ step: Step) throws -> [FoundText] {
        let written = step[pattern]
        guard !written.isEmpty, !text.isEmpty else { return [] }
        let limit = step[matchLimit]
        return try TextPattern(written).found(in: text, limit: limit > 0 ? limit : nil)
    }

    /// Byte by byte: in UTF-8 a text is found at no other places than among its code points.
    private func replaced(_ text: String, _ step: Step) throws -> String {
        let search = Array(step[search].utf8)
        guard !search.isEmpty, !text.isEmpty else { return text }
        if step[isRegex] {
            let pattern = try TextPattern(step[self.search])
            let replacement = try PatternReplacement(step[replacement], for: pattern)
            return try pattern.replacing(matchesIn: text, with: replacement)
        }
        let bytes = Array(text.utf8)
        let places = bytes.ranges(of: search)
        let replacement = Array(step[replacement].utf8)
        // No overflow: each place lies in memory, and a replacement has at most 64 KiB.
        let size = bytes.count + places.count * (replacement.count - search.count)
        guard size <= TextTemplate.byteLimit else {
            throw TextsTooLong(bytes: size, limit: TextTemplate.byteLimit)
        }
        var result: [UInt8] = []
        result.reserveCapacity(size)
        var end = 0
        for place in places {
            result += bytes[end..<place.lowerBound] + replacement
            end = place.upperBound
        }
        result += bytes[end...]
        return String(decoding: result, as: UTF8.self)
    }

    private func stripped(_ text: String, _ step: Step) -> String {
        let wanted = Set(step[characters].unicodeScalars)
        func goes(_ scalar: Unicode.Scalar) -> Bool {
            wanted.isEmpty ? scalar.properties.isWhitespace : wanted.contains(scalar)
        }
        var rest = text.unicodeScalars[...]
        if step[side] != .right { rest = rest.drop(while: goes) }
        if step[side] != .left { while let last = rest.last, goes(last) { rest.removeLast() } }
        return String(String.UnicodeScalarView(rest))
    }

    private func cleaned(_ text: String, _ step: Step) -> String {
        var result = String.UnicodeScalarView()
        var isSpace = false
        for scalar in text.unicodeScalars {
            let isBlank = scalar.properties.isWhitespace
            if step[joinsSpaces], isBlank, scalar != "\n" {
                if !isSpace { result.append(" ") }
                isSpace = true
                continue
            }
            isSpace = false
            if step[dropsSigns], !isBlank, !scalar.isWordScalar { continue }
            result.append(scalar)
        }
        guard step[dropsEmptyLines] else { return String(result) }
        let lines = result.split(separator: "\n").filter { !$0.allSatisfy(\.properties.isWhitespace) }
        return lines.map { String(String.UnicodeScalarView($0)) }.joined(separator: "\n")
    }
}

/// A table that stands in a text, a line a row.
private struct TextTable {
    let separator: String
    let hasHeader: Bool

    func table(in text: String) throws -> Table {
        var lines = text.split(whereSeparator: \.isNewline).map { Self.trimmed($0) }.filter { !$0.isEmpty }
            .map(cells)
        if hasHeader, lines.count > 1, lines[1].allSatisfy(Self.isRule) { lines.remove(at: 1) }
        guard let first = lines.first else { return Table() }
        let columns =
            hasHeader ? first : (0..<(lines.map(\.count).max() ?? 0)).map { "col_\($0)" }
        let rows = hasHeader ? lines.dropFirst() : lines[...]
        if let place = rows.firstIndex(where: { hasHeader && $0.count != columns.count }) {
            throw TextTableError(row: place, cells: rows[place].count, columns: columns.count)
        }
        let numeric = columns.indices.filter { column in
            rows.allSatisfy { column < $0.count && Self.number($0[column]) != nil }
        }
        let isNumber = Set(numeric)
        let records = rows.map { row in
            Record(
                Dictionary(
                    zip(columns, row).enumerated().map { place, cell in
                        let number = isNumber.contains(place) ? Self.number(cell.1) : nil
                        return (cell.0, number ?? .string(cell.1))
                    }, uniquingKeysWith: { _, last in last }))
        }
        return Table(records, columns: columns)
    }

    private func cells(_ line: Substring) -> [String] {
        guard !separator.isEmpty else { return [String(line)] }
        var line = line
        while line.hasPrefix(separator) { line = line.dropFirst(separator.count) }
        while line.hasSuffix(separator) { line = line.dropLast(separator.count) }
        return line.split(separator: separator, omittingEmptySubsequences: false).map {
            String(Self.trimmed($0))
        }
    }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text.drop(while: \.isWhitespace)
        while text.last?.isWhitespace ?? false { text.removeLast() }
        return text
    }

    /// Whether a cell is of the line that Markdown draws below the names, such as `:---`.
    private static func isRule(_ cell: String) -> Bool {
        cell.contains("-") && cell.allSatisfy { $0 == "-" || $0 == ":" }
    }

    private static func number(_ cell: String) -> JSONValue? {
        if let whole = Int(cell) { return .integer(whole) }
        return Double(cell).flatMap { $0.isFinite ? .number($0) : nil }
    }
}

/// A line of a table in a text that has another number of cells than the line of names.
private struct TextTableError: Error, CustomStringConvertible {
    var row: Int
    var cells: Int
    var columns: Int

    var description: String {
        """
        to_table: row \(row) has \(cells) cells, and the line of names has \(columns). Give each row as many, or set \
        has_header to false.
        """
    }
}
