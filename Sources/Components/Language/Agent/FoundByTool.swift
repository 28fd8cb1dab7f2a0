import JSONValue
import Models

/// What a tool returned, as a model is told of it and as the run's followers see it.
///
/// What looks like a citation in it stands in other brackets, for a tool's words are anybody's. A marker is let
/// through where the run's sources bear it out: the `citation` of a row that names the source's passage or address,
/// and the numbers of a message whose citations are sources of the run. Rows of a component's table that have an
/// address and no marker become sources themselves, so that pages are cited like passages.
struct FoundByTool: Sendable {
    let content: ToolResult.Content
    let shown: JSONValue

    /// Rows of one result that become sources.
    private static let rowLimit = 50
    /// Levels of JSON that are told.
    private static let depthLimit = 64
    private static let quoteLimitBytes = 2_000
    /// Columns that hold what a row says, the best first.
    private static let textColumns = ["text", "content", "snippet", "summary", "description"]

    /// - Parameter sources: `nil` for a tool whose results are not cited.
    init(_ value: JSONValue, numberedBy sources: RunSources?, limitBytes: Int) {
        let told = sources.map { Self.numbered(value, $0) } ?? Self.guarded(value, depth: 0)
        let text = told.string ?? (try? told.text()) ?? told.kind
        if text.utf8.count > limitBytes {
            let cut = """
                \(text.prefix(bytes: limitBytes))
                … The result is cut: these are the first \(limitBytes) of \(text.utf8.count) bytes.
                """
            content = .text(cut)
            shown = .string(QuotedBrackets.restored(cut))
        } else {
            content = told.string == nil ? .json(told) : .text(text)
            shown = value
        }
    }

    // MARK: What is not cited

    private static func guarded(_ value: JSONValue, depth: Int) -> JSONValue {
        guard depth < depthLimit else { return "…" }
        switch value {
        case .string(let text): return .string(QuotedBrackets.guarded(text))
        case .array(let elements): return .array(elements.map { guarded($0, depth: depth + 1) })
        case .object(let members): return .object(members.mapValues { guarded($0, depth: depth + 1) })
        case .null, .bool, .integer, .number: return value
        }
    }

    // MARK: What is cited

    /// A component's only output, or an object of its outputs.
    private static func numbered(_ value: JSONValue, _ sources: RunSources) -> JSONValue {
        if let output = output(value, sources) { return output }
        guard case .object(let outputs) = value else { return guarded(value, depth: 0) }
        return .object(outputs.mapValues { output($0, sources) ?? guarded($0, depth: 1) })
    }

    /// - Returns: `nil` for what is neither a table nor a message with citations.
    private static func output(_ value: JSONValue, _ sources: RunSources) -> JSONValue? {
        switch value {
        case .array(let rows):
            return .array(
                rows.enumerated().map { place, row in
                    guard let row = row.object else { return guarded(row, depth: 1) }
                    return self.row(row, sources, mayBeAdded: place < rowLimit)
                })
        case .object(let members):
            guard let text = members["text"]?.string, let cited = members["citations"]?.array else {
                return nil
            }
            let citations = cited.compactMap { ChatMessage.Citation(json: $0) }
            let numbers = Dictionary(
                citations.compactMap { citation in sources.number(of: citation).map { (citation.number, $0) }
                },
                uniquingKeysWith: { first, _ in first })
            return .string(Markers.renumbered(text) { numbers[$0] })
        default: return nil
        }
    }

    private static func row(
        _ members: [String: JSONValue], _ sources: RunSources, mayBeAdded: Bool
    ) -> JSONValue {
        var told = members.mapValues { guarded($0, depth: 2) }
        if let marker = members["citation"]?.string {
            if isBorneOut(marker, members, sources) { told["citation"] = .string(marker) }
        } else if mayBeAdded, let url = members["url"]?.string,
            url.hasPrefix("http://") || url.hasPrefix("https://")
        {
            let text = textColumns.lazy.compactMap { members[$0]?.string }.first ?? ""
            let title = members["title"]?.string ?? ""
            let number = sources.number(
                title: title.isEmpty ? url : title, url: url, passage: nil,
                quote: text.prefix(bytes: quoteLimitBytes))
            told["citation"] = .string("[\(number)]")
        }
        return .object(told)
    }

    /// Whether a row's marker is that of the source that the row tells of.
    private static func isBorneOut(
        _ marker: String, _ members: [String: JSONValue], _ sources: RunSources
    ) -> Bool {
        guard marker.hasPrefix("["), marker.hasSuffix("]"), let number = Int(marker.dropFirst().dropLast()),
            let source = sources[number]
        else { return false }
        if let passage = source.passage { return members["passage_id"]?.integer == Int(passage) }
        if let url = source.url { return members["url"]?.string == url }
        return members["title"]?.string == source.title
    }
}

extension RunSources {
    /// The number of a source that is known already; `nil` for any other.
    func number(of citation: ChatMessage.Citation) -> Int? {
        (1..<(count + 1)).first { number in
            guard let known = self[number] else { return false }
            return citation.passage != nil
                ? known.passage == citation.passage
                : known.passage == nil && known.url == citation.url && known.quote == citation.quote
        }
    }
}

/// Markers in a text that is whole.
enum Markers {
    /// Each `[n]` with the number that `number` gives for it; one without stands in the brackets of quoted text.
    static func renumbered(_ text: String, _ number: (Int) -> Int?) -> String {
        var result = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "[") {
            result += rest[..<open]
            let inside = rest[rest.index(after: open)...].prefix { ("0"..."9").contains($0) }
            if let known = Int(inside).flatMap(number), inside.endIndex < rest.endIndex,
                rest[inside.endIndex] == "]"
            {
                result += "[\(known)]"
                rest = rest[rest.index(after: inside.endIndex)...]
            } else {
                let next = rest[rest.index(after: open)...].firstIndex(of: "[") ?? rest.endIndex
                result += QuotedBrackets.guarded(String(rest[open..<next]))
                rest = rest[next...]
            }
        }
        return result + rest
    }
}

extension JSONValue {
    /// The value with each text in it changed; names of members stay.
    func mapStrings(_ change: (String) -> String) -> JSONValue {
        switch self {
        case .string(let text): .string(change(text))
        case .array(let elements): .array(elements.map { $0.mapStrings(change) })
        case .object(let members): .object(members.mapValues { $0.mapStrings(change) })
        case .null, .bool, .integer, .number: self
        }
    }
}
