import Flow
import JSONValue

/// One table of several records and tables.
struct MergeData: ImmediateComponent {
    enum Operation: String, Sendable, CaseIterable {
        case concatenate, append, merge, join
    }

    static let type = "MergeData"
    static let summary =
        """
        Makes one table of records: below each other (append), or in one row, where values of the same name are joined \
        as texts (concatenate), listed (merge) or numbered (join).
        """
    let data: InputList<Table>
    let operation: Parameter<Operation>
    let table: Output<Table>

    init(_ declare: inout Declaration) {
        data = declare.inputList("data", "Records, and tables row by row, in the order of the edges.")
        operation = declare.choice(
            "operation", .concatenate,
            """
            append: a row each. The others make one row: concatenate joins texts of the same name with line breaks; \
            merge lists them; join gives those of the second record on the ending _doc2, and so forth. Of other values \
            the last one stands.
            """)
        table = declare.output("table", "The rows.")
    }

    func compute(_ step: Step) throws {
        let all = try Table.concatenating(step[data], for: step[operation].rawValue)
        let (records, columns) = (all.rows, all.columns)
        let merged: Table =
            switch step[operation] {
            case .append: all
            case .concatenate:
                Table(records.isEmpty ? [] : [try Self.concatenated(records)], columns: columns)
            case .merge: Table(records.isEmpty ? [] : [Self.listed(records)], columns: columns)
            case .join: try Self.joined(records, columns)
            }
        step.send(merged, to: table)
    }

    /// At most ``TextTemplate/byteLimit`` bytes of joined texts.
    private static func concatenated(_ records: [Record]) throws(DataError) -> Record {
        // Pieces are joined once, at the end: joining step by step would copy a long text once a record.
        var pieces: [String: [JSONValue]] = [:]
        for (name, value) in records.flatMap(\.values) {
            if value.string != nil, pieces[name]?.last?.string != nil {
                pieces[name]?.append(value)
            } else {
                pieces[name] = [value]
            }
        }
        let bytes = pieces.values.filter { $0.count > 1 }.joined()
            .reduce(0) { $0 + ($1.string?.utf8.count ?? 0) + 1 }
        guard bytes <= TextTemplate.byteLimit else {
            throw .tooLong(operation: Operation.concatenate.rawValue, limit: TextTemplate.byteLimit)
        }
        return Record(
            pieces.mapValues { values in
                values.count == 1 ? values[0] : .string(values.compactMap(\.string).joined(separator: "\n"))
            })
    }

    private static func listed(_ records: [Record]) -> Record {
        var merged: [String: JSONValue] = [:]
        for (name, value) in records.flatMap(\.values) {
            guard let known = merged[name], value.string != nil else {
                merged[name] = value
                continue
            }
            // Taken out while it grows, so that the list is not copied with every element.
            merged[name] = nil
            merged[name] = known.appending(value)
        }
        return Record(merged)
    }

    /// At most ``TableJoin/rowLimit`` members.
    private static func joined(
        _ records: [Record], _ columns: [String]
    ) throws(DataError) -> Table {
        guard !records.isEmpty else { return Table([], columns: columns) }
        var row: [String: JSONValue] = [:]
        var names: [String] = []
        for (offset, record) in records.enumerated() {
            for name in columns {
                guard let value = record.values[name] else { continue }
                let new = offset == 0 ? name : "\(name)_doc\(offset + 1)"
                if row.updateValue(value, forKey: new) == nil { names.append(new) }
                guard names.count <= TableJoin.rowLimit else {
                    throw .tooManyValues(operation: Operation.join.rawValue, limit: TableJoin.rowLimit)
                }
            }
        }
        return Table([Record(row)], columns: names)
    }
}

extension JSONValue {
    /// The list with one more, or a list of the two.
    fileprivate consuming func appending(_ value: JSONValue) -> JSONValue {
        if case .array(var elements) = self {
            elements.append(value)
            return .array(elements)
        }
        return [self, value]
    }
}
