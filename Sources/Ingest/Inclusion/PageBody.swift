import Corpus
import Documents
import Sourcing

/// A page's body in whichever format, from where it is handed over to where it is kept.
struct PageBody: Sendable {
    /// How a body is kept.
    enum Format: String { case storage, documentFormat }

    enum Content {
        case storage(String)
        case documentFormat(String)
        /// Kept as storage format, which is what the events stand for.
        case events(TreeEvents)
    }

    var content: Content
    /// `body.export_view`, where tables are taken from it.
    var exportView: String?
    var anchors: AnchorStyle

    /// `nil` for what is no page's body.
    init?(_ source: SourceDocument) {
        switch source.body {
        case .storage(let text): content = .storage(text)
        case .documentFormat(let text): content = .documentFormat(text)
        case .events(let events): content = .events(events)
        case .plain: return nil
        }
        exportView = source.exportView
        anchors = source.anchors
    }

    init(_ origin: PageOrigin) {
        let words = origin.format.split(separator: " ").map(String.init)
        switch words.first.flatMap({ Format(rawValue: $0) }) ?? .storage {
        case .storage: content = .storage(origin.body)
        case .documentFormat: content = .documentFormat(origin.body)
        }
        anchors = words.last.flatMap { AnchorStyle(rawValue: $0) } ?? .cloud
        exportView = origin.rendered
    }

    /// - Parameter mayShow: whether a page that a report of this one lists may be shown; see ``RenderedTables``.
    func parse(mayShow: (LinkedPage) -> Bool = { _ in false }) throws(DocumentsError) -> ParsedPage {
        switch content {
        case .storage(let text):
            if let exportView { return try RenderedTables(exportView).page(storage: text, mayShow: mayShow) }
            return try StorageFormatParser().parse(text)
        case .documentFormat(let text): return try ADFParser().parse(text)
        case .events(let events): return try StorageFormatParser().parse(events)
        }
    }

    /// To be kept with the document.
    func origin(names: [UserReference: String]) -> PageOrigin {
        var written: [String: String] = [:]
        for (person, name) in names { written[Self.notation(of: person)] = name }
        let (format, text) = kept
        return PageOrigin(
            format: "\(format.rawValue) \(anchors.rawValue)", body: text, rendered: exportView, names: written
        )
    }

    private var kept: (Format, String) {
        switch content {
        case .storage(let text): (.storage, text)
        case .documentFormat(let text): (.documentFormat, text)
        case .events(let events): (.storage, events.storageFormat)
        }
    }

    private static func notation(of person: UserReference) -> String {
        switch person {
        case .accountID(let id): "account " + id
        case .userKey(let key): "key " + key
        case .username(let name): "name " + name
        }
    }

    /// The people of a ``PageOrigin/names``.
    static func people(_ names: [String: String]) -> [UserReference: String] {
        var people: [UserReference: String] = [:]
        for (notation, name) in names {
            let parts = notation.split(separator: " ", maxSplits: 1).map(String.init)
            guard parts.count == 2 else { continue }
            switch parts[0] {
            case "account": people[.accountID(parts[1])] = name
            case "key": people[.userKey(parts[1])] = name
            default: people[.username(parts[1])] = name
            }
        }
        return people
    }
}
