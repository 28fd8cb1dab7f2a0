import JSONValue

extension JSONSchema {
    /// What is wrong with a value, the first fault found; `nil` when it fits.
    func fault(in value: JSONValue) -> JSONSchemaFault? {
        var check = JSONSchemaCheck(schema: self)
        return check.fault(in: value, root, JSONPointer(), depth: 0)
    }
}

/// One check of a value. It takes ``JSONSchema/stepLimit`` comparisons at most.
private struct JSONSchemaCheck {
    let schema: JSONSchema
    private var steps = 0

    init(schema: JSONSchema) {
        self.schema = schema
    }

    /// References may go round without reading anything of the value: so the depth counts those, too.
    private static let depthLimit = 256

    mutating func fault(
        in value: JSONValue, _ index: Int, _ place: JSONPointer, depth: Int
    ) -> JSONSchemaFault? {
        steps += 1
        guard steps <= JSONSchema.stepLimit, depth < Self.depthLimit else {
            return JSONSchemaFault(place, "it takes too long to compare with the schema")
        }
        let node = schema.nodes[index]
        if node.isNothing { return JSONSchemaFault(place, "the schema allows nothing here") }
        if let fault = simpleFault(in: value, node, place) { return fault }
        if let name = node.reference, let target = schema.target(of: name),
            let fault = fault(in: value, target, place, depth: depth + 1)
        {
            return fault
        }
        if let members = value.object, let fault = fault(in: members, node, place, depth: depth) {
            return fault
        }
        if let elements = value.array, let items = node.items {
            for (offset, element) in elements.enumerated() {
                if let fault = fault(in: element, items, place / String(offset), depth: depth + 1) {
                    return fault
                }
            }
        }
        return fault(in: value, choices: node, place, depth: depth)
    }

    private mutating func fault(
        in members: [String: JSONValue], _ node: JSONSchema.Node, _ place: JSONPointer, depth: Int
    ) -> JSONSchemaFault? {
        for name in node.required where members[name] == nil {
            return JSONSchemaFault(place / name, "it is missing")
        }
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            guard let index = node.properties[name] ?? node.others else { continue }
            if node.properties[name] == nil, schema.nodes[index].isNothing {
                let known = node.properties.keys.sorted().prefix(30).joined(separator: ", ")
                return JSONSchemaFault(place / name, "there is no such member; there are \(known)")
            }
            if let fault = fault(in: value, index, place / name, depth: depth + 1) { return fault }
        }
        return nil
    }

    private mutating func fault(
        in value: JSONValue, choices node: JSONSchema.Node, _ place: JSONPointer, depth: Int
    ) -> JSONSchemaFault? {
        for index in node.allOf {
            if let fault = fault(in: value, index, place, depth: depth + 1) { return fault }
        }
        for (choices, isOne) in [(node.anyOf, false), (node.oneOf, true)] where !choices.isEmpty {
            var fits = 0
            var deepest: JSONSchemaFault?
            for index in choices {
                guard let fault = fault(in: value, index, place, depth: depth + 1) else {
                    fits += 1
                    if !isOne { break }
                    continue
                }
                // The choice that was meant is the one that fits furthest.
                if fault.place.description.utf8.count > deepest?.place.description.utf8.count ?? -1 {
                    deepest = fault
                }
            }
            if fits == 0 { return deepest }
            if isOne, fits > 1 {
                return JSONSchemaFault(place, "it fits \(fits) of the choices and may fit one")
            }
        }
        return nil
    }

    // MARK: What needs no further schema

    private mutating func simpleFault(
        in value: JSONValue, _ node: JSONSchema.Node, _ place: JSONPointer
    ) -> JSONSchemaFault? {
        if let types = node.types, !types.contains(where: { Self.has(value, type: $0) }) {
            let wanted = types.sorted().joined(separator: " or ")
            return JSONSchemaFault(
                place, "it must be of the type \(wanted); this is of the type \(value.kind)")
        }
        if let allowed = node.allowed, !allowed.contains(where: { equal($0, value, depth: 0) }) {
            let told = allowed.prefix(20).compactMap { try? $0.text().prefix(bytes: 100) }
            return JSONSchemaFault(place, "it must be one of \(told.joined(separator: ", "))")
        }
        switch value {
        case .string(let text): return fault(in: text, node, place)
        case .integer, .number: return fault(in: value.double ?? .nan, node, place)
        case .array(let elements): return Self.fault(elements.count, "elements", node.count, place)
        case .object(let members): return Self.fault(members.count, "members", node.members, place)
        case .null, .bool: return nil
        }
    }

    /// A length is counted in code points, as the specification has it.
    private func fault(in text: String, _ node: JSONSchema.Node, _ place: JSONPointer) -> JSONSchemaFault? {
        if node.length.least != nil || node.length.most != nil,
            let fault = Self.fault(text.unicodeScalars.count, "characters", node.length, place)
        {
            return fault
        }
        guard let pattern = node.pattern else { return nil }
        do {
            return try pattern.matches(text)
                ? nil : JSONSchemaFault(place, "it does not match the pattern \(pattern.source)")
        } catch {
            return JSONSchemaFault(place, JSONSchemaReader.reason(error))
        }
    }

    private func fault(in number: Double, _ node: JSONSchema.Node, _ place: JSONPointer) -> JSONSchemaFault? {
        if let least = node.value.least, !(number >= least) {
            return JSONSchemaFault(
                place, "it is \(Self.written(number)); it must be at least \(Self.written(least))")
        }
        if let most = node.value.most, !(number <= most) {
            return JSONSchemaFault(
                place, "it is \(Self.written(number)); it must be at most \(Self.written(most))")
        }
        if let above = node.above, !(number > above) {
            return JSONSchemaFault(
                place, "it is \(Self.written(number)); it must be more than \(Self.written(above))")
        }
        if let below = node.below, !(number < below) {
            return JSONSchemaFault(
                place, "it is \(Self.written(number)); it must be less than \(Self.written(below))")
        }
        return nil
    }

    private static func fault(
        _ count: Int, _ things: String, _ bounds: JSONSchema.Bounds, _ place: JSONPointer
    ) -> JSONSchemaFault? {
        if let least = bounds.least, Double(count) < least {
            return JSONSchemaFault(
                place, "it has \(count) \(things); it must have \(Int(exactly: least) ?? .max) or more")
        }
        if let most = bounds.most, Double(count) > most {
            return JSONSchemaFault(
                place, "it has \(count) \(things); it may have \(Int(exactly: most) ?? .max)")
        }
        return nil
    }

    private static func written(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? String(number)
    }

    private static func has(_ value: JSONValue, type: String) -> Bool {
        switch type {
        case "integer": value.integer != nil
        case "number": value.double != nil
        default: value.kind == type
        }
    }

    /// `1` and `1.0` are one number to JSON Schema.
    private mutating func equal(_ first: JSONValue, _ second: JSONValue, depth: Int) -> Bool {
        steps += 1
        guard steps <= JSONSchema.stepLimit, depth < Self.depthLimit else { return false }
        switch (first, second) {
        case (.integer, .number), (.number, .integer), (.number, .number):
            return first.double == second.double
        case (.array(let first), .array(let second)):
            guard first.count == second.count else { return false }
            for (first, second) in zip(first, second) where !equal(first, second, depth: depth + 1) {
                return false
            }
            return true
        case (.object(let first), .object(let second)):
            guard first.count == second.count else { return false }
            for (name, value) in first {
                guard let other = second[name], equal(value, other, depth: depth + 1) else { return false }
            }
            return true
        default: return first == second
        }
    }
}
