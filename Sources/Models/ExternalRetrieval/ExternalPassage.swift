import Crypto
import Foundation

/// A passage that a search found.
public struct ExternalPassage: Sendable, Hashable {
    /// Of the document and the passage's text: the same passage has it at every query, as long as neither
    /// changes.
    public var id: String
    /// As the search names the document.
    public var documentID: String
    /// Never empty.
    public var title: String
    /// Has a visible character.
    public var text: String
    /// Where a reader finds the document: `http` or `https`.
    public var url: String?
    /// Larger is better, within one answer of one search alone; `nil` where the search tells none.
    public var score: Double?
    /// When the document last changed, where the search tells it.
    public var updatedAt: Date?
    /// What else the search tells of the document, as text.
    public var metadata: [String: String]

    /// - Parameter id: made of the document and the text unless the search has a lasting one.
    public init(
        id: String? = nil, documentID: String, title: String, text: String, url: String? = nil,
        score: Double? = nil, updatedAt: Date? = nil, metadata: [String: String] = [:]
    ) {
        self.id = id ?? Self.id(of: documentID, text)
        self.documentID = documentID
        self.title = title
        self.text = text
        self.url = url
        self.score = score
        self.updatedAt = updatedAt
        self.metadata = metadata
    }

    /// The first half of the SHA-256 of the document's id and the text, in hexadecimal.
    ///
    /// The id's length stands in front, so that no other pair of texts runs together to the same bytes.
    static func id(of documentID: String, _ text: String) -> String {
        var hash = SHA256()
        hash.update(data: Data("\(documentID.utf8.count):\(documentID)\(text)".utf8))
        return hash.finalize().prefix(16).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    /// A link that is safe to show: another scheme may be a script, or lead to the reader's own files.
    static func link(_ uri: String?) -> String? {
        guard let uri, let scheme = URL(string: uri)?.scheme?.lowercased(),
            scheme == "http" || scheme == "https"
        else { return nil }
        return uri
    }

    /// What a document is called: the first of these with a visible character; of a URI its last part.
    static func title(_ told: String?, uri: String?, documentID: String) -> String {
        if let told, told.contains(where: { !$0.isWhitespace }) { return told }
        if let part = uri?.split(separator: "/").last.map(String.init) {
            let name = part.removingPercentEncoding ?? part
            if name.contains(where: { !$0.isWhitespace }) { return name }
        }
        return documentID
    }
}

extension [ExternalPassage] {
    /// Those with text, each id once, at most `limit`, in order.
    func cleaned(limit: Int) -> [ExternalPassage] {
        var seen: Set<String> = []
        let distinct = filter { passage in
            passage.text.contains { !$0.isWhitespace } && seen.insert(passage.id).inserted
        }
        return Array(distinct.prefix(limit))
    }
}
