import NIOHTTP1

/// What NIO's parser lets through although no request may say it, or although Millrace does not do it.
///
/// Whatever is unclear about where a request ends or whom it is for is refused, because a proxy in front may
/// understand it in another way (RFC 9112, section 11.2).
enum RequestHeadCheck {
    /// Why `head` is refused; `nil` when it is not.
    static func fault(of head: HTTPRequestHead) -> RequestFault? {
        hostFault(head) ?? codingFault(head) ?? expectationFault(head)
    }

    /// RFC 9112, section 3.2: one `Host`, which only HTTP/1.0 may leave out.
    private static func hostFault(_ head: HTTPRequestHead) -> RequestFault? {
        let hosts = head.headers["host"]
        guard let host = hosts.first else {
            return head.version == .http1_0 ? nil : .malformedHost(reason: "there is none")
        }
        guard hosts.count == 1 else { return .malformedHost(reason: "there are \(hosts.count)") }
        guard HostSyntax.isHost(host) else {
            return .malformedHost(reason: "“\(host.prefix(100))” is no host")
        }
        if let authority = authority(ofAbsolute: head.uri), authority.lowercased() != host.lowercased() {
            return .malformedHost(
                reason: "“\(host.prefix(100))” is another one than that of the request's address")
        }
        return nil
    }

    /// The authority of a request's target in absolute form (RFC 9112, section 3.2.2).
    private static func authority(ofAbsolute target: String) -> Substring? {
        guard target.utf8.first != UInt8(ascii: "/"), let mark = target.firstRange(of: "://") else {
            return nil
        }
        return target[mark.upperBound...].prefix { !"/?#".contains($0) }
    }

    /// RFC 9112, section 6.1: `chunked` is the one coding that is understood.
    private static func codingFault(_ head: HTTPRequestHead) -> RequestFault? {
        let codings = head.headers["transfer-encoding"]
        guard let coding = codings.first else { return nil }
        guard head.version != .http1_0 else {
            return .malformedRequest(reason: "HTTP/1.0 knows no Transfer-Encoding")
        }
        guard codings.count == 1, coding.lowercased() == "chunked" else {
            return .unsupportedCoding(codings.joined(separator: ", "))
        }
        return nil
    }

    /// RFC 9110, section 10.1.1: `100-continue` is the one expectation that can be met.
    private static func expectationFault(_ head: HTTPRequestHead) -> RequestFault? {
        guard head.version != .http1_0,
            let expected = head.headers["expect"].first(where: { !isContinue($0) })
        else { return nil }
        return .unmetExpectation(expected)
    }

    /// Whether the client waits for a word before it sends the body.
    static func expectsContinue(_ head: HTTPRequestHead) -> Bool {
        head.version != .http1_0 && head.headers["expect"].contains { isContinue($0) }
    }

    private static func isContinue(_ expectation: String) -> Bool {
        expectation.lowercased() == "100-continue"
    }
}

/// What a `Host` field may hold: a name or address, and a port (RFC 3986, section 3.2; no user).
enum HostSyntax {
    static func isHost(_ text: String) -> Bool {
        let bytes = Substring(text).utf8
        let host: Substring.UTF8View
        let rest: Substring.UTF8View
        if bytes.first == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            host = bytes[bytes.index(after: bytes.startIndex)..<close]
            rest = bytes[bytes.index(after: close)...]
            guard host.allSatisfy({ isHexadecimal($0) || [0x2E, 0x3A].contains($0) }) else { return false }
        } else {
            host = bytes.prefix { $0 != UInt8(ascii: ":") }
            rest = bytes[host.endIndex...]
            guard host.allSatisfy({ isNameByte($0) }) else { return false }
        }
        guard !host.isEmpty, host.count <= 255 else { return false }
        guard let colon = rest.first else { return true }
        let port = rest.dropFirst()
        return colon == UInt8(ascii: ":") && port.count <= 5
            && port.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }

    private static func isHexadecimal(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    /// Letters, digits, “-”, “.”, and the “_” and “~” that names of containers and of old networks have.
    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"):
            true
        default: false
        }
    }
}
