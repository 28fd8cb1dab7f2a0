import Foundation

/// The address of a queue, as SQS gives it out.
public struct SQSQueueURL: Sendable, Hashable {
    /// As it came.
    public let text: String
    /// The region that the host names; `nil` where it names none, as that of a double or of a private endpoint.
    public let region: String?

    /// Whether it is a FIFO queue's, which its name says.
    public var isFIFO: Bool { Self.isFIFO(text) }

    static func isFIFO(_ url: String) -> Bool { url.hasSuffix(".fifo") }

    /// - Returns: `nil` unless it is `http` or `https`, with an account and a name for its path.
    public init?(_ text: String) {
        guard text.utf8.count <= 2_000, let url = URL(string: text), let host = url.host,
            url.scheme == "https" || url.scheme == "http", url.query == nil, url.user == nil,
            url.fragment == nil
        else { return nil }
        let path = url.path.split(separator: "/")
        guard path.count == 2, path[0].utf8.allSatisfy({ (48...57).contains($0) }),
            (1...80).contains(path[1].utf8.count),
            path[1].utf8.allSatisfy({ byte in
                (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte)
                    || byte == 45 || byte == 95 || byte == 46
            })
        else { return nil }
        self.text = text
        // `sqs.REGION.amazonaws.com`, `vpce-ID.sqs.REGION.vpce.amazonaws.com`, and `REGION.queue.amazonaws.com` of before.
        let words = host.lowercased().split(separator: ".")
        guard host.lowercased().contains(".amazonaws.com") else {
            region = nil
            return
        }
        if let place = words.firstIndex(where: { $0 == "sqs" || $0 == "sqs-fips" }),
            words.indices.contains(place + 1), words[place + 1] != "amazonaws"
        {
            region = String(words[place + 1])
        } else if words.count > 2, words[1] == "queue" {
            region = String(words[0])
        } else {
            region = nil
        }
    }
}
