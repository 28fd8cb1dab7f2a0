import Flow
import JSONValue

extension Translator {
    /// Fields of an operation that is not chosen keep what was once put in; only those of the chosen one count.
    mutating func finishOperations(_ node: LangflowNode, _ id: String) {
        switch node.type {
        case "FilterData", "ExtractaKey":
            draft.change(id) {
                $0.parameters["operation"] = "select_keys"
                $0.parameters["skips_missing"] = true
            }
            return
        case "FilterDataValues":
            draft.change(id) { $0.parameters["operation"] = "filter" }
            return
        default: break
        }
        let name = node.fields["operations"] != nil ? "operations" : "operation"
        guard let operation = draft[id]?.parameters["operation"]?.string else {
            let chosen = (node.fields[name]?.value).flatMap { ValueForm.chosen($0) } ?? ""
            draft.change(id) {
                $0.fault = .field(
                    node: node.id, field: name,
                    reason: chosen.isEmpty
                        ? "no operation is chosen" : "the operation “\(chosen.prefix(60))” is not had here")
            }
            return
        }
        if (node.fields[name]?.value.array?.count ?? 0) > 1 {
            approximate(node.id, "Only its first operation is done; put one component after another.")
        }
        for (parameter, fields) in Self.fieldsOfOperations[operation] ?? [:] {
            let row = rules[node.id]?.parameters.first { $0.fields.contains(fields) }
            guard let row, let field = node.fields[fields] else { continue }
            let value = value(of: field, fields, row.form, node.id)
            draft.change(id) { $0.parameters[parameter] = value }
        }
    }

    private static let fieldsOfOperations: [String: [String: String]] = [
        "select_keys": ["keys": "select_keys_input"], "remove_keys": ["keys": "remove_keys_input"],
        "filter_values": ["keys": "filter_key", "values": "filter_values"],
        "append_update": ["values": "append_update_data"], "rename_keys": ["values": "rename_keys_input"],
        "add_column": ["value": "new_column_value"], "filter": ["value": "filter_value"],
        "replace_value": ["value": "replace_value"], "merge": ["column": "merge_on_column"],
        "rename_column": ["column": "column_name"], "sort": ["column": "column_name"],
        "drop_column": ["column": "column_name"], "drop_duplicates": ["column": "column_name"],
        "head": ["count": "head_characters"], "tail": ["count": "tail_characters"],
    ]

    /// Where files are, and what they are called there.
    mutating func finishFile(_ node: LangflowNode, _ id: String) {
        let place = (node.fields["storage_location"]?.value).flatMap { ValueForm.chosen($0) } ?? ""
        if !place.isEmpty, place != "Local" {
            approximate(node.id, "Files are those of the run's own store, not of \(place.prefix(60)).")
        }
        if draft[id]?.type == "SaveToFile" {
            let format =
                ["local_format", "file_format", "data_format"].lazy
                .compactMap { node.fields[$0]?.value.string }.first { !$0.isEmpty } ?? ""
            if !format.isEmpty, draft[id]?.parameters["format"] == nil, !isConnected(node.id, "local_format")
            {
                draft.change(id) {
                    $0.fault = .field(
                        node: node.id, field: "local_format",
                        reason: "“\(format.prefix(60))” is not written here; csv, json, markdown and txt are")
                }
            }
            return
        }
        if draft[id]?.parameters["names"] == nil, node.fields["path"]?.filePath?.string ?? "" == "",
            !node.isTool
        {
            remark(node.id, "It names no file; a run's tweak of “path” may.")
        }
        guard let field = node.fields["path"], let path = field.filePath else { return }
        let names = path.array?.compactMap(\.string) ?? path.string.map { [$0] } ?? []
        let kept = names.filter { !$0.isEmpty }
        if !kept.isEmpty { draft.change(id) { $0.parameters["names"] = .array(kept.map { .string($0) }) } }
    }
}

/// The variables of a prompt's template.
enum PromptVariables {
    /// Each once, in the order in which they first stand.
    static func names(in template: String, isMustache: Bool) -> [String] {
        let scalars = Array(template.unicodeScalars)
        var names: [String] = []
        var seen: Set<String> = []
        var place = 0
        while place < scalars.count {
            let isDouble = place + 1 < scalars.count && scalars[place + 1] == scalars[place]
            guard scalars[place] == "{", isMustache == isDouble else {
                place += isDouble && !isMustache && "{}".unicodeScalars.contains(scalars[place]) ? 2 : 1
                continue
            }
            let start = place + (isMustache ? 2 : 1)
            guard let end = closing(scalars, from: start, isDouble: isMustache) else { break }
            var name = String.UnicodeScalarView()
            name.append(contentsOf: scalars[start..<end])
            let text = isMustache ? String(name).trimmed : String(name)
            if seen.insert(text).inserted { names.append(text) }
            place = end + (isMustache ? 2 : 1)
        }
        return names
    }

    /// What may be a port.
    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text != FlowGraph.toolPort
            && text.unicodeScalars.allSatisfy { scalar in
                scalar == "_" || scalar == "-" || scalar.properties.isAlphabetic
                    || scalar.properties.numericType != nil
            }
    }

    private static func closing(_ scalars: [Unicode.Scalar], from start: Int, isDouble: Bool) -> Int? {
        var place = start
        while place < scalars.count {
            if scalars[place] == "}", !isDouble || (place + 1 < scalars.count && scalars[place + 1] == "}") {
                return place
            }
            place += 1
        }
        return nil
    }
}

extension String {
    /// Without spaces around it.
    fileprivate var trimmed: String {
        let start = drop(while: \.isWhitespace)
        guard let end = start.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(start[...end])
    }
}
