import HTTPTypes

/// What NIO's HTTP/2 lets through although no request may say it, or although Millrace does not do it: what
/// ``RequestHeadCheck`` is for HTTP/1.
enum StreamHeadCheck {
    /// Fields of a header at most, as HTTP/1's decoder has it.
    static let fieldLimit = 1_000
    /// Bytes of a header at most, likewise.
    static let byteLimit = 80 * 1_024

    /// Why `head` is refused; `nil` when it is not. A host that is told in a `Host` field alone becomes the authority
    /// (RFC 9113, section 8.3.1).
    static func fault(of head: inout HTTPRequest) -> RequestFault? {
        guard head.headerFields.count <= fieldLimit else { return .headersTooLarge }
        guard let path = head.path, path.hasPrefix("/") || path == "*", head.method != .connect else {
            return .malformedRequest(reason: "its address is not a path")
        }
        return hostFault(&head) ?? expectationFault(head)
    }

    private static func hostFault(_ head: inout HTTPRequest) -> RequestFault? {
        let hosts = head.headerFields[values: .hostField]
        guard hosts.count <= 1 else { return .malformedHost(reason: "there are \(hosts.count)") }
        if let host = hosts.first {
            if let authority = head.authority, authority.lowercased() != host.lowercased() {
                return .malformedHost(
                    reason: "“\(host.prefix(100))” is another one than that of the request's address")
            }
            head.authority = host
        }
        guard let host = head.authority else { return .malformedHost(reason: "there is none") }
        guard HostSyntax.isHost(host) else {
            return .malformedHost(reason: "“\(host.prefix(100))” is no host")
        }
        return nil
    }

    /// RFC 9110, section 10.1.1: `100-continue` is the one expectation that can be met.
    private static func expectationFault(_ head: HTTPRequest) -> RequestFault? {
        head.headerFields[values: .expect].first { $0.lowercased() != "100-continue" }
            .map { .unmetExpectation($0) }
    }

    /// Whether the client waits for a word before it sends the body.
    static func expectsContinue(_ head: HTTPRequest) -> Bool {
        head.headerFields[values: .expect].contains { $0.lowercased() == "100-continue" }
    }

    /// Fields that say something of an HTTP/1 connection, and may not be sent (RFC 9113, section 8.2.2).
    static let connectionFields: [HTTPField.Name] = [
        .connection, .upgrade, .transferEncoding, .keepAlive, .proxyConnection,
    ]
}
