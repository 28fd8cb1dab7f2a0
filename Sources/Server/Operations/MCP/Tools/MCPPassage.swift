import Corpus
import Foundation
import JSONValue
import QA

/// A passage as the tools name it.
struct MCPPassage: Sendable {
    let chunk: StoredChunk

    /// What `fetch` takes.
    var id: String { String(chunk.id) }

    /// The passage's place in its page; a URN with its id where the page has no address.
    var url: String {
        guard let url = chunk.url, !url.isEmpty else { return "urn:millrace:passage:\(chunk.id)" }
        guard let anchor = chunk.anchor, !anchor.isEmpty, !url.contains("#"),
            let fragment = anchor.addingPercentEncoding(withAllowedCharacters: .urlFragmentAllowed)
        else { return url }
        return "\(url)#\(fragment)"
    }

    /// As `2026-10-05T18:22:00Z`; `nil` when it is not known.
    var updatedAt: String? { chunk.updatedAt.map { $0.formatted(.iso8601) } }

    /// The bytes of the passage's text at these places, one behind the other; the whole text where there are none.
    func quote(_ ranges: [Range<Int>]) -> String {
        chunk.quote(ranges) ?? chunk.text
    }
}
