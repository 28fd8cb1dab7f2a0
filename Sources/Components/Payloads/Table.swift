import Flow
import JSONValue

/// Rows of named values, with the order of their columns.
public struct Table: JSONPayload, Hashable {
    public static let payloadName = "table"
    public static let jsonSchema: JSONValue = ["type": "array", "items": ["type": "object"]]

    /// Every name that a row has, and names that are kept although no row has them, in the order in which they are
    /// shown.
    public private(set) var columns: [String]

    /// Setting them adds columns for new names and takes none away, so that a filter which leaves no row keeps the
    /// table's shape. What takes columns away or renames them says so: ``selectColumns(_:)``, ``dropColumns(_:)``,
    /// ``renameColumns(_:)``.
    ///
    /// - Complexity: a change looks at every row once; to add many rows, add them together.
    public var rows: [Record] {
        didSet { columns = Self.columns(of: rows, known: columns) }
    }

    /// - Parameter columns: those that stand first; the rows' other names follow in alphabetical order, row by row.
    public init(_ rows: [Record] = [], columns: [String] = []) {
        self.rows = rows
        self.columns = Self.columns(of: rows, known: columns)
    }

    /// An array of objects; anything else in it stands as `{"value": …}`.
    public init(json: JSONValue) throws {
        guard let elements = json.array else {
            throw PayloadMismatch(expected: Self.payloadName, actual: json.kind)
        }
        self.init(elements.map { Record($0.object ?? ["value": $0]) })
    }

    public var json: JSONValue { .array(rows.map(\.json)) }

    private static func columns(of rows: [Record], known: [String]) -> [String] {
        var seen: Set<String> = []
        var columns = known.filter { seen.insert($0).inserted }
        for row in rows {
            let new = row.values.keys.filter { !seen.contains($0) }
            guard !new.isEmpty else { continue }
            columns += new.sorted()
            seen.formUnion(new)
        }
        return columns
    }
}

extension Table {
    /// Keeps these columns alone, in this order; one that the table lacks stays out.
    public mutating func selectColumns(_ names: [String]) {
        let kept = names.filter(Set(columns).contains)
        let wanted = Set(kept)
        self = Table(
            rows.map { Record($0.values.filter { wanted.contains($0.key) }) }, columns: kept)
    }

    /// Takes columns away; the others keep their order.
    public mutating func dropColumns(_ names: Set<String>) {
        selectColumns(columns.filter { !names.contains($0) })
    }

    /// Gives columns new names in their old places.
    ///
    /// - Parameter names: new names by old ones. Where several columns come to have one name, they become one in the
    ///   place of the first, with the value of the last that has any.
    public mutating func renameColumns(_ names: [String: String]) {
        let order = columns
        let renamed = rows.map { row in
            var values: [String: JSONValue] = [:]
            for column in order {
                if let value = row.values[column] { values[names[column] ?? column] = value }
            }
            return Record(values)
        }
        self = Table(renamed, columns: order.map { names[$0] ?? $0 })
    }
}

extension Table {
    /// A Markdown table, for a model or a person to read.
    public var markdown: String {
        guard !columns.isEmpty else { return "" }
        let lines =
            [columns.map(Self.cell), columns.map { _ in "---" }]
            + rows.map { row in columns.map { row.values[$0].map { Self.cell($0.plainText) } ?? "" } }
        return lines.map { "| " + $0.joined(separator: " | ") + " |" }.joined(separator: "\n")
    }

    /// A text that neither ends its cell nor its row.
    private static func cell(_ text: String) -> String {
        // By characters, of which CR LF is one.
        String(text.map { $0.isNewline ? " " : $0 }).replacing("|", with: "\\|")
    }
}
