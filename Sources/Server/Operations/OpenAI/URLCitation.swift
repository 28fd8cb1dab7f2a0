import Components
import JSONValue

/// A place in a text that rests on a source, as OpenAI annotates it.
struct URLCitation: Sendable, Hashable {
    /// The marker's place in the text, in Unicode scalars, as Python counts; empty at the text's end for a source
    /// that the text does not name.
    var range: Range<Int>
    var title: String
    /// The source's address; where it has none, a URN with the passage's number.
    var url: String

    /// As the Responses API writes it.
    var json: JSONValue {
        var members = place
        members["type"] = "url_citation"
        return .object(members)
    }

    /// As chat completions write it.
    var chatJSON: JSONValue { ["type": "url_citation", "url_citation": .object(place)] }

    private var place: [String: JSONValue] {
        [
            "start_index": .integer(range.lowerBound), "end_index": .integer(range.upperBound),
            "title": .string(title), "url": .string(url),
        ]
    }
}

extension URLCitation {
    /// The citations of a message, in the order of its markers `[1]`, `[2]`, …
    ///
    /// - Parameter offset: scalars that stand before the message in the whole text.
    static func all(of message: ChatMessage, offset: Int = 0) -> [URLCitation] {
        guard !message.citations.isEmpty else { return [] }
        let scalars = Array(message.text.unicodeScalars)
        let known = Dictionary(
            message.citations.map { ($0.number, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [URLCitation] = []
        var named: Set<Int> = []
        var place = 0
        while place < scalars.count {
            guard let (number, end) = marker(scalars, at: place), let citation = known[number] else {
                place += 1
                continue
            }
            named.insert(number)
            if let one = URLCitation(citation, place + offset..<end + offset) { found.append(one) }
            place = end
        }
        let end = scalars.count + offset
        for citation in message.citations where !named.contains(citation.number) {
            if let one = URLCitation(citation, end..<end) { found.append(one) }
        }
        return found
    }

    private init?(_ citation: ChatMessage.Citation, _ range: Range<Int>) {
        guard let url = citation.url ?? citation.passage.map({ "urn:millrace:passage:\($0)" }) else {
            return nil
        }
        self.init(range: range, title: citation.title, url: url)
    }

    /// The number of a marker that begins here, and where it ends.
    private static func marker(_ scalars: [Unicode.Scalar], at start: Int) -> (number: Int, end: Int)? {
        guard scalars[start] == "[" else { return nil }
        var number = 0
        var place = start + 1
        // Six digits are more than any text has sources, and fit an Int.
        while place < scalars.count, place - start <= 6, ("0"..."9").contains(scalars[place]) {
            number = number * 10 + Int(scalars[place].value - 48)
            place += 1
        }
        guard place > start + 1, place < scalars.count, scalars[place] == "]" else { return nil }
        return (number, place + 1)
    }
}
