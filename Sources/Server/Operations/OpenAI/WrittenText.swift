/// What was sent of a text while a model wrote it, beside the message that came of it.
///
/// An answer from the corpus is checked once it is whole: its spaces are put in order, and a marker goes when the
/// passage does not bear the sentence out. Neither makes it another text than the one that was sent.
struct WrittenText: Sendable, Hashable {
    var text = ""

    var isEmpty: Bool { text.isEmpty }

    /// What of a message was not sent yet; `nil` when it is another text.
    func rest(of message: String) -> String? {
        if message.utf8.starts(with: text.utf8) {
            return String(decoding: message.utf8.dropFirst(text.utf8.count), as: UTF8.self)
        }
        let (sent, whole) = (Array(text.utf8), Array(message.utf8))
        var (place, end) = (0, 0)
        while true {
            let next = Self.behindSpace(sent, place)
            let other = Self.behindSpace(whole, end)
            guard next < sent.count else {
                return rest(whole[end...], behind: sent[place...], space: other - end)
            }
            guard other < whole.count, sent[next] == whole[other] else { return nil }
            (place, end) = (next + 1, other + 1)
        }
    }

    /// What follows of a message, when spaces and markers end what was sent.
    ///
    /// - Parameter space: how many bytes of spaces and markers `message` begins with.
    private func rest(_ message: ArraySlice<UInt8>, behind sent: ArraySlice<UInt8>, space: Int) -> String {
        let bracket = UInt8(ascii: "[")
        if message.prefix(space).contains(bracket), !sent.contains(bracket) {
            return String(decoding: message, as: UTF8.self)
        }
        guard space < message.count else { return "" }
        return String(decoding: sent.isEmpty ? message : message.dropFirst(space), as: UTF8.self)
    }

    /// The next place that is neither white space nor in a marker `[n]`.
    private static func behindSpace(_ bytes: [UInt8], _ start: Int) -> Int {
        var place = start
        while place < bytes.count {
            if bytes[place] <= UInt8(ascii: " ") {
                place += 1
                continue
            }
            guard bytes[place] == UInt8(ascii: "[") else { break }
            var end = place + 1
            while end < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[end]) { end += 1 }
            guard end > place + 1, end < bytes.count, bytes[end] == UInt8(ascii: "]") else { break }
            place = end + 1
        }
        return place
    }
}
