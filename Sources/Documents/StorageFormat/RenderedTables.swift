/// Takes the tables of live macros from a page as the site renders it.
///
/// The rows of a page-properties report or of a list of Jira issues are in no body: storage format has the
/// macro's name and its query alone. Confluence's `export_view` has the rows, but says of none which macro
/// made it. So both are read side by side, section by section: the tables that stand in storage format are
/// found again, and those between them belong to the macros between them.
///
/// The site renders what the ingest's account may see. A report's row is about a page, which it links to: it is
/// kept only if that page may be shown to those who read this one.
public struct RenderedTables: Sendable {
    private let exportView: String

    /// - Parameter exportView: the HTML of `body.export_view`.
    public init(_ exportView: String) {
        self.exportView = exportView
    }

    /// Macros whose content is a table that exists only when it is rendered.
    static let macros: Set<String> = [
        "detailssummary", "content-report-table", "tasks-report-macro", "jira", "jiraissues",
        "decisionreport",
    ]

    /// Those of them whose rows are about other systems, which know their own readers.
    private static let foreign: Set<String> = ["jira", "jiraissues"]

    /// Whether a body has such a macro, so that its rendered form is worth fetching.
    public static func areWanted(in storage: String) -> Bool {
        !LiveMacro.all(in: storage).isEmpty
    }

    /// The page with its rendered tables. A macro whose table cannot be told keeps its own rendering.
    ///
    /// - Parameter mayShow: whether a page may be shown to all who read this one. It is asked of every page
    ///   that a row of a report links to; a row that links to none is not shown.
    package func page(storage: String, mayShow: (LinkedPage) -> Bool) throws(DocumentsError) -> ParsedPage {
        let macros = LiveMacro.all(in: storage)
        guard !macros.isEmpty, let view = try? StorageFormatParser().parse(exportView) else {
            return try StorageFormatParser().parse(storage)
        }
        let marked = try StorageFormatParser().parse(LiveMacro.marking(macros, in: storage))
        let found = Self.tables(
            of: Self.landmarks(in: marked.blocks), in: Self.landmarks(in: view.blocks))
        let known = macros.enumerated().filter { found[$0.offset] != nil }.map(\.element)
        let numbers = macros.indices.filter { found[$0] != nil }
        var page = try StorageFormatParser().parse(LiveMacro.marking(known, in: storage))
        page.blocks = page.blocks.replacing { block in
            guard let mark = LiveMacro.mark(in: block) else { return nil }
            guard numbers.indices.contains(mark), let tables = found[numbers[mark]] else { return [] }
            let isForeign = Self.foreign.contains(macros[numbers[mark]].name)
            return tables.map { Block.table(isForeign ? $0 : $0.keepingRows(mayShow)) }
        }
        return page
    }

    // MARK: Alignment

    /// What both forms of a page have in common, in reading order.
    enum Landmark: Hashable {
        case heading(String)
        case table(Table)
        /// A live macro, by its number.
        case macro(Int)
    }

    static func landmarks(in blocks: [Block]) -> [Landmark] {
        var landmarks: [Landmark] = []
        let plain = InlineText(references: NoReferences())
        for block in blocks {
            if let mark = LiveMacro.mark(in: block) { landmarks.append(.macro(mark)) }
            switch block {
            case .heading(_, let inlines): landmarks.append(.heading(plain.text(inlines, lineBreak: " ")))
            case .table(let table): landmarks.append(.table(table))
            // Page properties are a table in the rendered page.
            case .facts(let facts): landmarks.append(.table(facts.asTable))
            case .panel(_, _, let inner), .quote(let inner), .fold(_, let inner), .excerpt(_, let inner):
                landmarks += Self.landmarks(in: inner)
            case .list(_, _, let items): for item in items { landmarks += Self.landmarks(in: item.blocks) }
            default: break
            }
        }
        return landmarks
    }

    /// The tables of each macro, by its number.
    static func tables(of page: [Landmark], in view: [Landmark]) -> [Int: [Table]] {
        var result: [Int: [Table]] = [:]
        var rest = view[...]
        var own = page[...]
        while !own.isEmpty {
            // A section: up to the next heading that both have.
            let next = own.indices.dropFirst().first { index in
                if case .heading = own[index] { rest.dropFirst().contains(own[index]) } else { false }
            }
            let section = own[..<(next ?? own.endIndex)]
            let end = next.flatMap { rest.dropFirst().firstIndex(of: own[$0]) } ?? rest.endIndex
            result.merge(assign(section, rest[..<end])) { first, _ in first }
            own = own[section.endIndex...]
            rest = rest[end...]
        }
        return result
    }

    /// Within a section: by position when nothing is missing, else by what lies between tables that both have.
    private static func assign(
        _ section: ArraySlice<Landmark>, _ view: ArraySlice<Landmark>
    ) -> [Int: [Table]] {
        var tables = view.compactMap { if case .table(let table) = $0 { table } else { nil } }[...]
        let wanted = section.filter { if case .heading = $0 { false } else { true } }
        if wanted.count == tables.count {
            return zip(wanted, tables).reduce(into: [:]) { result, pair in
                if case .macro(let number) = pair.0 { result[number] = [pair.1] }
            }
        }
        var result: [Int: [Table]] = [:]
        var waiting: [Int] = []
        func hand(_ between: ArraySlice<Table>) {
            for (position, number) in waiting.enumerated() where position < between.count {
                let isLast = position == waiting.count - 1
                let start = between.startIndex + position
                result[number] = Array(isLast ? between[start...] : between[start...start])
            }
            waiting = []
        }
        for landmark in wanted {
            switch landmark {
            case .macro(let number): waiting.append(number)
            case .table(let table):
                guard let place = tables.firstIndex(where: { $0.words == table.words }) else { continue }
                hand(tables[..<place])
                tables = tables[(place + 1)...]
            case .heading: break
            }
        }
        hand(tables)
        return result
    }
}

extension Table {
    /// What it says, whatever it looks like.
    fileprivate var words: [String] {
        let plain = InlineText(references: NoReferences())
        return rows.flatMap { row in
            row.map { CellText($0.blocks, plain, indent: 0).text }
        }
    }
}

extension Table {
    /// Without the rows that are about pages which may not be shown, or about none that could be told. Rows of
    /// header cells stay.
    fileprivate func keepingRows(_ mayShow: (LinkedPage) -> Bool) -> Table {
        var kept = self
        kept.rows = rows.filter { row in
            if row.allSatisfy(\.isHeader) { return true }
            let pages = row.flatMap { $0.blocks.linkTargets.compactMap { LinkedPage($0) } }
            // All are asked, so that each is known as something the text depends on.
            return !pages.isEmpty && pages.map(mayShow).allSatisfy(\.self)
        }
        return kept
    }
}

extension [Definition] {
    fileprivate var asTable: Table {
        Table(
            rows: map { entry in
                [
                    TableCell(isHeader: true, blocks: [.paragraph(entry.term)]),
                    TableCell(isHeader: false, blocks: entry.blocks),
                ]
            })
    }
}

/// A live macro where it stands in a body.
struct LiveMacro {
    /// In small letters.
    private(set) var name: String
    /// UTF-8 offset after the opening tag.
    private var offset: Int
    /// Whether the tag closes itself.
    private var isEmpty: Bool

    private static let character = "\u{F8F0}"

    /// In reading order, those in code examples left out.
    static func all(in storage: String) -> [LiveMacro] {
        guard storage.utf8.count < 16 << 20, storage.contains("-macro") || storage.contains("<ac:macro")
        else {
            return []
        }
        var found: [LiveMacro] = []
        let pattern =
            /<!\[CDATA\[(?s:.*?)\]\]>|<ac:(?:structured-)?macro\b[^>]*?\bac:name="([^"]*)"[^>]*?(\/?)>/
        for match in storage.matches(of: pattern) {
            guard let name = match.1, RenderedTables.macros.contains(name.lowercased()) else { continue }
            let end = storage[match.range.upperBound...].firstRange(of: "</ac:")?.lowerBound
            let isOneIssue =
                name.lowercased() == "jira" && end != nil && isSingle(storage[match.range.upperBound...])
            if isOneIssue { continue }
            let offset = storage.utf8.distance(from: storage.startIndex, to: match.range.upperBound)
            found.append(
                LiveMacro(name: name.lowercased(), offset: offset, isEmpty: match.2?.isEmpty == false))
        }
        return found
    }

    /// Whether a Jira macro shows one issue, by its key.
    private static func isSingle(_ rest: Substring) -> Bool {
        let end = rest.firstRange(of: "-macro>")?.lowerBound ?? rest.endIndex
        return rest[..<end].contains("ac:name=\"key\"")
    }

    /// The body with a mark in each of the macros, as if it were their content.
    static func marking(_ macros: [LiveMacro], in storage: String) -> String {
        let bytes = Array(storage.utf8)
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + macros.count * 100)
        var start = 0
        for (number, macro) in macros.enumerated() {
            output += bytes[start..<macro.offset]
            if macro.isEmpty { output.removeLast(2) }
            let body = "<ac:rich-text-body><p>\(character)\(number)\(character)</p></ac:rich-text-body>"
            output += (macro.isEmpty ? ">\(body)</ac:structured-macro>" : body).utf8
            start = macro.offset
        }
        output += bytes[start...]
        return String(decoding: output, as: UTF8.self)
    }

    /// The number of the macro that a block marks.
    static func mark(in block: Block) -> Int? {
        guard case .paragraph(let inlines) = block, inlines.count == 1, case .text(let text) = inlines[0],
            text.hasPrefix(character), text.hasSuffix(character)
        else { return nil }
        return Int(text.dropFirst().dropLast())
    }
}
