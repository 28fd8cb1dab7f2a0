import Flow
import JSONValue

/// One change of a record.
struct DataOperations: ImmediateComponent {
    /// What it does; the raw values are Langflow's names in small letters.
    enum Operation: String, Sendable, CaseIterable {
        case selectKeys = "select_keys"
        case combine
        case filterValues = "filter_values"
        case appendUpdate = "append_update"
        case removeKeys = "remove_keys"
        case renameKeys = "rename_keys"
        case pathSelection = "path_selection"
    }

    static let type = "DataOperations"
    static let summary =
        """
        Changes a record: selects, removes, renames, adds or filters its members, follows a path into it, or combines \
        several records into one.
        """
    let data: InputList<Record>
    let operation: Parameter<Operation>
    let keys: Parameter<[String]>
    let values: Parameter<JSONValue>
    let comparison: Parameter<CellOperator>
    let path: Parameter<String>
    let skipsMissing: Parameter<Bool>
    let changed: Output<Record>

    init(_ declare: inout Declaration) {
        data = declare.inputList("data", "One record; combine takes several.")
        operation = declare.choice(
            "operation", nil,
            """
            select_keys keeps the members in keys; remove_keys drops those in keys, nested ones too; rename_keys takes \
            values as old names with new ones; append_update sets the members in values; filter_values keeps, of the \
            lists in keys, the objects whose members match values; path_selection follows path; combine makes one \
            record of all.
            """)
        keys = declare.texts("keys", [], "Names of members, for select_keys, remove_keys and filter_values.")
        values = declare.json(
            "values", [:],
            "An object: new members, old names with new ones, or members with the values that are wanted.")
        comparison = declare.choice("operator", .equals, "How filter_values compares.")
        path = declare.text(
            "path", "", maxBytes: 4_096,
            "Such as .items[0].name. What is found there is the data, or its member `result` if it is no object."
        )
        skipsMissing = declare.flag(
            "skips_missing", false, "Whether select_keys passes over keys that the record lacks.")
        changed = declare.output("data", "The record as it is then.")
    }

    func compute(_ step: Step) throws {
        let records = step[data]
        let operation = step[operation]
        if operation == .combine { return step.send(try .combining(records), to: changed) }
        guard let record = records.first, records.count == 1 else {
            throw DataError.recordCount(operation: operation.rawValue, count: records.count)
        }
        step.send(try result(of: operation, on: record, step), to: changed)
    }

    private func result(of operation: Operation, on record: Record, _ step: Step) throws -> Record {
        switch operation {
        case .combine: return record
        case .selectKeys:
            let keys = try keys(step, operation)
            return try record.selecting(
                step[skipsMissing] ? keys.filter { record.values[$0] != nil } : keys)
        case .removeKeys: return try record.removing(Set(try keys(step, operation)))
        case .filterValues:
            return try record.filtering(
                try keys(step, operation), where: try members(step, operation), step[comparison])
        case .appendUpdate: return record.updating(try members(step, operation))
        case .renameKeys:
            let names = try members(step, operation)
            return try record.renaming(
                try names.mapValues { new in
                    guard let name = new.string else {
                        throw DataError.wrongParameter(
                            name: "values",
                            reason:
                                "must give each old name a new one as a text; one is of the kind \(new.kind)")
                    }
                    return name
                })
        case .pathSelection:
            guard !step[path].isEmpty else {
                throw DataError.missingParameter(operation: operation.rawValue, name: "path")
            }
            let found = try MemberPath(step[path]).value(in: record.json)
            return Record(found.object ?? ["result": found])
        }
    }

    private func keys(_ step: Step, _ operation: Operation) throws(DataError) -> [String] {
        let keys = step[keys]
        guard !keys.isEmpty else { throw .missingParameter(operation: operation.rawValue, name: "keys") }
        return keys
    }

    private func members(_ step: Step, _ operation: Operation) throws(DataError) -> [String: JSONValue] {
        guard let members = step[values].object else {
            throw .wrongParameter(
                name: "values", reason: "must be an object; it is of the kind \(step[values].kind)")
        }
        guard !members.isEmpty else { throw .missingParameter(operation: operation.rawValue, name: "values") }
        return members
    }
}
