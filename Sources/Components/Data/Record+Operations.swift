import JSONValue

/// What ``DataOperations`` does to records.
extension Record {
    /// How deep nested values are worked through: deeper ones no JSON text can bring.
    static let depthLimit = 512

    /// Only these members, all of which must be there. The only key `data` stands for what an object `data` holds.
    func selecting(_ keys: [String]) throws(DataError) -> Record {
        if keys == ["data"], let inner = values["data"]?.object { return Record(inner) }
        for key in keys where values[key] == nil {
            throw .unknownKey(operation: "select_keys", key: key, known: values.keys.sorted())
        }
        return Record(values.filter { keys.contains($0.key) })
    }

    /// Without these members, wherever they are nested.
    func removing(_ keys: Set<String>) throws(DataError) -> Record {
        Record(
            try Self.members(values, depth: 0) { name in keys.contains(name) ? nil : name })
    }

    /// With other names for members, wherever they are nested. A member that is renamed replaces one of that name.
    func renaming(_ names: [String: String]) throws(DataError) -> Record {
        Record(try Self.members(values, depth: 0) { name in names[name] ?? name })
    }

    /// With these members, in the place of those of the same names.
    func updating(_ members: [String: JSONValue]) -> Record {
        Record(values.merging(members) { _, new in new })
    }

    /// One record of several: values of the same name stand in a list, in the records' order; lists are joined. The
    /// lists have at most ``TableJoin/rowLimit`` values together.
    static func combining(_ records: [Record]) throws(DataError) -> Record {
        guard records.count > 1 else { return records.first ?? Record() }
        var lists: [String: [JSONValue]] = [:]
        var count = 0
        for (name, value) in records.flatMap(\.values) {
            count += value.array?.count ?? 1
            guard count <= TableJoin.rowLimit else {
                throw .tooManyValues(
                    operation: DataOperations.Operation.combine.rawValue, limit: TableJoin.rowLimit)
            }
            lists[name, default: []].append(value)
        }
        return Record(
            lists.mapValues { values in
                values.count == 1 ? values[0] : .array(values.flatMap { $0.array ?? [$0] })
            })
    }

    /// The lists of these names, each with only those objects whose members match.
    func filtering(
        _ keys: [String], where wanted: [String: JSONValue], _ comparison: CellOperator
    ) throws(DataError) -> Record {
        let filters = wanted.mapValues { CellFilter(comparison, $0) }
        var values = values
        for key in keys {
            guard let value = values[key] else {
                throw .unknownKey(operation: "filter_values", key: key, known: values.keys.sorted())
            }
            guard let elements = value.array else {
                throw .wrongParameter(
                    name: "keys",
                    reason: "names “\(key.prefix(100))”, which is no list but of the kind \(value.kind)")
            }
            values[key] = .array(
                elements.filter { element in
                    filters.allSatisfy { name, filter in element[name].map(filter.matches) ?? false }
                })
        }
        return Record(values)
    }

    /// - Parameter naming: the name that a member has from now on; `nil` for one that is dropped.
    private static func members(
        _ members: [String: JSONValue], depth: Int, _ naming: (String) -> String?
    ) throws(DataError) -> [String: JSONValue] {
        var result: [String: JSONValue] = [:]
        var renamed: [String: JSONValue] = [:]
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let new = naming(name) else { continue }
            let value = try nested(value, depth: depth + 1, naming)
            if new == name { result[new] = value } else { renamed[new] = value }
        }
        return result.merging(renamed) { _, new in new }
    }

    private static func nested(
        _ value: JSONValue, depth: Int, _ naming: (String) -> String?
    ) throws(DataError) -> JSONValue {
        guard depth <= depthLimit else { throw .tooDeep(limit: depthLimit) }
        switch value {
        case .object(let inner): return .object(try members(inner, depth: depth, naming))
        case .array(let elements):
            var result: [JSONValue] = []
            result.reserveCapacity(elements.count)
            for element in elements { result.append(try nested(element, depth: depth + 1, naming)) }
            return .array(result)
        default: return value
        }
    }
}
