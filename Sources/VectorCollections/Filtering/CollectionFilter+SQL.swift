import GRDB

/// A condition on the table `points` with the values that are bound to it.
struct FilterSQL {
    private(set) var text = ""
    private(set) var values: [DatabaseValue] = []

    /// Keys and values of the filter are bound, never part of the text.
    init(_ filter: CollectionFilter) {
        add(filter)
    }

    var arguments: StatementArguments { StatementArguments(values) }

    private mutating func add(_ filter: CollectionFilter) {
        var isFirst = true
        func separate(_ sql: inout FilterSQL) {
            if !isFirst { sql.text += " AND " }
            isFirst = false
        }
        for condition in filter.must {
            separate(&self)
            add(condition)
        }
        for condition in filter.mustNot {
            separate(&self)
            text += "NOT "
            add(condition)
        }
        if !filter.should.isEmpty {
            separate(&self)
            text += "("
            for (position, condition) in filter.should.enumerated() {
                if position > 0 { text += " OR " }
                add(condition)
            }
            text += ")"
        }
        if isFirst { text += "1" }
    }

    /// Each condition is true or false and never null, which `NOT` would leave as it is.
    private mutating func add(_ condition: CollectionFilter.Condition) {
        text += "(("
        switch condition {
        case .filter(let inner): add(inner)
        case .ids(let ids): add(ids)
        case .field(let path, let test): add(test, at: path)
        }
        text += ") IS TRUE)"
    }

    private mutating func add(_ ids: [PointID]) {
        let slots = ids.compactMap { id in
            id.slot.map { Int64(bitPattern: $0).databaseValue }
        }
        let keys = ids.filter { $0.slot == nil }.map { $0.key.databaseValue }
        text += "points.id "
        addList(slots)
        text += " OR points.name "
        addList(keys)
    }

    private mutating func add(_ test: CollectionFilter.Test, at path: [String]) {
        let place = ("$" + path.map { ".\"\($0)\"" }.joined()).databaseValue
        switch test {
        case .exists(let isWanted):
            bind("json_type(points.payload, ?) IS \(isWanted ? "NOT " : "")NULL", place)
        case .isNull(let isWanted):
            bind("(json_type(points.payload, ?) IS 'null') = \(isWanted ? 1 : 0)", place)
        case .anyOf(let scalars):
            addElementwise(place) { sql, kind, value in sql.add(scalars, kind: kind, value: value) }
        case .range(let bounds):
            addElementwise(place) { sql, kind, value in sql.add(bounds, kind: kind, value: value) }
        }
    }

    /// A piece of the condition: what it says of one value, given SQL for the value's kind and for the value.
    private typealias Piece = (inout FilterSQL, _ kind: Operand, _ value: Operand) -> Void

    /// SQL for something, with the path that it needs if any.
    private struct Operand {
        var text: String
        var place: DatabaseValue?
    }

    private mutating func addElementwise(_ place: DatabaseValue, _ piece: Piece) {
        bind("CASE json_type(points.payload, ?) WHEN 'array' THEN EXISTS (", place)
        bind("SELECT 1 FROM json_each(points.payload, ?) AS element WHERE ", place)
        piece(&self, Operand(text: "element.type"), Operand(text: "element.value"))
        text += ") ELSE "
        piece(
            &self, Operand(text: "json_type(points.payload, ?)", place: place),
            Operand(text: "json_extract(points.payload, ?)", place: place))
        text += " END"
    }

    private mutating func add(_ scalars: [CollectionFilter.Scalar], kind: Operand, value: Operand) {
        var (texts, numbers, flags): ([DatabaseValue], [DatabaseValue], [DatabaseValue]) = ([], [], [])
        for scalar in scalars {
            switch scalar {
            case .text(let text): texts.append(text.databaseValue)
            case .integer(let number): numbers.append(number.databaseValue)
            case .number(let number): numbers.append(number.databaseValue)
            case .flag(let flag): flags.append((flag ? "true" : "false").databaseValue)
            }
        }
        text += "("
        add(kind)
        text += " = 'text' AND "
        add(value)
        addList(texts)
        text += " OR "
        add(kind)
        text += " IN ('integer', 'real') AND "
        add(value)
        addList(numbers)
        text += " OR "
        add(kind)
        addList(flags)
        text += ")"
    }

    private mutating func add(_ bounds: CollectionFilter.Bounds, kind: Operand, value: Operand) {
        let all = bounds.all
        var isText = false
        if case .text? = all.first?.value { isText = true }
        text += "("
        add(kind)
        text += isText ? " = 'text'" : " IN ('integer', 'real')"
        for (sign, scalar) in all {
            text += " AND "
            add(value)
            bind(" \(sign) ?", scalar.databaseValue)
        }
        text += ")"
    }

    private mutating func add(_ operand: Operand) {
        text += operand.text
        if let place = operand.place { values.append(place) }
    }

    private mutating func addList(_ list: [DatabaseValue]) {
        text += " IN (" + Array(repeating: "?", count: list.count).joined(separator: ", ") + ")"
        values += list
    }

    private mutating func bind(_ sql: String, _ value: DatabaseValue) {
        text += sql
        values.append(value)
    }
}

extension CollectionFilter.Scalar {
    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .text(let text): text.databaseValue
        case .integer(let number): number.databaseValue
        case .number(let number): number.databaseValue
        case .flag(let flag): flag.databaseValue
        }
    }
}
